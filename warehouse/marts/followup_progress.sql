-- Made by "make generated" from queries/followup_progress.sql and the contract: change those, not this.
-- How the follow-up gets on: counts of items by unit and kind, and for the province; the items themselves stay inside.
-- That a commune has an item of contact or of requests would tell of few people: those are counted for districts and the
-- province only.

CREATE VIEW marts.followup_progress AS
WITH night AS (
    SELECT max(night) AS as_of FROM followup.night
), counted AS (
    SELECT i.level, i.unit_code, i.unit_id, i.unit_name, i.kind, i.opened_on, i.closed_on, i.status,
        i.status IN ('open', 'assigned') AND i.improving_in IS NULL AND i.due_on < n.as_of AS is_overdue
    FROM followup.item AS i, night AS n WHERE i.level <> 'province'
        AND NOT (i.level = 'commune' AND i.kind IN ('away-out-of-contact', 'requests-pending', 'alert-true'))
    UNION ALL
    SELECT 'province', u.unit_code, u.unit_code, u.name, i.kind, i.opened_on, i.closed_on, i.status,
        i.status IN ('open', 'assigned') AND i.improving_in IS NULL AND i.due_on < n.as_of
    FROM followup.item AS i, night AS n
    JOIN registry.unit AS u ON u.level = 'province' AND n.as_of BETWEEN u.valid_from AND u.valid_to
)
SELECT c.level, c.unit_code, arg_max(c.unit_name, c.opened_on) AS unit_name, any_value(a.district_code) AS district_code,
    any_value(a.district_name) AS district_name, c.kind, count(*) AS opened,
    count(closed_on) AS closed, count(*) FILTER (closed_on IS NULL) AS standing, count(*) FILTER (is_overdue) AS overdue,
    median(closed_on - opened_on) FILTER (status = 'verified') AS median_days, c.unit_id
FROM counted AS c LEFT JOIN derived.unit_area AS a USING (unit_id)
GROUP BY c.level, c.unit_code, c.unit_id, c.kind
ORDER BY level DESC, unit_code, kind;

COMMENT ON VIEW marts.followup_progress IS 'Tiến độ các việc theo dõi (Quy định 213, đi làm việc xa, đơn chờ, báo cáo) theo đơn vị báo cáo và loại, và toàn tỉnh. Xã không có dòng về liên lạc, đơn thư, cảnh báo / How items of the follow-up get on, by reporter and kind, and for the province. Communes have no rows of contact, requests and alerts';
COMMENT ON COLUMN marts.followup_progress.level IS 'province: tỉnh; district, commune: đơn vị báo cáo / The province, or the unit that reports';
COMMENT ON COLUMN marts.followup_progress.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.followup_progress.unit_name IS 'Tên đơn vị / The unit''s name';
COMMENT ON COLUMN marts.followup_progress.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.followup_progress.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.followup_progress.kind IS 'Loại việc: r213-not-introduced, r213-not-registered, r213-not-attended, r213-not-remarked, away-no-activity, away-out-of-contact, requests-pending, report-not-sent, report-rejected, opening-mismatch, alert-true / Kind of matter';
COMMENT ON COLUMN marts.followup_progress.opened IS 'Số việc đã mở từ trước đến nay / Items ever opened';
COMMENT ON COLUMN marts.followup_progress.closed IS 'Số việc đã đóng: số liệu cho thấy đã xong, bỏ qua có lý do, hoặc chuyển tiếp / Items that ended: seen done, waived with a reason, or carried on to another unit';
COMMENT ON COLUMN marts.followup_progress.standing IS 'Số việc chưa đóng / Items not ended';
COMMENT ON COLUMN marts.followup_progress.overdue IS 'Số việc quá hạn theo dõi, kể cả mốc nội bộ / Items past their due day or internal mark';
COMMENT ON COLUMN marts.followup_progress.median_days IS 'Số ngày trung vị từ khi mở đến khi số liệu cho thấy đã xong; trống khi chưa có việc nào xong / Median days from opening to being seen done, null while none was';
COMMENT ON COLUMN marts.followup_progress.unit_id IS 'Khóa của đơn vị: xã có ngày bắt đầu địa bàn / Key of the unit: communes with the day their territory began';
