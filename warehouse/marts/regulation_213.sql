-- Made by "make generated" from queries/regulation_213.sql and the contract: change those, not this.
-- Keeping in touch with the cell of residence, by half-year.

CREATE VIEW marts.regulation_213 AS
WITH told AS (
    SELECT f.map, f.level, f.unit_code, f.unit_name, f.period,
        CASE WHEN u.period IS NULL THEN f.r213_subject END AS r213_subject,
        CASE WHEN u.period IS NULL THEN f.r213_exempt END AS r213_exempt,
        CASE WHEN u.period IS NULL THEN f.r213_introduced END AS r213_introduced,
        CASE WHEN u.period IS NULL THEN f.r213_registered END AS r213_registered,
        CASE WHEN u.period IS NULL THEN f.r213_attended END AS r213_attended,
        CASE WHEN u.period IS NULL THEN f.r213_remarked END AS r213_remarked,
        f.units_expected, f.units_reported
    FROM derived.unit_half AS f
    LEFT JOIN derived.unsettled_half AS u ON u.period = f.period
    WHERE f.level IN ('province', 'district')
        AND (f.units_reported > 0 OR derived.last_month(f.period) >= (SELECT coalesce(min(period), '') FROM derived.due))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.level, t.unit_code, t.unit_name, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.r213_subject, t.r213_exempt, t.r213_introduced, t.r213_registered,
    t.r213_attended, t.r213_remarked, t.units_expected, t.units_reported
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, level, unit_code, period;

COMMENT ON VIEW marts.regulation_213 IS 'Giữ mối liên hệ nơi cư trú theo nửa năm (Quy định 213-QĐ/TW, trước 2020 là 76-QĐ/TW), tỉnh và huyện. Kỳ I và kỳ II không cộng với nhau. Từ 07-2025, nửa năm còn thiếu biểu của xã để trống / Keeping in touch with the cell of residence by half-year (Regulation 213-QĐ/TW, 76-QĐ/TW before 2020), province and districts. H1 and H2 are never added. From 07-2025 a half-year is null while communes'' forms are missing';
COMMENT ON COLUMN marts.regulation_213.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.regulation_213.level IS 'province: tỉnh; district: huyện hoặc địa bàn huyện cũ / Province, or district and former district area';
COMMENT ON COLUMN marts.regulation_213.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.regulation_213.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.regulation_213.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.regulation_213.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.regulation_213.period IS 'Nửa năm YYYY-H1, YYYY-H2 / Half-year';
COMMENT ON COLUMN marts.regulation_213.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.regulation_213.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.regulation_213.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.regulation_213.r213_subject IS 'Đảng viên đang công tác cư trú trên địa bàn / Members in work who live here';
COMMENT ON COLUMN marts.regulation_213.r213_exempt IS 'Không thuộc đối tượng giới thiệu, hoặc đã giới thiệu nhưng được miễn sinh hoạt / Exempt from introduction, or introduced but exempt from activity';
COMMENT ON COLUMN marts.regulation_213.r213_introduced IS 'Đã được giới thiệu về nơi cư trú (mẫu 1-213) / Introduced to the cell of residence (form 1-213)';
COMMENT ON COLUMN marts.regulation_213.r213_registered IS 'Chi bộ nơi cư trú đã tiếp nhận / Registered by the cell at residence';
COMMENT ON COLUMN marts.regulation_213.r213_attended IS 'Dự ít nhất một cuộc họp nơi cư trú / Attended at least one meeting at residence';
COMMENT ON COLUMN marts.regulation_213.r213_remarked IS 'Được chi bộ nơi cư trú nhận xét (mẫu 3-213); kỳ II là số cả năm đến nay / Remarked on by the cell at residence (form 3-213); the second half-year is the year so far';
COMMENT ON COLUMN marts.regulation_213.units_expected IS 'Số chi bộ ấp, khóm phải có số liệu / Hamlet cells that were due';
COMMENT ON COLUMN marts.regulation_213.units_reported IS 'Số chi bộ đã có số liệu / Cells whose figures have come';
