-- Items are of communes and end at a count of their own; gaps of Regulation 213 are a table; what communes may show of
-- them is said by half-year. Everything that was read is read again by the next night, and all figures are made anew.

ALTER TABLE followup.reading ADD COLUMN line BIGINT;
COMMENT ON COLUMN followup.reading.line IS 'Số đóng việc nếu mở từ đây; trống với loại không có / The count that closes what opens here, null for kinds that have none';
DELETE FROM followup.reading;
DELETE FROM followup.night;

ALTER TABLE followup.item ADD COLUMN supervisor_code VARCHAR;
ALTER TABLE followup.item ADD COLUMN supervisor_name VARCHAR;
ALTER TABLE followup.item ADD COLUMN reporter_code VARCHAR;
ALTER TABLE followup.item ADD COLUMN reporter_name VARCHAR;
ALTER TABLE followup.item ADD COLUMN reasons VARCHAR[];
ALTER TABLE followup.item ADD COLUMN line BIGINT;
ALTER TABLE followup.item ADD COLUMN first_least BIGINT;
ALTER TABLE followup.item ADD COLUMN first_base BIGINT;
ALTER TABLE followup.item ADD COLUMN due_later DATE[];
ALTER TABLE followup.item ADD COLUMN improving_in VARCHAR;
ALTER TABLE followup.item ADD COLUMN gain DOUBLE;
UPDATE followup.item SET reporter_code = unit_code, reporter_name = unit_name, reasons = [], due_later = [];
COMMENT ON COLUMN followup.item.unit_id IS 'Đơn vị có việc, trên lãnh thổ của nó: đơn vị báo cáo, hoặc xã / The unit whose matter it is, on its territory: the one that reports, or a commune';
COMMENT ON COLUMN followup.item.supervisor_code IS 'Mã đơn vị có cấp ủy theo dõi, đôn đốc: huyện, sau 01-07-2025 là tỉnh; trống nếu không có / Code of the unit whose committee supervises: the district, from 07-2025 the province; null for none';
COMMENT ON COLUMN followup.item.supervisor_name IS 'Tên đơn vị ấy / Its name';
COMMENT ON COLUMN followup.item.reporter_code IS 'Mã đơn vị báo cáo, nhận bảng tính trả lời / Code of the unit that reports and gets the workbook';
COMMENT ON COLUMN followup.item.reporter_name IS 'Tên đơn vị báo cáo / Its name';
COMMENT ON COLUMN followup.item.reasons IS 'Vì sao mở: below, fell, largest; rỗng với loại khác / Why it opened, empty for other kinds';
COMMENT ON COLUMN followup.item.line IS 'Số mà không vượt quá thì đóng; trống với loại không có / The count at which it is over, null for kinds that have none';
COMMENT ON COLUMN followup.item.first_least IS 'Số khi mở; trống như least / The count when it opened, null as least';
COMMENT ON COLUMN followup.item.first_base IS 'Trong tổng số khi mở / Of how many then';
COMMENT ON COLUMN followup.item.due_later IS 'Các hạn của những kỳ sau; hạn đầu giữ nguyên / The due days of later periods; the first one stays';
COMMENT ON COLUMN followup.item.improving_in IS 'Kỳ cho thấy đã giảm một nửa, yên đến kỳ sau; trống nếu không / The period that showed half of it closed, quiet until the next; null otherwise';
COMMENT ON COLUMN followup.item.gain IS 'Được gì khi làm, để xếp thứ tự: số người còn phải giảm, thời gian, chiều hướng; trống nếu không đếm được / What working on it would gain, for the order: people to go, how long, whether it moves; null where nothing is counted';

CREATE TABLE derived.half_told (
    map VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    district_code VARCHAR,
    is_told BOOLEAN NOT NULL
);
COMMENT ON TABLE derived.half_told IS 'Nửa năm nào của xã được công bố, và xã thuộc huyện nào / Which half-years of communes may be shown, and their districts';

CREATE TABLE derived.gap_213 (
    map VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    level VARCHAR NOT NULL,
    district_code VARCHAR,
    half VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    numerator BIGINT,
    denominator BIGINT,
    share DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    target DOUBLE NOT NULL,
    change DOUBLE
);
COMMENT ON TABLE derived.gap_213 IS 'Từng bước của Quy định 213 theo đơn vị và nửa năm, số của xã đã che / Steps of Regulation 213 by unit and half-year, communes protected';

-- Everything is made anew once: communes' half-years have to be looked at.
DELETE FROM derived.edition;
