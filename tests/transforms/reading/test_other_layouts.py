"""Layouts no district has sent yet: headings, totals, groups, remarks and signatures in other places and words."""

from __future__ import annotations

import random
import re
from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.reading.read import read_file
from transforms.reading.sheets import open_sheets
from transforms.samples import tree
from transforms.samples.invented import simulate
from transforms.samples.templates import TEMPLATES, Grid, lay_out
from transforms.samples.writers import write, zipped

MONTH, CODE = Period(2020, 12), "867"
PLAIN = replace(TEMPLATES[0], is_numbered=False, is_signed=False)
NAMINGS = ("grouped", "repeated", "single", "coded")


_CELL_CODE = re.compile(r"\d{5}-\d\d")


@pytest.fixture(scope="module")
def report(registry):
    (month,) = simulate(registry, 7, MONTH, MONTH)
    unit = next(unit for unit in registry.reporters_on(MONTH.last_day) if unit.unit_code == CODE)
    return tree.report_of(registry, month, unit)


@pytest.fixture
def read(report, directory):
    """Lay the report out, change each sheet by a function, and read it: problem codes and figures by form."""

    def reading(change=None, naming="repeated", grids=None, kind="xlsx", **habits):
        grids = grids or lay_out(replace(PLAIN, naming=naming, kind="xlsx", **habits), deepcopy(report))
        for grid in grids if change else ():
            change(grid)
            grid.merges = []
        given = read_file(write(kind, grids), "bc.dat", CODE, date(2021, 1, 4), directory)
        figures = {
            (taken.form, cell): counts
            for taken in given.forms
            for cell, is_told, *counts in zip(
                taken.unit_codes, taken.is_reported, *(taken.counts[n] for n in FORMS[taken.form].names), strict=True
            )
            if is_told
        }
        return sorted({problem.code for problem in given.problems}), figures

    return reading


@pytest.fixture(scope="module")
def truth(report):
    return {(form, cell): counts for form, cells in report.values.items() for cell, counts in cells.items()}


def _top(grid: Grid) -> int:
    return next(number for number, row in enumerate(grid.rows) if {"STT", "Số TT", "TT"} & set(row))


def _one_heading_row(grid: Grid) -> None:
    top = _top(grid)
    grid.rows[top : top + 2] = [[low or up for up, low in zip(*grid.rows[top : top + 2], strict=True)]]


def _singles_below(grid: Grid) -> None:
    up, low = grid.rows[_top(grid)], grid.rows[_top(grid) + 1]
    for column, text in enumerate(up):
        if not low[column]:
            up[column], low[column] = "", text


def _blank_between(grid: Grid) -> None:
    grid.rows.insert(_top(grid) + 1, [])


def _note_below(grid: Grid) -> None:
    grid.rows.insert(_top(grid) + 2, ["", "", "", *["(người)"] * (len(grid.rows[_top(grid)]) - 3)])


def _numbers_with_sums(grid: Grid) -> None:
    wide = len(grid.rows[_top(grid)])
    grid.rows.insert(_top(grid) + 2, ["A", "B", "C", *map(str, range(1, wide - 3)), f"{wide - 3}=1+2-3"])


def _numbers_below_a_note(grid: Grid) -> None:
    _numbers_with_sums(grid)
    grid.rows[_top(grid) + 2][3:] = range(1, len(grid.rows[_top(grid)]) - 2)
    _note_below(grid)


def _numbers_below_a_blank(grid: Grid) -> None:
    _numbers_with_sums(grid)
    grid.rows.insert(_top(grid) + 2, [])


def _remark_within(grid: Grid) -> None:
    grid.rows.insert(_top(grid) + 8, ["", "Ghi chú: số liệu chưa chốt"])


def _codes_as_typed(grid: Grid) -> None:
    """With an apostrophe that a text file keeps, and no-break spaces."""
    for row in grid.rows[_top(grid) :]:
        row[1:] = [
            f"'{one}".replace("-", "\u00a0-\u00a0") if _CELL_CODE.fullmatch(str(one)) else one for one in row[1:]
        ]


