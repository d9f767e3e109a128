-- Made by "make generated" from queries/contribution.sql and the contract: change those, not this.
-- What explains the change of the province.

CREATE VIEW marts.contribution AS
WITH told AS (
    SELECT t.map, t.indicator, t.period_kind, t.period, t.base_period, t.unit_code, 'district' AS level, t.part, t.value
    FROM derived.contribution AS t
    WHERE derived.last_month(t.period) NOT IN (FROM derived.unsettled)
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, period_kind) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end
    FROM told
)
SELECT t.map, t.indicator, t.period_kind, t.period, t.period_start, t.period_end, t.base_period, t.unit_code,
    p.unit_name, t.level, p.district_code, p.district_name, t.part, t.value
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY map, indicator, period_kind, period, base_period, unit_code, part;

COMMENT ON VIEW marts.contribution IS 'Thay đổi của tỉnh chia đúng cho các huyện, mỗi huyện thành phần do cơ cấu và phần do tỷ suất (Kitagawa); cộng lại bằng thay đổi / The province''s change split exactly among districts, and each into who (composition) and how often (rate), after Kitagawa; the parts add up to the change';
COMMENT ON COLUMN marts.contribution.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.contribution.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.contribution.period_kind IS 'quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.contribution.period IS 'Kỳ / The period';
COMMENT ON COLUMN marts.contribution.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.contribution.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.contribution.base_period IS 'Kỳ gốc / The period it is compared with';
COMMENT ON COLUMN marts.contribution.unit_code IS 'Mã huyện / District code';
COMMENT ON COLUMN marts.contribution.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.contribution.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.contribution.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.contribution.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.contribution.part IS 'how_often: tỷ suất của từng nhóm; who: cơ cấu nhóm; size: tỷ trọng của huyện; reporting: có hoặc không có báo cáo, của số đếm cả khi chỉ một phần báo cáo / how_often: the groups'' rates; who: the mix of groups; size: the district''s weight; reporting: its coming or going, of counts also that of a part of it';
COMMENT ON COLUMN marts.contribution.value IS 'Đóng góp, theo đơn vị của chỉ số / Contribution, in the indicator''s unit';
