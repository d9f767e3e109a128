"""The problem codes: severity, what each says in Vietnamese and English, and what the sender should do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from expectations.contract.forms import FORMS, MEASURES
from expectations.contract.rules import Rule

Language = Literal["vi", "en"]

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem.

    Attributes:
        severity: an error rejects the file, a warning is kept with it.
        says_vi, says_en: one sentence; `{unit}`, `{measure}`, `{found}`, `{expected}` are filled in.
        mend_vi, mend_en: what to do about it.
        waivable: whether the board may let such a file in all the same (its figures could be read).
    """

    severity: Severity
    says_vi: str
    says_en: str
    mend_vi: str
    mend_en: str
    waivable: bool = False


CODES: dict[str, Code] = {
    "unknown-district": Code(
        "error",
        "Thư mục «{found}» không phải là đơn vị báo cáo của kỳ này.",
        "The folder '{found}' is no reporter of this period.",
        "Gửi vào đúng thư mục của đơn vị; các đơn vị báo cáo: {expected}.",
        "Send it to the folder of your unit; the reporters: {expected}.",
    ),
    "unsupported-format": Code(
        "error",
        "Định dạng {found} không nhận được.",
        "The format {found} is not taken.",
        "Gửi bảng tính (.xlsx, .xls, .ods), .csv, .txt hoặc .zip của các tệp đó.",
        "Send a workbook (.xlsx, .xls, .ods), .csv, .txt or a .zip of these.",
    ),
    "unreadable-file": Code(
        "error",
        "Không đọc được tệp: {found}.",
        "The file cannot be read: {found}.",
        "Mở tệp trên máy của mình, lưu lại rồi gửi lại.",
        "Open it on your machine, save it again and send it again.",
    ),
    "empty-file": Code(
        "error",
        "Tệp trống.",
        "The file is empty.",
        "Kiểm tra lại tệp trước khi gửi.",
        "Check the file before you send it.",
    ),
    "encrypted-file": Code(
        "error",
        "Tệp có mật khẩu.",
        "The file has a password.",
        "Bỏ mật khẩu rồi gửi lại.",
        "Take the password off and send it again.",
    ),
    "file-too-large": Code(
        "error",
        "Tệp quá lớn khi giải nén: {found}; giới hạn {expected}.",
        "The file is too large when unpacked: {found}; the limit is {expected}.",
        "Xóa các vùng trống, hình ảnh trong tệp rồi gửi lại.",
        "Remove empty areas and pictures and send it again.",
    ),
    "unknown-form": Code(
        "error",
        "Không tìm thấy biểu nào theo mẫu trong tệp.",
        "No table of the contract was found in the file.",
        "Dùng biểu mẫu của Ban Tổ chức Tỉnh ủy.",
        "Use the templates of the board.",
    ),
    "missing-form": Code(
        "error",
        "Thiếu biểu «{expected}».",
        "The form '{expected}' is missing.",
        "Gửi đủ ba biểu hằng tháng trong một tệp.",
        "Send all three monthly forms in one file.",
    ),
    "missing-column": Code(
        "error",
        "Thiếu cột «{expected}» trong biểu.",
        "The column '{expected}' is missing.",
        "Giữ nguyên tên các cột của biểu mẫu.",
        "Keep the template's headings.",
    ),
    "ambiguous-column": Code(
        "error",
        "«{measure}» có ở nhiều cột: {found}; tiêu đề không cho biết cột nào là số của kỳ này.",
        "'{measure}' stands in several columns: {found}; the headings do not say which is this period's.",
        "Chỉ giữ cột của kỳ báo cáo.",
        "Keep the column of the period reported only.",
    ),
    "truncated-file": Code(
        "error",
        "Tệp bị cắt giữa chừng: dòng cuối dừng ở «{found}».",
        "The file is cut off: its last line ends at '{found}'.",
        "Xuất lại tệp và gửi lại cả tệp.",
        "Export it again and send the whole file.",
    ),
    "period-invalid": Code(
        "error",
        "Kỳ báo cáo không hợp lệ: {found}.",
        "The period is not valid: {found}.",
        "Ghi kỳ báo cáo ở tiêu đề, ví dụ «{expected}».",
        "Write the period in the title, e.g. '{expected}'.",
    ),
    "wrong-district": Code(
        "error",
        "Số liệu là của «{found}», không phải của «{expected}».",
        "The figures are those of '{found}', not of '{expected}'.",
        "Gửi đúng tệp của đơn vị mình.",
        "Send your own unit's file.",
    ),
    "unknown-unit": Code(
        "error",
        "Không có «{found}» trong danh mục đơn vị của kỳ này.",
        "'{found}' is not in the registry for this period.",
        "Gần nhất: {expected}. Sửa lại tên, hoặc báo Ban Tổ chức nếu là chi bộ mới.",
        "Nearest: {expected}. Correct the name, or tell the board if the cell is new.",
    ),
    "duplicate-unit": Code(
        "error",
        "«{unit}» có hai dòng (lần đầu: {expected}).",
        "'{unit}' stands twice (first: {expected}).",
        "Giữ một dòng cho mỗi chi bộ.",
        "Keep one row a cell.",
    ),
    "not-a-count": Code(
        "error",
        "«{measure}» của {unit} là «{found}», không phải số đếm.",
        "'{measure}' of {unit} is '{found}', which is no count.",
        "Ghi một số nguyên; không có thì ghi 0.",
        "Write a whole number; 0 if there is none.",
    ),
    "negative-count": Code(
        "error",
        "«{measure}» của {unit} là số âm: {found}.",
        "'{measure}' of {unit} is negative: {found}.",
        "Ghi số từ 0 trở lên.",
        "Write 0 or more.",
    ),
    "balance-broken": Code(
        "error",
        "{unit}: {found_label} = {found}, nhưng {expected_label} = {expected}.",
        "{unit}: {found_label} = {found}, but {expected_label} = {expected}.",
        "Kiểm tra số đầu kỳ, tăng, giảm và cuối kỳ.",
        "Check opening, increases, decreases and closing.",
        waivable=True,
    ),
    "parts-exceed-total": Code(
        "error",
        "{unit}: {found_label} = {found}, không khớp với {expected_label} = {expected}.",
        "{unit}: {found_label} = {found} does not fit {expected_label} = {expected}.",
        "Các phần phải cộng đúng, hoặc không vượt quá, tổng số.",
        "Parts must add up to, or not exceed, their total.",
        waivable=True,
    ),
    "cross-form-mismatch": Code(
        "error",
        "{unit}: {found_label} = {found} khác {expected_label} = {expected}.",
        "{unit}: {found_label} = {found} differs from {expected_label} = {expected}.",
        "Hai biểu phải ghi cùng một số.",
        "Both forms must give the same number.",
        waivable=True,
    ),
    "personal-data": Code(
        "error",
        "Tệp có danh sách người; hệ thống chỉ nhận số liệu tổng hợp. Nội dung không được lưu lại.",
        "The file lists people; only aggregate figures are taken. Its content was not kept.",
        "Gửi biểu số liệu theo chi bộ, không gửi danh sách.",
        "Send the counts by cell, no list of people.",
    ),
    "incomplete-report": Code(
        "error",
        "Thiếu {found} chi bộ đã báo cáo tháng trước; chỉ chấp nhận thiếu đến {expected}.",
        "Of the cells that reported the month before, {found} are missing; at most {expected} may be.",
        "Gửi đủ các chi bộ; nếu đúng là như vậy thì báo Ban Tổ chức để cho nhận.",
        "Send all cells; if it is as you sent it, tell the board, who can let it in.",
        waivable=True,
    ),
    "late": Code(
        "warning",
        "Nhận ngày {found}, hạn {expected}.",
        "Received on {found}, due on {expected}.",
        "Gửi trước ngày 5 của tháng sau.",
        "Send it by the 5th of the next month.",
    ),
    "missing-unit": Code(
        "warning",
        "{unit} chưa có số liệu ở biểu «{expected}».",
        "{unit} has not reported in the form '{expected}'.",
        "Bổ sung số liệu của đơn vị này; không có thì ghi 0.",
        "Add this unit's figures; 0 where there are none.",
    ),
    "total-mismatch": Code(
        "warning",
        "Dòng tổng của «{measure}» ghi {found}, các dòng cộng lại là {expected}.",
        "The total of '{measure}' says {found}, its rows add up to {expected}.",
        "Kiểm tra công thức của dòng tổng.",
        "Check the total row's formula.",
        waivable=True,
    ),
    "opening-mismatch": Code(
        "warning",
        "{unit}: «{measure}» ghi {found}, cuối kỳ trước đã báo {expected}.",
        "{unit}: '{measure}' says {found}, the period before closed with {expected}.",
        "Đính chính kỳ trước hoặc sửa số đầu kỳ.",
        "Correct the period before, or this opening.",
        waivable=True,
    ),
    "copied-period": Code(
        "warning",
        "Mọi số liệu giống hệt kỳ {found}.",
        "Every figure equals those of {found}.",
        "Kiểm tra xem có gửi nhầm tệp của kỳ trước không.",
        "Check whether last period's file was sent again.",
    ),
    "file-name-period": Code(
        "warning",
        "Tên tệp ghi kỳ {found}, tiêu đề ghi {expected}; đã theo tiêu đề.",
        "The file's name says {found}, its title {expected}; the title holds.",
        "Đặt tên tệp đúng kỳ.",
        "Name the file by its period.",
    ),
    "resubmission": Code(
        "warning",
        "Kỳ {found} đã có số liệu; số liệu mới thay thế, bản cũ vẫn lưu.",
        "Figures of {found} were there already; the new ones replace them, the old stay readable.",
        "Không cần làm gì.",
        "Nothing to do.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found, and where.

    Attributes:
        code: a key of `CODES`.
        form: the form's name, "" where the whole file is meant.
        sheet: the sheet's name, or a zip member's, "" where none is meant.
        cell_ref: as `C14`, the physical column and row; "" where none is meant.
        unit_code: the cell's or commune's code, "" where none is meant.
        unit: the unit as the sender wrote it or as the registry has it.
        measure: the measure's name, "" where none is meant.
        found, expected: as text.
        rule: the rule that was broken, None for problems that are no rule's.
    """

    code: str
    form: str = ""
    sheet: str = ""
    cell_ref: str = ""
    unit_code: str = ""
    unit: str = ""
    measure: str = ""
    found: str = ""
    expected: str = ""
    rule: Rule | None = None

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    def says(self, language: Language) -> str:
        """The problem and what to do about it, two sentences."""
        code = CODES[self.code]
        says, mend = (code.says_vi, code.mend_vi) if language == "vi" else (code.says_en, code.mend_en)
        words = {
            "unit": self.unit or self.unit_code,
            "measure": _label(self.measure, language),
            "found": _label(self.found, language),
            "expected": _label(self.expected, language),
            "found_label": self.rule.side(self.rule.found, language) if self.rule else "",
            "expected_label": self.rule.side(self.rule.expected, language) if self.rule else "",
        }
        return f"{says.format(**words)} {mend.format(**words)}"


def _label(text: str, language: Language) -> str:
    """The label of a measure or form, any other text as it stands."""
    declared = MEASURES.get(text) or FORMS.get(text)
    if declared is None:
        return text
    return declared.label_vi if language == "vi" else declared.label_en
