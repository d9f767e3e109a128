-- Which senders make which mistakes.

CREATE VIEW marts.problem_summary AS
SELECT s.reporter_code, arg_max(u.name, s.period) AS reporter_name, s.reporter_level AS level,
    any_value(a.district_code) AS district_code, any_value(a.district_name) AS district_name, p.code, p.severity, coalesce(p.form, '') AS form,
    count(*) AS problems, count(DISTINCT s.submission_id) AS submissions, count(*) FILTER (p.is_waived) AS waived,
    min(s.period) AS first_period, max(s.period) AS last_period, max(s.received_on) AS last_received_on
FROM ledger.problem AS p
JOIN ledger.submission AS s ON s.submission_id = p.submission_id
LEFT JOIN registry.unit AS u ON u.unit_code = s.reporter_code AND u.level = s.reporter_level
    AND last_day((derived.last_month(s.period) || '-01')::DATE) BETWEEN u.valid_from AND u.valid_to
LEFT JOIN derived.unit_area AS a ON a.unit_id = CASE u.level WHEN 'commune' THEN u.unit_id ELSE u.unit_code END
GROUP BY s.reporter_code, s.reporter_level, p.code, p.severity, coalesce(p.form, '')
ORDER BY problems DESC, s.reporter_code, p.code;

COMMENT ON VIEW marts.problem_summary IS 'Đơn vị nào hay mắc lỗi gì: mỗi đơn vị, mã vấn đề và biểu một dòng / Which senders make which mistakes: one row a sender, problem code and form';
