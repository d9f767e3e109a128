-- Made by "make generated" from queries/indicator.sql and the contract: change those, not this.
-- The indicators of every unit and period, as far as they may be published.

CREATE VIEW marts.indicator AS
WITH told AS (
    SELECT i.map, i.unit_code, i.level, i.period, i.period_kind, i.indicator, i.numerator, i.denominator, i.value, i.lower,
        i.upper, i.coverage
    FROM derived.indicator AS i
    WHERE (i.level IN ('district', 'province') OR (i.level = 'commune' AND i.indicator IN (
            'away_rate', 'away_outside_share', 'away_abroad_share', 'committees_trained_share', 'committees_good_share',
            'reporting_completeness', 'reporting_timeliness')))
        AND (i.indicator IN (
            'away_rate', 'away_outside_share', 'away_abroad_share', 'committees_trained_share', 'committees_good_share',
            'reporting_completeness', 'reporting_timeliness')
            OR derived.last_month(i.period) NOT IN (FROM derived.unsettled))
        AND (i.period NOT IN (FROM derived.unsettled_half) OR i.indicator NOT IN ('r213_introduced_share', 'r213_registered_share', 'r213_attended_share', 'r213_remarked_share'))
        AND (i.value IS NOT NULL OR derived.last_month(i.period) >= (SELECT coalesce(min(period), '') FROM derived.due))
        AND (i.indicator NOT IN ('secretary_is_head_share', 'secretary_head_under_40_share')
            OR (i.period NOT IN (FROM derived.unsettled_year)
                AND (i.level = 'province' OR i.period IN (FROM derived.district_year))))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, period_kind) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end
    FROM told
)
SELECT t.map, t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.indicator, t.numerator, t.denominator, t.value, t.lower, t.upper, t.coverage
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, level, indicator, period_kind, unit_code, period;

COMMENT ON VIEW marts.indicator IS 'Chỉ số của mỗi đơn vị và kỳ, tính từ tổng chứ không từ trung bình. Xã chỉ có các chỉ số được công bố theo tháng / The indicators of each unit and period, made from sums and never from averages. Of communes only those that may be published by month';
COMMENT ON COLUMN marts.indicator.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.indicator.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.indicator.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.indicator.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.indicator.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.indicator.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.indicator.period IS 'Kỳ: 2021-03, 2021-Q1, 2021-H1, 2021; mười hai tháng gọi theo tháng cuối / The period; a rolling twelve months is named by its last month';
COMMENT ON COLUMN marts.indicator.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.indicator.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.indicator.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.indicator.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.indicator.numerator IS 'Tử số; là số đếm, trừ requests_rate_ratio là một tỷ suất / Numerator; a count, but for requests_rate_ratio, whose is a rate';
COMMENT ON COLUMN marts.indicator.denominator IS 'Mẫu số; trống nếu là số đếm; số đảng viên trung bình hay đảng viên-tháng có thể lẻ / Denominator, null for a count; mean members and member-months may be fractions';
COMMENT ON COLUMN marts.indicator.value IS 'Giá trị = hệ số x tử số∕mẫu số / Value = scale x numerator over denominator';
COMMENT ON COLUMN marts.indicator.lower IS 'Cận dưới khoảng 95 %: Poisson chính xác cho tỷ suất, Wilson cho tỷ lệ; trống nếu không có / Lower end of the 95 % interval: exact Poisson for rates, Wilson for shares, null where there is none';
COMMENT ON COLUMN marts.indicator.upper IS 'Cận trên khoảng 95 % / Upper end of the 95 % interval';
COMMENT ON COLUMN marts.indicator.coverage IS 'Phần đảng viên (theo số biết gần nhất) có báo cáo trong kỳ / Share of the units'' last known members that reported';
