-- What verdicts do to thresholds: each verdict on an alert of a unit, with the rule that had told it as it stood when the
-- verdict was given. Kept, not made anew: a night judged again finds the shares of the budget that it had.
CREATE TABLE alerts.verdict (
    act_id BIGINT PRIMARY KEY,
    night DATE NOT NULL,
    alert_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    family VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('true', 'data-error', 'expected'))
);
COMMENT ON TABLE alerts.verdict IS 'Kết luận về cảnh báo của đơn vị, kèm loại đã báo; chia lại hạn mức từ đêm sau / Verdicts on units'' alerts with the rule that told them; they move shares of the budget from the next night on';
COMMENT ON COLUMN alerts.verdict.act_id IS 'Việc trong alerts.act / The act';
COMMENT ON COLUMN alerts.verdict.night IS 'Ngày thực hiện; có hiệu lực với các đêm sau / The day it was carried out; it counts for later nights';
COMMENT ON COLUMN alerts.verdict.alert_id IS 'Cảnh báo / The alert';
COMMENT ON COLUMN alerts.verdict.kind IS 'Loại, khi kết luận / Kind of test, as the alert stood then';
COMMENT ON COLUMN alerts.verdict.family IS 'Nhóm chỉ số / What moves together';
COMMENT ON COLUMN alerts.verdict.verdict IS 'Kết luận / The verdict';

INSERT INTO alerts.verdict
SELECT c.act_id, c.night, c.alert_id, a.kind, a.family, c.verdict FROM alerts.act AS c JOIN alerts.alert AS a USING (alert_id)
WHERE c.action = 'alert-close' AND c.verdict IS NOT NULL AND a.scope = 'unit' AND a.kind IN ('change', 'shift', 'silence');
