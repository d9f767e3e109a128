-- What is computed from the facts and read by the marts. All of it can be made again from the facts, but for
-- derived.commune_year_shown, which remembers what was published.

CREATE TABLE derived.edition (
    as_of DATE NOT NULL,
    today DATE NOT NULL,
    map_fingerprint VARCHAR NOT NULL,
    due_day INTEGER NOT NULL,
    small_count INTEGER NOT NULL
);
COMMENT ON TABLE derived.edition IS 'Một dòng: các bảng dẫn xuất được tính theo gì / One row: what the derived tables were computed with';
COMMENT ON COLUMN derived.edition.as_of IS 'Đêm tính / The night';
COMMENT ON COLUMN derived.edition.today IS 'Ngày của bản đồ hiện nay / The day whose map is called today''s';
COMMENT ON COLUMN derived.edition.map_fingerprint IS 'Dấu của bản đồ, đổi khi danh mục đổi / Changes when the map does';
COMMENT ON COLUMN derived.edition.due_day IS 'Hạn nộp: ngày của tháng sau / Day of the next month on which reports are due';
COMMENT ON COLUMN derived.edition.small_count IS 'Số nhỏ hơn số này được che / Counts below it are protected';

CREATE TABLE derived.unit_month (
    map VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    period VARCHAR NOT NULL,
    members_opening BIGINT,
    admitted BIGINT,
    restored BIGINT,
    transferred_in BIGINT,
    transferred_out BIGINT,
    died BIGINT,
    expelled BIGINT,
    struck_off BIGINT,
    left_on_request BIGINT,
    members_closing BIGINT,
    away_total BIGINT,
    away_in_province BIGINT,
    away_other_province BIGINT,
    away_abroad BIGINT,
    away_started BIGINT,
    away_returned BIGINT,
    away_temporary_activity BIGINT,
    away_exempt BIGINT,
    away_in_contact BIGINT,
    away_out_of_contact BIGINT,
    away_in_enterprise BIGINT,
    away_in_private_enterprise BIGINT,
    pending_opening BIGINT,
    received BIGINT,
    withdrawn BIGINT,
    declined BIGINT,
    approved BIGINT,
    pending_closing BIGINT,
    received_from_away BIGINT,
    reason_work_away BIGINT,
    reason_family BIGINT,
    reason_health BIGINT,
    reason_other BIGINT,
    units_expected BIGINT NOT NULL,
    units_reported BIGINT NOT NULL,
    members_reported BIGINT,
    members_known BIGINT
);
COMMENT ON TABLE derived.unit_month IS 'Số liệu tháng của xã, huyện, tỉnh trên hai bản đồ, không che: chỉ dùng bên trong / Monthly figures of communes, districts and the province on both maps, unprotected: inside only';

CREATE TABLE derived.unit_half (
    map VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    period VARCHAR NOT NULL,
    r213_subject BIGINT,
    r213_exempt BIGINT,
    r213_introduced BIGINT,
    r213_registered BIGINT,
    r213_attended BIGINT,
    r213_remarked BIGINT,
    units_expected BIGINT NOT NULL,
    units_reported BIGINT NOT NULL,
    members_reported BIGINT,
    members_known BIGINT
);
COMMENT ON TABLE derived.unit_half IS 'Số liệu nửa năm về giữ liên hệ nơi cư trú, hai bản đồ / Half-yearly figures of Regulation 213 on both maps';

CREATE TABLE derived.commune_year (
    map VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    year INTEGER NOT NULL,
    admitted BIGINT,
    restored BIGINT,
    transferred_in BIGINT,
    transferred_out BIGINT,
    died BIGINT,
    expelled BIGINT,
    struck_off BIGINT,
    left_on_request BIGINT,
    received BIGINT,
    withdrawn BIGINT,
    declined BIGINT,
    approved BIGINT,
    received_from_away BIGINT,
    reason_work_away BIGINT,
    reason_family BIGINT,
    reason_health BIGINT,
    reason_other BIGINT,
    suppressed VARCHAR[] NOT NULL,
    units_expected BIGINT NOT NULL,
    units_reported BIGINT NOT NULL,
    is_released BOOLEAN NOT NULL
);
COMMENT ON TABLE derived.commune_year IS 'Số liệu năm của xã sau khi che số nhỏ / Yearly figures of communes with small counts hidden';

