-- A trend's word is a code: it is put into the language where it is shown.

UPDATE derived.trend SET word = CASE word WHEN 'tăng' THEN 'rising' WHEN 'giảm' THEN 'falling' ELSE 'unclear' END
WHERE word IN ('tăng', 'giảm', 'không rõ');

COMMENT ON COLUMN alerts.alert.q_value IS 'Tỷ lệ cảnh báo sai ước tính trong đêm / False discovery rate within the night, null likewise';
COMMENT ON COLUMN alerts.part.q_value IS 'Tỷ lệ cảnh báo sai ước tính / False discovery rate, null likewise';
COMMENT ON COLUMN alerts.finding.q_value IS 'Tỷ lệ cảnh báo sai ước tính / False discovery rate, null likewise';
COMMENT ON COLUMN alerts.anomaly.q_value IS 'Tỷ lệ cảnh báo sai ước tính / False discovery rate, null likewise';
