"""Which of a file's tables hold a form, and the rows, units and columns that it has in them."""

from __future__ import annotations

from expectations.contract.forms import FORMS
from transforms.reading.stated_periods import kind_in_column
from transforms.reading.tables import Row, Table
from transforms.reading.units import SenderUnits, UnitFound


def holding_tables(form: str, tables: list[Table], units: SenderUnits) -> list[Table]:
    """The tables of a form.

    One that repeats a few figures of another form beside its own is none of that form, and one that repeats a few of
    units told elsewhere is a summary; but one that alone tells of its units lacks columns.
    """
    held = [(len(table.columns.of_form(form)), table) for table in tables if form in table.forms]
    most = max((columns for columns, _ in held), default=0)
    full = [table for columns, table in held if columns > 0.6 * most]
    if len(full) == len(held):
        return full
    told = set().union(*(_units_told(form, table, units) for table in full))

    def tells_alone(table: Table) -> bool:
        its_own = _units_told(form, table, units)
        return bool(its_own) and (its_own.isdisjoint(told) or (table.forms == [form] and not its_own <= told))

    return [table for columns, table in held if columns > 0.6 * most or tells_alone(table)]


def _units_told(form: str, table: Table, units: SenderUnits) -> set[str]:
    """The units that have anything in a form's columns of a table."""
    columns = table.columns.of_form(form).values()
    rows = [row for row in rows_of(form, table) if any(table.value(row.index, c) not in ("", None) for c in columns)]
    return {one.code for one in units_of(form, table, rows, units) if one.code is not None}


def rows_of(form: str, table: Table) -> list[Row]:
    """In a table with a column of periods, rows of half-years and years belong to their own forms and to no other.

    A form of communes beside forms of cells has the rows in which anything stands in its columns.
    """
    if table.is_beside_cells(form):
        columns = table.columns.of_form(form).values()
        every = {row.index: row for row in (*table.groups, *table.rows)}
        rows = [every[index] for index in sorted(every)]
        return [row for row in rows if any(table.value(row.index, c) not in ("", None) for c in columns)]
    if "period" not in table.columns.units:
        return table.rows
    kinds = [kind_in_column(row.period, table) for row in table.rows]
    own = [row for row, kind in zip(table.rows, kinds, strict=True) if kind == FORMS[form].every]
    are_others = FORMS[form].every == "month" and set(kinds) != {"month"}
    return own if own or are_others else table.rows


def units_of(form: str, table: Table, rows: list[Row], units: SenderUnits) -> list[UnitFound]:
    """The cell or commune of each row."""
    if table.is_beside_cells(form):
        return [units.find(row.commune, "", "", "commune") for row in rows]
    return [units.find(row.commune, row.cell, row.code, table.of) for row in rows]


def unit_column(table: Table, form: str = "") -> int:
    """The 0-based column of the units' names, or what tells them in its place."""
    places = table.columns.units
    if form and table.is_beside_cells(form) and "commune" in places:
        return places["commune"]
    return next((places[name] for name in ("cell", "commune", "commune_code", "cell_code") if name in places), 0)
