-- Made by "make generated" from queries/revision.sql and the contract: change those, not this.
-- How a reporter's figures moved from version to version.

CREATE VIEW marts.revision AS
WITH told AS (
    WITH figure AS (
        SELECT version_id, measure, value FROM (
            SELECT version_id,
                sum(members_opening)::BIGINT AS members_opening, sum(admitted)::BIGINT AS admitted, sum(restored)::BIGINT AS
                restored, sum(transferred_in)::BIGINT AS transferred_in, sum(transferred_out)::BIGINT AS transferred_out,
                sum(died)::BIGINT AS died, sum(expelled)::BIGINT AS expelled, sum(struck_off)::BIGINT AS struck_off,
                sum(left_on_request)::BIGINT AS left_on_request, sum(members_closing)::BIGINT AS members_closing
            FROM facts.balance GROUP BY version_id
        ) UNPIVOT (value FOR measure IN (
            members_opening, admitted, restored, transferred_in, transferred_out, died, expelled, struck_off,
            left_on_request, members_closing))
        UNION ALL
        SELECT version_id, measure, value FROM (
            SELECT version_id,
                sum(away_total)::BIGINT AS away_total, sum(away_in_province)::BIGINT AS away_in_province,
                sum(away_other_province)::BIGINT AS away_other_province, sum(away_abroad)::BIGINT AS away_abroad,
                sum(away_started)::BIGINT AS away_started, sum(away_returned)::BIGINT AS away_returned,
                sum(away_temporary_activity)::BIGINT AS away_temporary_activity, sum(away_exempt)::BIGINT AS away_exempt,
                sum(away_in_contact)::BIGINT AS away_in_contact, sum(away_out_of_contact)::BIGINT AS away_out_of_contact,
                sum(away_in_enterprise)::BIGINT AS away_in_enterprise, sum(away_in_private_enterprise)::BIGINT AS
                away_in_private_enterprise
            FROM facts.away GROUP BY version_id
        ) UNPIVOT (value FOR measure IN (
            away_total, away_in_province, away_other_province, away_abroad, away_started, away_returned,
            away_temporary_activity, away_exempt, away_in_contact, away_out_of_contact, away_in_enterprise,
            away_in_private_enterprise))
        UNION ALL
        SELECT version_id, measure, value FROM (
            SELECT version_id,
                sum(pending_opening)::BIGINT AS pending_opening, sum(received)::BIGINT AS received, sum(withdrawn)::BIGINT AS
                withdrawn, sum(declined)::BIGINT AS declined, sum(approved)::BIGINT AS approved, sum(pending_closing)::BIGINT AS
                pending_closing, sum(received_from_away)::BIGINT AS received_from_away, sum(reason_work_away)::BIGINT AS
                reason_work_away, sum(reason_family)::BIGINT AS reason_family, sum(reason_health)::BIGINT AS reason_health,
                sum(reason_other)::BIGINT AS reason_other
            FROM facts.requests GROUP BY version_id
        ) UNPIVOT (value FOR measure IN (
            pending_opening, received, withdrawn, declined, approved, pending_closing, received_from_away, reason_work_away,
            reason_family, reason_health, reason_other))
        UNION ALL
        SELECT version_id, measure, value FROM (
            SELECT version_id,
                sum(r213_subject)::BIGINT AS r213_subject, sum(r213_exempt)::BIGINT AS r213_exempt, sum(r213_introduced)::BIGINT
                AS r213_introduced, sum(r213_registered)::BIGINT AS r213_registered, sum(r213_attended)::BIGINT AS
                r213_attended, sum(r213_remarked)::BIGINT AS r213_remarked
            FROM facts.regulation_213 GROUP BY version_id
        ) UNPIVOT (value FOR measure IN (
            r213_subject, r213_exempt, r213_introduced, r213_registered, r213_attended, r213_remarked))
        UNION ALL
        SELECT version_id, measure, value FROM (
            SELECT version_id,
                sum(hamlet_cells)::BIGINT AS hamlet_cells, sum(secretary_is_head)::BIGINT AS secretary_is_head,
                sum(secretary_head_under_40)::BIGINT AS secretary_head_under_40, sum(committees)::BIGINT AS committees,
                sum(committees_trained)::BIGINT AS committees_trained, sum(graded_excellent)::BIGINT AS graded_excellent,
                sum(graded_good)::BIGINT AS graded_good, sum(graded_fair)::BIGINT AS graded_fair, sum(graded_poor)::BIGINT AS
                graded_poor, sum(members_not_graded_away)::BIGINT AS members_not_graded_away
            FROM facts.organisation GROUP BY version_id
        ) UNPIVOT (value FOR measure IN (
            hamlet_cells, secretary_is_head, secretary_head_under_40, committees, committees_trained, graded_excellent,
            graded_good, graded_fair, graded_poor, members_not_graded_away))
    )
    SELECT v.reporter_code AS unit_code, u.name AS unit_name, l.level, v.form, v.period, f.measure,
        row_number() OVER versions AS version_no, v.submission_id, v.recorded_at,
        (v.recorded_at - p.period_end)::INTEGER AS days_after_period, f.value,
        lag(f.value) OVER versions AS previous_value, v.units_reported, v.superseded_at,
        v.superseded_at IS NULL AS is_standing
    FROM ledger.version AS v
    JOIN figure AS f ON f.version_id = v.version_id
    JOIN (
        SELECT DISTINCT period, last_day(make_date(derived.last_month(period)[:4]::INTEGER,
            derived.last_month(period)[6:]::INTEGER, 1)) AS period_end FROM ledger.version
    ) AS p ON p.period = v.period
    JOIN registry.reporting_level AS l ON p.period_end BETWEEN l.valid_from AND l.valid_to
    LEFT JOIN registry.unit AS u ON u.unit_code = v.reporter_code AND u.level = l.level
        AND p.period_end BETWEEN u.valid_from AND u.valid_to
    WHERE l.level = 'district'
        OR f.measure IN ('members_closing', 'away_total', 'away_in_province', 'away_other_province', 'away_abroad', 'hamlet_cells',
        'committees', 'committees_trained', 'graded_excellent', 'graded_good', 'graded_fair', 'graded_poor')
    WINDOW versions AS (PARTITION BY v.reporter_code, v.period, f.measure ORDER BY v.recorded_at, v.version_id)
), dated AS (
    SELECT *,
        derived.period_start(period::VARCHAR, derived.period_kind(period::VARCHAR)) AS period_start,
        derived.period_end(period::VARCHAR) AS period_end,
        derived.period_kind(period::VARCHAR) AS period_kind
    FROM told
)
SELECT t.unit_code, t.unit_name, t.level, p.district_code, p.district_name, t.form, t.period, t.period_start,
    t.period_end, t.period_kind, t.measure, t.version_no, t.submission_id, t.recorded_at, t.days_after_period,
    t.value, t.previous_value, t.units_reported, t.superseded_at, t.is_standing
