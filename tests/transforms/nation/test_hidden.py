"""What a province hides cannot be worked out from the country's tables, by all that they say together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from expectations.contract.forms import MONTHLY_MEASURES
from expectations.contract.indicators import INDICATORS
from expectations.contract.rules import PLACES, REASONS
from tests.transforms.disclosure.disclosure_attack import Program
from tests.transforms.nation.invented_nation import SUCCESSION, UNITS, invented_months, months, published
from transforms.disclosure.moves import DOWN, UP
from transforms.nation.country import expected, provinces_of
from transforms.nation.marts import PublishedByProvinces, national_marts
from transforms.nation.totals import FLOWS, STOCKS
from transforms.watch.budget import Budget

# Two that stay, one of two former provinces, one of three: the country of these tests.
FEW = ("01", "04", "82", "86")
PARTS = SUCCESSION.filter(pl.col("to_code").is_in(FEW) & (pl.col("to_code").str.len_chars() == 2))
SMALL_UNITS = pl.concat(
    [
        UNITS.filter((pl.col("valid_to") == "") & pl.col("unit_code").is_in(FEW)),
        UNITS.filter((pl.col("valid_to") != "") & pl.col("unit_code").is_in(PARTS["from_code"].implode())),
    ]
)
PROVINCES = provinces_of(SMALL_UNITS, SUCCESSION)
PERIODS = months("2025-01", 10)
NIGHT = date(2025, 11, 6)
KEY = ("map", "unit_code", "period")
PERIOD = ("map", "period", "period_kind", "indicator")
# Indicators of one measure over a period: what a quarter's or a year's numerator adds up.
PLAIN = {each.name: each.numerator for each in INDICATORS if each.numerator in MONTHLY_MEASURES}


def few_provinces(seed: int) -> pl.DataFrame:
    figures = invented_months(seed, PERIODS, size=0.05)
    return figures.filter(pl.col("province_code").is_in(FEW))


def hiding(figures: pl.DataFrame, seed: int) -> tuple[PublishedByProvinces, set[tuple[str, str, str, str]]]:
    """Provinces that hide carelessly: single figures on one map, all flows of a month, and never a longer period."""
    dice = np.random.default_rng(seed)
    keys = figures.select(KEY).rows()
    hidden = set()
    for at in dice.choice(len(keys), 10, replace=False):
        name = str(dice.choice(MONTHLY_MEASURES))
        hidden.add((*keys[at], name))
    for at in dice.choice(len(keys), 2, replace=False):
        hidden |= {(*keys[at], name) for name in FLOWS}
    shown = figures
    for *key, name in hidden:
        here = pl.all_horizontal(pl.col(column) == value for column, value in zip(KEY, key, strict=True))
        shown = shown.with_columns(pl.when(~here).then(pl.col(name)).alias(name))
    whole = published(figures, NIGHT)
    return PublishedByProvinces(whole.editions, shown, whole.indicators, whole.trends, whole.comparisons), hidden


@cache
def stood(period: str) -> tuple[str, ...]:
    """The provinces of the time."""
    return tuple(expected(PROVINCES, [period]).filter(map="reported")["unit_code"])


@cache
def atoms(map_name: str, unit: str, period: str) -> tuple[str, ...]:
    """The provinces of the time that a row is the sum of."""
    if map_name == "reported":
        return (unit,) if unit in stood(period) else ()
    before = dict(PARTS.select("from_code", "to_code").rows())
    return tuple(code for code in stood(period) if (before[code] if period < "2025-07" else code) == unit)


def attack(marts: dict[str, pl.DataFrame]) -> Program:
    """Everything that the country's tables say of counts, as equations between those of single provinces and months."""
    program = Program()
    _rules(program)
    for row in marts["figures_province"].iter_rows(named=True):
        for name in MONTHLY_MEASURES:
            if row[name] is not None:
                places = atoms(row["map"], row["unit_code"], row["period"])
                program.equal({(code, row["period"], name): 1.0 for code in places}, row[name])
    _totals(program, marts)
    _indicators(program, marts["indicator"])
    return program


