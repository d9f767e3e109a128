"""ReportsKnown not sent, rejected and not mended, opening figures that disagree, and alerts confirmed."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from transforms.followup.report_readings import ReportsKnown, report_readings

NIGHTS = [date(2021, 6, 1) + timedelta(day) for day in range(60)]
DUE = date(2021, 7, 5)
FILE = {
    "unit_id": pl.String,
    "period": pl.String,
    "submission_id": pl.Int64,
    "outcome": pl.String,
    "recorded_at": pl.Date,
    "ended_at": pl.Date,
    "codes": pl.List(pl.String),
    "is_month_read": pl.Boolean,
}
SPAN = {"unit_id": pl.String, "period": pl.String, "begin": pl.Date, "end": pl.Date}
ALERT = {
    "unit_id": pl.String,
    "alert_id": pl.String,
    "period": pl.String,
    "begin": pl.Date,
    "end": pl.Date,
    "severity": pl.String,
    "text_vi": pl.String,
    "text_en": pl.String,
}


def read(files=(), mismatches=(), alerts=(), nights=NIGHTS):
    due = pl.DataFrame({"unit_id": ["871"], "period": ["2021-06"], "due_on": [DUE]})
    rows = report_readings(
        ReportsKnown(
            due,
            pl.DataFrame(list(files), FILE, orient="row"),
            pl.DataFrame(list(mismatches), SPAN, orient="row"),
            pl.DataFrame(list(alerts), ALERT, orient="row"),
        ),
        nights,
    )
    return [(row["night"].day, row["kind"], row["stands"]) for row in rows.filter(night=pl.col("night")).to_dicts()]


def file(number, outcome, day, ended=None, is_month_read=True):
    codes = ["balance-broken"] * (outcome == "rejected")
    return ("871", "2021-06", number, outcome, date(2021, 7, day), ended, codes, is_month_read)


def test_a_report_is_not_sent_from_the_day_after_its_due_day_until_something_comes():
    assert read() == [(6, "report-not-sent", True)]
    assert read([file(1, "accepted", 9)]) == [(6, "report-not-sent", True), (9, "report-not-sent", False)]
    assert read([file(1, "accepted", 5)]) == []


def test_a_rejected_report_is_a_matter_until_one_is_accepted():
    assert read([file(1, "rejected", 3), file(2, "accepted", 8)]) == [
        (3, "report-rejected", True),
        (8, "report-rejected", False),
    ]
    assert read([file(1, "rejected", 8)]) == [
        (6, "report-not-sent", True),
        (8, "report-not-sent", False),
        (8, "report-rejected", True),
    ]


def test_rejected_and_mended_on_one_night_is_no_matter():
    assert read([file(1, "rejected", 3), file(2, "accepted", 3)]) == []


def test_a_rejected_correction_is_a_matter_though_the_report_stands():
    assert read([file(1, "accepted", 3), file(2, "rejected", 8)]) == [(8, "report-rejected", True)]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([file(1, "rejected", 3, is_month_read=False)], [(3, "report-rejected", True)]),
        ([file(1, "accepted", 3), file(2, "rejected", 8, is_month_read=False)], []),
    ],
)
def test_a_file_whose_month_could_not_be_read_is_the_last_months_report_unless_that_is_there(files, told):
    assert read(files) == told


def test_a_report_taken_back_is_not_sent_again():
    assert read([file(1, "accepted", 3, ended=date(2021, 7, 10))]) == [(10, "report-not-sent", True)]


def test_each_further_rejection_is_told_again_so_that_what_was_marked_done_is_open_again():
    assert read([file(1, "rejected", 3), file(2, "rejected", 4)]) == [
        (3, "report-rejected", True),
        (4, "report-rejected", True),
    ]


def test_opening_mismatches_stand_by_their_cells_until_the_last_is_mended():
    spans = [("871", "2021-06", date(2021, 7, 3), end) for end in (date(2021, 7, 9), date(2021, 7, 20))]
    assert read(mismatches=spans, files=[file(1, "accepted", 3)]) == [
        (3, "opening-mismatch", True),
        (9, "opening-mismatch", True),
        (20, "opening-mismatch", False),
    ]


def test_an_alert_confirmed_stands_until_it_is_quiet():
    alert = ("871", "871-away-up-2021-04", "2021-04", date(2021, 7, 1), date(2021, 7, 12), "high", "Một. Hai.", "One.")
    assert read(alerts=[alert], files=[file(1, "accepted", 3)]) == [(1, "alert-true", True), (12, "alert-true", False)]


def test_without_nights_nothing_is_read():
    assert read(nights=[]) == []
