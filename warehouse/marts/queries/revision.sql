-- How a reporter's figures moved from version to version.

CREATE VIEW marts.revision AS
WITH figure AS (
    {sums_by_version}
)
SELECT v.reporter_code AS unit_code, u.name AS unit_name, l.level, v.form, v.period, f.measure,
    row_number() OVER versions AS version_no, v.submission_id, v.recorded_at,
    (v.recorded_at - p.period_end)::INTEGER AS days_after_period, f.value,
    lag(f.value) OVER versions AS previous_value, v.units_reported, v.superseded_at,
    v.superseded_at IS NULL AS is_standing
FROM ledger.version AS v
JOIN figure AS f ON f.version_id = v.version_id
JOIN (
    SELECT DISTINCT period, last_day(make_date(derived.last_month(period)[:4]::INTEGER,
        derived.last_month(period)[6:]::INTEGER, 1)) AS period_end FROM ledger.version
) AS p ON p.period = v.period
JOIN registry.reporting_level AS l ON p.period_end BETWEEN l.valid_from AND l.valid_to
LEFT JOIN registry.unit AS u ON u.unit_code = v.reporter_code AND u.level = l.level
    AND p.period_end BETWEEN u.valid_from AND u.valid_to
WHERE l.level = 'district'
    OR f.measure IN ({names_of_communes_at_once})
WINDOW versions AS (PARTITION BY v.reporter_code, v.period, f.measure ORDER BY v.recorded_at, v.version_id)
ORDER BY v.period, unit_code, v.form, f.measure, version_no;

COMMENT ON VIEW marts.revision IS 'Số liệu của một đơn vị và kỳ đã thay đổi thế nào qua các lần báo cáo, và bao lâu sau kỳ. Từ 07-2025 đơn vị báo cáo là xã nên chỉ có các chỉ tiêu được công bố ngay / How a reporter''s figures of a period moved from version to version, and how long after the period. From 07-2025 reporters are communes: only the measures that are published of them at once';
COMMENT ON COLUMN marts.revision.unit_code IS 'Mã đơn vị báo cáo / The reporter';
COMMENT ON COLUMN marts.revision.unit_name IS 'Tên khi đó / Its name at the time';
COMMENT ON COLUMN marts.revision.level IS 'district hoặc commune / The level that reported';
COMMENT ON COLUMN marts.revision.form IS 'Biểu / The form';
COMMENT ON COLUMN marts.revision.period IS 'Tháng YYYY-MM; nửa năm YYYY-H1, YYYY-H2; năm YYYY / Month, half-year or year';
COMMENT ON COLUMN marts.revision.value IS 'Tổng các chi bộ, hoặc các xã, trong phiên bản này / Sum over the cells, or communes, in this version';
COMMENT ON COLUMN marts.revision.units_reported IS 'Số chi bộ, hoặc xã, có số liệu trong phiên bản / Cells, or communes, with figures in the version';
