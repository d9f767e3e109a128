-- Made by "make generated" from queries/pilot_effect.sql and the contract: change those, not this.
-- Whether the pilots helped: the whole effect, and by months since the start, as far as its figures are published.

CREATE VIEW marts.pilot_effect AS
WITH told AS (
    SELECT e.pilot, e.indicator, e.map, e.level, e.unit_code, e.unit_name, e.period, e.part, e.months_since, e.rate_ratio,
        e.ratio_lower, e.ratio_upper, e.cases_a_month, e.cases_lower, e.cases_upper, e.p_value, e.smallest_p, e.assignments,
        e.is_exact, e.observed_cases, e.expected_cases, e.pilot_months, e.units_with, e.units_without, e.units_left_out,
        e.chosen, e.named, e.written_on, e.first_seen, e.starts_on, e.ends_on, e.no_effect, e.regression_ratio,
        e.before_after_ratio, e.pre_trend_p, e.neighbour_ratio, e.neighbour_p, e.neighbours, e.second_method,
        e.second_cases_a_month, e.detectable_ratio, e.detectable_cases, e.what, e.position
    FROM derived.pilot_effect AS e
    -- A sum over a few communes would tell one of them with what is published of the others: nothing of it, not the ratio.
    WHERE e.level = 'district' OR (e.level = 'commune' AND e.indicator IN (
            'away_rate', 'away_outside_share', 'away_abroad_share', 'committees_trained_share', 'committees_good_share',
            'reporting_completeness', 'reporting_timeliness'))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.pilot, t.indicator, t.map, t.level, t.unit_code, t.unit_name, p.district_code, p.district_name, t.period,
    t.period_start, t.period_end, t.period_kind, t.part, t.months_since, t.rate_ratio, t.ratio_lower, t.ratio_upper,
    t.cases_a_month, t.cases_lower, t.cases_upper, t.p_value, t.smallest_p, t.assignments, t.is_exact,
    t.observed_cases, t.expected_cases, t.pilot_months, t.units_with, t.units_without, t.units_left_out, t.chosen,
    t.named, t.written_on, t.first_seen, t.starts_on, t.ends_on, t.no_effect, t.regression_ratio,
    t.before_after_ratio, t.pre_trend_p, t.neighbour_ratio, t.neighbour_p, t.neighbours, t.second_method,
    t.second_cases_a_month, t.detectable_ratio, t.detectable_cases, t.what, t.position
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY position, pilot, indicator, part DESC, months_since;

COMMENT ON VIEW marts.pilot_effect IS 'Kết quả các thí điểm trong pilots.csv theo từng chỉ số: cả thời gian (part = whole) và từng ba tháng kể từ khi bắt đầu (part = months). Thí điểm ở xã chỉ có ở đây khi chỉ số được công bố theo tháng của xã / What came of the pilots in pilots.csv by indicator: as a whole, and by three months since the start. Pilots of communes stand here only where the indicator is published of communes by month';
COMMENT ON COLUMN marts.pilot_effect.pilot IS 'Tên thí điểm như trong pilots.csv / The pilot''s name, as in pilots.csv';
COMMENT ON COLUMN marts.pilot_effect.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.pilot_effect.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.pilot_effect.level IS 'Cấp của các đơn vị: district, commune / The units'' level';
COMMENT ON COLUMN marts.pilot_effect.unit_code IS 'Mã các đơn vị làm thí điểm, cách nhau bằng dấu cách / Codes of the units with the pilot, with blanks between';
COMMENT ON COLUMN marts.pilot_effect.unit_name IS 'Tên các đơn vị ấy khi bắt đầu / Their names when it began';
COMMENT ON COLUMN marts.pilot_effect.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.pilot_effect.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.pilot_effect.period IS 'Tháng cuối được tính / The last month that counts';
COMMENT ON COLUMN marts.pilot_effect.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.pilot_effect.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.pilot_effect.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.pilot_effect.part IS 'whole: cả thời gian; months: ba tháng từ months_since / The whole, or the three months from months_since';
COMMENT ON COLUMN marts.pilot_effect.months_since IS 'Ba tháng này bắt đầu bao nhiêu tháng sau khi thí điểm bắt đầu; âm là trước đó; trống ở dòng cả thời gian / How many months after the start these three months begin, below 0 before it; null for the whole';
COMMENT ON COLUMN marts.pilot_effect.rate_ratio IS 'Số ca thực tế chia cho số ca lẽ ra có nếu không thí điểm; dưới 1 là ít đi; trống nếu chưa biết / Cases counted over the cases expected without the pilot; below 1 is fewer; null where not known';
COMMENT ON COLUMN marts.pilot_effect.ratio_lower IS 'Cận dưới 95 % của rate_ratio: mọi tỷ số không bị phép hoán vị bác bỏ; trống nếu không có / Lower end of the 95 % interval: the ratios that the permutation does not reject; null where there is none';
COMMENT ON COLUMN marts.pilot_effect.ratio_upper IS 'Cận trên 95 % của rate_ratio; trống nếu không có / Upper end of the 95 % interval, null where there is none';
COMMENT ON COLUMN marts.pilot_effect.cases_a_month IS 'Mỗi tháng nhiều hơn (âm: ít hơn) bao nhiêu ca so với lẽ ra, mọi đơn vị thí điểm cộng lại / Cases a month more (below 0: fewer) than expected, all the pilot''s units together';
COMMENT ON COLUMN marts.pilot_effect.cases_lower IS 'Cận dưới 95 % của cases_a_month; trống nếu không có / Lower end of its 95 % interval, null where there is none';
COMMENT ON COLUMN marts.pilot_effect.cases_upper IS 'Cận trên 95 % của cases_a_month; trống nếu không có / Upper end of its 95 % interval, null where there is none';
COMMENT ON COLUMN marts.pilot_effect.p_value IS 'Trong các cách chia đơn vị mà thiết kế cho phép, phần cách cho kết quả xa như vậy hoặc hơn / Of the ways in which the design could have dealt out the starts, the share at least as far from nothing';
COMMENT ON COLUMN marts.pilot_effect.smallest_p IS 'p nhỏ nhất mà thiết kế có thể cho, dù hiệu quả lớn đến đâu; trên 0,05 là thí điểm không thể trả lời / The least p the design can give, however large the effect; above 0.05 the pilot cannot answer';
COMMENT ON COLUMN marts.pilot_effect.assignments IS 'Có bao nhiêu cách chia / How many such ways there are';
COMMENT ON COLUMN marts.pilot_effect.is_exact IS 'Đã thử hết mọi cách; false là thử 10.000 cách rút ngẫu nhiên / Whether all were tried; false: 10,000 drawn with a seed';
COMMENT ON COLUMN marts.pilot_effect.observed_cases IS 'Số ca của các đơn vị thí điểm trong các tháng ấy / Cases of the pilot''s units in these months';
COMMENT ON COLUMN marts.pilot_effect.expected_cases IS 'Số ca lẽ ra có nếu không thí điểm / Cases expected without the pilot';
COMMENT ON COLUMN marts.pilot_effect.pilot_months IS 'Số tháng được tính của mỗi đơn vị thí điểm / Months that count, of each of its units';
COMMENT ON COLUMN marts.pilot_effect.units_with IS 'Số đơn vị làm thí điểm / Units with the pilot';
COMMENT ON COLUMN marts.pilot_effect.units_without IS 'Số đơn vị để so / Units it is held against';
COMMENT ON COLUMN marts.pilot_effect.units_left_out IS 'Số đơn vị không xếp được vào bên nào vì đã nhập lẫn / Units in neither group, merged of both';
COMMENT ON COLUMN marts.pilot_effect.chosen IS 'Đơn vị được chọn thế nào: lot: bốc thăm; volunteers: tự nguyện; worst: nơi xấu nhất; other: cách khác / How the units were chosen: by lot, as volunteers, as the worst, otherwise';
COMMENT ON COLUMN marts.pilot_effect.named IS 'before: chỉ số được nêu và đã thấy trước khi bắt đầu; said_before: dòng ghi là trước, nhưng thấy sau; after: thêm sau / before: named and seen before the start; said_before: the line says so, but was seen later; after: added later';
COMMENT ON COLUMN marts.pilot_effect.written_on IS 'Ngày ghi trong dòng của pilots.csv / The day its line says it was written';
COMMENT ON COLUMN marts.pilot_effect.first_seen IS 'Đêm đầu tiên thấy chỉ số này của thí điểm / The night that first saw this outcome of the pilot';
COMMENT ON COLUMN marts.pilot_effect.starts_on IS 'Ngày bắt đầu; nơi sớm nhất / The first day, where it began first';
COMMENT ON COLUMN marts.pilot_effect.ends_on IS 'Ngày kết thúc; trống nếu chưa có / The last day, null while it goes on';
COMMENT ON COLUMN marts.pilot_effect.no_effect IS 'Vì sao chưa có kết quả: unknown-units: không biết đơn vị; not-started: chưa có tháng nào; no-past: dưới 12 tháng trước đó; no-others: không có nơi để so; no-cases: không có ca nào; trống nếu có / Why there is no effect: units not known; no month yet; less than 12 months before; nobody to compare; no case; null where there is one';
COMMENT ON COLUMN marts.pilot_effect.regression_ratio IS 'rate_ratio theo hồi quy, dù đơn vị được chọn thế nào; khác rate_ratio khi chosen là worst / The rate ratio by the regression, however units were chosen; differs from rate_ratio where they were the worst';
COMMENT ON COLUMN marts.pilot_effect.before_after_ratio IS 'So chính các đơn vị ấy sau và trước: con số dễ đánh lừa, chỉ để đối chiếu / The same units after and before: what deceives, for comparison only';
COMMENT ON COLUMN marts.pilot_effect.pre_trend_p IS 'p của giả thiết hai bên đi song song trước khi bắt đầu; nhỏ là đã khác nhau từ trước / p of parallel courses before the start; small: they differed before';
COMMENT ON COLUMN marts.pilot_effect.neighbour_ratio IS 'rate_ratio của các đơn vị kề bên so với nơi xa hơn: có lan sang không; trống nếu không rõ / The rate ratio of units next to it against those farther off: whether it spilt over; null where not known';
COMMENT ON COLUMN marts.pilot_effect.neighbour_p IS 'p của neighbour_ratio, như thể các nơi kề được bốc thăm / p of neighbour_ratio, as if those next to it had been drawn by lot';
COMMENT ON COLUMN marts.pilot_effect.neighbours IS 'Số đơn vị kề bên được xem / Units next to it that were looked at';
COMMENT ON COLUMN marts.pilot_effect.second_method IS 'Cách tính thứ hai: synthetic-did, by-start; trống nếu không có / The second estimator, null where there is none';
COMMENT ON COLUMN marts.pilot_effect.second_cases_a_month IS 'cases_a_month theo cách tính thứ hai / cases_a_month by the second estimator';
COMMENT ON COLUMN marts.pilot_effect.detectable_ratio IS 'Thí điểm chưa bắt đầu: tỷ số gần 1 nhất mà 10 lần thì thấy được 8; trống nếu không thể / Of a pilot not begun: the ratio nearest to 1 that is seen 8 times in 10; null where none is';
COMMENT ON COLUMN marts.pilot_effect.detectable_cases IS 'Tương ứng bao nhiêu ca một tháng / The same in cases a month';
COMMENT ON COLUMN marts.pilot_effect.what IS 'Việc làm thí điểm / What is done';
COMMENT ON COLUMN marts.pilot_effect.position IS 'Thứ tự trong pilots.csv / Its place in pilots.csv';
