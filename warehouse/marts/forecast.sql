-- Made by "make generated" from queries/forecast.sql and the contract: change those, not this.
-- What may come: each month's forecasts, as they were made.

CREATE VIEW marts.forecast AS
WITH told AS (
    SELECT f.map, f.unit_code, f.level, f.indicator, f.period, f.made_on, f.horizon, f.mean, f.lower_80, f.upper_80,
        f.lower_95, f.upper_95
    FROM derived.forecast AS f
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.indicator, t.period,
    t.period_start, t.period_end, t.period_kind, t.made_on, t.horizon, t.mean, t.lower_80, t.upper_80, t.lower_95,
    t.upper_95
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map DESC, level, unit_code, indicator, made_on, horizon;

COMMENT ON VIEW marts.forecast IS 'Dự báo mười hai tháng tới của huyện (địa bàn huyện cũ) và tỉnh: đảng viên đi làm việc xa, đơn xin ra khỏi Đảng, đảng viên. Mỗi tháng làm một lần, giữ nguyên về sau; chỉ từ số liệu đã công bố / Twelve months ahead for districts (their former areas) and the province: members away, requests, members. Made once a month and kept as made; from published figures alone';
COMMENT ON COLUMN marts.forecast.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.forecast.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.forecast.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.forecast.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.forecast.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.forecast.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.forecast.indicator IS 'away_total, received hoặc members_closing, giải thích trong dictionary / The measure that is foreseen, explained in the dictionary';
COMMENT ON COLUMN marts.forecast.period IS 'Tháng được dự báo / The month that is foreseen';
COMMENT ON COLUMN marts.forecast.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.forecast.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.forecast.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.forecast.made_on IS 'Ngày số liệu của tháng cuối được dùng đã về đủ, hoặc hết hạn / The day on which the figures of the last month used were in, or no longer waited for';
COMMENT ON COLUMN marts.forecast.horizon IS 'Số tháng sau tháng cuối được dùng, 1 đến 12 / Months after the last one used, 1 to 12';
COMMENT ON COLUMN marts.forecast.mean IS 'Mức trung bình của các diễn biến có thể có, làm tròn sao cho các huyện cộng lại bằng tỉnh / Mean of what may come, rounded so that districts add up to the province';
COMMENT ON COLUMN marts.forecast.lower_80 IS 'Cận dưới: 8 trong 10 diễn biến nằm giữa lower_80 và upper_80 / Lower end of the 80 % interval';
COMMENT ON COLUMN marts.forecast.upper_80 IS 'Cận trên của khoảng 80 % / Upper end of the 80 % interval';
COMMENT ON COLUMN marts.forecast.lower_95 IS 'Cận dưới của khoảng 95 % / Lower end of the 95 % interval';
COMMENT ON COLUMN marts.forecast.upper_95 IS 'Cận trên của khoảng 95 % / Upper end of the 95 % interval';
