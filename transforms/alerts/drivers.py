"""What drives an alert: how much of the excess its communes and its components carry, from their own figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.alerts.alert import Alert
from transforms.alerts.leading import leading
from transforms.alerts.phrases import COMPONENTS, STOCKS

MOST, MUCH = 0.5, 0.25
"""The fewest communes that carry half of the excess are named, three at most; if those carry less than a quarter, none
stands out."""
NAMED = 3
KNOWN = 0.8
"""Communes whose counts are less of the district's than this do not tell what drives it."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one commune has of the excess."""

    unit_name: str
    observed: float
    excess: float


@dataclass(frozen=True, slots=True)
class Component:
    """The count of a part of what was counted, over the same months."""

    observed: float
    expected: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """What is known of where an alert's excess lies.

    Attributes:
        shares: the communes that carry most of it, greatest first; empty where none stands out.
        is_most: whether these together carry half of it or more.
        is_known: whether the communes' figures tell at all.
        component: the component that carries most of the excess, null where it does not.
    """

    shares: tuple[Share, ...] = ()
    is_most: bool = False
    is_known: bool = False
    component: Component | None = None


def drivers(alerts: Iterable[Alert], months: pl.DataFrame) -> dict[str, Drivers]:
    """The drivers of each alert that a test found, by alert_id.

    Args:
        months: figures judged month by month, as judged last: unit_id, unit_name, parent_id (a commune's district),
            scope, indicator, period, observed, expected; of the communes of the alerts' districts, and of the alerts'
            units themselves.
    """
    asked = _asked_of(alerts)
    within = pl.col("period").is_between(pl.col("first"), pl.col("last"))
    sums = [pl.col("observed", "expected").sum(), pl.col("unit_name").last()]
    communes = (
        asked.join(months, left_on=["unit_id", "indicator", "scope"], right_on=["parent_id", "indicator", "scope"])
        .filter(within)
        .group_by("alert_id", "unit_id_right", maintain_order=True)
        .agg(*sums)
    )
    parts = (
        asked.join(months, left_on=["unit_id", "component", "scope"], right_on=["unit_id", "indicator", "scope"])
        .filter(within)
        .group_by("alert_id", maintain_order=True)
        .agg(*sums)
    )
    of = {key[0]: frame for key, frame in communes.partition_by("alert_id", as_dict=True).items()}
    component = {row["alert_id"]: row for row in parts.iter_rows(named=True)}
    return {
        row["alert_id"]: _drivers(row, of.get(row["alert_id"]), component.get(row["alert_id"]))
        for row in asked.iter_rows(named=True)
    }


def months_asked(alerts: Iterable[Alert]) -> pl.DataFrame:
    """Which months the drivers of alerts are read from: unit_id, scope, indicator, first, last.

    Of the unit itself, and of its communes where it is a district.
    """
    keys = ["unit_id", "scope", "indicator", "first", "last"]
    asked = _asked_of(alerts)
    of_components = asked.filter(pl.col("component") != "").with_columns(indicator="component")
    return pl.concat([asked.select(keys), of_components.select(keys)]).unique(maintain_order=True)


def _asked_of(alerts: Iterable[Alert]) -> pl.DataFrame:
    rows = [_asked(alert) for alert in alerts]
    return pl.DataFrame([row for row in rows if row], schema=_ASKED, orient="row")


_ASKED = {
    "alert_id": pl.String,
    "unit_id": pl.String,
    "scope": pl.String,
    "indicator": pl.String,
    "component": pl.String,
    "first": pl.String,
    "last": pl.String,
    "sign": pl.Float64,
    "whole": pl.Float64,
    "excess": pl.Float64,
}


def _asked(alert: Alert) -> tuple[Any, ...] | None:
    top = leading(alert).clearest
    if top.observed is None or top.expected is None or top.direction not in {"up", "down"}:
        return None
    # A stock is compared at its last month, a flow over the whole run.
    first = top.period if top.indicator in STOCKS else top.first_period
    sign = 1.0 if top.direction == "up" else -1.0
    return (
        alert.case_id,
        top.unit_id,
        top.scope,
        top.indicator,
        COMPONENTS.get(top.indicator, ""),
        first,
        top.period,
        sign,
        top.observed,
        sign * (top.observed - top.expected),
    )


def _drivers(
    asked: Mapping[str, float], communes: pl.DataFrame | None, component: Mapping[str, float] | None
) -> Drivers:
    sign, excess = asked["sign"], asked["excess"]
    part = None
    if component and excess > 0 and sign * (component["observed"] - component["expected"]) >= MOST * excess:
        part = Component(component["observed"], component["expected"])
    if communes is None or communes["observed"].sum() < KNOWN * asked["whole"]:
        return Drivers(component=part)
    shares = [
        Share(name, observed, sign * (observed - expected))
        for name, observed, expected in communes.select("unit_name", "observed", "expected").iter_rows()
    ]
    shares = sorted((share for share in shares if share.excess > 0), key=lambda share: -share.excess)
    # The district's excess need not be the sum of its communes', each of which has an expectation of its own.
    whole = max(sum(share.excess for share in shares), excess)
    named: list[Share] = []
    for share in shares[:NAMED]:
        if _excess(named) < MOST * whole:
            named.append(share)
    if not named or _excess(named) < MUCH * whole:
        return Drivers(is_known=bool(shares), component=part)
    return Drivers(tuple(named), _excess(named) >= MOST * whole, True, part)


def _excess(shares: list[Share]) -> float:
    return sum(share.excess for share in shares)
