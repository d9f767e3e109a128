-- Level and trend with the season taken out.

CREATE VIEW marts.trend AS
SELECT t.map, t.unit_code, t.level, t.indicator, t.period, t.level_value, t.slope_per_year, t.slope_lower,
    t.slope_upper, t.word, t.since, t.since_earliest, t.since_latest, t.probability
FROM derived.trend AS t
WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
ORDER BY t.map, t.level, t.indicator, t.unit_code, t.period;

COMMENT ON VIEW marts.trend IS 'Mức và xu hướng của huyện và tỉnh, đã loại mùa vụ và Tết / Level and trend of districts and the province, season and Tết taken out';
