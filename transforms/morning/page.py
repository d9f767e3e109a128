"""The morning page as HTML: one document that loads nothing, every text in it escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.morning.alert_cards import alerts_section, resolved_section
from transforms.morning.briefing import Briefing, is_told_below
from transforms.morning.markup import section, table
from transforms.morning.reasons import reason
from transforms.morning.style import STYLE
from transforms.morning.target_lines import targets_section
from transforms.morning.trend_line import followup_section, of_figures, trends_section

IN_A_LINE = 6
"""Names that are read in a line; more stand in columns."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def morning_page(briefing: Briefing) -> str:
    """The whole document."""
    morning = briefing.morning
    body = "\n".join([_head(briefing), "<main>", morning_sections(briefing), "</main>", _foot(briefing)])
    return _document(body, text("page.title", morning.language, day=morning.as_of), morning.language)


@dataclass(frozen=True, slots=True)
class MorningLinks:
    """Where the page's links lead, by where it stands; null for no link.

    Attributes:
        file: of a rejected file's row.
        alert: of an alert's id.
        tiles: of the tiles by the section they count; a section that is not among them is on the page itself.
    """

    file: Callable[[Mapping[str, Any]], str | None]
    alert: Callable[[str], str | None] = lambda alert_id: None
    tiles: Mapping[str, str] = field(default_factory=dict)


AT_HOME = MorningLinks(file=lambda row: quote(row["workbook"]) if row["workbook"] else None)
"""The page lies in the home, beside the workbooks that went back."""


def morning_sections(briefing: Briefing, links: MorningLinks = AT_HOME) -> str:
    """What stands between its head and its foot."""
    morning = briefing.morning
    return "\n".join(
        [
            _lead(briefing),
            _tiles(briefing, links),
            _missing(briefing),
            _rejected(briefing, links),
            alerts_section(briefing, links.alert),
            resolved_section(morning),
            trends_section(morning),
            targets_section(morning),
            followup_section(morning),
        ]
    )


def failure_page(said: str, title: str, language: Language) -> str:
    """A page that says that there is none."""
    return _document(f'<main><h1>{escape(title)}</h1><p class="lead high">{escape(said)}</p></main>', title, language)


def _document(body: str, title: str, language: Language) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _head(briefing: Briefing) -> str:
    language, as_of = briefing.morning.language, briefing.morning.as_of
    return (
        f'<header><p class="kicker">{text("page.board", language)}</p>'
        f"<h1>{text('page.title', language, day=as_of)}</h1>"
        f'<p class="note">{text("page.until", language, day=as_of)}</p></header>'
    )


def _lead(briefing: Briefing) -> str:
    first = escape(briefing.lead)
    if unit := escape(briefing.lead_unit or ""):
        first = first.replace(unit, f"<strong>{unit}</strong>", 1)
    items = "".join(f"<li>{escape(one)}</li>" for one in briefing.after)
    after = f'<ul class="then">{items}</ul>' if items else ""
    label = text("page.attention", briefing.morning.language)
    kind = briefing.lead_severity or ("medium" if briefing.missing.names else "")
    return f'<section class="lead {kind}" aria-label="{label}"><p class="first">{first}</p>{after}</section>'


def _tiles(briefing: Briefing, links: MorningLinks) -> str:
    morning, missing = briefing.morning, briefing.missing
    language = morning.language
    severities = briefing.severities
    count = {name: severities.count(name) for name in ("high", "medium", "low")}
    waiting = morning.rejected.height - int(morning.rejected["is_mended"].sum()) if morning.rejected.height else 0
    tiles = []
    if missing.period:
        part = f"{missing.reported}/{missing.reporters}"
        tiles.append(
            ("missing", part, text("page.tile.reports", language, period=numbers.period(missing.period, language)))
        )
    tiles += [
        ("rejected", str(waiting), text("page.tile.rejected", language)),
        ("alerts", str(len(severities)), text("page.tile.alerts", language, **count)),
    ]
    if morning.progress is not None:
        followed = of_figures(morning.progress)
        opened, overdue = (int(followed[name].sum() or 0) for name in ("standing", "overdue"))
        tiles.append(
            ("followup", numbers.count(opened, language), text("page.tile.followup", language, overdue=overdue))
        )
    items = "".join(
        f'<li><a href="{escape(links.tiles.get(name, f"#{name}"))}"><b>{number}</b>{escape(what)}</a></li>'
        for name, number, what in tiles
    )
    return f'<nav><ul class="tiles">{items}</ul></nav>'


