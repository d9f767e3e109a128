-- Made by "make generated" from queries/organisation.sql and the contract: change those, not this.
-- The party organisation of communes, by year. Counts of organisations are told of every unit; counts of people are those
-- of a few secretaries in a commune, so only districts that reported and the province have them.

CREATE VIEW marts.organisation AS
WITH told AS (
    WITH unit_year AS (
        SELECT u.*, s.period IS NULL AND (u.level = 'province' OR u.level = 'district' AND l.level = 'district') AS is_of_many
        FROM derived.unit_year AS u
        LEFT JOIN registry.reporting_level AS l ON make_date(u.period::INTEGER, 12, 31) BETWEEN l.valid_from AND l.valid_to
        LEFT JOIN derived.unsettled_year AS s ON s.period = u.period
    )
    SELECT y.map, y.level, y.unit_code, y.unit_name, y.period,
        y.hamlet_cells,
        CASE WHEN y.is_of_many THEN y.secretary_is_head END AS secretary_is_head,
        CASE WHEN y.is_of_many THEN y.secretary_head_under_40 END AS secretary_head_under_40,
        y.committees,
        y.committees_trained,
        y.graded_excellent,
        y.graded_good,
        y.graded_fair,
        y.graded_poor,
        CASE WHEN y.is_of_many THEN y.members_not_graded_away END AS members_not_graded_away,
        y.units_expected, y.units_reported, y.unit_id
    FROM unit_year AS y
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.level, t.unit_code, t.unit_name, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.hamlet_cells, t.secretary_is_head, t.secretary_head_under_40, t.committees,
    t.committees_trained, t.graded_excellent, t.graded_good, t.graded_fair, t.graded_poor,
    t.members_not_graded_away, t.units_expected, t.units_reported, t.unit_id
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_id = t.unit_id
    AND t.period_end BETWEEN p.first_day AND p.unit_until
ORDER BY map, level, period, unit_code, unit_id;

COMMENT ON VIEW marts.organisation IS 'Tổ chức đảng ở xã, phường, thị trấn theo năm: xã, huyện và tỉnh. Số bí thư, số đảng viên không có ở cấp xã; từ 2025 chỉ có ở cấp tỉnh, khi đã đủ báo cáo. Bản đồ today: số của các đảng bộ nay thuộc xã đó cộng lại; xã bị chia tách ở Chưa phân bổ / The party organisation of communes by year: communes, districts and the province. Secretaries and members are not told of communes, and from 2025 of the province only, once all reports are in. Map today: the committees that went into a commune added up; those of parted communes under Chưa phân bổ';
COMMENT ON COLUMN marts.organisation.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.organisation.level IS 'province: tỉnh; district: huyện hoặc địa bàn huyện cũ; commune: xã / Province, district and former district area, or commune';
COMMENT ON COLUMN marts.organisation.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.organisation.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.organisation.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.organisation.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.organisation.period IS 'Năm YYYY / Year';
COMMENT ON COLUMN marts.organisation.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.organisation.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.organisation.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.organisation.hamlet_cells IS 'Chi bộ ấp, khóm của đảng bộ vào cuối năm / Party cells of hamlets of the commune at the year''s end';
COMMENT ON COLUMN marts.organisation.secretary_is_head IS 'Trong số chi bộ ấp, khóm: bí thư đồng thời là trưởng ấp, khóm / Of the hamlets'' cells: the secretary is also head of the hamlet';
COMMENT ON COLUMN marts.organisation.secretary_head_under_40 IS 'Trong số bí thư đồng thời trưởng ấp, khóm: không quá 40 tuổi / Of the secretaries who are heads: not over 40 years old';
COMMENT ON COLUMN marts.organisation.committees IS 'Chi ủy của các chi bộ thuộc đảng bộ vào cuối năm / Committees of the commune''s cells at the year''s end';
COMMENT ON COLUMN marts.organisation.committees_trained IS 'Trong số chi ủy: được bồi dưỡng, cập nhật kiến thức về công tác đảng trong năm / Of the cell committees: trained in party work in the year';
COMMENT ON COLUMN marts.organisation.graded_excellent IS 'Đảng bộ xã, phường, thị trấn được xếp loại hoàn thành xuất sắc nhiệm vụ trong năm / Commune committees graded excellent in the year';
COMMENT ON COLUMN marts.organisation.graded_good IS 'Đảng bộ xã, phường, thị trấn được xếp loại hoàn thành tốt nhiệm vụ trong năm / Commune committees graded good in the year';
COMMENT ON COLUMN marts.organisation.graded_fair IS 'Đảng bộ xã, phường, thị trấn được xếp loại hoàn thành nhiệm vụ trong năm / Commune committees graded fair in the year';
COMMENT ON COLUMN marts.organisation.graded_poor IS 'Đảng bộ xã, phường, thị trấn bị xếp loại không hoàn thành nhiệm vụ trong năm / Commune committees graded poor in the year';
COMMENT ON COLUMN marts.organisation.members_not_graded_away IS 'Đảng viên chưa được đánh giá, xếp loại trong năm do đi làm việc xa / Members not graded in the year because they were away';
COMMENT ON COLUMN marts.organisation.units_expected IS 'Số đảng bộ xã phải có số liệu / Commune committees that were due';
COMMENT ON COLUMN marts.organisation.units_reported IS 'Số đảng bộ xã đã có số liệu / Commune committees whose figures have come';
COMMENT ON COLUMN marts.organisation.unit_id IS 'Khóa của đơn vị: xã có ngày bắt đầu địa bàn, nối với unit / Key of the unit: communes with the day their territory began, joins unit';
