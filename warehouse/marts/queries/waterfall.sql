-- From opening to closing, step by step.

CREATE VIEW marts.waterfall AS
SELECT t.map, t.unit_code, t.level, t.period, t.period_kind, t.position, t.step, t.value, t.running, t.coverage
FROM derived.waterfall AS t
WHERE t.level IN ('district', 'province') AND derived.last_month(t.period) NOT IN (FROM derived.unsettled)
    AND (t.value IS NOT NULL OR derived.last_month(t.period) >= {first_month_due})
ORDER BY t.map, t.level, t.unit_code, t.period_kind, t.period, t.position;

COMMENT ON VIEW marts.waterfall IS 'Từ số đảng viên đầu kỳ đến cuối kỳ qua từng khoản tăng, giảm / From members at the start to members at the end, through each increase and decrease';
COMMENT ON COLUMN marts.waterfall.period IS 'Kỳ / The period';
COMMENT ON COLUMN marts.waterfall.value IS 'Số của bước, giảm mang dấu âm / The step''s figure, decreases negative';
