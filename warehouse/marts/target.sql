-- Made by "make generated" from queries/target.sql and the contract: change those, not this.
-- The resolutions' targets: the fact, what is left, and how likely what is not yet due is.

CREATE VIEW marts.target AS
WITH told AS (
    SELECT t.target, t.map, t.unit_code, t.period, t.value, t.wanted, t.state, t.units_missing, t.gap_units, t.probability,
        t.required_per_year, t.observed_per_year, t.level, t.indicator, t.kind, t.comparison, t.source, t.due_on,
        t.known_period, t.numerator, t.denominator, t.needed, t.whole, t.no_probability, t.chance_met, t.position
    FROM derived.target AS t
    WHERE (t.level IN ('district', 'province') OR (t.level = 'commune' AND t.indicator IN (
            'away_rate', 'away_outside_share', 'away_abroad_share', 'committees_trained_share', 'committees_good_share',
            'reporting_completeness', 'reporting_timeliness')))
        AND (t.known_period IS NULL OR derived.last_month(t.known_period) NOT IN (FROM derived.unsettled))
        AND (t.known_period IS NULL OR t.known_period NOT IN (FROM derived.unsettled_half)
            OR t.indicator NOT IN ('r213_introduced_share', 'r213_registered_share', 'r213_attended_share', 'r213_remarked_share'))
        AND (t.indicator NOT IN ('secretary_is_head_share', 'secretary_head_under_40_share')
            OR t.known_period IS NULL
            OR (t.known_period NOT IN (FROM derived.unsettled_year)
                AND (t.level = 'province' OR t.known_period IN (FROM derived.district_year))))
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.target, t.map, t.unit_code, p.unit_name, t.level, p.district_code, p.district_name, t.period,
    t.period_start, t.period_end, t.period_kind, t.value, t.wanted, t.state, t.units_missing, t.gap_units,
    t.probability, t.required_per_year, t.observed_per_year, t.indicator, t.kind, t.comparison, t.source, t.due_on,
    t.known_period, t.numerator, t.denominator, t.needed, t.whole, t.no_probability, t.chance_met, t.position
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = t.map AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY position, map DESC, unit_code, period;

COMMENT ON VIEW marts.target IS 'Các chỉ tiêu của nghị quyết, kết luận theo đơn vị và kỳ: đạt hay chưa, còn bao nhiêu, khả năng đạt. Mẫu số theo địa giới hành chính hiện nay khi map là today / The targets of the resolutions by unit and period: met or not, how much is left, how likely. Denominators follow today''s territory where map is today';
COMMENT ON COLUMN marts.target.target IS 'Tên chỉ tiêu như trong targets.csv / Name of the target, as in targets.csv';
COMMENT ON COLUMN marts.target.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.target.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.target.unit_name IS 'Tên đơn vị: của thời điểm đó, hoặc hiện nay / Name at the time, or today''s';
COMMENT ON COLUMN marts.target.level IS 'Cấp của đơn vị được xét: province: tỉnh; district: huyện; commune: xã / The level whose share is judged';
COMMENT ON COLUMN marts.target.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.target.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.target.period IS 'Kỳ được xét: 2025-12, 2025-H2, 2025 / The period judged';
COMMENT ON COLUMN marts.target.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.target.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.target.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.target.value IS 'Mức đạt được ở known_period, từ 0 đến 1; trống nếu chưa biết / The share reached in known_period, 0 to 1; null where not known';
COMMENT ON COLUMN marts.target.wanted IS 'Mức phải đạt, từ 0 đến 1; so theo comparison / The share asked for, 0 to 1; held against by comparison';
COMMENT ON COLUMN marts.target.state IS 'met: đạt; missed: không đạt (cả hai: dù báo cáo còn thiếu ra sao); units_missing: còn thiếu báo cáo nên chưa kết luận; not_yet_due: chưa đến hạn / met and missed (whatever the reports still missing say); units_missing: reports are missing that could decide; not_yet_due';
COMMENT ON COLUMN marts.target.units_missing IS 'Số chi bộ (hoặc xã) còn thiếu số liệu của kỳ được xét; trống nếu chưa biết / Cells (or communes) whose figures of the period judged are missing, null where not known';
COMMENT ON COLUMN marts.target.gap_units IS 'Còn thiếu bao nhiêu đơn vị của tử số (đảng viên, chi ủy, đảng bộ) thì đạt; 0 nếu đã đủ / How many more of the numerator (members, committees) reach the target, 0 where enough are there';
COMMENT ON COLUMN marts.target.probability IS 'Khả năng đạt vào kỳ được xét, dự báo từ chính chuỗi số, không dưới 0,01 và không trên 0,99; trống nếu đã xét hoặc chưa dự báo được / The probability of being met in the period judged, foreseen from the series itself, never below 0.01 nor above 0.99; null where judged or not foreseeable';
COMMENT ON COLUMN marts.target.required_per_year IS 'Mỗi năm phải tăng bao nhiêu để kịp hạn; trống nếu đã xét, chưa biết, hoặc kỳ nào cũng xét / The rise a year that is still in time, null where judged, not known, or where every period counts';
COMMENT ON COLUMN marts.target.observed_per_year IS 'Mỗi năm đang thay đổi bao nhiêu, theo mô hình của cả chuỗi chứ không theo hai điểm đầu cuối / The change a year that the whole series shows by its model, not by its two ends';
COMMENT ON COLUMN marts.target.indicator IS 'Tên chỉ số, giải thích trong dictionary / Name of the indicator, explained in the dictionary';
COMMENT ON COLUMN marts.target.kind IS 'yearly_coverage, yearly_threshold: xét từng năm; dated_level: xét một lần vào ngày cuối; running: xét từng kỳ / Each year, once on its last day, or each period';
COMMENT ON COLUMN marts.target.comparison IS '>= là ít nhất bằng, > là nhiều hơn / >= is at least, > is more than';
COMMENT ON COLUMN marts.target.source IS 'Nguồn / Where it comes from';
COMMENT ON COLUMN marts.target.due_on IS 'Ngày chỉ tiêu phải đạt / The day on which it must be met';
COMMENT ON COLUMN marts.target.known_period IS 'Kỳ của số liệu được nêu; trống nếu chưa có / The period the figures told are of, null where there is none';
COMMENT ON COLUMN marts.target.numerator IS 'Tử số ở known_period / Numerator in known_period';
COMMENT ON COLUMN marts.target.denominator IS 'Mẫu số ở known_period / Denominator in known_period';
COMMENT ON COLUMN marts.target.needed IS 'Số đơn vị của tử số phải có để đạt ở kỳ được xét / How many of the numerator meet the target in the period judged';
COMMENT ON COLUMN marts.target.whole IS 'Mẫu số của kỳ được xét; nếu chưa đến hạn là mẫu số biết gần nhất, hoặc số đảng bộ xã hiện có / The whole in the period judged; of what is not yet due the last one known, or the commune committees that stand';
COMMENT ON COLUMN marts.target.no_probability IS 'Vì sao không có khả năng đạt: too-few-periods: dưới hai kỳ; other-map: không theo địa giới hiện nay; no-figure: chưa có số liệu; trống nếu có, hoặc đã xét / Why there is no probability: fewer than two periods; not on today''s map; no figure; null where there is one or it was judged';
COMMENT ON COLUMN marts.target.chance_met IS 'Nếu mức thật cao hơn wanted một điểm phần trăm, riêng may rủi cho đạt trong bao nhiêu phần số năm; chỉ với yearly_threshold / Were the true share one point above wanted, the part of years in which chance alone would let it be met; of yearly_threshold only';
COMMENT ON COLUMN marts.target.position IS 'Thứ tự trong targets.csv / Its place in targets.csv';
