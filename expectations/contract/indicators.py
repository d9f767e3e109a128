"""The indicators of the board, each declared once: what is divided by what, at which scale, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["rate", "share", "ratio", "count", "net"]
Timing = Literal["stock", "flow"]
Per = Literal["month", "period"]
Good = Literal["up", "down", "none"]
Privacy = Literal["open", "sensitive"]

LEVELS = ("cell", "commune", "district", "province")
PERIOD_KINDS = ("month", "quarter", "half", "year", "rolling12")

MEMBER_TIME = "(members_opening + members_closing) / 2.0"
# The away members at the month's start are those at its end without the month's comings and goings.
AWAY_TIME = "away_total - (away_started - away_returned) / 2.0"
DEPARTED = "died + expelled + struck_off + left_on_request"
DECIDED = "withdrawn + declined + approved"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: `value = scale * numerator / denominator`, both summed over units and months first.

    Attributes:
        name: the value of the column `indicator` wherever it stands.
        label_vi, label_en: as it is shown.
        kind: "rate" (events or people in proportion to people: exact Poisson interval), "share" (a part of its
            whole: Wilson interval), "ratio" (of two rates: exact conditional interval), "count" or "net"
            (a sum that may be negative); the last two have no interval.
        timing: a "stock" stands for its period's last month, a "flow" is summed over the period's months.
        numerator: SQL over the measures' names.
        denominator: SQL likewise; None for a bare count.
        scale: what the quotient is multiplied with (1000: per 1,000).
        meaning_vi, meaning_en: one sentence for a reader who knows percentages.
        forms: the forms that must have been reported.
        good: the direction that is welcome; "none" where neither is.
        per: for rates over person-time, its unit: member-months, or members through the whole period
            (a month, a year: member-months divided by the period's months).
        privacy: "sensitive" where a small count tells of a person.
        commune_monthly: True where it may be published for communes by month: built on members_closing, away_total
            and the places only, or on the reporting itself.
        second_half_only: True where the first half-year's figure is no measure of the year's work.
    """

    name: str
    label_vi: str
    label_en: str
    kind: Kind
    timing: Timing
    numerator: str
    denominator: str | None
    scale: float
    meaning_vi: str
    meaning_en: str
    forms: tuple[str, ...]
    good: Good = "none"
    per: Per | None = None
    privacy: Privacy = "open"
    commune_monthly: bool = False
    second_half_only: bool = False

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels of the published copy; cells are inside only, whatever the indicator."""
        return LEVELS[1:] if self.commune_monthly else LEVELS[2:]

    @property
    def has_trend(self) -> bool:
        """Monthly and about members or requests: what a trend is fitted to."""
        return self.kind != "ratio" and not {"regulation_213", "reporting"} & set(self.forms)


# fmt: off
AWAY = (
    Indicator(
        "away_rate", "Tỷ lệ đảng viên đi làm việc xa", "Members working away", "rate", "stock",
        "away_total", "members_closing", 1000,
        "Trong 1.000 đảng viên có bao nhiêu người đang làm việc xa nơi cư trú, vào cuối kỳ",
        "Of 1,000 members, how many work away from home at the period's end",
        ("balance", "away"), commune_monthly=True,
    ),
    Indicator(
        "away_outside_share", "Tỷ trọng ở ngoài tỉnh và nước ngoài", "Share outside the province", "share", "stock",
        "away_other_province + away_abroad", "away_total", 1,
        "Phần đảng viên đi làm việc xa đang ở tỉnh khác hoặc ở nước ngoài, vào cuối kỳ",
        "Of those away, the part in another province or abroad at the period's end",
        ("away",), commune_monthly=True,
    ),
    Indicator(
        "away_abroad_share", "Tỷ trọng ở nước ngoài", "Share abroad", "share", "stock",
        "away_abroad", "away_total", 1,
        "Phần đảng viên đi làm việc xa đang ở nước ngoài, vào cuối kỳ",
        "Of those away, the part abroad at the period's end",
        ("away",), commune_monthly=True,
    ),
    Indicator(
        "away_contact_share", "Tỷ lệ còn giữ liên lạc", "Share in contact", "share", "stock",
        "away_in_contact", "away_total", 1,
        "Phần đảng viên đi làm việc xa có ít nhất một lần trao đổi với chi bộ trong tháng cuối kỳ",
        "Of those away, the part with at least one exchange with their cell in the period's last month",
        ("away",), good="up", privacy="sensitive",
    ),
    Indicator(
        "away_activity_share", "Tỷ lệ có hình thức sinh hoạt", "Share with a form of activity", "share", "stock",
        "away_temporary_activity + away_exempt", "away_total", 1,
        "Phần đảng viên đi làm việc xa sinh hoạt tạm thời nơi làm việc hoặc được miễn, vào cuối kỳ",
        "Of those away, the part in temporary activity where they work, or exempt, at the period's end",
        ("away",), good="up",
    ),
    Indicator(
        "away_private_share", "Tỷ trọng ở doanh nghiệp ngoài nhà nước", "Share in private firms", "share", "stock",
        "away_in_private_enterprise", "away_total", 1,
        "Phần đảng viên đi làm việc xa đang làm ở doanh nghiệp ngoài nhà nước, vào cuối kỳ",
        "Of those away, the part working in private enterprises at the period's end",
        ("away",),
    ),
    Indicator(
        "away_net_flow", "Số đi thêm trừ số trở về", "Left less returned", "net", "flow",
        "away_started - away_returned", None, 1,
        "Số đảng viên đi làm việc xa trong kỳ trừ số trở về; âm là số trở về nhiều hơn",
        "Members who left for work less those who came back in the period; negative when more came back",
        ("away",),
    ),
)

REQUESTS = (
    Indicator(
        "requests_rate", "Tỷ suất xin ra khỏi Đảng", "Requests to leave", "rate", "flow",
        "received", MEMBER_TIME, 10_000,
        "Số đơn xin ra khỏi Đảng nhận được trên 10.000 đảng viên-tháng (10.000 đảng viên trong một tháng)",
        "Requests to leave received per 10,000 member-months (10,000 members through one month)",
        ("balance", "requests"), good="down", per="month", privacy="sensitive",
    ),
    Indicator(
        "requests_rate_away", "Tỷ suất xin ra của đảng viên đi xa", "Requests of members away", "rate", "flow",
        "received_from_away", AWAY_TIME, 10_000,
        "Số đơn của đảng viên đi làm việc xa trên 10.000 đảng viên đi xa-tháng",
        "Requests from members working away per 10,000 such member-months",
        ("away", "requests"), good="down", per="month", privacy="sensitive",
    ),
    Indicator(
        "requests_rate_other", "Tỷ suất xin ra của đảng viên ở tại chỗ", "Requests of members at home", "rate", "flow",
        "received - received_from_away", f"{MEMBER_TIME} - ({AWAY_TIME})", 10_000,
        "Số đơn của đảng viên không đi làm việc xa trên 10.000 đảng viên như thế-tháng",
        "Requests from members not working away per 10,000 such member-months",
        ("balance", "away", "requests"), good="down", per="month", privacy="sensitive",
    ),
    Indicator(
        "requests_rate_ratio", "Đi xa so với ở tại chỗ", "Away against at home", "ratio", "flow",
        "requests_rate_away", "requests_rate_other", 1,
        "Tỷ suất xin ra của đảng viên đi xa gấp mấy lần tỷ suất của đảng viên ở tại chỗ",
        "How many times as often members away ask to leave as members at home do",
        ("balance", "away", "requests"), good="none", privacy="sensitive",
    ),
    Indicator(
        "request_approved_share", "Tỷ lệ đơn được chấp nhận", "Share approved", "share", "flow",
        "approved", DECIDED, 1,
        "Phần đơn đã giải quyết trong kỳ có kết quả là cho ra khỏi Đảng",
        "Of the requests settled in the period, the part that ended in leaving",
        ("requests",), privacy="sensitive",
    ),
    Indicator(
        "request_withdrawn_share", "Tỷ lệ đơn rút lại", "Share withdrawn", "share", "flow",
        "withdrawn", DECIDED, 1,
        "Phần đơn đã giải quyết trong kỳ được rút lại sau vận động",
        "Of the requests settled in the period, the part withdrawn",
        ("requests",), good="up", privacy="sensitive",
    ),
    Indicator(
        "request_declined_share", "Tỷ lệ đơn không được chấp nhận", "Share declined", "share", "flow",
        "declined", DECIDED, 1,
        "Phần đơn đã giải quyết trong kỳ không được chấp nhận",
        "Of the requests settled in the period, the part declined",
        ("requests",), privacy="sensitive",
    ),
    Indicator(
        "pending_requests", "Đơn chưa giải quyết", "Requests pending", "count", "stock",
        "pending_closing", None, 1,
        "Số đơn còn chưa giải quyết vào cuối kỳ",
        "Requests not yet settled at the period's end",
        ("requests",), good="down", privacy="sensitive",
    ),
    Indicator(
        "reason_work_away_share", "Lý do: đi làm việc xa", "Reason: work away", "share", "flow",
        "reason_work_away", "received", 1,
        "Phần đơn nhận trong kỳ nêu lý do đi làm việc xa",
        "Of the requests received, the part giving work away as reason",
        ("requests",), privacy="sensitive",
    ),
    Indicator(
        "reason_family_share", "Lý do: hoàn cảnh gia đình", "Reason: family", "share", "flow",
        "reason_family", "received", 1,
        "Phần đơn nhận trong kỳ nêu lý do gia đình",
        "Of the requests received, the part giving family as reason",
        ("requests",), privacy="sensitive",
    ),
    Indicator(
        "reason_health_share", "Lý do: sức khỏe, tuổi cao", "Reason: health or age", "share", "flow",
        "reason_health", "received", 1,
        "Phần đơn nhận trong kỳ nêu lý do sức khỏe, tuổi cao",
        "Of the requests received, the part giving health as reason",
        ("requests",), privacy="sensitive",
    ),
    Indicator(
        "reason_other_share", "Lý do khác", "Reason: other", "share", "flow",
        "reason_other", "received", 1,
        "Phần đơn nhận trong kỳ nêu lý do khác",
        "Of the requests received, the part giving another reason",
        ("requests",), privacy="sensitive",
    ),
)

BALANCE = (
    Indicator(
        "departures_rate", "Tỷ suất giảm đảng viên (không kể chuyển đi)", "Departures", "rate", "flow",
        DEPARTED, MEMBER_TIME, 1000,
        "Trong 1.000 đảng viên bình quân của kỳ có bao nhiêu người từ trần, bị khai trừ, xóa tên hoặc cho ra",
        "Of 1,000 members on average in the period, how many died, were expelled, struck off or left on request",
        ("balance",), good="down", per="period", privacy="sensitive",
    ),
    Indicator(
        "left_on_request_rate", "Tỷ suất cho ra khỏi Đảng", "Left on request", "rate", "flow",
        "left_on_request", MEMBER_TIME, 1000,
        "Trong 1.000 đảng viên bình quân của kỳ có bao nhiêu người được cho ra khỏi Đảng theo đơn",
        "Of 1,000 members on average in the period, how many left on request",
        ("balance",), good="down", per="period", privacy="sensitive",
    ),
    Indicator(
        "net_growth_rate", "Tăng thực của đảng viên", "Net growth", "net", "flow",
        f"admitted + restored + transferred_in - transferred_out - ({DEPARTED})", MEMBER_TIME, 1000,
        "Trên 1.000 đảng viên bình quân của kỳ, số tăng trừ số giảm, kể cả chuyển đến và chuyển đi",
        "Per 1,000 members on average in the period, increases less decreases, transfers included",
        ("balance",), good="up", per="period",
    ),
)

REGULATION_213 = (
    Indicator(
        "r213_introduced_share", "Đã được giới thiệu về nơi cư trú", "Introduced to the residence", "share", "stock",
        "r213_introduced", "r213_subject", 1,
        "Phần đảng viên thuộc diện đã được giới thiệu về nơi cư trú",
        "Of those subject to the regulation, the part introduced to their residence",
        ("regulation_213",), good="up",
    ),
    Indicator(
        "r213_registered_share", "Nơi cư trú đã tiếp nhận", "Registered at the residence", "share", "stock",
        "r213_registered", "r213_introduced", 1,
        "Phần đảng viên đã được giới thiệu mà chi bộ nơi cư trú đã tiếp nhận",
        "Of those introduced, the part registered by the cell at their residence",
        ("regulation_213",), good="up",
    ),
    Indicator(
        "r213_attended_share", "Có dự họp nơi cư trú", "Attended at the residence", "share", "stock",
        "r213_attended", "r213_registered", 1,
        "Phần đảng viên đã tiếp nhận có dự ít nhất một cuộc họp nơi cư trú trong nửa năm",
        "Of those registered, the part that attended at least one meeting in the half-year",
        ("regulation_213",), good="up",
    ),
    Indicator(
        "r213_remarked_share", "Được chi bộ nơi cư trú nhận xét", "Remarked on by the residence", "share", "stock",
        "r213_remarked", "r213_registered", 1,
        "Phần đảng viên đã tiếp nhận được nhận xét trong năm; chỉ tính ở kỳ II, là số cả năm",
        "Of those registered, the part remarked on in the year; second half only, which counts the whole year",
        ("regulation_213",), good="up", second_half_only=True,
    ),
)

REPORTING = (
    Indicator(
        "reporting_completeness", "Mức đầy đủ của báo cáo", "Completeness of reports", "share", "flow",
        "units_reported", "units_expected", 1,
        "Phần chi bộ phải có số liệu mà đã có số liệu",
        "Of the cells that were due, the part that was reported",
        ("reporting",), good="up", commune_monthly=True,
    ),
    Indicator(
        "reporting_timeliness", "Mức đúng hạn của báo cáo", "Timeliness of reports", "share", "flow",
        "reports_on_time", "reports_due", 1,
        "Phần báo cáo đến hạn đã nhận được không muộn hơn ngày đến hạn",
        "Of the reports due, the part received by the due day",
        ("reporting",), good="up", commune_monthly=True,
    ),
)

# fmt: on
INDICATORS = AWAY + REQUESTS + BALANCE + REGULATION_213 + REPORTING
INDICATOR_OF = {indicator.name: indicator for indicator in INDICATORS}

MAIN_INDICATORS = (
    "away_rate",
    "away_outside_share",
    "away_contact_share",
    "requests_rate",
    "departures_rate",
    "pending_requests",
)
"""Those told where there is room for a few: on the morning page and the terminal."""
