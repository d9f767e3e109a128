"""The template as a clerk meets it: filled in, calculated and saved by LibreOffice, looked at, and read back."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
from matplotlib.image import imread
from scipy import ndimage

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from expectations.contract.rules import RULES, Rule
from tests.transforms.template.filling import (
    FIRST_MEASURE,
    FIRST_ROW,
    Figures,
    by_libreoffice,
    fill,
    form_pages,
    template_and_figures,
)
from transforms.reading.read import read_file
from transforms.template.checks import side_named

pytestmark = pytest.mark.slow

JUNE, DECEMBER, AFTER, YEAR = Period(2019, 6), Period(2020, 12), Period(2025, 8), Period(2022, 1, "year")
DISTRICT, COMMUNE, SMALL = "867", "29869", "30157"
RED = (255, 156, 156)
CASES = {
    "district": (DISTRICT, JUNE),
    "december": (DISTRICT, DECEMBER),
    "commune": (COMMUNE, AFTER),
    "year": (DISTRICT, YEAR),
}


@pytest.fixture(scope="module")
def filled(registry) -> dict[str, tuple[bytes, Figures]]:
    """Templates filled in rightly, and what stands in them."""
    made = {name: template_and_figures(registry, *case) for name, case in CASES.items()}
    return {name: (fill(file.data, figures), figures) for name, (file, figures) in made.items()}


@pytest.fixture(scope="module", params=["xlsx", "ods", "xls"])
def saved_anew(request, filled, tmp_path_factory) -> dict[str, bytes]:
    files = {name: data for name, (data, _) in filled.items()}
    return by_libreoffice(files, request.param, tmp_path_factory.mktemp("saved"))


@pytest.mark.parametrize("name", CASES)
def test_what_libreoffice_saves_is_read_back_to_the_cell(name, filled, saved_anew, directory):
    (code, period), figures = CASES[name], filled[name][1]
    reading = read_file(saved_anew[name], "bao cao", code, period.due_on(5), directory)
    assert (reading.period, reading.problems, reading.notes) == (str(period), [], [])
    assert [one.form for one in reading.forms] == list(figures)
    for one in reading.forms:
        known = dict(zip(one.unit_codes, zip(*one.counts.values(), strict=True), strict=True))
        assert known == {cell: tuple(row.values()) for cell, row in figures[one.form].items()}
        # The totals were calculated, and every one of them is judged and right.
        assert {total.measure for total in one.totals} == set(FORMS[one.form].names)
        assert all(total.value == total.computed for total in one.totals)


@pytest.mark.parametrize("name", CASES)
def test_the_mark_is_still_there(name, saved_anew, directory):
    code, period = CASES[name]
    others = {DISTRICT: "868", COMMUNE: "29888"}
    reading = read_file(saved_anew[name], "bao cao", others[code], period.due_on(5), directory)
    assert [problem.code for problem in reading.problems] == ["wrong-template"]


def test_the_check_says_what_the_contract_says_rule_by_rule(filled, tmp_path, registry):
    """Counts of every kind, right and wrong, judged by LibreOffice and by the contract's own SQL."""
    chance = random.Random(20190605)
    wrong = {}
    # A sender has few communes: several senders' yearly forms, so that each of its rules is broken somewhere.
    years = {f"year of {code}": (code, YEAR) for code in ("866", "869", "871", "872", "873", "874", "876")}
    for name, (code, period) in (CASES | years).items():
        file, figures = template_and_figures(registry, code, period)
        _spoil(figures, chance)
        wrong[name] = (fill(file.data, figures), figures)
    saved = by_libreoffice({name: data for name, (data, _) in wrong.items()}, "xlsx", tmp_path)
    met: set[str] = set()
    right = 0
    for name, (_, figures) in wrong.items():
        said = _said(saved[name], figures)
        table = _table(figures)
        for form in figures:
            rules = [rule for rule in RULES if form in rule.forms and set(rule.forms) <= set(figures)]
            for row in table.iter_rows(named=True):
                if row["cell_code"] in figures[form]:
                    broken = [rule for rule in rules if row[f"holds {rule.name}"] is False]
                    expected = _sentence(broken[0], row) if broken else "Đúng"
                    assert said[form][row["cell_code"]] == expected
                    met |= {rule.name for rule in broken}
                    right += not broken
    assert met == {rule.name for rule in RULES}
    assert right > 100


def _spoil(figures: Figures, chance: random.Random) -> None:
    """Change some figures of most rows, but for what is locked; small counts, so that many rules hold by chance."""
    locked = {"members_opening", "pending_opening"}
    for form, rows in figures.items():
        names = [name for name in FORMS[form].names if name not in locked]
        for row in rows.values():
            for name in chance.sample(names, chance.choice((0, 0, 1, 1, 2, 4))):
                row[name] = max(0, int(row[name] or 0) + chance.choice((-2, -1, 1, 2, 60)))


