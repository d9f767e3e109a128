-- What copies showed of communes' half-years, so that the next one hides what would tell the hidden together with them.

CREATE TABLE derived.half_shown (
    map VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    value BIGINT NOT NULL,
    first_shown DATE NOT NULL,
    PRIMARY KEY (map, unit_id, period, measure, value)
);
COMMENT ON TABLE derived.half_shown IS 'Mọi số liệu nửa năm của xã từng được công bố; không xóa / Every half-yearly figure of a commune ever published; never deleted';

-- What the home shows already.
INSERT INTO derived.half_shown
SELECT map, unit_id, period, measure, value, (SELECT as_of FROM derived.edition)
FROM (
    UNPIVOT (
        SELECT u.map, u.unit_id, u.period, coalesce(u.r213_subject, 0) AS r213_subject,
            coalesce(u.r213_exempt, 0) AS r213_exempt, coalesce(u.r213_introduced, 0) AS r213_introduced,
            coalesce(u.r213_registered, 0) AS r213_registered, coalesce(u.r213_attended, 0) AS r213_attended,
            coalesce(u.r213_remarked, 0) AS r213_remarked
        FROM derived.unit_half AS u JOIN derived.half_told AS t USING (map, unit_id, period)
        WHERE t.is_told AND derived.period_end(u.period) < (SELECT as_of - 31 FROM derived.edition)
    ) ON r213_subject, r213_exempt, r213_introduced, r213_registered, r213_attended, r213_remarked
    INTO NAME measure VALUE value
);
