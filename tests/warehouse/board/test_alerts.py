"""What is kept of alerts: each night's findings once, units under the names they had, and nothing of it published."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from warehouse.board import alert_pages as pages
from warehouse.board.alerts import (
    ALERT_TABLES,
    add_findings,
    ended_units,
    judged_months,
    kept_verdicts,
    note_verdicts,
    replace_detectability,
    telling_findings,
)
from warehouse.board.cases import add_acts, kept_acts, kept_nights, replace_cases
from warehouse.marts.views import apply_marts
from warehouse.publish import publish

FIRST, SECOND = date(2020, 10, 5), date(2020, 12, 5)
ACT = {
    "act_id": 1,
    "night": SECOND,
    "happened_at": "2020-12-05T09:00:00",
    "who": "Lan",
    "action": "alert-ack",
    "case_id": "868-requests-up-2020-09",
    "until": None,
    "verdict": None,
    "note": None,
}


def finding(night: date = FIRST, **changes: object) -> dict[str, object]:
    return {
        "night": night,
        "unit_id": "868",
        "level": "district",
        "scope": "unit",
        "family": "requests",
        "indicator": "received",
        "kind": "change",
        "direction": "up",
        "period": "2020-09",
        "first_period": "2020-09",
        "observed": 9.0,
        "expected": 2.0,
        "lower": None,
        "upper": 5.0,
        "p_value": 0.001,
        "q_value": 0.01,
        "is_signal": True,
        "is_rejudged": False,
        "note": None,
    } | changes


def rows(*findings: dict[str, object]) -> pl.DataFrame:
    text = dict.fromkeys(("direction", "note"), pl.String)
    return pl.DataFrame(list(findings), schema_overrides=text | dict.fromkeys(("lower", "upper"), pl.Float64))


@pytest.fixture
def units(con):
    con.execute("""
        INSERT INTO registry.unit BY NAME SELECT * FROM (VALUES
            ('868@2015-01-01', '868', 'Thị xã Hồng Ngự', 'thị xã', 'district', '87', DATE '2015-01-01',
                DATE '2020-10-31'),
            ('868@2015-01-01', '868', 'Thành phố Hồng Ngự', 'thành phố', 'district', '87', DATE '2020-11-01',
                DATE '2025-06-30'),
            ('29954@2015-01-01', '29954', 'Phường An Lộc', 'phường', 'commune', '868', DATE '2015-01-01',
                DATE '9999-12-31'))
        AS t (unit_id, unit_code, name, kind, level, parent_code, valid_from, valid_to)""")
    return con


def test_a_night_judged_again_replaces_what_it_found(con):
    add_findings(con, rows(finding(), finding(SECOND)), [FIRST, SECOND])
    add_findings(con, rows(finding(observed=10.0)), [FIRST])
    found = con.sql("SELECT night, observed FROM alerts.finding ORDER BY night").fetchall()
    assert found == [(FIRST, 10.0), (SECOND, 9.0)]
    assert kept_nights(con, ALERT_TABLES) == [FIRST, SECOND]


def test_a_night_that_found_nothing_is_judged_all_the_same(con):
    add_findings(con, rows(finding()).clear(), [FIRST])
    assert kept_nights(con, ALERT_TABLES) == [FIRST]


def test_units_bear_the_name_of_the_night_and_communes_their_district(units):
    commune = {"unit_id": "29954@2015-01-01", "level": "commune"}
    add_findings(units, rows(finding(), finding(SECOND, period="2020-11"), finding(**commune)), [FIRST, SECOND])
    told = telling_findings(units).sort("night", "level").select("unit_code", "unit_name", "parent_id").rows()
    assert told == [
        ("29954", "Phường An Lộc (Thị xã Hồng Ngự)", "868"),
        ("868", "Thị xã Hồng Ngự", None),
        ("868", "Thành phố Hồng Ngự", None),
    ]
    asked = {"unit_id": "868", "scope": "unit", "indicator": "received", "first": "2020-09", "last": "2020-10"}
    months = judged_months(units, pl.DataFrame([asked]))
    assert months.filter(pl.col("level") == "commune")["unit_name"].to_list() == ["Phường An Lộc"]


def test_only_series_that_ever_signalled_are_needed(con):
    quiet = {"indicator": "left_on_request", "is_signal": False}
    add_findings(con, rows(finding(), finding(SECOND, is_signal=False), finding(**quiet)), [FIRST, SECOND])
    assert telling_findings(con)["indicator"].to_list() == ["received", "received"]


def test_an_anomaly_is_a_month_as_judged_last(con):
    again = finding(SECOND, is_rejudged=True, observed=3.0, is_signal=False)
    add_findings(con, rows(finding(), again), [FIRST, SECOND])
    point = con.sql("SELECT unit_code, period, observed, is_signal, judged_on FROM alerts.anomaly").fetchall()
    assert point == [("868", "2020-09", 3.0, False, SECOND)]


def test_units_that_have_ended_are_known_by_code_and_territory(units):
    assert ended_units(units) == {"868": date(2025, 6, 30), "868@2015-01-01": date(2025, 6, 30)}


def test_an_act_remembers_the_night_people_had_seen(con):
    add_findings(con, rows(finding()), [FIRST])
    add_acts(con, ALERT_TABLES, [ACT])
    assert [(row["after_night"], row["is_done"]) for row in kept_acts(con, ALERT_TABLES)] == [(FIRST, False)]
    with pytest.raises(duckdb.ConstraintException):
        add_acts(con, ALERT_TABLES, [ACT])


def test_a_verdict_is_kept_with_the_rule_that_had_told_the_alert(con):
    con.execute("""
        INSERT INTO alerts.alert BY NAME SELECT 'a' AS alert_id, '868' AS unit_code, 'district' AS level,
            'received' AS indicator, 'change' AS kind, 'unit' AS scope, 'low' AS severity, 'opened' AS status,
            '2020-09' AS first_period, '2020-09' AS last_period, DATE '2020-10-05' AS opened_on, '' AS text_vi,
            '' AS text_en, '868' AS unit_id, 'Hồng Ngự' AS unit_name, 'requests' AS family,
            false AS is_silenced_until_resolved""")
    con.execute("INSERT INTO alerts.alert SELECT * REPLACE ('p' AS alert_id, 'province' AS scope) FROM alerts.alert")
    closing = ACT | {"action": "alert-close", "verdict": "expected", "until": None}
    acts = [closing | {"act_id": number, "case_id": name} for number, name in enumerate(("a", "p", "gone"), 10)]
    add_acts(con, ALERT_TABLES, acts)
    note_verdicts(con)
    con.execute("UPDATE alerts.alert SET kind = 'shift'")
    note_verdicts(con)
    assert kept_verdicts(con) == [(ACT["night"], "a", "change", "requests", "expected")]


def test_a_warehouse_that_kept_no_verdicts_yet_has_none(con):
    con.execute("DROP TABLE alerts.verdict")
    assert kept_verdicts(con) == []


def test_what_a_series_could_hide_is_replaced_series_by_series(con):
    one = {"unit_id": "868", "level": "district", "indicator": "received", "period": "2020-09", "rise": 3.0}
    replace_detectability(con, pl.DataFrame([one, one | {"indicator": "left_on_request"}]))
    replace_detectability(con, pl.DataFrame([one | {"period": "2020-10", "rise": 2.5}]))
    replace_detectability(con, pl.DataFrame())
    assert con.sql("SELECT indicator, rise FROM alerts.detectability ORDER BY 1").fetchall() == [
        ("left_on_request", 3.0),
        ("received", 2.5),
    ]
    assert pages.least_seen(con, "868", "received")["period"] == "2020-10"
    assert pages.least_seen(con, "869", "received") is None


def test_nothing_of_the_alerts_is_in_the_published_copy(con, tmp_path):
    apply_marts(con)
    add_findings(con, rows(finding()), [FIRST])
    made = publish(con, tmp_path / "published", "x")
    with duckdb.connect(str(made.path), read_only=True) as copy:
        assert copy.sql("SELECT DISTINCT schema_name FROM duckdb_tables()").fetchall() == [("marts",)]
        assert copy.sql("SELECT column_name FROM duckdb_columns() WHERE column_name = 'alert_id'").fetchall() == []


def alert(name: str, **changes: object) -> dict[str, object]:
    return {
        "alert_id": name,
        "unit_code": "868",
        "level": "district",
        "indicator": "received",
        "direction": "up",
        "kind": "change",
        "scope": "unit",
        "severity": "low",
        "status": "opened",
        "first_period": "2020-09",
        "last_period": "2020-09",
        "opened_on": FIRST,
        "text_vi": "Một. Hai. Ba.",
        "text_en": "One. Two. Three.",
        "unit_id": "868",
        "unit_name": "Hồng Ngự",
        "family": "requests",
        "is_silenced_until_resolved": False,
    } | changes


def test_alerts_are_listed_by_what_is_wanted_the_gravest_that_stand_first(units):
    done = {"status": "resolved", "resolution": "returned", "resolved_on": SECOND}
    given = [
        alert("old", severity="high", **done, verdict="true"),
        alert("low"),
        alert("grave", severity="high", family="away"),
        alert("back", opened_on=date(2019, 1, 5), reopened_on=SECOND),
        alert("commune", level="commune", unit_code="29954", unit_id="29954@2015-01-01", indicator="away_total"),
    ]
    columns = (
        "alert_id",
        "indicator",
        "kind",
        "first_period",
        "last_period",
        "unit_id",
        "unit_code",
        "unit_name",
        "level",
        "severity",
    )
    parts = [{name: row[name] for name in columns} | {"is_active": True} for row in given]
    frames = {"alert": pl.DataFrame(given, infer_schema_length=None), "part": pl.DataFrame(parts)}
    replace_cases(units, ALERT_TABLES, frames | {"event": pl.DataFrame(schema={"event_no": pl.Int64})}, [])
    anything = dict.fromkeys(("district", "since", "indicator", "level", "severity"))

    def names(**wanted: object) -> list[str]:
        return pages.listed(units, {"status": "standing"} | anything | wanted)["alert_id"].to_list()

    assert names() == ["grave", "back", "commune", "low"]
    assert names(status="all")[-1] == "old"
    assert names(status="resolved") == ["old"]
    assert names(district="868", level="commune") == ["commune"]
    assert names(indicator="away_total") == ["commune"]
    assert names(severity="high") == ["grave"]
    assert names(since=date(2020, 11, 1)) == ["back"]
    assert pages.standing(units) == 4
    assert pages.precision(units).rows() == [("change", "requests", 1, 1, 0, 0)]
    assert set(ALERT_TABLES.written_anew) == {"alert", "part", "event"}
