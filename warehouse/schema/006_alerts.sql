-- Alerts: what each night judged, what people were told of it, and what they did. The board's own: nothing of this is
-- published. Findings, detectability and acts are kept; alerts, their parts and events are made again from them.

CREATE SCHEMA alerts;

CREATE TABLE alerts.alert (
    alert_id VARCHAR PRIMARY KEY,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    direction VARCHAR,
    kind VARCHAR NOT NULL CHECK (kind IN ('change', 'shift', 'silence', 'late', 'restated', 'implausible')),
    scope VARCHAR NOT NULL CHECK (scope IN ('unit', 'province')),
    severity VARCHAR NOT NULL CHECK (severity IN ('high', 'medium', 'low')),
    status VARCHAR NOT NULL CHECK (status IN ('opened', 'acknowledged', 'resolved')),
    first_period VARCHAR NOT NULL,
    last_period VARCHAR NOT NULL,
    opened_on DATE NOT NULL,
    resolved_on DATE,
    resolution VARCHAR,
    observed DOUBLE,
    expected DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    p_value DOUBLE,
    q_value DOUBLE,
    text_vi VARCHAR NOT NULL,
    text_en VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    unit_name VARCHAR NOT NULL,
    family VARCHAR NOT NULL,
    reopened_on DATE,
    acknowledged_on DATE,
    silenced_until DATE,
    is_silenced_until_resolved BOOLEAN NOT NULL,
    closed_on DATE,
    verdict VARCHAR CHECK (verdict IN ('true', 'data-error', 'expected')),
    note VARCHAR,
    CHECK ((status = 'resolved') = (resolved_on IS NOT NULL)),
    CHECK ((status = 'resolved') = (resolution IS NOT NULL))
);
COMMENT ON TABLE alerts.alert IS 'Mỗi cảnh báo một dòng, dù kéo dài bao nhiêu đêm / One row an alert, however many nights it lasts';
COMMENT ON COLUMN alerts.alert.alert_id IS 'Mã: đơn vị, nhóm chỉ số, hướng hoặc loại, tháng đầu / Unit, family, direction or kind, first month';
COMMENT ON COLUMN alerts.alert.unit_code IS 'Mã đơn vị / The unit''s code';
COMMENT ON COLUMN alerts.alert.level IS 'province, district, commune: cấp / Level';
COMMENT ON COLUMN alerts.alert.indicator IS 'Chỉ tiêu rõ nhất / The indicator that shows most';
COMMENT ON COLUMN alerts.alert.direction IS 'up: tăng; down: giảm; trống nếu không có hướng / Rise or fall, null where there is none';
COMMENT ON COLUMN alerts.alert.kind IS 'change: thay đổi trong tháng; shift: lệch kéo dài; silence: im lặng; late: trễ báo cáo; restated: sửa số cũ; implausible: số đáng ngờ / What kind of surprise';
COMMENT ON COLUMN alerts.alert.scope IS 'unit: riêng đơn vị; province: chung toàn tỉnh / The unit''s own, or the province''s';
COMMENT ON COLUMN alerts.alert.severity IS 'high, medium, low: mức, theo độ lớn và độ chắc chắn / From the effect and the evidence';
COMMENT ON COLUMN alerts.alert.status IS 'opened: mới; acknowledged: đã tiếp nhận; resolved: đã xong / Where it stands';
COMMENT ON COLUMN alerts.alert.first_period IS 'Tháng đầu có dấu hiệu / The first month concerned';
COMMENT ON COLUMN alerts.alert.last_period IS 'Tháng gần nhất còn dấu hiệu / The last month with a signal';
COMMENT ON COLUMN alerts.alert.opened_on IS 'Đêm mở / The night it opened';
COMMENT ON COLUMN alerts.alert.resolved_on IS 'Đêm xong; trống khi còn mở / The night it was resolved, null while it stands';
COMMENT ON COLUMN alerts.alert.resolution IS 'returned: trở lại mức thường; corrected: số liệu đã sửa; new-level: mức mới; reported: đã báo cáo; passed: đã qua kỳ sau; closed: Ban đóng; unit-ended: đơn vị không còn / How it was resolved, null while it stands';
COMMENT ON COLUMN alerts.alert.observed IS 'Số thấy / What was counted';
COMMENT ON COLUMN alerts.alert.expected IS 'Mức thường thấy / What was expected';
COMMENT ON COLUMN alerts.alert.lower IS 'Cận dưới của mức thường; trống nếu không có / Below it is out of the ordinary, null without such a bound';
COMMENT ON COLUMN alerts.alert.upper IS 'Cận trên của mức thường; trống nếu không có / Above it is out of the ordinary, null without such a bound';
COMMENT ON COLUMN alerts.alert.p_value IS 'Xác suất gặp tình cờ của lần xét này; trống nếu không phải kiểm định / p-value of the test, null where nothing was tested';
COMMENT ON COLUMN alerts.alert.q_value IS 'Tỷ lệ báo nhầm ước tính trong đêm / False discovery rate within the night, null likewise';
COMMENT ON COLUMN alerts.alert.text_vi IS 'Ba câu giải thích / Explained in three sentences, Vietnamese';
COMMENT ON COLUMN alerts.alert.text_en IS 'Ba câu giải thích, tiếng Anh / Explained in three sentences, English';
COMMENT ON COLUMN alerts.alert.unit_id IS 'Đơn vị trên lãnh thổ của nó / The unit on its territory: code and the day that began';
COMMENT ON COLUMN alerts.alert.unit_name IS 'Tên đơn vị / The unit''s name';
COMMENT ON COLUMN alerts.alert.family IS 'requests, away, contact, activity, members, reporting: nhóm chỉ số / What moves together';
COMMENT ON COLUMN alerts.alert.reopened_on IS 'Đêm mở lại gần nhất / The night it was last reopened, null if never';
COMMENT ON COLUMN alerts.alert.acknowledged_on IS 'Ngày được tiếp nhận / When a person took note, null if nobody did';
COMMENT ON COLUMN alerts.alert.silenced_until IS 'Không nhắc đến hết ngày này / Not told up to and with this day, null where not silenced so';
COMMENT ON COLUMN alerts.alert.is_silenced_until_resolved IS 'Không nhắc cho đến khi xong / Not told until it is resolved';
COMMENT ON COLUMN alerts.alert.closed_on IS 'Ngày Ban kết luận / When the board gave its verdict, null if it did not';
COMMENT ON COLUMN alerts.alert.verdict IS 'true: đúng; data-error: sai số liệu; expected: đã biết trước / The board''s verdict, null without one';
COMMENT ON COLUMN alerts.alert.note IS 'Ghi chú gần nhất của Ban / The board''s last note';

