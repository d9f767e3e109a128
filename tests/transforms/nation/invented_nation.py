"""Invented provinces as the lake would hold them: months that keep the contract's rules, and their indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from expectations.contract.forms import MONTHLY_MEASURES
from expectations.contract.rules import PLACES, REASONS
from flows.registry_files import national_tables
from transforms.indicators import indicator_table
from transforms.nation.country import expected, provinces_of
from transforms.nation.marts import PublishedByProvinces
from transforms.trends import comparison

UNITS, SUCCESSION = national_tables()
PROVINCES = provinces_of(UNITS, SUCCESSION)
TODAY: list[str] = PROVINCES.filter("is_on_today_map")["unit_code"].to_list()


def months(first: str, count: int) -> list[str]:
    year, month = int(first[:4]), int(first[5:]) - 1
    return [f"{year + (month + at) // 12}-{(month + at) % 12 + 1:02d}" for at in range(count)]


def invented_months(
    seed: int, periods: Sequence[str], size: float = 1.0, factors: Mapping[tuple[str, str], float] | None = None
) -> pl.DataFrame:
    """Months of former provinces and of today's, on both maps; a province of today is the sum of its parts.

    Args:
        size: about how many thousand members a province has.
        factors: by code of today's province and month, how many times as many requests there are as usual.
    """
    dice = np.random.default_rng(seed)
    members = {code: int(1000 * size * dice.uniform(0.5, 2)) for code in PROVINCES["unit_code"].unique().sort()}
    pending = dict.fromkeys(members, 0)
    rows = []
    making = expected(PROVINCES, periods).filter(map="reported")
    lies_in = dict(PROVINCES.select("unit_code", "today_code").rows())
    for period, code, name in making.select("period", "unit_code", "unit_name").iter_rows():
        factor = (factors or {}).get((lies_in[code], period), 1.0)
        row = _month(dice, members[code], pending[code], factor)
        members[code], pending[code] = row["members_closing"], row["pending_closing"]
        rows.append({"period": period, "unit_code": code, "unit_name": name, "today_code": lies_in[code], **row})
    reported = pl.DataFrame(rows, infer_schema_length=None)
    counts = [*MONTHLY_MEASURES, "units_expected", "units_reported"]
    names = PROVINCES.filter("is_on_today_map").select(today_code="unit_code", unit_name="unit_name")
    today = (
        reported.group_by("period", "today_code").agg(pl.col(counts).sum()).join(names, on="today_code")
    ).with_columns(unit_code="today_code")
    columns = ["map", "unit_code", "unit_name", "level", "period", *counts, "province_code"]
    frames = [
        one.with_columns(map=pl.lit(name), level=pl.lit("province"), province_code="today_code").select(columns)
        for name, one in (("reported", reported), ("today", today))
    ]
    return _dated(pl.concat(frames).sort("map", "unit_code", "period"))


def _month(dice: np.random.Generator, members: int, pending: int, factor: float) -> dict[str, int]:
    received = int(dice.poisson(0.002 * members * factor))
    away = int(dice.binomial(members, 0.12))
    decided = int(dice.binomial(pending + received, 0.5))
    withdrawn, declined, approved = (int(x) for x in dice.multinomial(decided, (0.14, 0.05, 0.81)))
    flows = {
        "admitted": int(dice.poisson(0.0026 * members)),
        "restored": int(dice.poisson(0.0001 * members)),
        "transferred_in": int(dice.poisson(0.003 * members)),
        "transferred_out": int(dice.poisson(0.003 * members)),
        "died": int(dice.poisson(0.001 * members)),
        "expelled": int(dice.poisson(0.0001 * members)),
        "struck_off": int(dice.poisson(0.0003 * members)),
        "left_on_request": approved,
    }
    up = flows["admitted"] + flows["restored"] + flows["transferred_in"]
    contact, enterprise = int(dice.binomial(away, 0.86)), int(dice.binomial(away, 0.6))
    temporary = int(dice.binomial(away, 0.15))
    row = {
        "members_opening": members,
        **flows,
        "members_closing": members + up - (sum(flows.values()) - up),
        "away_total": away,
        **dict(zip(PLACES, map(int, dice.multinomial(away, (0.2, 0.7, 0.1))), strict=True)),
        "away_in_contact": contact,
        "away_out_of_contact": away - contact,
        "away_temporary_activity": temporary,
        "away_exempt": int(dice.binomial(away - temporary, 0.3)),
        "away_in_enterprise": enterprise,
        "away_in_private_enterprise": int(dice.binomial(enterprise, 0.8)),
        "pending_opening": pending,
        "received": received,
        "withdrawn": withdrawn,
        "declined": declined,
        "approved": approved,
        "pending_closing": pending + received - decided,
        "received_from_away": int(dice.binomial(received, 0.6)),
        **dict(zip(REASONS, map(int, dice.multinomial(received, (0.5, 0.2, 0.1, 0.2))), strict=True)),
        "units_expected": 20,
        "units_reported": 20,
    }
    return {name: 0 for name in MONTHLY_MEASURES if name not in row} | row


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("period").str.to_date("%Y-%m")
    return rows.with_columns(period_start=start, period_end=start.dt.month_end(), period_kind=pl.lit("month"))


def invented_indicators(figures: pl.DataFrame) -> pl.DataFrame:
    """What the provinces publish of these months, as their marts.indicator has it."""
    known = figures.with_columns(members_reported=pl.lit(1), members_known=pl.lit(1))
    given = ("map", "unit_code", "level", "period", *MONTHLY_MEASURES, "members_reported", "members_known")
    table = indicator_table(known.select(given))
    names = _names(figures)
    end = figures.select("period", "period_end").unique()
    named = table.join(names, on=["map", "unit_code"])
    last = named.select("period", "period_kind").unique()
    months_in = {"month": 1, "quarter": 3, "half": 6, "year": 12, "rolling12": 12}
    number = pl.col("period").map_elements(_last_month, return_dtype=pl.String)
    last = last.with_columns(last=number, size=pl.col("period_kind").replace_strict(months_in, return_dtype=pl.Int64))
    last = last.join(end.rename({"period": "last"}), on="last")
    start = pl.col("last").str.to_date("%Y-%m").dt.offset_by(pl.format("-{}mo", pl.col("size") - 1))
    days = last.with_columns(period_start=start).select("period", "period_kind", "period_start", "period_end")
    return named.join(days, on=["period", "period_kind"])


def _last_month(period: str) -> str:
    year, _, tail = period.partition("-")
    if not tail:
        return f"{year}-12"
    if tail[0] in "QH":
        return f"{year}-{int(tail[1]) * (3 if tail[0] == 'Q' else 6):02d}"
    return period


def invented_editions(codes: Sequence[str], as_of: date) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "province_code": list(codes),
            "province_name": [f"Tỉnh {code}" for code in codes],
            "edition": [f"{as_of}-020000"] * len(codes),
            "as_of": [as_of] * len(codes),
            "published_at": [pl.Series([as_of]).cast(pl.Datetime)[0]] * len(codes),
            "digest": [f"digest {code}" for code in codes],
        }
    )


def published(figures: pl.DataFrame, as_of: date) -> PublishedByProvinces:
    """All tables of the lake that follow from these months; without the provinces' own trends."""
    indicators = invented_indicators(figures)
    codes = sorted(figures["province_code"].unique())
    names = _names(indicators)
    own = (
        comparison(indicators)
        .join(names, on=["map", "unit_code"])
        .join(
            indicators.select("period", "period_kind", "period_start", "period_end").unique(),
            on=["period", "period_kind"],
        )
    )
    numbers = ("level_value", "slope_per_year", "slope_lower", "slope_upper", "probability")
    trends = indicators.select(
        *("map", "unit_code", "unit_name", "level", "indicator", "period", "period_start", "period_end", "period_kind"),
        "province_code",
        *(pl.lit(None, pl.Float64).alias(name) for name in numbers),
        *(pl.lit(None, pl.String).alias(name) for name in ("word", "since", "since_earliest", "since_latest")),
    ).head(0)
    return PublishedByProvinces(invented_editions(codes, as_of), figures, indicators, trends, own)


def _names(rows: pl.DataFrame) -> pl.DataFrame:
    named = rows.select("map", "unit_code", "unit_name", "province_code")
    return named.unique(["map", "unit_code"], keep="last", maintain_order=True)
