"""The yearly form laid out otherwise: in one wide sheet, in groups of communes, without names, with codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from tests.expectations.yearly.yearly_files import MEASURES, Value, YearlyReport, report_of, workbook, written
from transforms.reading.read import read_file
from transforms.reading.results import FileReading
from transforms.samples import tree
from transforms.samples.invented import simulate
from transforms.samples.templates import Report, _word

DISTRICT, RECEIVED = "866", date(2023, 1, 4)
COMMUNE, LATER_RECEIVED = "29869", date(2026, 1, 4)


@pytest.fixture(scope="module")
def district(registry) -> YearlyReport:
    return report_of(registry, DISTRICT, 2022)


@pytest.fixture(scope="module")
def own(registry) -> YearlyReport:
    return report_of(registry, COMMUNE, 2025)


@pytest.fixture
def read(directory):
    def read(grid: list[list[Value]], reporter: str = DISTRICT, received: date = RECEIVED) -> FileReading:
        return read_file(workbook({"Biểu 5": grid}), "bieu.xlsx", reporter, received, directory)

    return read


def figures(reading: FileReading) -> dict[str | None, tuple[int | None, ...]]:
    """By commune's code, of all tables of the form."""
    return {
        code: tuple(counts[at] for counts in (taken.counts[name] for name in MEASURES))
        for taken in reading.forms
        if taken.form == "organisation"
        for at, code in enumerate(taken.unit_codes)
    }


def meant(report: YearlyReport) -> dict[str, tuple[Value, ...]]:
    return {code: values for code, _, values in report.rows}


def told(reading: FileReading) -> list[tuple[str, str, str, str]]:
    return [(one.code, one.cell_ref, one.found, one.expected) for one in reading.problems]


def in_groups(report: YearlyReport, more: int = 0) -> list[list[Value]]:
    """Wards and villages under headings with their sums; the first sum says more."""
    grid = report.grid()
    head, rows, total = grid[:7], grid[7:-1], grid[-1]
    body: list[list[Value]] = []
    for ordinal, name, kind in (("I", "Các phường", "Phường"), ("II", "Các xã", "Xã")):
        own = [row for row in rows if str(row[1]).startswith(kind)]
        sums = [sum(int(row[at] or 0) for row in own) for at in range(2, 12)]
        sums[0] += more if ordinal == "I" else 0
        body += [[ordinal, name, *sums], *own]
    return [*head, *body, total]


def test_groups_of_communes_are_sums_and_no_units(district, read) -> None:
    reading = read(in_groups(district))
    assert told(reading) == []
    assert figures(reading) == meant(district)
    assert sum(one.label == "Các xã" for one in reading.forms[0].totals) == len(MEASURES)


def test_a_groups_sum_is_judged(district, read) -> None:
    hamlets = sum(int(values[0] or 0) for _, name, values in district.rows if name.startswith("Phường"))
    assert told(read(in_groups(district, more=1))) == [("total-mismatch", "C8", str(hamlets + 1), str(hamlets))]


def test_an_unknown_commune_numbered_as_a_group_is_told(district, read) -> None:
    grid = district.grid()
    grid[8][:2] = ["II", "Phường Không Tên"]
    (problem,) = read(grid).problems
    assert (problem.code, problem.cell_ref, problem.found) == ("unknown-unit", "B9", "Phường Không Tên")


def test_a_row_without_a_name_is_told(district, read) -> None:
    grid = district.grid()
    grid[9][1] = ""
    (problem,) = read(grid).problems
    assert (problem.code, problem.cell_ref, problem.found) == ("unknown-unit", "B10", "dòng không có tên đơn vị")


def test_a_name_may_leave_out_its_kind_or_bear_a_committees(district, read) -> None:
    grid = district.grid()
    for number, row in enumerate(grid[7:-1]):
        name = str(row[1])
        row[1] = (f"Đảng bộ {name.lower()}", f"ĐẢNG ỦY {name.upper()}", f"{name} ")[number % 3]
    reading = read(grid)
    assert told(reading) == []
    assert figures(reading) == meant(district)


def test_a_code_that_is_not_the_names_is_told_at_the_code(district, read) -> None:
    grid = replace(district, has_codes=True).grid()
    grid[7][1] = "29875"
    assert told(read(grid)) == [("unknown-unit", "B8", "29875 Phường 1", "29869 Phường 1")]


def test_codes_alone_say_whose_the_rows_are(district, read) -> None:
    grid = replace(district, has_codes=True).grid()
    for row in grid[7:-1]:
        row[2] = ""
    reading = read(grid)
    assert told(reading) == []
    assert figures(reading) == meant(district)


def test_a_year_in_a_cell_of_its_own_is_read(district, read) -> None:
    grid = district.grid()
    grid[3] = ["Năm", 2022]
    reading = read(grid)
    assert (reading.period, told(reading)) == ("2022", [])


def test_a_page_later_the_headings_stand_again(district, read) -> None:
    grid = district.grid()
    reading = read([*grid[:12], *grid[5:7], *grid[12:]])
    assert told(reading) == []
    assert figures(reading) == meant(district)


def test_a_communes_own_row_needs_no_name(own, read) -> None:
    grid = [[*row[:1], *row[2:]] if at >= 5 else row for at, row in enumerate(own.grid()[:-1])]
    reading = read(grid, COMMUNE, LATER_RECEIVED)
    assert told(reading) == []
    assert figures(reading) == meant(own)