def _rules(program: Program) -> None:
    for at, period in enumerate(PERIODS):
        for code in stood(period):
            here = (code, period)
            for parts, whole in ((PLACES, "away_total"), (REASONS, "received")):
                program.equal({(*here, name): 1.0 for name in parts} | {(*here, whole): -1.0}, 0)
            contact = ("away_in_contact", "away_out_of_contact")
            program.equal({(*here, name): 1.0 for name in contact} | {(*here, "away_total"): -1.0}, 0)
            program.equal({(*here, "approved"): 1.0, (*here, "left_on_request"): -1.0}, 0)
            signs = dict.fromkeys(UP, 1.0) | dict.fromkeys(DOWN, -1.0)
            stock = {(*here, "members_opening"): 1.0, (*here, "members_closing"): -1.0}
            program.equal({(*here, name): sign for name, sign in signs.items()} | stock, 0)
            settled = {(*here, name): -1.0 for name in ("withdrawn", "declined", "approved", "pending_closing")}
            program.equal({(*here, "received"): 1.0, (*here, "pending_opening"): 1.0} | settled, 0)
            program.not_above((*here, "received_from_away"), (*here, "received"))
            if at and code in stood(PERIODS[at - 1]) and period != "2025-07":
                for kind in ("members", "pending"):
                    ended = (code, PERIODS[at - 1], f"{kind}_closing")
                    program.equal({(*here, f"{kind}_opening"): 1.0, ended: -1.0}, 0)


def _totals(program: Program, marts: dict[str, pl.DataFrame]) -> None:
    shown = marts["figures_province"]
    for row in marts["figures_country"].iter_rows(named=True):
        for group in (STOCKS, FLOWS):
            here = shown.filter(map=row["map"], period=row["period"])
            if row["basis"] == "provinces_there":  # an attacker knows who is there: those that show the whole group
                here = here.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in group))
            places = [code for unit in here["unit_code"] for code in atoms(row["map"], unit, row["period"])]
            for name in group:
                if row[name] is not None:
                    program.equal({(code, row["period"], name): 1.0 for code in places}, row[name])


def _indicators(program: Program, rows: pl.DataFrame) -> None:
    known = rows.filter(pl.col("indicator").is_in(list(PLAIN)), pl.col("numerator").is_not_null())
    units = defaultdict(list)
    for row in known.filter(pl.col("level") == "province").iter_rows(named=True):
        if row["map"] == "today" or row["unit_code"] in stood(f"{row['period_end']:%Y-%m}"):
            units[tuple(row[name] for name in PERIOD)].append(row["unit_code"])
    for row in known.iter_rows(named=True):
        of = units[tuple(row[name] for name in PERIOD)] if row["level"] == "country" else [row["unit_code"]]
        name, is_stock = PLAIN[row["indicator"]], _is_stock(row["indicator"])
        inside = [one for one in PERIODS if row["period_start"] <= _first(one) <= row["period_end"]]
        terms = {
            (code, period, name): 1.0
            for period in (inside[-1:] if is_stock else inside)
            for unit in of
            for code in atoms(row["map"], unit, period)
        }
        program.equal(terms, row["numerator"])


def _is_stock(indicator: str) -> bool:
    return next(each.timing for each in INDICATORS if each.name == indicator) == "stock"


def _first(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


def made(seed: int) -> tuple[dict[str, pl.DataFrame], set[tuple[str, str, str, str]]]:
    given, hidden = hiding(few_provinces(seed), seed)
    return national_marts(given, SMALL_UNITS, SUCCESSION, NIGHT, Budget()), hidden


def asked(hidden: set[tuple[str, str, str, str]]) -> Iterator[list[tuple[str | None, ...]]]:
    for map_name, unit, period, name in sorted(hidden):
        yield [(code, period, name) for code in atoms(map_name, unit, period)]


def width(program: Program, terms: list[tuple[str | None, ...]]) -> float:
    """Of what no equation names, anything can be."""
    return program.width(terms) if all(term in program.names for term in terms) else float("inf")


@pytest.mark.parametrize("seed", [1, 12, 15])
def test_nothing_hidden_follows_from_the_countrys_tables(seed):
    marts, hidden = made(seed)
    program = attack(marts)
    narrow = [terms for terms in list(asked(hidden))[::4] if width(program, terms) < 0.999]
    assert narrow == []


def test_the_attack_finds_what_is_left_open():
    """The provinces as they published: a quarter less its other months, a sum less its parts."""
    given, hidden = hiding(few_provinces(1), 1)
    rows = given.indicators.with_columns(basis=pl.lit(None, pl.String))
    program = attack(
        {"figures_province": given.figures, "figures_country": pl.DataFrame({"map": []}), "indicator": rows}
    )
    assert any(width(program, terms) < 0.999 for terms in list(asked(hidden))[::4])


def test_totals_are_given_where_nothing_is_hidden():
    given = published(few_provinces(1), NIGHT)
    marts = national_marts(given, SMALL_UNITS, SUCCESSION, NIGHT, Budget())
    assert marts["figures_country"]["is_whole"].all()
    assert marts["figures_country"].null_count().select(MONTHLY_MEASURES).sum_horizontal().item() == 0
    assert marts["figures_province"]["suppressed"].list.len().max() == 0
