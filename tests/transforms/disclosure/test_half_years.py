"""No small count of a commune's half-year is in the open, and none can be worked out from what is."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.disclosure.half_years import halves_told
from transforms.followup.steps import STEPS
from transforms.territory.cells_on_maps import cells_on_both_maps
from transforms.territory.registry import Registry

MEASURES = FORMS["regulation_213"].names
PERIODS = ("2023-H2", "2025-H1")
SMALL = 3
UNITS = {"reported": "commune", "today": "today_commune"}


@pytest.fixture(scope="module")
def facts(registry) -> pl.DataFrame:
    """Two half-years of every hamlet cell, with few people in each."""
    random = np.random.default_rng(7)
    ends = [Period.parse(period).last_day for period in PERIODS]
    codes = sorted(
        {
            home.cell_code
            for home in registry.homes
            if home.kind == "hamlet" and all(home.valid_from <= end <= home.valid_to for end in ends)
        }
    )
    rows = []
    for period in PERIODS:
        for code in codes:
            rows.append((code, period, *counted(random)))
    return pl.DataFrame(rows, schema=["cell_code", "period", *MEASURES], orient="row")


def counted(random: np.random.Generator) -> tuple[int, ...]:
    """A cell's half-year: the measures in order."""
    subject = int(random.integers(8, 30))
    exempt = int(random.binomial(subject, 0.06))
    introduced = int(random.binomial(subject - exempt, 0.95))
    registered = int(random.binomial(introduced, 0.92))
    attended, remarked = (int(random.binomial(registered, 0.9)) for _ in range(2))
    return subject, exempt, introduced, registered, attended, remarked


