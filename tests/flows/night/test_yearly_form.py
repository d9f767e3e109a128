"""The yearly form through nights of its own: asked for with December, sent alone, refused, corrected, taken back."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from expectations.contract.periods import Period
from flows.commands.care import run_doctor, run_rebuild
from flows.commands.check import run_check
from flows.commands.decide import run_decision
from flows.commands.export import export
from flows.settings import Settings
from tests.expectations.yearly.yearly_files import YearlyReport, report_of, written
from tests.flows.lived_night import arrive, live
from transforms.samples import tree
from transforms.samples.invented import simulate
from transforms.samples.templates import TEMPLATES, lay_out
from transforms.samples.writers import write
from warehouse.published import open_facts_as_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("read_here")]

SENDER, DECEMBER = "866", Period(2022, 12)
NIGHTS = (date(2023, 1, 4), date(2023, 1, 10), date(2023, 1, 12), date(2023, 1, 20))
RIGHT, WRONG = "29872", "29875"


def trained(report: YearlyReport, less: int) -> YearlyReport:
    return report.with_figure(RIGHT, "committees_trained", int(report.figure(RIGHT, "committees_trained")) - less)


@pytest.fixture(scope="module")
def lived(registry, tmp_path_factory) -> tuple[Path, YearlyReport]:
    """December without the form; then it comes alone: with two grades for one committee, right, and corrected."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    (month,) = simulate(registry, 3, DECEMBER, DECEMBER)
    unit = next(one for one in registry.reporters_on(DECEMBER.last_day) if one.unit_code == SENDER)
    december = tree.report_of(registry, month, unit)
    del december.values["organisation"]
    report = report_of(registry, SENDER, 2022)
    wrong = report.with_figure(WRONG, "graded_excellent", 1).with_figure(WRONG, "graded_good", 1)
    files = (
        write("xlsx", lay_out(TEMPLATES[0], december)),
        *(written(one, "xlsx") for one in (wrong, report, trained(report, 1))),
    )
    for night, data in zip(NIGHTS, files, strict=True):
        arrive(home, SENDER, f"bao cao {night}.xlsx", data, night)
        live(settings, night)
    return home, report


