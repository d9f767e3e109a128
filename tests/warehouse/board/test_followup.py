"""What is kept of the follow-up: readings as changes, acts once, what is known of the reports; nothing published."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from tests.warehouse.warehouse_batches import Sent, judged
from warehouse.board import followup as stored
from warehouse.board import followup_pages as pages
from warehouse.board import morning
from warehouse.board.cases import add_acts, kept_acts, replace_cases, undone_acts
from warehouse.board.followup import ITEM_TABLES
from warehouse.ledger.load import load, next_submission_id
from warehouse.marts.views import apply_marts
from warehouse.publish import publish

JUNE, JULY = date(2021, 6, 4), date(2021, 7, 4)
READING = {
    "night": JUNE,
    "unit_id": "871",
    "kind": "r213-not-registered",
    "matter": "",
    "period": "2020-H2",
    "seen_on": JUNE,
    "stands": True,
    "least": 4,
    "most": 4,
    "base": 50,
    "due_on": None,
    "evidence": "{}",
}
ACT = {
    "act_id": 7,
    "night": JULY,
    "happened_at": "2021-07-04T09:00:00",
    "who": "Lan",
    "action": "followup-done",
    "case_id": "871-x",
    "given_to": None,
    "note": "xong",
}


def rows(*readings: dict) -> pl.DataFrame:
    return pl.DataFrame(list(readings), schema_overrides={"due_on": pl.Date})


def take(con, *sent: Sent) -> None:
    load(con, judged(list(sent), next_submission_id(con)), kind="backfill")


@pytest.fixture
def units(con):
    con.execute("""
        INSERT INTO registry.unit BY NAME SELECT code || '@2015-01-01' AS unit_id, code AS unit_code, name, kind, level,
            parent_code, DATE '2015-01-01' AS valid_from, DATE '9999-12-31' AS valid_to
        FROM (VALUES ('871', 'Huyện Tam Nông', 'huyện', 'district', '87'), ('87', 'Tỉnh', 'tỉnh', 'province', NULL),
            ('872', 'Huyện Tháp Mười', 'huyện', 'district', '87'), ('30001', 'Xã A', 'xã', 'commune', '871'))
        AS t (code, name, kind, level, parent_code)""")
    con.execute("INSERT INTO registry.reporting_level VALUES ('district', '2015-01-01', '9999-12-31')")
    return con


def item(**changes) -> dict:
    return {
        "item_id": "871-r213-not-registered-2020-H2",
        "unit_id": "871",
        "unit_code": "871",
        "unit_name": "Huyện Tam Nông",
        "level": "district",
        "kind": "r213-not-registered",
        "matter": "",
        "since": "2020-H2",
        "period": "2020-H2",
        "what_vi": "việc",
        "what_en": "matter",
        "evidence": "{}",
        "least": 4,
        "most": 4,
        "base": 50,
        "opened_on": JUNE,
        "due_on": JUNE,
        "due_source_vi": "mốc",
        "due_source_en": "mark",
        "is_internal_mark": True,
        "regulation": None,
        "actor_vi": "xã",
        "actor_en": "commune",
        "priority": "medium",
        "status": "open",
        "assigned_to": None,
        "assigned_on": None,
        "done_on": None,
        "closed_on": None,
        "resolution": None,
        "gone_in": None,
        "note": None,
        "is_of_ended_unit": False,
        "carried_from": [],
        "reporter_code": changes.get("unit_code", "871"),
        "reporter_name": changes.get("unit_name", "Huyện Tam Nông"),
        "improving_in": None,
        "gain": None,
    } | changes


def keep(con, *items: dict) -> None:
    dates = dict.fromkeys(("assigned_on", "done_on", "closed_on"), pl.Date)
    events = [
        {"event_no": n, "item_id": one["item_id"], "night": one["opened_on"], "event": "opened", "status": "open"}
        for n, one in enumerate(items, 1)
    ]
    types = dates | {"carried_from": pl.List(pl.String), "improving_in": pl.String, "gain": pl.Float64}
    frame = pl.DataFrame(list(items), schema_overrides=types)
    replace_cases(con, ITEM_TABLES, {"item": frame, "event": pl.DataFrame(events)}, [])


def test_nights_are_read_once_and_again_with_all_after_when_an_older_one_came_late(con):
    take(con, Sent("866", "2021-05", JUNE, 1), Sent("866", "2021-06", JULY, 1))
    assert stored.nights_to_read(con) == [JUNE, JULY]
    stored.replace_readings(con, rows(READING), [JUNE, JULY])
    assert stored.nights_to_read(con) == []
    take(con, Sent("870", "2021-05", date(2021, 6, 20), 1))
    assert stored.nights_to_read(con) == [date(2021, 6, 20), JULY]


def test_what_a_night_reads_again_replaces_it_and_all_after_it(con):
    take(con, Sent("866", "2021-05", JUNE, 1), Sent("866", "2021-06", JULY, 1))
    stored.replace_readings(con, rows(READING, READING | {"night": JULY, "least": 9}), [JUNE, JULY])
    assert stored.last_readings(con, JULY).select("night", "least").rows() == [(JUNE, 4)]
    stored.replace_readings(con, rows(READING | {"night": JULY, "least": 2}), [JULY])
    assert stored.readings(con).select("night", "least").rows() == [(JUNE, 4), (JULY, 2)]


def test_an_act_is_kept_with_the_last_night_before_it_and_whether_it_had_an_effect(con):
    take(con, Sent("866", "2021-05", JUNE, 1))
    stored.replace_readings(con, rows(READING).clear(), [JUNE])
    add_acts(con, ITEM_TABLES, [ACT])
    keep(con, item())
    (act,) = kept_acts(con, ITEM_TABLES)
    assert (act["after_night"], act["is_done"], act["note"]) == (JUNE, False, "xong")
    assert undone_acts(con, ITEM_TABLES, JULY) == [("Lan", "followup-done", "871-x")]


def test_reports_are_told_of_by_the_unit_that_had_to_send_them(units):
    bad = Sent("871", "2021-06", JULY, 2, outcome="rejected", problems=("balance-broken", "late"))
    take(units, Sent("871", "2021-05", JUNE, 1), Sent("872", "2021-05", JUNE, 1), bad)
    known = stored.reports(units)
    files = known["files"].select("unit_id", "period", "outcome", "recorded_at", "codes").rows()
    assert files == [
        ("871", "2021-05", "accepted", JUNE, []),
        ("872", "2021-05", "accepted", JUNE, []),
        ("871", "2021-06", "rejected", JULY, ["balance-broken"]),
    ]
    due = known["due"].filter(period="2021-05").select("unit_id", "due_on").rows()
    assert due == [("871", date(2021, 6, 5)), ("872", date(2021, 6, 5))]


def test_a_file_the_board_let_in_was_rejected_until_then(units):
    take(units, Sent("871", "2021-05", JUNE, 1))
    units.execute("UPDATE ledger.submission SET waived_on = ?", [JULY])
    spans = stored.reports(units)["files"].select("outcome", "recorded_at", "ended_at").rows()
    assert spans == [("rejected", JUNE, JULY), ("accepted", JULY, None)]


def mismatch(con, measure="members_opening", found="210") -> None:
    """The batches number the first cell's figures 10, 11, …; the opening figure found is that of the accepted file."""
    con.execute(
        """
        INSERT INTO ledger.problem SELECT max(submission_id), 99, 'opening-mismatch', 'warning', 'balance', 'S', 'C1',
            '871-01', ?, ?, '9', 'vi', 'en', false FROM ledger.submission WHERE period = '2021-06'
    """,
        [measure, found],
    )


