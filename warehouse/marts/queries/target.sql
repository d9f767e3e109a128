-- The resolutions' targets: the fact, what is left, and how likely what is not yet due is.

CREATE VIEW marts.target AS
SELECT t.target, t.map, t.unit_code, t.period, t.value, t.wanted, t.state, t.units_missing, t.gap_units, t.probability,
    t.required_per_year, t.observed_per_year, t.level, t.indicator, t.kind, t.comparison, t.source, t.due_on,
    t.known_period, t.numerator, t.denominator, t.needed, t.whole, t.no_probability, t.chance_met, t.position
FROM derived.target AS t
WHERE (t.level IN ('district', 'province') OR (t.level = 'commune' AND t.indicator IN (
        {indicators_of_communes})))
    AND (t.known_period IS NULL OR derived.last_month(t.known_period) NOT IN (FROM derived.unsettled))
    AND (t.known_period IS NULL OR t.known_period NOT IN (FROM derived.unsettled_half)
        OR t.indicator NOT IN ({indicators_of_regulation_213}))
    AND (t.indicator NOT IN ({yearly_indicators_of_people})
        OR t.known_period IS NULL
        OR (t.known_period NOT IN (FROM derived.unsettled_year)
            AND (t.level = 'province' OR t.known_period IN (FROM derived.district_year))))
ORDER BY t.position, t.map DESC, t.unit_code, t.period;

COMMENT ON VIEW marts.target IS 'Các chỉ tiêu của nghị quyết, kết luận theo đơn vị và kỳ: đạt hay chưa, còn bao nhiêu, khả năng đạt. Mẫu số theo địa giới hành chính hiện nay khi map là today / The targets of the resolutions by unit and period: met or not, how much is left, how likely. Denominators follow today''s territory where map is today';
COMMENT ON COLUMN marts.target.target IS 'Tên chỉ tiêu như trong targets.csv / Name of the target, as in targets.csv';
COMMENT ON COLUMN marts.target.period IS 'Kỳ được xét: 2025-12, 2025-H2, 2025 / The period judged';
COMMENT ON COLUMN marts.target.value IS 'Mức đạt được ở known_period, từ 0 đến 1; trống nếu chưa biết / The share reached in known_period, 0 to 1; null where not known';
COMMENT ON COLUMN marts.target.state IS 'met: đạt; missed: không đạt (cả hai: dù báo cáo còn thiếu ra sao); units_missing: còn thiếu báo cáo nên chưa kết luận; not_yet_due: chưa đến hạn / met and missed (whatever the reports still missing say); units_missing: reports are missing that could decide; not_yet_due';
COMMENT ON COLUMN marts.target.kind IS 'yearly_coverage, yearly_threshold: xét từng năm; dated_level: xét một lần vào ngày cuối; running: xét từng kỳ / Each year, once on its last day, or each period';
COMMENT ON COLUMN marts.target.probability IS 'Khả năng đạt vào kỳ được xét, dự báo từ chính chuỗi số, không dưới 0,01 và không trên 0,99; trống nếu đã xét hoặc chưa dự báo được / The probability of being met in the period judged, foreseen from the series itself, never below 0.01 nor above 0.99; null where judged or not foreseeable';
COMMENT ON COLUMN marts.target.level IS 'Cấp của đơn vị được xét: province: tỉnh; district: huyện; commune: xã / The level whose share is judged';
COMMENT ON COLUMN marts.target.due_on IS 'Ngày chỉ tiêu phải đạt / The day on which it must be met';
COMMENT ON COLUMN marts.target.numerator IS 'Tử số ở known_period / Numerator in known_period';
COMMENT ON COLUMN marts.target.denominator IS 'Mẫu số ở known_period / Denominator in known_period';
COMMENT ON COLUMN marts.target.position IS 'Thứ tự trong targets.csv / Its place in targets.csv';
