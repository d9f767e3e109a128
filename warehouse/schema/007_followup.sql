-- The follow-up: what is to be done, by unit, never by person. The board's own: nothing of this is published but counts
-- of items. Readings and acts are kept; items and events are made again from them.

CREATE SCHEMA followup;

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
    resolution VARCHAR CHECK (resolution IN ('seen', 'figures', 'waived', 'carried')),
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
COMMENT ON COLUMN followup.item.resolution IS 'seen: báo đã làm và số liệu xác nhận; figures: số liệu cho thấy đã xong; waived; carried / How it ended, null while it lasts';
COMMENT ON COLUMN followup.item.gone_in IS 'Kỳ của số liệu cho thấy đã xong; trống nếu không phải vậy / The period whose figures showed it to be over, null unless verified';
COMMENT ON COLUMN followup.item.note IS 'Ghi chú hoặc lý do gần nhất / The last note or reason';
COMMENT ON COLUMN followup.item.is_of_ended_unit IS 'Đơn vị không còn: việc chuyển tiếp hoặc giữ dưới tên cũ / The unit is no more: the item was carried on, or stays under the old name';
COMMENT ON COLUMN followup.item.carried_from IS 'Tiếp theo việc nào của đơn vị cũ / The items of former units it goes on from';

CREATE TABLE followup.event (
    event_no BIGINT PRIMARY KEY,
    item_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    event VARCHAR NOT NULL CHECK (event IN
        ('opened', 'updated', 'assigned', 'done', 'reopened', 'verified', 'waived', 'carried')),
    status VARCHAR NOT NULL,
    period VARCHAR,
    least BIGINT,
    most BIGINT,
    resolution VARCHAR,
    who VARCHAR,
    note VARCHAR,
    happened_at VARCHAR,
    act_id BIGINT
);
COMMENT ON TABLE followup.event IS 'Điều xảy ra với từng việc, theo thứ tự / What happened to each item, in order';
COMMENT ON COLUMN followup.event.event_no IS 'Số thứ tự; có thể đổi khi một đêm cũ được nhận thêm / Its number; may change when an earlier night is taken in later';
COMMENT ON COLUMN followup.event.item_id IS 'Việc / The item';
COMMENT ON COLUMN followup.event.night IS 'Đêm hoặc ngày / The night, or the day a person did it';
COMMENT ON COLUMN followup.event.event IS 'opened, updated, assigned, done, reopened, verified, waived, carried / What happened';
COMMENT ON COLUMN followup.event.status IS 'Trạng thái sau đó / Where it stood then';
COMMENT ON COLUMN followup.event.period IS 'Kỳ của số liệu; trống nếu do người làm / Period of the figures, null where a person did it';
COMMENT ON COLUMN followup.event.least IS 'Số ít nhất khi đó / The count then, at the least, null as in item';
COMMENT ON COLUMN followup.event.most IS 'Số nhiều nhất khi đó / The count then, at the most, null as in item';
COMMENT ON COLUMN followup.event.resolution IS 'Cách đóng; trống nếu chưa đóng / How it ended, null for other events';
COMMENT ON COLUMN followup.event.who IS 'Ai; trống nếu do máy / Who, null where the night did';
COMMENT ON COLUMN followup.event.note IS 'Ghi chú, lý do, hoặc giao cho ai / Note, reason, or to whom it was given';
COMMENT ON COLUMN followup.event.happened_at IS 'Thời điểm người dùng làm; trống nếu do máy / When a person did it, null where the night did';
COMMENT ON COLUMN followup.event.act_id IS 'Việc trong followup.act; trống nếu do máy / The act it came of, null where the night did';

