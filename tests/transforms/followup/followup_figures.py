"""Figures of a district with two communes and of one with one, written out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from expectations.contract.forms import FORMS
from transforms.followup.figure_readings import figure_readings
from transforms.followup.matter_readings import FiguresKnown
from transforms.followup.thresholds import Thresholds
from transforms.watch.as_known import FiguresAsKnown

COMMUNES = {"A@2015-01-01": "871", "B@2015-01-01": "871", "C@2015-01-01": "872"}
CELLS = 4
NAMES = {"A@2015-01-01": "Xã A", "B@2015-01-01": "Xã B", "C@2015-01-01": "Xã C"}
NO_CELLS = pl.DataFrame(schema={"unit_id": pl.String, "period": pl.String, "cells": pl.Int64})


@dataclass(frozen=True)
class Came:
    """Figures of a commune's form, from one day to another."""

    form: str
    commune: str
    period: str
    on: date
    figures: dict[str, int]
    until: date | None = None
    cells: int = CELLS

    def rows(self) -> list[dict]:
        commune = f"{self.commune}@2015-01-01"
        measures = {name: self.figures.get(name, 0) for name in FORMS[self.form].names}
        common = {"period": self.period, "recorded_at": self.on, "superseded_at": self.until, "cells": self.cells}
        return [
            {"level": level, "unit_id": unit, **common, **measures}
            for level, unit in (("commune", commune), ("district", COMMUNES[commune]))
        ]


@dataclass(frozen=True)
class Sheet:
    """Everything that came, and the level that reports."""

    came: list[Came] = field(default_factory=list)
    level: str = "district"

    def known(self) -> FiguresKnown:
        version_sums = {
            form: _frame([row for one in self.came if one.form == form for row in one.rows()], form) for form in FORMS
        }
        periods = sorted({one.period for one in self.came})
        units = [("commune", unit, CELLS) for unit in COMMUNES] + [
            ("district", "871", 2 * CELLS),
            ("district", "872", CELLS),
        ]
        expected = pl.DataFrame(
            [(level, unit, period, n) for level, unit, n in units for period in periods],
            schema={"level": pl.String, "unit_id": pl.String, "period": pl.String, "cells": pl.Int64},
            orient="row",
        )
        hamlets = expected.filter(pl.col("level") == "commune").select("unit_id", "period", "cells")
        parents = pl.DataFrame({"unit_id": list(COMMUNES), "district": list(COMMUNES.values())})
        return FiguresKnown(FiguresAsKnown(version_sums, expected, parents), self.level, hamlets, NAMES)

    def read(self, nights: Iterable[date], thresholds: Thresholds | None = None) -> pl.DataFrame:
        return figure_readings(self.known(), list(nights), thresholds or Thresholds())


def _frame(rows: list[dict], form: str) -> pl.DataFrame:
    schema = {
        "level": pl.String,
        "unit_id": pl.String,
        "period": pl.String,
        "recorded_at": pl.Date,
        "superseded_at": pl.Date,
        "cells": pl.UInt32,
    } | dict.fromkeys(FORMS[form].names, pl.Int64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def halves(commune: str, period: str = "2021-H1", on: date = date(2021, 7, 4), **figures: int) -> Came:
    """The half-yearly form of a commune; the names without r213_."""
    return Came("regulation_213", commune, period, on, {f"r213_{name}": value for name, value in figures.items()})
