-- The party organisation of communes, by year. Counts of organisations are told of every unit; counts of people are those
-- of a few secretaries in a commune, so only districts that reported and the province have them.

CREATE VIEW marts.organisation AS
WITH unit_year AS (
    SELECT u.*, s.period IS NULL AND (u.level = 'province' OR u.level = 'district' AND l.level = 'district') AS is_of_many
    FROM derived.unit_year AS u
    LEFT JOIN registry.reporting_level AS l ON make_date(u.period::INTEGER, 12, 31) BETWEEN l.valid_from AND l.valid_to
    LEFT JOIN derived.unsettled_year AS s ON s.period = u.period
)
SELECT y.map, y.level, y.unit_code, y.unit_name, y.period,
    {yearly_measures_as_shown},
    y.units_expected, y.units_reported, y.unit_id
FROM unit_year AS y
ORDER BY y.map, y.level, y.period, y.unit_code, y.unit_id;

COMMENT ON VIEW marts.organisation IS 'Tổ chức đảng ở xã, phường, thị trấn theo năm: xã, huyện và tỉnh. Số bí thư, số đảng viên không có ở cấp xã; từ 2025 chỉ có ở cấp tỉnh, khi đã đủ báo cáo. Bản đồ today: số của các đảng bộ nay thuộc xã đó cộng lại; xã bị chia tách ở Chưa phân bổ / The party organisation of communes by year: communes, districts and the province. Secretaries and members are not told of communes, and from 2025 of the province only, once all reports are in. Map today: the committees that went into a commune added up; those of parted communes under Chưa phân bổ';
COMMENT ON COLUMN marts.organisation.level IS 'province: tỉnh; district: huyện hoặc địa bàn huyện cũ; commune: xã / Province, district and former district area, or commune';
COMMENT ON COLUMN marts.organisation.period IS 'Năm YYYY / Year';
COMMENT ON COLUMN marts.organisation.units_expected IS 'Số đảng bộ xã phải có số liệu / Commune committees that were due';
COMMENT ON COLUMN marts.organisation.units_reported IS 'Số đảng bộ xã đã có số liệu / Commune committees whose figures have come';
COMMENT ON COLUMN marts.organisation.unit_id IS 'Khóa của đơn vị: xã có ngày bắt đầu địa bàn, nối với unit / Key of the unit: communes with the day their territory began, joins unit';
