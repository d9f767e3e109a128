-- Made by "make generated" from queries/regulation_213.sql and the contract: change those, not this.
-- Keeping in touch with the cell of residence, by half-year.

CREATE VIEW marts.regulation_213 AS
SELECT map, level, unit_code, unit_name, period,
    r213_subject, r213_exempt, r213_introduced, r213_registered, r213_attended, r213_remarked,
    units_expected, units_reported
FROM derived.unit_half
WHERE level IN ('province', 'district')
ORDER BY map, level, unit_code, period;

COMMENT ON VIEW marts.regulation_213 IS 'Giữ mối liên hệ nơi cư trú theo nửa năm (Quy định 213-QĐ/TW, trước 2020 là 76-QĐ/TW), tỉnh và huyện. Kỳ I và kỳ II không cộng với nhau / Keeping in touch with the cell of residence by half-year (Regulation 213-QĐ/TW, 76-QĐ/TW before 2020), province and districts. H1 and H2 are never added';
COMMENT ON COLUMN marts.regulation_213.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.regulation_213.level IS 'province: tỉnh; district: huyện hoặc địa bàn huyện cũ / Province, or district and former district area';
COMMENT ON COLUMN marts.regulation_213.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.regulation_213.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.regulation_213.period IS 'Nửa năm YYYY-H1, YYYY-H2 / Half-year';
COMMENT ON COLUMN marts.regulation_213.r213_subject IS 'Đảng viên đang công tác cư trú trên địa bàn / Members in work who live here';
COMMENT ON COLUMN marts.regulation_213.r213_exempt IS 'Không thuộc đối tượng giới thiệu, hoặc đã giới thiệu nhưng được miễn sinh hoạt / Exempt from introduction, or introduced but exempt from activity';
COMMENT ON COLUMN marts.regulation_213.r213_introduced IS 'Đã được giới thiệu về nơi cư trú (mẫu 1-213) / Introduced to the cell of residence (form 1-213)';
COMMENT ON COLUMN marts.regulation_213.r213_registered IS 'Chi bộ nơi cư trú đã tiếp nhận / Registered by the cell at residence';
COMMENT ON COLUMN marts.regulation_213.r213_attended IS 'Dự ít nhất một cuộc họp nơi cư trú / Attended at least one meeting at residence';
COMMENT ON COLUMN marts.regulation_213.r213_remarked IS 'Được chi bộ nơi cư trú nhận xét (mẫu 3-213); kỳ II là số cả năm đến nay / Remarked on by the cell at residence (form 3-213); the second half-year is the year so far';
COMMENT ON COLUMN marts.regulation_213.units_expected IS 'Số chi bộ ấp, khóm phải có số liệu / Hamlet cells that were due';
COMMENT ON COLUMN marts.regulation_213.units_reported IS 'Số chi bộ đã có số liệu / Cells whose figures have come';
