"""Where everything stands in a template: the forms of a period, their columns, the rows of cells and communes."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contract.carried import CARRIED
from expectations.contract.forms import FORMS, Form
from expectations.contract.labels import Wording, read_wordings
from expectations.contract.periods import Period
from transforms.reading.sheets import column_letters
from transforms.territory.registry import Home

UNIT_COLUMNS = ("ordinal", "cell_code", "cell")
HEADING_ROW = 5  # 0-based, the upper of two
FIRST_ROW = HEADING_ROW + 2
OPENINGS = frozenset(carried.opening for carried in CARRIED)


@dataclass(frozen=True, slots=True)
class FormLayout:
    """One form's sheet.

    Attributes:
        form, sheet, period: the form, the name of its sheet, and the month or half-year it is of.
        groups: (commune's unit_id, its cells), in order; a commune's own report is one group.
        has_group_rows: whether a row with the commune's name and subtotals stands above its cells.
    """

    form: Form
    sheet: str
    period: Period
    groups: tuple[tuple[str, tuple[Home, ...]], ...]
    has_group_rows: bool

    @property
    def cells(self) -> list[tuple[int, Home]]:
        """Each cell with its 0-based row."""
        return [(row, home) for _, rows in self.blocks for row, home in rows]

    @property
    def blocks(self) -> list[tuple[int, list[tuple[int, Home]]]]:
        """By commune: the row of its name (that of its first cell where it has none), and its cells with theirs."""
        blocks, row = [], FIRST_ROW
        for _, homes in self.groups:
            top = row
            row += self.has_group_rows
            blocks.append((top, [(row + number, home) for number, home in enumerate(homes)]))
            row += len(homes)
        return blocks

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last row of each unbroken run of cells."""
        return [(rows[0][0], rows[-1][0]) for _, rows in self.blocks]

    @property
    def total_row(self) -> int:
        return self.spans[-1][1] + 1

    @property
    def check_column(self) -> int:
        return len(UNIT_COLUMNS) + len(self.form.names)

    def column(self, measure: str) -> int:
        """0-based."""
        return len(UNIT_COLUMNS) + self.form.names.index(measure)

    def letters(self, measure: str) -> str:
        return column_letters(self.column(measure) + 1)


def form_layouts(homes: list[Home], period: Period, has_group_rows: bool) -> dict[str, FormLayout]:
    """The forms asked for in a month, by name; one that only some cells report lists these.

    Args:
        homes: the sender's cells, those of a commune one after the other.
        period: the month.
        has_group_rows: whether the sender's communes are rows of their own.
    """
    layouts: dict[str, FormLayout] = {}
    for form in FORMS.values():
        at = period.half if form.half_yearly else period
        if form.every != "month" and not (form.half_yearly and period.ends_half):
            continue
        some = [home for home in homes if home.kind == "hamlet" or not form.hamlet_only]
        if some and form.asked_in(str(at)):
            groups = _by_commune(some)
            layouts[form.name] = FormLayout(form, f"Biểu {len(layouts) + 1}", at, groups, has_group_rows)
    return layouts


def _by_commune(homes: list[Home]) -> tuple[tuple[str, tuple[Home, ...]], ...]:
    groups: dict[str, list[Home]] = {}
    for home in homes:
        groups.setdefault(home.commune or "", []).append(home)
    return tuple((commune, tuple(some)) for commune, some in groups.items())


def wording(form: str, measure: str) -> Wording:
    """How a column is headed: the first of the wordings known; forms' and units' headings alike."""
    return _FIRST_WORDINGS[form, measure]


_FIRST_WORDINGS: dict[tuple[str, str], Wording] = {}
for _one in read_wordings():
    _FIRST_WORDINGS.setdefault((_one.form, _one.measure), _one)


_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    """The number of a group of rows, as reports count them."""
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text
