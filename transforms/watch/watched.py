"""Which series are watched, at which level, by which test, and what part of the alarm budget each has."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from expectations.contract.forms import FORM_OF

Array = NDArray[np.float64]

_SERIES = ("level", "indicator", "family", "model", "numerator", "exposure")
LEVELS = ("province", "district", "commune")


@dataclass(frozen=True, slots=True)
class Watched:
    """A series that is watched in every unit of a level: a row of watched.csv.

    Attributes:
        level: province, district or commune.
        indicator: its name in the alerts: a measure, or what it is the sum of.
        family: what moves together: indicators of one family are parts of one alert.
        model: "count" of events in the month, "stock" that carries over from month to month.
        numerator: measures added up.
        exposure: the measure it is held against.
        shares: by kind of test, its part of the alarm budget; 0 where there is no such test.
        whole: the level whose own moves are told apart from a unit's: the province of a home, the country of provinces.
    """

    level: str
    indicator: str
    family: str
    model: Literal["count", "stock"]
    numerator: str
    exposure: str
    shares: Mapping[str, float]
    whole: str = "province"

    @property
    def is_of_whole(self) -> bool:
        """Whether it is a series of the whole itself."""
        return self.level == self.whole

    @property
    def measures(self) -> set[str]:
        """Everything that is needed."""
        return {*_names(self.numerator), self.exposure}

    def count(self, figures: dict[str, Array]) -> Array:
        """The numerator; NaN where one of its measures is not known."""
        return reduce(np.add, [figures[name] for name in _names(self.numerator)])


@lru_cache
def _names(numerator: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", numerator))


@lru_cache
def watched() -> tuple[Watched, ...]:
    """The table; its columns after the exposure are the kinds of tests.

    Raises:
        ValueError: a row names no measure of the contract.
    """
    text = (files("transforms.watch") / "watched.csv").read_text("utf-8")
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        series = {name: row.pop(name) for name in _SERIES}
        one = Watched(**series, shares={kind: float(share or 0) for kind, share in row.items()})  # type: ignore[arg-type]
        if unknown := one.measures - FORM_OF.keys():
            raise ValueError(f"watched.csv: {one.indicator} names {', '.join(sorted(unknown))}, which is no measure")
        rows.append(one)
    return tuple(rows)


def needed_measures() -> dict[str, set[str]]:
    """By level, the measures that are needed."""
    return {level: set().union(*(one.measures for one in watched() if one.level == level)) for level in LEVELS}


def is_judged(indicators: Container[str]) -> bool:
    """Whether the watch has begun with all it watches: counts of events need the longest past, so they come last.

    Args:
        indicators: those that some night could hold against their own past.
    """
    return any(one.indicator in indicators for one in watched() if one.model == "count")
