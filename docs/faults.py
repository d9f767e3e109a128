"""Writes the clerk's page: the ten faults for which files come back, the most frequent first, each with its remedy."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.contract.problems import CODES
from expectations.language.catalogue import text

COUNTS = Path(__file__).resolve().parent / "faults.csv"
COUNTED = "29/11/2026"
"""When `faults.csv` was counted: the first code of each rejected file in the two trial corpora, 712 files."""
FILES = 712


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as a clerk sees it: what happened, how it is avoided, and the codes it is told under."""

    vi: str
    en: str
    avoid_vi: str
    avoid_en: str
    codes: Sequence[str]


FAULTS = (
    Fault(
        "Ô số không phải là số đếm",
        "A cell that holds no count",
        "Chỉ gõ số nguyên, không có chữ, dấu phẩy, dấu âm; không có thì gõ 0, đừng để trống một ô giữa dòng đã điền.",
        "Whole numbers only, no words, commas or minus; write 0 for none, and leave no blank in a row that is filled.",
        ("not-a-count", "negative-count"),
    ),
    Fault(
        "Các phần cộng lại khác tổng, hoặc phần lớn hơn tổng",
        "Parts that do not add up to their total, or exceed it",
        "Cộng lại các cột «trong đó» trước khi gửi; biểu mẫu của hệ thống tự tô các ô không khớp.",
        "Add the columns up before sending; the template we hand out colours what does not agree.",
        ("parts-exceed-total",),
    ),
    Fault(
        "Tệp không mở được",
        "A file that cannot be opened",
        "Lưu là Excel (.xlsx), bỏ mật khẩu, mở thử lại rồi mới gửi; không gửi Word, PDF, ảnh.",
        "Save as Excel (.xlsx) without a password, open it once more before sending; no Word, PDF or picture.",
        ("unreadable-file", "empty-file", "encrypted-file", "unsupported-format", "file-too-large"),
    ),
    Fault(
        "Kỳ báo cáo trong tiêu đề sai hoặc thiếu",
        "A month in the title that is wrong or missing",
        "Dòng tiêu đề ghi rõ «Tháng 5 năm 2026», là tháng đã hết.",
        "The title says the month, as «Tháng 5 năm 2026», and the month is over.",
        ("period-invalid",),
    ),
    Fault(
        "Tên chi bộ, xã không có trong danh mục, hoặc viết hai lần",
        "A cell's or commune's name that is not in the registry, or stands twice",
        "Giữ nguyên các tên trong biểu mẫu; đơn vị mới hay đổi tên thì báo Ban trước.",
        "Keep the names of the template; tell the board first of a new or renamed unit.",
        ("unknown-unit", "duplicate-unit"),
    ),
    Fault(
        "Biến động không cân",
        "A balance that does not hold",
        "Đầu kỳ cộng các khoản tăng trừ các khoản giảm phải bằng cuối kỳ, từng chi bộ.",
        "Opening plus increases minus decreases equals closing, cell by cell.",
        ("balance-broken",),
    ),
    Fault(
        "Thiếu biểu hoặc thiếu cột",
        "A form or a column that is missing",
        "Gửi đủ các biểu trong một tệp, không xóa cột nào của mẫu.",
        "Send all forms in one file and delete no column of the template.",
        ("missing-form", "missing-column", "unknown-form"),
    ),
    Fault(
        "Gửi nhầm: tệp của đơn vị khác",
        "Another unit's file",
        "Xem tên đơn vị trong tiêu đề và thư mục gửi trước khi gửi.",
        "See that the title's unit and the folder are your own.",
        ("wrong-district", "unknown-district"),
    ),
    Fault(
        "Hai biểu nói khác nhau",
        "Two forms that disagree",
        "Số xin ra khỏi Đảng được đồng ý ở hai biểu phải bằng nhau.",
        "Those let go on request are as many in both forms.",
        ("cross-form-mismatch",),
    ),
    Fault(
        "Tệp có danh sách người",
        "A file that lists people",
        "Chỉ gửi số tổng hợp; xóa mọi trang có họ tên, ngày sinh, số điện thoại.",
        "Send totals only; delete every sheet with names, dates of birth or telephone numbers.",
        ("personal-data",),
    ),
)


def counts() -> dict[str, int]:
    """Rejected files of the trial corpora by their code."""
    with COUNTS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: int(row["files"]) for row in csv.DictReader(file)}


def faults_page() -> str:
    """The whole page."""
    known = counts()
    ranked = sorted(FAULTS, key=lambda fault: -_number(fault, known))
    head = _HEAD.format(all=sum(known.values()), told=sum(_number(one, known) for one in FAULTS), day=COUNTED, n=FILES)
    return head + "".join(_section(place, fault, known) for place, fault in enumerate(ranked, 1))


def _number(fault: Fault, known: dict[str, int]) -> int:
    return sum(known.get(code, 0) for code in fault.codes)


def _section(place: int, fault: Fault, known: dict[str, int]) -> str:
    mends = "".join(
        f"- [`{code}`](rules.md#{code}): {text(f'problem.{code}.mend', 'vi', **_OPEN)} "
        f"*{text(f'problem.{code}.mend', 'en', **_OPEN)}*\n"
        for code in fault.codes
        if code in CODES
    )
    return f"""
## {place}. {fault.vi} ({_number(fault, known)} tệp)

{fault.avoid_vi}
*{fault.en} ({_number(fault, known)} files). {fault.avoid_en}*

{mends}"""


_OPEN = dict.fromkeys(("unit", "measure", "found", "expected", "found_label", "expected_label"), "…")
_HEAD = """# Mười lỗi hay gặp / The ten faults

<!-- Trang này được viết từ docs/faults.py: make docs -->

{told} trong {all} tệp bị trả lại của hai bộ thử ({n} tệp, số liệu giả lập, đếm ngày {day}) là vì mười lỗi này.
Mỗi mục nói làm thế nào để không mắc, và nếu đã bị trả lại thì sửa ra sao. Chắc nhất: dùng biểu mẫu của hệ thống, và thử
bằng nút «Kiểm tra» ở quầy gửi trước khi gửi.

*{told} of the {all} files that came back in two trial corpora ({n} files, synthetic, counted on that day) came back
for these ten. Safest is the template we hand out, and «Kiểm tra» at the counter before sending.*
"""
