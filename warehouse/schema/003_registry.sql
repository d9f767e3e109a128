-- The unit registry as the CSV files and the computed homes give it; replaced whole when it changes.
-- An open end is 9999-12-31, so that `day BETWEEN valid_from AND valid_to` needs no second case.

CREATE SCHEMA registry;

CREATE TABLE registry.unit (
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    parent_code VARCHAR,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL
);
COMMENT ON TABLE registry.unit IS 'Tỉnh, huyện, xã theo thời gian; đổi tên thì thêm dòng / Provinces, districts, communes; one row a name';
COMMENT ON COLUMN registry.unit.unit_id IS 'Khóa: mã@ngày bắt đầu địa bàn / Key: code@day its territory began';
COMMENT ON COLUMN registry.unit.unit_code IS 'Mã hành chính; có thể dùng lại cho địa bàn khác / Official code; may be reused for another territory';
COMMENT ON COLUMN registry.unit.name IS 'Tên đầy đủ / Full name';
COMMENT ON COLUMN registry.unit.kind IS 'Loại: xã, phường, thị trấn, huyện … / Kind as in law';
COMMENT ON COLUMN registry.unit.level IS 'province, district hoặc commune / Level';
COMMENT ON COLUMN registry.unit.parent_code IS 'Mã đơn vị cấp trên; trống nếu không có / Code of the unit above, null if none';
COMMENT ON COLUMN registry.unit.valid_from IS 'Từ ngày / First day of the name';
COMMENT ON COLUMN registry.unit.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';

CREATE TABLE registry.home (
    cell_code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    commune VARCHAR,
    commune_code VARCHAR,
    reporter_code VARCHAR,
    district_code VARCHAR,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL
);
COMMENT ON TABLE registry.home IS 'Chi bộ thuộc đâu, từ ngày nào đến ngày nào / Where each party cell belonged, from when to when';
COMMENT ON COLUMN registry.home.cell_code IS 'Mã chi bộ / The cell''s code';
COMMENT ON COLUMN registry.home.name IS 'Tên chi bộ / Its name';
COMMENT ON COLUMN registry.home.kind IS 'Loại chi bộ / Its kind';
COMMENT ON COLUMN registry.home.commune IS 'Khóa xã; trống nếu chưa phân bổ / unit_id of the commune, null while its place is not told';
COMMENT ON COLUMN registry.home.commune_code IS 'Mã xã / Code of the commune';
COMMENT ON COLUMN registry.home.reporter_code IS 'Đơn vị báo cáo; trống nếu không có / Who reports it, null if nobody';
COMMENT ON COLUMN registry.home.district_code IS 'Mã huyện; trống khi không còn cấp huyện / The district, null where there is none';
COMMENT ON COLUMN registry.home.valid_from IS 'Từ ngày / First day';
COMMENT ON COLUMN registry.home.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';

CREATE TABLE registry.cell_succession (
    from_code VARCHAR NOT NULL,
    to_code VARCHAR NOT NULL,
    effective_date DATE NOT NULL,
    kind VARCHAR NOT NULL,
    weight DOUBLE NOT NULL
);
COMMENT ON TABLE registry.cell_succession IS 'Chi bộ nhập, tách, đổi tên / Merges, splits and renames of cells';
COMMENT ON COLUMN registry.cell_succession.from_code IS 'Chi bộ cũ / The cell before';
COMMENT ON COLUMN registry.cell_succession.to_code IS 'Chi bộ mới / The cell after';
COMMENT ON COLUMN registry.cell_succession.effective_date IS 'Ngày hiệu lực / The first day after';
COMMENT ON COLUMN registry.cell_succession.kind IS 'merge, split, rename / Kind';
COMMENT ON COLUMN registry.cell_succession.weight IS 'Phần của chi bộ cũ chuyển sang / The part of the old cell that went there';

CREATE TABLE registry.unit_succession (
    from_code VARCHAR NOT NULL,
    to_code VARCHAR NOT NULL,
    extent VARCHAR NOT NULL,
    effective_date DATE NOT NULL
);
COMMENT ON TABLE registry.unit_succession IS 'Xã nào thành xã nào / Which commune went into which';
COMMENT ON COLUMN registry.unit_succession.from_code IS 'Mã cũ / The code before';
COMMENT ON COLUMN registry.unit_succession.to_code IS 'Mã mới / The code after';
COMMENT ON COLUMN registry.unit_succession.extent IS 'whole: toàn bộ; part: một phần / Whole or in part';
COMMENT ON COLUMN registry.unit_succession.effective_date IS 'Ngày hiệu lực / The first day after';

CREATE TABLE registry.reporting_level (
    level VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL
);
COMMENT ON TABLE registry.reporting_level IS 'Cấp nào báo cáo, từ khi nào / Which level reports, from when';
COMMENT ON COLUMN registry.reporting_level.level IS 'Cấp / The level';
COMMENT ON COLUMN registry.reporting_level.valid_from IS 'Từ ngày / First day';
COMMENT ON COLUMN registry.reporting_level.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';

CREATE TABLE registry.alias (
    unit_code VARCHAR NOT NULL,
    alias VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL
);
COMMENT ON TABLE registry.alias IS 'Tên gọi khác của đơn vị, chi bộ / Further names of units and cells';
COMMENT ON COLUMN registry.alias.unit_code IS 'Mã đơn vị hoặc chi bộ / Code of the unit or cell';
COMMENT ON COLUMN registry.alias.alias IS 'Tên gọi khác / The other name';
COMMENT ON COLUMN registry.alias.valid_from IS 'Từ ngày / First day';
COMMENT ON COLUMN registry.alias.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';

CREATE VIEW registry.cell AS
SELECT cell_code, any_value(name) AS name, any_value(kind) AS kind, min(valid_from) AS valid_from,
    max(valid_to) AS valid_to
FROM registry.home
GROUP BY cell_code;
COMMENT ON VIEW registry.cell IS 'Mỗi chi bộ một dòng / One row a party cell';
COMMENT ON COLUMN registry.cell.cell_code IS 'Mã chi bộ / The cell''s code';
COMMENT ON COLUMN registry.cell.name IS 'Tên chi bộ / Its name';
COMMENT ON COLUMN registry.cell.kind IS 'Loại chi bộ / Its kind';
COMMENT ON COLUMN registry.cell.valid_from IS 'Từ ngày / First day';
COMMENT ON COLUMN registry.cell.valid_to IS 'Đến ngày; 9999-12-31 nếu còn / Last day, 9999-12-31 while it lasts';
