"""A template met in one district is read in any other: every mixture of habits gives the same figures."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.reading.read import read_file
from transforms.samples import tree
from transforms.samples.invented import simulate
from transforms.samples.templates import TEMPLATES, Template, lay_out
from transforms.samples.writers import write

MONTH = Period(2022, 12)  # a month with the half-yearly and the yearly form, after a split and a merge
ONE_TABLE = {"csv", "utf-16", "html"}


def _mixtures() -> list[Template]:
    """Every layout with every naming and every format; wording, page length and the rest drawn at random."""
    chance = random.Random(20201231)
    mixed = []
    for layout, naming, kind in product(
        ("sheets", "wide", "stacked"),
        ("grouped", "repeated", "single", "coded"),
        ("xlsx", "tcvn3", "csv", "utf-16", "html", "zip"),
    ):
        if kind not in ONE_TABLE or layout != "sheets":
            mixed.append(
                replace(
                    TEMPLATES[0],
                    layout=layout,
                    naming=naming,
                    kind=kind,
                    wording=chance.randrange(3),
                    is_numbered=chance.random() < 0.5,
                    page=chance.choice((0, 0, 17, 60)),
                    is_signed=chance.random() < 0.7,
                )
            )
    return mixed


@pytest.fixture(scope="module")
def reports(registry):
    """What three districts have to report, by code, with their cells."""
    (month,) = simulate(registry, 7, MONTH, MONTH)
    units = {unit.unit_code: unit for unit in registry.reporters_on(MONTH.last_day)}
    return {code: tree.report_of(registry, month, units[code]) for code in ("867", "873", "875")}, month


@pytest.mark.parametrize(
    "template", _mixtures(), ids=lambda t: f"{t.layout}-{t.naming}-{t.kind}-w{t.wording}-p{t.page}"
)
def test_any_mixture_of_habits_is_read_to_the_figure(template, reports, directory):
    told, month = reports
    code = ("867", "873", "875")[len(template.layout + template.naming + template.kind) % 3]
    data = write(template.kind, lay_out(template, told[code]))
    reading = read_file(data, "bc.dat", code, date(2023, 1, 4), directory)
    assert [(p.code, p.cell_ref, p.found) for p in reading.problems] == []
    homes = [home for home in month.homes if home.reporter_code == code]
    inside = {home.cell_code for home in homes} | {home.commune_code for home in homes}
    for form in FORMS.values():
        truth = {row[0]: row[1:] for row in month.of(form).iter_rows() if row[0] in inside}
        read = {}
        for rows in (one for one in reading.forms if one.form == form.name):
            read |= {
                cell: counts
                for cell, reported, *counts in zip(
                    rows.unit_codes, rows.is_reported, *(rows.counts[name] for name in form.names), strict=True
                )
                if reported
            }
        assert {cell: tuple(counts) for cell, counts in read.items()} == truth, form.name
