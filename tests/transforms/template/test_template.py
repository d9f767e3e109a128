"""The template of a sender and month: what stands in it, what a clerk may change, and how it is read back."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import openpyxl
import polars as pl
import pytest

from expectations.contract import forms
from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from tests.transforms.template.filling import FIRST_ROW, closings_of, fill, form_pages, saved, template_and_figures
from transforms.reading.read import read_file
from transforms.reading.titles import periods_in_name
from transforms.samples.invented import simulate
from transforms.template import NOTHING_KNOWN, NotAReporter, make_template
from transforms.template.make import _file_name
from transforms.template.openings import CLOSINGS, openings

JUNE, DECEMBER, AFTER = Period(2019, 6), Period(2020, 12), Period(2025, 8)
YEAR_END, YEAR = Period(2025, 12), Period(2022, 1, "year")
DISTRICT, COMMUNE = "867", "29869"


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def read(data, name, code, period, directory):
    return read_file(data, name, code, period.due_on(5), directory)


def codes(reading) -> list[str]:
    return [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    ("code", "period"),
    [(DISTRICT, JUNE), (DISTRICT, DECEMBER), (DISTRICT, YEAR), (COMMUNE, AFTER), (COMMUNE, YEAR_END)],
)
def test_a_filled_template_is_read_back_to_the_cell(code, period, registry, directory):
    file, figures = template_and_figures(registry, code, period)
    reading = read(fill(file.data, figures), file.name, code, period, directory)
    assert (reading.period, reading.problems, reading.notes) == (str(period), [], [])
    assert [one.form for one in reading.forms] == list(figures)
    for one in reading.forms:
        known = dict(zip(one.unit_codes, zip(*one.counts.values(), strict=True), strict=True))
        assert known == {cell: tuple(row.values()) for cell, row in figures[one.form].items()}
        assert one.period == str(period.of_kind(FORMS[one.form].every))


def test_the_yearly_form_is_in_decembers_template_and_in_one_of_its_own(registry):
    december = opened(make_template(registry, NOTHING_KNOWN, DISTRICT, Period(2022, 12)).data)
    alone = make_template(registry, NOTHING_KNOWN, DISTRICT, YEAR)
    assert alone.name == "867-thanh-pho-sa-dec-nam-2022.xlsx"
    for book, sheets in ((december, 5), (opened(alone.data), 1)):
        pages = [page for page in book.worksheets if page.title.startswith("Biểu")]
        assert len(pages) == sheets
        page = pages[-1]
        assert [page["A3"].value, page["A4"].value] == ["BIỂU TỔ CHỨC ĐẢNG Ở XÃ, PHƯỜNG, THỊ TRẤN", "Năm 2022"]
        rows = [(page.cell(row, 2).value, page.cell(row, 3).value) for row in range(FIRST_ROW, FIRST_ROW + 10)]
        assert rows[:2] == [("29902", "Phường 3"), ("29905", "Phường 1")]
        assert rows[-1] == (None, "Tổng cộng")


def test_a_template_of_another_year_is_told(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, YEAR)
    book = opened(fill(file.data, figures))
    book.worksheets[1]["A4"].value = "Năm 2023"
    reading = read_file(saved(book), file.name, DISTRICT, date(2024, 1, 3), directory)
    assert codes(reading) == ["file-name-period", "wrong-template"]
    assert (reading.problems[1].found, reading.problems[1].expected) == (
        "Thành phố Sa Đéc, 2022",
        "Thành phố Sa Đéc, 2023",
    )


def test_before_it_was_asked_for_there_is_no_yearly_template(registry):
    with pytest.raises(NotAReporter):
        make_template(registry, NOTHING_KNOWN, DISTRICT, Period(2021, 1, "year"))


def test_the_code_decides_where_cells_of_a_new_commune_bear_one_name(registry, directory):
    file, figures = template_and_figures(registry, COMMUNE, AFTER)
    page = form_pages(opened(file.data), figures)["balance"]
    names = [page.cell(row, 3).value for row in range(FIRST_ROW, page.max_row)]
    assert len(set(names)) < len(names)
    assert not read(fill(file.data, figures), file.name, COMMUNE, AFTER, directory).problems


def test_a_template_not_filled_in_says_that_nobody_has_reported(registry, directory):
    file, _ = template_and_figures(registry, DISTRICT, Period(2019, 7))
    reading = read(file.data, file.name, DISTRICT, Period(2019, 7), directory)
    assert (reading.problems, reading.notes) == ([], [])
    assert not any(any(one.is_reported) for one in reading.forms)
    assert {value for one in reading.forms for values in one.counts.values() for value in values} == {None}


def test_openings_alone_are_no_report_beside_rows_that_are(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    left = sorted(figures["balance"])[3]
    for rows in figures.values():
        rows.pop(left, None)
    reading = read(fill(file.data, figures), file.name, DISTRICT, JUNE, directory)
    assert not reading.problems
    for one in reading.forms:
        at = one.unit_codes.index(left) if left in one.unit_codes else None
        assert at is None or not one.is_reported[at]
        assert at is None or {values[at] for values in one.counts.values()} == {None}


def test_a_copy_without_the_mark_is_read_as_any_file(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    book = opened(fill(file.data, figures))
    del book["mobility"]
    reading = read(saved(book), file.name, DISTRICT, JUNE, directory)
    assert (reading.problems, reading.period) == ([], "2019-06")
    book = opened(file.data)
    del book["mobility"]
    assert set(codes(read(saved(book), file.name, DISTRICT, JUNE, directory))) == {"not-a-count"}


def test_a_damaged_mark_is_none(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    book = opened(fill(file.data, figures))
    book["mobility"]["B3"] = "sáu"
    assert not read(saved(book), file.name, DISTRICT, JUNE, directory).problems


def test_a_mark_that_somebody_brought_to_light_is_no_form(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    book = opened(fill(file.data, figures))
    book["mobility"].sheet_state = "visible"
    reading = read(saved(book), file.name, DISTRICT, JUNE, directory)
    assert (reading.problems, reading.notes) == ([], [])


def test_the_template_of_another_unit_is_told(registry, directory):
    file, figures = template_and_figures(registry, "868", JUNE)
    (problem,) = read(fill(file.data, figures), file.name, DISTRICT, JUNE, directory).problems
    assert (problem.code, problem.found) == ("wrong-template", "Thị xã Hồng Ngự, 06/2019")
    assert problem.expected == "Thành phố Sa Đéc, 06/2019"


def test_a_template_under_another_units_title_is_told(registry, directory):
    file, figures = template_and_figures(registry, "868", JUNE)
    book = opened(fill(file.data, figures))
    for page in form_pages(book, figures).values():
        page["A2"] = "THÀNH ỦY SA ĐÉC"
    assert codes(read(saved(book), file.name, DISTRICT, JUNE, directory)) == ["wrong-template"]


def test_a_month_the_clerk_changed_in_the_titles_is_told(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, Period(2019, 7))
    book = opened(fill(file.data, figures))
    for page in form_pages(book, figures).values():
        page["A4"] = "Tháng 8 năm 2019"
    (problem,) = read(saved(book), "bao cao.xlsx", DISTRICT, Period(2019, 8), directory).problems
    assert (problem.code, problem.found) == ("wrong-template", "Thành phố Sa Đéc, 07/2019")
    assert problem.expected == "Thành phố Sa Đéc, 08/2019"


def test_a_title_without_a_month_is_told_as_such(registry, directory):
    file, figures = template_and_figures(registry, DISTRICT, Period(2019, 7))
    book = opened(fill(file.data, figures))
    for page in form_pages(book, figures).values():
        page["A4"] = None
    book.remove(book.worksheets[0])  # the page of guidance, which names the month too
    assert codes(read(saved(book), "bao cao.xlsx", DISTRICT, Period(2019, 7), directory)) == ["period-invalid"]


def test_only_what_is_to_be_written_is_open(registry):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    book = opened(file.data)
    assert all(page.protection.sheet and not page.protection.password for page in book.worksheets)
    for form, page in form_pages(book, figures).items():
        open_cells = {
            (row, column)
            for row in range(1, page.max_row + 1)
            for column in range(1, page.max_column + 1)
            if not page.cell(row, column).protection.locked
        }
        rows = {row for row in range(FIRST_ROW, page.max_row + 1) if page.cell(row, 2).value}
        known = [name for name in FORMS[form].names if name in ("members_opening", "pending_opening")]
        columns = {4 + at for at, name in enumerate(FORMS[form].names) if name not in known}
        assert open_cells == {(row, column) for row in rows for column in columns}


def test_whole_numbers_from_nought_only(registry):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    for page in form_pages(opened(file.data), figures).values():
        (only,) = page.data_validations.dataValidation
        assert (only.type, only.operator, only.formula1, only.allow_blank) == ("whole", None, "0", True)
        inside = {cell for area in only.sqref.ranges for line in area.rows for cell in line}
        open_cells = {
            (row, column)
            for row in range(1, page.max_row + 1)
            for column in range(1, page.max_column + 1)
            if not page.cell(row, column).protection.locked
        }
        assert open_cells <= inside


def test_a_page_that_prints_on_a4(registry):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    for page in form_pages(opened(file.data), figures).values():
        setup = page.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
        assert (page.print_title_rows, page.freeze_panes) == ("$6:$7", "D8")


def test_an_opening_that_is_not_known_is_left_open(registry, directory):
    file = make_template(registry, NOTHING_KNOWN, DISTRICT, JUNE)
    _, figures = template_and_figures(registry, DISTRICT, JUNE)
    page = form_pages(opened(file.data), figures)["balance"]
    row = next(row for row in range(FIRST_ROW, page.max_row) if page.cell(row, 2).value)
    assert page.cell(row, 4).value is None
    assert not page.cell(row, 4).protection.locked
    assert not read(fill(file.data, figures), file.name, DISTRICT, JUNE, directory).problems


def test_a_merged_cell_opens_with_its_predecessors_sum_and_a_split_one_with_nothing(registry):
    joined = replace(
        registry,
        cell_succession=(
            ("29869-01", "29869-02", JUNE.first_day, "merge", 1.0),
            ("29869-03", "29869-04", JUNE.first_day, "split", 0.5),
            ("29869-03", "29869-05", JUNE.first_day, "split", 0.5),
        ),
        homes=tuple(
            replace(home, valid_to=JUNE.previous.last_day) if home.cell_code in ("29869-01", "29869-03") else home
            for home in registry.homes
        ),
    )
    known = pl.DataFrame([(f"29869-0{n}", "members_closing", 10 * n) for n in range(1, 7)], CLOSINGS, orient="row")
    found = openings(joined, known, JUNE)
    expected = {("29869-02", "members_opening"): 30, ("29869-06", "members_opening"): 60}
    assert found == expected
    partly = known.filter(pl.col("cell_code") != "29869-01")
    assert openings(joined, partly, JUNE) == {("29869-06", "members_opening"): 60}


def test_the_real_splits_and_merges_open_as_the_rule_asks(registry):
    for month in {Period.month_of(day) for _, _, day, *_ in registry.cell_succession}:
        before, after = simulate(registry, 5, month.previous, month)
        found = openings(registry, closings_of(before.monthly), month)
        stated = {row["cell_code"]: row["members_opening"] for row in after.monthly.to_dicts()}
        for origin, heir, *_ in registry.cell_succession:
            if (
                Period.month_of(next(day for o, t, day, *_ in registry.cell_succession if (o, t) == (origin, heir)))
                == month
            ):
                assert found.get((heir, "members_opening")) in (None, stated[heir])


def test_the_half_yearly_form_comes_in_june_and_december_with_the_regulation_in_force(registry):
    titles = {}
    for period in (JUNE, Period(2019, 7), DECEMBER):
        book = opened(make_template(registry, NOTHING_KNOWN, DISTRICT, period).data)
        titles[period] = [(page["A3"].value, page["A4"].value) for page in book.worksheets[1:-1]]
    assert [len(one) for one in titles.values()] == [4, 3, 4]
    assert titles[JUNE][3] == ("BIỂU GIỮ MỐI LIÊN HỆ NƠI CƯ TRÚ THEO QUY ĐỊNH 76-QĐ/TW", "6 tháng đầu năm 2019")
    assert titles[DECEMBER][3] == ("BIỂU GIỮ MỐI LIÊN HỆ NƠI CƯ TRÚ THEO QUY ĐỊNH 213-QĐ/TW", "6 tháng cuối năm 2020")


def test_a_form_is_there_from_its_first_period_on(registry, monkeypatch):
    late = replace(forms.REQUESTS, since="2019-07")
    monkeypatch.setitem(FORMS, "requests", late)
    sheets = [
        len(opened(make_template(registry, NOTHING_KNOWN, DISTRICT, period).data).worksheets)
        for period in (Period(2019, 5), Period(2019, 7))
    ]
    assert sheets == [4, 5]


def test_who_does_not_report_in_a_month_has_no_template(registry):
    for code, period in ((DISTRICT, AFTER), ("none", JUNE), ("29869", JUNE)):
        with pytest.raises(NotAReporter):
            make_template(registry, NOTHING_KNOWN, code, period)


@pytest.mark.parametrize("period", [JUNE, AFTER])
def test_a_files_name_says_its_own_month(period, registry):
    reporters = registry.reporters_on(period.last_day)
    names = [_file_name(one, period) for one in reporters]
    assert names[::40] == [
        make_template(registry, NOTHING_KNOWN, one.unit_code, period).name for one in reporters[::40]
    ]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and periods_in_name(name.removesuffix(".xlsx")) == {period} for name in names)


def test_no_formula_is_longer_than_programs_take(registry):
    """Of conditional formats and of a text within a formula Excel takes 255 letters, of a cell's formula 8,192."""
    book = opened(template_and_figures(registry, DISTRICT, JUNE)[0].data)
    for page in book.worksheets:
        cells = [cell.value for row in page.iter_rows() for cell in row if str(cell.value).startswith("=")]
        rules = [text for some in page.conditional_formatting for rule in some.rules for text in rule.formula]
        assert max(map(len, cells), default=0) < 8192
        assert max(map(len, rules), default=0) <= 255
        texts = re.findall(r'"((?:[^"]|"")*)"', "".join(cells + rules))
        assert max(map(len, texts), default=0) <= 255


def test_it_is_small_and_the_same_each_time(registry):
    file, figures = template_and_figures(registry, DISTRICT, JUNE)
    before, _ = simulate(registry, 11, JUNE.previous, JUNE)
    assert file == make_template(registry, closings_of(before.monthly), DISTRICT, JUNE)
    assert len(file.data) < 1000 * len(figures["balance"])


def test_in_english_the_guidance_and_the_checks_are_english_and_it_is_read_as_well(registry, directory):
    file = make_template(registry, NOTHING_KNOWN, DISTRICT, JUNE, "en")
    book = opened(file.data)
    assert book.worksheets[0].title == "Guidance"
    assert "Not filled in" in book.worksheets[1].cell(9, 14).value
    _, figures = template_and_figures(registry, DISTRICT, JUNE)
    assert not read(fill(file.data, figures), file.name, DISTRICT, JUNE, directory).problems
