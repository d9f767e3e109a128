-- What follows from a mistake ends with it: items end as corrected; of accepted files with warnings senders are told; and
-- which month a file stands for is said once. A table's CHECK cannot be altered: the tables are made anew. Items follow
-- from readings and acts, and are written again by the next night.

CREATE TEMP TABLE kept_item AS FROM followup.item;
DROP TABLE followup.item;
CREATE TABLE followup.item (
    item_id VARCHAR PRIMARY KEY,
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    matter VARCHAR NOT NULL,
    since VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    what_vi VARCHAR NOT NULL,
    what_en VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL CHECK (json_valid(evidence)),
    least BIGINT,
    most BIGINT,
    base BIGINT,
    opened_on DATE NOT NULL,
    due_on DATE,
    due_source_vi VARCHAR NOT NULL,
    due_source_en VARCHAR NOT NULL,
    is_internal_mark BOOLEAN NOT NULL,
    regulation VARCHAR,
    actor_vi VARCHAR NOT NULL,
    actor_en VARCHAR NOT NULL,
    priority VARCHAR NOT NULL CHECK (priority IN ('high', 'medium', 'low')),
    status VARCHAR NOT NULL CHECK (status IN ('open', 'assigned', 'done', 'verified', 'waived', 'carried')),
    assigned_to VARCHAR,
    assigned_on DATE,
    done_on DATE,
    closed_on DATE,
    resolution VARCHAR CHECK (resolution IN ('seen', 'figures', 'corrected', 'waived', 'carried')),
    gone_in VARCHAR,
    note VARCHAR,
    is_of_ended_unit BOOLEAN NOT NULL,
    carried_from VARCHAR[] NOT NULL,
    CHECK ((status IN ('verified', 'waived', 'carried')) = (closed_on IS NOT NULL)),
    CHECK ((status IN ('verified', 'waived', 'carried')) = (resolution IS NOT NULL))
);
COMMENT ON TABLE followup.item IS 'Mỗi việc cần theo dõi một dòng, theo đơn vị, không theo người / One row a matter to follow up, by unit, never by person';
COMMENT ON COLUMN followup.item.item_id IS 'Mã: đơn vị, loại việc, từ kỳ / Unit, kind, the period it was first seen in';
COMMENT ON COLUMN followup.item.unit_id IS 'Đơn vị báo cáo, trên lãnh thổ của nó / The unit that reports, on its territory';
COMMENT ON COLUMN followup.item.unit_code IS 'Mã đơn vị / The unit''s code';
COMMENT ON COLUMN followup.item.unit_name IS 'Tên đơn vị / The unit''s name';
COMMENT ON COLUMN followup.item.level IS 'province, district, commune: cấp / Level';
COMMENT ON COLUMN followup.item.kind IS 'Loại việc, xem transforms/followup/kinds.py / The kind of matter';
COMMENT ON COLUMN followup.item.matter IS 'Tháng hoặc cảnh báo; rỗng nếu là việc chung của đơn vị / The month or alert it is about, empty where it is about neither';
COMMENT ON COLUMN followup.item.since IS 'Từ kỳ / The period it was first seen in';
COMMENT ON COLUMN followup.item.period IS 'Kỳ gần nhất số liệu còn cho thấy / The last period whose figures showed it';
COMMENT ON COLUMN followup.item.what_vi IS 'Việc gì, số liệu nào / What, and the figures that show it, Vietnamese';
COMMENT ON COLUMN followup.item.what_en IS 'Việc gì, tiếng Anh / The same in English';
COMMENT ON COLUMN followup.item.evidence IS 'Số liệu, JSON; số nhỏ của xã để trống / The figures as JSON, small counts of communes null';
COMMENT ON COLUMN followup.item.least IS 'Số ít nhất; trống nếu không có hoặc quá nhỏ / The count, at the least; null where there is none or it is too small';
COMMENT ON COLUMN followup.item.most IS 'Số nhiều nhất, nếu chỉ biết một khoảng / The count, at the most, where only a range is known; null likewise';
COMMENT ON COLUMN followup.item.base IS 'Trong tổng số; trống nếu không có / Of how many, null where there is no base';
COMMENT ON COLUMN followup.item.opened_on IS 'Đêm mở / The night it opened';
COMMENT ON COLUMN followup.item.due_on IS 'Hạn; trống nếu không có / When it is due, null where it is not';
COMMENT ON COLUMN followup.item.due_source_vi IS 'Hạn theo đâu / What the due day rests on, Vietnamese';
COMMENT ON COLUMN followup.item.due_source_en IS 'Hạn theo đâu, tiếng Anh / The same in English';
COMMENT ON COLUMN followup.item.is_internal_mark IS 'Hạn chỉ là mốc theo dõi nội bộ / Whether the due day is an internal mark only';
COMMENT ON COLUMN followup.item.regulation IS 'Quy định có hiệu lực vào ngày đến hạn; trống nếu không liên quan / The regulation in force on the due day, null where none is concerned';
COMMENT ON COLUMN followup.item.actor_vi IS 'Ai nên làm / Who should act, Vietnamese';
COMMENT ON COLUMN followup.item.actor_en IS 'Ai nên làm, tiếng Anh / The same in English';
COMMENT ON COLUMN followup.item.priority IS 'high, medium, low: mức ưu tiên / Priority';
COMMENT ON COLUMN followup.item.status IS 'open: mở; assigned: đã giao; done: báo đã làm, chờ số liệu; verified: số liệu cho thấy đã xong; waived: bỏ qua có lý do; carried: chuyển tiếp sang đơn vị mới / Where it stands';
COMMENT ON COLUMN followup.item.assigned_to IS 'Giao cho ai; trống nếu chưa giao / To whom it was given, null if to nobody';
COMMENT ON COLUMN followup.item.assigned_on IS 'Ngày giao / When';
COMMENT ON COLUMN followup.item.done_on IS 'Ngày báo đã làm; trống nếu chưa hoặc số liệu cho thấy chưa xong / When it was marked done, null if not or if the figures said otherwise';
COMMENT ON COLUMN followup.item.closed_on IS 'Ngày đóng; trống khi còn mở / When it ended, null while it lasts';
COMMENT ON COLUMN followup.item.resolution IS 'seen: báo đã làm và số liệu xác nhận; figures: số liệu cho thấy đã xong; corrected: số liệu đã sửa hoặc rút; waived; carried / How it ended, null while it lasts';
COMMENT ON COLUMN followup.item.gone_in IS 'Kỳ của số liệu cho thấy đã xong; trống nếu không phải vậy / The period whose figures showed it to be over, null unless verified';
COMMENT ON COLUMN followup.item.note IS 'Ghi chú hoặc lý do gần nhất / The last note or reason';
COMMENT ON COLUMN followup.item.is_of_ended_unit IS 'Đơn vị không còn: việc chuyển tiếp hoặc giữ dưới tên cũ / The unit is no more: the item was carried on, or stays under the old name';
COMMENT ON COLUMN followup.item.carried_from IS 'Tiếp theo việc nào của đơn vị cũ / The items of former units it goes on from';
INSERT INTO followup.item BY NAME FROM kept_item;
DROP TABLE kept_item;

