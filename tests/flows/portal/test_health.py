"""What machines that watch the home are told, and who may ask."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.clock import now
from flows.errors import UserError
from flows.home import open_home
from flows.night.course_file import followed, last_course
from flows.portal.application import application
from flows.portal.desk import Desk, open_desk
from flows.settings import Settings
from tests.expectations.language.language_keys import ROOT
from tests.flows.portal.visitor import Visitor
from warehouse.connection.lock import writer_lock
from warehouse.errors import StoreLocked


def _finish_a_night(desk: Desk, hours_ago: float) -> None:
    at = now(desk.settings.timezone) - timedelta(hours=hours_ago)
    part = desk.settings.board_copy_path.with_suffix(".part")
    part.write_bytes(desk.settings.board_copy_path.read_bytes())
    with duckdb.connect(str(part)) as con:
        con.execute("DELETE FROM ledger.night WHERE kind = 'nightly'")
        con.execute(
            "INSERT INTO ledger.night (night_id, as_of, kind, started_at, finished_at, files, accepted, rejected, "
            "duplicates) VALUES (9999, ?, 'nightly', ?, ?, 3, 2, 1, 0)",
            [at.date(), at, at],
        )
    part.replace(desk.settings.board_copy_path)


def _night_that_fails(settings: Settings) -> None:
    with followed(settings, now("UTC").date()) as course:
        course.begins("measure")
        raise ValueError


def _local(desk: Desk) -> Visitor:
    return Visitor(application(desk), "127.0.0.1")


def test_a_home_that_is_well_says_so_to_anybody(visit, desk):
    _finish_a_night(desk, 5)
    answer = visit.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["reasons"]) == (200, "ok", [])
    assert answer.json()["last_night"]["hours_ago"] == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize(("hours", "status", "code"), [(26, "look", 200), (51, "act", 503)])
def test_an_old_night_is_looked_at_and_then_acted_on(visit, desk, hours, status, code):
    _finish_a_night(desk, hours)
    answer = visit.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["reasons"]) == (code, status, ["night-old"])


def test_a_home_without_any_night_is_looked_at(tmp_path):
    desk = open_desk(Settings(home=tmp_path))
    try:
        answer = _local(desk).get("/healthz")
        assert (answer.status_code, answer.json()["reasons"]) == (200, ["no-night-yet"])
        assert "mobility_disk_free_bytes" in _local(desk).get("/metrics").text
    finally:
        desk.close()


def test_a_night_that_failed_is_to_be_acted_on_at_once(visit, desk):
    _finish_a_night(desk, 5)
    with pytest.raises(ValueError):
        _night_that_fails(desk.settings)
    answer = visit.get("/healthz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["night-failed"])
    assert answer.json()["last_night"]["step"] == "measure"


def test_a_night_runs_while_it_has_the_warehouse_and_is_broken_off_after(desk):
    with writer_lock(desk.settings.warehouse_path), followed(desk.settings, now("UTC").date()) as course:
        course.begins("read")
        assert last_course(desk.settings).state == "running"
        noted = (desk.settings.home / "night.json").read_text()
        course.ends("done")
    assert last_course(desk.settings).state == "done"
    (desk.settings.home / "night.json").write_text(noted)
    assert last_course(desk.settings).state == "broken-off"
    (desk.settings.home / "night.json").write_text("{")
    assert last_course(desk.settings) is None


def test_a_night_that_cannot_open_the_warehouse_failed_unless_that_is_in_use(desk):
    with pytest.raises(StoreLocked), followed(desk.settings, now("UTC").date()):
        raise StoreLocked("error.store.locked", path=desk.settings.warehouse_path)
    assert last_course(desk.settings) is None
    (desk.settings.registry_dir).mkdir(exist_ok=True)
    (desk.settings.registry_dir / "units.csv").write_text("unit_code\n")
    with pytest.raises(UserError), followed(desk.settings, now("UTC").date()), open_home(desk.settings):
        pass
    assert last_course(desk.settings).state == "failed"


def test_a_disk_without_room_for_a_night_is_to_be_acted_on(visit, desk):
    _finish_a_night(desk, 5)
    os.truncate(desk.settings.warehouse_path, 2**43)  # holes take no room, and a night would copy them
    answer = visit.get("/healthz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["disk"])


def test_a_lake_that_has_not_got_the_copy_is_looked_at(desk):
    _finish_a_night(desk, 5)
    settings = desk.settings.model_copy(update={"lake": "postgres:dbname=lake host=127.0.0.1 port=1"})
    visitor = Visitor(application(replace(desk, settings=settings)), "127.0.0.1")
    assert visitor.get("/healthz").json()["reasons"] == ["lake-owed"]
    assert visitor.get("/healthz").json()["lake"] == "owed"
    assert "mobility_lake_owed 1.0" in visitor.get("/metrics").text
    assert "mobility_lake_owed" not in _local(desk).get("/metrics").text


def test_a_letter_tried_in_vain_is_looked_at(visit, desk):
    _finish_a_night(desk, 5)
    part = desk.settings.board_copy_path.with_suffix(".part")
    part.write_bytes(desk.settings.board_copy_path.read_bytes())
    with duckdb.connect(str(part)) as con:
        at = now(desk.settings.timezone)
        con.execute(
            "INSERT INTO outbox.message BY NAME SELECT 'm1' AS message_id, 'ban' AS recipient, 'board' AS side, "
            "$at::DATE AS night, $at AS written_at, 'vi' AS language, 's' AS subject, 'b' AS body, "
            "[]::VARCHAR[] AS attachments",
            {"at": at},
        )
        con.execute(
            "INSERT INTO outbox.delivery BY NAME SELECT 'm1' AS message_id, 'waiting' AS state, 2 AS tries, "
            "$at AS tried_at, NULL AS sent_at, 'refused' AS error",
            {"at": at},
        )
    part.replace(desk.settings.board_copy_path)
    answer = visit.get("/healthz")
    assert (answer.status_code, answer.json()["reasons"]) == (200, ["letters-waiting"])
    assert answer.json()["outbox"] == {"waiting": 1, "given_up": 0}
    assert 'mobility_letters{state="waiting"} 1.0' in _local(desk).get("/metrics").text


def test_metrics_are_what_prometheus_reads_and_name_no_unit(desk):
    _finish_a_night(desk, 5)
    page = _local(desk).get("/metrics").text
    found = {one.name: one for one in text_string_to_metric_families(page)}
    files = {tuple(one.labels.values()): one.value for one in found["mobility_last_night_files"].samples}
    assert files == {("accepted",): 2, ("rejected",): 1, ("duplicate",): 0}
    assert sum(one.value for one in found["mobility_files"].samples) > 0
    assert "mobility_alerts" in found
    labels = {name for one in found.values() for sample in one.samples for name in sample.labels}
    assert labels <= {"state", "step", "outcome", "severity", "status"}


@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, None, 200),
        ("127.0.0.1", {"x-forwarded-for": "198.51.100.9"}, None, 401),
        ("203.0.113.7", {}, None, 401),
        ("203.0.113.7", {"authorization": "Bearer right"}, "right", 200),
        ("203.0.113.7", {"authorization": "Bearer wrong"}, "right", 401),
        ("203.0.113.7", {"authorization": "Bearer "}, None, 401),
    ],
)
def test_only_this_machine_or_who_brings_the_token_reads_the_metrics(desk, address, headers, token, status):
    settings = desk.settings.model_copy(update={"metrics_token": token})
    visitor = Visitor(application(replace(desk, settings=settings)), address)
    assert visitor.get("/metrics", headers=headers).status_code == status


def test_what_the_proxy_asks_for_is_not_asked_by_this_machine(desk):
    settings = desk.settings.model_copy(update={"portal_proxy": "127.0.0.1"})
    assert Visitor(application(replace(desk, settings=settings)), "127.0.0.1").get("/metrics").status_code == 401


def test_the_document_names_all_that_is_open_to_anybody(desk):
    told = re.search(r"open to anybody\*: (.*)\.\n", (ROOT / "docs/portal.md").read_text("utf-8"))
    routes = {getattr(route, "path", "") for route in application(desk).routes}
    named = {one.strip("`").removesuffix("/…") for one in told[1].split(", ")}
    assert named <= routes
    for path in routes - named - {"/metrics"}:
        answer = Visitor(application(desk)).get(re.sub(r"\{[^}]+\}", "x", path))
        assert answer.status_code in (303, 405) or path.startswith("/static"), path
