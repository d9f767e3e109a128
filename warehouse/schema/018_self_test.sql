-- The watch's own eyesight: known changes and faults that a night plants in a copy and looks for, and what of them it saw.
-- None of it is a figure of anybody: it stands apart from facts, findings and alerts, and none of these reads it.

CREATE SCHEMA eyesight;

CREATE TABLE eyesight.trial (
    night DATE NOT NULL,
    trial_no INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    indicator VARCHAR,
    fault VARCHAR,
    level VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR,
    last_period VARCHAR NOT NULL,
    size DOUBLE,
    expected DOUBLE,
    seen_after INTEGER,
    is_seen BOOLEAN NOT NULL,
    PRIMARY KEY (night, trial_no)
);
COMMENT ON TABLE eyesight.trial IS 'Mỗi thay đổi hay lỗi biết trước mà một đêm cài thử vào bản sao một dòng / One row a known change or fault that a night planted in a copy';
COMMENT ON COLUMN eyesight.trial.night IS 'Đêm thử / The night';
COMMENT ON COLUMN eyesight.trial.trial_no IS 'Thứ tự trong đêm / Its number within the night';
COMMENT ON COLUMN eyesight.trial.kind IS 'rise, fall, silence, shift, contact: thay đổi số liệu; restated: sửa số cũ; file: tệp có lỗi; canary: điều phải thấy / What was planted';
COMMENT ON COLUMN eyesight.trial.indicator IS 'Chuỗi số được đổi; trống với tệp / The series that was moved, null of files';
COMMENT ON COLUMN eyesight.trial.fault IS 'Lỗi của tệp; trống với thay đổi số liệu / The file''s fault, null of changes';
COMMENT ON COLUMN eyesight.trial.level IS 'Cấp của đơn vị / The unit''s level';
COMMENT ON COLUMN eyesight.trial.unit_code IS 'Đơn vị / The unit';
COMMENT ON COLUMN eyesight.trial.unit_name IS 'Tên đơn vị / Its name';
COMMENT ON COLUMN eyesight.trial.last_period IS 'Tháng cuối của thay đổi, hoặc tháng của tệp / The last month of the change, or the file''s';
COMMENT ON COLUMN eyesight.trial.size IS 'Gấp mấy lần; số tháng nếu là im lặng; trống với tệp / The factor; months of a silence; null of files';
COMMENT ON COLUMN eyesight.trial.expected IS 'Mức thường một tháng của chuỗi số trước đó; trống với tệp / What the series usually has in a month, null of files';
COMMENT ON COLUMN eyesight.trial.seen_after IS 'Thấy sau mấy tháng; trống nếu không thấy, hoặc thấy ngay / Months until it was seen; null where it was not, or where no month passes';
COMMENT ON COLUMN eyesight.trial.is_seen IS 'Có thấy không / Whether it was seen';

CREATE TABLE eyesight.acuity (
    kind VARCHAR NOT NULL,
    indicator VARCHAR,
    fault VARCHAR,
    level VARCHAR NOT NULL,
    unit_code VARCHAR,
    unit_name VARCHAR,
    unit_class VARCHAR,
    size DOUBLE,
    within_months INTEGER,
    trials INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    seen_share DOUBLE NOT NULL,
    seen_lower DOUBLE NOT NULL,
    seen_upper DOUBLE NOT NULL,
    median_months DOUBLE,
    least_size DOUBLE,
    least_cautious DOUBLE,
    least_state VARCHAR NOT NULL,
    last_trials INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    nights INTEGER NOT NULL,
    first_night DATE NOT NULL,
    last_night DATE NOT NULL
);
COMMENT ON TABLE eyesight.acuity IS 'Điều marts.self_test công bố, tính từ các lần thử / What marts.self_test tells, computed from the trials';