def _table(figures: Figures) -> pl.DataFrame:
    """The figures of all forms by cell, with what the contract says of each rule."""
    frames = [
        pl.DataFrame([{"cell_code": code, **row} for code, row in rows.items()], infer_schema_length=None)
        for rows in figures.values()
    ]
    table = frames[0]
    for frame in frames[1:]:
        table = table.join(frame, on="cell_code", how="left")
    known = [rule for rule in RULES if set(rule.forms) <= set(figures)]
    return table.with_columns(
        *(pl.sql_expr(rule.holds).alias(f"holds {rule.name}") for rule in known),
        *(pl.sql_expr(rule.found).alias(f"found {rule.name}") for rule in known),
        *(pl.sql_expr(rule.expected).alias(f"expected {rule.name}") for rule in known),
    )


def _sentence(rule: Rule, row: dict[str, int]) -> str:
    link = "phải bằng" if rule.op == "=" else "không được lớn hơn"
    found, expected = (side_named(rule, side, "vi") for side in (rule.found, rule.expected))
    return f"{found} = {row[f'found {rule.name}']}, {link} {expected} = {row[f'expected {rule.name}']}"


def _said(data: bytes, figures: Figures) -> dict[str, dict[str, str]]:
    """What each row's check says, by form and cell."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    said: dict[str, dict[str, str]] = {}
    for form, page in form_pages(book, figures).items():
        column = FIRST_MEASURE + len(FORMS[form].names)
        rows = [row for row in range(FIRST_ROW, page.max_row + 1) if page.cell(row, 2).value]
        said[form] = {page.cell(row, 2).value: page.cell(row, column).value for row in rows}
    return said


@pytest.fixture(scope="module")
def faulty(registry) -> tuple[bytes, Figures]:
    """A small commune's template with one fault of each kind, half of it not filled in."""
    file, figures = template_and_figures(registry, SMALL, AFTER)
    cells = sorted(figures["balance"])
    for rows in figures.values():
        for cell in cells[len(cells) // 2 :]:
            del rows[cell]
    balance, away = figures["balance"], figures["away"]
    balance[cells[0]]["members_closing"] = int(balance[cells[0]]["members_closing"] or 0) + 2
    balance[cells[1]]["admitted"] = "hai"
    balance[cells[2]]["died"] = 1.5
    balance[cells[3]]["died"] = None
    away[cells[4]]["away_in_contact"] = int(away[cells[4]]["away_in_contact"] or 0) + 1
    return fill(file.data, figures), figures


def test_what_is_no_count_missing_or_not_filled_in_is_said(faulty, registry, tmp_path):
    data, figures = faulty
    said = _said(by_libreoffice({"wrong": data}, "xlsx", tmp_path)["wrong"], figures)
    cells = sorted(said["balance"])
    told = [said["balance"][cell] for cell in cells]
    assert told[0].startswith("«Số đảng viên cuối kỳ» = ")
    assert told[1:3] == ["Chỉ ghi số nguyên, từ 0 trở lên"] * 2
    assert told[3] == "Còn ô trống; không có thì ghi 0"
    assert set(told[4 : len(cells) // 2]) == {"Đúng"}
    assert set(told[len(cells) // 2 :]) == {"Chưa nhập"}
    assert said["away"][cells[4]].startswith("«Có giữ liên lạc» + «Không giữ liên lạc» = ")
    book = openpyxl.load_workbook(tmp_path / "xlsx" / "wrong.xlsx", data_only=True)
    half = len(cells) - len(cells) // 2
    assert (
        book["Biểu 1"]["A5"].value
        == f"Số dòng: {len(cells) - half - 4} đúng, 4 có lỗi hoặc còn thiếu, {half} chưa nhập"
    )


def test_a_cell_is_red_where_a_rule_breaks_and_nowhere_else(faulty, registry, tmp_path):
    start, figures = template_and_figures(registry, SMALL, AFTER)
    right = fill(start.data, figures)
    pictures = _pictures({"start": start.data, "right": right, "wrong": faulty[0]}, tmp_path)
    # The guidance shows one red cell; one in the other table; in the balance the closing at fault, the word, and the
    # decimal with the closing that it does not lead to. A gap is yellow.
    assert {name: _red_cells(pages) for name, pages in pictures.items()} == {"start": 1, "right": 1, "wrong": 1 + 1 + 4}


def _pictures(files: dict[str, bytes], folder: Path) -> dict[str, list[Path]]:
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler is not on this machine")
    pages = {}
    for name, data in by_libreoffice(files, "pdf", folder).items():
        (folder / f"{name}.pdf").write_bytes(data)
        subprocess.run(["pdftoppm", "-r", "80", "-png", folder / f"{name}.pdf", folder / name], check=True)
        pages[name] = sorted(folder.glob(f"{name}-*.png"))
    return pages


def _red_cells(pages: list[Path]) -> int:
    """How many separate areas of the broken cells' colour there are."""
    found = 0
    for page in pages:
        picture = np.round(255 * imread(page)[:, :, :3])
        labelled, areas = ndimage.label(np.all(np.abs(picture - np.array(RED)) < 6, axis=2))
        found += sum(int((labelled == area).sum() > 60) for area in range(1, areas + 1))
    return found
