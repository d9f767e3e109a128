-- Made by "make generated" from queries/unit.sql and the contract: change those, not this.
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
COMMENT ON COLUMN marts.unit.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.unit.kind IS 'Loại theo luật: huyện, thị xã, thành phố, xã, phường, thị trấn / Kind as in law';
COMMENT ON COLUMN marts.unit.parent_code IS 'Mã đơn vị cấp trên; trống nếu không có / Code of the unit above, null if none';
COMMENT ON COLUMN marts.unit.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.unit.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.unit.lat IS 'Vĩ độ; trống nếu danh mục không có / Latitude, null where the registry has none';
COMMENT ON COLUMN marts.unit.lon IS 'Kinh độ; trống nếu danh mục không có / Longitude, null where the registry has none';
COMMENT ON COLUMN marts.unit.valid_from IS 'Từ ngày / First day';
COMMENT ON COLUMN marts.unit.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';
COMMENT ON COLUMN marts.unit.is_current IS 'Đang còn / Whether it stands today';
COMMENT ON COLUMN marts.unit.is_on_today_map IS 'Có trên địa giới hành chính hiện nay (map là today), kể cả địa bàn các huyện cũ / Whether it stands on today''s map (map is today), the former districts'' areas included';
COMMENT ON COLUMN marts.unit.unit_id IS 'Khóa: mã@ngày bắt đầu địa bàn / Key: code@day its territory began';
COMMENT ON COLUMN marts.unit.successor_codes IS 'Mã các đơn vị kế tiếp / Codes of the units it went into';
COMMENT ON COLUMN marts.unit.is_parted IS 'Bị chia cho nhiều đơn vị / Whether it was parted among several';