CREATE TABLE alerts.part (
    alert_id VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    direction VARCHAR,
    first_period VARCHAR NOT NULL,
    last_period VARCHAR NOT NULL,
    observed DOUBLE,
    expected DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    p_value DOUBLE,
    q_value DOUBLE,
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    unit_name VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    is_active BOOLEAN NOT NULL,
    note VARCHAR
);
COMMENT ON TABLE alerts.part IS 'Các phần của cảnh báo: chỉ tiêu và loại, của huyện và của xã trong huyện / The parts of an alert: indicators and kinds, of the unit and of its communes';
COMMENT ON COLUMN alerts.part.alert_id IS 'Cảnh báo / The alert';
COMMENT ON COLUMN alerts.part.indicator IS 'Chỉ tiêu / Indicator';
COMMENT ON COLUMN alerts.part.kind IS 'Loại / Kind of surprise';
COMMENT ON COLUMN alerts.part.direction IS 'Tăng, giảm; trống nếu không có hướng / Rise or fall, null where there is none';
COMMENT ON COLUMN alerts.part.first_period IS 'Tháng đầu / First month';
COMMENT ON COLUMN alerts.part.last_period IS 'Tháng gần nhất có dấu hiệu / Last month with a signal';
COMMENT ON COLUMN alerts.part.observed IS 'Số thấy ở tháng gần nhất / What was counted, at the last month';
COMMENT ON COLUMN alerts.part.expected IS 'Mức thường thấy / What was expected';
COMMENT ON COLUMN alerts.part.lower IS 'Cận dưới; trống nếu không có / Lower bound, null without one';
COMMENT ON COLUMN alerts.part.upper IS 'Cận trên; trống nếu không có / Upper bound, null without one';
COMMENT ON COLUMN alerts.part.p_value IS 'Giá trị p; trống nếu không kiểm định / p-value, null where nothing was tested';
COMMENT ON COLUMN alerts.part.q_value IS 'Tỷ lệ báo nhầm ước tính / False discovery rate, null likewise';
COMMENT ON COLUMN alerts.part.unit_id IS 'Đơn vị / The unit';
COMMENT ON COLUMN alerts.part.unit_code IS 'Mã đơn vị / The unit''s code';
COMMENT ON COLUMN alerts.part.unit_name IS 'Tên đơn vị / The unit''s name';
COMMENT ON COLUMN alerts.part.level IS 'Cấp / Level';
COMMENT ON COLUMN alerts.part.severity IS 'Mức / Severity';
COMMENT ON COLUMN alerts.part.is_active IS 'Còn dấu hiệu / Whether it still signals';
COMMENT ON COLUMN alerts.part.note IS 'Ghi chú của máy phát hiện / What the detector says of it, null if nothing';