def test_an_opening_mismatch_stands_until_the_month_is_replaced(units):
    take(units, Sent("871", "2021-05", JUNE, 1), Sent("871", "2021-06", JULY, 2))
    mismatch(units)
    assert stored.reports(units)["mismatches"].rows() == [("871", "2021-06", JULY, None)]
    again = date(2021, 7, 20)
    take(units, Sent("871", "2021-06", again, 3))
    assert stored.reports(units)["mismatches"].rows() == [("871", "2021-06", JULY, again)]


def test_a_cell_whose_members_and_requests_both_disagree_is_one_until_both_are_mended(units):
    take(units, Sent("871", "2021-05", JUNE, 1), Sent("871", "2021-06", JULY, 2))
    mended = date(2021, 7, 9)
    take(units, Sent("871", "2021-05", mended, 5))
    (closing,) = units.execute(
        "SELECT members_closing FROM facts.balance WHERE cell_code = '871-01' AND recorded_at = ?", [mended]
    ).fetchone()
    mismatch(units, found=str(closing))
    mismatch(units, "pending_opening", found="999")
    assert stored.reports(units)["mismatches"].rows() == [("871", "2021-06", JULY, None)]


def test_an_opening_mismatch_is_mended_when_the_closing_figure_before_it_comes_to_agree(units):
    take(units, Sent("871", "2021-05", JUNE, 1), Sent("871", "2021-06", JULY, 2))
    mended = date(2021, 7, 9)
    take(units, Sent("871", "2021-05", mended, 5))
    (closing,) = units.execute(
        """
        SELECT members_closing FROM facts.balance WHERE cell_code = '871-01' AND recorded_at = ?""",
        [mended],
    ).fetchone()
    mismatch(units, found=str(closing))
    assert stored.reports(units)["mismatches"].rows() == [("871", "2021-06", JULY, mended)]