def _year_so_far(grid: Grid) -> None:
    """The wordings of two figures once more, before the true ones, under another heading."""
    top = _top(grid)
    for number, row in enumerate(grid.rows[top:]):
        added = {0: ["Lũy kế từ đầu năm", ""], 1: ["Kết nạp", "Số đảng viên đầu kỳ"]}.get(number, [7, 9])
        grid.rows[top + number] = [*row[:3], *added, *row[3:]]


def _remarks(grid: Grid) -> None:
    top = _top(grid)
    for number, row in enumerate(grid.rows[top:-1]):
        row.append(("Ghi chú", "")[number] if number < 2 else ("Trở về", "Tổng cộng", "Khác", "Trở về")[number % 4])


def _remarks_everywhere(grid: Grid) -> None:
    """As a text file with dashes for nothing has them."""
    top = _top(grid)
    for number, row in enumerate(grid.rows[top:-1]):
        row[3:] = ["-" if value == 0 else str(value) for value in row[3:]]
        row.append(("Ghi chú", "")[number] if number < 2 else "Trở về")


def _shuffled(grid: Grid) -> None:
    top = _top(grid)
    up, low = grid.rows[top], grid.rows[top + 1]
    for column, text in enumerate(up):
        up[column] = text or (up[column - 1] if low[column] else "")
    order = list(range(len(up)))
    random.Random(5).shuffle(order)
    grid.rows[top:] = [[row[column] for column in order] for row in grid.rows[top:]]


def _signed(grid: Grid) -> None:
    grid.rows += [
        [],
        ["", "", "Sa Đéc, ngày … tháng 01 năm 2021"],
        ["", "NGƯỜI LẬP", "Người lập", "", "", "T/M BAN"],
        ["", "An", "Nguyễn Văn An", "", "", "Lê Văn Ba", "0912345678"],
    ]


def _signed_without_total(grid: Grid) -> None:
    del grid.rows[-1]
    _signed(grid)


def _ratio_after(grid: Grid) -> None:
    grid.rows.append(["", "", "Tỷ lệ (%)", *["25%"] * (len(grid.rows[-1]) - 3)])


def _total_on_top(grid: Grid) -> None:
    grid.rows.insert(_top(grid) + 2, grid.rows.pop())


def _two_totals(grid: Grid) -> None:
    grid.rows.append(["Tổng cộng toàn thành phố (gồm các chi bộ)", *grid.rows[-1][1:]])


def _no_word_for_total(grid: Grid) -> None:
    grid.rows[-1][0] = ""


CHANGES = (
    _one_heading_row,
    _singles_below,
    _blank_between,
    _note_below,
    _numbers_with_sums,
    _numbers_below_a_note,
    _numbers_below_a_blank,
    _year_so_far,
    _remarks,
    _remarks_everywhere,
    _shuffled,
    _signed,
    _signed_without_total,
    _ratio_after,
    _total_on_top,
    _two_totals,
    _no_word_for_total,
)


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=lambda number: CHANGES[number].__name__.strip("_"))
def test_a_layout_never_sent_before_is_read_to_the_figure(read, truth, number):
    change = CHANGES[number]
    naming = "grouped" if change is _note_below else NAMINGS[number % 4]
    assert read(change, wording=number % 3) == ([], truth)
    assert read(change, naming, wording=(number + 1) % 3) == ([], truth)


def _add_subtotals(grid: Grid, label: str) -> list[list]:
    """A subtotal below each commune's rows; the rows of units and subtotals."""
    start, out = _top(grid) + 2, []
    for row, after in zip(grid.rows[start:-1], grid.rows[start + 1 :], strict=True):
        out.append(row)
        if row[1] != after[1]:
            inside = [one[3:] for one in grid.rows[start:-1] if one[1] == row[1]]
            out.append([label.format(row[1]), "", "", *map(sum, zip(*inside, strict=True))])
    grid.rows[start:-1] = out
    return out


SUBTOTALS = ["Cộng {}", "Tổng cộng {}", "Cộng", "Tổng số:", "* Tổng cộng", "T.Cộng", "TC", "Cộng 8 chi bộ", "Total"]


