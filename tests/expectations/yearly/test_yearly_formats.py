"""The yearly form in ten kinds of files: read to the figure, each fault told at its cell, unit and measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import polars as pl
import pytest

from expectations.suites.staging import SUBMISSION_COLUMNS, Batch
from expectations.suites.verdict import Verdict, without_great_expectations
from tests.expectations.spec.spec_judging import warehouse
from tests.expectations.yearly.yearly_files import (
    BY_LIBREOFFICE,
    ENDINGS,
    KINDS,
    MEASURES,
    TOTAL,
    Value,
    YearlyReport,
    report_of,
    written,
)
from tests.transforms.template.filling import by_libreoffice
from transforms.reading.frames import Frames, to_frames
from transforms.reading.read import read_file

pytestmark = pytest.mark.slow

DISTRICT, YEAR, RECEIVED = "866", 2022, date(2023, 1, 4)
COMMUNE, LATER, LATER_RECEIVED = "29869", 2025, date(2026, 1, 4)
FIRST, SECOND, THIRD = "29869", "29872", "29875"
Told = tuple[str, str | None, str | None, str | None, str | None, str | None]
"""Code, cell, unit, measure, found, expected; ... where anything may stand."""


@dataclass(frozen=True)
class Fault:
    """A report with one fault, and what must be told of it: `told` gives it for a kind of file."""

    report: YearlyReport
    told: Callable[[str], list[Told]]
    outcome: str = "rejected"
    received: date = RECEIVED
    but: tuple[str, ...] = ()  # kinds of files that cannot have it


def _figure(report: YearlyReport, code: str, measure: str, value: Value, *told: str | None) -> Fault:
    """A figure written otherwise; `told`: the problem's code, found and expected, and the measure where another is."""
    problem, found, expected, *pointed = told
    shown = pointed[0] if pointed else measure
    changed = report.with_figure(code, measure, value)

    def of(kind: str) -> list[Told]:
        return [(str(problem), changed.place(changed.row_of(code), str(shown), kind), code, shown, found, expected)]

    return Fault(changed, of)


