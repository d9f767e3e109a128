"""The operator's page: what was checked in a batch, what failed, in which file and cell. One HTML text, no network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.problems import CODES, Language
from expectations.suites.judged import Judged
from expectations.suites.verdict import Verdict

MOST_PROBLEMS = 200  # shown of one file; the ledger has them all

_NUMERIC = ' class="n"'
_CHECK_WIDTHS, _PROBLEM_WIDTHS, _OTHER_WIDTHS = (50, 18, 11, 9, 12), (9, 16, 8, 67), (50, 25, 25)
_STRUCTURE_WIDTHS = (88, 12)

_TEXTS: dict[Language, dict[str, str]] = {
    "vi": {
        "title": "Kết quả kiểm tra",
        "files": "Tệp",
        "accepted": "Được nhận",
        "rejected": "Bị trả lại",
        "duplicate": "Bản trùng",
        "errors": "Lỗi",
        "warnings": "Lưu ý",
        "returned": "Các tệp bị trả lại",
        "warned": "Các tệp được nhận có lưu ý",
        "none": "Không có.",
        "place": "Ô",
        "sheet": "Trang",
        "form": "Biểu",
        "says": "Nội dung",
        "code": "Mã",
        "checks": "Đã kiểm tra những gì",
        "must": "Điều phải đúng",
        "judged": "Dòng xét được",
        "failed": "Dòng sai",
        "told": "Vấn đề",
        "result": "Kết quả",
        "holds": "đạt",
        "fails": "không đạt",
        "broken": "Bảng tạm sai cấu trúc: lỗi của chương trình, không phải của người gửi",
        "structure": "Cấu trúc của bảng tạm",
        "other": "Kiểm tra khi đọc tệp và khi so với kỳ trước",
        "severity": "Mức",
        "received": "nhận ngày",
        "more": "và {number} vấn đề nữa, xem trong sổ",
        "by": "{number} điều kiểm tra bằng Great Expectations.",
        "directly": "Kiểm tra trực tiếp bằng truy vấn, không qua Great Expectations.",
        "unread": "không rõ kỳ",
        "error": "lỗi",
        "warning": "lưu ý",
        "duplicate-unit": "Mỗi chi bộ một dòng",
        "unknown-unit": "Mỗi dòng là một chi bộ có trong danh mục",
        "not-a-count": "Mọi số đều là số đếm",
        "negative-count": "Không số nào âm",
    },
    "en": {
        "title": "Validation",
        "files": "Files",
        "accepted": "Accepted",
        "rejected": "Rejected",
        "duplicate": "Duplicates",
        "errors": "Errors",
        "warnings": "Warnings",
        "returned": "Rejected files",
        "warned": "Accepted files with warnings",
        "none": "None.",
        "place": "Cell",
        "sheet": "Sheet",
        "form": "Form",
        "says": "Message",
        "code": "Code",
        "checks": "What was checked",
        "must": "What must hold",
        "judged": "Rows judged",
        "failed": "Rows at fault",
        "told": "Problems",
        "result": "Result",
        "holds": "holds",
        "fails": "fails",
        "broken": "Staged tables out of shape: a fault of this program, not of a sender",
        "structure": "Structure of the staged tables",
        "other": "Checked while reading and against the period before",
        "severity": "Severity",
        "received": "received on",
        "more": "and {number} more, see the ledger",
        "by": "{number} expectations judged by Great Expectations.",
        "directly": "Judged directly by queries, without Great Expectations.",
        "unread": "period unknown",
        "error": "error",
        "warning": "warning",
        "duplicate-unit": "One row a cell",
        "unknown-unit": "Every row is a cell of the registry",
        "not-a-count": "Every figure is a count",
        "negative-count": "No figure is negative",
    },
}

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
    says = _TEXTS[language]
    files = submissions.join(verdict.outcomes, on="submission_id").sort("submission_id")
    by_file = verdict.problems.partition_by("submission_id", as_dict=True)
    body = [
        f"<h1>{says['title']}</h1>",
        _tiles(verdict, files, says),
        _broken(verdict, says),
        f"<h2>{says['returned']}</h2>",
        _files(files.filter(pl.col("outcome") == "rejected"), by_file, language),
        f"<h2>{says['warned']}</h2>",
        _files(files.filter(pl.col("outcome") == "accepted"), by_file, language),
        f"<h2>{says['checks']}</h2>",
        _checks(verdict, language),
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{says["title"]}</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _tiles(verdict: Verdict, files: pl.DataFrame, says: dict[str, str]) -> str:
    outcomes, severity = files["outcome"], verdict.problems["severity"]
    numbers = [
        ("files", files.height),
        *((name, _count(outcomes, name)) for name in ("accepted", "rejected", "duplicate")),
        ("errors", _count(severity, "error")),
        ("warnings", _count(severity, "warning")),
    ]
    tiles = "".join(f'<div class="tile"><b>{_number(number)}</b>{says[name]}</div>' for name, number in numbers)
    judgement = verdict.judgement
    number = len(judgement.checks) + len(judgement.structure)
    by = says["by"].format(number=number) if judgement.structure else says["directly"]
    return f'<div class="tiles">{tiles}</div><p class="note">{by}</p>'


def _broken(verdict: Verdict, says: dict[str, str]) -> str:
    if not verdict.judgement.broken:
        return ""
    items = "".join(f"<li>{escape(name)}</li>" for name in verdict.judgement.broken)
    return f'<h2 class="bad">{says["broken"]}</h2><ul>{items}</ul>'


def _files(files: pl.DataFrame, by_file: dict[tuple[Any, ...], pl.DataFrame], language: Language) -> str:
    """Each file with its problems, folded up; files without any are left out."""
    told = [
        _file(row, by_file[(row["submission_id"],)], language)
        for row in files.iter_rows(named=True)
        if (row["submission_id"],) in by_file
    ]
    return "\n".join(told) or f'<p class="note">{_TEXTS[language]["none"]}</p>'


def _file(file: dict[str, Any], problems: pl.DataFrame, language: Language) -> str:
    says = _TEXTS[language]
    codes = ", ".join(problems["code"].unique(maintain_order=True))
    head = (
        f"<b>{escape(str(file['reporter_code']))}</b> · {escape(str(file['period'] or says['unread']))} · "
        f"{escape(str(file['file_name']))} · {says['received']} {_day(file['received_on'], language)} · "
        f"{problems.height} ({escape(codes)})"
    )
    rows = [
        (
            _severity(row["severity"], says),
            escape(row["sheet"] or ""),
            escape(row["cell_ref"] or ""),
            escape(row[f"message_{language}"]),
        )
        for row in problems.head(MOST_PROBLEMS).iter_rows(named=True)
    ]
    more = problems.height - MOST_PROBLEMS
    note = f'<p class="note">{says["more"].format(number=_number(more))}</p>' if more > 0 else ""
    table = _table([says[name] for name in ("severity", "sheet", "place", "says")], rows, _PROBLEM_WIDTHS)
    return f"<details><summary>{head}</summary>{table}{note}</details>"


def _checks(verdict: Verdict, language: Language) -> str:
    says = _TEXTS[language]
    parts = []
    for form in FORMS.values():
        rows = [_check(judged, language) for judged in verdict.judgement.checks if judged.check.form == form.name]
        heads = [says[name] for name in ("must", "code", "judged", "failed", "result")]
        label = form.label_vi if language == "vi" else form.label_en
        parts.append(f"<h3>{escape(label)}</h3>{_table(heads, rows, _CHECK_WIDTHS)}")
    parts.append(f"<h3>{says['other']}</h3>{_other(verdict, language)}")
    if verdict.judgement.structure:
        rows = [(f"<code>{escape(name)}</code>", _result(holds, says)) for name, holds in verdict.judgement.structure]
        parts.append(f"<h3>{says['structure']}</h3>{_table([says['must'], says['result']], rows, _STRUCTURE_WIDTHS)}")
    return "\n".join(parts)


def _check(judged: Judged, language: Language) -> tuple[str, ...]:
    says, check = _TEXTS[language], judged.check
    if check.rule is None:
        must = says[check.code]
    else:
        sign = "≤" if check.rule.op == "<=" else "="
        left, right = (check.rule.side(side, language) for side in (check.rule.found, check.rule.expected))
        must = f"{escape(f'{left} {sign} {right}')}<br><code>{escape(check.rule.holds)}</code>"
    code = f"<code>{check.code}</code>"
    return must, code, _number(judged.rows), _number(judged.failed), _result(judged.holds, says)


def _result(holds: bool, says: dict[str, str]) -> str:
    return f'<span class="good">✓ {says["holds"]}</span>' if holds else f'<span class="bad">✗ {says["fails"]}</span>'


def _other(verdict: Verdict, language: Language) -> str:
    """The codes no expectation can say, and how often each was told."""
    says = _TEXTS[language]
    expected = {judged.check.code for judged in verdict.judgement.checks}
    told = dict(verdict.problems.group_by("code").len().iter_rows())
    rows = [
        (f"<code>{code}</code>", _severity(about.severity, says), _number(told.get(code, 0)))
        for code, about in CODES.items()
        if code not in expected
    ]
    return _table([says[name] for name in ("code", "severity", "told")], rows, _OTHER_WIDTHS)


def _table(heads: list[str], rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> str:
    """A table with columns of the widths given, in per cent; numbers stand at the right."""
    columns = "".join(f'<col style="width:{width}%">' for width in widths)
    head = "".join(f"<th>{text}</th>" for text in heads)
    lines = ("".join(f"<td{_NUMERIC if _is_number(text) else ''}>{text}</td>" for text in row) for row in rows)
    return f"<table>{columns}<tr>{head}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _is_number(text: str) -> bool:
    return text.replace("\u202f", "").isdigit()


def _severity(severity: str, says: dict[str, str]) -> str:
    return f'<span class="{"bad" if severity == "error" else "warn"}">{says[severity]}</span>'


def _count(values: pl.Series, value: str) -> int:
    return int((values == value).sum())


def _number(number: int) -> str:
    """Thousands grouped by a thin space, which both languages read alike."""
    return f"{number:,}".replace(",", "\u202f")


def _day(day: date, language: Language) -> str:
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day:%Y-%m-%d}"