CREATE TEMP TABLE kept_event AS FROM outbox.event;
DROP TABLE outbox.event;
CREATE TABLE outbox.event (
    event_id VARCHAR PRIMARY KEY,
    night DATE NOT NULL,
    topic VARCHAR NOT NULL CHECK (topic IN ('alerts', 'reports', 'rejected', 'summary', 'failure')),
    kind VARCHAR NOT NULL CHECK (kind IN ('opened', 'worsened', 'reopened', 'resolved', 'reminder', 'overdue', 'rejected',
        'accepted', 'night', 'failure')),
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
COMMENT ON COLUMN outbox.event.kind IS 'opened, worsened, reopened, resolved: cảnh báo; reminder, overdue: báo cáo; rejected: tệp bị trả lại; accepted: tệp được nhận, có điều cần xem lại; night, failure: đêm / What happened';
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

-- The month a file stands for: the one that was read; of a rejected file without one, or with an impossible one, the
-- month that was due from its sender on the day it came: the last that had ended.
CREATE VIEW derived.file_month AS
WITH file AS (
    SELECT submission_id, reporter_code, period, received_on, outcome = 'accepted' OR period IS NOT NULL AND NOT EXISTS (
        FROM ledger.problem AS p WHERE p.submission_id = s.submission_id AND p.code = 'period-invalid') AS is_month_read
    FROM ledger.submission AS s WHERE outcome IN ('accepted', 'rejected')
)
SELECT f.submission_id, f.reporter_code, CASE WHEN f.is_month_read THEN f.period ELSE d.period END AS period,
    f.is_month_read
FROM file AS f LEFT JOIN derived.due AS d ON NOT f.is_month_read AND d.reporter_code = f.reporter_code
    AND d.period_end = date_trunc('month', f.received_on)::DATE - 1;
COMMENT ON VIEW derived.file_month IS 'Tệp tính cho tháng nào / The month each file stands for';
COMMENT ON COLUMN derived.file_month.submission_id IS 'Số của tệp / The submission';
COMMENT ON COLUMN derived.file_month.reporter_code IS 'Đơn vị gửi / The reporter';
COMMENT ON COLUMN derived.file_month.period IS 'Kỳ; trống nếu không kỳ nào đến hạn / The period, null where none was due';
COMMENT ON COLUMN derived.file_month.is_month_read IS 'Đọc được trong tệp / Whether it was read in the file';

COMMENT ON COLUMN alerts.judged.ended IS 'Số phiên bản bị thay, số tệp bị rút trong đêm / Versions replaced and files taken back in it';
COMMENT ON COLUMN followup.night.ended IS 'Số phiên bản bị thay, số tệp bị rút trong đêm / Versions replaced and files taken back in it';
