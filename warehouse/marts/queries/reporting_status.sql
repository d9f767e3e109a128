-- Each report that was due: whether it came, when, and how much of it.

CREATE VIEW marts.reporting_status AS
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
    FROM {reports_of_the_same_cells}
), reported AS (
    FROM alike
    UNION ALL
    SELECT period, reporter_code, count(*) AS units
    FROM {cells_with_every_monthly_form}
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
ORDER BY d.period, d.reporter_code;

COMMENT ON VIEW marts.reporting_status IS 'Mỗi đơn vị báo cáo và tháng một dòng, từ tháng đầu tiên có báo cáo đến tháng cuối đã kết thúc: phải nộp ngày nào, nhận ngày nào, tình trạng / One row a reporter and month, from the first month anybody reported to the last that ended: when it was due, when it came, in what state';
COMMENT ON COLUMN marts.reporting_status.reporter_code IS 'Mã đơn vị báo cáo: huyện đến 06-2025, xã từ 07-2025 / Reporter: a district until 06-2025, a commune from 07-2025';
COMMENT ON COLUMN marts.reporting_status.reporter_name IS 'Tên đơn vị báo cáo khi đó / The reporter''s name at the time';
COMMENT ON COLUMN marts.reporting_status.level IS 'Cấp báo cáo: district hoặc commune / The level that reports: district or commune';
