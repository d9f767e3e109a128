"""What the half-years say of each commune and step of Regulation 213: how large the gap is, and what opens an item."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from transforms.followup.matter_readings import SCHEMA, FiguresKnown, latest
from transforms.followup.particular import Marks, Reason, below, fell, largest
from transforms.followup.steps import STEPS, Count, Step
from transforms.followup.thresholds import Thresholds

ENOUGH, MANY = 0.5, 6
"""Communes are held against each other once this part of them, or so many, have reported the half-year; what makes half
of a unit's gap is told once this part of its communes has."""

Row = dict[str, Any]


def step_readings(halves: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """A reading of each commune and step on each night; `stands` says that the figures open an item.

    An item that is open goes on until the gap is at most its own `line`, see `life`. Of a half-year that few communes
    have reported yet nothing is said, nor of a partial report that opens nothing.

    Args:
        halves: the half-yearly figures on each night, as `latest_figures.figures_on_nights`, with is_whole.

    Returns:
        columns of `matter_readings.SCHEMA`. Nights that knew the same as the one before are passed over.
    """
    communes = _that_differ(halves.filter(pl.col("level") == "commune"))
    rows = [
        row for step in STEPS for batch in _batches(communes, step, known) for row in _of_batch(batch, step, thresholds)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _that_differ(communes: pl.DataFrame) -> pl.DataFrame:
    """The nights on which something else was known than on the night before."""
    kept, before = [communes.head(0)], communes.head(0).drop("night")
    for night in communes.partition_by("night", maintain_order=True):
        if not night.drop("night").equals(before):
            kept.append(night)
            before = night.drop("night")
    return pl.concat(kept)


def _batches(communes: pl.DataFrame, step: Step, known: FiguresKnown) -> Iterator[list[Row]]:
    """The communes of each night whose newest half-year is the same one, once enough have reported it."""
    columns = ["night", "unit_id", "period", "seen_on", "is_whole", step.base, step.done, "r213_exempt"]
    counted = communes.filter(step.is_of(pl.col("period"))).select(
        *dict.fromkeys(columns), gap=step.gap, base=step.gap + pl.col(step.done), level="level"
    )
    earlier = counted.select("night", "unit_id", period_before="period", gap_before="gap", base_before="base")
    newest = latest(counted)
    names = {text: step.before(text) for text in newest["period"].unique()}
    held = newest.with_columns(
        period_before=pl.Series([names[text] for text in newest["period"]], dtype=pl.String)
    ).join(earlier, on=["night", "unit_id", "period_before"], how="left", maintain_order="left")
    districts = known.figures.parents.unique("unit_id").select(
        "unit_id", "district", communes=pl.len().over("district")
    )
    batches = held.join(districts, on="unit_id", how="left", maintain_order="left")
    for batch in batches.partition_by("night", "period", maintain_order=True):
        if batch.height >= min(ENOUGH * len(known.names), MANY):
            yield batch.to_dicts()


def _of_batch(batch: Sequence[Row], step: Step, thresholds: Thresholds) -> Iterator[Row]:
    marks = Marks(thresholds.target(step.name), thresholds.level, thresholds.fall)
    counts = [Count(row["gap"], row["base"]) for row in batch]
    whole = Count(sum(one.gap for one in counts), sum(one.base for one in counts))
    few = _largest_by_district(batch, counts, marks)
    for place, (row, own) in enumerate(zip(batch, counts, strict=True)):
        others = whole.without(own)
        lines = _lines(own, row, others, marks)
        if place in few:
            lines["largest"] = few[place]
        stands = bool(lines) and own.gap >= thresholds.small_count
        if stands or row["is_whole"]:
            about = _evidence(row, step, marks) | (_opening(row, lines, others) if stands else {})
            yield _reading(row, step, min(lines.values()) if stands else None, about)


def _lines(own: Count, row: Row, others: Count, marks: Marks) -> dict[Reason, int]:
    """Why an item opens, each with the count at which that is over."""
    found: dict[Reason, int | None] = {"below": below(own, others, marks)}
    if row["base_before"] is not None:
        found["fell"] = fell(own, Count(row["gap_before"], row["base_before"]), marks)
    return {reason: line for reason, line in found.items() if line is not None}


def _largest_by_district(batch: Sequence[Row], counts: Sequence[Count], marks: Marks) -> dict[int, int]:
    """By place: the communes that make half of their district's gap, or the province's, with the count that ends it."""
    groups: dict[str | None, list[int]] = defaultdict(list)
    for place, row in enumerate(batch):
        groups[row["district"]].append(place)
    found = [
        places[at]
        for places in groups.values()
        if len(places) >= ENOUGH * batch[places[0]]["communes"]
        for at in largest([counts[place] for place in places], marks)
    ]
    return {place: _within(counts[place], marks) for place in found}


def _within(own: Count, marks: Marks) -> int:
    """The count that is within the target, as far as chance tells."""
    return below(own, Count(0, 0), marks) or 0


def _evidence(row: Row, step: Step, marks: Marks) -> Row:
    figures = dict.fromkeys([step.base, step.done, "r213_exempt"] if step.exempt else [step.base, step.done])
    return {name: row[name] for name in figures} | {"target": marks.target}


def _opening(row: Row, lines: dict[Reason, int], others: Count) -> Row:
    """What the item says of why it opened: the others' figures and those before, where they are the reason."""
    told: Row = {"reasons": list(lines)}
    if "below" in lines:
        told["others"] = {"gap": others.gap, "base": others.base}
    if "fell" in lines:
        told["before"] = {"period": row["period_before"], "gap": row["gap_before"], "base": row["base_before"]}
    return told


def _reading(row: Row, step: Step, line: int | None, evidence: Row) -> Row:
    return {
        "night": row["night"],
        "unit_id": row["unit_id"],
        "kind": step.kind,
        "matter": "",
        "period": row["period"],
        "seen_on": row["seen_on"],
        "stands": line is not None,
        "least": row["gap"],
        "most": row["gap"],
        "base": row["base"],
        "due_on": None,
        "evidence": json.dumps(evidence),
        "line": line,
    }