CREATE TABLE alerts.event (
    event_no BIGINT PRIMARY KEY,
    alert_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    happened_at VARCHAR,
    event VARCHAR NOT NULL CHECK
        (event IN ('opened', 'worsened', 'acknowledged', 'silenced', 'resolved', 'reopened', 'closed')),
    who VARCHAR,
    note VARCHAR,
    verdict VARCHAR,
    until DATE,
    severity VARCHAR,
    resolution VARCHAR,
    act_id BIGINT
);
COMMENT ON TABLE alerts.event IS 'Điều xảy ra với từng cảnh báo, theo thứ tự / What happened to each alert, in order';
COMMENT ON COLUMN alerts.event.event_no IS 'Số thứ tự; có thể đổi khi một đêm cũ được nhận thêm / Its number; may change when an earlier night is taken in later';
COMMENT ON COLUMN alerts.event.alert_id IS 'Cảnh báo / The alert';
COMMENT ON COLUMN alerts.event.night IS 'Đêm hoặc ngày / The night, or the day a person did it';
COMMENT ON COLUMN alerts.event.happened_at IS 'Thời điểm người dùng làm; trống nếu do máy / When a person did it, null where the night did';
COMMENT ON COLUMN alerts.event.event IS 'opened, worsened, acknowledged, silenced, resolved, reopened, closed / What happened';
COMMENT ON COLUMN alerts.event.who IS 'Ai; trống nếu do máy / Who, null where the night did';
COMMENT ON COLUMN alerts.event.note IS 'Ghi chú / Note, null without one';
COMMENT ON COLUMN alerts.event.verdict IS 'Kết luận, khi đóng / The verdict of a closing, else null';
COMMENT ON COLUMN alerts.event.until IS 'Không nhắc đến ngày; trống: đến khi xong / Silenced up to this day; null: until resolved, or no silencing';
COMMENT ON COLUMN alerts.event.severity IS 'Mức khi đó / The severity then';
COMMENT ON COLUMN alerts.event.resolution IS 'Cách xong / How it was resolved, null for other events';
COMMENT ON COLUMN alerts.event.act_id IS 'Việc trong alerts.act; trống nếu do máy / The act it came of, null where the night did';

