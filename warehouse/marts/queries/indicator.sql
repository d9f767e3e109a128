-- The indicators of every unit and period, as far as they may be published.

CREATE VIEW marts.indicator AS
SELECT i.map, i.unit_code, i.level, i.period, i.period_kind, i.indicator, i.numerator, i.denominator, i.value, i.lower,
    i.upper, i.coverage
FROM derived.indicator AS i
WHERE (i.level IN ('district', 'province') OR (i.level = 'commune' AND i.indicator IN (
        {indicators_of_communes})))
    AND (i.indicator IN (
        {indicators_of_communes})
        OR derived.last_month(i.period) NOT IN (FROM derived.unsettled))
    AND (i.period NOT IN (FROM derived.unsettled_half) OR i.indicator NOT IN ({indicators_of_regulation_213}))
    AND (i.value IS NOT NULL OR derived.last_month(i.period) >= {first_month_due})
    AND (i.indicator NOT IN ({yearly_indicators_of_people})
        OR (i.period NOT IN (FROM derived.unsettled_year)
            AND (i.level = 'province' OR i.period IN (FROM derived.district_year))))
ORDER BY i.map, i.level, i.indicator, i.period_kind, i.unit_code, i.period;

COMMENT ON VIEW marts.indicator IS 'Chỉ số của mỗi đơn vị và kỳ, tính từ tổng chứ không từ trung bình. Xã chỉ có các chỉ số được công bố theo tháng / The indicators of each unit and period, made from sums and never from averages. Of communes only those that may be published by month';
COMMENT ON COLUMN marts.indicator.period IS 'Kỳ: 2021-03, 2021-Q1, 2021-H1, 2021; mười hai tháng gọi theo tháng cuối / The period; a rolling twelve months is named by its last month';
COMMENT ON COLUMN marts.indicator.value IS 'Giá trị = hệ số x tử số∕mẫu số / Value = scale x numerator over denominator';
COMMENT ON COLUMN marts.indicator.lower IS 'Cận dưới khoảng 95 %: Poisson chính xác cho tỷ suất, Wilson cho tỷ lệ; trống nếu không có / Lower end of the 95 % interval: exact Poisson for rates, Wilson for shares, null where there is none';
COMMENT ON COLUMN marts.indicator.upper IS 'Cận trên khoảng 95 % / Upper end of the 95 % interval';
