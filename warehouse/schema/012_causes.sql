-- What most likely happened to a file, told before its problems.

CREATE TABLE ledger.cause (
    submission_id BIGINT NOT NULL,
    cause_no INTEGER NOT NULL,
    cause VARCHAR NOT NULL,
    form VARCHAR,
    measures VARCHAR,
    units VARCHAR,
    period VARCHAR,
    rows BIGINT NOT NULL,
    message_vi VARCHAR NOT NULL,
    message_en VARCHAR NOT NULL
);
COMMENT ON TABLE ledger.cause IS 'Nguyên nhân có thể của các vấn đề, mỗi nguyên nhân một dòng / One row a likely cause of a file''s problems';
COMMENT ON COLUMN ledger.cause.submission_id IS 'Tệp / The submission';
COMMENT ON COLUMN ledger.cause.cause_no IS 'Số thứ tự trong tệp, theo thứ tự được nêu / Its number in the submission, in the order told';
COMMENT ON COLUMN ledger.cause.cause IS 'Loại nguyên nhân / The kind of cause';
COMMENT ON COLUMN ledger.cause.form IS 'Biểu; trống nếu là cả tệp / The form, null where the whole file is meant';
COMMENT ON COLUMN ledger.cause.measures IS 'Các chỉ tiêu, cách nhau bằng dấu cách / The measures, with spaces between';
COMMENT ON COLUMN ledger.cause.units IS 'Mã các chi bộ hoặc xã, cách nhau bằng dấu cách / Codes of party cells or communes, with spaces between';
COMMENT ON COLUMN ledger.cause.period IS 'Kỳ mà số liệu có vẻ thuộc về / The period the figures seem to be of';
COMMENT ON COLUMN ledger.cause.rows IS 'Số dòng mà nguyên nhân giải thích / How many rows the cause explains';
COMMENT ON COLUMN ledger.cause.message_vi IS 'Câu tiếng Việt / The sentence in Vietnamese';
COMMENT ON COLUMN ledger.cause.message_en IS 'Câu tiếng Anh / The sentence in English';