@pytest.mark.parametrize("label", SUBTOTALS)
@pytest.mark.parametrize("fault", [0, 1])
def test_subtotals_below_their_rows_are_judged_as_such(read, truth, label, fault):
    def subtotals(grid: Grid) -> None:
        _add_subtotals(grid, label)[-1][-1] += fault

    assert read(subtotals) == (["total-mismatch"] if fault else [], truth)


@pytest.mark.parametrize("place", [-1, 60])
@pytest.mark.parametrize("words", [["không"] * 10, ["Không phát sinh", *[""] * 9]])
def test_a_row_of_words_below_a_subtotal_is_no_count_and_not_passed_over(read, words, place):
    def worded(grid: Grid) -> None:
        added = [row for row in _add_subtotals(grid, "Cộng") if isinstance(row[0], int)]
        if grid.name == "Biểu 1":
            added[place][3:] = words
            del grid.rows[-2:]  # the last row is a unit's

    codes, _ = read(worded)
    assert "not-a-count" in codes


@pytest.mark.parametrize("text", ["", "(Trang 2/3)", "Tiếp theo"])
def test_headings_printed_again_under_a_pages_number_go_on_in_the_same_commune(read, truth, text):
    def reprinted(grid: Grid) -> None:
        top = _top(grid)
        grid.rows[top + 8 : top + 8] = [[], ["", text], *deepcopy(grid.rows[top : top + 2])]

    assert read(reprinted, "grouped") == ([], truth)


def test_a_sheet_for_each_commune_says_the_commune_in_its_title(read, report, truth):
    sheets = []
    for grid in lay_out(replace(PLAIN, naming="repeated"), deepcopy(report)):
        top = _top(grid)
        for name in dict.fromkeys(row[1] for row in grid.rows[top + 2 : -1]):
            rows = [row for row in grid.rows[top + 2 : -1] if row[1] == name]
            table = [[row[0], *row[2:]] for row in (*deepcopy(grid.rows[top : top + 2]), *rows)]
            sheets.append(Grid(f"{grid.name[-1]} {name}", [*grid.rows[:top], [f"ĐẢNG BỘ {name.upper()}"], *table]))
    assert read(grids=sheets) == ([], truth)


@pytest.mark.parametrize("lacking", [1, 4, 7])
@pytest.mark.parametrize("layout", ["sheets", "wide"])
def test_a_communes_own_sheet_that_lacks_columns_is_not_passed_over(report, directory, layout, lacking):
    grid = lay_out(replace(PLAIN, naming="repeated", layout=layout), deepcopy(report))[0]
    top, sheets = _top(grid), []
    for name in dict.fromkeys(row[1] for row in grid.rows[top + 2 : -1]):
        rows = [row for row in grid.rows[top + 2 : -1] if row[1] == name]
        sheets.append(Grid(name, deepcopy([*grid.rows[: top + 2], *rows])))
    for row in sheets[-1].rows[top:]:
        del row[4 : 4 + lacking]
    given = read_file(write("xlsx", sheets), "bc.xlsx", CODE, date(2021, 1, 4), directory)
    told = {problem.sheet for problem in given.problems if problem.code == "missing-column"}
    assert told == {sheets[-1].name}


def _beside(grids: list[Grid], change=lambda rows: rows) -> Grid:
    """Tables side by side under the title of the first, the rows of the others changed."""
    top, whole = _top(grids[0]), deepcopy(grids[0])
    for grid in grids[1:]:
        up, low, *rows, total = grid.rows[top:]
        for at, added in enumerate([up, low, *change(rows), total]):
            whole.rows[top + at] += ["", *added]
    whole.merges = []
    return whole


@pytest.mark.parametrize("naming", ["repeated", "coded"])
@pytest.mark.parametrize("change", [lambda rows: rows, lambda rows: rows[::-1], lambda rows: rows[7:] + rows[:7]])
def test_tables_side_by_side_have_each_its_own_units(read, report, truth, naming, change):
    grids = lay_out(replace(PLAIN, naming=naming), deepcopy(report))
    assert read(grids=[_beside(grids[:3], change), *grids[3:]]) == ([], truth)


