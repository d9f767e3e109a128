"""A small invented province: communes of two or three districts by month, some of which merged on today's map."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.disclosure import FLOWS
from transforms.disclosure.moves import REASONS

# Former commune, today's commune, district: today's T3 lies in two districts, and B2 was parted.
PLACES = [
    ("A1@1", "T1@2", "A"),
    ("A2@1", "T1@2", "A"),
    ("A3@1", "T2@2", "A"),
    ("A4@1", "T2@2", "A"),
    ("A5@1", "T3@2", "A"),
    ("B1@1", "T3@2", "B"),
    ("B2@1", "T3@2", "B"),
    ("B2@1", "T4@2", "B"),
    ("B3@1", "T4@2", "B"),
    ("B4@1", "T5@2", "B"),
]
RATES = {
    "admitted": 1.0,
    "restored": 0.02,
    "transferred_in": 1.3,
    "transferred_out": 1.2,
    "died": 0.4,
    "expelled": 0.03,
    "struck_off": 0.15,
    "withdrawn": 0.05,
    "declined": 0.03,
    "approved": 0.12,
}


def invented_months(seed: int, years: tuple[int, ...] = (2020,), scale: float = 1.0) -> pl.DataFrame:
    """What `area_months` gives of the province: Poisson counts that keep the contract's rules."""
    dice = np.random.default_rng(seed)
    rows = []
    for commune, today, district in PLACES:
        pending = int(dice.poisson(1))
        for year in years:
            for month in range(1, 13):
                flows = _flows(dice, pending, scale)
                pending += flows["received"] - flows["withdrawn"] - flows["declined"] - flows["approved"]
                rows.append(
                    {
                        "period": f"{year}-{month:02d}",
                        "commune": commune,
                        "today_commune": today,
                        "district": district,
                        "today_district": district,
                        "later_commune": today,
                        **{name: flows[name] for name in FLOWS},
                        "pending_closing": pending,
                        "is_reported": True,
                        "units_expected": 5,
                        "units_reported": 5,
                    }
                )
    return pl.DataFrame(rows)


def _flows(dice: np.random.Generator, pending: int, scale: float) -> dict[str, int]:
    flows = {name: int(dice.poisson(scale * rate)) for name, rate in RATES.items()}
    reasons = dice.poisson(scale * np.array([0.15, 0.05, 0.03, 0.06]))
    flows |= dict(zip(REASONS, reasons.tolist(), strict=True))
    flows["received"] = int(reasons.sum())
    flows["received_from_away"] = int(dice.binomial(flows["received"], 0.4))
    there = pending + flows["received"]
    for name in ("withdrawn", "declined", "approved"):
        flows[name] = min(flows[name], there)
        there -= flows[name]
    flows["left_on_request"] = flows["approved"]
    return flows


def corrected(months: pl.DataFrame, seed: int, many: int = 2) -> pl.DataFrame:
    """The same months after a few corrections: a death more or less, a request more that stays pending."""
    dice = np.random.default_rng(seed)
    at = dice.choice(months.height, many, replace=False).tolist()
    row, more = pl.int_range(pl.len()), pl.col("added")
    place = ["commune", "today_commune"]
    deaths = pl.col("died")
    return (
        months.with_columns(added=row.is_in(at[1::2]).cast(pl.Int64), mended=row.is_in(at[::2]))
        .with_columns(
            pl.col("received", "reason_other") + more,
            pending_closing=pl.col("pending_closing") + more.cum_sum().over(place),
            died=pl.when("mended").then(pl.when(deaths > 0).then(deaths - 1).otherwise(deaths + 1)).otherwise(deaths),
        )
        .drop("added", "mended")
    )
