"""The spec of the yearly form, whose row is a commune: for each code it can have, a file without it and one with."""

from __future__ import annotations

from datetime import date

from expectations.contract.forms import ORGANISATION
from tests.expectations.spec.spec_cases import Case
from tests.expectations.spec.spec_reports import MONTHLY, Sent

YEAR = {"period": "2022", "received": date(2023, 1, 4), "forms": ("organisation",)}
DECEMBER = {
    "period": "2022-12",
    "received": date(2023, 1, 4),
    "forms": (*MONTHLY, "regulation_213", "organisation"),
    "cells": ("29869-01", "29869-02", "29872-03", "29872-04"),
}
WITHOUT_IT = {**DECEMBER, "forms": (*MONTHLY, "regulation_213")}
ALONE = Sent(**YEAR)  # type: ignore[arg-type]
GRADED = ("graded_excellent", "graded_good", "graded_fair", "graded_poor")


def year(**changes: object) -> Sent:
    return Sent(**{**YEAR, **changes})  # type: ignore[arg-type]


def with_figures(**written: str) -> Sent:
    """The form with other figures: `w1_committees="3"` is what Phường 1 has, `w2_…` Phường 2, `sum_…` the total row."""
    units = {"w1": "29869", "w2": "29872", "sum": "Tổng cộng"}
    named = (key.partition("_") for key in written)
    return year(written={(units[u], measure): written[f"{u}_{measure}"] for u, _, measure in named})


ALL_BLANK = {(unit, name): "" for unit in ("29869", "29872", "Tổng cộng") for name in ORGANISATION.names}

