"""Writes the pages that are made from what the code declares: the indicators here, the clerk's faults, the rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from docs.faults import faults_page
from expectations.contract.indicators import (
    AWAY,
    BALANCE,
    LEVELS,
    ORGANISATION,
    REGULATION_213,
    REPORTING,
    REQUESTS,
    Indicator,
)

DOCS = Path(__file__).resolve().parent
RULES = "tests.expectations.spec.rules_page"
HEAD = """# Các chỉ số / The indicators

<!-- Trang này được viết từ expectations/contract/indicators.py: make docs -->

Mỗi chỉ số được khai báo một lần; trang này, từ điển `marts.dictionary` và các bảng đều theo đó. Giá trị là hệ số nhân
tử số chia mẫu số, **cộng các chi bộ và các tháng trước, chia sau**. Cách đọc khoảng tin cậy, xu hướng và thay đổi:
[xu hướng và thống kê](trends.md).

*Each indicator is declared once, and this page, the dictionary and the marts follow it. A value is scale × numerator /
denominator, both summed over cells and months first. How to read intervals, trends and changes: [trends](trends.md).*
"""
GROUPS = {
    "Đi làm việc xa / Working away": AWAY,
    "Đơn xin ra khỏi Đảng / Requests to leave": REQUESTS,
    "Biến động đảng viên / The balance of members": BALANCE,
    "Quy định 213 / Regulation 213": REGULATION_213,
    "Tổ chức đảng ở xã / Party organisation of communes": ORGANISATION,
    "Báo cáo / Reporting": REPORTING,
}
INTERVALS = {
    "rate": "Poisson chính xác (Garwood) / exact Poisson",
    "share": "Wilson",
    "ratio": "chính xác có điều kiện / exact, conditional",
    "count": "không có / none",
    "net": "không có / none",
}
TIMINGS = {
    "stock": "tháng cuối của kỳ / the period's last month",
    "flow": "cộng các tháng của kỳ / the sum of the period's months",
}
GOOD = {"up": "tăng / up", "down": "giảm / down", "none": "không bên nào / neither"}
PRIVACY = {"open": "không giới hạn / open", "sensitive": "số nhỏ nói về một người / a small count tells of a person"}
LEVEL_NAMES = {"commune": "xã / commune", "district": "huyện / district", "province": "tỉnh / province"}


def indicators_page() -> str:
    """The whole page."""
    return (
        HEAD
        + _index()
        + "".join(f"\n## {heading}\n{''.join(_section(each) for each in group)}" for heading, group in GROUPS.items())
    )


def _index() -> str:
    rows = [
        f"| [`{each.name}`](#{each.name}) | {each.label_vi} / *{each.label_en}* | {_unit(each)} |"
        for group in GROUPS.values()
        for each in group
    ]
    heads = ["| mã / name | chỉ số / indicator | đơn vị / unit |", "|---|---|---|"]
    return "\n" + "\n".join([*heads, *rows]) + "\n"


def _section(each: Indicator) -> str:
    rows = {
        "công thức / formula": f"`{each.formula}`",
        "đơn vị / unit": _unit(each),
        "kỳ dài hơn tháng / longer periods": _longer(each),
        "khoảng 95 % / 95 % interval": INTERVALS[each.kind],
        "cấp công bố / levels published": ", ".join(LEVEL_NAMES[name] for name in LEVELS if name in each.levels),
        "chiều tốt / good direction": GOOD[each.good],
        "xu hướng / trend": "có / yes" if each.has_trend else "không / no",
        "mức bảo vệ / privacy": PRIVACY[each.privacy],
    }
    table = "".join(f"| {name} | {text} |\n" for name, text in rows.items())
    return f"""
### {each.name}

**{each.label_vi}** / *{each.label_en}*

{each.meaning_vi}.
*{each.meaning_en}.*

| | |
|---|---|
{table}"""


def _unit(each: Indicator) -> str:
    if each.kind == "share":
        return "phần, từ 0 đến 1 / a share from 0 to 1"
    return " / ".join(each.unit)


def _longer(each: Indicator) -> str:
    if each.every == "year":
        return "năm, không cộng / years, never added"
    if each.half_yearly:
        halves = (
            "chỉ kỳ II / second half only" if each.second_half_only else "nửa năm, không cộng / half-years, never added"
        )
        return halves
    return TIMINGS[each.timing]


def main() -> None:
    (DOCS / "indicators.md").write_text(indicators_page(), "utf-8")
    (DOCS / "faults.md").write_text(faults_page(), "utf-8")
    subprocess.run([sys.executable, "-m", RULES], cwd=DOCS.parent, check=True)


if __name__ == "__main__":
    main()
