-- How long each step of a night took.

CREATE TABLE ledger.step (
    as_of DATE NOT NULL,
    step_no INTEGER NOT NULL,
    verb VARCHAR NOT NULL,
    seconds DOUBLE NOT NULL
);
COMMENT ON TABLE ledger.step IS 'Mỗi bước của đêm một dòng: mất bao lâu / One row a step of a night: how long it took';
COMMENT ON COLUMN ledger.step.as_of IS 'Đêm / The night';
COMMENT ON COLUMN ledger.step.step_no IS 'Thứ tự / Its place';
COMMENT ON COLUMN ledger.step.verb IS 'Tên bước / The verb';
COMMENT ON COLUMN ledger.step.seconds IS 'Số giây / Seconds';
