-- which editions stand
FROM lake.nation.edition ORDER BY province_code;

-- the country's last year
FROM lake.nation.figures_country WHERE map = 'today' AND period >= '2025-01' ORDER BY period;

-- ten years of the country's members
SELECT period, members_closing
FROM lake.nation.figures_country
WHERE map = 'today' AND basis = 'country'
ORDER BY period;

-- provinces beside each other, one month
SELECT unit_name, members_closing, away_total, received
FROM lake.nation.figures_province
WHERE map = 'today' AND period = '2025-12'
ORDER BY unit_name;

-- one province's ten years
SELECT period, members_closing, received
FROM lake.nation.figures_province
WHERE map = 'today' AND unit_code = '01'
ORDER BY period;

-- an indicator of every province
SELECT unit_code, value, lower, upper
FROM lake.nation.indicator
WHERE map = 'today' AND period = '2025' AND indicator = 'requests_rate'
ORDER BY value DESC;

-- ranks
FROM lake.nation.standing WHERE period = '2025' ORDER BY ALL LIMIT 200;

-- trends of the last month
FROM lake.nation.trend WHERE map = 'today' AND period = '2025-12';

-- against the year before
FROM lake.nation.comparison WHERE map = 'today' AND period = '2025-12';

-- whose change it was
FROM lake.nation.contribution WHERE period = '2025-12';

-- what is out of the ordinary
FROM lake.nation.signal;

-- the dictionary
FROM lake.nation.dictionary;

-- communes of one province, one month
SELECT unit_code, members_closing, away_total
FROM lake.provinces.figures_commune
WHERE province_code = '01' AND map = 'today' AND period = '2025-12';

-- communes of the country, one month
SELECT province_code, count(*), sum(members_closing), sum(away_total)
FROM lake.provinces.figures_commune
WHERE map = 'today' AND period = '2025-12'
GROUP BY ALL
ORDER BY ALL;

-- the largest communes
SELECT province_code, unit_code, unit_name, members_closing
FROM lake.provinces.figures_commune
WHERE map = 'today' AND period = '2025-12'
ORDER BY members_closing DESC LIMIT 20;

-- members by province and year
SELECT province_code, period, sum(members_closing)
FROM lake.provinces.figures_commune
WHERE map = 'today' AND period LIKE '%-12'
GROUP BY ALL
ORDER BY ALL;

-- who has not reported
SELECT province_code, state, count(*)
FROM lake.provinces.reporting_status
WHERE period = '2025-12'
GROUP BY ALL
ORDER BY ALL;

-- an indicator of every commune
SELECT province_code, unit_code, value
FROM lake.provinces.indicator
WHERE map = 'today' AND level = 'commune' AND period = '2025-12' AND indicator = 'away_rate';

-- districts' areas of one province
SELECT unit_code, period, received
FROM lake.provinces.figures_district
WHERE province_code = '01' AND map = 'today' AND period >= '2024-01'
ORDER BY ALL;

-- gaps of Regulation 213
SELECT province_code, half, count(*)
FROM lake.provinces.regulation_213_gap
WHERE level = 'province'
GROUP BY ALL
ORDER BY ALL;
