-- What came in, what was found in it, which figures it gave, and which nights there were.

CREATE SCHEMA IF NOT EXISTS ledger;

CREATE TABLE ledger.submission (
    submission_id BIGINT PRIMARY KEY,
    reporter_code VARCHAR NOT NULL,
    reporter_level VARCHAR,
    period VARCHAR,
    received_on DATE NOT NULL,
    received_at TIMESTAMP NOT NULL,
    recorded_at DATE NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR,
    size BIGINT,
    encoding VARCHAR,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'duplicate')),
    notes VARCHAR,
    again_of BIGINT,
    waived_on DATE,
    waived_by VARCHAR,
    waived_reason VARCHAR,
    retracted_on DATE,
    retracted_by VARCHAR,
    retracted_reason VARCHAR
);
COMMENT ON TABLE ledger.submission IS 'Mỗi tệp đã nhận một dòng / One row a file as received';
COMMENT ON COLUMN ledger.submission.submission_id IS 'Số thứ tự của tệp, không dùng lại / The submission''s number, never used again';
COMMENT ON COLUMN ledger.submission.reporter_code IS 'Tên thư mục gửi, kể cả khi không phải đơn vị báo cáo / The folder''s name, also where it is no reporter';
COMMENT ON COLUMN ledger.submission.reporter_level IS 'Cấp báo cáo của kỳ; trống nếu không rõ / The level that reports in the period, null if not known';
COMMENT ON COLUMN ledger.submission.period IS 'Kỳ báo cáo YYYY-MM; trống nếu không đọc được / The month reported, null if it could not be read';
COMMENT ON COLUMN ledger.submission.received_on IS 'Ngày tệp đến / The day the file arrived';
COMMENT ON COLUMN ledger.submission.received_at IS 'Thời điểm tệp đến, giờ địa phương / When it arrived, local time';
COMMENT ON COLUMN ledger.submission.recorded_at IS 'Đêm tiếp nhận / The night it was taken in';
COMMENT ON COLUMN ledger.submission.file_name IS 'Tên tệp như đã gửi / The file''s name as sent';
COMMENT ON COLUMN ledger.submission.sha256 IS 'Mã băm nội dung; trống nếu không có nội dung / Hash of the bytes, null where there are none';
COMMENT ON COLUMN ledger.submission.size IS 'Kích thước, byte / Size in bytes';
COMMENT ON COLUMN ledger.submission.encoding IS 'Bảng mã hoặc định dạng đã nhận ra / The encoding or format found';
COMMENT ON COLUMN ledger.submission.outcome IS 'accepted: đã nhận; rejected: trả lại; duplicate: trùng / Accepted, rejected or a duplicate of what stands';
COMMENT ON COLUMN ledger.submission.notes IS 'Ghi chú khi đọc / Notes of the reading';
COMMENT ON COLUMN ledger.submission.again_of IS 'Tệp bị trả lại trước đó được xét lại / The rejected submission whose bytes were judged again';
COMMENT ON COLUMN ledger.submission.waived_on IS 'Đêm được chấp nhận dù còn lỗi; trống nếu không / The night it was let in in spite of its errors, null if it was not';
COMMENT ON COLUMN ledger.submission.waived_by IS 'Người chấp nhận / Who let it in';
COMMENT ON COLUMN ledger.submission.waived_reason IS 'Lý do chấp nhận / Why';
COMMENT ON COLUMN ledger.submission.retracted_on IS 'Đêm rút lại; trống nếu không / The night it was taken back, null if it was not';
COMMENT ON COLUMN ledger.submission.retracted_by IS 'Người rút lại / Who took it back';
COMMENT ON COLUMN ledger.submission.retracted_reason IS 'Lý do rút lại / Why';

CREATE TABLE ledger.problem (
    submission_id BIGINT NOT NULL,
    problem_no INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('error', 'warning')),
    form VARCHAR,
    sheet VARCHAR,
    cell_ref VARCHAR,
    unit_code VARCHAR,
    measure VARCHAR,
    found VARCHAR,
    expected VARCHAR,
    message_vi VARCHAR NOT NULL,
    message_en VARCHAR NOT NULL,
    is_waived BOOLEAN NOT NULL DEFAULT false
);
COMMENT ON TABLE ledger.problem IS 'Mỗi vấn đề phát hiện một dòng / One row a problem found';
COMMENT ON COLUMN ledger.problem.submission_id IS 'Tệp có vấn đề / The submission it was found in';
COMMENT ON COLUMN ledger.problem.problem_no IS 'Số thứ tự trong tệp, lỗi trước / Its number in the submission, errors first';
COMMENT ON COLUMN ledger.problem.code IS 'Mã vấn đề / The problem''s code';
COMMENT ON COLUMN ledger.problem.severity IS 'error: lỗi, tệp bị trả lại; warning: lưu ý / An error rejects the file, a warning is kept with it';
COMMENT ON COLUMN ledger.problem.form IS 'Biểu; trống nếu là cả tệp / The form, null where the whole file is meant';
COMMENT ON COLUMN ledger.problem.sheet IS 'Trang tính / The sheet';
COMMENT ON COLUMN ledger.problem.cell_ref IS 'Ô, ví dụ C14 / The cell as C14: physical column and row';
COMMENT ON COLUMN ledger.problem.unit_code IS 'Mã chi bộ hoặc xã / Code of the party cell or commune';
COMMENT ON COLUMN ledger.problem.measure IS 'Chỉ tiêu / The measure';
COMMENT ON COLUMN ledger.problem.found IS 'Giá trị trong tệp / What was found';
COMMENT ON COLUMN ledger.problem.expected IS 'Giá trị đúng ra phải có / What was expected';
COMMENT ON COLUMN ledger.problem.message_vi IS 'Thông báo tiếng Việt / The message in Vietnamese';
COMMENT ON COLUMN ledger.problem.message_en IS 'Thông báo tiếng Anh / The message in English';
COMMENT ON COLUMN ledger.problem.is_waived IS 'Được bỏ qua theo quyết định / Waived by a decision of the board';

