-- The yearly form, the first whose row is a commune: its facts, its figures by unit on both maps, and the views of months
-- that now meet files of a year. A file of the yearly form alone is of a year (YYYY), and stands for no month.

CREATE TABLE facts.organisation (
    commune_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_kind VARCHAR NOT NULL,
    hamlet_cells BIGINT,
    secretary_is_head BIGINT,
    secretary_head_under_40 BIGINT,
    committees BIGINT,
    committees_trained BIGINT,
    graded_excellent BIGINT,
    graded_good BIGINT,
    graded_fair BIGINT,
    graded_poor BIGINT,
    members_not_graded_away BIGINT,
    reporter_code VARCHAR NOT NULL,
    submission_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    recorded_at DATE NOT NULL,
    superseded_at DATE,
    superseded_by BIGINT
);
-- The figures as they were believed at the end of a day.
CREATE MACRO facts.organisation_as_of(day) AS TABLE
    SELECT * FROM facts.organisation
    WHERE recorded_at <= CAST(day AS DATE) AND (superseded_at IS NULL OR superseded_at > CAST(day AS DATE));

CREATE TABLE derived.unit_year (
    map VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    period VARCHAR NOT NULL,
    hamlet_cells BIGINT,
    secretary_is_head BIGINT,
    secretary_head_under_40 BIGINT,
    committees BIGINT,
    committees_trained BIGINT,
    graded_excellent BIGINT,
    graded_good BIGINT,
    graded_fair BIGINT,
    graded_poor BIGINT,
    members_not_graded_away BIGINT,
    units_expected BIGINT NOT NULL,
    units_reported BIGINT NOT NULL
);
COMMENT ON TABLE derived.unit_year IS 'Số liệu biểu hằng năm của xã, huyện, tỉnh trên hai bản đồ, không che: chỉ dùng bên trong / Figures of the yearly form of communes, districts and the province on both maps, unprotected: inside only';

-- Where communes report, each arriving alone would be told by the province's growing sums from copy to copy: counts of
-- people are shown once no yearly form is missing, and at the latest on the due day of the month after.
CREATE VIEW derived.unsettled_year AS
SELECT DISTINCT d.period[:4] AS period FROM derived.due AS d
WHERE d.level = 'commune' AND d.period LIKE '%-12' AND d.as_of < d.due_on + INTERVAL 1 MONTH AND NOT EXISTS (
    FROM ledger.version AS v WHERE v.form = 'organisation' AND v.reporter_code = d.reporter_code
        AND v.period = d.period[:4] AND v.superseded_at IS NULL);
COMMENT ON VIEW derived.unsettled_year IS 'Năm còn thiếu biểu hằng năm của xã, số người chưa công bố / Years whose counts of people are not shown yet, communes'' yearly forms being due';

CREATE OR REPLACE VIEW derived.due AS
WITH night AS (
    SELECT max(as_of) AS as_of FROM ledger.night
), first_month AS (
    SELECT min(period) AS period FROM ledger.submission AS s
    WHERE length(period) = 7 AND NOT EXISTS (
        FROM ledger.problem AS p WHERE p.submission_id = s.submission_id
            AND p.code IN ('period-invalid', 'unknown-district', 'wrong-district') AND s.outcome = 'rejected')
), month AS (
    SELECT unnest(generate_series((period || '-01')::DATE, as_of, INTERVAL 1 MONTH))::DATE AS period_start, as_of
    FROM first_month, night
), ended AS (
    SELECT strftime(period_start, '%Y-%m') AS period, last_day(period_start) AS period_end, as_of,
        (period_start + INTERVAL 1 MONTH)::DATE + coalesce((SELECT due_day FROM derived.edition), 5) - 1 AS due_on
    FROM month WHERE last_day(period_start) < as_of
)
SELECT e.period, e.period_end, e.due_on, e.as_of, l.level, u.unit_code AS reporter_code, u.name AS reporter_name
FROM ended AS e
JOIN registry.reporting_level AS l ON e.period_end BETWEEN l.valid_from AND l.valid_to
JOIN registry.unit AS u ON u.level = l.level AND e.period_end BETWEEN u.valid_from AND u.valid_to;
COMMENT ON VIEW derived.due IS 'Mọi báo cáo đến kỳ / Every report that has fallen due';

CREATE OR REPLACE VIEW derived.file_month AS
WITH file AS (
    SELECT submission_id, reporter_code, period, received_on, outcome = 'accepted' OR period IS NOT NULL AND NOT EXISTS (
        FROM ledger.problem AS p WHERE p.submission_id = s.submission_id AND p.code = 'period-invalid') AS is_month_read
    FROM ledger.submission AS s
    WHERE outcome IN ('accepted', 'rejected') AND (period IS NULL OR length(period) = 7)
)
SELECT f.submission_id, f.reporter_code, CASE WHEN f.is_month_read THEN f.period ELSE d.period END AS period,
    f.is_month_read
FROM file AS f LEFT JOIN derived.due AS d ON NOT f.is_month_read AND d.reporter_code = f.reporter_code
    AND d.period_end = date_trunc('month', f.received_on)::DATE - 1;
COMMENT ON VIEW derived.file_month IS 'Tệp tính cho tháng nào / The month each file stands for';
COMMENT ON COLUMN derived.file_month.submission_id IS 'Số của tệp / The submission';
COMMENT ON COLUMN derived.file_month.reporter_code IS 'Đơn vị gửi / The reporter';
COMMENT ON COLUMN derived.file_month.period IS 'Kỳ; trống nếu không kỳ nào đến hạn / The period, null where none was due';
COMMENT ON COLUMN derived.file_month.is_month_read IS 'Đọc được trong tệp / Whether it was read in the file';

COMMENT ON COLUMN ledger.submission.period IS 'Kỳ báo cáo YYYY-MM, YYYY nếu chỉ có biểu hằng năm; trống nếu không đọc được / The month reported, or the year where the yearly form came alone; null if it could not be read';
COMMENT ON COLUMN ledger.version.period IS 'Kỳ: YYYY-MM; YYYY-H1, YYYY-H2; hoặc YYYY / Month, half-year or year';