FROM dated AS t
LEFT JOIN derived.unit_place AS p ON p.map = 'reported' AND p.level = t.level AND p.unit_code = t.unit_code
    AND t.period_end BETWEEN p.first_day AND p.code_until
ORDER BY period, unit_code, form, measure, version_no;

COMMENT ON VIEW marts.revision IS 'Số liệu của một đơn vị và kỳ đã thay đổi thế nào qua các lần báo cáo, và bao lâu sau kỳ. Từ 07-2025 đơn vị báo cáo là xã nên chỉ có các chỉ tiêu được công bố ngay / How a reporter''s figures of a period moved from version to version, and how long after the period. From 07-2025 reporters are communes: only the measures that are published of them at once';
COMMENT ON COLUMN marts.revision.unit_code IS 'Mã đơn vị báo cáo / The reporter';
COMMENT ON COLUMN marts.revision.unit_name IS 'Tên khi đó / Its name at the time';
COMMENT ON COLUMN marts.revision.level IS 'district hoặc commune / The level that reported';
COMMENT ON COLUMN marts.revision.district_code IS 'Mã huyện; trống với tỉnh và với xã không thuộc huyện nào / Code of the district, null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.revision.district_name IS 'Tên huyện: của thời điểm đó, hoặc huyện cũ mà địa bàn hiện nay nằm trong; trống với tỉnh và với xã không thuộc huyện nào / The district''s name at the time, or that of the former district today''s territory lies in; null for the province and for communes that lie in none';
COMMENT ON COLUMN marts.revision.form IS 'Biểu / The form';
COMMENT ON COLUMN marts.revision.period IS 'Tháng YYYY-MM; nửa năm YYYY-H1, YYYY-H2; năm YYYY / Month, half-year or year';
COMMENT ON COLUMN marts.revision.period_start IS 'Ngày đầu kỳ / First day of the period';
COMMENT ON COLUMN marts.revision.period_end IS 'Ngày cuối kỳ / Last day of the period';
COMMENT ON COLUMN marts.revision.period_kind IS 'month, quarter, half, year hoặc rolling12 / Kind of period';
COMMENT ON COLUMN marts.revision.measure IS 'Chỉ tiêu, xem dictionary / The measure, see dictionary';
COMMENT ON COLUMN marts.revision.version_no IS 'Lần thứ mấy / First, second, … version';
COMMENT ON COLUMN marts.revision.submission_id IS 'Tệp, xem submission_log / The file, see submission_log';
COMMENT ON COLUMN marts.revision.recorded_at IS 'Đêm ghi nhận / The night it was recorded';
COMMENT ON COLUMN marts.revision.days_after_period IS 'Số ngày từ cuối kỳ đến khi ghi nhận / Days from the period''s end to the recording';
COMMENT ON COLUMN marts.revision.value IS 'Tổng các chi bộ, hoặc các xã, trong phiên bản này / Sum over the cells, or communes, in this version';
COMMENT ON COLUMN marts.revision.previous_value IS 'Tổng ở phiên bản trước; trống ở lần đầu / The sum in the version before, null in the first';
COMMENT ON COLUMN marts.revision.units_reported IS 'Số chi bộ, hoặc xã, có số liệu trong phiên bản / Cells, or communes, with figures in the version';
COMMENT ON COLUMN marts.revision.superseded_at IS 'Đêm bị thay thế; trống nếu còn hiệu lực / The night it was replaced, null while it stands';
COMMENT ON COLUMN marts.revision.is_standing IS 'Còn hiệu lực / Whether it stands';