CREATE TABLE followup.reading (
    night DATE NOT NULL,
    unit_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    matter VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    seen_on DATE NOT NULL,
    stands BOOLEAN NOT NULL,
    least BIGINT,
    most BIGINT,
    base BIGINT,
    due_on DATE,
    evidence VARCHAR NOT NULL
);
COMMENT ON TABLE followup.reading IS 'Số liệu nói gì về từng việc, mỗi lần đổi một dòng / What the figures say of each matter, one row each time it changed';
COMMENT ON COLUMN followup.reading.night IS 'Từ đêm / From this night on';
COMMENT ON COLUMN followup.reading.unit_id IS 'Đơn vị / The unit';
COMMENT ON COLUMN followup.reading.kind IS 'Loại việc / The kind of matter';
COMMENT ON COLUMN followup.reading.matter IS 'Rỗng nếu là việc chung của đơn vị / Empty where it is about no month of its own';
COMMENT ON COLUMN followup.reading.period IS 'Kỳ của số liệu / The figures'' period';
COMMENT ON COLUMN followup.reading.seen_on IS 'Đêm có số liệu đó / The night they came';
COMMENT ON COLUMN followup.reading.stands IS 'Có việc phải theo dõi / Whether there is something to follow up';
COMMENT ON COLUMN followup.reading.least IS 'Số ít nhất / The count, at the least';
COMMENT ON COLUMN followup.reading.most IS 'Số nhiều nhất; trống nếu không có / The count, at the most, null where there is none';
COMMENT ON COLUMN followup.reading.base IS 'Trong tổng số / Of how many';
COMMENT ON COLUMN followup.reading.due_on IS 'Hạn riêng; trống nếu theo loại việc / A due day of its own, null where the kind has it';
COMMENT ON COLUMN followup.reading.evidence IS 'Số liệu, JSON / The figures as JSON';

CREATE TABLE followup.act (
    act_id BIGINT PRIMARY KEY,
    night DATE NOT NULL,
    after_night DATE,
    happened_at VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    action VARCHAR NOT NULL CHECK (action IN ('followup-assign', 'followup-done', 'followup-waive')),
    item_id VARCHAR NOT NULL,
    given_to VARCHAR,
    note VARCHAR,
    is_done BOOLEAN NOT NULL
);
COMMENT ON TABLE followup.act IS 'Việc người dùng làm với từng việc theo dõi / What people did to items';
COMMENT ON COLUMN followup.act.act_id IS 'Số trong sổ việc, như ledger.folded.event_id / Its number on the board, as in ledger.folded.event_id';
COMMENT ON COLUMN followup.act.night IS 'Ngày thực hiện / The day it was carried out';
COMMENT ON COLUMN followup.act.after_night IS 'Đêm cuối trước đó; trống nếu chưa có / The last night before it, null if none';
COMMENT ON COLUMN followup.act.happened_at IS 'Thời điểm, ISO 8601 / When, as ISO 8601';
COMMENT ON COLUMN followup.act.who IS 'Ai / Who';
COMMENT ON COLUMN followup.act.action IS 'Việc gì / What';
COMMENT ON COLUMN followup.act.item_id IS 'Với việc nào / To which item';
COMMENT ON COLUMN followup.act.given_to IS 'Giao cho ai; trống nếu không phải giao / To whom, null where nothing was given';
COMMENT ON COLUMN followup.act.note IS 'Ghi chú hoặc lý do / Note or reason';
COMMENT ON COLUMN followup.act.is_done IS 'Đã có hiệu lực; không nếu việc không còn hoặc đã đóng / Whether it had an effect; not where the item is not there or is over';

CREATE TABLE followup.night (
    night DATE PRIMARY KEY,
    versions BIGINT NOT NULL,
    ended BIGINT NOT NULL
);
COMMENT ON TABLE followup.night IS 'Những đêm đã đọc số liệu, và khi đó biết những gì / The nights read, and what each knew';
COMMENT ON COLUMN followup.night.night IS 'Đêm / The night';
COMMENT ON COLUMN followup.night.versions IS 'Số phiên bản được ghi trong đêm / Versions recorded in it';
COMMENT ON COLUMN followup.night.ended IS 'Số phiên bản bị thay trong đêm / Versions replaced in it';
