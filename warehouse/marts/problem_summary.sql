-- Made by "make generated" from queries/problem_summary.sql and the contract: change those, not this.
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
COMMENT ON COLUMN marts.problem_summary.reporter_code IS 'Thư mục gửi / The folder it came in';
COMMENT ON COLUMN marts.problem_summary.reporter_name IS 'Tên đơn vị báo cáo / The reporter''s name';
COMMENT ON COLUMN marts.problem_summary.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.problem_summary.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.problem_summary.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.problem_summary.code IS 'Mã vấn đề, xem docs/rules.md / Problem code, see docs/rules.md';
COMMENT ON COLUMN marts.problem_summary.severity IS 'error: lỗi, tệp bị trả lại; warning: lưu ý / An error rejects the file, a warning is kept with it';
COMMENT ON COLUMN marts.problem_summary.form IS 'Biểu; rỗng nếu là cả tệp / The form, empty where the whole file is meant';
COMMENT ON COLUMN marts.problem_summary.problems IS 'Số vấn đề / Problems found';
COMMENT ON COLUMN marts.problem_summary.submissions IS 'Số tệp có vấn đề này / Files in which it was found';
COMMENT ON COLUMN marts.problem_summary.waived IS 'Số được bỏ qua theo quyết định / Those waived by the board';
COMMENT ON COLUMN marts.problem_summary.first_period IS 'Tháng đầu tiên gặp / First month it was found in';
COMMENT ON COLUMN marts.problem_summary.last_period IS 'Tháng gần nhất gặp / Last month it was found in';
COMMENT ON COLUMN marts.problem_summary.last_received_on IS 'Ngày nhận tệp gần nhất có vấn đề này / The day the last file with it came';
