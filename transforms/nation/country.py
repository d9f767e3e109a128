"""The provinces that make the country, on any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from transforms.months import last_day

COUNTRY, COUNTRY_CODE, COUNTRY_NAME = "country", "VN", "Cả nước"
"""The level, the code and the name of the whole."""
FOREVER = date(9999, 12, 31)
UNIT = ("map", "unit_code", "level")


def provinces_of(units: pl.DataFrame, succession: pl.DataFrame) -> pl.DataFrame:
    """The country's provinces, former ones too.

    Args:
        units: the country's units, all columns text, an open end empty; those without a parent are provinces.
        succession: from_code, to_code, effective_date of provinces and others, text.

    Returns:
        unit_code, unit_name, kind, valid_from, valid_to (days), today_code (of the province it lies in today),
        is_on_today_map. One that went on through a reform under its code and name has one row.
    """
    roots = units.filter(pl.col("parent_code") == "")
    days = roots.select(
        "unit_code",
        "kind",
        unit_name="name",
        valid_from=pl.col("valid_from").str.to_date(),
        valid_to=pl.col("valid_to").replace("", None).str.to_date().fill_null(FOREVER),
    )
    went = (
        succession.select("from_code", "to_code", day=pl.col("effective_date").str.to_date())
        .join(roots.select(from_code="unit_code").unique(), on="from_code", how="semi")
        .sort("day", "from_code", "to_code")
    )
    since = went.rows()
    today = [_today_code(code, last, since) for code, last in days.select("unit_code", "valid_to").iter_rows()]
    origins = went.group_by(unit_code="to_code").agg(origins=pl.col("from_code").n_unique())
    # A code and name that only one province went into is the same province still.
    key = ["unit_code", "unit_name", "kind"]
    rows = (
        days.with_columns(today_code=pl.Series(today, dtype=pl.String))
        .join(origins, on="unit_code", how="left")
        .sort("unit_code", "valid_from")
    )
    is_same = (pl.col("origins") == 1) & (pl.len().over(key) > 1)
    span = pl.when(is_same).then(pl.col("valid_to").max().over(key)).otherwise("valid_to")
    return (
        rows.with_columns(valid_to=span)
        .group_by(*key, "valid_to", "today_code", maintain_order=True)
        .agg(pl.col("valid_from").min())
        .with_columns(is_on_today_map=pl.col("valid_to") == FOREVER)
        .select(*key, "valid_from", "valid_to", "today_code", "is_on_today_map")
        .sort("unit_code", "valid_from")
    )


def _today_code(code: str, last: date, went: Sequence[tuple[str, str, date]]) -> str:
    """What a province that ended on a day has come to lie in, however many reforms there were since.

    Args:
        went: from_code, to_code and day of every succession, by day. A code may have been given anew, so only what
            came after the last day is of this province.
    """
    for before, after, day in went:
        if before == code and day > last:
            code, last = after, day
    return code


def expected(provinces: pl.DataFrame, periods: Iterable[str]) -> pl.DataFrame:
    """The provinces whose figures make the country in each period.

    Args:
        provinces: what `provinces_of` gives.
        periods: of any kind.

    Returns:
        map, period, unit_code, unit_name, since (the first day of its territory): on map `today` those of today in
        every period, on `reported` those that stood on the period's last day.
    """
    dated = pl.DataFrame({"period": sorted(set(periods))}, schema={"period": pl.String}).with_columns(day=last_day())
    both = dated.join(provinces, how="cross")
    stood = pl.col("day").is_between("valid_from", "valid_to")
    parts = {"today": both.filter("is_on_today_map"), "reported": both.filter(stood)}
    return pl.concat(
        [
            rows.select(pl.lit(name).alias("map"), "period", "unit_code", "unit_name", since="valid_from")
            for name, rows in parts.items()
        ]
    ).sort("map", "period", "unit_code")
