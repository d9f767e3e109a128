"""Surprises that lie in the reports: each begins on the night it shows and ends on the night it is mended."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.transforms.watch.watch_units import Version, known_from
from transforms.watch.report_surprises import ReportHistory, report_findings

UNITS = "abcd"
DUE = {"2021-01": date(2021, 2, 5), "2021-02": date(2021, 3, 5), "2021-03": date(2021, 4, 5)}


def _version(unit: str, period: str, day: date, cells: int = 10, until: date | None = None, **measures: int) -> Version:
    return (unit, period, day, until, cells, measures)


def _told(
    versions: list[Version], marks: list[tuple] = (), nights: list[date] | None = None, note: str | None = None
) -> list[tuple]:
    due = pl.DataFrame(
        [(unit, "district", period, day) for unit in UNITS for period, day in DUE.items()],
        schema=["unit_id", "level", "period", "due_on"],
        orient="row",
    )
    spans = {"unit_id": pl.String, "period": pl.String, "recorded_at": pl.Date, "ended_at": pl.Date}
    received = pl.DataFrame([row[:4] for row in versions], schema=spans, orient="row")
    columns = spans | {"code": pl.String, "cells": pl.Int64}
    marked = pl.DataFrame(marks, schema=columns, orient="row")
    nights = nights or sorted({row[2] for row in versions} | {row[3] for row in versions if row[3]})
    found = report_findings(ReportHistory(due, received, marked), known_from(versions), nights).sort("night", "unit_id")
    found = found.filter(pl.col("note") == note) if note else found
    return found.select("night", "unit_id", "kind", "indicator", "period", "is_signal").rows()


def _ends(versions: list[Version], marks: list[tuple] = (), nights: list[date] | None = None) -> list[tuple]:
    """What ended as its figures were taken back or replaced."""
    return [row[:-1] for row in _told(versions, marks, nights, note="withdrawn")]


def _all(period: str, day: date, **measures: int) -> list[Version]:
    return [_version(unit, period, day, **{**measures, "members_closing": 500 + n}) for n, unit in enumerate(UNITS)]


def test_a_report_that_does_not_come_is_told_of_some_days_after_the_due_day_and_ends_when_it_comes():
    versions = [*_all("2021-01", date(2021, 2, 3))[1:], _version("a", "2021-01", date(2021, 2, 20))]
    nights = [date(2021, 2, day) for day in (3, 6, 8, 9, 20)]
    mine = ("a", "late", "reporting_timeliness", "2021-01")
    assert _told(versions, nights=nights) == [(date(2021, 2, 8), *mine, True), (date(2021, 2, 20), *mine, False)]


def test_a_month_that_most_did_not_send_is_no_single_units_matter():
    versions = [_version("a", "2021-01", date(2021, 2, 3)), *_all("2021-02", date(2021, 3, 3))]
    assert _told(versions, nights=[date(2021, 2, 3), date(2021, 2, 9), date(2021, 3, 3)]) == []


def test_missing_cells_are_told_of_until_they_come():
    first, second = date(2021, 2, 3), date(2021, 2, 9)
    versions = [
        *_all("2021-01", first)[1:],
        _version("a", "2021-01", first, 6, second),
        _version("a", "2021-01", second),
    ]
    mine = ("a", "late", "reporting_completeness", "2021-01")
    assert _told(versions) == [(first, *mine, True), (second, *mine, False)]


def test_a_restated_total_is_told_of_until_the_units_next_month():
    first, second, third = date(2021, 2, 3), date(2021, 2, 9), date(2021, 3, 3)
    versions = [
        *_all("2021-01", first)[1:],
        _version("a", "2021-01", first, until=second, away_total=100),
        _version("a", "2021-01", second, away_total=140),
        *_all("2021-02", third),
    ]
    mine = ("a", "restated", "away_total", "2021-01")
    assert _told(versions) == [(second, *mine, True), (third, *mine, False)]


def test_a_correction_of_one_is_no_surprise():
    first, second = date(2021, 2, 3), date(2021, 2, 9)
    versions = [
        *_all("2021-01", first)[1:],
        _version("a", "2021-01", first, until=second, away_total=100),
        _version("a", "2021-01", second, away_total=101),
    ]
    assert _told(versions) == []


def test_a_stock_that_stands_still_for_three_months_is_too_good_to_be_true():
    days = {"2021-01": date(2021, 2, 3), "2021-02": date(2021, 3, 3), "2021-03": date(2021, 4, 3)}
    versions = [
        _version(unit, period, day, away_total=120 if unit == "a" else 100 + 7 * n + i)
        for n, (period, day) in enumerate(days.items())
        for i, unit in enumerate(UNITS)
    ]
    assert _told(versions) == [(days["2021-03"], "a", "implausible", "away_total", "2021-03", True)]


def test_communes_with_the_same_figures_throughout_were_not_counted_apart():
    day = date(2021, 2, 3)
    names = (
        "members_opening",
        "members_closing",
        "away_total",
        "away_in_province",
        "away_other_province",
        "away_abroad",
        "away_started",
        "away_returned",
        "received",
    )
    figures = {unit: {n: 5 + (i if unit in "ab" else ord(unit)) for i, n in enumerate(names)} for unit in UNITS}
    versions = [_version(unit, "2021-01", day, **figures[unit]) for unit in UNITS]
    told = _told(versions)
    assert [row[1:] for row in told] == [(u, "implausible", "members_closing", "2021-01", True) for u in "ab"]


def test_a_copied_month_and_many_wrong_openings_are_told_of_a_few_wrong_openings_are_not():
    day = date(2021, 2, 3)
    marks = [
        ("a", "2021-01", day, None, "copied-period", 1),
        ("b", "2021-01", day, None, "opening-mismatch", 9),
        ("c", "2021-01", day, None, "opening-mismatch", 2),
    ]
    told = [row[1:4] for row in _told(_all("2021-01", day), marks)]
    assert told == [("a", "implausible", "members_closing"), ("b", "restated", "members_opening")]


def test_a_report_taken_back_before_it_was_looked_at_has_not_come():
    gone = date(2021, 2, 6)
    versions = [*_all("2021-01", date(2021, 2, 3))[1:], _version("a", "2021-01", date(2021, 2, 3), until=gone)]
    nights = [date(2021, 2, day) for day in (3, 6, 8)]
    assert _told(versions, nights=nights) == [(date(2021, 2, 8), "a", "late", "reporting_timeliness", "2021-01", True)]


def test_what_was_told_of_a_partial_report_ends_with_it():
    first, gone = date(2021, 2, 3), date(2021, 2, 4)
    versions = [*_all("2021-01", first)[1:], _version("a", "2021-01", first, 6, gone)]
    assert _ends(versions) == [(gone, "a", "late", "reporting_completeness", "2021-01")]


def test_a_restatement_taken_back_was_none_and_its_end_is_not_another():
    first, second, gone = date(2021, 2, 3), date(2021, 2, 9), date(2021, 2, 12)
    versions = [
        *_all("2021-01", first)[1:],
        _version("a", "2021-01", first, until=second, away_total=100),
        _version("a", "2021-01", second, until=gone, away_total=140),
        _version("a", "2021-01", gone, away_total=100),
    ]
    mine = ("a", "restated", "away_total", "2021-01")
    assert _told(versions) == [(second, *mine, True), (gone, *mine, False)]
    assert _ends(versions) == [(gone, *mine)]


def test_a_stock_stands_still_no_more_once_one_of_its_months_is_taken_back_or_corrected():
    days = {"2021-01": date(2021, 2, 3), "2021-02": date(2021, 3, 3), "2021-03": date(2021, 4, 3)}
    gone = date(2021, 4, 9)

    def versions(period: str, *more: Version) -> list[Version]:
        return [
            _version(
                unit,
                month,
                day,
                until=gone if unit == "a" and month == period else None,
                away_total=120 if unit == "a" else 100 + 7 * n + i,
            )
            for n, (month, day) in enumerate(days.items())
            for i, unit in enumerate(UNITS)
        ] + list(more)

    mine = (gone, "a", "implausible", "away_total", "2021-03")
    assert _ends(versions("2021-03")) == [mine]
    assert _ends(versions("2021-02", _version("a", "2021-02", gone, away_total=124))) == [mine]


def test_identical_communes_are_over_when_the_figures_of_one_are_corrected_and_told_once_both_stand():
    first, second, third = date(2021, 2, 3), date(2021, 2, 5), date(2021, 2, 9)
    names = (
        "members_opening",
        "members_closing",
        "away_total",
        "away_in_province",
        "away_other_province",
        "away_abroad",
        "away_started",
        "away_returned",
        "received",
    )
    same, other = dict.fromkeys(names, 5), dict.fromkeys(names, 6)
    versions = [
        _version("a", "2021-01", first, until=third, **same),
        _version("b", "2021-01", second, **same),
        _version("a", "2021-01", third, **other),
    ]
    told = [row for row in _told(versions) if row[2] == "implausible"]
    assert [(row[0], row[1], row[-1]) for row in told] == [
        (second, "a", True),
        (second, "b", True),
        (third, "a", False),
        (third, "b", False),
    ]


def test_a_mark_ends_with_its_file_unless_what_comes_in_its_place_has_it_too():
    first, second = date(2021, 2, 3), date(2021, 2, 9)
    versions = _all("2021-01", first)
    mark = ("a", "2021-01", first, second, "copied-period", 1)
    nights = [first, second]
    assert _ends(versions, [mark], nights) == [(second, "a", "implausible", "members_closing", "2021-01")]
    again = ("a", "2021-01", second, None, "copied-period", 1)
    assert _ends(versions, [mark, again], nights) == []
