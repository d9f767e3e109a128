-- How well the watch sees: of known changes planted in a copy of what each night knew, the share seen. No figure of anybody.

CREATE VIEW marts.self_test AS
SELECT kind, indicator, fault, unit_code, unit_name, level, unit_code AS district_code, unit_name AS district_name, unit_class,
    size AS planted_size, within_months, trials, seen, seen_share,
    seen_lower, seen_upper, median_months, least_size, least_cautious, least_state, last_trials, last_seen, nights,
    first_night, last_night
FROM eyesight.acuity
WHERE level = 'district' OR unit_code IS NULL
ORDER BY kind, indicator, fault, unit_code NULLS FIRST, unit_class NULLS FIRST, planted_size, within_months;

COMMENT ON VIEW marts.self_test IS 'Mắt của hệ thống: mỗi đêm cài thử những thay đổi và lỗi biết trước vào một bản sao, phần thấy được theo loại, độ lớn và đơn vị, gộp 90 đêm; không phải số liệu của ai / The watch''s own eyesight: known changes and faults planted in a copy each night, the share seen by kind, size and unit, pooled over 90 nights; nobody''s figures';
COMMENT ON COLUMN marts.self_test.kind IS 'rise: tăng; fall: giảm; silence: im lặng; shift: lệch dần; contact: nhiều người không giữ liên lạc; restated: sửa số cũ; file: tệp có lỗi; canary: điều phải thấy / What was planted: a rise, a fall, a silence, a slow shift, more out of contact, a restated month, a faulty file, or what must be seen';
COMMENT ON COLUMN marts.self_test.indicator IS 'Chuỗi số được đổi; trống với tệp / The series that was moved, null of files';
COMMENT ON COLUMN marts.self_test.level IS 'Cấp của đơn vị được cài thử / Level of the units planted in';
COMMENT ON COLUMN marts.self_test.unit_code IS 'Đơn vị; trống: gộp mọi đơn vị, hoặc một nhóm xã / The unit; null: all units, or a class of communes';
COMMENT ON COLUMN marts.self_test.unit_name IS 'Tên đơn vị; trống như trên / The unit''s name, null likewise';