def test_an_alert_confirmed_is_the_reporters_matter_and_quiet_once_all_its_series_were_judged_so(units):
    units.execute(
        """
        INSERT INTO alerts.alert BY NAME SELECT 'a1' AS alert_id, '30001' AS unit_code, '30001@2015-01-01' AS unit_id,
            'Xã A' AS unit_name, 'commune' AS level, 'away_total' AS indicator, 'change' AS kind, 'unit' AS scope,
            'high' AS severity, 'resolved' AS status, '2021-04' AS first_period, '2021-05' AS last_period,
            ?::DATE AS opened_on, ?::DATE AS resolved_on, 'closed' AS resolution, 'Một.' AS text_vi, 'One.' AS text_en,
            'away' AS family, false AS is_silenced_until_resolved, ?::DATE AS closed_on, 'true' AS verdict
    """,
        [JUNE, JUNE, JUNE],
    )
    part = """
        INSERT INTO alerts.part BY NAME SELECT 'a1' AS alert_id, ? AS indicator, 'change' AS kind, '2021-04' AS
            first_period, '2021-05' AS last_period, '30001@2015-01-01' AS unit_id, '30001' AS unit_code, 'Xã A' AS
            unit_name, 'commune' AS level, 'high' AS severity, true AS is_active"""
    found = """
        INSERT INTO alerts.finding BY NAME SELECT ?::DATE AS night, '30001@2015-01-01' AS unit_id, 'commune' AS level,
            'unit' AS scope, 'away' AS family, ? AS indicator, 'change' AS kind, '2021-06' AS period, '2021-06' AS
            first_period, ? AS is_signal, false AS is_rejudged"""
    for indicator in ("away_total", "away_abroad"):
        units.execute(part, [indicator])
    units.execute(found, [JULY, "away_total", False])
    units.execute(found, [JULY, "away_abroad", True])
    (told,) = stored.reports(units)["alerts"].to_dicts()
    assert (told["unit_id"], told["alert_id"], told["begin"], told["end"]) == ("871", "a1", JUNE, None)
    units.execute(found, [date(2021, 8, 4), "away_abroad", False])
    (told,) = stored.reports(units)["alerts"].to_dicts()
    assert told["end"] == date(2021, 8, 4)


def test_the_list_has_the_urgent_and_the_overdue_first(con):
    take(con, Sent("866", "2021-05", JUNE, 1), Sent("866", "2021-06", JULY, 1))
    stored.replace_readings(con, rows(READING).clear(), [JUNE, JULY])
    keep(
        con,
        item(),
        item(item_id="b", priority="high", due_on=date(2021, 9, 1)),
        item(item_id="c", priority="high"),
        item(item_id="d", status="verified", closed_on=JULY, resolution="figures", gone_in="2021-H1"),
    )
    nothing = {"status": "standing", "unit": None, "kind": None, "priority": None, "overdue": False}
    assert pages.listed(con, nothing)["item_id"].to_list() == ["c", "b", "871-r213-not-registered-2020-H2"]
    assert pages.listed(con, nothing | {"overdue": True, "priority": "high"})["item_id"].to_list() == ["c"]
    assert pages.listed(con, nothing | {"status": "all", "unit": "871"}).height == 4


