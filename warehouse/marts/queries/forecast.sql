-- What may come: each month's forecasts, as they were made.

CREATE VIEW marts.forecast AS
SELECT f.map, f.unit_code, f.level, f.indicator, f.period, f.made_on, f.horizon, f.mean, f.lower_80, f.upper_80,
    f.lower_95, f.upper_95
FROM derived.forecast AS f
ORDER BY f.map DESC, f.level, f.unit_code, f.indicator, f.made_on, f.horizon;

COMMENT ON VIEW marts.forecast IS 'Dự báo mười hai tháng tới của huyện (địa bàn huyện cũ) và tỉnh: đảng viên đi làm việc xa, đơn xin ra khỏi Đảng, đảng viên. Mỗi tháng làm một lần, giữ nguyên về sau; chỉ từ số liệu đã công bố / Twelve months ahead for districts (their former areas) and the province: members away, requests, members. Made once a month and kept as made; from published figures alone';
COMMENT ON COLUMN marts.forecast.indicator IS 'away_total, received hoặc members_closing, giải thích trong dictionary / The measure that is foreseen, explained in the dictionary';
COMMENT ON COLUMN marts.forecast.period IS 'Tháng được dự báo / The month that is foreseen';
