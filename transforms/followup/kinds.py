"""The kinds of matters that are followed up, as one table: who should act, on what, until when, and what ends it.

Every wording is about a procedure or a report of a unit. None names a person, proposes that anybody be struck off, or
asks to bring back whoever asked to leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Priority = Literal["high", "medium", "low"]
Due = Literal["next-half", "year-end", "report", "register", "pending", "other"]
Words = tuple[str, str]

INTERNAL: Words = (
    "mốc theo dõi nội bộ, không phải thời hạn theo quy định",
    "an internal mark, not a deadline of the regulation",
)
BY_THE_RULES_OF_REPORTING: Words = ("hạn nộp báo cáo", "the day reports are due")
HALF_YEARLY: Words = ("{regulation}: sinh hoạt nơi cư trú nửa năm một kỳ", "{regulation}: the half-yearly meeting")
YEARLY: Words = ("{regulation}: nhận xét nơi cư trú hằng năm", "{regulation}: the yearly remark")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of matter.

    Attributes:
        name: in ids and everywhere else.
        label: its short name, Vietnamese and English.
        actor: who should act.
        what: what is to be done, with the figures that show it: {n} the count (a range where it is one), {base} of how
            many, {period}, {and_more} what belongs to the kind alone.
        due: how the due day is found; see `deadlines`.
        source: what the due day rests on.
        ends: what must be seen for it to be over.
        priority: before its size is looked at; an alert has its own severity.
        grave: from this share (of the least count in the base), or this count where there is no base, the priority is
            one higher; null: never.
        is_of_figures: whether the unit's figures show it, rather than its files or an alert.
        is_sensitive: whether a small count of it tells of a person.
    """

    name: str
    label: Words
    actor: Words
    what: Words
    due: Due
    source: Words
    ends: Words
    priority: Priority
    grave: float | None = None
    is_of_figures: bool = True
    is_sensitive: bool = False


_COMMITTEE_AT_WORK: Words = (
    "Cấp ủy nơi đảng viên công tác, thông qua cấp ủy cấp trên",
    "The committee where they work, through the superior committee",
)
_HAMLET: Words = ("Chi bộ ấp, khóm phối hợp Ban công tác Mặt trận", "The hamlet cell with its Mặt trận committee")
_COMMUNE: Words = ("Đảng ủy xã, phường nơi cư trú", "The commune's party committee")
_BASE: Words = ("Đảng ủy cơ sở và chi bộ quản lý", "The party committee and cells that keep the files")
_REPORTER: Words = ("Đơn vị báo cáo", "The unit that reports")
_IN_THE_NEXT: Words = ("số liệu kỳ sau hoặc bản đính chính không còn chênh lệch", "the next report shows no gap")

