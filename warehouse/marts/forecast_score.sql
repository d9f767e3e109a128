-- Made by "make generated" from queries/forecast_score.sql and the contract: change those, not this.
-- What past forecasts were worth once the figures came.

CREATE VIEW marts.forecast_score AS
SELECT s.map, s.unit_code, s.level, s.indicator, s.horizon_from, s.horizon_to, s.forecasts, s.first_made_on,
    s.last_made_on, s.crps, s.wis, s.coverage_80, s.coverage_95, s.crps_mean_12, s.skill_mean_12,
    s.skill_mean_12_lower, s.skill_mean_12_upper, s.crps_last_year, s.skill_last_year, s.skill_last_year_lower,
    s.skill_last_year_upper
FROM derived.forecast_score AS s
ORDER BY s.map DESC, s.level, s.unit_code, s.indicator, s.horizon_from, s.horizon_to;

COMMENT ON VIEW marts.forecast_score IS 'Dự báo của ba năm qua so với số liệu đã về và đã công bố, của các tháng đủ báo cáo; bên cạnh là hai cách đoán ai cũng làm được / Forecasts of the last three years against the published figures that came, of months that are whole; beside two guesses that anybody can make';
COMMENT ON COLUMN marts.forecast_score.map IS 'reported: địa giới hành chính của thời điểm đó; today: địa giới hành chính hiện nay, chi bộ được dõi theo qua nhập, tách, đổi tên / reported: the units of the time; today: today''s units, cells followed through merges, splits and renames';
COMMENT ON COLUMN marts.forecast_score.unit_code IS 'Mã đơn vị / Unit code';
COMMENT ON COLUMN marts.forecast_score.level IS 'province: tỉnh; district: huyện; commune: xã, phường, thị trấn / Province, district or commune';
COMMENT ON COLUMN marts.forecast_score.indicator IS 'away_total, received hoặc members_closing, giải thích trong dictionary / The measure that was foreseen, explained in the dictionary';
COMMENT ON COLUMN marts.forecast_score.horizon_from IS 'Từ mấy tháng trước / The least horizon that is counted';
COMMENT ON COLUMN marts.forecast_score.horizon_to IS 'Đến mấy tháng trước / The largest horizon that is counted';
COMMENT ON COLUMN marts.forecast_score.forecasts IS 'Số dự báo đã có số liệu để so / Forecasts whose figure has come';
COMMENT ON COLUMN marts.forecast_score.first_made_on IS 'Ngày của dự báo đầu tiên được tính / The day of the first forecast counted';
COMMENT ON COLUMN marts.forecast_score.last_made_on IS 'Ngày của dự báo gần nhất được tính / The day of the last forecast counted';
COMMENT ON COLUMN marts.forecast_score.crps IS 'Sai lệch trung bình của cả phân phối dự báo (CRPS), tính từ 39 phân vị; nhỏ là tốt / Mean distance of the whole forecast from what came (CRPS), from 39 quantiles; small is good';
COMMENT ON COLUMN marts.forecast_score.wis IS 'Điểm khoảng có trọng số: trung vị và các khoảng 50, 80, 95 %; nhỏ là tốt / Weighted interval score of the median and the 50, 80 and 95 % intervals; small is good';
COMMENT ON COLUMN marts.forecast_score.coverage_80 IS 'Phần số thật nằm trong khoảng 80 %; số đếm nhỏ thì thường hơn 0,8 / Share of what came that lies in the 80 % interval; of small counts mostly above 0.8';
COMMENT ON COLUMN marts.forecast_score.coverage_95 IS 'Phần số thật nằm trong khoảng 95 % / Share of what came that lies in the 95 % interval';
COMMENT ON COLUMN marts.forecast_score.crps_mean_12 IS 'CRPS nếu đoán bằng trung bình mười hai tháng gần nhất, với sai số đã mắc của cách đoán ấy / CRPS of a guess by the mean of the last twelve months, with the errors it has made';
COMMENT ON COLUMN marts.forecast_score.skill_mean_12 IS 'Dự báo hơn cách đoán ấy bao nhiêu phần sai lệch: trên 0 là tốt hơn, 1 là không sai / How much of that guess''s distance the forecast saves: above 0 it was better, 1 is no distance at all';
COMMENT ON COLUMN marts.forecast_score.skill_mean_12_lower IS 'Cận dưới khoảng 95 % của skill_mean_12; trống nếu dưới mười hai tháng dự báo / Lower end of its 95 % interval, null under twelve months of forecasts';
COMMENT ON COLUMN marts.forecast_score.skill_mean_12_upper IS 'Cận trên khoảng 95 % của skill_mean_12 / Upper end of its 95 % interval';
COMMENT ON COLUMN marts.forecast_score.crps_last_year IS 'CRPS nếu đoán bằng cùng tháng năm trước, với sai số đã mắc của cách đoán ấy / CRPS of a guess by the same month last year, with the errors it has made';
COMMENT ON COLUMN marts.forecast_score.skill_last_year IS 'Dự báo hơn cách đoán ấy bao nhiêu phần sai lệch: trên 0 là tốt hơn, 1 là không sai / How much of that guess''s distance the forecast saves: above 0 it was better, 1 is no distance at all';
COMMENT ON COLUMN marts.forecast_score.skill_last_year_lower IS 'Cận dưới khoảng 95 % của skill_last_year; trống nếu dưới mười hai tháng dự báo / Lower end of its 95 % interval, null under twelve months of forecasts';
COMMENT ON COLUMN marts.forecast_score.skill_last_year_upper IS 'Cận trên khoảng 95 % của skill_last_year / Upper end of its 95 % interval';
