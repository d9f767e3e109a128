"""The words alerts are told in, as data: each in Vietnamese and English."""

from __future__ import annotations

from expectations.contract.forms import FORMS, MEASURES

Pair = tuple[str, str]

NOUNS: dict[str, Pair] = {
    "received": ("đơn xin ra khỏi Đảng", "requests to leave the Party"),
    "received_from_away": (
        "đơn xin ra khỏi Đảng của đảng viên đi làm việc xa",
        "requests to leave the Party from members working away",
    ),
    "left_on_request": ("đảng viên được cho ra khỏi Đảng theo đơn", "members let go at their own request"),
    "struck_off_or_expelled": ("đảng viên bị xóa tên hoặc khai trừ", "members struck off or expelled"),
    "transferred_out": ("đảng viên chuyển sinh hoạt đi nơi khác", "members transferred elsewhere"),
    "away_total": ("đảng viên đi làm việc xa", "members working away"),
    "away_abroad": ("đảng viên làm việc ở nước ngoài", "members working abroad"),
    "away_out_of_contact": (
        "đảng viên đi làm việc xa không có liên lạc trong tháng",
        "members working away without any contact in the month",
    ),
    "away_temporary_activity": (
        "đảng viên đi làm việc xa tham gia sinh hoạt tạm thời",
        "members working away who take part where they work",
    ),
}
"""What is counted, as it stands after a number; a measure that is not here goes by its label in the contract."""

STOCKS = frozenset(measure.name for form in FORMS.values() for measure in form.measures if measure.nature == "stock")
"""Counts at the month's end: over a run they are not added up."""

SENSITIVE = frozenset({"requests", "contact", "members"})
"""Families in which a small count of a commune tells of a person."""


def hides_small(level: str, family: str, indicator: str) -> bool:
    """Whether small counts are hidden: of communes, in sensitive families, and of sensitive measures in any family."""
    measure = MEASURES.get(indicator)
    is_sensitive = family in SENSITIVE or (measure is not None and measure.privacy == "sensitive")
    return level == "commune" and is_sensitive


COMPONENTS: dict[str, str] = {"received": "received_from_away", "away_total": "away_abroad"}
"""The part of a count that is looked at to say what drives it."""

WORDS: dict[str, Pair] = {
    "month": ("tháng {month}", "{month}"),
    "in": ("Tháng {month},", "In {month},"),
    "run": ("Từ tháng {first} đến tháng {last}, cộng lại", "From {first} to {last} together,"),
    "span": ("Từ tháng {first} đến tháng {last},", "From {first} to {last},"),
    "until": ("Đến tháng {month},", "By {month},"),
    "few": ("dưới {k}", "fewer than {k}"),
    "below_one": ("chưa đến 1", "less than 1"),
    "about": ("khoảng {number}", "about {number}"),
    "between": (" (trong khoảng {lower}–{upper})", " (between {lower} and {upper})"),
    "at_most": (" (không quá {upper})", " (at most {upper})"),
    "at_least": (" (ít nhất {lower})", " (at least {lower})"),
    "and": (" và ", " and "),
    "rise": ("mức tăng", "the rise"),
    "fall": ("mức giảm", "the fall"),
}

