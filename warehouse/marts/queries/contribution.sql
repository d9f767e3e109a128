-- What explains the change of the province.

CREATE VIEW marts.contribution AS
SELECT t.map, t.indicator, t.period_kind, t.period, t.base_period, t.unit_code, 'district' AS level, t.part, t.value
FROM derived.contribution AS t
WHERE derived.last_month(t.period) NOT IN (FROM derived.unsettled)
ORDER BY t.map, t.indicator, t.period_kind, t.period, t.base_period, t.unit_code, t.part;

COMMENT ON VIEW marts.contribution IS 'Thay đổi của tỉnh chia đúng cho các huyện, mỗi huyện thành phần do cơ cấu và phần do tỷ suất (Kitagawa); cộng lại bằng thay đổi / The province''s change split exactly among districts, and each into who (composition) and how often (rate), after Kitagawa; the parts add up to the change';
COMMENT ON COLUMN marts.contribution.period_kind IS 'quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.contribution.period IS 'Kỳ / The period';
COMMENT ON COLUMN marts.contribution.unit_code IS 'Mã huyện / District code';
COMMENT ON COLUMN marts.contribution.value IS 'Đóng góp, theo đơn vị của chỉ số / Contribution, in the indicator''s unit';
