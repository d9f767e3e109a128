-- Keeping in touch with the cell of residence, by half-year.

CREATE VIEW marts.regulation_213 AS
SELECT f.map, f.level, f.unit_code, f.unit_name, f.period,
    {measures_of_regulation_213_once_settled},
    f.units_expected, f.units_reported
FROM derived.unit_half AS f
LEFT JOIN derived.unsettled_half AS u ON u.period = f.period
WHERE f.level IN ('province', 'district')
    AND (f.units_reported > 0 OR derived.last_month(f.period) >= {first_month_due})
ORDER BY f.map, f.level, f.unit_code, f.period;

COMMENT ON VIEW marts.regulation_213 IS 'Giữ mối liên hệ nơi cư trú theo nửa năm (Quy định 213-QĐ/TW, trước 2020 là 76-QĐ/TW), tỉnh và huyện. Kỳ I và kỳ II không cộng với nhau. Từ 07-2025, nửa năm còn thiếu biểu của xã để trống / Keeping in touch with the cell of residence by half-year (Regulation 213-QĐ/TW, 76-QĐ/TW before 2020), province and districts. H1 and H2 are never added. From 07-2025 a half-year is null while communes'' forms are missing';
COMMENT ON COLUMN marts.regulation_213.level IS 'province: tỉnh; district: huyện hoặc địa bàn huyện cũ / Province, or district and former district area';
COMMENT ON COLUMN marts.regulation_213.period IS 'Nửa năm YYYY-H1, YYYY-H2 / Half-year';
COMMENT ON COLUMN marts.regulation_213.units_expected IS 'Số chi bộ ấp, khóm phải có số liệu / Hamlet cells that were due';
COMMENT ON COLUMN marts.regulation_213.units_reported IS 'Số chi bộ đã có số liệu / Cells whose figures have come';
