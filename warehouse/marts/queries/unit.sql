-- Provinces, districts and communes, each once.

CREATE VIEW marts.unit AS
WITH successor AS (
    SELECT from_code, effective_date, list(DISTINCT to_code ORDER BY to_code) AS codes, max(extent) AS extent
    FROM registry.unit_succession GROUP BY from_code, effective_date
), unit AS (
    SELECT unit_id, any_value(unit_code) AS unit_code, arg_max(name, valid_from) AS unit_name,
        any_value(level) AS level, arg_max(kind, valid_from) AS kind,
        arg_max_null(parent_code, valid_from) AS parent_code, arg_max(lat, valid_from) AS lat,
        arg_max(lon, valid_from) AS lon, min(valid_from) AS valid_from, max(valid_to) AS valid_to,
        CASE any_value(level) WHEN 'commune' THEN unit_id ELSE any_value(unit_code) END AS key
    FROM registry.unit GROUP BY unit_id
)
SELECT u.unit_code, u.unit_name, u.level, u.kind, u.parent_code, a.district_code, a.district_name, u.lat, u.lon,
    u.valid_from, u.valid_to, u.valid_to = DATE '9999-12-31' AS is_current, p.unit_id IS NOT NULL AS is_on_today_map,
    u.unit_id, coalesce(s.codes, []) AS successor_codes,
    coalesce(s.extent = 'part' OR len(s.codes) > 1, false) AS is_parted
FROM unit AS u
LEFT JOIN derived.unit_area AS a ON a.unit_id = u.key
LEFT JOIN derived.unit_place AS p ON p.map = 'today' AND p.level = u.level AND p.unit_id = u.key
LEFT JOIN successor AS s ON s.from_code = u.unit_code AND s.effective_date = u.valid_to + 1
UNION ALL
SELECT 'chua-phan-bo', 'Chưa phân bổ', 'commune', NULL, NULL, NULL, NULL, NULL, NULL, DATE '0001-01-01',
    DATE '9999-12-31', true, true, 'chua-phan-bo', [], false
ORDER BY valid_from, unit_code;

COMMENT ON VIEW marts.unit IS 'Tỉnh, huyện, xã, mỗi đơn vị một dòng, tên mới nhất; các tên cũ ở unit_history. Từ 01-07-2025 một mã có thể là địa bàn khác, nên ở đây mã có thể đứng hai dòng; trong today.unit mỗi mã một dòng / Provinces, districts and communes, one row a unit under its latest name; former names stand in unit_history. From 01-07-2025 a code may be another territory, so a code may stand twice here; in today.unit once';
COMMENT ON COLUMN marts.unit.unit_code IS 'Mã hành chính / Official code';
COMMENT ON COLUMN marts.unit.unit_name IS 'Tên đầy đủ, mới nhất / Full name, the latest';
COMMENT ON COLUMN marts.unit.kind IS 'Loại theo luật: huyện, thị xã, thành phố, xã, phường, thị trấn / Kind as in law';
