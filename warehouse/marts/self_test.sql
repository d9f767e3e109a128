-- Made by "make generated" from queries/self_test.sql and the contract: change those, not this.
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
COMMENT ON COLUMN marts.self_test.fault IS 'Lỗi của tệp thử, gọi theo mã vấn đề; trống với thay đổi số liệu / The test file''s fault, by its problem code; null of changes';
COMMENT ON COLUMN marts.self_test.unit_code IS 'Đơn vị; trống: gộp mọi đơn vị, hoặc một nhóm xã / The unit; null: all units, or a class of communes';
COMMENT ON COLUMN marts.self_test.unit_name IS 'Tên đơn vị; trống như trên / The unit''s name, null likewise';
COMMENT ON COLUMN marts.self_test.level IS 'Cấp của đơn vị được cài thử / Level of the units planted in';
COMMENT ON COLUMN marts.self_test.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.self_test.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.self_test.unit_class IS 'Nhóm xã theo mức thường có: small, middle, large (mỗi nhóm một phần ba); trống với huyện và khi gộp mọi đơn vị / Thirds of the communes by their usual count; null of districts and of all units';
COMMENT ON COLUMN marts.self_test.planted_size IS 'Độ lớn được cài thử: gấp mấy lần; với im lặng là số tháng; trống với tệp / The size planted: the factor; of a silence its months; null of files';
COMMENT ON COLUMN marts.self_test.within_months IS 'Thấy trong bấy nhiêu tháng kể từ tháng đầu; trống nếu phải thấy ngay / Seen within so many months of its first; null where it is seen at once or not';
COMMENT ON COLUMN marts.self_test.trials IS 'Số lần cài thử / How often it was planted';
COMMENT ON COLUMN marts.self_test.seen IS 'Số lần thấy / How often it was seen';
COMMENT ON COLUMN marts.self_test.seen_share IS 'Phần thấy được. Gộp mọi đơn vị: seen chia trials. Từng đơn vị, nhóm xã: ước lượng có dựa vào các đơn vị giống nó / The share seen. Of all units: seen over trials. Of a unit or class: fitted, leaning on units like it';
COMMENT ON COLUMN marts.self_test.seen_lower IS 'Cận dưới 95 % của phần thấy được / Lower end of its 95 % interval';
COMMENT ON COLUMN marts.self_test.seen_upper IS 'Cận trên 95 % của phần thấy được / Upper end of its 95 % interval';
COMMENT ON COLUMN marts.self_test.median_months IS 'Trong những lần thấy: một nửa thấy sau không quá bấy nhiêu tháng; trống nếu chưa lần nào thấy, hoặc thấy ngay / Of those seen, half within so many months; null where none was, or no month passes';
COMMENT ON COLUMN marts.self_test.least_size IS 'Độ lớn nhỏ nhất được thấy 9 lần trong 10; trống nếu chưa biết, hoặc thử lớn nhất vẫn chưa đủ / The smallest size seen nine times in ten; null where not known, or where the largest tried is not';
COMMENT ON COLUMN marts.self_test.least_cautious IS 'Độ lớn mà từ đó chắc chắn (95 %) được thấy 9 lần trong 10; trống như trên / The size from which nine in ten are certain at 95 %; null likewise';
COMMENT ON COLUMN marts.self_test.least_state IS 'known: biết; beyond: thử lớn nhất vẫn chưa đủ 9 lần trong 10; unknown: thử còn ít; of-units: chỉ nói riêng từng đơn vị / Known; beyond the largest tried; unknown: too few trials; of-units: said of single units only';
COMMENT ON COLUMN marts.self_test.last_trials IS 'Số lần cài thử trong đêm gần nhất / Planted on the last night';
COMMENT ON COLUMN marts.self_test.last_seen IS 'Số lần thấy trong đêm gần nhất / Seen on the last night';
COMMENT ON COLUMN marts.self_test.nights IS 'Số đêm được gộp, nhiều nhất 90 / Nights pooled, 90 at most';
COMMENT ON COLUMN marts.self_test.first_night IS 'Đêm đầu tiên được gộp / The first night pooled';
COMMENT ON COLUMN marts.self_test.last_night IS 'Đêm gần nhất có thử / The last night with a self-test';
