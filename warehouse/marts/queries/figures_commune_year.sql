-- Communes by year, small counts hidden, and others with them so that none can be worked out.

CREATE VIEW marts.figures_commune_year AS
SELECT map, unit_code, unit_name, 'commune' AS level, year,
    {measures_of_communes_by_year},
    suppressed, units_expected, units_reported, unit_id
FROM derived.commune_year
ORDER BY map, year, unit_code, unit_id DESC;

COMMENT ON VIEW marts.figures_commune_year IS 'Số tăng giảm và đơn thư của xã theo năm. Số từ 1 đến k-1 (k mặc định 3) được che, cùng một số số khác để không tính ngược được; số bị che có thể là 0. Năm chưa qua ngày 31-01 năm sau được che toàn bộ, trừ số 0 của cả huyện / Communes'' flows and requests by year. Counts from 1 to k-1 (k is 3 unless set) are hidden, and others with them so that none can be worked out; a hidden figure may be 0. A year is hidden whole until 31 January of the next, but for zeros of the whole district';
COMMENT ON COLUMN marts.figures_commune_year.unit_code IS 'Mã xã; trong năm 2025 một mã có thể là hai địa bàn, phân biệt bằng tên / Commune code; in 2025 one code may be two territories, told apart by name';
COMMENT ON COLUMN marts.figures_commune_year.unit_name IS 'Tên xã: cuối năm đó, hoặc hiện nay / Name at the year''s end, or today''s';
COMMENT ON COLUMN marts.figures_commune_year.{measure} IS '{meaning_vi}; cộng cả năm, trống nếu được che hoặc chưa báo cáo / {meaning_en}; over the year, null where hidden or not reported';
COMMENT ON COLUMN marts.figures_commune_year.units_expected IS 'Số chi bộ-tháng phải có số liệu / Cell-months that were due';
COMMENT ON COLUMN marts.figures_commune_year.units_reported IS 'Số chi bộ-tháng đã có số liệu / Cell-months whose figures have come';
COMMENT ON COLUMN marts.figures_commune_year.unit_id IS 'Khóa của xã: mã@ngày bắt đầu địa bàn, nối với unit / Key of the commune: code@day its territory began, joins unit';
