"""The indicators of the board, each declared once: what is divided by what, at which scale, and how to read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from expectations.contract.forms import FORM_OF, FORMS, MEASURES, Privacy
from expectations.contract.periods import PeriodKind

IndicatorKind = Literal["rate", "share", "ratio", "count", "net"]
Timing = Literal["stock", "flow"]
Per = Literal["month", "period"]
Good = Literal["up", "down", "none"]

LEVELS = ("cell", "commune", "district", "province")
PERIOD_KINDS = ("month", "quarter", "half", "year", "rolling12")
LEAST_REPORTED = 0.98
"""The share of its cells or members below which a count is no figure of a unit: the sum of the others would look like
a fall. A rate of those that reported is one."""
# The form of what is counted of the reports themselves: no measure, and no table of facts.
REPORTS = "reporting"

MEMBER_TIME = "(members_opening + members_closing) / 2.0"
# The away members at the month's start are those at its end without the month's comings and goings.
AWAY_TIME = "away_total - (away_started - away_returned) / 2.0"
DEPARTED = "died + expelled + struck_off + left_on_request"
DECIDED = "withdrawn + declined + approved"

_NAME = re.compile(r"[a-z]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator: `value = scale * numerator / denominator`, both summed over units and months first.

    Attributes:
        name: the value of the column `indicator` wherever it stands.
        label_vi, label_en: as it is shown.
        meaning_vi, meaning_en: one sentence for a reader who knows percentages.
        kind: "rate" (events or people in proportion to people: exact Poisson interval), "share" (a part of its
            whole: Wilson interval), "ratio" (of two rates: exact conditional interval), "count" or "net"
            (a sum that may be negative); the last two have no interval.
        timing: a "stock" stands for its period's last month, a "flow" is summed over the period's months.
        numerator: SQL over the measures' names; of a ratio the name of an indicator.
        denominator: likewise; None for a bare count.
        scale: what the quotient is multiplied with (1000: per 1,000).
        good: the direction that is welcome; "none" where neither is.
        per: for rates over person-time, its unit: member-months, or members through the whole period
            (a month, a year: member-months divided by the period's months).
        privacy: "sensitive" where a small count tells of a person.
        second_half_only: True where the first half-year's figure is no measure of the year's work.
        of_units: True where the whole is the units that report, one each: of a period to come it is those that stand.
    """

    name: str
    label_vi: str
    label_en: str
    meaning_vi: str
    meaning_en: str
    kind: IndicatorKind
    timing: Timing
    numerator: str
    denominator: str | None = None
    scale: float = 1
    good: Good = "none"
    per: Per | None = None
    privacy: Privacy = "open"
    second_half_only: bool = False
    of_units: bool = False

    @property
    def measures(self) -> tuple[str, ...]:
        """The contract's measures it is made of; none where the reports themselves are counted."""
        names = dict.fromkeys(_NAME.findall(f"{self.numerator} {self.denominator or ''}"))
        if self.kind == "ratio":
            return tuple(dict.fromkeys(measure for name in names for measure in INDICATOR_OF[name].measures))
        return tuple(name for name in names if name in MEASURES)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that must have been reported, in the contract's order."""
        read = {FORM_OF[name] for name in self.measures}
        return tuple(name for name in FORMS if name in read) or (REPORTS,)

    @property
    def is_of_communes(self) -> bool:
        """Whether it may be published for communes as it is: where each of its measures may, or it has none."""
        return all(MEASURES[name].communes in ("month", "open") for name in self.measures)

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels of the published copy; cells are inside only, whatever the indicator."""
        return LEVELS[1:] if self.is_of_communes else LEVELS[2:]

    @property
    def every(self) -> PeriodKind:
        """The period of the rarest of its forms, in which its figures come; half-years and years are never added."""
        kinds = {FORMS[name].every for name in self.forms if name in FORMS}
        return "year" if "year" in kinds else "half" if "half" in kinds else "month"

    @property
    def half_yearly(self) -> bool:
        """Whether it comes by half-years, which are never added."""
        return self.every == "half"

    @property
    def has_trend(self) -> bool:
        """Monthly and about members or requests: what a trend is fitted to."""
        return self.kind != "ratio" and self.every == "month" and self.forms != (REPORTS,)

    @property
    def formula(self) -> str:
        """The value in words of the measures: sums over cells and months."""
        if self.kind == "ratio":
            return f"{self.numerator} / {self.denominator}"
        scale = "" if self.scale == 1 else f"{self.scale:g} * "
        if self.denominator is None:
            return f"{scale}sum({self.numerator})"
        below = f"sum({self.denominator})"
        return f"{scale}sum({self.numerator}) / " + (f"({below} / months)" if self.per == "period" else below)

    @property
    def unit(self) -> tuple[str, str]:
        """What one of its value is, in Vietnamese and English."""
        if self.kind == "share":
            return "phần", "share"
        if self.kind == "ratio":
            return "lần", "times"
        if self.denominator is None:
            counted = MEASURES[self.measures[0]]
            return counted.unit_vi, counted.unit_en
        english = f"{self.scale:,.0f}"
        vietnamese = english.replace(",", ".")
        if self.per == "month":
            return f"trên {vietnamese} đảng viên-tháng", f"per {english} member-months"
        return f"trên {vietnamese} đảng viên", f"per {english} members"


AWAY = (
    Indicator(
        name="away_rate",
        label_vi="Tỷ lệ đảng viên đi làm việc xa",
        label_en="Members working away",
        meaning_vi="Trong 1.000 đảng viên có bao nhiêu người đang làm việc xa nơi cư trú, vào cuối kỳ",
        meaning_en="Of 1,000 members, how many work away from home at the period's end",
        kind="rate",
        timing="stock",
        numerator="away_total",
        denominator="members_closing",
        scale=1000,
    ),
    Indicator(
        name="away_outside_share",
        label_vi="Tỷ trọng ở ngoài tỉnh và nước ngoài",
        label_en="Share outside the province",
        meaning_vi="Phần đảng viên đi làm việc xa đang ở tỉnh khác hoặc ở nước ngoài, vào cuối kỳ",
        meaning_en="Of those away, the part in another province or abroad at the period's end",
        kind="share",
        timing="stock",
        numerator="away_other_province + away_abroad",
        denominator="away_total",
    ),
    Indicator(
        name="away_abroad_share",
        label_vi="Tỷ trọng ở nước ngoài",
        label_en="Share abroad",
        meaning_vi="Phần đảng viên đi làm việc xa đang ở nước ngoài, vào cuối kỳ",
        meaning_en="Of those away, the part abroad at the period's end",
        kind="share",
        timing="stock",
        numerator="away_abroad",
        denominator="away_total",
    ),
    Indicator(
        name="away_contact_share",
        label_vi="Tỷ lệ còn giữ liên lạc",
        label_en="Share in contact",
        meaning_vi="Phần đảng viên đi làm việc xa có ít nhất một lần trao đổi với chi bộ trong tháng cuối kỳ",
        meaning_en="Of those away, the part with at least one exchange with their cell in the period's last month",
        kind="share",
        timing="stock",
        numerator="away_in_contact",
        denominator="away_total",
        good="up",
        privacy="sensitive",
    ),
    Indicator(
        name="away_activity_share",
        label_vi="Tỷ lệ có hình thức sinh hoạt",
        label_en="Share with a form of activity",
        meaning_vi="Phần đảng viên đi làm việc xa sinh hoạt tạm thời nơi làm việc hoặc được miễn, vào cuối kỳ",
        meaning_en="Of those away, the part in temporary activity where they work, or exempt, at the period's end",
        kind="share",
        timing="stock",
        numerator="away_temporary_activity + away_exempt",
        denominator="away_total",
        good="up",
    ),
    Indicator(
        name="away_enterprise_share",
        label_vi="Tỷ trọng ở doanh nghiệp",
        label_en="Share in enterprises",
        meaning_vi="Phần đảng viên đi làm việc xa đang làm ở doanh nghiệp, vào cuối kỳ",
        meaning_en="Of those away, the part working in enterprises at the period's end",
        kind="share",
        timing="stock",
        numerator="away_in_enterprise",
        denominator="away_total",
    ),
    Indicator(
        name="away_private_share",
        label_vi="Tỷ trọng ở doanh nghiệp ngoài nhà nước",
        label_en="Share in private firms",
        meaning_vi="Phần đảng viên đi làm việc xa đang làm ở doanh nghiệp ngoài nhà nước, vào cuối kỳ",
        meaning_en="Of those away, the part working in private enterprises at the period's end",
        kind="share",
        timing="stock",
        numerator="away_in_private_enterprise",
        denominator="away_total",
    ),
    Indicator(
        name="away_net_flow",
        label_vi="Số đi thêm trừ số trở về",
        label_en="Left less returned",
        meaning_vi="Số đảng viên đi làm việc xa trong kỳ trừ số trở về; âm là số trở về nhiều hơn",
        meaning_en="Members who left for work less those who came back in the period; negative when more came back",
        kind="net",
        timing="flow",
        numerator="away_started - away_returned",
    ),
)

REQUESTS = (
    Indicator(
        name="requests_rate",
        label_vi="Tỷ suất xin ra khỏi Đảng",
        label_en="Requests to leave",
        meaning_vi="Số đơn xin ra khỏi Đảng nhận được trên 10.000 đảng viên-tháng (10.000 đảng viên trong một tháng)",
        meaning_en="Requests to leave received per 10,000 member-months (10,000 members through one month)",
        kind="rate",
        timing="flow",
        numerator="received",
        denominator=MEMBER_TIME,
        scale=10_000,
        good="down",
        per="month",
        privacy="sensitive",
    ),
    Indicator(
        name="requests_rate_away",
        label_vi="Tỷ suất xin ra của đảng viên đi xa",
        label_en="Requests of members away",
        meaning_vi="Số đơn của đảng viên đi làm việc xa trên 10.000 đảng viên đi xa-tháng",
        meaning_en="Requests from members working away per 10,000 such member-months",
        kind="rate",
        timing="flow",
        numerator="received_from_away",
        denominator=AWAY_TIME,
        scale=10_000,
        good="down",
        per="month",
        privacy="sensitive",
    ),
    Indicator(
        name="requests_rate_other",
        label_vi="Tỷ suất xin ra của đảng viên ở tại chỗ",
        label_en="Requests of members at home",
        meaning_vi="Số đơn của đảng viên không đi làm việc xa trên 10.000 đảng viên như thế-tháng",
        meaning_en="Requests from members not working away per 10,000 such member-months",
        kind="rate",
        timing="flow",
        numerator="received - received_from_away",
        denominator=f"{MEMBER_TIME} - ({AWAY_TIME})",
        scale=10_000,
        good="down",
        per="month",
        privacy="sensitive",
    ),
    Indicator(
        name="requests_rate_ratio",
        label_vi="Đi xa so với ở tại chỗ",
        label_en="Away against at home",
        meaning_vi="Tỷ suất xin ra của đảng viên đi xa gấp mấy lần tỷ suất của đảng viên ở tại chỗ",
        meaning_en="How many times as often members away ask to leave as members at home do",
        kind="ratio",
        timing="flow",
        numerator="requests_rate_away",
        denominator="requests_rate_other",
        privacy="sensitive",
    ),
    Indicator(
        name="request_approved_share",
        label_vi="Tỷ lệ đơn được chấp nhận",
        label_en="Share approved",
        meaning_vi="Phần đơn đã giải quyết trong kỳ có kết quả là cho ra khỏi Đảng",
        meaning_en="Of the requests settled in the period, the part that ended in leaving",
        kind="share",
        timing="flow",
        numerator="approved",
        denominator=DECIDED,
        privacy="sensitive",
    ),
    Indicator(
        name="request_withdrawn_share",
        label_vi="Tỷ lệ đơn rút lại",
        label_en="Share withdrawn",
        meaning_vi="Phần đơn đã giải quyết trong kỳ được rút lại sau vận động",
        meaning_en="Of the requests settled in the period, the part withdrawn",
        kind="share",
        timing="flow",
        numerator="withdrawn",
        denominator=DECIDED,
        good="up",
        privacy="sensitive",
    ),
    Indicator(
        name="request_declined_share",
        label_vi="Tỷ lệ đơn không được chấp nhận",
        label_en="Share declined",
        meaning_vi="Phần đơn đã giải quyết trong kỳ không được chấp nhận",
        meaning_en="Of the requests settled in the period, the part declined",
        kind="share",
        timing="flow",
        numerator="declined",
        denominator=DECIDED,
        privacy="sensitive",
    ),
    Indicator(
        name="pending_requests",
        label_vi="Đơn chưa giải quyết",
        label_en="Requests pending",
        meaning_vi="Số đơn còn chưa giải quyết vào cuối kỳ",
        meaning_en="Requests not yet settled at the period's end",
        kind="count",
        timing="stock",
        numerator="pending_closing",
        good="down",
        privacy="sensitive",
    ),
    Indicator(
        name="reason_work_away_share",
        label_vi="Lý do: đi làm việc xa",
        label_en="Reason: work away",
        meaning_vi="Phần đơn nhận trong kỳ nêu lý do đi làm việc xa",
        meaning_en="Of the requests received, the part giving work away as reason",
        kind="share",
        timing="flow",
        numerator="reason_work_away",
        denominator="received",
        privacy="sensitive",
    ),
    Indicator(
        name="reason_family_share",
        label_vi="Lý do: hoàn cảnh gia đình",
        label_en="Reason: family",
        meaning_vi="Phần đơn nhận trong kỳ nêu lý do gia đình",
        meaning_en="Of the requests received, the part giving family as reason",
        kind="share",
        timing="flow",
        numerator="reason_family",
        denominator="received",
        privacy="sensitive",
    ),
    Indicator(
        name="reason_health_share",
        label_vi="Lý do: sức khỏe, tuổi cao",
        label_en="Reason: health or age",
        meaning_vi="Phần đơn nhận trong kỳ nêu lý do sức khỏe, tuổi cao",
        meaning_en="Of the requests received, the part giving health as reason",
        kind="share",
        timing="flow",
        numerator="reason_health",
        denominator="received",
        privacy="sensitive",
    ),
    Indicator(
        name="reason_other_share",
        label_vi="Lý do khác",
        label_en="Reason: other",
        meaning_vi="Phần đơn nhận trong kỳ nêu lý do khác",
        meaning_en="Of the requests received, the part giving another reason",
        kind="share",
        timing="flow",
        numerator="reason_other",
        denominator="received",
        privacy="sensitive",
    ),
)

BALANCE = (
    Indicator(
        name="departures_rate",
        label_vi="Tỷ suất giảm đảng viên (không kể chuyển đi)",
        label_en="Departures",
        meaning_vi="Trong 1.000 đảng viên bình quân của kỳ "
        "có bao nhiêu người từ trần, bị khai trừ, xóa tên hoặc cho ra",
        meaning_en="Of 1,000 members on average in the period, "
        "how many died, were expelled, struck off or left on request",
        kind="rate",
        timing="flow",
        numerator=DEPARTED,
        denominator=MEMBER_TIME,
        scale=1000,
        good="down",
        per="period",
        privacy="sensitive",
    ),
    Indicator(
        name="left_on_request_rate",
        label_vi="Tỷ suất cho ra khỏi Đảng",
        label_en="Left on request",
        meaning_vi="Trong 1.000 đảng viên bình quân của kỳ có bao nhiêu người được cho ra khỏi Đảng theo đơn",
        meaning_en="Of 1,000 members on average in the period, how many left on request",
        kind="rate",
        timing="flow",
        numerator="left_on_request",
        denominator=MEMBER_TIME,
        scale=1000,
        good="down",
        per="period",
        privacy="sensitive",
    ),
    Indicator(
        name="net_growth_rate",
        label_vi="Tăng thực của đảng viên",
        label_en="Net growth",
        meaning_vi="Trên 1.000 đảng viên bình quân của kỳ, số tăng trừ số giảm, kể cả chuyển đến và chuyển đi",
        meaning_en="Per 1,000 members on average in the period, increases less decreases, transfers included",
        kind="net",
        timing="flow",
        numerator=f"admitted + restored + transferred_in - transferred_out - ({DEPARTED})",
        denominator=MEMBER_TIME,
        scale=1000,
        good="up",
        per="period",
    ),
)

REGULATION_213 = (
    Indicator(
        name="r213_introduced_share",
        label_vi="Đã được giới thiệu về nơi cư trú",
        label_en="Introduced to the residence",
        meaning_vi="Phần đảng viên thuộc diện đã được giới thiệu về nơi cư trú",
        meaning_en="Of those subject to the regulation, the part introduced to their residence",
        kind="share",
        timing="stock",
        numerator="r213_introduced",
        denominator="r213_subject",
        good="up",
    ),
    Indicator(
        name="r213_registered_share",
        label_vi="Nơi cư trú đã tiếp nhận",
        label_en="Registered at the residence",
        meaning_vi="Phần đảng viên đã được giới thiệu mà chi bộ nơi cư trú đã tiếp nhận",
        meaning_en="Of those introduced, the part registered by the cell at their residence",
        kind="share",
        timing="stock",
        numerator="r213_registered",
        denominator="r213_introduced",
        good="up",
    ),
    Indicator(
        name="r213_attended_share",
        label_vi="Có dự họp nơi cư trú",
        label_en="Attended at the residence",
        meaning_vi="Phần đảng viên đã tiếp nhận có dự ít nhất một cuộc họp nơi cư trú trong nửa năm",
        meaning_en="Of those registered, the part that attended at least one meeting in the half-year",
        kind="share",
        timing="stock",
        numerator="r213_attended",
        denominator="r213_registered",
        good="up",
    ),
    Indicator(
        name="r213_remarked_share",
        label_vi="Được chi bộ nơi cư trú nhận xét",
        label_en="Remarked on by the residence",
        meaning_vi="Phần đảng viên đã tiếp nhận được nhận xét trong năm; chỉ tính ở kỳ II, là số cả năm",
        meaning_en="Of those registered, the part remarked on in the year; "
        "second half only, which counts the whole year",
        kind="share",
        timing="stock",
        numerator="r213_remarked",
        denominator="r213_registered",
        good="up",
        second_half_only=True,
    ),
)

GRADED = "graded_excellent + graded_good + graded_fair + graded_poor"

ORGANISATION = (
    Indicator(
        name="secretary_is_head_share",
        label_vi="Bí thư đồng thời là trưởng ấp, khóm",
        label_en="Secretaries who are heads of hamlets",
        meaning_vi="Phần chi bộ ấp, khóm có bí thư đồng thời là trưởng ấp, khóm, vào cuối năm",
        meaning_en="Of the hamlets' cells, the part whose secretary is also head of the hamlet, at the year's end",
        kind="share",
        timing="stock",
        numerator="secretary_is_head",
        denominator="hamlet_cells",
    ),
    Indicator(
        name="secretary_head_under_40_share",
        label_vi="Bí thư đồng thời là trưởng ấp, khóm không quá 40 tuổi",
        label_en="Secretaries and heads not over 40",
        meaning_vi="Phần bí thư đồng thời là trưởng ấp, khóm có tuổi không quá 40, vào cuối năm",
        meaning_en="Of the secretaries who are heads of hamlets, the part not over 40 years old, at the year's end",
        kind="share",
        timing="stock",
        numerator="secretary_head_under_40",
        denominator="secretary_is_head",
        good="up",
        privacy="sensitive",
    ),
    Indicator(
        name="committees_trained_share",
        label_vi="Chi ủy được bồi dưỡng",
        label_en="Cell committees trained",
        meaning_vi="Phần chi ủy được bồi dưỡng, cập nhật kiến thức về công tác đảng trong năm",
        meaning_en="Of the cell committees, the part trained in party work in the year",
        kind="share",
        timing="stock",
        numerator="committees_trained",
        denominator="committees",
        good="up",
    ),
    Indicator(
        name="committees_good_share",
        label_vi="Đảng bộ xã hoàn thành tốt trở lên",
        label_en="Commune committees graded good or better",
        meaning_vi="Phần đảng bộ xã, phường, thị trấn đã xếp loại "
        "được xếp loại hoàn thành tốt hoặc xuất sắc nhiệm vụ trong năm",
        meaning_en="Of the commune committees that were graded, the part graded good or excellent in the year",
        kind="share",
        timing="stock",
        numerator="graded_excellent + graded_good",
        denominator=GRADED,
        good="up",
        of_units=True,
    ),
)

REPORTING = (
    Indicator(
        name="reporting_completeness",
        label_vi="Mức đầy đủ của báo cáo",
        label_en="Completeness of reports",
        meaning_vi="Phần chi bộ phải có số liệu mà đã có số liệu",
        meaning_en="Of the cells that were due, the part that was reported",
        kind="share",
        timing="flow",
        numerator="units_reported",
        denominator="units_expected",
        good="up",
    ),
    Indicator(
        name="reporting_timeliness",
        label_vi="Mức đúng hạn của báo cáo",
        label_en="Timeliness of reports",
        meaning_vi="Phần báo cáo đến hạn đã nhận được không muộn hơn ngày đến hạn",
        meaning_en="Of the reports due, the part received by the due day",
        kind="share",
        timing="flow",
        numerator="reports_on_time",
        denominator="reports_due",
        good="up",
    ),
)

INDICATORS = AWAY + REQUESTS + BALANCE + REGULATION_213 + ORGANISATION + REPORTING
INDICATOR_OF = {indicator.name: indicator for indicator in INDICATORS}

MAIN_INDICATORS = (
    "away_rate",
    "away_outside_share",
    "away_contact_share",
    "away_enterprise_share",
    "away_private_share",
    "requests_rate",
    "departures_rate",
    "pending_requests",
)
"""Those told where there is room for a few: on the morning page and the terminal."""