_LIST = (
    Kind(
        "r213-not-introduced",
        ("thuộc diện, chưa giới thiệu", "subject, not introduced"),
        _COMMITTEE_AT_WORK,
        (
            "Kỳ {period}: {n} trong {base} đảng viên thuộc diện chưa được giới thiệu về nơi cư trú{and_more}. Rà soát "
            "việc giới thiệu (mẫu 1-213).",
            "{period}: {n} of {base} members subject to it are not introduced to their residence{and_more}. Look "
            "through the introductions (form 1-213).",
        ),
        "register",
        INTERNAL,
        _IN_THE_NEXT,
        "medium",
        0.10,
    ),
    Kind(
        "r213-not-registered",
        ("đã giới thiệu, chưa tiếp nhận", "introduced, not registered"),
        _COMMUNE,
        (
            "Kỳ {period}: {n} trong {base} đảng viên đã giới thiệu chưa được chi bộ nơi cư trú tiếp nhận. Rà soát việc "
            "tiếp nhận giữa đảng ủy và các chi bộ ấp, khóm.",
            "{period}: {n} of {base} members introduced are not registered by the cells at their residence. Look "
            "through the registering between the committee and the hamlet cells.",
        ),
        "register",
        INTERNAL,
        _IN_THE_NEXT,
        "medium",
        0.10,
    ),
    Kind(
        "r213-not-attended",
        ("đã tiếp nhận, chưa dự họp nửa năm", "registered, no meeting in the half-year"),
        _HAMLET,
        (
            "Kỳ {period}: {n} trong {base} đảng viên đã tiếp nhận không dự kỳ họp nào ở nơi cư trú trong nửa "
            "năm{and_more}. Xem lại việc mời họp, lịch họp.",
            "{period}: {n} of {base} members registered attended no meeting at their residence in the "
            "half-year{and_more}. Look at how and when the meetings are called.",
        ),
        "next-half",
        HALF_YEARLY,
        _IN_THE_NEXT,
        "low",
        0.20,
    ),
    Kind(
        "r213-not-remarked",
        ("chưa có nhận xét cuối năm", "no remark by year end"),
        _HAMLET,
        (
            "Năm {year}: {n} trong {base} đảng viên đã tiếp nhận chưa được nơi cư trú nhận xét{and_more}. Hoàn thành "
            "nhận xét còn thiếu (mẫu 3-213).",
            "{year}: {n} of {base} members registered have no remark of their residence{and_more}. Complete the "
            "remarks (form 3-213).",
        ),
        "year-end",
        YEARLY,
        _IN_THE_NEXT,
        "medium",
        0.10,
    ),
    Kind(
        "away-no-activity",
        ("đi làm việc xa, chưa có hình thức sinh hoạt", "away, no form of activity"),
        _BASE,
        (
            "Tháng {period}: {n} trong {base} đảng viên đi làm việc xa chưa sinh hoạt tạm thời nơi làm việc, cũng chưa "
            "được miễn. Rà soát việc giới thiệu sinh hoạt tạm thời và xét miễn.",
            "{period}: {n} of {base} members away are neither in temporary activity where they work nor exempt. Look "
            "through the introductions to temporary activity and the exemptions.",
        ),
        "other",
        INTERNAL,
        ("tỷ lệ của tháng sau không vượt mức đã đặt", "the next month's share is below the mark"),
        "medium",
        0.80,
    ),
    Kind(
        "away-out-of-contact",
        ("không ghi nhận trao đổi, hai tháng liền", "no exchange noted, two months running"),
        _BASE,
        (
            "Tháng {period}: {n} trong {base} đảng viên đi làm việc xa không có trao đổi nào được chi bộ ghi nhận; "
            "tháng {before}: {n_before}. Số liệu tổng hợp, không suy ra cùng một người. Xem lại cách các "
            "chi bộ giữ liên lạc.",
            "{period}: with {n} of {base} members away the cells noted no exchange; in {before}, {n_before}. Sums "
            "only: they need not be the same people. Look at how the cells keep in touch.",
        ),
        "other",
        INTERNAL,
        ("tỷ lệ của tháng sau không vượt mức đã đặt", "the next month's share is below the mark"),
        "medium",
        0.50,
        is_sensitive=True,
    ),
    Kind(
        "requests-pending",
        ("đơn chờ giải quyết lâu", "requests pending long"),
        ("Cấp ủy có thẩm quyền xem xét đơn", "The committee that decides on requests"),
        (
            "Đến cuối tháng {period}: ít nhất {n} đơn đã chờ từ {days} ngày trở lên, trong {base} đơn chưa giải quyết. "
            "Xem xét, trả lời theo đúng trình tự.",
            "At the end of {period}: of {base} requests pending, at least {n} waited for {days} days or more. Consider "
            "and answer them by the procedure.",
        ),
        "pending",
        INTERNAL,
        ("số tồn cuối tháng sau không còn đơn chắc chắn quá mốc", "the next stocks no longer show one that old"),
        "medium",
        5,
        is_sensitive=True,
    ),
    Kind(
        "report-not-sent",
        ("chưa gửi báo cáo", "report not sent"),
        _REPORTER,
        ("Báo cáo tháng {period} chưa gửi, quá hạn nộp.", "The report of {period} was not sent and is overdue."),
        "report",
        BY_THE_RULES_OF_REPORTING,
        ("báo cáo được tiếp nhận", "the report comes"),
        "high",
        is_of_figures=False,
    ),
    Kind(
        "report-rejected",
        ("báo cáo bị trả lại, chưa sửa", "report rejected, not mended"),
        _REPORTER,
        (
            "Báo cáo tháng {period} bị trả lại vì lỗi, chưa có bản sửa được nhận.",
            "The report of {period} was rejected and no corrected one has been accepted.",
        ),
        "report",
        BY_THE_RULES_OF_REPORTING,
        ("bản sửa được nhận", "a corrected file is accepted"),
        "high",
        is_of_figures=False,
    ),
    Kind(
        "opening-mismatch",
        ("số đầu kỳ lệch số cuối kỳ trước", "opening differs from the closing before"),
        _REPORTER,
        (
            "Báo cáo tháng {period}: {n} chi bộ có số đầu kỳ khác số cuối tháng trước, chưa đính chính.",
            "The report of {period}: in {n} cells the opening figure differs from the closing one of the month before.",
        ),
        "other",
        INTERNAL,
        ("bản đính chính làm hai số khớp nhau", "a correction makes the two agree"),
        "low",
        10,
        is_of_figures=False,
    ),
    Kind(
        "alert-true",
        ("cảnh báo được xác nhận là đúng", "an alert confirmed as true"),
        ("Đơn vị cùng Ban Tổ chức Tỉnh ủy", "The unit with the board"),
        (
            "Cảnh báo {alert} được Ban xác nhận là đúng{and_more}. Xem lại số liệu và quy trình, nêu việc đã làm.",
            "The board confirmed the alert {alert} as true{and_more}. Look at the figures and procedures; say "
            "what was done.",
        ),
        "other",
        INTERNAL,
        ("các kỳ sau không còn dấu hiệu", "later periods no longer signal"),
        "high",
        is_of_figures=False,
    ),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _LIST}
"""The kinds by name, in the order in which they are shown."""

ORDER: tuple[Priority, ...] = ("low", "medium", "high")


def priority_of(kind: Kind, least: int | None, base: int | None) -> Priority:
    """The kind's priority, one higher where the matter is large."""
    size = None if least is None else least / base if base and kind.grave is not None and kind.grave < 1 else least
    if kind.grave is None or size is None or size < kind.grave:
        return kind.priority
    return ORDER[min(ORDER.index(kind.priority) + 1, len(ORDER) - 1)]