def asked(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql(query).fetchall()


def test_each_file_is_in_the_log_under_its_own_period(lived):
    log = "SELECT period, reporter_name, outcome, problem_codes FROM marts.submission_log ORDER BY submission_id"
    name = "Thành phố Cao Lãnh"
    assert asked(lived[0], log) == [
        ("2022-12", name, "accepted", ["missing-unit"]),
        ("2022", name, "rejected", ["late", "parts-exceed-total"]),
        ("2022", name, "accepted", ["late"]),
        ("2022", name, "accepted", ["late", "resubmission"]),
    ]


def test_the_months_know_nothing_of_it(lived):
    status = f"SELECT period, state, days_late FROM marts.reporting_status WHERE reporter_code = '{SENDER}'"
    assert asked(lived[0], status) == [("2022-12", "reported", 0)]
    months = "SELECT DISTINCT period FROM derived.unit_month WHERE units_reported > 0"
    assert asked(lived[0], months) == [("2022-12",)]


def test_the_cell_at_fault_is_marked_in_the_senders_own_workbook(lived):
    (path,) = (path for path in (lived[0] / "returns" / SENDER).glob("*.xlsx") if "2023-01-10" in path.name)
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    listed = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any(text.startswith("Kỳ số liệu: năm 2022.") for text in listed)
    page = book["Biểu 5"]
    faulty = {cell.coordinate for row in page.iter_rows() for cell in row if cell.comment}
    assert faulty == {lived[1].place(lived[1].row_of(WRONG), "graded_excellent")}
    assert "Hoàn thành xuất sắc nhiệm vụ" in page[next(iter(faulty))].comment.text


def test_what_was_believed_on_a_day_can_be_asked(lived):
    home, report = lived
    right = int(report.figure(RIGHT, "committees_trained"))
    for day, believed in zip(NIGHTS, ([], [], [(right,)], [(right - 1,)]), strict=True):
        with open_facts_as_of(home / "warehouse.duckdb", day) as con:
            query = f"SELECT committees_trained FROM organisation WHERE commune_code = '{RIGHT}'"
            assert con.sql(query).fetchall() == believed


def test_the_mart_shows_what_stands_and_counts_of_people_only_of_many(lived):
    home, report = lived
    with duckdb.connect(str(home / "published" / "mobility.duckdb"), read_only=True) as con:
        figures = "committees_trained, secretary_is_head, members_not_graded_away"
        rows = con.sql(
            f"SELECT level, unit_name, {figures}, units_reported FROM marts.organisation WHERE map = 'reported' "
            f"AND unit_code IN ('{RIGHT}', '{SENDER}') ORDER BY level"
        ).fetchall()
        meaning = con.sql("SELECT meaning_vi, unit FROM marts.dictionary WHERE column_name = 'committees_trained'")
        meant = meaning.fetchall()
    own = int(report.figure(RIGHT, "committees_trained")) - 1
    total = {
        name: _sum(report, name) for name in ("committees_trained", "secretary_is_head", "members_not_graded_away")
    }
    assert rows == [
        ("commune", "Phường 4", own, None, None, 1),
        (
            "district",
            "Thành phố Cao Lãnh",
            total["committees_trained"] - 1,
            total["secretary_is_head"],
            total["members_not_graded_away"],
            13,
        ),
    ]
    words = "Trong số chi ủy: được bồi dưỡng, cập nhật kiến thức về công tác đảng trong năm"
    assert meant == [(words, "chi ủy / cell committees")]


def _sum(report: YearlyReport, measure: str) -> int:
    return sum(int(report.figure(code, measure)) for code, *_ in report.rows)


def test_its_versions_are_published_as_sums_of_the_sender(lived):
    rows = asked(
        lived[0],
        "SELECT version_no, value - previous_value, units_reported, is_standing FROM marts.revision "
        "WHERE form = 'organisation' AND measure = 'committees_trained' ORDER BY 1",
    )
    assert rows == [(1, None, 13, False), (2, -1, 13, True)]


def test_every_mart_can_be_taken_out(lived, tmp_path):
    export(Settings(home=lived[0]), tmp_path / "out")
    assert (tmp_path / "out" / "organisation.parquet").is_file()


def test_a_file_is_looked_through_at_the_desk_by_the_unit_and_year_of_its_title(lived, tmp_path, monkeypatch, capsys):
    home, report = lived
    monkeypatch.setenv("MOBILITY_HOME", str(home))
    (tmp_path / "bieu 5.ods").write_bytes(written(trained(report, 2), "html"))
    assert run_check(tmp_path / "bieu 5.ods", None, date(2023, 3, 1), as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["period"], told["causes"]) == ("accepted", "2022", [])
    assert [(one["code"], one["found"]) for one in told["problems"]] == [
        ("late", "2023-03-01"),
        ("resubmission", "2022"),
    ]


def test_what_was_taken_back_lets_the_version_before_stand_again(lived, monkeypatch, capsys):
    home, report = lived
    monkeypatch.setenv("MOBILITY_HOME", str(home))
    run_decision("retract", 4, "gửi nhầm", date(2023, 1, 25))
    right = int(report.figure(RIGHT, "committees_trained"))
    standing = (
        f"SELECT committees_trained FROM facts.organisation WHERE superseded_at IS NULL AND commune_code = '{RIGHT}'"
    )
    assert asked(home, standing) == [(right,)]
    unit = f"SELECT committees_trained FROM derived.unit_year WHERE map = 'reported' AND unit_code = '{RIGHT}'"
    assert asked(home, unit) == [(right,)]
    assert run_doctor(deep=True) == 0
    assert run_rebuild() == 0
    assert asked(home, standing) == [(right,)]
