"""The page on trends: every statement on it runs, and works out again the figures that stand."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from expectations.contract.periods import Period
from flows.commands.published import open_published
from flows.settings import Settings
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "trends.md").read_text("utf-8")
INSIDE = "-- kho của Ban"
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
DIGITS = 1e-9


@pytest.fixture(scope="module")
def settings(registry, tmp_path_factory) -> Settings:
    """A home with two whole years and a month of two districts, one of which did not report a month."""
    files = sample_tree(registry, 11, Period(2022, 12), Period(2024, 12), {"868", "870"}, is_faulty=False)
    made = Settings(home=tmp_path_factory.mktemp("home"))
    take_in((file for number, file in enumerate(files) if number != 20), made)
    return made


@pytest.mark.parametrize("number", range(len(SQL)))
def test_a_statement_of_the_page_works_the_figures_out_again(settings, number):
    statement = SQL[number]
    if statement.startswith(INSIDE):
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
            rows = con.sql(statement).pl()
    else:
        with open_published(settings) as con:
            rows = con.sql(statement).pl()
    assert rows.height > 0
    for name in rows.columns:
        if name.endswith("_again"):
            assert rows[name].null_count() < rows.height
            assert_same(rows[name.removesuffix("_again")], rows[name])


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_a_call_of_the_page_works_the_figures_out_again(settings, number):
    with open_published(settings) as con:
        given: dict[str, object] = {"con": con}
        exec(compile(PYTHON[number], "docs/trends.md", "exec"), given)
    stands, again = given["stands"], given["again"]
    assert stands.height > 0
    columns = again.columns if isinstance(again, pl.DataFrame) else again
    for name in columns:
        # No month is named as a beginning where no direction is told, as in so few months of samples.
        assert stands[name].null_count() < stands.height or name.startswith("since"), name
        assert_same(stands[name], pl.Series(again[name]))


def assert_same(stands: pl.Series, again: pl.Series) -> None:
    if stands.dtype == pl.String:
        assert stands.to_list() == again.to_list()
        return
    left, right = (part.cast(pl.Float64).fill_null(np.nan).to_numpy() for part in (stands, again))
    np.testing.assert_allclose(right, left, rtol=DIGITS, atol=DIGITS)


def test_every_section_but_the_last_has_its_statement():
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert len(sections) == 9
    assert all("```" in section for section in sections[:-1])
