-- Made by "make generated" from queries/waterfall.sql and the contract: change those, not this.
-- From opening to closing, step by step.

CREATE VIEW marts.waterfall AS
SELECT t.map, t.unit_code, t.level, t.period, t.period_kind, t.position, t.step, t.value, t.running, t.coverage
FROM derived.waterfall AS t
WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
ORDER BY t.map, t.level, t.unit_code, t.period_kind, t.period, t.position;

COMMENT ON VIEW marts.waterfall IS 'Từ số đảng viên đầu kỳ đến cuối kỳ qua từng khoản tăng, giảm / From members at the start to members at the end, through each increase and decrease';
COMMENT ON COLUMN marts.waterfall.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.waterfall.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.waterfall.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.waterfall.period IS 'Kỳ / The period';
COMMENT ON COLUMN marts.waterfall.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.waterfall.position IS 'Thứ tự bước, từ 0 / Order of the step, from 0';
COMMENT ON COLUMN marts.waterfall.step IS 'Bước: chỉ tiêu của biểu balance; unexplained là phần chưa giải thích được / The step: a measure of the balance, or unexplained';
COMMENT ON COLUMN marts.waterfall.value IS 'Số của bước, giảm mang dấu âm / The step''s figure, decreases negative';
COMMENT ON COLUMN marts.waterfall.running IS 'Số đảng viên sau bước này / Members after this step';
COMMENT ON COLUMN marts.waterfall.coverage IS 'Phần đảng viên (theo số biết gần nhất) có báo cáo trong kỳ / Share of the units'' last known members that reported';