SEEN: dict[str, Pair] = {
    "change": (
        "{when} {unit} có {observed} {noun}, trong khi mức thường thấy là {expected}{interval}",
        "{when} {unit} had {observed} {noun}, where {expected} would be usual{interval}",
    ),
    "shift": (
        "{when} {unit} có {observed} {noun}, trong khi mức thường thấy cho thời gian ấy là {expected}{interval}",
        "{when} {unit} had {observed} {noun}, where {expected} would be usual for that time{interval}",
    ),
    "silence": (
        "{when} {unit} không có {noun} nào, trong khi mức thường thấy cho thời gian ấy là {expected}{interval}",
        "{when} {unit} had no {noun} at all, where {expected} would be usual for that time{interval}",
    ),
    "late": ("Báo cáo {months} của {unit} chưa đến", "The report of {unit} for {months} has not come"),
    "partial": (
        "Báo cáo {months} của {unit} chưa đủ: mới có số liệu của {observed} trong {expected} chi bộ",
        "The report of {unit} for {months} is not complete: {observed} of {expected} cells have figures",
    ),
    "restated": (
        "{unit} sửa số {noun} {months} từ {expected} thành {observed}",
        "{unit} changed the number of {noun} for {months} from {expected} to {observed}",
    ),
    "opening-mismatch": (
        "Ở {unit}, số đầu kỳ {months} của {observed} chi bộ không khớp với số cuối kỳ trước đã báo cáo",
        "At {unit}, the opening figures for {months} of {observed} cells are not the closing ones reported before",
    ),
    "copied-period": (
        "Báo cáo {months} của {unit} giống hệt báo cáo kỳ trước",
        "The report of {unit} for {months} equals the one of the period before in every figure",
    ),
    "identical": (
        "Trong báo cáo {months} của {unit}, có {observed} xã giống hệt một xã khác ở mọi con số",
        "In the report of {unit} for {months}, {observed} communes agree with another one in every figure",
    ),
    "flat": (
        "Số {noun} của {unit} đến {months} đứng nguyên ở {observed} trong nhiều tháng liền",
        "The number of {noun} of {unit} has stood at {observed} for months on end, up to {months}",
    ),
    "implausible": (
        "Số {noun} {months} của {unit} khó có thể là số đếm thật",
        "The {noun} of {unit} for {months} can hardly have been counted",
    ),
}
"""The first sentence, by the remark of what found it, else by kind."""

SINCE: Pair = (
    "Dấu hiệu có từ tháng {first}, cảnh báo mở ngày {opened}{end}; {sure}",
    "It began in {first} and the alert opened on {opened}{end}; {sure}",
)

ENDS: dict[str, Pair] = {
    "returned": (", đến ngày {day} thì số liệu đã trở lại mức thường", ", and by {day} the figures had returned"),
    "returned-implausible": (
        ", đến ngày {day} thì số liệu lại lên xuống như thường",
        ", and by {day} the figures moved again",
    ),
    "corrected": (
        ", đến ngày {day} thì số liệu đã được sửa và không còn dấu hiệu",
        ", and by {day} the figures had been corrected and nothing was left of it",
    ),
    "new-level": (
        ", kéo dài một năm nên từ ngày {day} được coi là mức mới",
        ", and after a year, on {day}, it counts as the new level",
    ),
    "reported": (", báo cáo đã đến ngày {day}", ", and the report had come by {day}"),
    "passed": (", đến ngày {day} đã có báo cáo kỳ sau", ", and by {day} the next report had come"),
    "closed": (", Ban kết luận ngày {day}", ", and the board closed it on {day}"),
    "unit-ended": (", đơn vị không còn từ trước ngày {day}", ", and the unit had ended before {day}"),
}
"""How it was resolved, by resolution; by resolution and kind where that needs other words."""

SURE: dict[str, Pair] = {
    "fact": ("đây là điều thấy ngay trong báo cáo, không phải suy đoán", "this is plain from the reports and no guess"),
    "sure": (
        "khả năng báo nhầm rất nhỏ, dưới một phần nghìn",
        "a false alarm is most unlikely, less than one in a thousand",
    ),
    "likely": (
        "cứ khoảng {n} cảnh báo rõ như thế thì có thể một là báo nhầm",
        "of about {n} alerts as clear as this, one may be false",
    ),
    "weak": (
        "bằng chứng còn yếu: dù không có gì khác thường, cứ khoảng {n} lần xét cũng gặp một lần như vậy",
        "the evidence is weak: even with nothing out of the ordinary, one look in about {n} would show as much",
    ),
}

