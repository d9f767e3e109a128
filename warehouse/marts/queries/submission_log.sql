-- Every file received and what became of it.

CREATE VIEW marts.submission_log AS
WITH found AS (
    SELECT submission_id, count(*) FILTER (severity = 'error') AS errors,
        count(*) FILTER (severity = 'warning') AS warnings, count(*) FILTER (is_waived) AS waived,
        list(DISTINCT code ORDER BY code) AS problem_codes
    FROM ledger.problem GROUP BY submission_id
), standing AS (
    SELECT DISTINCT submission_id FROM ledger.version WHERE superseded_at IS NULL
)
SELECT s.submission_id, s.reporter_code, u.name AS reporter_name, s.reporter_level AS level, s.period,
    coalesce(m.period, s.period) AS counted_in, s.received_on, s.received_at, s.recorded_at,
    s.file_name, s.size, s.encoding, s.outcome, coalesce(p.errors, 0) AS errors, coalesce(p.warnings, 0) AS warnings,
    coalesce(p.waived, 0) AS waived, coalesce(p.problem_codes, []) AS problem_codes,
    v.submission_id IS NOT NULL AS is_standing, s.retracted_on
FROM ledger.submission AS s
LEFT JOIN derived.file_month AS m ON m.submission_id = s.submission_id
LEFT JOIN found AS p ON p.submission_id = s.submission_id
LEFT JOIN standing AS v ON v.submission_id = s.submission_id
LEFT JOIN registry.unit AS u ON u.unit_code = s.reporter_code AND u.level = s.reporter_level
    AND last_day((derived.last_month(s.period) || '-01')::DATE) BETWEEN u.valid_from AND u.valid_to
ORDER BY s.submission_id;

COMMENT ON VIEW marts.submission_log IS 'Mỗi tệp đã nhận một dòng, kể cả tệp bị trả lại và tệp trùng / One row a file received, rejected ones and duplicates too';
COMMENT ON COLUMN marts.submission_log.submission_id IS 'Số thứ tự của tệp / The submission''s number';
COMMENT ON COLUMN marts.submission_log.reporter_name IS 'Tên đơn vị báo cáo; trống nếu không phải đơn vị báo cáo hoặc không rõ kỳ / The reporter''s name, null where it is none or the period is not known';
COMMENT ON COLUMN marts.submission_log.period IS 'Kỳ báo cáo: tháng, hoặc năm nếu chỉ gửi biểu hằng năm; trống nếu không đọc được / The month reported, or the year where the yearly form was sent alone; null if it could not be read';
COMMENT ON COLUMN marts.submission_log.counted_in IS 'Kỳ mà tệp được tính vào: kỳ trong tệp, hoặc tháng đang đến hạn nếu không đọc được kỳ / The period it counts for: that of the file, or the month that was due where none could be read';
COMMENT ON COLUMN marts.submission_log.received_on IS 'Ngày tệp đến / The day it arrived';
COMMENT ON COLUMN marts.submission_log.recorded_at IS 'Đêm tiếp nhận / The night it was taken in';
COMMENT ON COLUMN marts.submission_log.waived IS 'Số vấn đề được bỏ qua theo quyết định / Problems waived by the board';
COMMENT ON COLUMN marts.submission_log.is_standing IS 'Số liệu của tệp đang có hiệu lực / Whether figures of this file stand';