-- An event may be that a night did not see what it must see.
CREATE TEMP TABLE kept_event AS FROM outbox.event;
DROP TABLE outbox.event;
CREATE TABLE outbox.event (
    event_id VARCHAR PRIMARY KEY,
    night DATE NOT NULL,
    topic VARCHAR NOT NULL CHECK (topic IN ('alerts', 'reports', 'rejected', 'summary', 'failure')),
    kind VARCHAR NOT NULL CHECK (kind IN ('opened', 'worsened', 'reopened', 'resolved', 'reminder', 'overdue', 'rejected',
        'accepted', 'night', 'failure', 'blind')),
    unit_code VARCHAR,
    unit_name VARCHAR,
    above VARCHAR,
    severity VARCHAR CHECK (severity IN ('high', 'medium', 'low')),
    is_late_report BOOLEAN NOT NULL DEFAULT false,
    period VARCHAR,
    due_on DATE,
    received_on DATE,
    submission_id BIGINT,
    file_name VARCHAR,
    attachment VARCHAR,
    errors INTEGER,
    warnings INTEGER,
    lists_people BOOLEAN NOT NULL DEFAULT false,
    text_vi VARCHAR,
    text_en VARCHAR,
    is_news BOOLEAN NOT NULL
);
COMMENT ON TABLE outbox.event IS 'Mỗi điều đã xảy ra một dòng, mỗi điều chỉ báo một lần / One row a thing that happened, each told once';
COMMENT ON COLUMN outbox.event.event_id IS 'Mã không đổi dù đêm chạy lại / What it is called, the same when the night runs again';
COMMENT ON COLUMN outbox.event.night IS 'Đêm ghi nhận / The night it was noted';
COMMENT ON COLUMN outbox.event.topic IS 'alerts, reports, rejected, summary, failure: việc mà người nhận chọn nghe / What recipients choose to hear of';
COMMENT ON COLUMN outbox.event.kind IS 'opened, worsened, reopened, resolved: cảnh báo; reminder, overdue: báo cáo; rejected: tệp bị trả lại; accepted: tệp được nhận, có điều cần xem lại; night, failure: đêm; blind: phép tự kiểm không thấy điều phải thấy / What happened; blind: the self-test did not see what must be seen';
COMMENT ON COLUMN outbox.event.unit_code IS 'Đơn vị; trống nếu là cả tỉnh hoặc cả đêm / The unit, null where it is the night''s or the province''s';
COMMENT ON COLUMN outbox.event.unit_name IS 'Tên đơn vị; trống như trên / The unit''s name, null likewise';
COMMENT ON COLUMN outbox.event.above IS 'Mã huyện của xã; trống nếu không có / Code of the district of a commune, null where there is none';
COMMENT ON COLUMN outbox.event.severity IS 'Mức của cảnh báo; trống với việc khác / An alert''s severity, null for other things';
COMMENT ON COLUMN outbox.event.is_late_report IS 'Cảnh báo trễ báo cáo, người nghe về báo cáo đã biết / An alert that a report is late, known to who hears of reports';
COMMENT ON COLUMN outbox.event.period IS 'Kỳ báo cáo; trống với việc khác / The period reported, null for other things';
COMMENT ON COLUMN outbox.event.due_on IS 'Hạn nộp; trống với việc khác / When the report was due, null for other things';
COMMENT ON COLUMN outbox.event.received_on IS 'Ngày tệp đến; trống nếu không phải tệp / The day a file came, null where it is none';
COMMENT ON COLUMN outbox.event.submission_id IS 'Số của tệp; trống với việc khác / The submission, null for other things';
COMMENT ON COLUMN outbox.event.file_name IS 'Tên tệp; trống với việc khác / The file''s name, null for other things';
COMMENT ON COLUMN outbox.event.attachment IS 'Bảng tính đã đánh dấu, dưới thư mục nhà; trống nếu không có / The marked workbook, below the home; null where there is none';
COMMENT ON COLUMN outbox.event.errors IS 'Số lỗi của tệp; trống với việc khác / Errors of the file, null for other things';
COMMENT ON COLUMN outbox.event.warnings IS 'Số lưu ý của tệp; trống với việc khác / Warnings of the file, null for other things';
COMMENT ON COLUMN outbox.event.lists_people IS 'Tệp có danh sách người, không được gửi đi tiếp / A file that lists people: it is passed on to nobody';
COMMENT ON COLUMN outbox.event.text_vi IS 'Lời của Ban, tiếng Việt; trống nếu ghép từ các cột khác / The board''s own words; null where they are made of other columns';
COMMENT ON COLUMN outbox.event.text_en IS 'Lời của Ban, tiếng Anh; trống như trên / The same in English, null likewise';
COMMENT ON COLUMN outbox.event.is_news IS 'Cần báo; sai nếu có từ việc tiếp nhận số liệu cũ / To be told; false for what a backfill brought to light';
INSERT INTO outbox.event BY NAME FROM kept_event;
DROP TABLE kept_event;
