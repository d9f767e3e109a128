"""What the self-test says is seen, and what is seen of changes planted in cells: python -m benchmarks.eyesight [HOME].

The self-test plants in sums of units, as one night knows them. Here cells' versions are changed, and every night that
brought a month is judged in turn with what it knew: late files, corrections and all. HOME is a home that took in years
of districts' reports, e.g. a corpus by `mobility backfill`; it is only read. Without one four
invented years are taken in.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.eyesight.acuity import acuity
from transforms.eyesight.kinds import Plant
from transforms.eyesight.looking import look
from transforms.eyesight.planting import draw, family_of
from transforms.eyesight.still_life import still_life
from transforms.eyesight.trials_table import trials_table
from transforms.intervals import wilson_interval
from transforms.samples.tree import sample_tree
from transforms.territory.registry import Registry
from transforms.watch.as_known import figures_as_known
from transforms.watch.budget import Budget
from transforms.watch.findings import findings, groups
from transforms.watch.judgement import history_length
from transforms.watch.months_to_judge import month_names, months_to_judge, units_of
from transforms.watch.watched import LEVELS, needed_measures
from warehouse.derived.self_test import standing_signals
from warehouse.ledger import as_known as stored

DUE_DAY, WITHIN, LEVEL = 5, 2, "district"
EVENTS = (
    Plant("rise", "received", (2.0, 3.0, 5.0, 8.0), parts=("received_from_away",)),
    Plant("rise", "away_total", (1.05, 1.1, 1.2, 1.35), is_flow=False),
    Plant("fall", "away_total", (0.95, 0.9, 0.8), is_flow=False),
    Plant("contact", "away_out_of_contact", (1.5, 2.0, 3.0), is_flow=False),
)
Facts = Mapping[str, pl.DataFrame]
Standing = set[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Past:
    """A home's past: every version of every cell's figures, the nights, and the real signals."""

    facts: Facts
    registry: Registry
    nights: list[date]
    standing: Standing


def past_of(home: Path) -> Past:
    registry = load_registry(home / "registry")
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return Past(stored.versions_of_cells(con), registry, stored.nights(con), standing_signals(con))


def invented_home(folder: Path) -> Path:
    """A home of the bundled districts with invented reports."""
    settings = Settings(home=folder / "home")
    registry = load_registry(settings.registry_dir)
    for file in sample_tree(registry, 1, Period(2020, 1), Period(2023, 12), is_faulty=False):
        path = folder / "deliveries" / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    backfill(folder / "deliveries", None, settings)
    return settings.home


def said(past: Past, trials: int, rng: np.random.Generator) -> pl.DataFrame:
    """What so many trials of the self-test come to."""
    night = past.nights[-1]
    known = figures_as_known(past.facts, past.registry, night)
    still = still_life(known, night, DUE_DAY, history_length(known))
    tables = []
    for number in range(-(-trials // 200)):
        seen = look(still, draw(still, LEVEL, 200, past.standing, rng), Budget())
        tables.append(trials_table(night + timedelta(days=number), seen, [], LEVEL, {}))
    return acuity(pl.concat(tables))


def planted(past: Past, plant: Plant, size: float, unit: str, months: list[str], rng: np.random.Generator) -> Facts:
    """The facts with a change in every cell of a unit: more events by chance, or a part more people in each."""
    cells = _cells_of(past, unit)
    facts = dict(past.facts)
    own = pl.col("cell_code").is_in(cells) & pl.col("period").is_in(months)
    for form, frame in past.facts.items():
        if plant.indicator in frame.columns:
            moved = _flow(frame, own, plant, size, rng) if plant.is_flow else _stock(frame, own, plant, size, rng)
            facts[form] = moved
    return facts


def _flow(frame: pl.DataFrame, own: pl.Expr, plant: Plant, size: float, rng: np.random.Generator) -> pl.DataFrame:
    mean = pl.col(plant.indicator).mean().over("cell_code").fill_null(0)
    rate = frame.select(rate=mean * (size - 1))["rate"].to_numpy()
    more = pl.Series(rng.poisson(np.maximum(rate, 0)))
    away = pl.Series(rng.binomial(more.to_numpy(), 0.65))
    return frame.with_columns(
        pl.when(own).then(pl.col(plant.indicator) + more).otherwise(pl.col(plant.indicator)).alias(plant.indicator),
        *(pl.when(own).then(pl.col(part) + away).otherwise(pl.col(part)).alias(part) for part in plant.parts),
    )


def _stock(frame: pl.DataFrame, own: pl.Expr, plant: Plant, size: float, rng: np.random.Generator) -> pl.DataFrame:
    """Cells are small: each is rounded up or down by chance, so that the unit as a whole has the size."""
    names = (
        [name for name in frame.columns if name.startswith("away_")] if plant.kind != "contact" else [plant.indicator]
    )
    chance = pl.Series(rng.random(frame.height))
    return frame.with_columns(
        pl.when(own).then((pl.col(name) * size + chance).floor().cast(pl.Int64)).otherwise(pl.col(name)).alias(name)
        for name in names
    )


def _cells_of(past: Past, unit: str) -> list[str]:
    return sorted({home.cell_code for home in past.registry.homes if home.reporter_code == unit})


def is_seen(past: Past, facts: Facts, plant: Plant, unit: str, months: list[str]) -> bool:
    """Whether one of the nights that judged these months had a signal of the unit."""
    known = figures_as_known(facts, past.registry, past.nights[-1])
    first = Period.parse(months[0]).first_day
    wanted = {night for night in past.nights if first < night < first + timedelta(days=31 * (len(months) + 3))}
    judged = list(months_to_judge(known, past.nights, wanted, needed_measures(), DUE_DAY, history_length(known)))
    judged = [month for month in judged if month.period in months]
    parents = dict(known.parents.iter_rows())
    units = {level: groups(level, units_of(known, level), parents) for level in LEVELS}
    found = findings(judged, units, Budget(), family_of(plant.indicator, LEVEL))
    mine = (pl.col("unit_id") == unit) & (pl.col("direction") == plant.direction) & pl.col("is_signal")
    return found.filter(mine).height > 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--trials", type=int, default=2000, help="planted by the self-test")
    parser.add_argument("--runs", type=int, default=80, help="changes planted in cells")
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        past = past_of(chosen.home or invented_home(Path(folder)))
    rng = np.random.default_rng(chosen.seed)
    told = said(past, chosen.trials, rng).filter(
        pl.col("unit_code").is_not_null() & (pl.col("within_months") == WITHIN)
    )
    names = month_names(figures_as_known(past.facts, past.registry, past.nights[-1]))
    units = sorted(told["unit_code"].unique())
    came: dict[tuple[str, str, float], list[tuple[float, bool]]] = defaultdict(list)
    for number in range(chosen.runs):
        event = EVENTS[number % len(EVENTS)]
        size, unit = float(rng.choice(event.sizes)), str(rng.choice(units))
        at = len(names) - WITHIN - int(rng.integers(0, 10))
        months = names[at : at + WITHIN]
        row = told.filter(
            (pl.col("kind") == event.kind)
            & (pl.col("indicator") == event.indicator)
            & (pl.col("unit_code") == unit)
            & ((pl.col("size") - size).abs() < 1e-9)
        )
        family = family_of(event.indicator, LEVEL)[0].family
        if row.is_empty() or any((unit, family, event.direction, month) in past.standing for month in months):
            continue
        seen = is_seen(past, planted(past, event, size, unit, months, rng), event, unit, months)
        came[event.kind, event.indicator, size].append((float(row["seen_share"][0]), seen))
    print(f"{'change':38}{'said':>7}{'seen':>7}{'of':>5}   95 % of seen")
    for key, pairs in sorted(came.items()):
        _line(" ".join(map(str, key)), pairs)
    _line("all", [pair for pairs in came.values() for pair in pairs])


def _line(name: str, pairs: list[tuple[float, bool]]) -> None:
    expected, seen = float(np.mean([one for one, _ in pairs])), sum(one for _, one in pairs)
    lower, upper = wilson_interval(seen, len(pairs))
    print(f"{name:38}{expected:7.2f}{seen / len(pairs):7.2f}{len(pairs):5}   {float(lower):.2f} to {float(upper):.2f}")


if __name__ == "__main__":
    main()