def _faults(report: YearlyReport, other: YearlyReport) -> dict[str, Fault]:
    cells, heads = int(report.figure(SECOND, "hamlet_cells")), int(report.figure(SECOND, "secretary_is_head"))
    committees = int(report.figure(SECOND, "committees"))
    rows = report.rows
    named = replace(report, rows=((rows[0][0], "Phường Không Tên", rows[0][2]), *rows[1:]))
    coded = replace(named, rows=(("99999", *named.rows[0][1:]), *named.rows[1:]))
    twice = replace(report, rows=(*rows, rows[1]))
    blank = replace(report, rows=((rows[0][0], rows[0][1], (None,) * len(MEASURES)), *rows[1:]))
    totals = replace(report, totals={"committees": 7})
    two = report.with_figure(THIRD, "graded_good", 1).with_figure(THIRD, "graded_excellent", 1)
    exceeds = "parts-exceed-total"
    return {
        "more heads than cells": _figure(
            report, SECOND, "secretary_is_head", cells + 1, exceeds, str(cells + 1), str(cells)
        ),
        "more young heads than heads": _figure(
            report, SECOND, "secretary_head_under_40", heads + 1, exceeds, str(heads + 1), str(heads)
        ),
        "more trained than there are": _figure(
            report, SECOND, "committees_trained", committees + 2, exceeds, str(committees + 2), str(committees)
        ),
        "two grades": Fault(
            two.with_figure(THIRD, "graded_fair", 0),
            lambda kind: [
                (exceeds, two.place(two.row_of(THIRD), "graded_excellent", kind), THIRD, "graded_excellent", "2", "1")
            ],
        ),
        "a word": _figure(report, FIRST, "committees", "hai", "not-a-count", "hai", None),
        "a decimal": _figure(report, FIRST, "graded_good", "0,5", "not-a-count", "0,5", None),
        "a lone blank": _figure(report, FIRST, "members_not_graded_away", None, "not-a-count", "ô trống", None),
        "a negative": _figure(report, FIRST, "members_not_graded_away", -2, "negative-count", "-2", None),
        "an unknown name": Fault(
            named,
            lambda kind: [("unknown-unit", named.place(0, "name"), None, None, "Phường Không Tên", ...)],  # type: ignore[list-item]
            but=("parquet",),
        ),
        "an unknown code": Fault(
            coded,
            lambda kind: [("unknown-unit", "A2", None, None, "99999", "không có")],
            but=tuple(set(KINDS) - {"parquet"}),
        ),
        "a commune twice": Fault(
            twice,
            lambda kind: [
                (
                    "duplicate-unit",
                    twice.place(len(rows), "name", kind),
                    SECOND,
                    None,
                    twice.place(len(rows), "name", kind),
                    twice.place(1, "name", kind),
                )
            ],
        ),
        "no column": Fault(
            replace(report, without="committees_trained"),
            lambda kind: [
                ("missing-column", "A1" if kind == "parquet" else "A7", None, "committees_trained", None, ...)
            ],  # type: ignore[list-item]
        ),
        "another district's": Fault(
            replace(other, sender=other.sender),
            lambda kind: [("wrong-district", None, None, None, "Thành phố Sa Đéc", "Thành phố Cao Lãnh")],
        ),
        "another district's units under no heading": Fault(
            replace(other, sender="BAN TỔ CHỨC"),
            lambda kind: [("wrong-district", None, None, None, "Thành phố Sa Đéc", "Thành phố Cao Lãnh")],
            but=("parquet",),
        ),
        "a year not yet ended": Fault(
            replace(report, year="Năm 2023", period="2023"),
            lambda kind: [
                ("period-invalid", None, None, None, "2023 chưa kết thúc vào ngày nhận 04/01/2023", "Năm 2022")
            ],
        ),
        "no year": Fault(
            replace(report, year="", period=""),
            lambda kind: [("period-invalid", None, None, None, ..., "Năm 2022")],  # type: ignore[list-item]
        ),
        "nothing in it": Fault(
            replace(
                report, rows=tuple((code, name, (None,) * len(MEASURES)) for code, name, _ in rows), has_total=False
            ),
            lambda kind: [("missing-form", None, None, None, None, "organisation")],
        ),
        "a wrong total": Fault(
            totals,
            lambda kind: [
                (
                    "total-mismatch",
                    totals.place(TOTAL, "committees"),
                    None,
                    "committees",
                    "7",
                    str(_sum(report, "committees")),
                )
            ],
            "accepted",
            but=("parquet",),
        ),
        "more cells than the registry has": replace(
            _figure(report, SECOND, "hamlet_cells", cells + 3, "total-mismatch", str(cells + 3), str(cells)),
            outcome="accepted",
        ),
        "a commune left out": Fault(
            replace(report, rows=rows[1:]),
            lambda kind: [("missing-unit", None, FIRST, None, None, "organisation")],
            "accepted",
        ),
        "a commune without figures": Fault(
            blank,
            lambda kind: [("missing-unit", blank.place(0, "name", kind), FIRST, None, None, "organisation")],
            "accepted",
        ),
        "late": Fault(
            report, lambda kind: [("late", None, None, None, "2023-01-06", "2023-01-05")], "accepted", date(2023, 1, 6)
        ),
    }


def _sum(report: YearlyReport, measure: str) -> int:
    return sum(int(report.figure(code, measure)) for code, *_ in report.rows)


@pytest.fixture(scope="module")
def district(registry) -> YearlyReport:
    return report_of(registry, DISTRICT, YEAR)


@pytest.fixture(scope="module")
def faults(registry, district) -> dict[str, Fault]:
    return _faults(district, report_of(registry, "867", YEAR))


@pytest.fixture(scope="module")
def right(registry, district) -> dict[str, tuple[YearlyReport, str, date]]:
    """Reports without a fault, by name, in every wording: whose, and when it came."""
    own = report_of(registry, COMMUNE, LATER)
    said = ("Năm 2022", "(Số liệu từ ngày 01/01/2022 đến ngày 31/12/2022)", "KỲ NĂM 2022")
    reports = {
        f"wording {number}": (replace(district, wording=number, year=text), DISTRICT, RECEIVED)
        for number, text in enumerate(said)
    }
    return reports | {
        "with codes": (replace(district, has_codes=True, year="năm 2022"), DISTRICT, RECEIVED),
        "a commune's own": (replace(own, has_total=False), COMMUNE, LATER_RECEIVED),
        "a commune's own with a total": (own, COMMUNE, LATER_RECEIVED),
        "months later": (district, DISTRICT, date(2023, 1, 5)),
    }


