"""The gaps of Regulation 213: each exempt is taken off once; an item opens for what is particular about a commune."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.transforms.followup.followup_figures import Sheet, halves
from tests.transforms.followup.half_years import STEPS as NAMES
from tests.transforms.followup.half_years import Invented
from transforms.followup.steps import STEPS
from transforms.followup.thresholds import Thresholds

NIGHT = date(2021, 7, 5)
A = "A@2015-01-01"
WELL = {"subject": 100, "exempt": 0, "introduced": 99, "registered": 98, "attended": 97, "remarked": 0}
KIND = "r213-not-registered"


def read(came, kind=KIND, night=NIGHT, thresholds=None):
    rows = Sheet(came).read([night], thresholds)
    return {row["unit_id"]: row for row in rows.to_dicts() if row["kind"] == kind}


def everybody(**figures):
    return [halves(c, **WELL | figures) for c in "BC"]


@pytest.mark.parametrize(
    ("exempt", "introduced", "gaps"),
    [
        (0, 80, {"introduced": 20, "registered": 10, "attended": 20, "remarked": 30}),
        (10, 80, {"introduced": 10, "registered": 10, "attended": 20, "remarked": 30}),
        (30, 80, {"introduced": 0, "registered": 10, "attended": 10, "remarked": 20}),
        (90, 80, {"introduced": 0, "registered": 10, "attended": 0, "remarked": 0}),
    ],
)
def test_the_exempt_are_those_not_introduced_first_and_nobody_is_taken_off_twice(exempt, introduced, gaps):
    counts = (100, exempt, introduced, 70, 50, 40)
    names = ("subject", "exempt", "introduced", "registered", "attended", "remarked")
    frame = pl.DataFrame({f"r213_{name}": [count] for name, count in zip(names, counts, strict=True)})
    assert {step.name: frame.select(step.gap).item() for step in STEPS} == gaps


def test_a_commune_far_below_the_target_opens_an_item_that_says_what_closes_it():
    found = read([halves("A", **WELL | {"registered": 80, "attended": 80}), *everybody()])
    assert (found[A]["stands"], found[A]["least"], found[A]["base"], found[A]["line"]) == (True, 19, 99, 9)
    told = json.loads(found[A]["evidence"])
    assert (told["reasons"], told["target"], told["others"]) == (["below"], 0.95, {"gap": 2, "base": 198})
    assert not found["B@2015-01-01"]["stands"]


def test_where_all_are_as_far_below_no_commune_is_one_to_begin_with():
    low = {"registered": 80, "attended": 80}
    assert not any(row["stands"] for row in read([halves("A", **WELL | low), *everybody(**low)]).values())
    lower = {"registered": 50, "attended": 50}
    found = read([halves("A", **WELL | lower), *everybody(**low)])
    assert [unit for unit, row in found.items() if row["stands"]] == [A]


def test_the_target_is_the_boards():
    came = [halves("A", **WELL | {"registered": 80, "attended": 80}), *everybody()]
    assert not read(came, thresholds=Thresholds({"registered": 0.8}))[A]["stands"]
    assert read(came, thresholds=Thresholds({"attended": 0.8}))[A]["stands"]


def test_a_fall_opens_an_item_though_the_target_is_met_by_chance():
    before = [halves(c, "2020-H2", date(2021, 1, 4), **WELL) for c in "ABC"]
    now = [halves("A", **WELL | {"registered": 88, "attended": 88}), *everybody()]
    found = read([*before, *now])[A]
    assert json.loads(found["evidence"])["before"] == {"period": "2020-H2", "gap": 1, "base": 99}
    assert (found["stands"], found["line"]) == (True, 9)
    assert not read(now, thresholds=Thresholds(level=0.001))[A]["stands"]


def test_the_remark_is_of_the_year_and_held_against_the_year_before():
    first = [halves(c, "2021-H1", **WELL) for c in "ABC"]
    assert read(first, "r213-not-remarked") == {}
    years = [(2020, 97), (2021, 80)]
    came = [
        halves(c, f"{year}-H2", date(year + 1, 1, 4), **WELL | {"remarked": done if c == "A" else 97})
        for year, done in years
        for c in "ABC"
    ]
    found = read([*first, *came], "r213-not-remarked", date(2022, 1, 5))[A]
    assert json.loads(found["evidence"])["before"]["period"] == "2020-H2"
    assert "fell" in json.loads(found["evidence"])["reasons"]


def test_a_partial_report_can_open_an_item_but_says_nothing_else():
    bad = halves("A", **WELL | {"registered": 60, "attended": 60})
    assert read([replace(bad, cells=3), *everybody()])[A]["stands"]
    good = replace(halves("A", **WELL), cells=3)
    assert A not in read([good, *everybody()])


def test_nothing_is_said_of_a_half_year_that_few_have_reported():
    assert read([halves("A", **WELL | {"registered": 60, "attended": 60})]) == {}


def test_a_few_single_people_are_no_item():
    tiny = {"subject": 2, "introduced": 2, "registered": 0, "attended": 0}
    assert not read([halves("A", **WELL | tiny), *everybody()])[A]["stands"]


def test_nights_that_know_the_same_are_read_once():
    nights = [date(2021, 7, day) for day in (5, 6, 7)]
    rows = Sheet([halves(c, **WELL) for c in "ABC"]).read(nights).filter(kind=KIND)
    assert rows["night"].unique().to_list() == [NIGHT]


@pytest.mark.parametrize("people", [25, 60, 100, 340])
@pytest.mark.parametrize("share", [0.95, 0.98])
def test_chance_alone_opens_at_most_one_item_in_twenty_communes(people, share):
    invented = Invented(people=people, share=dict.fromkeys(NAMES, share))
    opened = sum(invented.opened(seed).height for seed in range(6))
    assert opened <= 6 * invented.communes / 20


@pytest.mark.parametrize("seed", range(3))
def test_every_known_fall_is_found_and_little_besides(seed):
    falls = {(number * 7, step): 0.76 for number, step in enumerate(NAMES)}
    invented = Invented(people=150, falls=falls)
    opened = set(invented.opened(seed).select("unit_id", "kind").rows())
    wanted = {(invented.name(commune), f"r213-not-{step}") for commune, step in falls}
    assert wanted <= opened
    assert len(opened - wanted) <= invented.communes / 20


def test_few_communes_that_make_half_of_a_districts_gap_are_named_and_many_are_not():
    low = dict.fromkeys(NAMES, 0.96) | {"registered": 0.92}
    few = Invented(people=200, share=low, falls={(0, "registered"): 0.1})
    reasons = [json.loads(row) for row in few.opened(1).filter(kind=KIND, unit_id=few.name(0))["evidence"]]
    assert "largest" in reasons[0]["reasons"]
    assert not [row for row in Invented(people=200, share=low).opened(1)["evidence"] if "largest" in row]
