-- Made by "make generated" from queries/indicator.sql and the contract: change those, not this.
-- The indicators of every unit and period, as far as they may be published.

CREATE VIEW marts.indicator AS
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
    AND (i.indicator NOT IN ('secretary_is_head_share', 'secretary_head_under_40_share')
        OR (i.period NOT IN (FROM derived.unsettled_year)
            AND (i.level = 'province' OR i.period IN (FROM derived.district_year))))
ORDER BY i.map, i.level, i.indicator, i.period_kind, i.unit_code, i.period;

COMMENT ON VIEW marts.indicator IS 'Chỉ số của mỗi đơn vị và kỳ, tính từ tổng chứ không từ trung bình. Xã chỉ có các chỉ số được công bố theo tháng / The indicators of each unit and period, made from sums and never from averages. Of communes only those that may be published by month';
COMMENT ON COLUMN marts.indicator.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.indicator.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.indicator.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.indicator.period IS 'Kỳ: 2021-03, 2021-Q1, 2021-H1, 2021; mười hai tháng gọi theo tháng cuối / The period; a rolling twelve months is named by its last month';
COMMENT ON COLUMN marts.indicator.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.indicator.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.indicator.numerator IS 'Tử số / Numerator';
COMMENT ON COLUMN marts.indicator.denominator IS 'Mẫu số; trống nếu là số đếm / Denominator, null for a count';
COMMENT ON COLUMN marts.indicator.value IS 'Giá trị = hệ số x tử số∕mẫu số / Value = scale x numerator over denominator';
COMMENT ON COLUMN marts.indicator.lower IS 'Cận dưới khoảng 95 %: Poisson chính xác cho tỷ suất, Wilson cho tỷ lệ; trống nếu không có / Lower end of the 95 % interval: exact Poisson for rates, Wilson for shares, null where there is none';
COMMENT ON COLUMN marts.indicator.upper IS 'Cận trên khoảng 95 % / Upper end of the 95 % interval';
COMMENT ON COLUMN marts.indicator.coverage IS 'Phần đảng viên (theo số biết gần nhất) có báo cáo trong kỳ / Share of the units'' last known members that reported';
