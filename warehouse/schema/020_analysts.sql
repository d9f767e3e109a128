-- What the marts' columns that people join on are made of: where units lie, periods as days, and each unit's name and
-- district on both maps.

ALTER TABLE registry.unit ADD COLUMN lat DOUBLE;
ALTER TABLE registry.unit ADD COLUMN lon DOUBLE;
COMMENT ON COLUMN registry.unit.lat IS 'Vĩ độ, theo units.csv; trống nếu không có / Latitude, as in units.csv, null where it has none';
COMMENT ON COLUMN registry.unit.lon IS 'Kinh độ, theo units.csv; trống nếu không có / Longitude, as in units.csv, null where it has none';

CREATE MACRO derived.period_kind(period) AS CASE
    WHEN length(period) = 4 THEN 'year'
    WHEN period LIKE '%-Q_' THEN 'quarter'
    WHEN period LIKE '%-H_' THEN 'half'
    WHEN period IS NOT NULL THEN 'month'
END;

CREATE MACRO derived.period_end(period) AS last_day((derived.last_month(period) || '-01')::DATE);

-- Twelve months up to one bear that month's name, so the name alone does not tell when they began.
CREATE MACRO derived.period_start(period, kind) AS (
    (derived.last_month(period) || '-01')::DATE
    - to_months(CASE kind WHEN 'month' THEN 0 WHEN 'quarter' THEN 2 WHEN 'half' THEN 5 ELSE 11 END)
)::DATE;

-- The district each unit lies in, or, where districts were abolished, the one all that became of it lay in; keyed as the
-- figures are: a commune by its unit_id, a district by its code.
CREATE VIEW derived.unit_area AS
WITH RECURSIVE district AS (
    SELECT unit_code, arg_max(name, valid_from) AS name FROM registry.unit WHERE level = 'district' GROUP BY unit_code
), own AS (
    SELECT u.unit_id, u.unit_code, max(u.valid_to) AS valid_to, arg_max(d.unit_code, u.valid_from) AS district_code
    FROM registry.unit AS u JOIN district AS d ON d.unit_code = u.parent_code
    WHERE u.level = 'commune' GROUP BY u.unit_id, u.unit_code
), lain AS (
    SELECT unit_id, unit_code, valid_to, district_code FROM own
    UNION
    SELECT n.unit_id, n.unit_code, (SELECT max(valid_to) FROM registry.unit AS l WHERE l.unit_id = n.unit_id),
        o.district_code
    FROM lain AS o
    JOIN registry.unit_succession AS s ON s.from_code = o.unit_code AND s.effective_date = o.valid_to + 1
    JOIN registry.unit AS n ON n.unit_code = s.to_code AND n.valid_from = s.effective_date
), known AS (
    SELECT l.unit_id, CASE WHEN count(DISTINCT l.district_code) = 1 THEN any_value(l.district_code) END AS district_code
    FROM lain AS l ANTI JOIN own USING (unit_id) GROUP BY l.unit_id
    UNION ALL SELECT unit_id, district_code FROM own
    UNION ALL SELECT unit_code, unit_code FROM district
)
SELECT k.unit_id, k.district_code, d.name AS district_name
FROM known AS k LEFT JOIN district AS d ON d.unit_code = k.district_code;
COMMENT ON VIEW derived.unit_area IS 'Huyện của mỗi đơn vị; sau khi bỏ cấp huyện là huyện mà mọi phần của nó từng thuộc, trống nếu nhiều huyện / The district of each unit; after districts were abolished the one that all its parts lay in, null where they were several';

-- Each unit under each name it had, with the district's name of the time; and as today's map has it.
CREATE VIEW derived.unit_place AS
WITH today AS (
    SELECT coalesce((SELECT max(today) FROM derived.edition), (SELECT max(as_of) FROM ledger.night)) AS day
), unit AS (
    SELECT *, CASE level WHEN 'commune' THEN unit_id ELSE unit_code END AS key FROM registry.unit
), named AS (
    SELECT u.level, u.unit_code, u.key AS unit_id, u.name AS unit_name,
        CASE u.level WHEN 'district' THEN u.unit_code ELSE d.unit_code END AS district_code,
        CASE u.level WHEN 'district' THEN u.name ELSE d.name END AS district_name,
        greatest(u.valid_from, d.valid_from) AS first_day, least(u.valid_to, d.valid_to) AS last_day
    FROM unit AS u
    LEFT JOIN unit AS d ON u.level = 'commune' AND d.level = 'district' AND d.unit_code = u.parent_code
        AND d.valid_from <= u.valid_to AND d.valid_to >= u.valid_from
), standing AS (
    SELECT * FROM unit WHERE (SELECT day FROM today) BETWEEN valid_from AND valid_to
    UNION ALL
    SELECT * FROM unit WHERE level = 'district' AND valid_from <= (SELECT day FROM today)
    QUALIFY row_number() OVER (PARTITION BY unit_code ORDER BY valid_from DESC) = 1
        AND valid_to < (SELECT day FROM today)
), placed AS (
    SELECT 'reported' AS map, * FROM named
    UNION ALL
    SELECT 'today', s.level, s.unit_code, s.key, s.name, a.district_code, a.district_name, DATE '0001-01-01',
        DATE '9999-12-31'
    FROM standing AS s LEFT JOIN derived.unit_area AS a ON a.unit_id = s.key
    UNION ALL
    SELECT m.map, l.level, 'chua-phan-bo', 'chua-phan-bo', 'Chưa phân bổ', NULL, NULL, DATE '0001-01-01',
        DATE '9999-12-31'
    FROM (VALUES ('reported'), ('today')) AS m (map), (VALUES ('district'), ('commune')) AS l (level)
)
-- Figures may be of a period that ends after their unit did: its last name then holds, and where the code alone is known,
-- the last name of the code.
SELECT *, CASE WHEN last_day = max(last_day) OVER (PARTITION BY map, level, unit_id) THEN DATE '9999-12-31'
        ELSE last_day END AS unit_until,
    CASE WHEN last_day = max(last_day) OVER (PARTITION BY map, level, unit_code) THEN DATE '9999-12-31'
        ELSE last_day END AS code_until
FROM placed;
COMMENT ON VIEW derived.unit_place IS 'Tên và huyện của mỗi đơn vị, theo từng thời điểm và theo địa giới hành chính hiện nay / Name and district of each unit, of each time and on today''s map';
