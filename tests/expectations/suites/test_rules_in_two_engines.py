"""The text of a rule says the same in DuckDB and in polars."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract.rules import RULES, Rule

FIGURES = st.one_of(st.none(), st.integers(0, 3), st.integers(-(10**9), 10**9))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rule, pl.DataFrame]:
    rule = draw(st.sampled_from(RULES))
    height = draw(st.integers(0, 6))
    columns = {name: draw(st.lists(FIGURES, min_size=height, max_size=height)) for name in rule.measures}
    return rule, pl.DataFrame(columns, schema=dict.fromkeys(rule.measures, pl.Int64))


@settings(max_examples=150, deadline=None)
@given(tables())
def test_a_rule_and_both_its_sides_are_the_same_in_duckdb_and_polars(drawn: tuple[Rule, pl.DataFrame]) -> None:
    rule, figures = drawn
    texts = {"holds": rule.holds, "found": rule.found, "expected": rule.expected}
    in_polars = figures.select(pl.sql_expr(text).alias(name) for name, text in texts.items())
    in_duckdb = duckdb.sql(f"SELECT {', '.join(f'{text} AS {name}' for name, text in texts.items())} FROM figures").pl()
    assert in_duckdb.rows() == in_polars.rows()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_with_an_unknown_figure_is_not_judged(rule: Rule) -> None:
    for unknown in rule.measures:
        figures = ", ".join(f"{'NULL' if name == unknown else 1}::BIGINT AS {name}" for name in rule.measures)
        assert duckdb.sql(f"SELECT {rule.holds} FROM (SELECT {figures})").fetchone() == (None,)
