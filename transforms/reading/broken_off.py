"""Texts that end within a record, as a transfer that was broken off leaves them."""

from __future__ import annotations

from transforms.reading.sent_report import SentReport
from transforms.reading.tables import Table
from transforms.reading.units import SenderUnits


def judge_ends(report: SentReport) -> None:
    """Tell of a text that ends within a record.

    Where its last line has no end, that is a record shorter than all others of its table, or one after which the
    sender has units left that the table lacks. Programs end the last line as they do the others.
    """
    for sheet in report.sheets:
        last = next((index for index in reversed(range(len(sheet.rows))) if any(sheet.rows[index])), 0)
        is_cut = sheet.is_cut
        for table in (table for table in report.tables if table.sheet is sheet and sheet.is_open):
            is_cut = is_cut or _ends_short(table, last) or _ends_early(table, last, report.units)
        if is_cut:
            shown = next((str(value) for value in reversed(sheet.rows[last]) if value not in ("", None)), "")
            report.tell("truncated-file", sheet=sheet.name, cell_ref=f"A{last + 1}", found=shown[-40:])


def _ends_short(table: Table, last: int) -> bool:
    """Whether a sheet's last row goes on with the table's rows and breaks off before their width.

    Lines below a total are notes and signatures, which have what width they like.
    """
    rows = [row.index for row in table.rows if row.index < last]
    ends = [total.index for total in table.totals if total.index < last]
    before = max(rows, default=-1)
    goes_on = last - 1 in (before, *ends) and before == max([before, *(i for i in ends if -1 < table.end <= i)])
    record = table.sheet.rows[last]
    is_record = len(record) > 1 or str(record[0]).strip().isdigit()
    return goes_on and is_record and len(record) < min(len(table.sheet.rows[index]) for index in rows)


def _ends_early(table: Table, last: int, units: SenderUnits) -> bool:
    """Whether a sheet's last row is a unit's, no total follows, and others of the sender's units are not there."""
    if not table.rows or table.rows[-1].index != last or table.end > -1:
        return False
    told = {units.find(row.commune, row.cell, row.code, table.of).code for row in table.rows}
    return not told.issuperset(units.codes(table.of))
