"""The operator's page: what was checked in a batch, what failed, in which file and cell. One HTML text, no network."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.problems import CODES
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from expectations.suites.judged import Judged
from expectations.suites.verdict import Verdict

MOST_PROBLEMS = 200  # shown of one file; the ledger has them all

_NUMERIC = ' class="n"'
_CHECK_WIDTHS, _PROBLEM_WIDTHS, _OTHER_WIDTHS = (50, 18, 11, 9, 12), (9, 16, 8, 67), (50, 25, 25)
_STRUCTURE_WIDTHS = (88, 12)

_STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif;color:#1c1c1c;margin:2rem auto;max-width:68rem;
padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 1rem}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
.tiles{display:flex;flex-wrap:wrap;gap:.6rem}
.tile{border:1px solid #ccc;border-radius:6px;padding:.5rem .9rem;min-width:6.5rem}
.tile b{display:block;font-size:1.4rem}
table{border-collapse:collapse;width:100%;table-layout:fixed;margin:.3rem 0 .8rem}
th,td{border-bottom:1px solid #ddd;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600;background:#f3f3f3}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
code{font-size:.85em;color:#555;overflow-wrap:anywhere}
summary{cursor:pointer;padding:.25rem 0}
.bad{color:#9b1c1c;font-weight:600}.good{color:#1d5f2f}.warn{color:#7a5200}.note{color:#555}
"""


