"""Each kind of slip is told with its cause; what truly happens, and what cannot be told apart, is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import duckdb
import numpy as np
import pytest

from expectations.contract.forms import FORMS
from expectations.suites.verdict import Verdict, without_great_expectations
from tests.expectations.slips.invented_years import Province, Report, batch, invent, with_figures
from tests.expectations.slips.measure import measure
from tests.expectations.slips.planted import every_slip
from tests.expectations.spec.spec_judging import warehouse

SEED = 3
AWAY, BALANCE = FORMS["away"].names, FORMS["balance"].names


@pytest.fixture(scope="module")
def province() -> Province:
    return invent(SEED)


@pytest.fixture(scope="module")
def con(province) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(province.registry) as con:
        yield con


@pytest.fixture(scope="module")
def months(province) -> list[Report]:
    """The months of the largest sender."""
    largest = max(province.reports, key=lambda report: len(report.cells)).reporter
    return [report for report in province.reports if report.reporter == largest][:9]


def judged(con: duckdb.DuckDBPyConnection, reports: list[Report]) -> Verdict:
    return without_great_expectations(con, batch(reports))


def causes(verdict: Verdict) -> list[tuple[int, str, str | None]]:
    return verdict.causes.select("submission_id", "cause", "measures").rows()


def changed(report: Report, form: str, **columns: np.ndarray) -> Report:
    figures = report.figures[form].copy()
    for name, column in columns.items():
        figures[:, FORMS[form].names.index(name)] = column
    return with_figures(report, form, figures)


def column(report: Report, name: str) -> np.ndarray:
    (form,) = (form for form in FORMS if name in FORMS[form].names)
    return report.figures[form][:, FORMS[form].names.index(name)]


def exchanged(report: Report, form: str, one: str, other: str) -> Report:
    return changed(report, form, **{one: column(report, other), other: column(report, one)})


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        ("balance", "members_opening", "members_closing"),
        ("balance", "transferred_in", "transferred_out"),
        ("away", "away_in_contact", "away_out_of_contact"),
        ("away", "away_in_province", "away_other_province"),
        ("away", "away_other_province", "away_abroad"),
    ],
)
def test_exchanged_columns_are_told_and_reject(con, months, form, one, other):
    *before, last = months
    verdict = judged(con, [*before, exchanged(last, form, one, other)])
    assert causes(verdict) == [(len(months), "columns-swapped", f"{one} {other}")]
    assert verdict.outcomes["outcome"].to_list()[-1] == "rejected"
    problems = verdict.problems.filter(verdict.problems["submission_id"] == len(months))
    assert problems.row(0, named=True)["code"] == "columns-swapped"


def test_without_a_past_only_what_breaks_rules_is_told(con, months):
    first = months[0]
    levels = exchanged(first, "away", "away_in_contact", "away_out_of_contact")
    rules = exchanged(first, "away", "away_total", "away_in_province")
    assert causes(judged(con, [levels])) == []
    assert causes(judged(con, [rules])) == [(1, "columns-swapped", "away_total away_in_province")]


def test_a_slip_is_not_what_the_next_months_are_held_against(con, months):
    slipped = exchanged(months[-2], "away", "away_in_contact", "away_out_of_contact")
    verdict = judged(con, [*months[:-2], slipped, months[-2], months[-1]])
    assert [number for number, *_ in causes(verdict)] == [len(months) - 1]


def test_contact_that_falls_everywhere_is_no_slip(con, months):
    *before, last = months
    total = column(last, "away_total")
    lost = 1 - column(last, "away_in_contact").sum() / total.sum()
    contact = np.random.default_rng(1).binomial(total, min(lost + 0.25, 0.6))
    fallen = changed(last, "away", away_in_contact=contact, away_out_of_contact=total - contact)
    assert causes(judged(con, [*before, fallen])) == []


def test_one_cell_that_turns_about_is_no_slip(con, months):
    *before, last = months
    at = int(np.argmax(column(last, "away_total")))
    contact, lost = column(last, "away_in_contact").copy(), column(last, "away_out_of_contact").copy()
    contact[at], lost[at] = lost[at], contact[at]
    turned = changed(last, "away", away_in_contact=contact, away_out_of_contact=lost)
    assert causes(judged(con, [*before, turned])) == []


def test_rare_movements_of_one_side_are_never_guessed(con, months):
    *before, last = months
    verdict = judged(con, [*before, exchanged(last, "balance", "died", "struck_off")])
    assert causes(verdict) == []


@pytest.mark.parametrize("below", [-1, -2, -40_000])
@pytest.mark.parametrize("name", ["restored", "expelled", "away_total"])
def test_a_figure_below_zero_stops_nobody_and_is_no_slip(con, months, name, below):
    *before, last = months
    (form,) = (form for form in ("balance", "away") if name in FORMS[form].names)
    one = column(last, name).copy()
    one[2] = below
    verdict = judged(con, [*before, changed(last, form, **{name: one})])
    assert causes(verdict) == []
    assert "negative-count" in set(verdict.problems["code"])


def test_a_title_of_the_month_before_is_doubted(con, months):
    *before, last = months
    titled = replace(last, period=last.period.previous, named=last.period)
    verdict = judged(con, [*before, titled])
    assert causes(verdict) == [(len(months), "period-doubtful", None)]
    assert verdict.causes["period"].to_list() == [str(last.period)]
    assert verdict.outcomes["outcome"].to_list()[-1] == "rejected"


def test_a_late_correction_under_its_own_title_is_not_doubted(con, months):
    corrected = changed(months[-2], "away", away_started=column(months[-2], "away_started") + 1)
    late = replace(corrected, received=months[-1].received + timedelta(days=20), file_name="sua.xlsx")
    assert causes(judged(con, [*months, late])) == []


@pytest.mark.parametrize("named", ["title", "silent"])
def test_a_name_that_says_the_title_s_month_is_a_witness_for_it(con, months, named):
    *before, last = months
    wrong = last.period.previous
    name = f"T{wrong.first_month:02d}.xlsx" if named == "title" else "bao cao.xlsx"
    verdict = judged(con, [*before, replace(last, period=wrong, file_name=name)])
    assert [cause for _, cause, _ in causes(verdict)] == ([] if named == "title" else ["period-doubtful"])


def test_a_copied_month_stays_a_warning(con, months):
    *before, last = months
    copied = replace(before[-1], period=last.period, received=last.received, file_name="bao cao.xlsx")
    copied = replace(copied, figures={form: copied.figures[form] for form in ("balance", "away", "requests")})
    verdict = judged(con, [*before, copied])
    assert causes(verdict) == []
    assert {"copied-period", "opening-mismatch"} <= set(verdict.problems["code"])


def test_a_block_that_equals_many_others_is_told_once(con, months):
    *before, last = months
    blocks: dict[str, list[int]] = {}
    for at, cell in enumerate(last.cells):
        blocks.setdefault(cell.partition("-")[0], []).append(at)
    source = max(blocks.values(), key=len)
    figures = last.figures["balance"].copy()
    for rows in blocks.values():
        figures[rows] = figures[source[: len(rows)]]
    told = judged(con, [*before, with_figures(last, "balance", figures)]).causes
    pasted = told.filter(told["cause"] == "block-twice")["message_vi"].to_list()
    assert len(blocks) > 3
    assert 1 < len(pasted) < len(blocks)
    assert len(set(pasted)) == len(pasted)


@pytest.mark.parametrize("kind", ["factor-of-ten", "rows-shifted", "block-twice"])
def test_slips_without_a_code_are_told_beside_the_problems(con, months, kind):
    *before, last = months
    random = np.random.default_rng(4)
    slips = [one for one in every_slip(random, last, before[-1]) if one.kind == kind and "balance" in one.what]
    slips = slips or [one for one in every_slip(random, last, before[-1]) if one.what == "column members_closing"]
    for slip in slips:
        verdict = judged(con, [*before, slip.report])
        assert [cause for _, cause, _ in causes(verdict)] == [kind], slip.what
        assert not {"columns-swapped", "period-doubtful"} & set(verdict.problems["code"])


def test_a_tenth_of_a_column_is_told(con, months):
    *before, last = months
    tenth = changed(last, "balance", members_opening=column(last, "members_opening") // 10)
    assert causes(judged(con, [*before, tenth])) == [(len(months), "factor-of-ten", "members_opening")]


def test_a_nought_too_many_in_one_cell_is_told_with_its_row(con, months):
    *before, last = months
    opening = column(last, "members_opening").copy()
    opening[5] *= 10
    verdict = judged(con, [*before, changed(last, "balance", members_opening=opening)])
    (row,) = verdict.causes.iter_rows(named=True)
    assert (row["cause"], row["measures"], row["units"], row["rows"]) == (
        "factor-of-ten",
        "members_opening",
        last.cells[5],
        1,
    )
    assert "dòng 12" in row["message_vi"]


def test_a_small_share_of_the_measurement():
    result = measure(range(1, 4), 25)
    assert result.false == []
    assert result.share() > 0.85
