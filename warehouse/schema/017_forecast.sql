-- Forecasts, kept as they were made, and what they were worth once the figures came.

CREATE TABLE derived.forecast (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    made_on DATE NOT NULL,
    horizon BIGINT NOT NULL,
    mean BIGINT NOT NULL,
    lower_80 BIGINT NOT NULL,
    upper_80 BIGINT NOT NULL,
    lower_95 BIGINT NOT NULL,
    upper_95 BIGINT NOT NULL,
    quantiles BIGINT[] NOT NULL,
    mean_12 BIGINT[],
    last_year BIGINT[]
);
COMMENT ON TABLE derived.forecast IS 'Dự báo của từng tháng, giữ nguyên như đã làm / Each month''s forecasts, kept as they were made';
COMMENT ON COLUMN derived.forecast.quantiles IS 'Các phân vị 1/40 đến 39/40 / The quantiles 1/40 to 39/40';
COMMENT ON COLUMN derived.forecast.mean_12 IS 'Các phân vị của cách đoán bằng trung bình mười hai tháng / Those of a guess by the mean of twelve months';
COMMENT ON COLUMN derived.forecast.last_year IS 'Các phân vị của cách đoán bằng cùng tháng năm trước / Those of a guess by the same month last year';

CREATE TABLE derived.forecast_score (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    horizon_from BIGINT NOT NULL,
    horizon_to BIGINT NOT NULL,
    forecasts BIGINT NOT NULL,
    first_made_on DATE NOT NULL,
    last_made_on DATE NOT NULL,
    crps DOUBLE NOT NULL,
    wis DOUBLE NOT NULL,
    coverage_80 DOUBLE NOT NULL,
    coverage_95 DOUBLE NOT NULL,
    crps_mean_12 DOUBLE NOT NULL,
    skill_mean_12 DOUBLE,
    skill_mean_12_lower DOUBLE,
    skill_mean_12_upper DOUBLE,
    crps_last_year DOUBLE NOT NULL,
    skill_last_year DOUBLE,
    skill_last_year_lower DOUBLE,
    skill_last_year_upper DOUBLE
);
COMMENT ON TABLE derived.forecast_score IS 'Dự báo đã qua so với số liệu đã về / Past forecasts against what came';

-- A month is in once every report of it has come; where districts report at the latest on its due day, where communes
-- do once its flows are shown. A day on which two months come in is the later month's.
CREATE VIEW derived.month_in AS
SELECT arg_max(m.period, m.period) AS period, m.made_on FROM (
    SELECT d.period, CASE
        WHEN count(s.received_on) = count(*) THEN
            CASE WHEN any_value(d.level) = 'commune' THEN max(s.received_on) ELSE least(max(s.received_on), any_value(d.due_on)) END
        WHEN any_value(d.level) = 'commune' THEN any_value(d.due_on) + INTERVAL 1 MONTH
        ELSE any_value(d.due_on) END::DATE AS made_on, any_value(d.as_of) AS as_of
    FROM derived.due AS d
    LEFT JOIN (
        SELECT reporter_code, period, min(received_on) AS received_on FROM ledger.submission
        WHERE outcome = 'accepted' AND retracted_on IS NULL GROUP BY ALL
    ) AS s USING (reporter_code, period)
    GROUP BY d.period
) AS m
WHERE m.made_on <= m.as_of AND m.period NOT IN (FROM derived.unsettled)
GROUP BY m.made_on;
COMMENT ON VIEW derived.month_in IS 'Các tháng đã có đủ số liệu hoặc đã hết hạn, và ngày đó / Months whose figures are in, and since when';