CREATE TABLE derived.commune_year_shown (
    map VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    measure VARCHAR NOT NULL,
    value BIGINT NOT NULL,
    first_shown DATE NOT NULL,
    PRIMARY KEY (map, unit_id, year, measure, value)
);
COMMENT ON TABLE derived.commune_year_shown IS 'Mọi số liệu năm của xã từng được công bố; không xóa / Every yearly figure of a commune ever published; never deleted';

CREATE TABLE derived.indicator (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    numerator DOUBLE,
    denominator DOUBLE,
    value DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    coverage DOUBLE
);
COMMENT ON TABLE derived.indicator IS 'Chỉ số theo đơn vị và kỳ / Indicators by unit and period';

CREATE TABLE derived.trend (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    level_value DOUBLE,
    slope_per_year DOUBLE,
    slope_lower DOUBLE,
    slope_upper DOUBLE,
    word VARCHAR,
    since VARCHAR,
    since_earliest VARCHAR,
    since_latest VARCHAR,
    probability DOUBLE,
    link_slope DOUBLE,
    link_lower DOUBLE,
    link_upper DOUBLE
);
COMMENT ON TABLE derived.trend IS 'Mức và xu hướng đã loại mùa vụ / Level and trend with the season taken out';

CREATE TABLE derived.comparison (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL,
    base_period VARCHAR NOT NULL,
    value DOUBLE,
    base_value DOUBLE,
    difference DOUBLE,
    ratio DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    is_tet_moved BOOLEAN
);
COMMENT ON TABLE derived.comparison IS 'So với cùng kỳ và mười hai tháng trước / Against the year before and the twelve months before';

CREATE TABLE derived.contribution (
    map VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    base_period VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    value DOUBLE
);
COMMENT ON TABLE derived.contribution IS 'Thay đổi của tỉnh chia cho các huyện / The province''s change split among its districts';

CREATE TABLE derived.waterfall (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    step VARCHAR NOT NULL,
    value BIGINT,
    running BIGINT,
    coverage DOUBLE
);
COMMENT ON TABLE derived.waterfall IS 'Từ đầu kỳ đến cuối kỳ qua từng khoản tăng, giảm / From opening to closing, step by step';

CREATE MACRO derived.last_month(period) AS CASE
    WHEN length(period) = 4 THEN period || '-12'
    WHEN period LIKE '%-Q_' THEN period[:5] || lpad((3 * right(period, 1)::INTEGER)::VARCHAR, 2, '0')
    WHEN period LIKE '%-H_' THEN period[:5] || lpad((6 * right(period, 1)::INTEGER)::VARCHAR, 2, '0')
    ELSE period
END;

-- Every report that was due: each reporter and month since the first that anybody reported, up to the last that ended.
CREATE VIEW derived.due AS
WITH night AS (
    SELECT max(as_of) AS as_of FROM ledger.night
), first_month AS (
    SELECT min(period) AS period FROM ledger.submission AS s
    WHERE period IS NOT NULL AND NOT EXISTS (
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

-- Where communes report, each arriving alone would be told by the province's growing sums from copy to copy. Such a
-- month's flows are shown once no report is missing, and at the latest on the due day of the month after.
CREATE VIEW derived.unsettled AS
SELECT DISTINCT period FROM derived.due AS d
WHERE level = 'commune' AND as_of < due_on + INTERVAL 1 MONTH AND NOT EXISTS (
    FROM ledger.submission AS s WHERE s.reporter_code = d.reporter_code AND s.period = d.period
        AND s.outcome = 'accepted' AND s.retracted_on IS NULL);
COMMENT ON VIEW derived.unsettled IS 'Tháng còn thiếu báo cáo của xã, số tăng giảm chưa công bố / Months whose flows are not shown yet, communes'' reports being due';