CREATE TABLE alerts.act (
    act_id BIGINT PRIMARY KEY,
    night DATE NOT NULL,
    after_night DATE,
    happened_at VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    action VARCHAR NOT NULL CHECK (action IN ('alert-ack', 'alert-silence', 'alert-close')),
    alert_id VARCHAR NOT NULL,
    until DATE,
    verdict VARCHAR,
    note VARCHAR,
    is_done BOOLEAN NOT NULL
);
COMMENT ON TABLE alerts.act IS 'Việc người dùng làm với cảnh báo / What people did to alerts';
COMMENT ON COLUMN alerts.act.act_id IS 'Số trong sổ việc, như ledger.folded.event_id / Its number on the board, as in ledger.folded.event_id';
COMMENT ON COLUMN alerts.act.night IS 'Ngày thực hiện / The day it was carried out';
COMMENT ON COLUMN alerts.act.after_night IS 'Đêm cuối đã xét trước đó; trống nếu chưa có / The last night judged before it, null if none';
COMMENT ON COLUMN alerts.act.happened_at IS 'Thời điểm, ISO 8601 / When, as ISO 8601';
COMMENT ON COLUMN alerts.act.who IS 'Ai / Who';
COMMENT ON COLUMN alerts.act.action IS 'Việc gì / What';
COMMENT ON COLUMN alerts.act.alert_id IS 'Với cảnh báo nào / To which alert';
COMMENT ON COLUMN alerts.act.until IS 'Không nhắc đến hết ngày; trống: đến khi xong / Silence up to this day, null: until resolved, or no silencing';
COMMENT ON COLUMN alerts.act.verdict IS 'Kết luận / The verdict, null where not closed';
COMMENT ON COLUMN alerts.act.note IS 'Ghi chú / Note';
COMMENT ON COLUMN alerts.act.is_done IS 'Đã có hiệu lực; không nếu cảnh báo không còn hoặc đã xong / Whether it had an effect; not where the alert is not there or was resolved';

CREATE TABLE alerts.finding (
    night DATE NOT NULL,
    unit_id VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    family VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    direction VARCHAR,
    period VARCHAR NOT NULL,
    first_period VARCHAR NOT NULL,
    observed DOUBLE,
    expected DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    p_value DOUBLE,
    q_value DOUBLE,
    is_signal BOOLEAN NOT NULL,
    is_rejudged BOOLEAN NOT NULL,
    note VARCHAR
);
COMMENT ON TABLE alerts.finding IS 'Mọi điều các đêm đã xét, có dấu hiệu hay không / Everything the nights judged, whether it signals or not';
COMMENT ON COLUMN alerts.finding.night IS 'Đêm xét / The night';
COMMENT ON COLUMN alerts.finding.unit_id IS 'Đơn vị / The unit';
COMMENT ON COLUMN alerts.finding.level IS 'Cấp / Level';
COMMENT ON COLUMN alerts.finding.scope IS 'unit: riêng đơn vị; province: toàn tỉnh / The unit''s own, or the province''s';
COMMENT ON COLUMN alerts.finding.family IS 'Nhóm chỉ số / What moves together';
COMMENT ON COLUMN alerts.finding.indicator IS 'Chỉ tiêu / Indicator';
COMMENT ON COLUMN alerts.finding.kind IS 'Loại / Kind of surprise looked for';
COMMENT ON COLUMN alerts.finding.direction IS 'up, down; trống nếu không có hướng / Rise or fall, null where there is none';
COMMENT ON COLUMN alerts.finding.period IS 'Tháng xét / The newest month judged';
COMMENT ON COLUMN alerts.finding.first_period IS 'Tháng đầu của khoảng xét / First month of the run judged';
COMMENT ON COLUMN alerts.finding.observed IS 'Số thấy; trống nếu không có / What was counted, null where nothing was';
COMMENT ON COLUMN alerts.finding.expected IS 'Mức thường thấy / What was expected';
COMMENT ON COLUMN alerts.finding.lower IS 'Cận dưới; trống nếu không có / Lower bound, null without one';
COMMENT ON COLUMN alerts.finding.upper IS 'Cận trên; trống nếu không có / Upper bound, null without one';
COMMENT ON COLUMN alerts.finding.p_value IS 'Giá trị p / p-value, null where nothing was tested';
COMMENT ON COLUMN alerts.finding.q_value IS 'Tỷ lệ báo nhầm ước tính / False discovery rate, null likewise';
COMMENT ON COLUMN alerts.finding.is_signal IS 'Có dấu hiệu / Whether it signals';
COMMENT ON COLUMN alerts.finding.is_rejudged IS 'Đã xét ở đêm trước, nay xét lại / Judged on an earlier night too: a correction, or a late report';
COMMENT ON COLUMN alerts.finding.note IS 'Ghi chú của máy phát hiện / What the detector says of it, null if nothing';

