-- Made by "make generated" from queries/comparison.sql and the contract: change those, not this.
-- Against the same period a year before, and twelve months against the twelve before.

CREATE VIEW marts.comparison AS
WITH told AS (
    SELECT t.map, t.unit_code, t.level, t.indicator, t.period, t.period_kind, t.base_period, t.value, t.base_value,
        t.difference, t.ratio, t.lower, t.upper, t.is_tet_moved
    FROM derived.comparison AS t
    WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, period_kind) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end
    FROM told
)
SELECT t.map, t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.indicator, t.period,
    t.period_start, t.period_end, t.period_kind, t.base_period, t.value, t.base_value, t.difference, t.ratio,
    t.lower, t.upper, t.is_tet_moved
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, level, indicator, period_kind, unit_code, period;

COMMENT ON VIEW marts.comparison IS 'So với cùng kỳ năm trước, và mười hai tháng gần nhất so với mười hai tháng trước đó / Against the same period of the year before, and twelve months against the twelve before';
COMMENT ON COLUMN marts.comparison.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.comparison.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.comparison.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.comparison.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.comparison.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.comparison.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.comparison.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.comparison.period IS 'Kỳ / The period';
COMMENT ON COLUMN marts.comparison.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.comparison.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.comparison.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.comparison.base_period IS 'Kỳ gốc / The period it is compared with';
COMMENT ON COLUMN marts.comparison.value IS 'Giá trị kỳ này / Value in the period';
COMMENT ON COLUMN marts.comparison.base_value IS 'Giá trị kỳ gốc / Value in the base period';
COMMENT ON COLUMN marts.comparison.difference IS 'value trừ base_value, theo đơn vị của chỉ số; trống với số đếm của kỳ thiếu báo cáo trên 2 % / value less base_value, in the indicator''s unit; null of counts where more than 2 % was not reported';
COMMENT ON COLUMN marts.comparison.ratio IS 'Gấp mấy lần kỳ gốc; trống nếu kỳ gốc là 0 hoặc chỉ số có thể âm / How many times the base value, null where that is 0 or the indicator may be negative';
COMMENT ON COLUMN marts.comparison.lower IS 'Cận dưới khoảng 95 % của ratio / Lower end of the ratio''s 95 % interval';
COMMENT ON COLUMN marts.comparison.upper IS 'Cận trên khoảng 95 % của ratio / Upper end of the ratio''s 95 % interval';
COMMENT ON COLUMN marts.comparison.is_tet_moved IS 'Tết rơi khác nhau ở hai kỳ nên khó so sánh / Tết fell otherwise in the two periods, so they are not quite alike';
