"""Each form's rows out of the tables that hold it."""

from __future__ import annotations

from typing import Any, cast

from expectations.contract.carried import CARRIED
from expectations.contract.forms import FORMS, Form
from transforms.reading.counts import NotACount, read_counts
from transforms.reading.form_tables import holding_tables, rows_of, unit_column, units_of
from transforms.reading.passed_over import note_passed_over, note_stray_totals, without_remarks
from transforms.reading.report_period import period_of_form
from transforms.reading.results import FormRows
from transforms.reading.sent_report import SentReport
from transforms.reading.sheets import column_letters
from transforms.reading.stated_totals import add_totals
from transforms.reading.tables import Row, Table
from transforms.reading.units import UnitFound

_LONE_BLANK = NotACount("ô trống")
_OPENINGS = frozenset(carried.opening for carried in CARRIED)


def take_forms(report: SentReport) -> None:
    """Every form the tables hold, problems where one is missing, and notes of what was passed over."""
    for form in FORMS.values():
        holding = holding_tables(form.name, report.tables, report.units)
        if _is_asked(report, form) and not any(table.rows for table in holding):
            _missing_form(report, form.name, holding)
        for table in holding:
            _take(report, form.name, table)
    if report.is_of_year and not report.reading.forms:  # every row of it is blank
        name = next(name for table in report.tables for name in table.forms)
        report.tell("missing-form", form=name, expected=name, variant="blank")
    note_passed_over(report)


def _is_asked(report: SentReport, form: Form) -> bool:
    is_of_month = form.every == "month" and not report.is_of_year
    return is_of_month and (report.period is None or form.asked_in(str(report.period)))


def _missing_form(report: SentReport, form: str, holding: list[Table]) -> None:
    """A form that is not there, or whose headings stand over nothing: a damaged workbook may have lost its rows."""
    if holding:
        report.tell("missing-form", form=form, expected=form, sheet=holding[0].sheet.name, variant="blank")
    else:
        report.tell("missing-form", form=form, expected=form)


def _take(report: SentReport, form: str, table: Table) -> None:
    columns = table.columns.of_form(form)
    _judge_columns(report, form, table, columns)
    rows = rows_of(form, table)
    _judge_rivals(report, form, table, rows)
    found = units_of(form, table, rows, report.units)
    rows, found = without_remarks(report, rows, found, table, columns)
    lines = _lines(table, rows)
    counts = {name: read_counts([line[at] for line in lines], report.counts) for name, at in columns.items()}
    # In our template the openings stand there before anybody reports.
    said = [values for name, values in counts.items() if not (report.marks and name in _OPENINGS)]
    blank = (None,) * len(said)
    reported = [line != blank for line in zip(*said, strict=True)]
    for name, values in counts.items():
        if None in values:  # a blank beside filled measures is no zero
            counts[name] = [_LONE_BLANK if value is None and reported[i] else value for i, value in enumerate(values)]
    if form == table.forms[0]:
        _judge_units(report, form, table, rows, found)
    if FORMS[form].every != "month" and not any(reported):
        note_stray_totals(report, table, columns)
        return  # a form kept for June and December, left empty in other months, whatever its title says
    clean = _judge_counts(report, form, table, rows, found, counts, columns)
    for name in _OPENINGS & clean.keys():
        clean[name] = [value if reported[i] else None for i, value in enumerate(clean[name])]
    taken = FormRows(
        form=form,
        table_no=report.tables.index(table),
        sheet=table.sheet.name,
        period=period_of_form(report, form, table),
        rows=[row.index + 1 for row in rows],
        unit_codes=[one.code for one in found],
        units=[one.shown for one in found],
        is_reported=reported,
        counts=clean,
        columns={name: column + 1 for name, column in columns.items()},
        unit_column=unit_column(table, form) + 1,
    )
    add_totals(report, taken, table, rows, counts)
    report.reading.forms.append(taken)


def _lines(table: Table, rows: list[Row]) -> list[list[Any]]:
    """The rows' values, short rows filled up with blanks."""
    width = max(table.columns.measures.values()) + 1
    lines = [table.sheet.rows[row.index] for row in rows]
    return [line if len(line) >= width else line + [""] * (width - len(line)) for line in lines]


def _judge_columns(report: SentReport, form: str, table: Table, columns: dict[str, int]) -> None:
    for name in FORMS[form].names:
        if name not in columns:
            report.tell(
                "missing-column",
                form=form,
                sheet=table.sheet.name,
                measure=name,
                expected=name,
                cell_ref=f"A{table.columns.last_row + 1}",
            )


def _judge_rivals(report: SentReport, form: str, table: Table, rows: list[Row]) -> None:
    """Tell of measures that stand more than once; a copy that says the same in every row is no rival."""
    for measure, rivals in table.columns.rivals.items():
        own = table.columns.measures[measure]
        differing = [
            column
            for column in rivals
            if any(
                report.counts[table.value(row.index, own)] != report.counts[table.value(row.index, column)]
                for row in rows
            )
        ]
        if differing and measure in FORMS[form].names:
            places = [f"{column_letters(c + 1)} «{table.columns.marks[c]}»" for c in (own, *differing)]
            report.tell(
                "ambiguous-column",
                form=form,
                sheet=table.sheet.name,
                measure=measure,
                cell_ref=f"{column_letters(differing[0] + 1)}{table.columns.last_row + 1}",
                found=", ".join(places),
            )


def _judge_units(report: SentReport, form: str, table: Table, rows: list[Row], found: list[UnitFound]) -> None:
    told: set[str] = set()
    for row, one in zip(rows, found, strict=True):
        if one.code is not None or (one.is_commune_unknown and one.shown in told):
            continue
        told.add(one.shown)
        place = table.columns.units
        coded = place.get(FORMS[form].key, place.get("cell_code"))
        named = place.get("commune") if one.is_commune_unknown else coded if row.code else None
        column = unit_column(table) if named is None else named
        index = row.commune_index if one.is_commune_unknown else row.index
        report.tell(
            "unknown-unit",
            form=form,
            sheet=table.sheet.name,
            cell_ref=f"{column_letters(column + 1)}{index + 1}",
            found=one.shown or "dòng không có tên đơn vị",
            unit=one.shown,
            expected=report.units.nearest(row.commune, row.cell, row.code, table.of),
        )


def _judge_counts(
    report: SentReport,
    form: str,
    table: Table,
    rows: list[Row],
    found: list[UnitFound],
    counts: dict[str, list[int | NotACount | None]],
    columns: dict[str, int],
) -> dict[str, list[int | None]]:
    """Problems of values that are no counts; the counts with these unknown."""
    clean: dict[str, list[int | None]] = {}
    for name, values in counts.items():
        has_others = NotACount in set(map(type, values))
        known = [None if type(value) is NotACount else value for value in values] if has_others else values
        clean[name] = cast("list[int | None]", known)
        if not has_others and min(filter(None, clean[name]), default=0) >= 0:
            continue
        for position, value in enumerate(values):
            if value is None or (isinstance(value, int) and value >= 0):
                continue
            report.tell(
                "negative-count" if isinstance(value, int) else "not-a-count",
                form=form,
                sheet=table.sheet.name,
                cell_ref=f"{column_letters(columns[name] + 1)}{rows[position].index + 1}",
                measure=name,
                found=str(value) if isinstance(value, int) else value.text,
                unit_code=found[position].code or "",
                unit=found[position].shown,
            )
    return clean