def test_what_gains_most_comes_first_and_what_is_worked_on_stands_apart(con):
    take(con, Sent("866", "2021-05", JUNE, 1))
    stored.replace_readings(con, rows(READING).clear(), [JULY])
    commune = {"unit_code": "30001", "unit_name": "Xã A", "level": "commune", "reporter_code": "871"}
    keep(
        con,
        item(item_id="a", gain=2.0),
        item(item_id="b", gain=9.0, **commune),
        item(item_id="c", gain=99.0, status="assigned", assigned_to="Lan"),
        item(item_id="d", gain=50.0, improving_in="2020-H2", due_on=JUNE),
        item(item_id="e"),
    )
    nothing = {"status": "standing", "unit": None, "kind": None, "priority": None, "overdue": False}
    found = pages.listed(con, nothing)
    assert found["item_id"].to_list() == ["b", "a", "e", "c", "d"]
    assert found["is_worked_on"].to_list() == [False, False, False, True, True]
    assert "d" not in pages.listed(con, nothing | {"overdue": True})["item_id"]
    assert pages.listed(con, nothing | {"unit": "871"}).height == 5
    assert pages.listed(con, nothing | {"unit": "30001"})["item_id"].to_list() == ["b"]
    pressing = morning.pressing_items(con, JULY, 5)["item_id"].to_list()
    assert pressing == ["b", "a", "e", "c"]


def test_the_history_of_an_item_begins_with_those_it_goes_on_from(con):
    carried = {"status": "carried", "closed_on": JULY, "resolution": "carried"}
    keep(con, item(**carried), item(item_id="new", carried_from=["871-r213-not-registered-2020-H2"], opened_on=JULY))
    assert pages.history(con, "new")["item_id"].to_list() == ["871-r213-not-registered-2020-H2", "new"]


def test_progress_is_counted_by_unit_and_kind_and_communes_tell_nothing_of_requests_and_contact(units, tmp_path):
    take(units, Sent("871", "2021-05", JUNE, 1), Sent("871", "2021-06", JULY, 1))
    stored.replace_readings(units, rows(READING).clear(), [JUNE, JULY])
    commune = {"unit_id": "30001@2015-01-01", "unit_code": "30001", "level": "commune", "unit_name": "Xã A"}
    done = {"status": "verified", "closed_on": JULY, "resolution": "seen", "gone_in": "2021-H1"}
    hidden = ("requests-pending", "away-out-of-contact", "alert-true")
    keep(
        units,
        item(),
        item(item_id="b", since="2019-H2", **done),
        item(item_id="c", **commune),
        *(item(item_id=kind, kind=kind, **commune) for kind in hidden),
    )
    apply_marts(units)
    told = units.sql("""
        SELECT level, unit_code, kind, opened, closed, standing, overdue, median_days FROM marts.followup_progress
        ORDER BY level DESC, unit_code, kind""").fetchall()
    of_kind = [(*row[:2], *row[3:]) for row in told if row[2] == "r213-not-registered"]
    assert of_kind == [
        ("province", "87", 3, 1, 2, 2, 30.0),
        ("district", "871", 2, 1, 1, 1, 30.0),
        ("commune", "30001", 1, 0, 1, 1, None),
    ]
    assert {row[:3] for row in told if row[2] in hidden} == {("province", "87", kind) for kind in hidden}
    copy = publish(units, tmp_path, "2021-07-04").path
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.sql("SELECT count(*) FROM duckdb_tables() WHERE schema_name <> 'marts'").fetchone() == (0,)
        text = str(con.sql("FROM marts.followup_progress").fetchall())
    assert "việc" not in text


def test_every_table_and_column_says_what_it_is_in_both_languages(con):
    said = con.sql("""
        SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'followup'
        UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'followup'
    """).fetchall()
    assert len(said) > 60
    assert [name for name, comment in said if not comment or comment.count(" / ") != 1] == []
