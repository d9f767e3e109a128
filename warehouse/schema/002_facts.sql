-- The figures: every version of every figure, one row a cell, period and version. Columns and comments of the
-- measures follow the contract (a test holds them together); comments are set when the warehouse is opened.

CREATE SCHEMA facts;

CREATE TABLE facts.balance (
    cell_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_kind VARCHAR NOT NULL,
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
    reporter_code VARCHAR NOT NULL,
    submission_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    recorded_at DATE NOT NULL,
    superseded_at DATE,
    superseded_by BIGINT
);

CREATE TABLE facts.away (
    cell_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_kind VARCHAR NOT NULL,
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
    reporter_code VARCHAR NOT NULL,
    submission_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    recorded_at DATE NOT NULL,
    superseded_at DATE,
    superseded_by BIGINT
);

CREATE TABLE facts.requests (
    cell_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_kind VARCHAR NOT NULL,
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
    reporter_code VARCHAR NOT NULL,
    submission_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    recorded_at DATE NOT NULL,
    superseded_at DATE,
    superseded_by BIGINT
);

CREATE TABLE facts.regulation_213 (
    cell_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_kind VARCHAR NOT NULL,
    r213_subject BIGINT,
    r213_exempt BIGINT,
    r213_introduced BIGINT,
    r213_registered BIGINT,
    r213_attended BIGINT,
    r213_remarked BIGINT,
    reporter_code VARCHAR NOT NULL,
    submission_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    recorded_at DATE NOT NULL,
    superseded_at DATE,
    superseded_by BIGINT
);

-- The figures as they were believed at the end of a day.
CREATE MACRO facts.balance_as_of(day) AS TABLE
    SELECT * FROM facts.balance
    WHERE recorded_at <= CAST(day AS DATE) AND (superseded_at IS NULL OR superseded_at > CAST(day AS DATE));
CREATE MACRO facts.away_as_of(day) AS TABLE
    SELECT * FROM facts.away
    WHERE recorded_at <= CAST(day AS DATE) AND (superseded_at IS NULL OR superseded_at > CAST(day AS DATE));
CREATE MACRO facts.requests_as_of(day) AS TABLE
    SELECT * FROM facts.requests
    WHERE recorded_at <= CAST(day AS DATE) AND (superseded_at IS NULL OR superseded_at > CAST(day AS DATE));
CREATE MACRO facts.regulation_213_as_of(day) AS TABLE
    SELECT * FROM facts.regulation_213
    WHERE recorded_at <= CAST(day AS DATE) AND (superseded_at IS NULL OR superseded_at > CAST(day AS DATE));
