-- Made by "make generated" from queries/regulation_213_gap.sql and the contract: change those, not this.
-- How many at each step of Regulation 213 have not had the next, by unit and half-year.

CREATE VIEW marts.regulation_213_gap AS
WITH told AS (
    SELECT g.map, g.unit_code, g.unit_name, g.level, g.district_code, g.half, g.step,
        CASE WHEN u.period IS NULL THEN g.numerator END AS numerator,
        CASE WHEN u.period IS NULL THEN g.denominator END AS denominator,
        CASE WHEN u.period IS NULL THEN g.share END AS share,
        CASE WHEN u.period IS NULL THEN g.lower END AS lower,
        CASE WHEN u.period IS NULL THEN g.upper END AS upper,
        g.target,
        CASE WHEN u.period IS NULL THEN g.change END AS change
    FROM derived.gap_213 AS g
    LEFT JOIN derived.unsettled_half AS u ON u.period = g.half
), dated AS (
    SELECT *,
        derived.period_start(half::VARCHAR, derived.period_kind(half::VARCHAR)) AS period_start,
        derived.period_end(half::VARCHAR) AS period_end,
        derived.period_kind(half::VARCHAR) AS period_kind
    FROM told
)
SELECT t.map, t.unit_code, t.unit_name, t.level, t.district_code, p.district_name, t.half, t.period_start,
    t.period_end, t.period_kind, t.step, t.numerator, t.denominator, t.share, t.lower, t.upper, t.target, t.change
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, level DESC, unit_code, half,
    list_position(['introduced', 'registered', 'attended', 'remarked'], step);

COMMENT ON VIEW marts.regulation_213_gap IS 'Từng bước của Quy định 213 theo tỉnh, huyện, xã và nửa năm: thuộc diện, giới thiệu, tiếp nhận, dự họp, nhận xét, đã trừ số được miễn. Nhận xét là của cả năm, chỉ có ở kỳ II. Nửa năm của xã có số nhỏ, hoặc mới hết chưa quá 31 ngày, để trống; từ 07-2025, nửa năm còn thiếu biểu của xã cũng vậy ở mọi cấp / The steps of Regulation 213 by province, district, commune and half-year: subject, introduced, registered, attended, remarked, the exempt taken off. The remark is the year''s and stands in H2 only. Communes'' half-years with a small count, or that ended 31 days ago or less, are null; from 07-2025 so is every unit''s while communes'' forms are missing';
COMMENT ON COLUMN marts.regulation_213_gap.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.regulation_213_gap.unit_code IS 'Mã đơn vị; mã xã từ 07-2025 có thể là địa bàn khác, xem unit / Unit code; from 07-2025 a commune''s code may be another territory, see unit';
COMMENT ON COLUMN marts.regulation_213_gap.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.regulation_213_gap.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.regulation_213_gap.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.regulation_213_gap.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.regulation_213_gap.half IS 'Nửa năm YYYY-H1, YYYY-H2 / Half-year';
COMMENT ON COLUMN marts.regulation_213_gap.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.regulation_213_gap.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.regulation_213_gap.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.regulation_213_gap.step IS 'introduced: giới thiệu; registered: tiếp nhận; attended: dự họp; remarked: nhận xét / Introduced, registered, attended, remarked on';
COMMENT ON COLUMN marts.regulation_213_gap.numerator IS 'Số đã có bước này; số còn thiếu là mẫu số trừ tử số; trống nếu không công bố / Those for whom the step holds; the denominator less these are missing; null where not shown';
COMMENT ON COLUMN marts.regulation_213_gap.denominator IS 'Số lẽ ra phải có, đã trừ số được miễn; trống nếu không công bố / Those for whom it should, the exempt taken off; null where not shown';
COMMENT ON COLUMN marts.regulation_213_gap.share IS 'Tỷ lệ; trống nếu không công bố hoặc mẫu số bằng 0 / The share, null where not shown or of nobody';
COMMENT ON COLUMN marts.regulation_213_gap.lower IS 'Cận dưới khoảng 95 % của tỷ lệ (Wilson) / Lower end of the share''s 95 % interval (Wilson)';
COMMENT ON COLUMN marts.regulation_213_gap.upper IS 'Cận trên khoảng 95 % của tỷ lệ (Wilson) / Upper end of the share''s 95 % interval (Wilson)';
COMMENT ON COLUMN marts.regulation_213_gap.target IS 'Ở marts.target: tên chỉ tiêu như trong targets.csv; ở marts.regulation_213_gap: mức do Ban đặt, không phải của quy định / In marts.target the name of the target, as in targets.csv; in marts.regulation_213_gap the board''s own target, not the regulation''s';
COMMENT ON COLUMN marts.regulation_213_gap.change IS 'Tỷ lệ trừ tỷ lệ nửa năm trước (nhận xét: năm trước), 0,05 là 5 điểm phần trăm; trống nếu một trong hai không công bố / The share less that of the half-year before (of the remark: the year before), 0.05 is 5 percentage points; null where either is not shown';
