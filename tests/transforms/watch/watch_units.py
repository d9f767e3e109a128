"""Figures of a few units as nights knew them, written out by hand: what the watch's tests are drawn with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from expectations.contract.forms import MONTHLY
from transforms.watch.as_known import FiguresAsKnown

Version = tuple[str, str, date, date | None, int, dict[str, int]]
"""District, period, recorded, superseded, cells with figures, measures."""


def known_from(versions: Iterable[Version], cells: int = 10) -> FiguresAsKnown:
    """Each district of one commune (c of its name), all in province p; every period has the cells."""
    rows = list(versions)
    names = {"commune": lambda d: f"c{d}@2015-01-01", "district": str, "province": lambda _: "p"}
    version_sums = {}
    for form in MONTHLY:
        records = [
            {
                "unit_id": unit(district),
                "period": period,
                "recorded_at": begin,
                "superseded_at": end,
                "cells": n,
                "level": level,
                **{name: measures.get(name, 0) for name in form.names},
            }
            for district, period, begin, end, n, measures in rows
            for level, unit in names.items()
        ]
        schema = {"superseded_at": pl.Date, "recorded_at": pl.Date, "cells": pl.UInt32}
        version_sums[form.name] = pl.DataFrame(records, schema_overrides=schema)
    districts = sorted({row[0] for row in rows})
    periods = sorted({row[1] for row in rows})
    expected = pl.DataFrame(
        [
            (level, unit, period, n)
            for period in periods
            for level, unit, n in (
                *(("commune", f"c{d}@2015-01-01", cells) for d in districts),
                *(("district", d, cells) for d in districts),
                ("province", "p", cells * len(districts)),
            )
        ],
        schema=["level", "unit_id", "period", "cells"],
        orient="row",
    )
    parents = pl.DataFrame({"unit_id": [f"c{d}@2015-01-01" for d in districts], "district": districts})
    return FiguresAsKnown(version_sums, expected, parents)
