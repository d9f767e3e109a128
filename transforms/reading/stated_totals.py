"""The totals that a table states, held against what its rows add up to."""

from __future__ import annotations

from collections.abc import Iterable

from transforms.reading.counts import NotACount
from transforms.reading.passed_over import note_row
from transforms.reading.results import CheckedTotal, FormRows
from transforms.reading.sent_report import SentReport
from transforms.reading.sheets import column_letters
from transforms.reading.tables import Row, Table


def add_totals(
    report: SentReport, taken: FormRows, table: Table, rows: list[Row], counts: dict[str, list[int | NotACount | None]]
) -> None:
    positions = {row.index: position for position, row in enumerate(rows)}
    for total in table.totals:
        if table.is_beside_cells(taken.form):
            if total.index in positions:  # a commune's row, the sum of its cells in other forms
                continue
            above = [position for index, position in positions.items() if index < total.index]
            spans = [(above[0], above[-1])] if above else []
        else:
            spans = [ends for span in total.spans if (ends := _ends(table.rows, span, positions))]
        stated = {name: report.counts[table.value(total.index, column - 1)] for name, column in taken.columns.items()}
        stands = {name: value for name, value in stated.items() if isinstance(value, int)}
        sums = [_sums(counts, first, last, stands) for first, last in spans]
        if not sums:
            note_row(report, table, total.index)
        if not sums or not stands:
            continue
        # Of what it may cover, that which fits most of its figures.
        computed = max(sums, key=lambda some: sum(some[name] == value for name, value in stands.items()))
        for name, value in stands.items():
            _judge_total(
                report, taken, CheckedTotal(table.sheet.name, total.index + 1, name, total.label, value, computed[name])
            )


def _judge_total(report: SentReport, taken: FormRows, total: CheckedTotal) -> None:
    taken.totals.append(total)
    if total.computed is not None and total.computed != total.value:
        report.tell(
            "total-mismatch",
            form=taken.form,
            sheet=total.sheet,
            measure=total.measure,
            cell_ref=f"{column_letters(taken.columns[total.measure])}{total.row}",
            unit=total.label,
            found=str(total.value),
            expected=str(total.computed),
        )


def _ends(rows: list[Row], span: tuple[int, int], positions: dict[int, int]) -> tuple[int, int] | None:
    """The first and the last position of the rows in a span of a table's that have one."""
    first = next((positions[rows[at].index] for at in range(*span) if rows[at].index in positions), None)
    last = next((positions[rows[at].index] for at in reversed(range(*span)) if rows[at].index in positions), None)
    return None if first is None or last is None else (first, last)


def _sums(
    counts: dict[str, list[int | NotACount | None]], first: int, last: int, names: Iterable[str]
) -> dict[str, int | None]:
    """What the rows from one position to another add up to by measure; None where one of them is no count."""
    sums: dict[str, int | None] = {}
    for name in names:
        parts = counts[name][first : last + 1]
        sums[name] = None if NotACount in set(map(type, parts)) else sum(filter(None, parts))  # type: ignore[arg-type]
    return sums