DRIVEN: dict[str, Pair] = {
    "most": ("Phần lớn {move} nằm ở {names}", "Most of {move} lies in {names}"),
    "much": (
        "{names} góp nhiều nhất vào {move}, nhưng chưa đến một nửa",
        "{names} contribute most to {move}, though less than half",
    ),
    "spread": ("{move} rải ra nhiều xã, không xã nào nổi trội", "{move} is spread over many communes, none stands out"),
    "unknown": (
        "Số liệu hiện có chưa cho thấy phần nào góp nhiều nhất",
        "The figures at hand do not show which part carries most of it",
    ),
    "own": ("Đây là số của riêng {unit}", "These are the figures of {unit} alone"),
    "report": (
        "Việc này nằm ở báo cáo, chưa nói gì về đảng viên của {unit}",
        "This lies in the reports and tells nothing of the members of {unit}",
    ),
    "province": (
        "Đây là biến động chung của toàn tỉnh, không phải của riêng huyện, xã nào",
        "This is a move of the whole province and no unit's own",
    ),
    "component": (
        ", trong đó phần lớn là {noun} ({observed}, thường {expected})",
        ", for the most part {noun} ({observed}, usually {expected})",
    ),
    "besides": (", cùng chiều còn có {noun}", ", and {noun} moved with it"),
    "small": (
        "{move} nằm ở những số nhỏ của từng xã nên không nêu tên xã",
        "{move} lies in small counts of single communes, which are not named",
    ),
    "first": ("{driven}; trước hết nên {check}", "{driven}; first {check}"),
}

CHECKS: dict[str, Pair] = {
    "province": (
        "so các huyện, xã trong cùng tháng rồi mới hỏi riêng từng nơi",
        "compare the units in the same month before asking any one of them",
    ),
    "requests-up": (
        "đối chiếu số đơn với sổ của các chi bộ, xem có đơn của tháng trước ghi dồn vào không",
        "compare the requests with the cells' own books, and see whether earlier ones were entered late",
    ),
    "requests-down": (
        "hỏi đơn vị xem đơn có được ghi đủ không, hay thật sự không có đơn",
        "ask whether every request was entered, or there were really none",
    ),
    "away-up": (
        "đối chiếu với số đảng viên đi xa mà các chi bộ đang theo dõi, xem có thay đổi cách ghi không",
        "compare with those the cells follow, and see whether the way of counting changed",
    ),
    "away-down": (
        "đối chiếu với số đảng viên đi xa mà các chi bộ đang theo dõi, xem họ đã về hay chỉ thôi ghi",
        "compare with those the cells follow, and see whether they came home or are merely no longer entered",
    ),
    "contact-up": (
        "hỏi các chi bộ lần liên lạc gần nhất là khi nào, hay chỉ là chưa ghi vào báo cáo",
        "ask the cells when they last had contact, or whether it was merely not entered",
    ),
    "contact-down": (
        "hỏi xem cách ghi lần liên lạc có thay đổi không",
        "ask whether the way of entering contact changed",
    ),
    "activity-up": (
        "đối chiếu với giấy giới thiệu sinh hoạt tạm thời đã cấp",
        "compare with the introductions to temporary activity that were given",
    ),
    "activity-down": (
        "đối chiếu với giấy giới thiệu sinh hoạt tạm thời còn hạn",
        "compare with the introductions to temporary activity still in force",
    ),
    "members-up": (
        "đối chiếu với các quyết định của cấp ủy trong thời gian ấy",
        "compare with the committee's decisions of that time",
    ),
    "members-down": (
        "hỏi xem có quyết định nào của cấp ủy chưa được ghi vào báo cáo không",
        "ask whether decisions of the committee are missing from the report",
    ),
    "late": ("nhắc đơn vị gửi báo cáo và hỏi có vướng mắc gì không", "remind the unit and ask what stands in the way"),
    "restated": (
        "hỏi đơn vị vì sao sửa và số trước đây sai từ đâu",
        "ask why the figures were changed and how the former ones came about",
    ),
    "implausible": (
        "hỏi đơn vị lấy số từ đâu, có chép lại của tháng trước hay của nơi khác không",
        "ask where the figures come from, and whether they were copied",
    ),
}
"""What to look at first, by family and direction, or by kind."""


def noun(indicator: str) -> Pair:
    """What an indicator counts."""
    if indicator in NOUNS:
        return NOUNS[indicator]
    return _LABELS.get(indicator, (indicator.replace("_", " "), indicator.replace("_", " ")))


_LABELS: dict[str, Pair] = {
    measure.name: (f"«{measure.label_vi}»", f"'{measure.label_en}'")
    for form in FORMS.values()
    for measure in form.measures
}
