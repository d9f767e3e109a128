"""Tables that are worked out together expect what each expects alone."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl
import pytest

from expectations.contract.forms import FORMS, OF_CELLS, Form
from expectations.contract.periods import Period
from expectations.suites.slips.levels import MONTHS, levels_of
from expectations.suites.slips.standing import SentTable, Standing, number_of

PERIOD = Period.parse("2021-12")
SENDERS = (3, 9, 30, 5, 17, 6)  # cells of each; three are too few


def sent(form: Form, random: np.random.Generator, cells: np.ndarray) -> SentTable:
    figures = random.poisson(8.0, (len(cells), len(form.names))).astype(float)
    figures[random.random(figures.shape) < 0.02] = np.nan
    return SentTable(form, cells, pl.DataFrame({"cell_code": [f"c{cell}" for cell in cells]}), figures)


def standing_of(form: Form, random: np.random.Generator, tables: list[SentTable]) -> Standing:
    """Past periods of which one is missing for all, one for a sender, one for most of a sender's cells."""
    standing = Standing({f"c{cell}": cell for cell in range(sum(SENDERS))})
    for back in (1, 2, *range(4, MONTHS + 2)):
        plane = random.poisson(8.0, (sum(SENDERS), len(form.names))).astype(float)
        plane[random.random(len(plane)) < 0.05] = np.nan
        if back == 5:
            plane[tables[2].cells] = np.nan
        if back == 6:
            plane[tables[4].cells[3:]] = np.nan
        standing.planes[form.name, number_of(form, PERIOD) - back] = plane
    return standing


@pytest.mark.parametrize("form", OF_CELLS, ids=lambda form: form.name)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tables_together_are_as_each_alone(form: Form, seed: int) -> None:
    random = np.random.default_rng(seed)
    tables = [sent(form, random, cells) for cells in np.split(np.arange(sum(SENDERS)), np.cumsum(SENDERS)[:-1])]
    standing = standing_of(form, random, tables)
    together = levels_of(tables, standing, PERIOD)
    assert [levels is None for levels in together] == [count == 3 for count in SENDERS]
    for table, levels in zip(tables, together, strict=True):
        (alone,) = levels_of([table], standing, PERIOD)
        if levels is None or alone is None:
            assert levels is alone
            continue
        for field in fields(levels):
            np.testing.assert_allclose(getattr(levels, field.name), getattr(alone, field.name), rtol=1e-13)


def test_without_a_period_before_nothing_is_expected() -> None:
    table = sent(FORMS["balance"], np.random.default_rng(1), np.arange(9))
    assert levels_of([table, table], Standing({}), PERIOD) == [None, None]
