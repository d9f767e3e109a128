"""Files with known faults, of invented figures in a sender's own layout: does the reading tell each by its code?"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.samples.invented import InventedMonth, simulate
from transforms.samples.templates import TEMPLATES, Grid, Report, lay_out
from transforms.samples.tree import misspelt, report_of
from transforms.samples.writers import write
from transforms.territory.registry import Registry, Unit


@dataclass(frozen=True, slots=True)
class FaultyFile:
    """A sender's file of one month with a known fault.

    Attributes:
        fault: what was done to it. codes: the problems of which one must be told of it.
        period: the month it is of.
        before: the good workbook of the month before, where the fault shows beside it only.
        data: the faulty workbook.
        is_canary: whether no reading may pass it over.
    """

    reporter_code: str
    fault: str
    codes: frozenset[str]
    period: str
    before: Sequence[bytes]
    data: bytes
    is_canary: bool = False


def faulty_files(registry: Registry, last: Period, number: int, random: np.random.Generator) -> list[FaultyFile]:
    """The canary, and so many files with another fault each, each of another sender; fewer where fewer report.

    Args:
        registry: whose units and cells stand in the months.
        last: the month of the faulty files.
        number: how many beside the canary.
        random: seeded by the night.
    """
    faults = [CANARY_FILE, *random.permutation(list(FAULTS))[:number].tolist()]
    units = _smaller_senders(registry, last)
    chosen = random.permutation(len(units))[: len(faults)]
    months = list(simulate(registry, int(random.integers(2**31)), last.previous, last))
    files = [_faulty(registry, months, units[at], fault, random) for at, fault in zip(chosen, faults, strict=False)]
    return [replace(file, is_canary=number == 0) for number, file in enumerate(files)]


def _smaller_senders(registry: Registry, month: Period) -> list[Unit]:
    """The half of those who report that has the fewer cells: their workbooks are read the sooner."""
    cells = Counter(home.reporter_code for home in registry.homes_on(month.last_day))
    units = [unit for unit in registry.reporters_on(month.last_day) if cells[unit.unit_code]]
    units.sort(key=lambda unit: (cells[unit.unit_code], unit.unit_code))
    return units[: max(len(units) // 2, len(FAULTS) + 1)]


def _faulty(
    registry: Registry, months: Sequence[InventedMonth], unit: Unit, fault: str, random: np.random.Generator
) -> FaultyFile:
    before, last = (report_of(registry, month, unit) for month in months)
    codes, spoil = FAULTS[fault]
    good = [_book(before)] if fault in BESIDE_THE_MONTH_BEFORE else []
    return FaultyFile(unit.unit_code, fault, codes, str(last.month), good, spoil(last, before, random))


def _grids(report: Report) -> list[Grid]:
    template = TEMPLATES[2] if report.reporter.level == "commune" else TEMPLATES[0]
    return lay_out(replace(template, kind="xlsx"), report)


def _book(report: Report) -> bytes:
    return write("xlsx", _grids(report))


def _row(report: Report, random: np.random.Generator) -> int:
    return int(random.integers(len(report.homes)))


def _exchanged(report: Report, before: Report, random: np.random.Generator) -> bytes:
    """Two columns under each other's heading: everybody's members at the month's beginning and end."""
    names = FORMS["balance"].names
    one, other = names.index("members_opening"), names.index("members_closing")
    for row in report.values["balance"].values():
        row[one], row[other] = row[other], row[one]
    return _book(report)


def _unbalanced(report: Report, before: Report, random: np.random.Generator) -> bytes:
    home = report.homes[_row(report, random)]
    row, at = report.values["balance"][home.cell_code], FORMS["balance"].names.index("members_closing")
    row[at] = int(row[at] or 0) + int(random.integers(1, 10))
    return _book(report)


def _negative(report: Report, before: Report, random: np.random.Generator) -> bytes:
    home = report.homes[_row(report, random)]
    report.values["balance"][home.cell_code][FORMS["balance"].names.index("admitted")] = -int(random.integers(1, 9))
    return _book(report)


