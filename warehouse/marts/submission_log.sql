-- Made by "make generated" from queries/submission_log.sql and the contract: change those, not this.
-- Every file received and what became of it.

CREATE VIEW marts.submission_log AS
WITH told AS (
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
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.submission_id, t.reporter_code, t.reporter_name, t.level, p.district_code, p.district_name, t.period,
    t.period_start, t.period_end, t.period_kind, t.counted_in, t.received_on, t.received_at, t.recorded_at,
    t.file_name, t.size, t.encoding, t.outcome, t.errors, t.warnings, t.waived, t.problem_codes, t.is_standing,
    t.retracted_on
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = 'reported' AND p.level = t.level AND p.unit_code = t.reporter_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY submission_id;

COMMENT ON VIEW marts.submission_log IS 'Mỗi tệp đã nhận một dòng, kể cả tệp bị trả lại và tệp trùng / One row a file received, rejected ones and duplicates too';
COMMENT ON COLUMN marts.submission_log.submission_id IS 'Số thứ tự của tệp / The submission''s number';
COMMENT ON COLUMN marts.submission_log.reporter_code IS 'Thư mục gửi / The folder it came in';
COMMENT ON COLUMN marts.submission_log.reporter_name IS 'Tên đơn vị báo cáo; trống nếu không phải đơn vị báo cáo hoặc không rõ kỳ / The reporter''s name, null where it is none or the period is not known';
COMMENT ON COLUMN marts.submission_log.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.submission_log.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.submission_log.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.submission_log.period IS 'Kỳ báo cáo: tháng, hoặc năm nếu chỉ gửi biểu hằng năm; trống nếu không đọc được / The month reported, or the year where the yearly form was sent alone; null if it could not be read';
COMMENT ON COLUMN marts.submission_log.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.submission_log.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.submission_log.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.submission_log.counted_in IS 'Kỳ mà tệp được tính vào: kỳ trong tệp, hoặc tháng đang đến hạn nếu không đọc được kỳ / The period it counts for: that of the file, or the month that was due where none could be read';
COMMENT ON COLUMN marts.submission_log.received_on IS 'Ngày tệp đến / The day it arrived';
COMMENT ON COLUMN marts.submission_log.received_at IS 'Thời điểm tệp đến, giờ địa phương / When it arrived, local time';
COMMENT ON COLUMN marts.submission_log.recorded_at IS 'Đêm tiếp nhận / The night it was taken in';
COMMENT ON COLUMN marts.submission_log.file_name IS 'Tên tệp / The file''s name';
COMMENT ON COLUMN marts.submission_log.size IS 'Kích thước, byte / Size in bytes';
COMMENT ON COLUMN marts.submission_log.encoding IS 'Bảng mã hoặc định dạng / Encoding or format';
COMMENT ON COLUMN marts.submission_log.outcome IS 'accepted: đã nhận; rejected: trả lại; duplicate: trùng / Accepted, rejected, or a duplicate';
COMMENT ON COLUMN marts.submission_log.errors IS 'Số lỗi / Errors found';
COMMENT ON COLUMN marts.submission_log.warnings IS 'Số lưu ý / Warnings found';
COMMENT ON COLUMN marts.submission_log.waived IS 'Số vấn đề được bỏ qua theo quyết định / Problems waived by the board';
COMMENT ON COLUMN marts.submission_log.problem_codes IS 'Các mã vấn đề / The problem codes';
COMMENT ON COLUMN marts.submission_log.is_standing IS 'Số liệu của tệp đang có hiệu lực / Whether figures of this file stand';
COMMENT ON COLUMN marts.submission_log.retracted_on IS 'Đêm rút lại; trống nếu không / The night it was taken back, null if it was not';
