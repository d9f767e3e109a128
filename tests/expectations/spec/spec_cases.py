"""The spec: for each problem code a file that does not have it and one that has, and what is told."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date

import openpyxl

from expectations.contract.periods import Period
from tests.expectations.spec.spec_reports import MONTHLY, Sent, registry, report
from transforms.template import NOTHING_KNOWN, make_template

BASE = Sent()
CSV = report(BASE)


@dataclass(frozen=True, eq=False)
class Case:
    """Files that come one after the other, and what is said of the last.

    Attributes:
        fact: what the case shows, in Vietnamese, for the manual.
        sent: the files.
        outcome: of the last file.
        told: (cell_ref, unit_code, measure, found, expected) of each problem of the code, None where none is meant.
        beside: codes that are told of the last file as well.
        shows: the measures drawn in the manual.
    """

    fact: str
    sent: tuple[Sent, ...]
    outcome: str = "accepted"
    told: tuple[tuple[str | None, ...], ...] = ()
    beside: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()


def zipped(data: bytes, name: str = "BC thang 5-2021.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2021, 6, 3, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def locked(data: bytes) -> bytes:
    """A zip whose member is marked as encrypted, in both of its headers."""
    marked = bytearray(data)
    marked[6] |= 1
    marked[marked.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def template(month: str, title: str) -> bytes:
    """Our template of a month, noughts in all its open cells, under a title."""
    book = openpyxl.load_workbook(io.BytesIO(make_template(registry(), NOTHING_KNOWN, "866", Period.parse(month)).data))
    for page in book.worksheets[1:-1]:
        page["A4"] = title
        for cell in (cell for row in page.iter_rows() for cell in row if not cell.protection.locked):
            cell.value = 0
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def but(**changes: object) -> Sent:
    return Sent(**changes)  # type: ignore[arg-type]


def members(**counts: str) -> dict[tuple[str, str], str]:
    """Openings and closings of cells, the same in both: `k1="21"` is Khóm 1."""
    cells = {"k1": "29869-01", "k3": "29872-03", "k4": "29872-04"}
    return {
        (cells[name], measure): count
        for name, count in counts.items()
        for measure in ("members_opening", "members_closing")
    }


def with_figures(cell: str, **written: str) -> Sent:
    return Sent(written={(cell, measure): text for measure, text in written.items()})


APRIL = Sent(period="2021-04", received=date(2021, 5, 3))
JUNE = {"period": "2021-06", "received": date(2021, 7, 3), "forms": (*MONTHLY, "regulation_213")}
JULY = {"period": "2021-07", "received": date(2021, 8, 3), "cells": ("29869-01", "29869-02", "29872-03", "29872-04")}
# May, in which each cell admits one and receives a request, and a file that opens as June does.
_CELLS = ("29869-01", "29869-02", "29872-01")
_MOVED = {"members_closing": "21", "admitted": "1", "received": "1", "reason_other": "1", "pending_closing": "1"}
_AFTER = {"members_opening": "21", "members_closing": "21", "pending_opening": "1", "pending_closing": "1"}
MAY = Sent(written={(cell, name): figure for cell in _CELLS for name, figure in _MOVED.items()})
OPENED_AS_JUNE = {(cell, name): figure for cell in _CELLS for name, figure in _AFTER.items()}
PEOPLE = "STT,Họ và tên,Ngày sinh,Số CCCD\n" + "".join(
    f"{n},Nguyễn Văn {name},0{n}/03/1980,08720400123{n}\n" for n, name in enumerate(("An", "Bình", "Cường", "Dũng"), 1)
)
CHANGED = {
    ("29869-01", "away_started"): "1",
    ("29869-01", "away_total"): "4",
    ("29869-01", "away_abroad"): "1",
    ("29869-01", "away_in_contact"): "3",
}


def two_closings(first: str, second: str) -> bytes:
    """The report with two columns of members at the end, under a heading each."""
    lines = CSV.decode().split("\n")
    for number, more in ((4, ",Số đảng viên cuối kỳ"), (5, f"{first},{second}"), *((row, ",19") for row in (6, 7, 8))):
        lines[number] += more
    lines[9] += ",57"
    return "\n".join(lines).encode()


SPEC: dict[str, tuple[Case, Case]] = {
    "unknown-district": (
        Case("Thư mục mang mã của một đơn vị báo cáo.", (BASE,)),
        Case(
            "Thư mục 999 không phải đơn vị báo cáo.",
            (but(reporter="999"),),
            "rejected",
            ((None, None, None, "999", "Thành phố Cao Lãnh, Thành phố Hồng Ngự, …"),),
        ),
    ),
    "unsupported-format": (
        Case("Tệp văn bản .csv nhận được.", (BASE,)),
        Case(
            "Tệp PDF không nhận.",
            (but(raw=b"%PDF-1.4\n1 0 obj\n", name="BC thang 5-2021.pdf"),),
            "rejected",
            ((None, None, None, "PDF", None),),
        ),
    ),
    "unreadable-file": (
        Case("Tệp .zip nguyên vẹn.", (but(raw=zipped(CSV), name="BC thang 5-2021.zip"),)),
        Case(
            "Tệp .zip bị cắt một nửa.",
            (but(raw=zipped(CSV)[:200], name="BC thang 5-2021.zip"),),
            "rejected",
            ((None, None, None, ..., None),),
        ),
    ),
    "empty-file": (
        Case("Tệp có nội dung.", (BASE,)),
        Case("Tệp không có byte nào.", (but(raw=b""),), "rejected", ((None, None, None, None, None),)),
    ),
    "encrypted-file": (
        Case("Tệp .zip không có mật khẩu.", (but(raw=zipped(CSV), name="BC thang 5-2021.zip"),)),
        Case(
            "Tệp .zip có mật khẩu.",
            (but(raw=locked(zipped(CSV)), name="BC thang 5-2021.zip"),),
            "rejected",
            ((None, None, None, None, None),),
        ),
    ),
    "file-too-large": (
        Case("Tệp .zip nhỏ.", (but(raw=zipped(CSV), name="BC thang 5-2021.zip"),)),
        Case(
            "Tệp .zip nở ra hơn 200 lần.",
            (but(raw=zipped(CSV + b"\n" * 5_000_000), name="BC thang 5-2021.zip"),),
            "rejected",
            ((None, None, None, ..., ...),),
        ),
    ),
    "unknown-form": (
        Case("Tệp có ba biểu theo mẫu.", (BASE,)),
        Case(
            "Tệp không có biểu nào theo mẫu.",
            (but(raw="Kế hoạch công tác;Tháng 5 năm 2021\n1;2\n".encode()),),
            "rejected",
            ((None, None, None, None, None),),
        ),
    ),
    "missing-form": (
        Case("Đủ ba biểu hằng tháng.", (BASE,)),
        Case(
            "Không có biểu Đơn xin ra khỏi Đảng.",
            (but(without=("requests",)),),
            "rejected",
            ((None, None, None, None, "requests"),),
        ),
    ),
    "missing-column": (
        Case("Đủ các cột.", (BASE,), shows=("transferred_out", "died", "expelled")),
        Case(
            "Không có cột Từ trần.",
            (but(without=("died",)),),
            "rejected",
            (("A6", None, "died", None, "died"),),
            shows=("transferred_out", "expelled"),
        ),
    ),
    "ambiguous-column": (
        Case(
            "Hai cột số đảng viên cuối kỳ, tiêu đề ghi «Tháng này» và «Tháng trước»: lấy cột tháng này.",
            (but(raw=two_closings("Tháng này", "Tháng trước")),),
        ),
        Case(
            "Hai cột số đảng viên cuối kỳ, tiêu đề ghi hai tháng.",
            (but(raw=two_closings("Tháng 5/2021", "Tháng 4/2021")),),
            "rejected",
            (("N6", None, "members_closing", "M «tháng 5/2021», N «tháng 4/2021»", None),),
        ),
    ),
    "truncated-file": (
        Case("Dòng cuối của tệp đủ các ô.", (but(raw=CSV.rstrip(b"\n")),)),
        Case(
            "Tệp dừng giữa một dòng của biểu Đơn.",
            (but(raw=CSV[: CSV.rindex(b",0,0,0,0\n,T")]),),
            "rejected",
            (("A31", None, None, "0", None),),
            ("not-a-count",),
        ),
    ),
    "period-invalid": (
        Case("Tiêu đề ghi tháng.", (BASE,)),
        Case(
            "Tháng 13.",
            (but(title="Tháng 13 năm 2021"),),
            "rejected",
            ((None, None, None, "tháng 13 năm 2021", "Tháng 5 năm 2021"),),
        ),
    ),
    "wrong-district": (
        Case("Tiêu đề là của đơn vị gửi.", (BASE,)),
        Case(
            "Tiêu đề là của đơn vị khác.",
            (but(sender="THÀNH ỦY HỒNG NGỰ"),),
            "rejected",
            ((..., None, None, "Thành phố Hồng Ngự", "Thành phố Cao Lãnh"),),
        ),
    ),
    "wrong-template": (
        Case(
            "Biểu mẫu được cấp cho đơn vị, kỳ ghi trong tiêu đề.",
            (but(raw=template("2021-05", "Tháng 5 năm 2021"), name="BC thang 5-2021.xlsx"),),
        ),
        Case(
            "Biểu mẫu tháng 4, tiêu đề sửa thành tháng 5.",
            (but(raw=template("2021-04", "Tháng 5 năm 2021"), name="BC thang 5-2021.xlsx"),),
            "rejected",
            ((None, None, None, "Thành phố Cao Lãnh, 04/2021", "Thành phố Cao Lãnh, 05/2021"),),
        ),
    ),
    "unknown-unit": (
        Case("Chi bộ có trong danh mục.", (BASE,)),
        Case(
            "Không có chi bộ Khóm 9.",
            (but(named={"29872-01": "Khóm 9"}),),
            "rejected",
            tuple(
                (cell, None, None, "Khóm 9, Phường 2", "Khóm 2, Phường 2 (29872-01)") for cell in ("C9", "C20", "C31")
            ),
        ),
    ),
    "duplicate-unit": (
        Case("Mỗi chi bộ một dòng.", (BASE,), shows=("members_opening", "members_closing")),
        Case(
            "Khóm 1 có hai dòng trong mỗi biểu.",
            (but(twice=("29869-01",)),),
            "rejected",
            (
                ("C8", "29869-01", None, "C8", "C7"),
                ("C20", "29869-01", None, "C20", "C19"),
                ("C32", "29869-01", None, "C32", "C31"),
            ),
            shows=("members_opening", "members_closing"),
        ),
    ),
    "not-a-count": (
        Case("Dấu gạch ngang là không có.", (with_figures("29869-01", died="-"),), shows=("died", "expelled")),
        Case(
            "Số lẻ, chữ và ô trống giữa các ô có số không phải số đếm.",
            (but(written={("29869-01", "died"): "1,5", ("29869-02", "died"): "một", ("29872-01", "died"): ""}),),
            "rejected",
            (
                ("I7", "29869-01", "died", "1,5", ...),
                ("I8", "29869-02", "died", "một", ...),
                ("I9", "29872-01", "died", ..., ...),
            ),
            shows=("died", "expelled"),
        ),
    ),
    "negative-count": (
        Case("Số 0.", (BASE,), shows=("transferred_out", "members_closing")),
        Case(
            "Chuyển đi ghi -1, các số khác vẫn khớp.",
            (with_figures("29869-01", transferred_out="-1", members_closing="21"),),
            "rejected",
            (("H7", "29869-01", "transferred_out", "-1", ...),),
            shows=("transferred_out", "members_closing"),
        ),
    ),
    "balance-broken": (
        Case(
            "Đầu kỳ 20, kết nạp 1, cuối kỳ 21.",
            (with_figures("29869-01", admitted="1", members_closing="21"),),
            shows=("members_opening", "admitted", "died", "members_closing"),
        ),
        Case(
            "Đầu kỳ 20, kết nạp 1, cuối kỳ vẫn ghi 20.",
            (with_figures("29869-01", admitted="1"),),
            "rejected",
            (("M7", "29869-01", "members_closing", "20", "21"),),
            shows=("members_opening", "admitted", "died", "members_closing"),
        ),
    ),
    "parts-exceed-total": (
        Case(
            "1 trong tỉnh và 2 ngoài tỉnh là 3.",
            (BASE,),
            shows=("away_total", "away_in_province", "away_other_province", "away_abroad"),
        ),
        Case(
            "1 trong tỉnh, 2 ngoài tỉnh và 1 ngoài nước không phải 3.",
            (with_figures("29869-01", away_abroad="1"),),
            "rejected",
            (("E18", "29869-01", "away_in_province", "4", "3"),),
            shows=("away_total", "away_in_province", "away_other_province", "away_abroad"),
        ),
    ),
    "cross-form-mismatch": (
        Case(
            "Một đơn được chấp nhận, một đảng viên xin ra.",
            (
                with_figures(
                    "29869-01", received="1", reason_other="1", approved="1", left_on_request="1", members_closing="19"
                ),
            ),
            shows=("left_on_request", "members_closing", "received", "approved"),
        ),
        Case(
            "Một đơn được chấp nhận, không đảng viên nào xin ra.",
            (with_figures("29869-01", received="1", reason_other="1", approved="1"),),
            "rejected",
            (("L7", "29869-01", "left_on_request", "0", "1"),),
            shows=("left_on_request", "members_closing", "received", "approved"),
        ),
    ),
    "personal-data": (
        Case("Tệp chỉ có số liệu theo chi bộ.", (BASE,)),
        Case("Tệp là danh sách người.", (but(raw=PEOPLE.encode()),), "rejected", ((None, None, None, None, None),)),
    ),
    "incomplete-report": (
        Case(
            "Thiếu một trong ba chi bộ đã báo cáo tháng trước.",
            (APRIL, but(without=("29872-01",))),
            beside=("missing-unit",),
        ),
        Case(
            "Thiếu hai trong ba chi bộ đã báo cáo tháng trước.",
            (APRIL, but(without=("29869-02", "29872-01"))),
            "rejected",
            ((None, None, None, "2 / 3", "1"),),
            ("missing-unit",),
        ),
    ),
    "columns-swapped": (
        Case("Các cột đúng chỗ.", (Sent(**JULY),), shows=("away_total", "away_in_province", "away_other_province")),
        Case(
            "Tổng số và số trong tỉnh đổi chỗ cho nhau ở cả bốn chi bộ.",
            (
                Sent(
                    **JULY,
                    written={
                        (cell, name): figure
                        for cell in JULY["cells"]
                        for name, figure in (("away_total", "1"), ("away_in_province", "3"))
                    },
                ),
            ),
            "rejected",
            (("D19", None, "away_total", "away_total", "away_in_province"),),
            ("parts-exceed-total",),
            shows=("away_total", "away_in_province", "away_other_province"),
        ),
    ),
    "period-doubtful": (
        Case(
            "Bản sửa tháng 5 gửi trong tháng 7: đầu kỳ là cuối kỳ tháng 4.",
            (APRIL, MAY, Sent(received=date(2021, 7, 3), written=MAY.written | {("29869-01", "away_started"): "1"})),
            beside=("late", "resubmission"),
            shows=("members_opening", "members_closing"),
        ),
        Case(
            "Tên tệp ghi tháng 6, nhận trong tháng 7, đầu kỳ là cuối kỳ tháng 5; tiêu đề còn ghi tháng 5.",
            (APRIL, MAY, Sent(received=date(2021, 7, 3), name="BC thang 6-2021.csv", written=OPENED_AS_JUNE)),
            "rejected",
            ((None, None, None, "2021-05", "2021-06"),),
            ("late", "file-name-period"),
            shows=("members_opening", "members_closing"),
        ),
    ),
    "late": (
        Case("Nhận ngày 5 của tháng sau.", (but(received=date(2021, 6, 5)),)),
        Case(
            "Nhận ngày 6 của tháng sau.",
            (but(received=date(2021, 6, 6)),),
            "accepted",
            ((None, None, None, "2021-06-06", "2021-06-05"),),
        ),
    ),
    "missing-unit": (
        Case("Mọi chi bộ có số liệu; biểu sáu tháng chỉ cần các khóm, ấp.", (Sent(**JUNE),)),
        Case(
            "Khóm 1 bỏ trống biểu Đơn, Phường 2 không có dòng nào, thiếu biểu sáu tháng.",
            (
                Sent(
                    **{**JUNE, "forms": MONTHLY},
                    without=("29872-01",),
                    written={
                        ("29869-01", name): ""
                        for name in (
                            "pending_opening",
                            "received",
                            "withdrawn",
                            "declined",
                            "approved",
                            "pending_closing",
                            "received_from_away",
                            "reason_work_away",
                            "reason_family",
                            "reason_health",
                            "reason_other",
                        )
                    },
                ),
            ),
            "accepted",
            (
                (None, "29872", None, None, "balance"),
                (None, "29872", None, None, "away"),
                ("C27", "29869-01", None, None, "requests"),
                (None, "29872", None, None, "requests"),
                (None, None, None, None, "regulation_213"),
            ),
            shows=("received", "approved"),
        ),
    ),
    "total-mismatch": (
        Case("Dòng tổng bằng tổng các dòng.", (BASE,), shows=("members_opening", "members_closing")),
        Case(
            "Ba chi bộ 20 đảng viên, dòng tổng ghi 61.",
            (with_figures("Tổng cộng", members_opening="61"),),
            "accepted",
            (("D10", None, "members_opening", "61", "60"),),
            shows=("members_opening", "members_closing"),
        ),
    ),
    "opening-mismatch": (
        Case(
            "Khóm 2 tách ngày 01/7: đầu kỳ tháng 7 của Khóm 3 và Khóm 4 cộng lại bằng cuối kỳ tháng 6 của Khóm 2.",
            (Sent(**JUNE), Sent(**JULY, written={**CHANGED, **members(k3="12", k4="8")})),
            shows=("members_opening", "members_closing"),
        ),
        Case(
            "Khóm 1 mở 21, cuối kỳ trước là 20; Khóm 3 và Khóm 4 cộng lại 21, Khóm 2 đã đóng 20.",
            (Sent(**JUNE), Sent(**JULY, written=members(k1="21", k3="12", k4="9"))),
            "accepted",
            (("D7", "29869-01", "members_opening", "21", "20"), ("D9", "29872-03", "members_opening", "21", "20")),
            shows=("members_opening", "members_closing"),
        ),
    ),
    "copied-period": (
        Case(
            "Một chi bộ có số khác tháng trước.",
            (APRIL, Sent(written=CHANGED)),
            shows=("away_total", "away_abroad", "away_started"),
        ),
        Case(
            "Mọi số giống hệt tháng trước.",
            (APRIL, BASE),
            "accepted",
            ((None, None, None, "2021-04", None),),
            shows=("away_total", "away_abroad", "away_started"),
        ),
    ),
    "file-name-period": (
        Case("Tên tệp và tiêu đề cùng một tháng.", (BASE,)),
        Case(
            "Tên tệp ghi tháng 4, tiêu đề ghi tháng 5.",
            (but(name="BC thang 4-2021.csv"),),
            "accepted",
            ((None, None, None, ..., ...),),
        ),
    ),
    "resubmission": (
        Case(
            "Gửi lại đúng tệp đang có hiệu lực: bản trùng, không nạp.",
            (BASE, but(received=date(2021, 6, 4))),
            "duplicate",
        ),
        Case(
            "Gửi bản khác của kỳ đã nhận: bản mới thay thế.",
            (BASE, Sent(received=date(2021, 6, 4), written=CHANGED)),
            "accepted",
            ((None, None, None, "2021-05", None),),
            shows=("away_total", "away_abroad", "away_started"),
        ),
    ),
}
