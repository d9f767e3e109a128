-- The province by month, on both maps.

CREATE VIEW marts.figures_province AS
SELECT f.map, f.unit_code, f.unit_name, f.level, f.period,
    {monthly_measures_once_settled},
    f.units_expected, f.units_reported
FROM derived.unit_month AS f
LEFT JOIN derived.unsettled AS u ON u.period = f.period
WHERE f.level = 'province' AND (f.units_reported > 0 OR f.period >= {first_month_due})
ORDER BY f.map, f.unit_code, f.period;

COMMENT ON VIEW marts.figures_province IS 'Số liệu tháng của tỉnh. Cộng các chi bộ đã báo cáo; trống là chưa có số liệu, không phải 0. Từ 07-2025, khi còn thiếu báo cáo của xã thì số tăng giảm chưa công bố (chậm nhất đến hạn nộp của tháng sau) / The province by month: sums over the cells that reported; null is not known, never 0. From 07-2025 flows are withheld while communes'' reports are missing, at the latest until the next month''s due day';
COMMENT ON COLUMN marts.figures_province.unit_code IS 'Mã tỉnh: với reported là mã của thời điểm đó, có thể đổi khi sắp xếp lại (07-2025) / Province code: on map reported the one of the time, which a reform may change (07-2025)';