YEARLY_SPEC: dict[str, tuple[Case, Case]] = {
    "missing-form": (
        Case("Biểu hằng năm gửi riêng: không cần biểu hằng tháng trong tệp.", (ALONE,)),
        Case(
            "Biểu hằng năm gửi riêng mà để trống.",
            (year(written=ALL_BLANK),),
            "rejected",
            ((None, None, None, None, "organisation"),),
        ),
    ),
    "missing-column": (
        Case("Đủ các cột của biểu hằng năm.", (ALONE,), shows=("committees", "committees_trained")),
        Case(
            "Không có cột chi ủy được bồi dưỡng.",
            (year(without=("committees_trained",)),),
            "rejected",
            (("A6", None, "committees_trained", None, "committees_trained"),),
            shows=("committees",),
        ),
    ),
    "period-invalid": (
        Case("Tiêu đề ghi năm đã kết thúc.", (ALONE,)),
        Case(
            "Năm 2023 nhận ngày 04/01/2023.",
            (year(year="Năm 2023"),),
            "rejected",
            ((None, None, None, "2023 chưa kết thúc vào ngày nhận 04/01/2023", "Năm 2022"),),
        ),
    ),
    "wrong-district": (
        Case("Tiêu đề biểu hằng năm là của đơn vị gửi.", (ALONE,)),
        Case(
            "Tiêu đề biểu hằng năm là của đơn vị khác.",
            (year(sender="THÀNH ỦY HỒNG NGỰ"),),
            "rejected",
            ((None, None, None, "Thành phố Hồng Ngự", "Thành phố Cao Lãnh"),),
        ),
    ),
    "unknown-unit": (
        Case("Mỗi dòng là một đảng bộ của đơn vị gửi.", (ALONE,), shows=("hamlet_cells",)),
        Case(
            "Đơn vị gửi không có Phường 9.",
            (year(named={"29872": "Phường 9"}),),
            "rejected",
            (("B8", None, None, "Phường 9", "Phường 2; Phường 1"),),
            shows=("hamlet_cells",),
        ),
    ),
    "duplicate-unit": (
        Case("Mỗi đảng bộ một dòng.", (ALONE,), shows=("hamlet_cells",)),
        Case(
            "Phường 1 có hai dòng.",
            (year(twice=("29869",)),),
            "rejected",
            (("B8", "29869", None, "B8", "B7"),),
            shows=("hamlet_cells",),
        ),
    ),
    "not-a-count": (
        Case("Mọi ô của biểu hằng năm là số đếm.", (ALONE,), shows=("committees",)),
        Case(
            "Số chi ủy viết bằng chữ; một ô xếp loại để trống.",
            (with_figures(w1_committees="hai", w2_graded_poor=""),),
            "rejected",
            (("F7", "29869", "committees", "hai", None), ("K8", "29872", "graded_poor", "ô trống", None)),
            shows=("committees", "graded_poor"),
        ),
    ),
    "negative-count": (
        Case("Không có số âm trong biểu hằng năm.", (ALONE,), shows=("members_not_graded_away",)),
        Case(
            "Số chưa xếp loại là -1.",
            (with_figures(w1_members_not_graded_away="-1"),),
            "rejected",
            (("L7", "29869", "members_not_graded_away", "-1", None),),
            shows=("members_not_graded_away",),
        ),
    ),
    "parts-exceed-total": (
        Case(
            "Số bí thư, số chi ủy được bồi dưỡng không quá số chi bộ, chi ủy; mỗi đảng bộ một mức xếp loại.",
            (ALONE,),
            shows=ORGANISATION.names,
        ),
        Case(
            "Mỗi phép so sánh bị vi phạm một lần; Phường 2 có hai mức xếp loại.",
            (
                with_figures(
                    w1_secretary_is_head="2",
                    w2_secretary_head_under_40="2",
                    w1_committees_trained="3",
                    w2_graded_excellent="1",
                ),
            ),
            "rejected",
            (
                ("D7", "29869", "secretary_is_head", "2", "1"),
                ("E8", "29872", "secretary_head_under_40", "2", "1"),
                ("G7", "29869", "committees_trained", "3", "2"),
                ("H8", "29872", "graded_excellent", "2", "1"),
            ),
            shows=ORGANISATION.names,
        ),
    ),
    "late": (
        Case("Biểu hằng năm nhận ngày 5 tháng 01.", (year(received=date(2023, 1, 5)),)),
        Case(
            "Biểu hằng năm nhận ngày 6 tháng 01.",
            (year(received=date(2023, 1, 6)),),
            "accepted",
            ((None, None, None, "2023-01-06", "2023-01-05"),),
        ),
    ),
    "file-name-period": (
        Case("Tên tệp ghi đúng năm.", (ALONE,)),
        Case(
            "Tên tệp ghi năm khác tiêu đề: lấy theo tiêu đề.",
            (year(name="Bieu nam 2021.csv"),),
            "accepted",
            ((None, None, None, "2021", "2022"),),
        ),
    ),
    "missing-unit": (
        Case("Tệp tháng 12 có đủ biểu hằng năm.", (Sent(**DECEMBER),)),  # type: ignore[arg-type]
        Case(
            "Tệp tháng 12 không có biểu hằng năm.",
            (Sent(**WITHOUT_IT),),  # type: ignore[arg-type]
            "accepted",
            ((None, None, None, None, "organisation"),),
        ),
    ),
    "total-mismatch": (
        Case("Dòng tổng bằng tổng các dòng; số chi bộ ấp, khóm như danh mục.", (ALONE,), shows=("hamlet_cells",)),
        Case(
            "Dòng tổng ghi 9 chi ủy; Phường 1 ghi 3 chi bộ khóm, danh mục có 1.",
            (with_figures(w1_hamlet_cells="3", sum_committees="9"),),
            "accepted",
            (("F9", None, "committees", "9", "4"), ("C7", "29869", "hamlet_cells", "3", "1")),
            shows=("hamlet_cells", "committees"),
        ),
    ),
    "resubmission": (
        Case(
            "Gửi lại đúng biểu hằng năm đang có hiệu lực: bản trùng, không nạp.",
            (ALONE, year(received=date(2023, 1, 5))),
            "duplicate",
        ),
        Case(
            "Biểu hằng năm đã có trong tệp tháng 12, nay gửi riêng một bản khác: bản mới thay thế.",
            (Sent(**DECEMBER), with_figures(w1_committees_trained="1")),  # type: ignore[arg-type]
            "accepted",
            ((None, None, None, "2022", None),),
            shows=("committees_trained",),
        ),
    ),
}
