-- Made by "make generated" from queries/trend.sql and the contract: change those, not this.
-- Level and trend with the season taken out.

CREATE VIEW marts.trend AS
WITH told AS (
    SELECT t.map, t.unit_code, t.level, t.indicator, t.period, t.level_value, t.slope_per_year, t.slope_lower,
        t.slope_upper, t.word, t.since, t.since_earliest, t.since_latest, t.probability
    FROM derived.trend AS t
    WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.indicator, t.period,
    t.period_start, t.period_end, t.period_kind, t.level_value, t.slope_per_year, t.slope_lower, t.slope_upper,
    t.word, t.since, t.since_earliest, t.since_latest, t.probability
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, level, indicator, unit_code, period;

COMMENT ON VIEW marts.trend IS 'Mức và xu hướng của huyện và tỉnh, đã loại mùa vụ và Tết / Level and trend of districts and the province, season and Tết taken out';
COMMENT ON COLUMN marts.trend.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.trend.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.trend.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.trend.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.trend.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.trend.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.trend.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.trend.period IS 'Tháng YYYY-MM / Month YYYY-MM';
COMMENT ON COLUMN marts.trend.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.trend.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.trend.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.trend.level_value IS 'Mức ước lượng đã loại mùa vụ, theo đơn vị của chỉ số; không phải số đếm nên có thể lẻ (11,5 đơn) / Estimated level with the season taken out, in the indicator''s unit; no count, so it may be a fraction (11.5 requests)';
COMMENT ON COLUMN marts.trend.slope_per_year IS 'Thay đổi một năm, cùng đơn vị / Change a year, in the same unit';
COMMENT ON COLUMN marts.trend.slope_lower IS 'Cận dưới khoảng 90 % / Lower end of the 90 % interval';
COMMENT ON COLUMN marts.trend.slope_upper IS 'Cận trên khoảng 90 % / Upper end of the 90 % interval';
COMMENT ON COLUMN marts.trend.word IS 'rising: tăng; falling: giảm; unclear: không rõ, khi chưa đủ bằng chứng / Rising, falling, or unclear where the evidence is lacking';
COMMENT ON COLUMN marts.trend.since IS 'Tháng có thể nhất mà xu hướng bắt đầu, ở tháng cuối của đơn vị; trống nếu không rõ / The likeliest month in which the direction began, in the unit''s last month; null where not clear';
COMMENT ON COLUMN marts.trend.since_earliest IS 'Sớm nhất (90 % khả năng) / Earliest month, of 90 % of the likelihood';
COMMENT ON COLUMN marts.trend.since_latest IS 'Muộn nhất (90 % khả năng) / Latest month, of 90 % of the likelihood';
COMMENT ON COLUMN marts.trend.probability IS 'Xác suất chiều thay đổi đúng như dấu / Probability that the slope has the sign it shows';
