"""Reports laid out as the districts lay them out: which columns in which words, what heads and what ends a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from expectations.contract.forms import FORMS, HALF_YEARLY, MONTHLY, REGULATION_213, YEARLY
from expectations.contract.labels import Wording, read_wordings
from expectations.contract.periods import Period
from expectations.language.numbers import roman
from transforms.territory.registry import Home, Unit

Value = str | int | None
Layout = Literal["sheets", "wide", "stacked"]
Naming = Literal["grouped", "repeated", "single", "coded"]
SampleFormat = Literal["xlsx", "tcvn3", "csv", "utf-16", "html", "zip"]


@dataclass(frozen=True, slots=True)
class Template:
    """One sender's habits.

    Attributes:
        layout: the forms on sheets of their own, side by side in one table, or one below another.
        naming: communes as group rows with subtotals beside the cells' column ("grouped") or in the same column
            ("single"), in each row ("repeated"), or there with the cells' codes ("coded").
        wording: which of the wordings met, 0 to 2.
        kind: the kind of file.
        file_name: with {slug}, {month}, {year} and {ending} to fill in.
        is_numbered: a row of column numbers below the headings.
        page: rows after which the headings are printed again, 0 for never.
        is_signed: a place, a day and a signature below.
        zero: how nothing is written.
    """

    layout: Layout
    naming: Naming
    wording: int
    kind: SampleFormat
    file_name: str
    is_numbered: bool = False
    page: int = 0
    is_signed: bool = True
    zero: Value = 0


TEMPLATES: tuple[Template, ...] = (
    Template("sheets", "grouped", 0, "xlsx", "BC thang {month}-{year}.{ending}", is_numbered=True),
    Template("wide", "repeated", 1, "csv", "bao-cao-{year}-{month:02d}.{ending}", is_signed=False),
    Template("wide", "coded", 1, "xlsx", "{slug}_{year}{month:02d}.{ending}", page=60),
    Template("sheets", "grouped", 2, "tcvn3", "T{month:02d}_{year} {slug}.{ending}", zero="-"),
    Template("wide", "grouped", 0, "utf-16", "Báo cáo tháng {month} năm {year}.{ending}", is_numbered=True),
    Template("stacked", "single", 2, "xlsx", "{slug} thang {month:02d} nam {year}.{ending}"),
    Template("sheets", "repeated", 1, "zip", "{slug}-{year}{month:02d}.{ending}", is_signed=False),
    Template("stacked", "single", 0, "html", "TB-{month:02d}.{year}.{ending}", is_numbered=True),
)


@dataclass(slots=True)
class Grid:
    """A sheet to write: rows of values, merged cells as (top, left, bottom, right), 0-based."""

    name: str
    rows: list[list[Value]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """What one reporter says of one month, with whatever is wrong in it.

    Attributes:
        communes: the name of each cell's commune as it is to be written, by unit_id.
        values: by form and code of cells or communes, the measures in their order; a text where a count belongs is a
            fault.
        province: the name of the province the reporter lies in.
        left_out: measures whose columns are missing.
    """

    reporter: Unit
    month: Period
    homes: list[Home]
    communes: dict[str, str]
    values: dict[str, dict[str, list[Value]]]
    province: str
    left_out: frozenset[str] = frozenset()


_WORDINGS: dict[tuple[str, str], list[Wording]] = {}
for _one in read_wordings():
    _WORDINGS.setdefault((_one.form, _one.measure), []).append(_one)

_COMMITTEES = {
    "thành phố": "THÀNH ỦY",
    "thị xã": "THỊ ỦY",
    "huyện": "HUYỆN ỦY",
    "quận": "QUẬN ỦY",
    "xã": "ĐẢNG ỦY XÃ",
    "phường": "ĐẢNG ỦY PHƯỜNG",
    "thị trấn": "ĐẢNG ỦY THỊ TRẤN",
    "đặc khu": "ĐẢNG ỦY ĐẶC KHU",
}
_ABOVE = ("{committee} {place}", "ĐẢNG BỘ {kind} {place}", "{committee} {place}")
_CITY = "Thành phố "
_TITLES = ("BIỂU {label}", "BÁO CÁO {label}", "TÌNH HÌNH {label}")
_WHOLE = ("BÁO CÁO TỔNG HỢP VỀ ĐẢNG VIÊN", "BÁO CÁO SỐ LIỆU ĐẢNG VIÊN HẰNG THÁNG", "TỔNG HỢP SỐ LIỆU ĐẢNG VIÊN")
_TOTALS = ("Tổng cộng", "TỔNG SỐ", "Cộng")
_UNIT_COLUMNS: dict[Naming, tuple[str, ...]] = {
    "grouped": ("ordinal", "commune", "cell"),
    "repeated": ("ordinal", "commune", "cell"),
    "single": ("ordinal", "cell"),
    "coded": ("ordinal", "cell_code", "commune", "cell"),
}
_COMMUNE_COLUMNS = (("ordinal", "commune"), ("ordinal", "commune_code", "commune"))  # without codes, and with them


def lay_out(template: Template, report: Report) -> list[Grid]:
    """The sheets of a report; a kind of file that holds one table only gets all forms in one grid."""
    monthly = tuple(form for form in MONTHLY if form.name in report.values)
    tables = [monthly] if template.layout == "wide" else [(form,) for form in monthly]
    tables = [*tables, *((form,) for form in (*HALF_YEARLY, *YEARLY) if form.name in report.values)]
    grids = []
    for number, forms in enumerate(tables, 1):
        grid = Grid(f"Biểu {number}", _title(template, report, [form.name for form in forms]))
        _add_table(grid, template, report, [form.name for form in forms])
        grids.append(grid)
    apart = template.layout != "stacked" and template.kind in ("xlsx", "tcvn3", "zip")
    grids = grids if apart else [_stack(grids)]
    if template.is_signed:
        for grid in grids:
            grid.rows += _signature(report)
    return grids


def _stack(grids: list[Grid]) -> Grid:
    whole = Grid("Báo cáo", [])
    for grid in grids:
        shift = len(whole.rows)
        whole.rows += [*grid.rows, []]
        whole.merges += [(top + shift, left, bottom + shift, right) for top, left, bottom, right in grid.merges]
    return whole


def _title(template: Template, report: Report, forms: list[str]) -> list[list[Value]]:
    reporter = report.reporter
    bare = reporter.name.lower().removeprefix(reporter.kind).strip().upper()
    label = FORMS[forms[0]].label_vi.upper()
    if forms == [REGULATION_213.name]:
        rule = "76" if report.month.last_day.year < 2020 else "213"
        label += f" THEO QUY ĐỊNH {rule}-QĐ/TW"
    title = _WHOLE[template.wording] if len(forms) > 1 else _TITLES[template.wording].format(label=label)
    period = report.month.of_kind(FORMS[forms[0]].every)
    committee = f"{_COMMITTEES[reporter.kind]} {bare}"
    return [[_above(template, report.province)], [committee], [title], [_stated(period, template.wording)], []]


def _stated(period: Period, wording: int) -> str:
    if wording == 1:
        return f"(Số liệu từ ngày {period.first_day:%d/%m/%Y} đến ngày {period.last_day:%d/%m/%Y})"
    if period.kind == "month":
        month, year = period.first_month, period.year
        return f"Tháng {month} năm {year}" if wording == 0 else f"THÁNG {month:02d}/{year}"
    if period.kind == "year":
        return f"Năm {period.year}" if wording == 0 else f"NĂM {period.year}"
    first = period.first_month == 1
    return (
        f"6 tháng {'đầu' if first else 'cuối'} năm {period.year}"
        if wording == 0
        else (f"KỲ {'I' if first else 'II'} NĂM {period.year}")
    )


def _word(form: str, measure: str, wording: int) -> Wording:
    known = _WORDINGS[form, measure]
    return known[min(wording, len(known) - 1)]


def _add_table(grid: Grid, template: Template, report: Report, forms: list[str]) -> None:
    measures = [(form, name) for form in forms for name in FORMS[form].names if name not in report.left_out]
    of_communes = FORMS[forms[0]].unit == "commune"
    units = _COMMUNE_COLUMNS[template.naming == "coded"] if of_communes else _UNIT_COLUMNS[template.naming]
    words = [_word("unit", name, template.wording) for name in units]
    words += [_word(form, name, template.wording) for form, name in measures]
    headings = _headings(words, len(grid.rows), grid.merges)
    grid.rows += headings
    if template.is_numbered:
        grid.rows.append([f"({number})" for number in range(1, len(words) + 1)])
    indexes = {form: [i for i, name in enumerate(FORMS[form].names) if name not in report.left_out] for form in forms}
    values = {
        code: [report.values[form][code][i] for form in forms for i in indexes[form]]
        for code in report.values[forms[0]]
    }
    body = _commune_rows(template, report, values) if of_communes else _body(template, report, values)
    for position, row in enumerate(body):
        if template.page and position and position % template.page == 0:
            _headings(words, len(grid.rows), grid.merges)
            grid.rows += headings
        grid.rows.append(row)
    blank: list[Value] = [""] * (len(units) - 1)
    grid.rows.append([_TOTALS[template.wording], *blank, *_sums(list(values.values()))])


def _headings(words: list[Wording], top: int, merges: list[tuple[int, int, int, int]]) -> list[list[Value]]:
    """Two rows: groups above, what has no group over both."""
    upper: list[Value] = [""] * len(words)
    lower: list[Value] = [""] * len(words)
    left = 0
    while left < len(words):
        right = left
        if group := words[left].group:
            while right + 1 < len(words) and words[right + 1].group == group:
                right += 1
            upper[left] = group
            lower[left : right + 1] = [word.text for word in words[left : right + 1]]
            if right > left:
                merges.append((top, left, top, right))
        else:
            upper[left] = words[left].text
            merges.append((top, left, top + 1, left))
        left = right + 1
    return [upper, lower]


def _body(template: Template, report: Report, values: dict[str, list[Value]]) -> list[list[Value]]:
    rows: list[list[Value]] = []
    has_groups = template.naming in ("grouped", "single")
    commune, groups = None, 0
    homes = [home for home in report.homes if home.cell_code in values]
    for number, home in enumerate(homes, 1):
        name = report.communes[home.commune or ""]
        if has_groups and home.commune != commune:
            commune, groups = home.commune, groups + 1
            inside = [values[other.cell_code] for other in homes if other.commune == commune]
            blank = [""] if template.naming == "grouped" else []
            rows.append([roman(groups), f"Đảng bộ {name}", *blank, *_sums(inside)])
        figures = [template.zero if value == 0 else value for value in values[home.cell_code]]
        if template.naming == "grouped":
            rows.append([number, "", f"Chi bộ {home.name}", *figures])
        elif template.naming == "single":
            rows.append([number, f"Chi bộ {home.name}", *figures])
        elif template.naming == "coded":
            rows.append([number, home.cell_code, name, home.name, *figures])
        else:
            rows.append([number, name, home.name, *figures])
    return rows


def _commune_rows(template: Template, report: Report, values: dict[str, list[Value]]) -> list[list[Value]]:
    names = {home.commune_code or "": report.communes[home.commune] for home in report.homes if home.commune}
    rows: list[list[Value]] = []
    for number, (code, counts) in enumerate(values.items(), 1):
        figures = [template.zero if value == 0 else value for value in counts]
        name = names[code] if template.naming in ("repeated", "coded") else f"Đảng bộ {names[code]}"
        rows.append([number, *([code] if template.naming == "coded" else []), name, *figures])
    return rows


def _sums(rows: list[list[Value]]) -> list[Value]:
    return [sum(value for value in column if isinstance(value, int)) for column in zip(*rows, strict=True)]


def _above(template: Template, province: str) -> str:
    """The province's committee, which every report is headed with."""
    is_city = province.startswith(_CITY)
    return _ABOVE[template.wording].format(
        committee="THÀNH ỦY" if is_city else "TỈNH ỦY",
        kind="THÀNH PHỐ" if is_city else "TỈNH",
        place=_place(province).upper(),
    )


def _place(province: str) -> str:
    return province.removeprefix("Tỉnh ").removeprefix(_CITY)


def _signature(report: Report) -> list[list[Value]]:
    day = report.month.due_on(3)
    right: list[Value] = [""] * 7
    return [
        [],
        [*right, f"{_place(report.province)}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"],
        ["NGƯỜI LẬP BIỂU", *right[1:], "T/M BAN TỔ CHỨC"],
        [],
        ["Nguyễn Văn An", *right[1:], "Trần Thị Bình"],
    ]