def test_halves_of_a_table_side_by_side_are_read_as_one_below_another(read, report, truth):
    grids = lay_out(replace(PLAIN, naming="repeated"), deepcopy(report))
    up, low, *rows, _ = grids[0].rows[_top(grids[0]) :]
    half = (len(rows) + 1) // 2
    left, right = rows[:half], [*rows[half:], [""] * len(rows[0])][:half]
    grids[0].rows[_top(grids[0]) :] = [
        [*one, "", *other] for one, other in zip([up, low, *left], [up, low, *right], strict=True)
    ]
    assert read(lambda grid: None, grids=grids) == ([], truth)


def test_units_named_once_more_in_the_middle_of_a_wide_table_begin_no_other_table(read, report, truth):
    grids = lay_out(replace(PLAIN, naming="repeated"), deepcopy(report))
    for row in grids[0].rows[_top(grids[0]) :]:
        row.insert(7, str(row[2]).removeprefix("Chi bộ ") if isinstance(row[0], int) else row[2])
    assert read(lambda grid: None, grids=grids) == ([], truth)


@pytest.mark.parametrize("columns", [3, 6])
def test_a_summary_of_some_columns_beside_the_forms_is_passed_over(read, report, truth, columns):
    grids = lay_out(replace(PLAIN, naming="repeated"), deepcopy(report))
    up, low, *rows = grids[0].rows[_top(grids[0]) : -1]
    shown = [0, 1, 2, *[3, 4, 12, 9, 8, 7][:columns]]
    summary = [[one or other for one, other in zip(low, up, strict=True)], *rows]
    grids.append(Grid("Tổng hợp", [["TÓM TẮT"], *[[row[at] for at in shown] for row in summary]]))
    assert read(grids=grids) == ([], truth)


@pytest.mark.parametrize(
    ("title", "codes"),
    [("HUYỆN ỦY HỒNG NGỰ", ["wrong-district"]), ("TP. Cao Lãnh, ngày 03 tháng 01 năm 2021", []), ("BIỂU 2", [])],
)
def test_one_table_under_anothers_name_is_anothers_but_a_place_of_signing_is_none(read, title, codes):
    def retitled(grid: Grid) -> None:
        if grid.name == "Biểu 2":
            grid.rows[1] = [title]

    assert read(retitled)[0] == codes


def test_units_of_another_under_ones_own_title_are_anothers(read, registry):
    (month,) = simulate(registry, 7, MONTH, MONTH)
    other = next(unit for unit in registry.reporters_on(MONTH.last_day) if unit.unit_code == "873")
    grids = lay_out(replace(PLAIN, naming="repeated"), tree.report_of(registry, month, other))
    for grid in grids:
        grid.rows[1] = ["THÀNH ỦY SA ĐÉC"]
    assert read(grids=grids)[0] == ["wrong-district"]


def test_a_remark_in_the_place_of_a_commune_is_none(read, truth):
    assert read(_remark_within, "grouped") == ([], truth)


def test_a_remark_with_figures_in_the_place_of_a_commune_is_told_of(read):
    def counted(grid: Grid) -> None:
        _remark_within(grid)
        grid.rows[_top(grid) + 8] += ["", *[3] * (len(grid.rows[_top(grid)]) - 3)]

    assert "unknown-unit" in read(counted, "grouped")[0]


@pytest.mark.parametrize(("naming", "number"), [("grouped", 1), ("grouped", 5), ("repeated", 0), ("repeated", 4)])
def test_a_cell_without_its_name_does_not_pass_for_the_head_of_its_commune(read, naming, number):
    def nameless(grid: Grid) -> None:
        grid.rows[_top(grid) + 2 + number][2] = ""

    codes, _ = read(nameless, naming)
    assert "unknown-unit" in codes


def test_codes_are_known_with_an_apostrophe_and_with_no_break_spaces(read, truth):
    assert read(_codes_as_typed, "coded") == ([], truth)


@pytest.mark.parametrize("heading", ["Kỳ", "Tháng", "Kỳ báo cáo"])
@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("11/2020", ["period-invalid"]),
        ("2021-01", ["period-invalid"]),
        ("2020-11-01 00:00:00", ["period-invalid"]),
        ("12/2020", []),
        ("01/12/2020", []),
        ("Tháng 12 năm 2020", []),
        (11, []),
        ("II", []),
    ],
)
def test_a_row_that_says_another_month_is_not_taken_for_this_one(read, heading, said, codes):
    def with_months(grid: Grid) -> None:
        top = _top(grid)
        for row in grid.rows[top + 2 : -1]:
            row.insert(1, "")
        grid.rows[top].insert(1, heading)
        grid.rows[top + 1].insert(1, "")
        grid.rows[-1].insert(1, "")
        grid.rows[top + 6][1] = said

    assert read(with_months)[0] == codes