CREATE VIEW alerts.anomaly AS
SELECT unit_id, split_part(unit_id, '@', 1) AS unit_code, level, scope, family, indicator, kind, period, direction, first_period, observed, expected, lower,
    upper, p_value, q_value, is_signal, is_rejudged, note, night AS judged_on
FROM alerts.finding
QUALIFY row_number() OVER (PARTITION BY unit_id, scope, indicator, kind, period 
    ORDER BY night DESC, is_signal, note) = 1;
COMMENT ON VIEW alerts.anomaly IS 'Mỗi đơn vị, chỉ tiêu, loại và tháng một dòng, như xét lần cuối / One row a unit, indicator, kind and month, as last judged';
COMMENT ON COLUMN alerts.anomaly.unit_id IS 'Đơn vị / The unit';
COMMENT ON COLUMN alerts.anomaly.unit_code IS 'Mã đơn vị / The unit''s code';
COMMENT ON COLUMN alerts.anomaly.level IS 'Cấp / Level';
COMMENT ON COLUMN alerts.anomaly.scope IS 'unit: riêng đơn vị; province: toàn tỉnh / The unit''s own, or the province''s';
COMMENT ON COLUMN alerts.anomaly.family IS 'Nhóm chỉ số / What moves together';
COMMENT ON COLUMN alerts.anomaly.indicator IS 'Chỉ tiêu / Indicator';
COMMENT ON COLUMN alerts.anomaly.kind IS 'Loại / Kind of surprise looked for';
COMMENT ON COLUMN alerts.anomaly.period IS 'Tháng / Month';
COMMENT ON COLUMN alerts.anomaly.direction IS 'up, down; trống nếu không có hướng / Rise or fall, null where there is none';
COMMENT ON COLUMN alerts.anomaly.first_period IS 'Tháng đầu của khoảng xét / First month of the run judged';
COMMENT ON COLUMN alerts.anomaly.observed IS 'Số thấy / What was counted, null where nothing was';
COMMENT ON COLUMN alerts.anomaly.expected IS 'Mức thường thấy / What was expected';
COMMENT ON COLUMN alerts.anomaly.lower IS 'Cận dưới; trống nếu không có / Lower bound, null without one';
COMMENT ON COLUMN alerts.anomaly.upper IS 'Cận trên; trống nếu không có / Upper bound, null without one';
COMMENT ON COLUMN alerts.anomaly.p_value IS 'Giá trị p / p-value, null where nothing was tested';
COMMENT ON COLUMN alerts.anomaly.q_value IS 'Tỷ lệ báo nhầm ước tính / False discovery rate, null likewise';
COMMENT ON COLUMN alerts.anomaly.is_signal IS 'Có dấu hiệu / Whether it signals';
COMMENT ON COLUMN alerts.anomaly.is_rejudged IS 'Đã xét lại / Judged more than once';
COMMENT ON COLUMN alerts.anomaly.note IS 'Ghi chú của máy phát hiện / What the detector says of it, null if nothing';
COMMENT ON COLUMN alerts.anomaly.judged_on IS 'Đêm xét lần cuối / The night it was last judged';