@pytest.mark.parametrize(
    "heading", ["Đảng bộ", "ĐẢNG BỘ XÃ, PHƯỜNG", "Xã, phường", "Tên đơn vị", "Đảng ủy xã, phường, thị trấn"]
)
def test_the_communes_names_stand_under_the_headings_met(district, read, heading) -> None:
    grid = district.grid()
    grid[5][1] = heading
    reading = read(grid)
    assert told(reading) == []
    assert figures(reading) == meant(district)


def test_small_counts_without_a_name_do_not_number_the_columns(own, read) -> None:
    small = replace(own, rows=tuple((code, name, (5, 3, 1, 5, 4, 0, 1, 0, 0, 2)) for code, name, _ in own.rows))
    grid = [row[2:] if at >= 5 else row for at, row in enumerate(small.grid()[:-1])]
    assert figures(read(grid, COMMUNE, LATER_RECEIVED)) == meant(small)


def test_in_a_communes_file_anothers_row_is_anothers_report(own, read) -> None:
    grid = own.grid()
    grid[1], grid[7][1] = [""], "Phường Mỹ Ngãi"
    assert told(read(grid, COMMUNE, LATER_RECEIVED)) == [("wrong-district", "", "Phường Mỹ Ngãi", "Phường Cao Lãnh")]


def test_a_former_commune_is_named_with_what_it_went_into(own, read) -> None:
    grid = own.grid()
    grid[7][1] = "Xã Tịnh Thới"
    assert told(read(grid, COMMUNE, LATER_RECEIVED)) == [
        ("unknown-unit", "B8", "Xã Tịnh Thới", "nay là Phường Cao Lãnh")
    ]


def test_the_districts_of_before_send_a_year_of_before_even_after_the_reform(district, read) -> None:
    reading = read(replace(district, year="Năm 2024").grid(), DISTRICT, date(2025, 9, 3))
    assert (reading.period, told(reading)) == ("2024", [])


def test_after_the_reform_a_district_sends_no_more_years(district, read) -> None:
    reading = read(replace(district, year="Năm 2025").grid(), DISTRICT, LATER_RECEIVED)
    assert [one.code for one in reading.problems] == ["unknown-district"]


# -- beside the monthly forms, in one wide table --------------------------------------------------------------------


@pytest.fixture(scope="module")
def december(registry) -> Report:
    (month,) = simulate(registry, 3, Period(2022, 12), Period(2022, 12))
    unit = next(one for one in registry.reporters_on(date(2022, 12, 31)) if one.unit_code == DISTRICT)
    return tree.report_of(registry, month, unit)


def wide(report: Report, in_each_first: bool) -> list[list[Value]]:
    """All forms side by side; a commune's own figures in its group's row, or in that of its first cell."""
    forms = ("balance", "away", "requests", "organisation")
    words = [_word(form, name, 0) for form in forms for name in FORMS[form].names]
    upper: list[Value] = ["TT", "Đảng bộ xã, phường, thị trấn", "Chi bộ", *(word.group or word.text for word in words)]
    lower: list[Value] = ["", "", "", *(word.text if word.group else "" for word in words)]
    grid: list[list[Value]] = [["THÀNH ỦY CAO LÃNH"], ["Tháng 12 năm 2022"], upper, lower]
    before, blank = "", [""] * len(MEASURES)
    for number, home in enumerate(report.homes, 1):
        cells = [home for home in report.homes if home.commune == report.homes[number - 1].commune]
        yearly = report.values["organisation"][home.commune_code or ""]
        name, is_first = report.communes[home.commune or ""], home.commune != before
        before = home.commune or ""
        if is_first and not in_each_first:
            grid.append(["", name, "", *_of_cells(report, [one.cell_code for one in cells]), *yearly])
        shown = yearly if is_first and in_each_first else blank
        grid.append([number, name if in_each_first else "", home.name, *_of_cells(report, [home.cell_code]), *shown])
    total = [sum(int(row[at] or 0) for row in report.values["organisation"].values()) for at in range(len(MEASURES))]
    return [*grid, ["", "Tổng cộng", "", *_of_cells(report, [one.cell_code for one in report.homes]), *total]]


def _of_cells(report: Report, codes: list[str]) -> list[Value]:
    return [
        sum(int(report.values[form][code][at] or 0) for code in codes)
        for form in ("balance", "away", "requests")
        for at in range(len(FORMS[form].names))
    ]


@pytest.mark.parametrize("in_each_first", [False, True])
def test_in_one_wide_table_a_communes_figures_stand_in_one_of_its_rows(december, read, in_each_first) -> None:
    reading = read(wide(december, in_each_first))
    assert told(reading) == []
    assert figures(reading) == {code: tuple(values) for code, values in december.values["organisation"].items()}
    assert [one.period for one in reading.forms] == ["2022-12"] * 3 + ["2022"]
    assert all(total.value == total.computed for form in reading.forms for total in form.totals)
    assert {total.measure for total in reading.forms[-1].totals} == set(MEASURES)


def test_in_a_wide_table_a_wrong_total_and_a_word_are_told_in_their_cells(december, read) -> None:
    grid = wide(december, in_each_first=False)
    grid[-1][-1] = int(grid[-1][-1] or 0) + 1
    grid[4][-2] = "không"
    found = [(one.code, one.cell_ref, one.unit_code, one.measure) for one in read(grid).problems]
    assert found == [
        ("not-a-count", "AS5", "29869", "graded_poor"),
        ("total-mismatch", f"AT{len(grid)}", "", "members_not_graded_away"),
    ]


def test_the_form_written_by_hand_is_what_the_other_tests_write(district, directory) -> None:
    reading = read_file(written(district, "csv"), "bieu.csv", DISTRICT, RECEIVED, directory)
    assert figures(reading) == meant(district)
