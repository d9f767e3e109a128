-- Against the same period a year before, and twelve months against the twelve before.

CREATE VIEW marts.comparison AS
SELECT t.map, t.unit_code, t.level, t.indicator, t.period, t.period_kind, t.base_period, t.value, t.base_value,
    t.difference, t.ratio, t.lower, t.upper, t.is_tet_moved
FROM derived.comparison AS t
WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
ORDER BY t.map, t.level, t.indicator, t.period_kind, t.unit_code, t.period;

COMMENT ON VIEW marts.comparison IS 'So với cùng kỳ năm trước, và mười hai tháng gần nhất so với mười hai tháng trước đó / Against the same period of the year before, and twelve months against the twelve before';
COMMENT ON COLUMN marts.comparison.period IS 'Kỳ / The period';
