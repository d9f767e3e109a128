-- The resolutions' targets: what was to be reached, whether it was, how much is left and how likely it is.

-- Counts of people by commune and year are told of districts only where districts reported, each of many communes.
CREATE VIEW derived.district_year AS
SELECT DISTINCT u.period FROM derived.unit_year AS u
JOIN registry.reporting_level AS l ON make_date(u.period::INTEGER, 12, 31) BETWEEN l.valid_from AND l.valid_to
WHERE l.level = 'district';
COMMENT ON VIEW derived.district_year IS 'Các năm mà huyện là đơn vị báo cáo / The years in which districts reported';

CREATE TABLE derived.target (
    target VARCHAR NOT NULL,
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    value DOUBLE,
    wanted DOUBLE NOT NULL,
    state VARCHAR NOT NULL,
    units_missing BIGINT,
    gap_units BIGINT,
    probability DOUBLE,
    required_per_year DOUBLE,
    observed_per_year DOUBLE,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    comparison VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    due_on DATE NOT NULL,
    known_period VARCHAR,
    numerator DOUBLE,
    denominator DOUBLE,
    needed BIGINT,
    whole BIGINT,
    no_probability VARCHAR,
    chance_met DOUBLE,
    position BIGINT NOT NULL
);
COMMENT ON TABLE derived.target IS 'Chỉ tiêu theo đơn vị và kỳ / Targets by unit and period';

CREATE TABLE derived.target_edition (
    as_of DATE NOT NULL,
    fingerprint VARCHAR NOT NULL
);
COMMENT ON TABLE derived.target_edition IS 'Một dòng: bảng chỉ tiêu được tính theo gì / One row: what the table of targets was computed with';
COMMENT ON COLUMN derived.target_edition.as_of IS 'Đêm tính / The night';
COMMENT ON COLUMN derived.target_edition.fingerprint IS 'Dấu của các chỉ tiêu và hạn nộp, đổi khi chúng đổi / Changes when the targets or the due day do';
