"""Whose report a file is: the sender's, by its template's mark, its titles and its units."""

from __future__ import annotations

from expectations.contract.periods import Period
from transforms.reading.sent_report import SentReport


def is_known_sender(report: SentReport) -> bool:
    """Whether the folder the file came in is a reporter's on the report's day; a problem where it is not."""
    known = report.directory.is_reporter(report.reporter, report.day)
    if not known:
        reporters = ", ".join(unit.name for unit in report.directory.registry.reporters_on(report.day)[:12])
        report.tell("unknown-district", found=report.reporter, expected=f"{reporters}, …")
    return known


def is_wrong_template(report: SentReport) -> bool:
    """Whether the file is our template made for another unit or period; nothing more is then said of it."""
    period = report.period
    for mark in report.marks:
        is_other = period is not None and mark.period != period and mark.period.of_kind(period.kind) != period
        if mark.unit_code != report.reporter or is_other:
            made_for = report.directory.name(mark.unit_code, mark.period.last_day)
            sender = report.directory.name(report.reporter, report.day)
            report.tell(
                "wrong-template",
                found=f"{made_for}, {_as_marked(mark.period)}",
                expected=f"{sender}, {_as_marked(period)}" if period else sender,
            )
            return True
    return False


def is_anothers(report: SentReport) -> bool:
    """Whether the file is another reporter's; a problem where it is."""
    other = _owner_by_titles(report) or _owner_by_units(report)
    if other:
        report.tell(
            "wrong-district",
            found=report.directory.name(other, report.day),
            expected=report.directory.name(report.reporter, report.day),
        )
    return bool(other)


def _owner_by_titles(report: SentReport) -> str:
    """The reporter the titles name in place of the sender, be it over one table only; "" where they do not."""
    titled = set().union(
        *(report.directory.titled(line, report.day) for table in report.tables for line in table.titles)
    )
    if titled and report.reporter not in titled:
        return min(titled)
    for table in report.tables:
        alone = set().union(*(report.directory.titled_alone(line, report.day) for line in table.titles))
        if alone and report.reporter not in alone:
            return min(alone)
    return ""


def _owner_by_units(report: SentReport) -> str:
    """The reporter most of the rows belong to, where that is not the sender."""
    rows = list({(row.commune, row.cell, row.code, table.of) for table in report.tables for row in table.rows})
    if not rows or 2 * sum(report.units.find(*row).code is not None for row in rows) > len(rows):
        return ""
    owners = report.directory.owners(rows, report.day)
    best = max(owners, key=lambda code: owners[code], default="")
    return best if best != report.reporter and 2 * owners.get(best, 0) > len(rows) else ""


def _as_marked(period: Period) -> str:
    return str(period) if period.kind == "year" else f"{period.first_month:02d}/{period.year}"
