-- Communes by month: what may be told of them by month, on both maps.

CREATE VIEW marts.figures_commune AS
SELECT map, unit_code, unit_name, level, period,
    {measures_of_communes_by_month},
    units_expected, units_reported, unit_id
FROM derived.unit_month
WHERE level = 'commune' AND (units_reported > 0 OR period >= {first_month_due})
ORDER BY map, unit_code, period;

COMMENT ON VIEW marts.figures_commune IS 'Số liệu tháng của xã: chỉ số đảng viên cuối kỳ và số đi làm việc xa. Số tăng giảm của xã chỉ công bố theo năm, xem figures_commune_year / Communes by month: members and those working away only. Communes'' flows are published by year, see figures_commune_year';
COMMENT ON COLUMN marts.figures_commune.unit_code IS 'Mã xã; mã 2025 trở đi có thể là địa bàn khác, xem unit / Commune code; from 07-2025 the same code may be another territory, see unit';
COMMENT ON COLUMN marts.figures_commune.unit_name IS 'Tên xã: của thời điểm đó, hoặc hiện nay; Chưa phân bổ nếu chưa rõ / Name at the time, or today''s; Chưa phân bổ where not told';
COMMENT ON COLUMN marts.figures_commune.unit_id IS 'Khóa của xã: mã@ngày bắt đầu địa bàn, nối với unit / Key of the commune: code@day its territory began, joins unit';
