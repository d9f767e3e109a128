-- What copies hid of communes is remembered by itself, as what they showed is: a file retracted takes the rows in which
-- it stood away, and with them went that they were hidden. Half-years of communes' reports settle as months do.

CREATE TABLE derived.half_hidden (
    map VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    first_hidden DATE NOT NULL,
    PRIMARY KEY (map, unit_id, period)
);
COMMENT ON TABLE derived.half_hidden IS 'Mọi nửa năm của xã từng bị che trong bản công bố; không xóa / Every half-year of a commune that a copy ever hid; never deleted';

CREATE TABLE derived.commune_year_hidden (
    map VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    measure VARCHAR NOT NULL,
    first_hidden DATE NOT NULL,
    PRIMARY KEY (map, unit_id, year, measure)
);
COMMENT ON TABLE derived.commune_year_hidden IS 'Mọi số liệu năm của xã từng bị che trong bản công bố; không xóa / Every yearly figure of a commune that a copy ever hid; never deleted';

-- What the home hides already.
INSERT INTO derived.half_hidden
SELECT map, unit_id, period, (SELECT as_of FROM derived.edition)
FROM derived.half_told
WHERE NOT is_told AND derived.period_end(period) < (SELECT as_of - 31 FROM derived.edition);

INSERT INTO derived.commune_year_hidden
SELECT DISTINCT map, unit_id, year, unnest(suppressed), (SELECT as_of FROM derived.edition)
FROM derived.commune_year
WHERE is_released;

-- A longer period that ends in a later month holds the month that waits: with it those after it wait, too.
CREATE OR REPLACE VIEW derived.unsettled AS
WITH waiting AS (
    SELECT min(period) AS period FROM derived.due AS d
    WHERE level = 'commune' AND as_of < due_on + INTERVAL 1 MONTH AND NOT EXISTS (
        FROM ledger.submission AS s WHERE s.reporter_code = d.reporter_code AND s.period = d.period
            AND s.outcome = 'accepted' AND s.retracted_on IS NULL)
)
SELECT DISTINCT d.period FROM derived.due AS d, waiting AS w WHERE d.level = 'commune' AND d.period >= w.period;
COMMENT ON VIEW derived.unsettled IS 'Tháng còn thiếu báo cáo của xã, số tăng giảm chưa công bố, và các tháng sau đó / Months whose flows are not shown yet, communes'' reports being due, and those after them';

-- A half-year's table may be missing in a file that has come.
CREATE VIEW derived.unsettled_half AS
SELECT DISTINCT d.half AS period FROM (
    SELECT *, period[:5] || CASE period[6:] WHEN '06' THEN 'H1' ELSE 'H2' END AS half
    FROM derived.due WHERE period[6:] IN ('06', '12')
) AS d
WHERE d.level = 'commune' AND d.as_of < d.due_on + INTERVAL 1 MONTH AND NOT EXISTS (
    FROM ledger.version AS v WHERE v.form = 'regulation_213' AND v.reporter_code = d.reporter_code
        AND v.period = d.half AND v.superseded_at IS NULL);
COMMENT ON VIEW derived.unsettled_half IS 'Nửa năm còn thiếu biểu Quy định 213 của xã, số của huyện và tỉnh chưa công bố / Half-years whose sums are not shown yet, communes'' forms of Regulation 213 being due';
