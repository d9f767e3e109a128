-- The outbox: what happened that people are to hear of, the messages made of it, and what became of each. The board's
-- own: nothing of this is published. No address and no secret stands here; recipients are a file of the home.

CREATE SCHEMA outbox;

CREATE TABLE outbox.event (
    event_id VARCHAR PRIMARY KEY,
    night DATE NOT NULL,
    topic VARCHAR NOT NULL CHECK (topic IN ('alerts', 'reports', 'rejected', 'summary', 'failure')),
    kind VARCHAR NOT NULL CHECK (kind IN ('opened', 'worsened', 'reopened', 'resolved', 'reminder', 'overdue', 'rejected',
        'night', 'failure')),
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
COMMENT ON COLUMN outbox.event.kind IS 'opened, worsened, reopened, resolved: cảnh báo; reminder, overdue: báo cáo; rejected: tệp; night, failure: đêm / What happened';
COMMENT ON COLUMN outbox.event.unit_code IS 'Đơn vị; trống nếu là cả tỉnh hoặc cả đêm / The unit, null where it is the night''s or the province''s';
COMMENT ON COLUMN outbox.event.unit_name IS 'Tên đơn vị; trống như trên / The unit''s name, null likewise';
COMMENT ON COLUMN outbox.event.above IS 'Mã huyện của xã; trống nếu không có / Code of the district of a commune, null where there is none';
COMMENT ON COLUMN outbox.event.severity IS 'Mức của cảnh báo; trống với việc khác / An alert''s severity, null for other things';
COMMENT ON COLUMN outbox.event.is_late_report IS 'Cảnh báo trễ báo cáo, người nghe về báo cáo đã biết / An alert that a report is late, known to who hears of reports';
COMMENT ON COLUMN outbox.event.period IS 'Kỳ báo cáo; trống với việc khác / The period reported, null for other things';
COMMENT ON COLUMN outbox.event.due_on IS 'Hạn nộp; trống với việc khác / When the report was due, null for other things';
COMMENT ON COLUMN outbox.event.received_on IS 'Ngày tệp đến; trống nếu không phải tệp / The day a file came, null where it is none';
COMMENT ON COLUMN outbox.event.submission_id IS 'Số của tệp bị trả lại; trống với việc khác / The rejected submission, null for other things';
COMMENT ON COLUMN outbox.event.file_name IS 'Tên tệp bị trả lại; trống với việc khác / The rejected file''s name, null for other things';
COMMENT ON COLUMN outbox.event.attachment IS 'Bảng tính đã đánh dấu, dưới thư mục nhà; trống nếu không có / The marked workbook, below the home; null where there is none';
COMMENT ON COLUMN outbox.event.errors IS 'Số lỗi của tệp; trống với việc khác / Errors of the file, null for other things';
COMMENT ON COLUMN outbox.event.warnings IS 'Số lưu ý của tệp; trống với việc khác / Warnings of the file, null for other things';
COMMENT ON COLUMN outbox.event.lists_people IS 'Tệp có danh sách người, không được gửi đi tiếp / A file that lists people: it is passed on to nobody';
COMMENT ON COLUMN outbox.event.text_vi IS 'Lời của Ban, tiếng Việt; trống nếu ghép từ các cột khác / The board''s own words; null where they are made of other columns';
COMMENT ON COLUMN outbox.event.text_en IS 'Lời của Ban, tiếng Anh; trống như trên / The same in English, null likewise';
COMMENT ON COLUMN outbox.event.is_news IS 'Cần báo; sai nếu có từ việc tiếp nhận số liệu cũ / To be told; false for what a backfill brought to light';

CREATE TABLE outbox.message (
    message_id VARCHAR PRIMARY KEY,
    recipient VARCHAR NOT NULL,
    side VARCHAR NOT NULL CHECK (side IN ('board', 'reporter')),
    night DATE NOT NULL,
    written_at TIMESTAMP NOT NULL,
    language VARCHAR NOT NULL CHECK (language IN ('vi', 'en')),
    subject VARCHAR NOT NULL,
    body VARCHAR,
    attachments VARCHAR[] NOT NULL
);
COMMENT ON TABLE outbox.message IS 'Mỗi tin một dòng: một tin cho một người nhận một đêm / One row a message: one a recipient and night';
COMMENT ON COLUMN outbox.message.message_id IS 'Số của tin, gửi lại vẫn số ấy / Its number, the same however often it is tried';
COMMENT ON COLUMN outbox.message.recipient IS 'Tên trong recipients.csv / The name in recipients.csv';
COMMENT ON COLUMN outbox.message.side IS 'board: người của Ban; reporter: đơn vị báo cáo / For whom it was written: the board, or a unit that reports';
COMMENT ON COLUMN outbox.message.night IS 'Đêm / The night';
COMMENT ON COLUMN outbox.message.written_at IS 'Viết lúc nào; thử gửi trong 30 ngày từ đó / When it was written; it is tried for 30 days from then';
COMMENT ON COLUMN outbox.message.language IS 'Ngôn ngữ / Its language';
COMMENT ON COLUMN outbox.message.subject IS 'Tiêu đề: chỉ có số việc, không có đơn vị hay số liệu / Subject: how many things, never a unit or a figure';
COMMENT ON COLUMN outbox.message.body IS 'Nội dung; xóa sau khi gửi 90 ngày / The text; removed 90 days after it was sent';
COMMENT ON COLUMN outbox.message.attachments IS 'Tệp kèm, dưới thư mục nhà / Files that go with it, below the home';

CREATE TABLE outbox.told (
    recipient VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL
);
COMMENT ON TABLE outbox.told IS 'Việc nào đi trong tin nào; một việc một người nhận một lần / Which event goes in which message: one a recipient and event';
COMMENT ON COLUMN outbox.told.recipient IS 'Người nhận / The recipient';
COMMENT ON COLUMN outbox.told.event_id IS 'Việc / The event';
COMMENT ON COLUMN outbox.told.message_id IS 'Tin / The message';

CREATE TABLE outbox.delivery (
    message_id VARCHAR PRIMARY KEY,
    state VARCHAR NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'withdrawn', 'given-up')),
    tries INTEGER NOT NULL,
    tried_at TIMESTAMP,
    sent_at TIMESTAMP,
    error VARCHAR
);
COMMENT ON TABLE outbox.delivery IS 'Mỗi tin đã đi đến đâu / What became of each message';
COMMENT ON COLUMN outbox.delivery.message_id IS 'Tin / The message';
COMMENT ON COLUMN outbox.delivery.state IS 'waiting: chờ; sending: đang gửi, hoặc bị ngắt khi đang gửi; sent: đã gửi; withdrawn: rút lại; given-up: thôi gửi / Where it stands; sending, or broken off while it was being sent';
COMMENT ON COLUMN outbox.delivery.tries IS 'Số lần thử / Tries so far';
COMMENT ON COLUMN outbox.delivery.tried_at IS 'Lần thử gần nhất; trống nếu chưa / The last try, null before the first';
COMMENT ON COLUMN outbox.delivery.sent_at IS 'Khi máy chủ nhận; trống nếu chưa / When the server took it, null while it did not';
COMMENT ON COLUMN outbox.delivery.error IS 'Vì sao lần thử gần nhất không được, đã che mật khẩu; trống nếu được / Why the last try failed, secrets left out; null where it did not';
