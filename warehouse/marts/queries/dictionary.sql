-- What each column of each mart means, and each indicator.

CREATE VIEW marts.dictionary AS
WITH column_note (column_name, unit, formula, source, privacy) AS (
    VALUES
        {column_notes}
), indicator_note (item, meaning_vi, meaning_en, unit, formula, source, privacy) AS (
    VALUES
        {indicator_notes}
), kept_inside (mart, source, why_vi, why_en) AS (
    -- What people look for here in vain, and why.
    VALUES
        ('alerts', 'alerts.alert',
            'Không công bố: cảnh báo, mức kỳ vọng và ngưỡng của Ban thường nói về một vài người; các chuỗi của huyện và tỉnh mà cảnh báo theo dõi là các chỉ số trong indicator, của xã là số tăng giảm theo tháng',
            'Not published: the board''s alerts, expectations and limits often tell of a few people; the series they watch are, of districts and the province, the indicators in indicator, of communes their flows by month'),
        ('figures_commune', 'facts.balance, facts.requests',
            'Số tăng giảm và đơn thư của xã không có theo tháng: một tháng thường chỉ là một người; theo năm ở figures_commune_year',
            'Communes'' flows and requests do not stand by month, as a month''s are often one person; by year in figures_commune_year'),
        ('followup', 'followup.item',
            'Không công bố: từng việc theo dõi là của Ban; số việc ở followup_progress',
            'Not published: single follow-up items are the board''s; how many there are stands in followup_progress'),
        ('regulation_213', 'facts.regulation_213',
            'Số gốc của xã không công bố: số được miễn và số chưa làm thường là một vài người; các bước của xã ở regulation_213_gap, trống ở nửa năm có số nhỏ',
            'Communes'' own counts are not published, as the exempt and those missing are often a few people; their steps stand in regulation_213_gap, null in half-years with a small count')
), described AS (
    SELECT table_name AS mart, column_name, column_index, lower(data_type) AS data_type, comment FROM duckdb_columns()
    WHERE schema_name = 'marts' AND database_name = current_database()
)
SELECT d.mart, d.column_name, NULL::VARCHAR AS item, d.data_type, split_part(d.comment, ' / ', 1) AS meaning_vi,
    split_part(d.comment, ' / ', 2) AS meaning_en, n.unit, n.formula, n.source, n.privacy
FROM described AS d
LEFT JOIN column_note AS n ON n.column_name = d.column_name
UNION ALL
SELECT 'indicator', 'value', item, 'double', meaning_vi, meaning_en, unit, formula, source, privacy FROM indicator_note
UNION ALL
SELECT mart, '', NULL, '', why_vi, why_en, '', '', source, 'sensitive' FROM kept_inside
ORDER BY mart, column_name, item NULLS FIRST;

COMMENT ON VIEW marts.dictionary IS 'Mỗi cột của mỗi bảng phân tích một dòng, và mỗi chỉ số một dòng (item): nghĩa, đơn vị, công thức, nguồn, mức bảo vệ / One row a column of a mart, and one an indicator (item): meaning, unit, formula, source, privacy class';
