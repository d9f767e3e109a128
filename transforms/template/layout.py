"""Where everything stands in a template: the forms of a period, their columns, the rows of cells and communes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from expectations.contract.carried import CARRIED
from expectations.contract.forms import FORMS, Form, UnitLevel
from expectations.contract.labels import Wording, read_wordings
from expectations.contract.periods import Period
from transforms.reading.sheets import Sheet, column_letters
from transforms.territory.registry import Home, Unit

_UNIT_COLUMNS: dict[UnitLevel, tuple[str, ...]] = {
    "cell": ("ordinal", "cell_code", "cell"),
    "commune": ("ordinal", "commune_code", "commune"),
}
UNITS = 3  # columns before the measures
STATE_ROW = 4  # 0-based; says how many rows are right
HEADING_ROW = 5  # the upper of two
FIRST_ROW = HEADING_ROW + 2
OPENINGS = frozenset(carried.opening for carried in CARRIED)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A cell or a commune that has a row: its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FormLayout:
    """One form's sheet.

    Attributes:
        form, sheet, period: the form, the name of its sheet, and the month, half-year or year it is of.
        groups: (commune's unit_id, its cells), in order; a commune's own report is one group, and so are the communes
            of a form that has a row a commune.
        has_group_rows: whether a row with the commune's name and subtotals stands above its cells.
    """

    form: Form
    sheet: str
    period: Period
    groups: tuple[tuple[str, tuple[UnitRow, ...]], ...]
    has_group_rows: bool

    @property
    def unit_columns(self) -> tuple[str, ...]:
        return _UNIT_COLUMNS[self.form.unit]

    @property
    def units(self) -> list[tuple[int, UnitRow]]:
        """Each cell or commune with its 0-based row."""
        return [(row, unit) for _, rows in self.blocks for row, unit in rows]

    @property
    def blocks(self) -> list[tuple[int, list[tuple[int, UnitRow]]]]:
        """By group: the row of its name (that of its first unit where it has none), and its units with theirs."""
        blocks, row = [], FIRST_ROW
        for _, units in self.groups:
            top = row
            row += self.has_group_rows
            blocks.append((top, [(row + number, unit) for number, unit in enumerate(units)]))
            row += len(units)
        return blocks

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last row of each unbroken run of units."""
        return [(rows[0][0], rows[-1][0]) for _, rows in self.blocks]

    @property
    def total_row(self) -> int:
        return self.spans[-1][1] + 1

    @property
    def check_column(self) -> int:
        return UNITS + len(self.form.names)

    def column(self, measure: str) -> int:
        """0-based."""
        return UNITS + self.form.names.index(measure)

    def letters(self, measure: str) -> str:
        return column_letters(self.column(measure) + 1)


def form_layouts(
    homes: list[Home], communes: list[Unit], period: Period, has_group_rows: bool
) -> dict[str, FormLayout]:
    """The forms asked for in a month, or the yearly one of a year, by name; one of some cells only lists these.

    Args:
        homes: the sender's cells, those of a commune one after the other.
        communes: the sender's communes, in order.
        period: the month or year.
        has_group_rows: whether the sender's communes are rows of their own.
    """
    layouts: dict[str, FormLayout] = {}
    for form in FORMS.values():
        is_due = form.due_with(period) if period.kind == "month" else form.every == period.kind
        at = period.of_kind(form.every)
        groups = _by_commune([home for home in homes if home.kind == "hamlet" or not form.hamlet_only])
        if form.unit == "commune":
            groups = (("", tuple(UnitRow(one.unit_code, one.name) for one in communes)),)
        if is_due and form.asked_in(str(at)) and any(units for _, units in groups):
            sheet = f"Biểu {len(layouts) + 1}"
            layouts[form.name] = FormLayout(form, sheet, at, groups, has_group_rows and form.unit == "cell")
    return layouts


def _by_commune(homes: list[Home]) -> tuple[tuple[str, tuple[UnitRow, ...]], ...]:
    groups: dict[str, list[UnitRow]] = {}
    for home in homes:
        groups.setdefault(home.commune or "", []).append(UnitRow(home.cell_code, home.name))
    return tuple((commune, tuple(some)) for commune, some in groups.items())


def without_checks(sheet: Sheet) -> Sheet:
    """A filled template's sheet without what its own checks said, which would stay while figures are corrected.

    Any other sheet is given back as it is.
    """
    heading = sheet.rows[HEADING_ROW] if len(sheet.rows) > HEADING_ROW else []
    said = wording("unit", "check").text
    if said not in heading:
        return sheet
    column, rows = heading.index(said), [list(row) for row in sheet.rows]
    for row in rows[FIRST_ROW:]:
        row[column : column + 1] = [""]
    rows[STATE_ROW][:1] = [""]
    return replace(sheet, rows=rows)


def wording(form: str, measure: str) -> Wording:
    """How a column is headed: the first of the wordings known; forms' and units' headings alike."""
    return _FIRST_WORDINGS[form, measure]


_FIRST_WORDINGS: dict[tuple[str, str], Wording] = {}
for _one in read_wordings():
    _FIRST_WORDINGS.setdefault((_one.form, _one.measure), _one)
