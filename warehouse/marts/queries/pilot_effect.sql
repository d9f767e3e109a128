-- Whether the pilots helped: the whole effect, and by months since the start, as far as its figures are published.

CREATE VIEW marts.pilot_effect AS
SELECT e.pilot, e.indicator, e.map, e.level, e.unit_code, e.unit_name, e.period, e.part, e.months_since, e.rate_ratio,
    e.ratio_lower, e.ratio_upper, e.cases_a_month, e.cases_lower, e.cases_upper, e.p_value, e.smallest_p, e.assignments,
    e.is_exact, e.observed_cases, e.expected_cases, e.pilot_months, e.units_with, e.units_without, e.units_left_out,
    e.chosen, e.named, e.written_on, e.first_seen, e.starts_on, e.ends_on, e.no_effect, e.regression_ratio,
    e.before_after_ratio, e.pre_trend_p, e.neighbour_ratio, e.neighbour_p, e.neighbours, e.second_method,
    e.second_cases_a_month, e.detectable_ratio, e.detectable_cases, e.what, e.position
FROM derived.pilot_effect AS e
-- A sum over a few communes would tell one of them with what is published of the others: nothing of it, not the ratio.
WHERE e.level = 'district' OR (e.level = 'commune' AND e.indicator IN (
        {indicators_of_communes}))
ORDER BY e.position, e.pilot, e.indicator, e.part DESC, e.months_since;

COMMENT ON VIEW marts.pilot_effect IS 'Kết quả các thí điểm trong pilots.csv theo từng chỉ số: cả thời gian (part = whole) và từng ba tháng kể từ khi bắt đầu (part = months). Thí điểm ở xã chỉ có ở đây khi chỉ số được công bố theo tháng của xã / What came of the pilots in pilots.csv by indicator: as a whole, and by three months since the start. Pilots of communes stand here only where the indicator is published of communes by month';
COMMENT ON COLUMN marts.pilot_effect.unit_code IS 'Mã các đơn vị làm thí điểm, cách nhau bằng dấu cách / Codes of the units with the pilot, with blanks between';
COMMENT ON COLUMN marts.pilot_effect.unit_name IS 'Tên các đơn vị ấy khi bắt đầu / Their names when it began';
COMMENT ON COLUMN marts.pilot_effect.level IS 'Cấp của các đơn vị: district, commune / The units'' level';
COMMENT ON COLUMN marts.pilot_effect.period IS 'Tháng cuối được tính / The last month that counts';
COMMENT ON COLUMN marts.pilot_effect.position IS 'Thứ tự trong pilots.csv / Its place in pilots.csv';
COMMENT ON COLUMN marts.pilot_effect.part IS 'whole: cả thời gian; months: ba tháng từ months_since / The whole, or the three months from months_since';
