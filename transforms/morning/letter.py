"""The morning page as plain text, for the mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.morning.briefing import Briefing, ShownAlert, is_told_below, sentences
from transforms.morning.reasons import reason
from transforms.morning.trend_line import item_words, nothing_followed, of_figures, progress_rows, trend_line


def morning_letter(briefing: Briefing) -> str:
    """The text: the same things in the same order. A file's own name stays inside: it may hold more than a unit."""
    morning = briefing.morning
    language = morning.language
    title = text("page.title", language, day=morning.as_of)
    blocks = ["\n".join([title, briefing.lead, *(f"- {one}" for one in briefing.after)])]
    sections = {
        "missing": _missing(briefing),
        "rejected": _rejected(briefing),
        "alerts": _alerts(briefing),
        "resolved": _resolved(briefing),
        "trends": _trends(briefing),
        "targets": _targets(briefing),
        "followup": _followup(briefing),
    }
    blocks += ["\n".join([text(f"page.section.{name}", language).upper(), *lines]) for name, lines in sections.items()]
    return "\n\n".join([*blocks, text("page.how.privacy", language, k=morning.small_count)]) + "\n"


def _missing(briefing: Briefing) -> Iterator[str]:
    missing, language = briefing.missing, briefing.morning.language
    if missing.period is None or missing.due_on is None:
        yield text("page.missing.nothing", language)
        return
    period = numbers.period(missing.period, language)
    if not missing.names:
        yield text("page.missing.none", language, period=period)
    else:
        yield text("page.missing.due", language, period=period, due=missing.due_on, n=missing.days)
    for state, names in missing.names.items():
        said = text(f"page.state.{state}", language)
        if is_told_below(state, names, briefing):
            yield f"- {text('page.missing.returned', language, state=said, n=len(names))}"
        else:
            yield f"- {said} ({len(names)}): {', '.join(names)}"
    if missing.earlier:
        months = (f"{numbers.period(code, language)}: {', '.join(names)}" for code, names in missing.earlier.items())
        yield text("page.missing.earlier", language, list="; ".join(months))
    if briefing.late:
        yield text("page.missing.late", language, n=briefing.late)


def _rejected(briefing: Briefing) -> Iterator[str]:
    language = briefing.morning.language
    if briefing.morning.rejected.is_empty():
        yield text("page.rejected.none", language)
    for row in briefing.morning.rejected.iter_rows(named=True):
        why = "; ".join(reason(code["code"], code["number"], language) for code in row["codes"] or [])
        marked = f" {text('page.rejected.marked', language)}" if row["workbook"] else ""
        received = numbers.day(row["received_on"], language)
        yield f"- {row['reporter_name'] or row['reporter_code']}, {received}: {why}.{marked}"


def _alerts(briefing: Briefing) -> Iterator[str]:
    language = briefing.morning.language
    if not briefing.full and not briefing.brief:
        yield text("page.alerts.none", language)
    if not briefing.morning.is_judged:
        yield text("page.alerts.unjudged", language)
    for group, alerts in briefing.full.items():
        yield f"{text(f'page.group.{group}', language)}:"
        for told in alerts:
            yield f"- {_severity(told.row, language)}. {' '.join(told.sentences)} [{told.row['alert_id']}]"
    if briefing.brief:
        yield f"{text('page.group.brief', language)}:"
        yield from (_short(told, language) for told in briefing.brief)


def _short(told: ShownAlert, language: Language) -> str:
    return f"- {_severity(told.row, language)}. {told.sentences[0]} [{told.row['alert_id']}]"


def _severity(row: dict[str, Any], language: Language) -> str:
    return text(f"page.severity.{row['severity']}", language)


def _resolved(briefing: Briefing) -> Iterator[str]:
    morning = briefing.morning
    language = morning.language
    if morning.resolved.is_empty():
        yield text("page.resolved.none", language, n=morning.resolved_days)
    for row in morning.resolved.iter_rows(named=True):
        how = text(f"resolution.{row['resolution']}", language)
        yield f"- {sentences(row[f'text_{language}'])[0]} ({how}, {numbers.day(row['resolved_on'], language)})"


def _trends(briefing: Briefing) -> Iterator[str]:
    language = briefing.morning.language
    if briefing.morning.trends.is_empty():
        yield text("trends.none", language)
    for row in briefing.morning.trends.iter_rows(named=True):
        name, level, word, change = trend_line(row, language)
        yield f"- {name}: {word}; {level}; {change}"


def _targets(briefing: Briefing) -> Iterator[str]:
    morning = briefing.morning
    language = morning.language
    if not morning.targets:
        yield text("target.none", language)
    for one in morning.targets:
        yield f"- {one.name} ({one.asks}): {' '.join(filter(None, (one.fact, one.next)))}"
    if morning.mistakes_in_targets:
        yield text("page.targets.mistakes", language)
    yield from (f"  {mistake.says(language)}" for mistake in morning.mistakes_in_targets)


def _followup(briefing: Briefing) -> Iterator[str]:
    morning = briefing.morning
    language = morning.language
    if morning.progress is None or morning.progress.is_empty():
        yield text(nothing_followed(morning), language)
        return
    for kind, standing, overdue, closed, _ in progress_rows(of_figures(morning.progress), language):
        yield text("page.followup.line", language, kind=kind, standing=standing, overdue=overdue, closed=closed)
    for row in morning.items.iter_rows(named=True):
        unit, what, who = item_words(row, language)
        yield f"  {unit}. {what} {who}."
