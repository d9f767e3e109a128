-- What each column of each mart means, and each indicator.

CREATE VIEW marts.dictionary AS
WITH column_note (column_name, unit, formula, source, privacy) AS (
    VALUES
        {column_notes}
), indicator_note (item, meaning_vi, meaning_en, unit, formula, source, privacy) AS (
    VALUES
        {indicator_notes}
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
ORDER BY mart, column_name, item NULLS FIRST;

COMMENT ON VIEW marts.dictionary IS 'Mỗi cột của mỗi bảng phân tích một dòng, và mỗi chỉ số một dòng (item): nghĩa, đơn vị, công thức, nguồn, mức bảo vệ / One row a column of a mart, and one an indicator (item): meaning, unit, formula, source, privacy class';
