-- How many at each step of Regulation 213 have not had the next, by unit and half-year.

CREATE VIEW marts.regulation_213_gap AS
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
ORDER BY g.map, g.level DESC, g.unit_code, g.half,
    list_position(['introduced', 'registered', 'attended', 'remarked'], g.step);

COMMENT ON VIEW marts.regulation_213_gap IS 'Từng bước của Quy định 213 theo tỉnh, huyện, xã và nửa năm: thuộc diện, giới thiệu, tiếp nhận, dự họp, nhận xét, đã trừ số được miễn. Nhận xét là của cả năm, chỉ có ở kỳ II. Nửa năm của xã có số nhỏ, hoặc mới hết chưa quá 31 ngày, để trống; từ 07-2025, nửa năm còn thiếu biểu của xã cũng vậy ở mọi cấp / The steps of Regulation 213 by province, district, commune and half-year: subject, introduced, registered, attended, remarked, the exempt taken off. The remark is the year''s and stands in H2 only. Communes'' half-years with a small count, or that ended 31 days ago or less, are null; from 07-2025 so is every unit''s while communes'' forms are missing';
COMMENT ON COLUMN marts.regulation_213_gap.unit_code IS 'Mã đơn vị; mã xã từ 07-2025 có thể là địa bàn khác, xem unit / Unit code; from 07-2025 a commune''s code may be another territory, see unit';
COMMENT ON COLUMN marts.regulation_213_gap.numerator IS 'Số đã có bước này; số còn thiếu là mẫu số trừ tử số; trống nếu không công bố / Those for whom the step holds; the denominator less these are missing; null where not shown';
COMMENT ON COLUMN marts.regulation_213_gap.denominator IS 'Số lẽ ra phải có, đã trừ số được miễn; trống nếu không công bố / Those for whom it should, the exempt taken off; null where not shown';
COMMENT ON COLUMN marts.regulation_213_gap.lower IS 'Cận dưới khoảng 95 % của tỷ lệ (Wilson) / Lower end of the share''s 95 % interval (Wilson)';
COMMENT ON COLUMN marts.regulation_213_gap.upper IS 'Cận trên khoảng 95 % của tỷ lệ (Wilson) / Upper end of the share''s 95 % interval (Wilson)';
COMMENT ON COLUMN marts.regulation_213_gap.step IS 'introduced: giới thiệu; registered: tiếp nhận; attended: dự họp; remarked: nhận xét / Introduced, registered, attended, remarked on';
