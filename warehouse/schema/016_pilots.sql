-- Pilots: when each outcome was first seen, which nothing could tell again, and their effects.

CREATE TABLE ledger.pilot_outcome (
    pilot VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    first_seen DATE NOT NULL,
    PRIMARY KEY (pilot, indicator)
);
COMMENT ON TABLE ledger.pilot_outcome IS 'Đêm đầu tiên thấy mỗi thí điểm và mỗi chỉ số kết quả của nó trong pilots.csv; không xóa / The night that first saw each pilot and each of its outcomes in pilots.csv; never deleted';
COMMENT ON COLUMN ledger.pilot_outcome.pilot IS 'Tên thí điểm / The pilot''s name';
COMMENT ON COLUMN ledger.pilot_outcome.indicator IS 'Chỉ số kết quả; chuỗi rỗng là chính thí điểm / The outcome; empty text is the pilot itself';
COMMENT ON COLUMN ledger.pilot_outcome.first_seen IS 'Đêm đầu tiên thấy / The night that saw it first';

CREATE TABLE derived.pilot_effect (
    pilot VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    map VARCHAR,
    level VARCHAR,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    period VARCHAR,
    part VARCHAR NOT NULL,
    months_since BIGINT,
    rate_ratio DOUBLE,
    ratio_lower DOUBLE,
    ratio_upper DOUBLE,
    cases_a_month DOUBLE,
    cases_lower DOUBLE,
    cases_upper DOUBLE,
    p_value DOUBLE,
    smallest_p DOUBLE,
    assignments BIGINT,
    is_exact BOOLEAN,
    observed_cases DOUBLE,
    expected_cases DOUBLE,
    pilot_months DOUBLE,
    units_with BIGINT,
    units_without BIGINT,
    units_left_out BIGINT,
    chosen VARCHAR NOT NULL,
    named VARCHAR NOT NULL,
    written_on DATE NOT NULL,
    first_seen DATE NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    no_effect VARCHAR,
    regression_ratio DOUBLE,
    before_after_ratio DOUBLE,
    pre_trend_p DOUBLE,
    neighbour_ratio DOUBLE,
    neighbour_p DOUBLE,
    neighbours BIGINT,
    second_method VARCHAR,
    second_cases_a_month DOUBLE,
    detectable_ratio DOUBLE,
    detectable_cases DOUBLE,
    what VARCHAR NOT NULL,
    position BIGINT NOT NULL
);
COMMENT ON TABLE derived.pilot_effect IS 'Kết quả của các thí điểm, kể cả phần không công bố: chỉ dùng bên trong / Effects of the pilots, those that are not published too: inside only';

CREATE TABLE derived.pilot_edition (
    fingerprint VARCHAR NOT NULL
);
COMMENT ON TABLE derived.pilot_edition IS 'Một dòng: bảng thí điểm được tính theo gì / One row: what the table of pilots was computed with';
COMMENT ON COLUMN derived.pilot_edition.fingerprint IS 'Dấu của các thí điểm và các tháng được tính, đổi khi chúng đổi / Changes when the pilots do, or the months that count';
