-- Made by "make generated" from queries/figures_commune.sql and the contract: change those, not this.
-- Communes by month: what may be told of them by month, on both maps.

CREATE VIEW marts.figures_commune AS
WITH told AS (
    SELECT map, unit_code, unit_name, level, period,
        members_closing, away_total, away_in_province, away_other_province, away_abroad,
        units_expected, units_reported, unit_id
    FROM derived.unit_month
    WHERE level = 'commune' AND (units_reported > 0 OR period >= (SELECT coalesce(min(period), '') FROM derived.due))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.unit_code, t.unit_name, t.level, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.members_closing, t.away_total, t.away_in_province, t.away_other_province,
    t.away_abroad, t.units_expected, t.units_reported, t.unit_id
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_id = t.unit_id
    AND t.period_end BETWEEN p.first_day AND p.unit_until
ORDER BY map, unit_code, period;

COMMENT ON VIEW marts.figures_commune IS 'Số liệu tháng của xã: chỉ số đảng viên cuối kỳ và số đi làm việc xa. Số tăng giảm của xã chỉ công bố theo năm, xem figures_commune_year / Communes by month: members and those working away only. Communes'' flows are published by year, see figures_commune_year';
COMMENT ON COLUMN marts.figures_commune.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.figures_commune.unit_code IS 'Mã xã; mã 2025 trở đi có thể là địa bàn khác, xem unit / Commune code; from 07-2025 the same code may be another territory, see unit';
COMMENT ON COLUMN marts.figures_commune.unit_name IS 'Tên xã: của thời điểm đó, hoặc hiện nay; Chưa phân bổ nếu chưa rõ / Name at the time, or today''s; Chưa phân bổ where not told';
COMMENT ON COLUMN marts.figures_commune.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.figures_commune.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.figures_commune.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.figures_commune.period IS 'Tháng YYYY-MM / Month YYYY-MM';
COMMENT ON COLUMN marts.figures_commune.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.figures_commune.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.figures_commune.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.figures_commune.members_closing IS 'Số đảng viên của chi bộ vào cuối kỳ / Members of the cell at the period''s end';
COMMENT ON COLUMN marts.figures_commune.away_total IS 'Đảng viên đi làm việc xa nơi cư trú vào cuối kỳ / Members working away at the period''s end';
COMMENT ON COLUMN marts.figures_commune.away_in_province IS 'Trong số đi làm việc xa: làm việc trong tỉnh / Of those away: in the province';
COMMENT ON COLUMN marts.figures_commune.away_other_province IS 'Trong số đi làm việc xa: làm việc ở tỉnh khác / Of those away: in another province';
COMMENT ON COLUMN marts.figures_commune.away_abroad IS 'Trong số đi làm việc xa: làm việc ở nước ngoài / Of those away: abroad';
COMMENT ON COLUMN marts.figures_commune.units_expected IS 'Số chi bộ phải có số liệu / Cells that were due';
COMMENT ON COLUMN marts.figures_commune.units_reported IS 'Số chi bộ đã có số liệu ở mọi biểu / Cells whose figures have come, in every form';
COMMENT ON COLUMN marts.figures_commune.unit_id IS 'Khóa của xã: mã@ngày bắt đầu địa bàn, nối với unit / Key of the commune: code@day its territory began, joins unit';
