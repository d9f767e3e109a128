"""When the yearly form is asked for, in which files it is taken, and what replaces what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.expectations.spec.spec_judging import judge, read_batch
from tests.expectations.spec.spec_reports import MONTHLY, Sent
from tests.expectations.spec.spec_yearly import ALL_BLANK, ALONE, DECEMBER, WITHOUT_IT, year

SENT = Sent(**DECEMBER)
LACKING = Sent(**WITHOUT_IT)
BEFORE_2022 = replace(LACKING, period="2021-12", received=date(2022, 1, 4))


def told(*sent: Sent, code: str = "missing-unit") -> list[tuple[str | None, str | None]]:
    """Unit and form of each problem of a code in the last file."""
    verdict = judge(list(sent))
    assert verdict.outcomes["outcome"].to_list() == ["accepted"] * len(sent), verdict.problems.rows()
    last = verdict.problems.filter((pl.col("submission_id") == len(sent)) & (pl.col("code") == code))
    return last.select("unit_code", "form").rows()


ABSENT = [(None, "organisation")]


def test_from_2022_on_a_december_without_it_is_told() -> None:
    assert told(LACKING) == ABSENT


def test_before_it_was_asked_for_nothing_is_missing() -> None:
    assert told(BEFORE_2022) == []


def test_who_sent_it_for_an_earlier_year_is_asked_for_it_again() -> None:
    earlier = year(period="2020", received=date(2021, 1, 4))
    assert told(earlier, BEFORE_2022) == ABSENT


def test_another_senders_form_asks_nothing_of_this_one() -> None:
    other = year(period="2020", received=date(2021, 1, 4), sender="THÀNH ỦY HỒNG NGỰ", reporter="868")
    other = replace(other, named={"29869": "Phường An Lộc"}, without=("29872",))
    assert told(other, BEFORE_2022) == []


def test_who_has_sent_it_alone_is_not_asked_for_it_with_december() -> None:
    assert told(ALONE, LACKING) == []


@pytest.mark.parametrize("month", ["2022-06", "2022-11", "2023-01", "2023-03"])
def test_other_months_are_not_asked_for_it(month) -> None:
    forms = (*MONTHLY, "regulation_213") if month == "2022-06" else MONTHLY
    assert told(replace(LACKING, period=month, received=date(2023, 4, 3), forms=forms)) == []


def test_in_the_file_of_another_month_it_is_kept_and_no_commune_is_missed() -> None:
    march = replace(SENT, period="2023-03", received=date(2023, 4, 3), forms=(*MONTHLY, "organisation"))
    sent = replace(march, year="Năm 2022", without=("29872",), cells=("29869-01", "29869-02"))
    assert ("29872", "organisation") not in told(sent)
    assert _years(sent) == ["2022"]


def test_without_a_year_in_its_title_it_is_of_the_last_one_that_ended_with_the_file() -> None:
    sent = {"forms": (*MONTHLY, "organisation"), "year": "Biểu số 5"}
    assert _years(replace(SENT, year="Biểu số 5")) == ["2022"]
    assert _years(replace(SENT, period="2023-03", received=date(2023, 4, 3), **sent)) == ["2022"]


def test_a_year_that_has_not_ended_is_refused_in_a_months_file_too() -> None:
    june = replace(SENT, period="2023-03", received=date(2023, 4, 3), forms=(*MONTHLY, "organisation"))
    assert _refused(replace(june, year="Năm 2023")) == ("2023 chưa kết thúc vào ngày nhận 03/04/2023", "Năm 2022")


@pytest.mark.parametrize("title", ["Năm 2023", "Năm 2019", "Năm ……"])
def test_left_blank_in_other_months_it_is_not_there_whatever_year_its_title_says(title) -> None:
    march = replace(SENT, period="2023-03", received=date(2023, 4, 3), forms=(*MONTHLY, "organisation"))
    verdict = judge([replace(march, year=title, written=ALL_BLANK)])
    assert verdict.outcomes["outcome"].to_list() == ["accepted"]
    assert verdict.problems.filter(pl.col("form") == "organisation").is_empty()


def test_a_year_long_past_is_refused_in_a_months_file() -> None:
    assert _refused(replace(SENT, year="Năm 2019")) == ("2019 trong tệp của 2022-12", "Năm 2022")


def test_a_december_with_the_form_of_the_year_before_still_lacks_its_own() -> None:
    assert told(replace(SENT, year="Năm 2021", written={("29872", "hamlet_cells"): "2"})) == ABSENT


def test_the_yearly_form_alone_may_come_years_later() -> None:
    assert told(replace(ALONE, received=date(2025, 3, 1)), code="late") == [(None, None)]


def test_december_with_the_form_replaces_what_came_alone_and_the_other_way_round() -> None:
    later = replace(SENT, received=date(2023, 1, 5))
    assert told(ALONE, later, code="resubmission") == [(None, None)]
    assert told(SENT, replace(ALONE, received=date(2023, 1, 5)), code="resubmission") == [(None, None)]
    assert told(LACKING, replace(ALONE, received=date(2023, 1, 5)), code="resubmission") == []


def test_a_part_of_december_is_no_yearly_form_alone() -> None:
    verdict = judge([replace(SENT, forms=("balance", "organisation"))])
    missing = verdict.problems.filter(pl.col("code") == "missing-form")["expected"].to_list()
    assert missing == ["away", "requests"]


def test_titled_as_a_month_it_lacks_the_months_forms() -> None:
    verdict = judge([year(year="Tháng 12 năm 2022")])
    missing = verdict.problems.filter(pl.col("code") == "missing-form")["expected"].to_list()
    assert missing == list(MONTHLY)


def test_two_years_in_one_file_are_refused() -> None:
    sent = ALONE.data + year(year="Năm 2021").data
    verdict = judge([year(raw=sent)])
    found = verdict.problems.filter(pl.col("code") == "period-invalid")["found"].to_list()
    assert found == ["các biểu thuộc nhiều kỳ: 2021, 2022"]


def _years(sent: Sent) -> list[str]:
    return read_batch([sent]).rows["organisation"]["period"].unique().to_list()


def _refused(sent: Sent) -> tuple[str, str]:
    verdict = judge([sent])
    (problem,) = verdict.problems.filter(pl.col("severity") == "error").to_dicts()
    assert (problem["code"], problem["form"]) == ("period-invalid", "organisation")
    return problem["found"], problem["expected"]