def on_the_maps_of(night: date, facts: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    nobody = pl.DataFrame(schema={"cell_code": pl.String, "period": pl.String, "members_closing": pl.Int64})
    return cells_on_both_maps(facts, nobody, registry, PERIODS, night)


@pytest.fixture(scope="module")
def cells(facts, registry) -> pl.DataFrame:
    """The half-years before and after the reform's map."""
    return on_the_maps_of(date(2025, 9, 4), facts, registry)


@pytest.fixture(scope="module")
def told(cells) -> pl.DataFrame:
    return halves_told(cells, SMALL)


def counts(cells: pl.DataFrame, unit: str) -> pl.DataFrame:
    sums = cells.group_by("period", unit_id=unit).agg(pl.col(MEASURES).sum())
    return sums.with_columns(
        expression.alias(name)
        for step in STEPS
        for name, expression in ((f"{step.name}_gap", step.gap), (f"{step.name}_done", pl.col(step.done)))
    )


def test_every_commune_with_a_small_count_is_hidden_and_most_are_shown(cells, told):
    assert told["is_told"].mean() > 0.5
    for name, unit in UNITS.items():
        shown = counts(cells, unit).join(told.filter("is_told", map=name), on=["unit_id", "period"])
        for step in STEPS:
            rows = shown.filter(pl.col("period").str.ends_with("H2")) if step.is_yearly else shown
            for kind in ("gap", "done"):
                assert rows.filter(pl.col(f"{step.name}_{kind}").is_between(1, SMALL - 1)).is_empty()


@pytest.mark.parametrize("period", PERIODS)
def test_no_hidden_count_can_be_worked_out_from_the_communes_shown_and_the_districts(cells, told, period):
    places = cells.filter(period=period).group_by("commune", "today_commune", "district", "today_district")
    at = places.agg(pl.col(MEASURES).sum()).sort(pl.all())
    value = (at["r213_introduced"] - at["r213_registered"]).to_numpy()
    rows = {
        (name, unit): (at[column] == unit).to_numpy().astype(float)
        for name, column in UNITS.items()
        for unit in at[column].unique()
    }
    of_half = told.filter(period=period)
    is_told = {(name, unit): shown for name, unit, shown in of_half.select("map", "unit_id", "is_told").iter_rows()}
    public = [row for key, row in rows.items() if is_told[key]] + [
        (at[column] == code).to_numpy().astype(float)
        for column in ("district", "today_district")
        for code in at[column].unique().drop_nulls()
    ]
    known = np.array(public)
    hidden = [row for key, row in rows.items() if not is_told[key]]
    assert hidden
    for row in hidden:
        low, high = (
            linprog(sign * row, A_eq=known, b_eq=known @ value, bounds=(0, None), method="highs") for sign in (1, -1)
        )
        assert -high.fun - low.fun > 0.999


def test_what_is_hidden_does_not_change_with_the_day_of_a_reform(facts, registry, told):
    """Else a copy published before it and one after it would together tell what each of them hides."""
    before = halves_told(on_the_maps_of(date(2025, 6, 20), facts, registry), SMALL)
    kept = ("unit_id", "period", "is_told")
    assert before.filter(map="reported").select(kept).equals(told.filter(map="reported").select(kept))


def corrected(facts: pl.DataFrame, period: str, number: int) -> pl.DataFrame:
    """Other figures of one cell."""
    random = np.random.default_rng(number)
    of_half = facts.filter(period=period)
    row = of_half.row(int(random.integers(of_half.height)), named=True)
    new = dict(zip(MEASURES, counted(random), strict=True))
    others = facts.filter((pl.col("cell_code") != row["cell_code"]) | (pl.col("period") != period))
    return pl.concat([others, pl.DataFrame([row | new], schema=facts.schema)])


def figures_shown(cells: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    return figures_of_both(cells).join(told.filter("is_told"), on=["map", "unit_id", "period"], how="semi")


@pytest.mark.parametrize("number", range(12))
def test_two_copies_together_tell_no_more_of_what_is_hidden_than_could_be_helped(facts, registry, cells, told, number):
    """After a correction each copy by itself was safe, but hid another commune beside a small one than the other."""
    period = PERIODS[0]
    first = figures_shown(cells, told)
    now = on_the_maps_of(date(2025, 9, 4), corrected(facts, period, number), registry)
    hidden_before = told.filter(~pl.col("is_told"))
    then = halves_told(now, SMALL, first, hidden_before)
    assert then.join(hidden_before, on=["map", "unit_id", "period"]).filter("is_told").is_empty()

    at = (
        now.filter(period=period)
        .group_by("commune", "today_commune", "district", "today_district")
        .agg()
        .sort(pl.all())
    )
    second = figures_shown(now, then)
    still = first.join(figures_of_both(now), on=["map", "unit_id", "period", "measure", "value"])
    whole = still.group_by("map", "unit_id", "period").len().filter(pl.col("len") == len(MEASURES))

    def rows(units: pl.DataFrame) -> list[np.ndarray]:
        of_half = units.filter(period=period).select("map", "unit_id").unique().iter_rows()
        return [(at[UNITS[name]] == unit).to_numpy().astype(float) for name, unit in of_half]

    sums = [
        (at[column] == code).to_numpy().astype(float)
        for column in ("district", "today_district")
        for code in at[column].unique().drop_nulls()
    ]
    cannot_be_helped = np.array(sums + rows(whole))
    known = np.array(sums + rows(whole) + rows(second))
    hidden = then.filter(~pl.col("is_told")).join(whole, on=["map", "unit_id", "period"], how="anti")
    for row in rows(hidden):
        assert follows(row, cannot_be_helped) or not follows(row, known)


def test_a_figure_that_was_shown_and_stands_hides_no_other_though_the_communes_next_one_was_corrected(cells):
    """Of three corrected communes one has a small gap now. Hiding one whose step stands as it was shown tells it all
    the same; hiding one that has other figures in every step does not."""
    period, district = PERIODS[0], "866"
    of_district = cells.filter(period=period, district=district)
    kept = of_district.unique("commune", keep="first", maintain_order=True).sort("commune").head(8)
    plenty = dict(zip(MEASURES, (60, 0, 50, 40, 30, 20), strict=True))
    base = kept.with_columns(pl.lit(value, pl.Int64).alias(name) for name, value in plenty.items())
    small, attended_only, all_steps = base["commune"].head(3)
    first = halves_told(base, SMALL)
    assert first["is_told"].all()

    def now(commune: str, **counts: int) -> list[pl.Expr]:
        is_it = pl.col("commune") == commune
        return [
            pl.when(is_it).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in counts.items()
        ]

    second = base.with_columns(now(small, r213_introduced=59, r213_registered=55, r213_subject=60))
    second = second.with_columns(now(attended_only, r213_attended=31))
    more = {name: value + 7 for name, value in plenty.items()}
    second = second.with_columns(now(all_steps, **more))
    then = halves_told(second, SMALL, figures_shown(base, first))
    hidden = set(then.filter(~pl.col("is_told"), map="reported")["unit_id"])
    assert {small, all_steps} <= hidden


def figures_of_both(cells: pl.DataFrame) -> pl.DataFrame:
    sums = pl.concat([counts(cells, unit).with_columns(map=pl.lit(name)) for name, unit in UNITS.items()])
    return sums.unpivot(MEASURES, index=["map", "unit_id", "period"], variable_name="measure")


def follows(row: np.ndarray, known: np.ndarray) -> bool:
    found, *_ = np.linalg.lstsq(known.T, row, rcond=None)
    return bool(np.abs(known.T @ found - row).max() < 1e-7)


def test_where_nothing_changed_the_next_copy_shows_what_the_last_one_did(cells, told):
    assert halves_told(cells, SMALL, figures_shown(cells, told), told.filter(~pl.col("is_told"))).equals(told)


def test_a_commune_that_was_shown_is_hidden_where_a_larger_count_is_small_now(cells, told):
    stricter = halves_told(cells, SMALL + 2, figures_shown(cells, told), told.filter(~pl.col("is_told")))
    assert not stricter.join(
        halves_told(cells, SMALL + 2).filter(~pl.col("is_told")), on=["map", "unit_id", "period"]
    ).is_empty()
    shown = counts(cells, "commune").join(stricter.filter("is_told", map="reported"), on=["unit_id", "period"])
    assert shown.filter(pl.col("introduced_gap").is_between(1, SMALL + 1)).is_empty()


def test_a_commune_alone_in_its_district_is_not_shown_though_the_district_tells_it(cells):
    alone = cells.filter(commune=cells.filter(district="866")["commune"].min())
    assert not halves_told(alone, small=1000)["is_told"].any()


def test_where_nothing_was_reported_there_is_no_row(cells):
    nothing = cells.with_columns(pl.lit(None, pl.Int64).alias(name) for name in MEASURES)
    assert halves_told(nothing).is_empty()