@pytest.mark.parametrize("title", ["12/2020", "(12/2020)", "THANG 12 NAM 2020"])
def test_the_month_may_be_all_a_line_says_or_typed_without_marks(read, truth, title):
    def retitled(grid: Grid) -> None:
        grid.rows[3] = [title]

    assert read(retitled) == ([], truth)


def test_a_papers_number_is_no_month(read, truth):
    def numbered(grid: Grid) -> None:
        grid.rows.insert(0, ["11/2020"])

    assert read(numbered) == ([], truth)


def test_a_misspelt_row_without_figures_is_told_of_as_well(read):
    def misspelt(grid: Grid) -> None:
        row = grid.rows[_top(grid) + 4]
        row[2:] = [f"{row[2]}x", *[""] * (len(row) - 3)]

    assert "unknown-unit" in read(misspelt)[0]


def test_the_month_may_stand_on_a_cover_or_in_several_cells(read, truth):
    def spread(grid: Grid) -> None:
        grid.rows[3] = ["", "Tháng", 12, "năm", 2020] if grid.name == "Biểu 1" else []

    def bare(grid: Grid) -> None:
        grid.rows[3] = []

    def over_the_year(grid: Grid) -> None:
        if grid.name != "Biểu 4":
            grid.rows[3:4] = [["THÁNG 12"], ["NĂM 2020"]]

    assert read(spread) == ([], truth)
    assert read(over_the_year) == ([], truth)
    assert "period-invalid" in read(bare)[0]


@pytest.mark.parametrize(
    "line",
    [
        "(Kèm theo Hướng dẫn 05-HD/BTCTU tháng 01/2019)",
        "Mẫu số 2 (áp dụng từ tháng 7 năm 2020)",
        "So với tháng 11/2020",
        "SỐ LIỆU HẰNG THÁNG NĂM 2020",
        "Sa Đéc, 04 tháng 11 năm 2020",
        "Sa Đéc, tháng 01 năm 2021",
    ],
)
@pytest.mark.parametrize("in_one_cell", [False, True])
def test_a_month_of_something_else_above_the_title_is_not_the_reports(report, directory, line, in_one_cell):
    grids = lay_out(replace(PLAIN, naming="coded"), deepcopy(report))
    for grid in grids:
        if in_one_cell:
            grid.rows[2:4] = [[f"{line}\n{grid.rows[2][0]}\n{grid.rows[3][0]}"]]
        else:
            grid.rows.insert(2, [line])
        grid.merges = []
    given = read_file(write("xlsx", grids), "bc.xlsx", CODE, date(2021, 1, 4), directory)
    assert (given.period, given.problems) == (str(MONTH), [])


def test_a_zip_of_workbooks_and_a_page_of_tables_in_tables_are_read(read, report, truth, directory):
    grids = lay_out(replace(PLAIN, naming="repeated"), deepcopy(report))
    books = zipped({f"thang 12/{n}.xlsx": write("xlsx", [grid]) for n, grid in enumerate(grids)})
    pages = [write("html", [grid]).decode() for grid in grids]
    tables = [page[page.index("<table") : page.index("</body>")].replace(" trong kỳ", "<br>trong kỳ") for page in pages]
    page = f"<html><body><table>{''.join(f'<tr><td>{table}</td></tr>' for table in tables)}</table></body></html>"
    for data in (books, page.encode()):
        given = read_file(data, "bc.dat", CODE, date(2021, 1, 4), directory)
        assert given.problems == []
        assert sum(len(taken.rows) for taken in given.forms) == len(truth)
    names = [sheet.name for sheet in open_sheets(zipped({f"{n}/a.csv": b"a;b" for n in range(3)}), "a.zip")]
    assert len(set(names)) == len(names)
