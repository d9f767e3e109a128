-- Made by "make generated" from queries/figures_commune_year.sql and the contract: change those, not this.
-- Communes by year, small counts hidden, and others with them so that none can be worked out.

CREATE VIEW marts.figures_commune_year AS
WITH told AS (
    SELECT map, unit_code, unit_name, 'commune' AS level, year,
        admitted, restored, transferred_in, transferred_out, died, expelled, struck_off, left_on_request, received,
        withdrawn, declined, approved, received_from_away, reason_work_away, reason_family, reason_health, reason_other,
        suppressed, units_expected, units_reported, unit_id
    FROM derived.commune_year
), dated AS (
    SELECT *,
        derived.period_start(year::VARCHAR, derived.period_kind(year::VARCHAR)) AS period_start,
        derived.period_end(year::VARCHAR) AS period_end,
        derived.period_kind(year::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.unit_code, t.unit_name, t.level, p.district_code, p.district_name, t.year, t.period_start,
    t.period_end, t.period_kind, t.admitted, t.restored, t.transferred_in, t.transferred_out, t.died, t.expelled,
    t.struck_off, t.left_on_request, t.received, t.withdrawn, t.declined, t.approved, t.received_from_away,
    t.reason_work_away, t.reason_family, t.reason_health, t.reason_other, t.suppressed, t.units_expected,
    t.units_reported, t.unit_id
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_id = t.unit_id
    AND t.period_end BETWEEN p.first_day AND p.unit_until
ORDER BY map, year, unit_code, unit_id DESC;

COMMENT ON VIEW marts.figures_commune_year IS 'Số tăng giảm và đơn thư của xã theo năm. Số từ 1 đến k-1 (k mặc định 3) được che, cùng một số số khác để không tính ngược được; số bị che có thể là 0. Năm chưa qua ngày 31-01 năm sau được che toàn bộ, trừ số 0 của cả huyện / Communes'' flows and requests by year. Counts from 1 to k-1 (k is 3 unless set) are hidden, and others with them so that none can be worked out; a hidden figure may be 0. A year is hidden whole until 31 January of the next, but for zeros of the whole district';
COMMENT ON COLUMN marts.figures_commune_year.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.figures_commune_year.unit_code IS 'Mã xã; trong năm 2025 một mã có thể là hai địa bàn, phân biệt bằng tên / Commune code; in 2025 one code may be two territories, told apart by name';
COMMENT ON COLUMN marts.figures_commune_year.unit_name IS 'Tên xã: cuối năm đó, hoặc hiện nay / Name at the year''s end, or today''s';
COMMENT ON COLUMN marts.figures_commune_year.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.figures_commune_year.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.figures_commune_year.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.figures_commune_year.year IS 'Năm; năm 2025 của xã cũ là sáu tháng đầu, của xã mới là sáu tháng cuối / Year; of 2025 the former communes hold the first half, the new ones the second';
COMMENT ON COLUMN marts.figures_commune_year.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.figures_commune_year.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.figures_commune_year.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.figures_commune_year.admitted IS 'Đảng viên được kết nạp trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members admitted in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.restored IS 'Đảng viên được phục hồi trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members restored in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.transferred_in IS 'Đảng viên chuyển sinh hoạt chính thức đến; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members transferred in for good; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.transferred_out IS 'Đảng viên chuyển sinh hoạt chính thức đi; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members transferred out for good; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.died IS 'Đảng viên từ trần trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members who died in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.expelled IS 'Đảng viên bị khai trừ trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members expelled in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.struck_off IS 'Đảng viên bị xóa tên trong kỳ, không kể cho ra theo đơn; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members struck off in the period, those let go on request not among them; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.left_on_request IS 'Đảng viên được cho ra khỏi Đảng theo đơn trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Members let go on their own request in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.received IS 'Đơn xin ra khỏi Đảng nhận trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Requests received in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.withdrawn IS 'Đơn được rút lại trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Requests withdrawn in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.declined IS 'Đơn chưa được chấp nhận trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Requests declined in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.approved IS 'Đơn được quyết định cho ra trong kỳ; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Requests approved in the period; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.received_from_away IS 'Trong số đơn nhận: của đảng viên đi làm việc xa; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Of those received: from members working away; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.reason_work_away IS 'Trong số đơn nhận: lý do đi làm việc xa; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Of those received: for work away; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.reason_family IS 'Trong số đơn nhận: lý do hoàn cảnh gia đình; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Of those received: for family reasons; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.reason_health IS 'Trong số đơn nhận: lý do sức khỏe, tuổi cao; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Of those received: for health or age; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.reason_other IS 'Trong số đơn nhận: lý do khác; cộng cả năm, trống nếu được che hoặc chưa báo cáo / Of those received: for another reason; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.suppressed IS 'Các cột bị che trong dòng này / The columns hidden in this row';
COMMENT ON COLUMN marts.figures_commune_year.units_expected IS 'Số chi bộ-tháng phải có số liệu / Cell-months that were due';
COMMENT ON COLUMN marts.figures_commune_year.units_reported IS 'Số chi bộ-tháng đã có số liệu / Cell-months whose figures have come';
COMMENT ON COLUMN marts.figures_commune_year.unit_id IS 'Khóa của xã: mã@ngày bắt đầu địa bàn, nối với unit / Key of the commune: code@day its territory began, joins unit';
