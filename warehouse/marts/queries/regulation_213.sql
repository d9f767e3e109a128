-- Keeping in touch with the cell of residence, by half-year.

CREATE VIEW marts.regulation_213 AS
SELECT map, level, unit_code, unit_name, period,
    {measures_of_regulation_213},
    units_expected, units_reported
FROM derived.unit_half
WHERE level IN ('province', 'district') AND (units_reported > 0 OR derived.last_month(period) >= {first_month_due})
ORDER BY map, level, unit_code, period;

COMMENT ON VIEW marts.regulation_213 IS 'Giữ mối liên hệ nơi cư trú theo nửa năm (Quy định 213-QĐ/TW, trước 2020 là 76-QĐ/TW), tỉnh và huyện. Kỳ I và kỳ II không cộng với nhau / Keeping in touch with the cell of residence by half-year (Regulation 213-QĐ/TW, 76-QĐ/TW before 2020), province and districts. H1 and H2 are never added';
COMMENT ON COLUMN marts.regulation_213.level IS 'province: tỉnh; district: huyện hoặc địa bàn huyện cũ / Province, or district and former district area';
COMMENT ON COLUMN marts.regulation_213.period IS 'Nửa năm YYYY-H1, YYYY-H2 / Half-year';
COMMENT ON COLUMN marts.regulation_213.units_expected IS 'Số chi bộ ấp, khóm phải có số liệu / Hamlet cells that were due';
COMMENT ON COLUMN marts.regulation_213.units_reported IS 'Số chi bộ đã có số liệu / Cells whose figures have come';
