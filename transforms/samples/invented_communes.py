"""Invented figures of the yearly form: a year of the communes whose cells report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from expectations.contract.forms import ORGANISATION
from expectations.contract.periods import Period
from expectations.contract.rules import GRADES
from transforms.territory.registry import Home

_IS_HEAD, _HEADS_A_YEAR, _IS_YOUNG = 0.55, 0.04, 0.3  # of the secretaries; the board's wish is that more are both
_TRAINED = 0.93
_GRADED = (0.2, 0.66, 0.12, 0.02)
_NOT_GRADED = 0.8  # members of a hamlet's cell, on the average


def yearly_form(homes: Sequence[Home], year: Period, seed: int) -> pl.DataFrame:
    """commune_code and the yearly measures, a row a commune, in the order of the codes.

    Args:
        homes: the cells that stand at the year's end.
        year: the year.
        seed: the same seed gives the same figures, whatever else is drawn.
    """
    random = np.random.default_rng([seed, year.year, 40])
    codes = sorted({home.commune_code for home in homes if home.commune_code})
    place = {code: at for at, code in enumerate(codes)}
    cells = np.bincount([place[home.commune_code] for home in homes if home.commune_code], minlength=len(codes))
    of_hamlets = [place[home.commune_code] for home in homes if home.commune_code and home.kind == "hamlet"]
    hamlets = np.bincount(np.array(of_hamlets, dtype=np.int64), minlength=len(codes))
    heads = random.binomial(hamlets, min(_IS_HEAD + _HEADS_A_YEAR * (year.year - 2020), 0.9))
    grade = random.choice(len(GRADES), size=len(codes), p=_GRADED)
    figures = {
        "hamlet_cells": hamlets,
        "secretary_is_head": heads,
        "secretary_head_under_40": random.binomial(heads, _IS_YOUNG),
        "committees": cells,
        "committees_trained": random.binomial(cells, _TRAINED),
        **{name: (grade == at).astype(np.int64) for at, name in enumerate(GRADES)},
        "members_not_graded_away": random.poisson(_NOT_GRADED * hamlets),
    }
    return pl.DataFrame({"commune_code": codes, **{name: figures[name] for name in ORGANISATION.names}})
