"""A kind of test is one function under a name and a column of watched.csv: shown with an invented one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.watch.province import Law, province
from transforms.detection.predictive import Predictive
from transforms.detection.runs import Runs
from transforms.watch import budget, count_tests, findings, tested
from transforms.watch.budget import Budget
from transforms.watch.findings import groups
from transforms.watch.months_to_judge import months_to_judge, units_of
from transforms.watch.watched import LEVELS, needed_measures, watched


def _pair(found: Runs, prediction: Predictive, alpha: float) -> tested.Tested:
    """Invented: the last two months together, more than usual."""
    n, k = found.observed.shape
    seen, chosen = found.observed[:, 1], prediction.take(np.arange(n) * k + 1)
    p = np.where(np.isfinite(seen), chosen.upper(np.nan_to_num(seen)), np.nan)
    nothing = np.full(n, np.nan)
    upper = chosen.most(np.full(n, alpha))
    return tested.Tested(
        kind="pair",
        months=np.full(n, 2.0),
        observed=seen,
        expected=chosen.mean,
        lower=nothing,
        upper=upper,
        p_value=p,
        is_rise=np.ones(n, dtype=bool),
    )


def test_an_invented_kind_is_judged_with_its_share_of_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    series, more = ("district", "received"), {"pair": 0.3}
    rows = tuple(
        replace(one, shares={**one.shares, **more}) if (one.level, one.indicator) == series else one
        for one in watched()
    )
    monkeypatch.setitem(count_tests.RUN_TESTS, "pair", _pair)
    for module in (budget, findings):
        monkeypatch.setattr(module, "watched", lambda: rows)
    known, nights = province(Law(requests=8e-4, shocks=()), 36, np.random.default_rng(7))
    seen = list(months_to_judge(known, nights, set(nights[-4:]), needed_measures(), 5, 36))
    parents = dict(known.parents.iter_rows())
    units = {level: groups(level, units_of(known, level), parents) for level in LEVELS}
    found = findings.findings(seen, units, Budget()).filter(kind="pair")
    assert set(found.select("level", "indicator").iter_rows()) == {series}
    assert found["p_value"].is_between(0, 1).all()
    assert (found["first_period"] < found["period"]).all()
    least = Budget().levels(next(one for one in rows if "pair" in one.shares), len(units["district"].names))["pair"]
    assert (found["is_signal"] == (found["p_value"] <= least)).all()
