"""What a period opens with: what was last accepted as the close of the period before."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from expectations.contract.carried import CARRIED, groups_between
from expectations.contract.periods import Period
from transforms.territory.registry import Registry

Openings = dict[tuple[str, str], int]
"""By cell and measure (members_opening, pending_opening); what is not known is not there."""

CLOSINGS = {"cell_code": pl.String, "measure": pl.String, "value": pl.Int64}
"""The columns of the closings known: the cell, a closing measure (members_closing, pending_closing), its figure."""


def openings(registry: Registry, closings: pl.DataFrame, period: Period) -> Openings:
    """The openings that `opening-mismatch` will ask for, cell by cell.

    A cell that others went into opens with the sum of what they closed with, where all of that is known. Of the parts
    of a cell that was split only the sum is known: none of them is given an opening.

    Args:
        closings: as `CLOSINGS`, of the period before.
        period: the month to be reported.
    """
    before = {home.cell_code for home in registry.homes_on(period.previous.last_day)}
    after = {home.cell_code for home in registry.homes_on(period.last_day)}
    steps = [(origin, to, day) for origin, to, day, *_ in registry.cell_succession]
    groups: dict[str, list[str]] = defaultdict(list)
    for key, code in groups_between(steps, period.previous.last_day, period.last_day):
        groups[key].append(code)
    grouped = {code for codes in groups.values() for code in codes}
    origins = {code: [code] for code in after - grouped}
    for codes in groups.values():
        heirs = [code for code in codes if code in after]
        if len(heirs) == 1:
            origins[heirs[0]] = [code for code in codes if code in before]
    known = {(code, measure): value for code, measure, value in closings.select(list(CLOSINGS)).iter_rows()}
    found: Openings = {}
    for carried in CARRIED:
        for code, parts in origins.items():
            values = [known.get((part, carried.closing)) for part in parts]
            if values and None not in values:
                found[code, carried.opening] = sum(value for value in values if value is not None)
    return found
