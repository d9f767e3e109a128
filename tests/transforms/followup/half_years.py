"""Invented half-years: communes whose shares are what is said of them, and nothing but chance besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from transforms.followup.matter_readings import FiguresKnown
from transforms.followup.step_readings import step_readings
from transforms.followup.thresholds import Thresholds
from transforms.watch.as_known import FiguresAsKnown

PERIODS = ("2020-H2", "2021-H1", "2021-H2")
STEPS = ("introduced", "registered", "attended", "remarked")


@dataclass(frozen=True)
class Invented:
    """Communes of one size over three half-years; `share` is the true one at every step.

    Attributes:
        communes, districts: how many; communes are dealt to districts in turn.
        people: subject to the regulation in each.
        share: by step, the same for all.
        exempt: the part of those subject that is exempt from introduction.
        falls: by commune and step, the share in the last half-year where it is another one.
    """

    communes: int = 60
    districts: int = 6
    people: int = 100
    share: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.96))
    exempt: float = 0.05
    falls: dict[tuple[int, str], float] = field(default_factory=dict)

    def name(self, commune: int) -> str:
        return f"{30000 + commune}@2015-01-01"

    def halves(self, seed: int) -> pl.DataFrame:
        """The half-years as a night knows them that comes after them all."""
        random = np.random.default_rng(seed)
        rows = [self._row(random, commune, period) for period in PERIODS for commune in range(self.communes)]
        common = {"level": "commune", "night": date(2022, 1, 5), "seen_on": date(2022, 1, 4), "is_whole": True}
        return pl.DataFrame([common | row for row in rows])

    def _row(self, random: np.random.Generator, commune: int, period: str) -> dict:
        now = {step: self.falls.get((commune, step), usual) for step, usual in self.share.items()}
        shares = now if period == PERIODS[-1] else self.share

        def of(whole: int, step: str) -> int:
            return int(random.binomial(whole, shares[step]))

        exempt = int(random.binomial(self.people, self.exempt))
        introduced = of(self.people - exempt, "introduced")
        registered = of(introduced, "registered")
        return {
            "unit_id": self.name(commune),
            "period": period,
            "r213_subject": self.people,
            "r213_exempt": exempt,
            "r213_introduced": introduced,
            "r213_registered": registered,
            "r213_attended": of(registered, "attended"),
            "r213_remarked": of(registered, "remarked"),
        }

    def known(self) -> FiguresKnown:
        names = [self.name(commune) for commune in range(self.communes)]
        parents = pl.DataFrame(
            {"unit_id": names, "district": [str(866 + number % self.districts) for number in range(self.communes)]}
        )
        nothing = pl.DataFrame(schema={"unit_id": pl.String, "period": pl.String, "cells": pl.Int64})
        return FiguresKnown(
            FiguresAsKnown({}, nothing, parents), "district", nothing, {name: f"Xã {name[:5]}" for name in names}
        )

    def opened(self, seed: int, thresholds: Thresholds | None = None) -> pl.DataFrame:
        """The readings of the last half-year that open an item."""
        return step_readings(self.halves(seed), self.known(), thresholds or Thresholds()).filter("stands")
