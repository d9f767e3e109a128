-- Districts by month, on both maps; after districts were abolished, their former areas.

CREATE VIEW marts.figures_district AS
SELECT f.map, f.unit_code, f.unit_name, f.level, f.period,
    {monthly_measures_once_settled},
    f.units_expected, f.units_reported
FROM derived.unit_month AS f
LEFT JOIN derived.unsettled AS u ON u.period = f.period
WHERE f.level = 'district' AND (f.units_reported > 0 OR f.period >= {first_month_due})
ORDER BY f.map, f.unit_code, f.period;

COMMENT ON VIEW marts.figures_district IS 'Số liệu tháng của huyện. Bản đồ reported: các huyện đến 06-2025, sau đó không còn cấp huyện nên không có dòng. Bản đồ today: địa bàn các huyện cũ, tiếp tục sau 07-2025 để so sánh được qua các năm. Trống là chưa có số liệu / Districts by month. Map reported: the districts until 06-2025, no row after they were abolished. Map today: the areas of the former districts, continued after 07-2025 so that years can be compared. Null is not known';
COMMENT ON COLUMN marts.figures_district.unit_code IS 'Mã huyện; chua-phan-bo nếu chưa rõ / District code; chua-phan-bo where not told';
