-- Made by "make generated" from queries/unit_history.sql and the contract: change those, not this.
-- Provinces, districts and communes under each name they had, with what became of them.

CREATE VIEW marts.unit_history AS
WITH successor AS (
    SELECT from_code, effective_date, list(DISTINCT to_code ORDER BY to_code) AS codes, max(extent) AS extent
    FROM registry.unit_succession GROUP BY from_code, effective_date
)
SELECT u.unit_code, u.name AS unit_name, u.level, u.kind, u.parent_code, a.district_code, a.district_name, u.valid_from, u.valid_to,
    u.valid_to = DATE '9999-12-31' AS is_current, u.unit_id, coalesce(s.codes, []) AS successor_codes,
    coalesce(s.extent = 'part' OR len(s.codes) > 1, false) AS is_parted
FROM registry.unit AS u
LEFT JOIN derived.unit_area AS a ON a.unit_id = CASE u.level WHEN 'commune' THEN u.unit_id ELSE u.unit_code END
LEFT JOIN successor AS s ON s.from_code = u.unit_code AND s.effective_date = u.valid_to + 1
UNION ALL
SELECT 'chua-phan-bo', 'Chưa phân bổ', 'commune', NULL, NULL, NULL, NULL, DATE '0001-01-01', DATE '9999-12-31', true,
    'chua-phan-bo', [], false
ORDER BY valid_from, unit_code;

COMMENT ON VIEW marts.unit_history IS 'Tỉnh, huyện, xã theo thời gian, mỗi tên một dòng. Mã có thể dùng lại cho địa bàn khác từ 01-07-2025: nối theo unit_code phải kèm ngày / Provinces, districts and communes, one row a name. From 01-07-2025 a code may be another territory: join by unit_code together with the day';
COMMENT ON COLUMN marts.unit_history.unit_code IS 'Mã hành chính / Official code';
COMMENT ON COLUMN marts.unit_history.unit_name IS 'Tên đầy đủ / Full name';
COMMENT ON COLUMN marts.unit_history.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.unit_history.kind IS 'Loại theo luật: huyện, thị xã, thành phố, xã, phường, thị trấn / Kind as in law';
COMMENT ON COLUMN marts.unit_history.parent_code IS 'Mã đơn vị cấp trên; trống nếu không có / Code of the unit above, null if none';
COMMENT ON COLUMN marts.unit_history.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.unit_history.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.unit_history.valid_from IS 'Từ ngày / First day';
COMMENT ON COLUMN marts.unit_history.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';
COMMENT ON COLUMN marts.unit_history.is_current IS 'Đang còn / Whether it stands today';
COMMENT ON COLUMN marts.unit_history.unit_id IS 'Khóa: mã@ngày bắt đầu địa bàn / Key: code@day its territory began';
COMMENT ON COLUMN marts.unit_history.successor_codes IS 'Mã các đơn vị kế tiếp / Codes of the units it went into';
COMMENT ON COLUMN marts.unit_history.is_parted IS 'Bị chia cho nhiều đơn vị / Whether it was parted among several';