def _missing(briefing: Briefing) -> str:
    missing, language = briefing.missing, briefing.morning.language
    heading = text("page.section.missing", language)
    if missing.period is None or missing.due_on is None:
        return section(
            "missing", text("page.section.missing", language), f"<p>{text('page.missing.nothing', language)}</p>"
        )
    period = numbers.period(missing.period, language)
    parts = [f"<p>{text('page.missing.none', language, period=period)}</p>"]
    if missing.names:
        due = text("page.missing.due", language, period=period, due=missing.due_on, n=missing.days)
        lines = (f"<li>{_absent(state, names, briefing)}</li>" for state, names in missing.names.items())
        parts = [f"<p>{due}</p>", f'<ul class="brief">{"".join(lines)}</ul>']
    if missing.earlier:
        parts.append(f'<p class="note">{escape(text("page.missing.earlier", language, list=_earlier(briefing)))}</p>')
    if briefing.late:
        parts.append(f'<p class="note">{text("page.missing.late", language, n=briefing.late)}</p>')
    return section("missing", heading, *parts)


def _absent(state: str, names: Sequence[str], briefing: Briefing) -> str:
    """Who has not reported; whose file came back is named there. Many stand in columns."""
    language = briefing.morning.language
    said = text(f"page.state.{state}", language)
    if is_told_below(state, names, briefing):
        return f'<a href="#rejected">{text("page.missing.returned", language, state=said, n=len(names))}</a>'
    if len(names) <= IN_A_LINE:
        return f"<b>{said} ({len(names)}):</b> {escape(', '.join(names))}"
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    return f'<b>{said} ({len(names)}):</b><ul class="names">{items}</ul>'


def _earlier(briefing: Briefing) -> str:
    language, earlier = briefing.morning.language, briefing.missing.earlier
    return "; ".join(f"{numbers.period(code, language)}: {_shortened(names)}" for code, names in earlier.items())


def _shortened(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" (+{len(names) - most})" if len(names) > most else "")


def _rejected(briefing: Briefing, links: MorningLinks) -> str:
    morning = briefing.morning
    language = morning.language
    heading = text("page.section.rejected", language)
    if morning.rejected.is_empty():
        return section(
            "rejected", text("page.section.rejected", language), f"<p>{text('page.rejected.none', language)}</p>"
        )
    heads = [text(f"page.column.{key}", language) for key in ("unit", "received", "why", "workbook")]
    rows = (_rejected_row(row, briefing, links) for row in morning.rejected.iter_rows(named=True))
    note = f'<p class="note">{text("page.rejected.note", language)}</p>'
    return section("rejected", heading, table(heads, rows, kind="stack"), note)


def _rejected_row(row: dict[str, Any], briefing: Briefing, links: MorningLinks) -> list[str]:
    language = briefing.morning.language
    name = escape(str(row["reporter_name"] or row["reporter_code"]))
    is_new = row["recorded_at"] == briefing.morning.as_of
    new = f' <span class="tag new">{text("page.tonight", language)}</span>' if is_new else ""
    why = "; ".join(reason(code["code"], code["number"], language) for code in row["codes"] or [])
    to = links.file(row)
    link = text("page.workbook.file" if to else "page.workbook.none", language)
    if to:
        link = f'<a href="{escape(to)}">{link}</a>'
    return [
        f'{name}{new}<span class="file">{escape(str(row["file_name"]))}</span>',
        f'<span class="whole">{numbers.day(row["received_on"], language)}</span>',
        escape(why),
        link,
    ]


def _foot(briefing: Briefing) -> str:
    language = briefing.morning.language
    return (
        f'<footer><p class="how">{escape(text("page.how.alerts", language))}</p>'
        f"<p>{escape(text('page.how.privacy', language, k=briefing.morning.small_count))}</p></footer>"
    )
