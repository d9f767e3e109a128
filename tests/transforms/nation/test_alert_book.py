"""The country's book of alerts: opened once, kept while it stands, past or withdrawn after."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.transforms.nation.invented_nation import months
from transforms.nation.alert_book import BOOK, alert_book

EMPTY = pl.DataFrame(schema=BOOK)
FIRST, SECOND, THIRD = date(2026, 1, 6), date(2026, 2, 6), date(2026, 3, 6)


def judged(last: str, *found: tuple[str, str, str]) -> pl.DataFrame:
    """A night's signals: twelve months to the last of three provinces; those found are out of the ordinary."""
    year, month = int(last[:4]), int(last[5:])
    periods = months(f"{year - 1:04d}-{month:02d}", 13)[1:]
    rows = [
        (unit, period, direction, (unit, period, direction) in found)
        for unit in ("01", "82", "VN")
        for period in periods
        for direction in ("up", "down")
    ]
    frame = pl.DataFrame(rows, ["unit_code", "period", "direction", "is_signal"], orient="row")
    return frame.with_columns(
        level=pl.when(pl.col("unit_code") == "VN").then(pl.lit("country")).otherwise(pl.lit("province")),
        scope=pl.lit("unit"),
        family=pl.lit("requests"),
        indicator=pl.lit("received"),
        kind=pl.lit("change"),
        first_period="period",
        observed=pl.lit(40.0),
        expected=pl.lit(10.0),
        lower=pl.lit(4.0),
        upper=pl.lit(18.0),
    )


def said(book: pl.DataFrame) -> list[tuple[object, ...]]:
    return book.select("unit_code", "first_period", "period", "state", "opened_on", "seen_on").rows()


def test_months_that_follow_one_another_are_one_alert_and_a_gap_parts_two():
    found = [("82", month, "up") for month in ("2025-06", "2025-10", "2025-11", "2025-12")]
    book = alert_book(EMPTY, judged("2025-12", *found), FIRST)
    assert said(book) == [
        ("82", "2025-10", "2025-12", "standing", FIRST, FIRST),
        ("82", "2025-06", "2025-06", "past", FIRST, FIRST),
    ]


def test_an_alert_that_goes_on_keeps_the_night_that_told_it_first():
    before = alert_book(EMPTY, judged("2025-12", ("82", "2025-12", "up")), FIRST)
    after = alert_book(before, judged("2026-01", ("82", "2025-12", "up"), ("82", "2026-01", "up")), SECOND)
    assert said(after) == [("82", "2025-12", "2026-01", "standing", FIRST, SECOND)]


def test_a_night_that_finds_the_same_changes_nothing():
    once = alert_book(EMPTY, judged("2025-12", ("82", "2025-12", "up"), ("VN", "2025-03", "down")), FIRST)
    assert alert_book(once, judged("2025-12", ("82", "2025-12", "up"), ("VN", "2025-03", "down")), FIRST).equals(once)


def test_what_later_months_do_not_show_is_past_and_what_a_correction_takes_away_is_withdrawn():
    before = alert_book(EMPTY, judged("2025-12", ("82", "2025-12", "up"), ("01", "2025-12", "up")), FIRST)
    after = alert_book(before, judged("2026-01", ("82", "2025-12", "up")), SECOND)
    assert said(after) == [
        ("01", "2025-12", "2025-12", "withdrawn", FIRST, FIRST),
        ("82", "2025-12", "2025-12", "past", FIRST, SECOND),
    ]
    assert after.filter(unit_code="01").select("observed", "expected", "lower", "upper").row(0) == (None,) * 4
    again = alert_book(after, judged("2026-02", ("01", "2025-12", "up"), ("82", "2025-12", "up")), THIRD)
    assert said(again.filter(unit_code="01")) == [("01", "2025-12", "2025-12", "past", FIRST, THIRD)]


def test_what_is_older_than_twelve_months_stays_as_it_was_and_without_figures():
    before = alert_book(EMPTY, judged("2025-12", ("82", "2025-01", "up"), ("01", "2025-12", "up")), FIRST)
    after = alert_book(before, judged("2027-03"), date(2027, 4, 6))
    assert {(unit, state) for unit, *_, state, _, _ in said(after)} == {("82", "past"), ("01", "past")}
    assert after["observed"].is_null().all()


def test_up_and_down_are_two_alerts_and_nothing_found_is_an_empty_book():
    book = alert_book(EMPTY, judged("2025-12", ("82", "2025-12", "up"), ("82", "2025-11", "down")), FIRST)
    assert book.height == 2
    nothing = alert_book(EMPTY, judged("2025-12").head(0), FIRST)
    assert (nothing.height, nothing.schema) == (0, BOOK)
