"""What period each form of a file is of, where its own title says less or other than the rest of the file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from expectations.contract.forms import FORMS
from tests.expectations.spec.spec_judging import judge, read_batch
from tests.expectations.spec.spec_reports import MONTHLY, Sent

OWN_TITLE = "Kỳ II năm 2021"
DECEMBER = Sent(
    period="2021-12",
    received=date(2022, 1, 4),
    forms=(*MONTHLY, "regulation_213"),
    cells=("29869-01", "29869-02", "29872-03", "29872-04"),
)


def titled(title: str) -> Sent:
    """December's file with another title over its half-yearly form."""
    return replace(DECEMBER, raw=DECEMBER.data.replace(OWN_TITLE.encode(), title.encode()))


def halves(sent: Sent) -> list[str]:
    assert judge([sent]).outcomes["outcome"].to_list() == ["accepted"]
    return read_batch([sent]).rows["regulation_213"]["period"].unique().to_list()


def refused(sent: Sent) -> list[tuple[str, str]]:
    verdict = judge([sent])
    errors = verdict.problems.filter(pl.col("severity") == "error")
    assert verdict.outcomes["outcome"].to_list() == ["rejected"]
    return errors.select("code", "form").rows()


@pytest.mark.parametrize(
    "title",
    [
        "Tháng 6 năm 2021",
        "Tháng 12 năm 2020",
        "Tháng 11 năm 2021",
        "Tháng 13 năm 2021",
        "Năm 2020",
        "Số liệu từ ngày 01/07/2021 đến ngày 30/11/2021",
    ],
)
def test_a_half_yearly_form_under_another_months_title_is_refused(title) -> None:
    assert refused(titled(title)) == [("period-invalid", "regulation_213")]


@pytest.mark.parametrize(
    "title",
    [
        "Tháng 12 năm 2021",
        "Năm 2021",
        "Số liệu đến ngày 31/12/2021",
        "Biểu 4",
        "Thực hiện Công văn tháng 3/2020",
        "Thực hiện Quy định số 213-QĐ/TW ngày 02/01/2020",
        "6 tháng cuối năm 2021 (từ ngày 01/07/2021 đến ngày 15/12/2021)",
    ],
)
def test_a_half_yearly_form_under_its_months_title_or_none_is_the_newest_half_years(title) -> None:
    assert halves(titled(title)) == ["2021-H2"]


def test_a_half_year_beside_days_that_bound_none_is_the_forms() -> None:
    assert halves(titled("6 tháng đầu năm 2021 (từ ngày 01/01/2021 đến ngày 15/06/2021)")) == ["2021-H1"]


@pytest.mark.parametrize("title", ["Tháng 12 năm 2020", "Tháng 6 năm 2021", "6 tháng cuối năm 2020"])
def test_a_yearly_form_under_another_months_title_is_refused(title) -> None:
    sent = replace(DECEMBER, forms=(*DECEMBER.forms, "organisation"), year=title)
    assert refused(sent) == [("period-invalid", "organisation")]


def test_two_half_years_in_one_column_of_periods_are_refused() -> None:
    rows = []
    for cell in DECEMBER.cells:
        rows.append({"cell_code": cell, "period": "2021-12", **_figures(cell, MONTHLY)})
    for cell, half in zip(DECEMBER.rows("regulation_213"), ("2021-H1", "2021-H2", "2021-H2"), strict=True):
        rows.append({"cell_code": cell, "period": half, **_figures(cell, ("regulation_213",))})
    stream = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(stream)
    sent = replace(DECEMBER, name="bao cao.parquet", raw=stream.getvalue())
    assert refused(sent) == [("period-invalid", "regulation_213")]


def _figures(cell: str, forms: tuple[str, ...]) -> dict[str, int]:
    return {name: int(DECEMBER.figure(cell, name)) for form in forms for name in FORMS[form].names}


def test_a_unit_in_the_tables_of_two_months_does_not_stand_twice() -> None:
    april = Sent(period="2021-04", written={("29869-01", "approved"): "1"})
    both = Sent(raw=Sent().data + april.data)
    assert ("duplicate-unit", "balance") not in refused(both)
    assert ("cross-form-mismatch", "balance") in refused(both)  # of April with itself


def test_the_forms_of_two_months_are_not_held_against_one_another() -> None:
    leaving = {("29869-01", "left_on_request"): "1", ("29869-01", "members_closing"): "19"}
    may, april = Sent(forms=("balance", "away"), written=leaving), Sent(period="2021-04", forms=("requests",))
    assert refused(Sent(raw=may.data + april.data)) == [("period-invalid", None)]


def test_a_unit_twice_in_a_file_without_a_period_is_told() -> None:
    assert ("duplicate-unit", "balance") in refused(Sent(title="Báo cáo", twice=("29869-01",)))