CREATE TABLE alerts.detectability (
    unit_id VARCHAR NOT NULL,
    unit_code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    expected DOUBLE,
    expected_run DOUBLE,
    rise DOUBLE,
    fall DOUBLE,
    rise_run DOUBLE,
    fall_run DOUBLE
);
COMMENT ON TABLE alerts.detectability IS 'Mỗi chuỗi một dòng: thay đổi nhỏ nhất có thể thấy / One row a series: the least change that would be seen';
COMMENT ON COLUMN alerts.detectability.unit_id IS 'Đơn vị / The unit';
COMMENT ON COLUMN alerts.detectability.unit_code IS 'Mã đơn vị / The unit''s code';
COMMENT ON COLUMN alerts.detectability.level IS 'Cấp / Level';
COMMENT ON COLUMN alerts.detectability.indicator IS 'Chỉ tiêu / Indicator';
COMMENT ON COLUMN alerts.detectability.period IS 'Tính cho tháng / The month it is said for';
COMMENT ON COLUMN alerts.detectability.expected IS 'Mức thường thấy trong tháng / What is expected in the month';
COMMENT ON COLUMN alerts.detectability.expected_run IS 'Mức thường thấy trong nhiều tháng / What is expected over several months';
COMMENT ON COLUMN alerts.detectability.rise IS 'Gấp mấy lần thì thấy trong một tháng; trống nếu không thể / Factor of a rise seen in one month, null where none would be';
COMMENT ON COLUMN alerts.detectability.fall IS 'Giảm còn mấy phần thì thấy trong một tháng / Factor of a fall seen in one month, null likewise';
COMMENT ON COLUMN alerts.detectability.rise_run IS 'Gấp mấy lần thì thấy sau nhiều tháng / Factor of a rise seen over several months, null likewise';
COMMENT ON COLUMN alerts.detectability.fall_run IS 'Giảm còn mấy phần thì thấy sau nhiều tháng / Factor of a fall seen over several months, null likewise';

CREATE TABLE alerts.night (
    night DATE PRIMARY KEY
);
COMMENT ON TABLE alerts.night IS 'Những đêm đã xét / The nights judged';
COMMENT ON COLUMN alerts.night.night IS 'Đêm / The night';

CREATE VIEW alerts.precision AS
SELECT kind, family, count(*) AS closed, count_if(verdict = 'true') AS found_true, count_if(verdict = 'data-error')
    AS data_error, count_if(verdict = 'expected') AS expected
FROM alerts.alert WHERE verdict IS NOT NULL GROUP BY ALL;
COMMENT ON VIEW alerts.precision IS 'Kết luận của Ban theo loại và nhóm chỉ số / The board''s verdicts by kind and family';
COMMENT ON COLUMN alerts.precision.kind IS 'Loại / Kind of surprise';
COMMENT ON COLUMN alerts.precision.family IS 'Nhóm chỉ số / What moves together';
COMMENT ON COLUMN alerts.precision.closed IS 'Số cảnh báo có kết luận / Alerts with a verdict';
COMMENT ON COLUMN alerts.precision.found_true IS 'Đúng / True';
COMMENT ON COLUMN alerts.precision.data_error IS 'Sai số liệu / Wrong figures';
COMMENT ON COLUMN alerts.precision.expected IS 'Đã biết trước / Known beforehand';

-- What each night knew when it was judged: where that differs from the ledger, the night and those after it are judged
-- again, since an older night was taken in late.
CREATE TABLE alerts.judged (
    night DATE PRIMARY KEY,
    versions BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    submissions BIGINT NOT NULL
);
COMMENT ON TABLE alerts.judged IS 'Mỗi đêm biết những gì khi được xét / What each night knew when it was judged';
COMMENT ON COLUMN alerts.judged.night IS 'Đêm / The night';
COMMENT ON COLUMN alerts.judged.versions IS 'Số phiên bản được ghi trong đêm / Versions recorded in it';
COMMENT ON COLUMN alerts.judged.ended IS 'Số phiên bản bị thay trong đêm / Versions replaced in it';
COMMENT ON COLUMN alerts.judged.submissions IS 'Số tệp tiếp nhận trong đêm / Submissions taken in it';
