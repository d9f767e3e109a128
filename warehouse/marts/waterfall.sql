-- Made by "make generated" from queries/waterfall.sql and the contract: change those, not this.
-- From opening to closing, step by step.

CREATE VIEW marts.waterfall AS
WITH told AS (
    SELECT t.map, t.unit_code, t.level, t.period, t.period_kind, t.position, t.step, t.value, t.running, t.coverage
    FROM derived.waterfall AS t
    WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
        AND (t.value IS NOT NULL OR derived.last_month(t.period) >= (SELECT coalesce(min(period), '') FROM derived.due))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, period_kind) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end
    FROM told
)
SELECT t.map, t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.position, t.step, t.value, t.running, t.coverage
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, level, unit_code, period_kind, period, position;

COMMENT ON VIEW marts.waterfall IS 'Từ số đảng viên đầu kỳ đến cuối kỳ qua từng khoản tăng, giảm / From members at the start to members at the end, through each increase and decrease';
COMMENT ON COLUMN marts.waterfall.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.waterfall.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.waterfall.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.waterfall.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.waterfall.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.waterfall.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.waterfall.period IS 'Kỳ / The period';
COMMENT ON COLUMN marts.waterfall.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.waterfall.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.waterfall.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.waterfall.position IS 'Thứ tự bước, từ 0 / Order of the step, from 0';
COMMENT ON COLUMN marts.waterfall.step IS 'Bước: chỉ tiêu của biểu balance; unexplained là phần chưa giải thích được / The step: a measure of the balance, or unexplained';
COMMENT ON COLUMN marts.waterfall.value IS 'Số của bước, giảm mang dấu âm / The step''s figure, decreases negative';
COMMENT ON COLUMN marts.waterfall.running IS 'Số đảng viên sau bước này / Members after this step';
COMMENT ON COLUMN marts.waterfall.coverage IS 'Phần đảng viên (theo số biết gần nhất) có báo cáo trong kỳ / Share of the units'' last known members that reported';