@pytest.fixture(scope="module")
def files(faults, right, tmp_path_factory) -> Callable[[str, str], bytes]:
    """The bytes of a report by its name and a kind of file; those of LibreOffice are made at once."""
    reports = {name: one.report for name, one in faults.items()} | {name: one for name, (one, *_) in right.items()}
    made: dict[tuple[str, str], bytes] = {}

    def give(name: str, kind: str) -> bytes:
        if (name, kind) not in made and kind in BY_LIBREOFFICE:
            books = {f"r{at}": written(one, "xlsx") for at, one in enumerate(reports.values())}
            saved = by_libreoffice(books, kind, tmp_path_factory.mktemp(kind))
            made.update({(one, kind): saved[f"r{at}"] for at, one in enumerate(reports)})
        elif (name, kind) not in made:
            made[name, kind] = written(reports[name], kind)
        return made[name, kind]

    return give


@pytest.fixture(scope="module")
def con(registry) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(registry) as known:
        yield known


@pytest.fixture(scope="module")
def judged(con, directory) -> Callable[[bytes, str, str, date], tuple[Verdict, Frames]]:
    """What comes of a file, and what was read of it; kinds of files that were read alike are judged once."""
    verdicts: dict[tuple[bytes, ...], Verdict] = {}

    def judged(data: bytes, kind: str, reporter: str, received: date) -> tuple[Verdict, Frames]:
        frames = to_frames({1: read_file(data, f"bieu 5.{ENDINGS.get(kind, kind)}", reporter, received, directory)})
        # Whichever kind it is, its name and content are those of no other file that the warehouse knows.
        rows = [(1, reporter, received, received, "bieu 5", "0" * 64)]
        columns = ("submission_id", "reporter_code", "received_on", "recorded_at", "file_name", "sha256")
        submissions = pl.DataFrame(rows, schema=columns, orient="row").join(frames.heads, on="submission_id")
        batch = Batch(submissions.select(SUBMISSION_COLUMNS.keys()), frames.rows, frames.columns, frames.problems)
        parts = (batch.submissions, *batch.rows.values(), batch.columns, batch.problems)
        read = tuple(part.write_ipc(None).getvalue() for part in parts)
        if read not in verdicts:
            verdicts[read] = without_great_expectations(con, batch)
        return verdicts[read], frames

    return judged


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "wording 0",
        "wording 1",
        "wording 2",
        "with codes",
        "a commune's own",
        "a commune's own with a total",
        "months later",
    ],
)
def test_a_report_without_a_fault_is_read_to_the_figure_and_nothing_is_said(name, kind, files, right, judged):
    report, reporter, received = right[name]
    verdict, frames = judged(files(name, kind), kind, reporter, received)
    assert verdict.problems.to_dicts() == []
    assert verdict.outcomes.rows() == [(1, "accepted")]
    rows = frames.rows["organisation"]
    assert set(rows["period"]) == {report.period}
    read = {code: tuple(values) for code, *values in rows.select("commune_code", *MEASURES).iter_rows()}
    assert read == {code: values for code, _, values in report.rows}


def _names() -> list[str]:
    """The faults' names, before there is a registry to write them with."""
    empty = YearlyReport("", "", "", tuple((code, "", (9,) * len(MEASURES)) for code in (FIRST, SECOND, THIRD)))
    return list(_faults(empty, empty))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", _names())
def test_a_fault_is_told_at_its_cell_unit_and_measure(name, kind, files, faults, judged):
    fault = faults[name]
    if kind in fault.but:
        pytest.skip(f"a .{kind} cannot have it")
    verdict, _ = judged(files(name, kind), kind, DISTRICT, fault.received)
    assert verdict.outcomes.rows() == [(1, fault.outcome)]
    found = verdict.problems.select("code", "cell_ref", "unit_code", "measure", "found", "expected").rows()
    told = fault.told(kind)
    assert len(found) == len(told), found
    for have, want in zip(found, told, strict=True):
        assert all(w in (..., h) for h, w in zip(have, want, strict=True)), (have, want)
    assert set(verdict.problems["form"].drop_nulls()) <= {"organisation"}