def _more_than_all(report: Report, before: Report, random: np.random.Generator) -> bytes:
    """Of those who are away more have no contact than there are."""
    home = report.homes[_row(report, random)]
    row, names = report.values["away"][home.cell_code], FORMS["away"].names
    row[names.index("away_out_of_contact")] = int(row[names.index("away_total")] or 0) + int(random.integers(1, 9))
    return _book(report)


def _wrong_sum(report: Report, before: Report, random: np.random.Generator) -> bytes:
    """The line of totals says another number than its column adds up to."""
    grids = _grids(report)
    total = next(
        row for row in reversed(grids[0].rows) if row and str(row[0]).lower() in ("tổng cộng", "tổng số", "cộng")
    )
    numbers = [(at, value) for at, value in enumerate(total) if isinstance(value, int)]
    at, value = numbers[int(random.integers(len(numbers)))]
    total[at] = value + int(random.integers(1, 50))
    return write("xlsx", grids)


def _unknown(report: Report, before: Report, random: np.random.Generator) -> bytes:
    """A unit under a name that the registry does not have."""
    at = _row(report, random)
    home = report.homes[at]
    report.homes[at] = replace(home, name=f"{misspelt(home.name)} x", cell_code="")
    values = {form: dict(rows) for form, rows in report.values.items()}
    for rows in values.values():
        if home.cell_code in rows:
            rows[""] = rows.pop(home.cell_code)
    report.values = values
    return _book(report)


def _lacking(report: Report, before: Report, random: np.random.Generator) -> bytes:
    report.left_out = frozenset({str(random.choice(["admitted", "transferred_in", "died", "expelled"]))})
    return _book(report)


def _copied(report: Report, before: Report, random: np.random.Generator) -> bytes:
    """The month before under this month's title."""
    return _book(replace(report, values={**report.values, **{form: before.values[form] for form in _MONTHLY}}))


_MONTHLY = [form.name for form in FORMS.values() if form.every == "month"]


def _cut_off(report: Report, before: Report, random: np.random.Generator) -> bytes:
    data = _book(report)
    return data[: int(len(data) * random.uniform(0.3, 0.9))]


def _never_calculated(report: Report, before: Report, random: np.random.Generator) -> bytes:
    """A formula without a result where a count belongs, as a program leaves it that does not calculate."""
    data = _book(report)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as spoilt:
        for item in book.infolist():
            content = book.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                content = _with_formula(content.decode(), random).encode()
            spoilt.writestr(item.filename, content)
    return out.getvalue()


def _with_formula(sheet: str, random: np.random.Generator) -> str:
    numbers = list(re.finditer(r"<c (r=\"[D-Z]\d+\"[^>]*)><v>(\d+)</v></c>", sheet))
    inside = numbers[len(numbers) // 4 : -len(numbers) // 4 or None]
    one = inside[int(random.integers(len(inside)))]
    return f"{sheet[: one.start()]}<c {one[1]}><f>1+1</f></c>{sheet[one.end() :]}"


Spoil = Callable[[Report, Report, np.random.Generator], bytes]
FAULTS: Mapping[str, tuple[frozenset[str], Spoil]] = {
    "columns-swapped": (frozenset({"columns-swapped"}), _exchanged),
    "balance-broken": (frozenset({"balance-broken"}), _unbalanced),
    "negative-count": (frozenset({"negative-count"}), _negative),
    "parts-exceed-total": (frozenset({"parts-exceed-total"}), _more_than_all),
    "total-mismatch": (frozenset({"total-mismatch"}), _wrong_sum),
    "unknown-unit": (frozenset({"unknown-unit"}), _unknown),
    "missing-column": (frozenset({"missing-column"}), _lacking),
    "copied-period": (frozenset({"copied-period"}), _copied),
    "not-a-count": (frozenset({"not-a-count"}), _never_calculated),
    "unreadable-file": (frozenset({"unreadable-file", "truncated-file"}), _cut_off),
}
"""By fault, the codes of which one must be told, and what is done to the report. A copied month and the like are faults
of figures; a file cut off is one of bytes."""
BESIDE_THE_MONTH_BEFORE = ("columns-swapped", "copied-period")
CANARY_FILE = "unreadable-file"
"""The fault that no reading may pass over."""
