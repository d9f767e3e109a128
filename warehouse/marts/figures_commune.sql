-- Made by "make generated" from queries/figures_commune.sql and the contract: change those, not this.
-- Communes by month: what may be told of them by month, on both maps.

CREATE VIEW marts.figures_commune AS
SELECT map, unit_code, unit_name, period,
    members_closing, away_total, away_in_province, away_other_province, away_abroad,
    units_expected, units_reported, unit_id
FROM derived.unit_month
WHERE level = 'commune'
ORDER BY map, unit_code, period;

COMMENT ON VIEW marts.figures_commune IS 'Số liệu tháng của xã: chỉ số đảng viên cuối kỳ và số đi làm việc xa. Số tăng giảm của xã chỉ công bố theo năm, xem figures_commune_year / Communes by month: members and those working away only. Communes'' flows are published by year, see figures_commune_year';
COMMENT ON COLUMN marts.figures_commune.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.figures_commune.unit_code IS 'Mã xã; mã 2025 trở đi có thể là địa bàn khác, xem unit / Commune code; from 07-2025 the same code may be another territory, see unit';
COMMENT ON COLUMN marts.figures_commune.unit_name IS 'Tên xã: của thời điểm đó, hoặc hiện nay; Chưa phân bổ nếu chưa rõ / Name at the time, or today''s; Chưa phân bổ where not told';
COMMENT ON COLUMN marts.figures_commune.period IS 'Tháng YYYY-MM / Month YYYY-MM';
COMMENT ON COLUMN marts.figures_commune.members_closing IS 'Số đảng viên của chi bộ vào cuối kỳ / Members of the cell at the period''s end';
COMMENT ON COLUMN marts.figures_commune.away_total IS 'Đảng viên đi làm việc xa nơi cư trú vào cuối kỳ / Members working away at the period''s end';
COMMENT ON COLUMN marts.figures_commune.away_in_province IS 'Trong số đi làm việc xa: làm việc trong tỉnh / Of those away: in the province';
COMMENT ON COLUMN marts.figures_commune.away_other_province IS 'Trong số đi làm việc xa: làm việc ở tỉnh khác / Of those away: in another province';
COMMENT ON COLUMN marts.figures_commune.away_abroad IS 'Trong số đi làm việc xa: làm việc ở nước ngoài / Of those away: abroad';
COMMENT ON COLUMN marts.figures_commune.units_expected IS 'Số chi bộ phải có số liệu / Cells that were due';
COMMENT ON COLUMN marts.figures_commune.units_reported IS 'Số chi bộ đã có số liệu ở mọi biểu / Cells whose figures have come, in every form';
COMMENT ON COLUMN marts.figures_commune.unit_id IS 'Khóa của xã: mã@ngày bắt đầu địa bàn, nối với unit / Key of the commune: code@day its territory began, joins unit';
