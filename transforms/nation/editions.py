"""Which edition of each province the country's figures are made of, and which provinces are missing or behind."""

from __future__ import annotations

from datetime import date

import polars as pl

CURRENT, OLD, MISSING = "current", "old", "missing"
OLD_AFTER = 3
"""Days after which an edition is old: a province has a night every day, and may miss one over a weekend."""


def editions_used(editions: pl.DataFrame, provinces: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A row for each of today's provinces, and for whatever else stands in the lake.

    Args:
        editions: the lake's `edition`: province_code, province_name, edition, as_of, published_at, digest; several of
            a province may be there, the one published last stands.
        provinces: what `country.provinces_of` gives.
        as_of: the national night.

    Returns:
        province_code, province_name, state (current, old: more than three days behind the night, missing: nothing of
        it), edition, as_of, days_old (null where nothing is there), published_at, digest; by code.
    """
    stand = editions.sort("published_at").unique("province_code", keep="last").drop("province_name")
    names = editions.sort("published_at").unique("province_code", keep="last").select("province_code", "province_name")
    today = provinces.filter("is_on_today_map").select(province_code="unit_code", own_name="unit_name")
    days = (pl.lit(as_of) - pl.col("as_of")).dt.total_days()
    state = pl.when(pl.col("edition").is_null()).then(pl.lit(MISSING)).when(days > OLD_AFTER).then(pl.lit(OLD))
    return (
        today.join(stand, on="province_code", how="full", coalesce=True)
        .join(names, on="province_code", how="left")
        .with_columns(days_old=days, state=state.otherwise(pl.lit(CURRENT)))
        .select(
            "province_code",
            pl.coalesce("own_name", "province_name").alias("province_name"),
            "state",
            "edition",
            "as_of",
            "days_old",
            "published_at",
            "digest",
        )
        .sort("province_code")
    )
