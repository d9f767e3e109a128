-- Made by "make generated" from queries/reporting_status.sql and the contract: change those, not this.
-- Each report that was due: whether it came, when, and how much of it.

CREATE VIEW marts.reporting_status AS
WITH told AS (
    WITH accepted AS (
        SELECT reporter_code, period, min(received_on) AS received_on
        FROM ledger.submission WHERE outcome = 'accepted' AND retracted_on IS NULL GROUP BY ALL
    ), rejected AS (
        -- One whose month could not be read is of the month that was due.
        SELECT m.reporter_code, m.period, max(s.received_on) AS received_on
        FROM ledger.submission AS s JOIN derived.file_month AS m USING (submission_id)
        WHERE s.outcome = 'rejected' GROUP BY ALL
    ), expected AS (
        SELECT d.period, d.reporter_code, count(*) AS units
        FROM derived.due AS d
        JOIN registry.home AS h ON h.reporter_code = d.reporter_code AND d.period_end BETWEEN h.valid_from AND h.valid_to
        GROUP BY ALL
    ), alike AS (
        -- Reports whose forms are all of the same cells, as digests tell: nearly all, in a quarter of the time.
        SELECT period, reporter_code, cells AS units
        FROM (
            SELECT period, reporter_code, count(*) AS cells,
                sum(hash(cell_code)::HUGEINT) AS total, bit_xor(hash(cell_code)) AS either
            FROM (SELECT cell_code, period, reporter_code FROM facts.balance WHERE superseded_at IS NULL)
            GROUP BY ALL
        ) AS balance
        JOIN (
            SELECT period, reporter_code, count(*) AS cells,
                sum(hash(cell_code)::HUGEINT) AS total, bit_xor(hash(cell_code)) AS either
            FROM (SELECT cell_code, period, reporter_code FROM facts.away WHERE superseded_at IS NULL)
            GROUP BY ALL
        ) AS away USING (period, reporter_code, cells, total, either)
        JOIN (
            SELECT period, reporter_code, count(*) AS cells,
                sum(hash(cell_code)::HUGEINT) AS total, bit_xor(hash(cell_code)) AS either
            FROM (SELECT cell_code, period, reporter_code FROM facts.requests WHERE superseded_at IS NULL)
            GROUP BY ALL
        ) AS requests USING (period, reporter_code, cells, total, either)
    ), reported AS (
        FROM alike
        UNION ALL
        SELECT period, reporter_code, count(*) AS units
        FROM (FROM facts.balance WHERE superseded_at IS NULL) AS balance ANTI JOIN alike USING (period, reporter_code)
        SEMI JOIN (SELECT cell_code, period FROM facts.away WHERE superseded_at IS NULL) AS away USING (cell_code, period)
        SEMI JOIN (SELECT cell_code, period FROM facts.requests WHERE superseded_at IS NULL) AS requests USING (cell_code, period)
        GROUP BY ALL
    )
    SELECT d.reporter_code, d.reporter_name, d.level, d.period, d.due_on,
        coalesce(a.received_on, r.received_on) AS received_on,
        CASE WHEN a.received_on > d.due_on THEN a.received_on - d.due_on WHEN a.received_on IS NOT NULL THEN 0 END AS days_late,
        CASE
            WHEN a.received_on <= d.due_on THEN 'reported'
            WHEN a.received_on IS NOT NULL THEN 'late'
            WHEN r.received_on IS NOT NULL THEN 'rejected'
            WHEN d.as_of > d.due_on THEN 'missing'
            ELSE 'not_due'
        END AS state,
        coalesce(e.units, 0) AS units_expected, coalesce(f.units, 0) AS units_reported
    FROM derived.due AS d
    LEFT JOIN accepted AS a ON a.reporter_code = d.reporter_code AND a.period = d.period
    LEFT JOIN rejected AS r ON r.reporter_code = d.reporter_code AND r.period = d.period
    LEFT JOIN expected AS e ON e.reporter_code = d.reporter_code AND e.period = d.period
    LEFT JOIN reported AS f ON f.reporter_code = d.reporter_code AND f.period = d.period
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.reporter_code, t.reporter_name, t.level, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.due_on, t.received_on, t.days_late, t.state, t.units_expected, t.units_reported
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = 'reported' AND p.level = t.level AND p.unit_code = t.reporter_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY period, reporter_code;

COMMENT ON VIEW marts.reporting_status IS 'Mỗi đơn vị báo cáo và tháng một dòng, từ tháng đầu tiên có báo cáo đến tháng cuối đã kết thúc: phải nộp ngày nào, nhận ngày nào, tình trạng / One row a reporter and month, from the first month anybody reported to the last that ended: when it was due, when it came, in what state';
COMMENT ON COLUMN marts.reporting_status.reporter_code IS 'Mã đơn vị báo cáo: huyện đến 06-2025, xã từ 07-2025 / Reporter: a district until 06-2025, a commune from 07-2025';
COMMENT ON COLUMN marts.reporting_status.reporter_name IS 'Tên đơn vị báo cáo khi đó / The reporter''s name at the time';
COMMENT ON COLUMN marts.reporting_status.level IS 'Cấp báo cáo: district hoặc commune / The level that reports: district or commune';
COMMENT ON COLUMN marts.reporting_status.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.reporting_status.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.reporting_status.period IS 'Tháng YYYY-MM / Month YYYY-MM';
COMMENT ON COLUMN marts.reporting_status.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.reporting_status.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.reporting_status.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.reporting_status.due_on IS 'Hạn nộp / The day it was due';
COMMENT ON COLUMN marts.reporting_status.received_on IS 'Ngày nhận tệp đầu tiên được chấp nhận; nếu chưa có, tệp bị trả lại gần nhất; trống nếu chưa có tệp nào / The day the first accepted file came; where there is none, the last rejected one; null while nothing came';
COMMENT ON COLUMN marts.reporting_status.days_late IS 'Số ngày trễ hạn, 0 nếu đúng hạn; trống khi chưa có tệp được chấp nhận / Days after the due day, 0 if in time, null while nothing was accepted';
COMMENT ON COLUMN marts.reporting_status.state IS 'reported: đúng hạn; late: trễ; rejected: bị trả lại, chưa gửi lại; missing: quá hạn chưa có; not_due: chưa đến hạn / In time, late, rejected and not sent again, missing, or not due yet';
COMMENT ON COLUMN marts.reporting_status.units_expected IS 'Số chi bộ phải có số liệu / Cells that were due';
COMMENT ON COLUMN marts.reporting_status.units_reported IS 'Số chi bộ đã có số liệu ở mọi biểu / Cells whose figures have come, in every form';