def validation_page(verdict: Verdict, submissions: pl.DataFrame, language: Language = "vi") -> str:
    """The page of a batch.

    Args:
        verdict: what came of it.
        submissions: submission_id, reporter_code, period, received_on, file_name of its files.
        language: "vi" or "en".

    Returns:
        A whole HTML document that loads nothing: no script, font or picture.
    """
    files = submissions.join(verdict.outcomes, on="submission_id").sort("submission_id")
    by_file = verdict.problems.partition_by("submission_id", as_dict=True)
    body = [
        f"<h1>{text('checked.title', language)}</h1>",
        _tiles(verdict, files, language),
        _broken(verdict, language),
        f"<h2>{text('checked.returned', language)}</h2>",
        _files(files.filter(pl.col("outcome") == "rejected"), by_file, language),
        f"<h2>{text('checked.warned', language)}</h2>",
        _files(files.filter(pl.col("outcome") == "accepted"), by_file, language),
        f"<h2>{text('checked.checks', language)}</h2>",
        _checks(verdict, language),
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{text("checked.title", language)}</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _tiles(verdict: Verdict, files: pl.DataFrame, language: Language) -> str:
    outcomes, severity = files["outcome"], verdict.problems["severity"]
    counted = [
        ("files", files.height),
        *((name, _count(outcomes, name)) for name in ("accepted", "rejected", "duplicate")),
        ("errors", _count(severity, "error")),
        ("warnings", _count(severity, "warning")),
    ]
    tiles = "".join(
        f'<div class="tile"><b>{numbers.count(number, language)}</b>{text(f"checked.tile.{name}", language)}</div>'
        for name, number in counted
    )
    judgement = verdict.judgement
    number = len(judgement.checks) + len(judgement.structure)
    by = text("checked.by", language, n=number) if judgement.structure else text("checked.directly", language)
    return f'<div class="tiles">{tiles}</div><p class="note">{by}</p>'


def _broken(verdict: Verdict, language: Language) -> str:
    if not verdict.judgement.broken:
        return ""
    items = "".join(f"<li>{escape(name)}</li>" for name in verdict.judgement.broken)
    return f'<h2 class="bad">{text("checked.broken", language)}</h2><ul>{items}</ul>'


def _files(files: pl.DataFrame, by_file: dict[tuple[Any, ...], pl.DataFrame], language: Language) -> str:
    """Each file with its problems, folded up; files without any are left out."""
    told = [
        _file(row, by_file[(row["submission_id"],)], language)
        for row in files.iter_rows(named=True)
        if (row["submission_id"],) in by_file
    ]
    return "\n".join(told) or f'<p class="note">{text("checked.none", language)}</p>'


def _file(file: dict[str, Any], problems: pl.DataFrame, language: Language) -> str:
    codes = ", ".join(problems["code"].unique(maintain_order=True))
    period = numbers.period(file["period"], language) if file["period"] else text("checked.unread", language)
    received = text("checked.received", language, day=file["received_on"])
    head = (
        f"<b>{escape(str(file['reporter_code']))}</b> · {escape(period)} · {escape(str(file['file_name']))} · "
        f"{received} · "
        f"{problems.height} ({escape(codes)})"
    )
    rows = [
        (
            _severity(row["severity"], language),
            escape(row["sheet"] or ""),
            escape(row["cell_ref"] or ""),
            escape(row[f"message_{language}"]),
        )
        for row in problems.head(MOST_PROBLEMS).iter_rows(named=True)
    ]
    more = problems.height - MOST_PROBLEMS
    note = f'<p class="note">{text("checked.more", language, n=more)}</p>' if more > 0 else ""
    heads = [text(f"checked.column.{name}", language) for name in ("severity", "sheet", "place", "says")]
    table = _table(heads, rows, _PROBLEM_WIDTHS)
    return f"<details><summary>{head}</summary>{table}{note}</details>"


def _checks(verdict: Verdict, language: Language) -> str:
    parts = []
    for form in FORMS.values():
        rows = [_check(judged, language) for judged in verdict.judgement.checks if judged.check.form == form.name]
        heads = [text(f"checked.column.{name}", language) for name in ("must", "code", "judged", "failed", "result")]
        label = form.label_vi if language == "vi" else form.label_en
        parts.append(f"<h3>{escape(label)}</h3>{_table(heads, rows, _CHECK_WIDTHS)}")
    parts.append(f"<h3>{text('checked.other', language)}</h3>{_other(verdict, language)}")
    if verdict.judgement.structure:
        held = verdict.judgement.structure
        rows = [(f"<code>{escape(name)}</code>", _result(holds, language)) for name, holds in held]
        heads = [text("checked.column.must", language), text("checked.column.result", language)]
        parts.append(f"<h3>{text('checked.structure', language)}</h3>{_table(heads, rows, _STRUCTURE_WIDTHS)}")
    return "\n".join(parts)


def _check(judged: Judged, language: Language) -> tuple[str, ...]:
    check = judged.check
    if check.rule is None:
        must = text(f"checked.must.{check.code}", language)
    else:
        sign = "≤" if check.rule.op == "<=" else "="
        left, right = (check.rule.side(side, language) for side in (check.rule.found, check.rule.expected))
        must = f"{escape(f'{left} {sign} {right}')}<br><code>{escape(check.rule.holds)}</code>"
    code = f"<code>{check.code}</code>"
    counts = (numbers.count(number, language) for number in (judged.rows, judged.failed))
    return must, code, *counts, _result(judged.holds, language)


def _result(holds: bool, language: Language) -> str:
    if holds:
        return f'<span class="good">✓ {text("checked.holds", language)}</span>'
    return f'<span class="bad">✗ {text("checked.fails", language)}</span>'


def _other(verdict: Verdict, language: Language) -> str:
    """The codes no expectation can say, and how often each was told."""
    expected = {judged.check.code for judged in verdict.judgement.checks}
    told = dict(verdict.problems.group_by("code").len().iter_rows())
    rows = [
        (f"<code>{code}</code>", _severity(about.severity, language), numbers.count(told.get(code, 0), language))
        for code, about in CODES.items()
        if code not in expected
    ]
    return _table(
        [text(f"checked.column.{name}", language) for name in ("code", "severity", "told")], rows, _OTHER_WIDTHS
    )


def _table(heads: list[str], rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> str:
    """A table with columns of the widths given, in per cent; numbers stand at the right."""
    columns = "".join(f'<col style="width:{width}%">' for width in widths)
    head = "".join(f"<th>{head}</th>" for head in heads)
    lines = ("".join(f"<td{_NUMERIC if _is_number(cell) else ''}>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{columns}<tr>{head}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _is_number(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").isdigit()


def _severity(severity: str, language: Language) -> str:
    return f'<span class="{"bad" if severity == "error" else "warn"}">{text(f"severity.{severity}", language)}</span>'


def _count(values: pl.Series, value: str) -> int:
    return int((values == value).sum())
