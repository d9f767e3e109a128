-- What past forecasts were worth once the figures came.

CREATE VIEW marts.forecast_score AS
SELECT s.map, s.unit_code, s.level, s.indicator, s.horizon_from, s.horizon_to, s.forecasts, s.first_made_on,
    s.last_made_on, s.crps, s.wis, s.coverage_80, s.coverage_95, s.crps_mean_12, s.skill_mean_12,
    s.skill_mean_12_lower, s.skill_mean_12_upper, s.crps_last_year, s.skill_last_year, s.skill_last_year_lower,
    s.skill_last_year_upper
FROM derived.forecast_score AS s
ORDER BY s.map DESC, s.level, s.unit_code, s.indicator, s.horizon_from, s.horizon_to;

COMMENT ON VIEW marts.forecast_score IS 'Dự báo của ba năm qua so với số liệu đã về và đã công bố, của các tháng đủ báo cáo; bên cạnh là hai cách đoán ai cũng làm được / Forecasts of the last three years against the published figures that came, of months that are whole; beside two guesses that anybody can make';
COMMENT ON COLUMN marts.forecast_score.indicator IS 'away_total, received hoặc members_closing, giải thích trong dictionary / The measure that was foreseen, explained in the dictionary';
