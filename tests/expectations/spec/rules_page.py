"""Writes docs/rules.md from the spec: what each rule says, a file that keeps it, one that does not, the answers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from expectations.contract.forms import FORMS, MEASURES
from expectations.contract.problems import CODES
from expectations.contract.rules import RULES, Rule
from expectations.language.catalogue import LANGUAGES, catalogue
from expectations.suites.verdict import Verdict
from tests.expectations.spec.spec_cases import SPEC, Case
from tests.expectations.spec.spec_judging import judge
from tests.expectations.spec.spec_reports import MEASURES_FORM, Sent
from tests.expectations.spec.spec_yearly import YEARLY_SPEC

PAGE = Path("docs") / "rules.md"
OUTCOMES = {"accepted": "được nhận", "rejected": "bị trả lại", "duplicate": "bản trùng, không nạp"}
PLACES = {
    "unit": "đơn vị / unit",
    "measure": "chỉ tiêu / measure",
    "found": "trong tệp / found",
    "expected": "phải là / expected",
    "found_label": "số này / this",
    "expected_label": "số kia / that",
}
HEAD = """# Các quy tắc kiểm tra / The rules

<!-- Trang này được viết từ các ca kiểm thử: python -m tests.expectations.spec.rules_page -->

Một **lỗi** (error) làm cả tệp bị trả lại, không số nào được nạp. Một **lưu ý** (warning) được ghi cùng tệp đã nhận.
Quy tắc cần một số không đọc được thì không xét. Mỗi mục dưới đây có một tệp không mắc và một tệp mắc, với đúng những gì
hệ thống trả lời; bảng chỉ vẽ các cột liên quan.

*An error rejects the whole file; a warning is kept with the accepted file. A rule that needs a value which could not be
read is not judged. Each section shows a file that keeps the rule, one that does not, and the pipeline's own answer;
the tables show the columns in question only.*

| Mã / code | Mức / severity | Nội dung / what it says |
|---|---|---|
"""

BOTH = [catalogue(language) for language in LANGUAGES]


@cache
def verdict_on(case: Case) -> Verdict:
    """The verdict on a case's files; the tests of the cases and the page ask for the same ones."""
    return judge(list(case.sent))


def rules_page() -> str:
    """The whole page."""
    contents = "".join(
        f"| [`{code}`](#{code}) | {_severity(code)} | {_plain(catalogue('vi')[f'problem.{code}'])} |\n" for code in SPEC
    )
    return HEAD + contents + "".join(_section(code, *pair) for code, pair in SPEC.items())


def _section(code: str, clean: Case, told: Case) -> str:
    vi, en = (f"{_plain(known[f'problem.{code}'])} {_plain(known[f'problem.{code}.mend'])}" for known in BOTH)
    lines = [f"\n## {code}\n", f"{_severity(code)}. {vi}\n", f"*{en}*\n"]
    rules = [rule for rule in RULES if rule.code == code]
    if rules:
        lines.append("| Biểu / form | Phải đúng / must hold |\n|---|---|")
        lines += [f"| {FORMS[rule.form].label_vi} | {_in_words(rule)}<br>`{rule.holds}` |" for rule in rules]
        lines.append("")
    cases = [("✓", clean), ("✗", told), *zip("✓✗", YEARLY_SPEC.get(code, ()), strict=False)]
    return "\n".join([*lines, *(_case(mark, code, case) for mark, case in cases)])


def _case(mark: str, code: str, case: Case) -> str:
    verdict = verdict_on(case)
    last = verdict.outcomes["submission_id"].max()
    problems = verdict.problems.filter((pl.col("submission_id") == last) & (pl.col("code") == code))
    lines = [f"**{mark} {case.fact}**\n", *(_sent(one, case.shows) for one in case.sent)]
    lines.append(f"→ {OUTCOMES[case.outcome]} / {case.outcome}\n")
    if problems.height:
        lines.append("| Ô | Thông báo / message |\n|---|---|")
        lines += [
            f"| {row['cell_ref'] or ''} | {row['message_vi']}<br>*{row['message_en']}* |"
            for row in problems.iter_rows(named=True)
        ]
        lines.append("")
    return "\n".join(lines)


def _sent(sent: Sent, shows: tuple[str, ...]) -> str:
    heads = [f"Tệp `{sent.file_name}`, thư mục `{sent.reporter}`, nhận ngày {sent.received:%d/%m/%Y}"]
    if sent.raw is None:
        heads.append(f"tiêu đề «{sent.sender}», «{sent.title_line}»")
    text = "; ".join(heads) + "\n"
    shown = {
        form: [name for name in shows if MEASURES_FORM[name] == form and name not in sent.without] for form in FORMS
    }
    return "\n".join([text, *(_table(sent, form, names) for form, names in shown.items() if names)])


def _table(sent: Sent, form: str, names: list[str]) -> str:
    rows = [[*sent.names(cell), *(sent.figure(cell, name) for name in names)] for cell in sent.rows(form)]
    units = ["Đảng bộ", "Chi bộ"] if FORMS[form].unit == "cell" else ["Đảng bộ"]
    total = [*[""] * (len(units) - 1), "Tổng cộng", *(sent.figure("Tổng cộng", name) for name in names)]
    heads = [*units, *(MEASURES[name].label_vi for name in names)]
    lines = [heads, ["---"] * len(heads), *rows, total]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _severity(code: str) -> str:
    return "Lỗi (error)" if CODES[code].severity == "error" else "Lưu ý (warning)"


def _plain(text: str) -> str:
    """A message with its places left open."""
    for place in ("unit", "measure", "found_label", "expected_label", "found", "expected"):
        text = text.replace("{" + place + "}", f"[{PLACES[place]}]")
    return text


def _in_words(rule: Rule) -> str:
    sign = {"=": "=", "<=": "≤"}[rule.op]
    return f"{rule.side(rule.found, 'vi')} {sign} {rule.side(rule.expected, 'vi')}"


if __name__ == "__main__":
    (Path(__file__).resolve().parents[3] / PAGE).write_text(rules_page(), "utf-8")
