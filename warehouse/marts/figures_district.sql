-- Made by "make generated" from queries/figures_district.sql and the contract: change those, not this.
-- Districts by month, on both maps; after districts were abolished, their former areas.

CREATE VIEW marts.figures_district AS
WITH told AS (
    SELECT f.map, f.unit_code, f.unit_name, f.level, f.period,
        CASE WHEN u.period IS NULL THEN f.members_opening END AS members_opening,
        CASE WHEN u.period IS NULL THEN f.admitted END AS admitted,
        CASE WHEN u.period IS NULL THEN f.restored END AS restored,
        CASE WHEN u.period IS NULL THEN f.transferred_in END AS transferred_in,
        CASE WHEN u.period IS NULL THEN f.transferred_out END AS transferred_out,
        CASE WHEN u.period IS NULL THEN f.died END AS died,
        CASE WHEN u.period IS NULL THEN f.expelled END AS expelled,
        CASE WHEN u.period IS NULL THEN f.struck_off END AS struck_off,
        CASE WHEN u.period IS NULL THEN f.left_on_request END AS left_on_request,
        f.members_closing,
        f.away_total,
        f.away_in_province,
        f.away_other_province,
        f.away_abroad,
        CASE WHEN u.period IS NULL THEN f.away_started END AS away_started,
        CASE WHEN u.period IS NULL THEN f.away_returned END AS away_returned,
        CASE WHEN u.period IS NULL THEN f.away_temporary_activity END AS away_temporary_activity,
        CASE WHEN u.period IS NULL THEN f.away_exempt END AS away_exempt,
        CASE WHEN u.period IS NULL THEN f.away_in_contact END AS away_in_contact,
        CASE WHEN u.period IS NULL THEN f.away_out_of_contact END AS away_out_of_contact,
        CASE WHEN u.period IS NULL THEN f.away_in_enterprise END AS away_in_enterprise,
        CASE WHEN u.period IS NULL THEN f.away_in_private_enterprise END AS away_in_private_enterprise,
        CASE WHEN u.period IS NULL THEN f.pending_opening END AS pending_opening,
        CASE WHEN u.period IS NULL THEN f.received END AS received,
        CASE WHEN u.period IS NULL THEN f.withdrawn END AS withdrawn,
        CASE WHEN u.period IS NULL THEN f.declined END AS declined,
        CASE WHEN u.period IS NULL THEN f.approved END AS approved,
        CASE WHEN u.period IS NULL THEN f.pending_closing END AS pending_closing,
        CASE WHEN u.period IS NULL THEN f.received_from_away END AS received_from_away,
        CASE WHEN u.period IS NULL THEN f.reason_work_away END AS reason_work_away,
        CASE WHEN u.period IS NULL THEN f.reason_family END AS reason_family,
        CASE WHEN u.period IS NULL THEN f.reason_health END AS reason_health,
        CASE WHEN u.period IS NULL THEN f.reason_other END AS reason_other,
        f.units_expected, f.units_reported
    FROM derived.unit_month AS f
    LEFT JOIN derived.unsettled AS u ON u.period = f.period
    WHERE f.level = 'district' AND (f.units_reported > 0 OR f.period >= (SELECT coalesce(min(period), '') FROM derived.due))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.unit_code, t.unit_name, t.level, p.district_code, p.district_name, t.period, t.period_start,
    t.period_end, t.period_kind, t.members_opening, t.admitted, t.restored, t.transferred_in, t.transferred_out,
    t.died, t.expelled, t.struck_off, t.left_on_request, t.members_closing, t.away_total, t.away_in_province,
    t.away_other_province, t.away_abroad, t.away_started, t.away_returned, t.away_temporary_activity, t.away_exempt,
    t.away_in_contact, t.away_out_of_contact, t.away_in_enterprise, t.away_in_private_enterprise, t.pending_opening,
    t.received, t.withdrawn, t.declined, t.approved, t.pending_closing, t.received_from_away, t.reason_work_away,
    t.reason_family, t.reason_health, t.reason_other, t.units_expected, t.units_reported
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, unit_code, period;

COMMENT ON VIEW marts.figures_district IS 'Số liệu tháng của huyện. Bản đồ reported: các huyện đến 06-2025, sau đó không còn cấp huyện nên không có dòng. Bản đồ today: địa bàn các huyện cũ, tiếp tục sau 07-2025 để so sánh được qua các năm. Trống là chưa có số liệu / Districts by month. Map reported: the districts until 06-2025, no row after they were abolished. Map today: the areas of the former districts, continued after 07-2025 so that years can be compared. Null is not known';
COMMENT ON COLUMN marts.figures_district.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.figures_district.unit_code IS 'Mã huyện; chua-phan-bo nếu chưa rõ / District code; chua-phan-bo where not told';
COMMENT ON COLUMN marts.figures_district.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.figures_district.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.figures_district.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.figures_district.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.figures_district.period IS 'Tháng YYYY-MM / Month YYYY-MM';
COMMENT ON COLUMN marts.figures_district.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.figures_district.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.figures_district.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.figures_district.members_opening IS 'Số đảng viên của chi bộ vào đầu kỳ / Members of the cell at the period''s start';
COMMENT ON COLUMN marts.figures_district.admitted IS 'Đảng viên được kết nạp trong kỳ / Members admitted in the period';
COMMENT ON COLUMN marts.figures_district.restored IS 'Đảng viên được phục hồi trong kỳ / Members restored in the period';
COMMENT ON COLUMN marts.figures_district.transferred_in IS 'Đảng viên chuyển sinh hoạt chính thức đến / Members transferred in for good';
COMMENT ON COLUMN marts.figures_district.transferred_out IS 'Đảng viên chuyển sinh hoạt chính thức đi / Members transferred out for good';
COMMENT ON COLUMN marts.figures_district.died IS 'Đảng viên từ trần trong kỳ / Members who died in the period';
COMMENT ON COLUMN marts.figures_district.expelled IS 'Đảng viên bị khai trừ trong kỳ / Members expelled in the period';
COMMENT ON COLUMN marts.figures_district.struck_off IS 'Đảng viên bị xóa tên trong kỳ, không kể cho ra theo đơn / Members struck off in the period, those let go on request not among them';
COMMENT ON COLUMN marts.figures_district.left_on_request IS 'Đảng viên được cho ra khỏi Đảng theo đơn trong kỳ / Members let go on their own request in the period';
COMMENT ON COLUMN marts.figures_district.members_closing IS 'Số đảng viên của chi bộ vào cuối kỳ / Members of the cell at the period''s end';
COMMENT ON COLUMN marts.figures_district.away_total IS 'Đảng viên đi làm việc xa nơi cư trú vào cuối kỳ / Members working away at the period''s end';
COMMENT ON COLUMN marts.figures_district.away_in_province IS 'Trong số đi làm việc xa: làm việc trong tỉnh / Of those away: in the province';
COMMENT ON COLUMN marts.figures_district.away_other_province IS 'Trong số đi làm việc xa: làm việc ở tỉnh khác / Of those away: in another province';
COMMENT ON COLUMN marts.figures_district.away_abroad IS 'Trong số đi làm việc xa: làm việc ở nước ngoài / Of those away: abroad';
COMMENT ON COLUMN marts.figures_district.away_started IS 'Đảng viên bắt đầu đi làm việc xa trong kỳ / Members who left for work in the period';
COMMENT ON COLUMN marts.figures_district.away_returned IS 'Đảng viên trở về nơi cư trú trong kỳ / Members who came back in the period';
COMMENT ON COLUMN marts.figures_district.away_temporary_activity IS 'Trong số đi làm việc xa: sinh hoạt tạm thời nơi làm việc / Of those away: take part in a cell where they work';
COMMENT ON COLUMN marts.figures_district.away_exempt IS 'Trong số đi làm việc xa: được miễn công tác, sinh hoạt có thời hạn / Of those away: exempt for a time';
COMMENT ON COLUMN marts.figures_district.away_in_contact IS 'Trong số đi làm việc xa: chi bộ ghi nhận ít nhất một lần trao đổi trong tháng / Of those away: the cell recorded at least one exchange in the month';
COMMENT ON COLUMN marts.figures_district.away_out_of_contact IS 'Trong số đi làm việc xa: chi bộ không ghi nhận trao đổi nào trong tháng / Of those away: the cell recorded no exchange in the month';
COMMENT ON COLUMN marts.figures_district.away_in_enterprise IS 'Trong số đi làm việc xa: làm việc tại doanh nghiệp / Of those away: work in enterprises';
COMMENT ON COLUMN marts.figures_district.away_in_private_enterprise IS 'Trong số làm ở doanh nghiệp: doanh nghiệp ngoài nhà nước / Of those in enterprises: in private ones';
COMMENT ON COLUMN marts.figures_district.pending_opening IS 'Đơn chưa giải quyết vào đầu kỳ / Requests not yet decided at the period''s start';
COMMENT ON COLUMN marts.figures_district.received IS 'Đơn xin ra khỏi Đảng nhận trong kỳ / Requests received in the period';
COMMENT ON COLUMN marts.figures_district.withdrawn IS 'Đơn được rút lại trong kỳ / Requests withdrawn in the period';
COMMENT ON COLUMN marts.figures_district.declined IS 'Đơn chưa được chấp nhận trong kỳ / Requests declined in the period';
COMMENT ON COLUMN marts.figures_district.approved IS 'Đơn được quyết định cho ra trong kỳ / Requests approved in the period';
COMMENT ON COLUMN marts.figures_district.pending_closing IS 'Đơn chưa giải quyết vào cuối kỳ / Requests not yet decided at the period''s end';
COMMENT ON COLUMN marts.figures_district.received_from_away IS 'Trong số đơn nhận: của đảng viên đi làm việc xa / Of those received: from members working away';
COMMENT ON COLUMN marts.figures_district.reason_work_away IS 'Trong số đơn nhận: lý do đi làm việc xa / Of those received: for work away';
COMMENT ON COLUMN marts.figures_district.reason_family IS 'Trong số đơn nhận: lý do hoàn cảnh gia đình / Of those received: for family reasons';
COMMENT ON COLUMN marts.figures_district.reason_health IS 'Trong số đơn nhận: lý do sức khỏe, tuổi cao / Of those received: for health or age';
COMMENT ON COLUMN marts.figures_district.reason_other IS 'Trong số đơn nhận: lý do khác / Of those received: for another reason';
COMMENT ON COLUMN marts.figures_district.units_expected IS 'Số chi bộ phải có số liệu / Cells that were due';
COMMENT ON COLUMN marts.figures_district.units_reported IS 'Số chi bộ đã có số liệu ở mọi biểu / Cells whose figures have come, in every form';