CREATE TABLE ledger.version (
    version_id BIGINT PRIMARY KEY,
    submission_id BIGINT NOT NULL,
    form VARCHAR NOT NULL,
    reporter_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    units_listed INTEGER NOT NULL,
    units_reported INTEGER NOT NULL,
    recorded_at DATE NOT NULL,
    superseded_at DATE,
    superseded_by BIGINT
);
COMMENT ON TABLE ledger.version IS 'Mỗi lần một biểu của một đơn vị và kỳ có số liệu mới / One row each time a form of a reporter and period got figures: what stood from when to when';
COMMENT ON COLUMN ledger.version.version_id IS 'Số thứ tự của phiên bản / The version''s number';
COMMENT ON COLUMN ledger.version.submission_id IS 'Tệp có số liệu này / The submission the figures come from';
COMMENT ON COLUMN ledger.version.form IS 'Biểu / The form';
COMMENT ON COLUMN ledger.version.reporter_code IS 'Đơn vị báo cáo / The reporter';
COMMENT ON COLUMN ledger.version.period IS 'Kỳ: YYYY-MM hoặc YYYY-H1, YYYY-H2 / Month or half-year';
COMMENT ON COLUMN ledger.version.units_listed IS 'Số chi bộ có dòng trong biểu / Cells with a row in the form';
COMMENT ON COLUMN ledger.version.units_reported IS 'Số chi bộ có số liệu / Cells with figures';
COMMENT ON COLUMN ledger.version.recorded_at IS 'Đêm ghi nhận / The night it was recorded';
COMMENT ON COLUMN ledger.version.superseded_at IS 'Đêm bị thay thế; trống nếu còn hiệu lực / The night it was replaced or taken back, null while it stands';
COMMENT ON COLUMN ledger.version.superseded_by IS 'Tệp thay thế; trống nếu bị rút lại hoặc còn hiệu lực / The submission that replaced it, null while it stands or if it was taken back';

CREATE TABLE ledger.night (
    night_id BIGINT PRIMARY KEY,
    as_of DATE NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('nightly', 'backfill', 'registry', 'accept', 'retract', 'rebuild')),
    started_at TIMESTAMP,
    finished_at TIMESTAMP,
    files INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0
);
COMMENT ON TABLE ledger.night IS 'Mỗi đêm và loại việc một dòng; chạy lại thì cộng thêm / One row a night and kind of work; a second run adds to it';
COMMENT ON COLUMN ledger.night.night_id IS 'Số thứ tự / Its number';
COMMENT ON COLUMN ledger.night.as_of IS 'Ngày mà đêm đó đại diện / The day it stands for';
COMMENT ON COLUMN ledger.night.kind IS 'Loại việc / What was done';
COMMENT ON COLUMN ledger.night.started_at IS 'Bắt đầu lần đầu / When its first run began';
COMMENT ON COLUMN ledger.night.finished_at IS 'Kết thúc; trống nếu chưa xong / When it ended, null if it did not';
COMMENT ON COLUMN ledger.night.files IS 'Số tệp / Files taken in';
COMMENT ON COLUMN ledger.night.accepted IS 'Số tệp được nhận / Files accepted';
COMMENT ON COLUMN ledger.night.rejected IS 'Số tệp trả lại / Files rejected';
COMMENT ON COLUMN ledger.night.duplicates IS 'Số tệp trùng / Files that were duplicates';

CREATE TABLE ledger.touched (
    reporter_code VARCHAR NOT NULL,
    form VARCHAR NOT NULL,
    period VARCHAR NOT NULL
);
COMMENT ON TABLE ledger.touched IS 'Số liệu đã đổi nhưng chưa tính lại bảng dẫn xuất / Figures that changed and whose derived tables are still to be computed';
COMMENT ON COLUMN ledger.touched.reporter_code IS 'Đơn vị báo cáo / The reporter';
COMMENT ON COLUMN ledger.touched.form IS 'Biểu / The form';
COMMENT ON COLUMN ledger.touched.period IS 'Kỳ / The period';

CREATE TABLE ledger.folded (
    event_id BIGINT PRIMARY KEY,
    happened_at VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    folded_on DATE NOT NULL
);
COMMENT ON TABLE ledger.folded IS 'Việc người dùng đã làm, đã đưa vào kho / What people did, folded in from the board''s file';
COMMENT ON COLUMN ledger.folded.event_id IS 'Số thứ tự trong sổ việc / Its number in the board''s file';
COMMENT ON COLUMN ledger.folded.happened_at IS 'Thời điểm, ISO 8601 / When, as ISO 8601';
COMMENT ON COLUMN ledger.folded.who IS 'Ai / Who';
COMMENT ON COLUMN ledger.folded.action IS 'Việc gì / What was done';
COMMENT ON COLUMN ledger.folded.what IS 'Chi tiết, JSON / To what, as JSON';
COMMENT ON COLUMN ledger.folded.folded_on IS 'Đêm đưa vào kho / The night it was folded in';

CREATE TABLE ledger.mart (
    name VARCHAR PRIMARY KEY,
    sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE ledger.mart IS 'Các bảng phân tích đang có, theo mã băm của tệp SQL / The marts as they stand, by the hash of their SQL file';
COMMENT ON COLUMN ledger.mart.name IS 'Tên / Name';
COMMENT ON COLUMN ledger.mart.sha256 IS 'Mã băm của tệp SQL / Hash of the SQL file';
