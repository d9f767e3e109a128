"""The forms a reporter sends and the measures in them: the one place where a figure is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from expectations.contract.periods import Period, PeriodKind

Nature = Literal["stock", "increase", "decrease", "flow"]
Privacy = Literal["open", "sensitive"]
Communes = Literal["never", "month", "year", "open"]
UnitLevel = Literal["cell", "commune"]

_KEYS: dict[UnitLevel, str] = {"cell": "cell_code", "commune": "commune_code"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a form: a count of members, requests or organisations in one unit and period.

    Attributes:
        name: the column's name wherever the figure stands.
        label_vi, label_en: as it is shown.
        meaning_vi, meaning_en: what is counted, one sentence.
        nature: "stock" at the period's start or end, "increase" or "decrease" of members, or another "flow".
        privacy: "sensitive" where a small count tells of a person (departures, requests, reasons, contact).
        unit_vi, unit_en: what is counted, after a number.
        communes: how a commune's figure may be published: by "month", by "year" with small counts hidden, "open" as it
            is reported where organisations are counted and not people, or "never".
            Never unless declared: what may tell of few people stays inside until somebody has thought about it.
    """

    name: str
    label_vi: str
    label_en: str
    meaning_vi: str
    meaning_en: str
    nature: Nature
    privacy: Privacy = "open"
    unit_vi: str = "đảng viên"
    unit_en: str = "members"
    communes: Communes = "never"


@dataclass(frozen=True, slots=True)
class Form:
    """A table of the contract: one row a unit and period.

    Attributes:
        name: the table's name in the warehouse.
        every: how often it comes: with each month's file, with those of June and December for the "half" year, or for
            the "year" with December's or alone in a file of its own.
        unit: whose figures a row holds: a "cell" or a "commune" (the committee of a xã, phường, thị trấn).
        hamlet_only: True where only hamlet cells (ấp, khóm) report.
        since: the first period it is asked for, as 2026-01, 2026-H1 or 2026; "" where every report ever sent should
            have it. Without it, a form that is new would make every earlier report look incomplete.
        names: of its measures, in their order.
    """

    name: str
    label_vi: str
    label_en: str
    measures: tuple[Measure, ...]
    every: PeriodKind = "month"
    unit: UnitLevel = "cell"
    hamlet_only: bool = False
    since: str = ""
    names: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(measure.name for measure in self.measures))

    @property
    def key(self) -> str:
        """The column that says whose row it is, wherever the form's rows stand."""
        return _KEYS[self.unit]

    @property
    def half_yearly(self) -> bool:
        return self.every == "half"

    def due_with(self, month: Period) -> bool:
        """Whether a month's file should bring it."""
        return self.every == "month" or (month.ends_half if self.half_yearly else month.ends_year)

    def asked_in(self, period: str) -> bool:
        """Whether reports of a period, of the form's own kind, should have it."""
        return period >= self.since


BALANCE = Form(
    "balance",
    "Tăng, giảm đảng viên",
    "Members: increases and decreases",
    (
        Measure(
            "members_opening",
            "Số đảng viên đầu kỳ",
            "Members at the start",
            "Số đảng viên của chi bộ vào đầu kỳ",
            "Members of the cell at the period's start",
            "stock",
        ),
        Measure(
            "admitted",
            "Kết nạp",
            "Admitted",
            "Đảng viên được kết nạp trong kỳ",
            "Members admitted in the period",
            "increase",
            communes="year",
        ),
        Measure(
            "restored",
            "Phục hồi đảng tịch",
            "Restored",
            "Đảng viên được phục hồi trong kỳ",
            "Members restored in the period",
            "increase",
            communes="year",
        ),
        Measure(
            "transferred_in",
            "Chuyển đến",
            "Transferred in",
            "Đảng viên chuyển sinh hoạt chính thức đến",
            "Members transferred in for good",
            "increase",
            communes="year",
        ),
        Measure(
            "transferred_out",
            "Chuyển đi",
            "Transferred out",
            "Đảng viên chuyển sinh hoạt chính thức đi",
            "Members transferred out for good",
            "decrease",
            communes="year",
        ),
        Measure(
            "died",
            "Từ trần",
            "Died",
            "Đảng viên từ trần trong kỳ",
            "Members who died in the period",
            "decrease",
            "sensitive",
            communes="year",
        ),
        Measure(
            "expelled",
            "Khai trừ",
            "Expelled",
            "Đảng viên bị khai trừ trong kỳ",
            "Members expelled in the period",
            "decrease",
            "sensitive",
            communes="year",
        ),
        Measure(
            "struck_off",
            "Xóa tên",
            "Struck off",
            "Đảng viên bị xóa tên trong kỳ, không kể cho ra theo đơn",
            "Members struck off in the period, those let go on request not among them",
            "decrease",
            "sensitive",
            communes="year",
        ),
        Measure(
            "left_on_request",
            "Xin ra khỏi Đảng",
            "Left on request",
            "Đảng viên được cho ra khỏi Đảng theo đơn trong kỳ",
            "Members let go on their own request in the period",
            "decrease",
            "sensitive",
            communes="year",
        ),
        Measure(
            "members_closing",
            "Số đảng viên cuối kỳ",
            "Members at the end",
            "Số đảng viên của chi bộ vào cuối kỳ",
            "Members of the cell at the period's end",
            "stock",
            communes="month",
        ),
    ),
)

AWAY = Form(
    "away",
    "Đảng viên đi làm việc xa nơi cư trú",
    "Members working away from residence",
    (
        Measure(
            "away_total",
            "Tổng số đảng viên đi làm việc xa",
            "Working away",
            "Đảng viên đi làm việc xa nơi cư trú vào cuối kỳ",
            "Members working away at the period's end",
            "stock",
            communes="month",
        ),
        Measure(
            "away_in_province",
            "Trong tỉnh",
            "Away, in the province",
            "Trong số đi làm việc xa: làm việc trong tỉnh",
            "Of those away: in the province",
            "stock",
            communes="month",
        ),
        Measure(
            "away_other_province",
            "Ngoài tỉnh",
            "Away, in another province",
            "Trong số đi làm việc xa: làm việc ở tỉnh khác",
            "Of those away: in another province",
            "stock",
            communes="month",
        ),
        Measure(
            "away_abroad",
            "Ngoài nước",
            "Away, abroad",
            "Trong số đi làm việc xa: làm việc ở nước ngoài",
            "Of those away: abroad",
            "stock",
            communes="month",
        ),
        Measure(
            "away_started",
            "Đi mới",
            "Started to work away",
            "Đảng viên bắt đầu đi làm việc xa trong kỳ",
            "Members who left for work in the period",
            "flow",
        ),
        Measure(
            "away_returned",
            "Trở về",
            "Came back",
            "Đảng viên trở về nơi cư trú trong kỳ",
            "Members who came back in the period",
            "flow",
        ),
        Measure(
            "away_temporary_activity",
            "Chuyển sinh hoạt tạm thời",
            "Temporary activity where they work",
            "Trong số đi làm việc xa: sinh hoạt tạm thời nơi làm việc",
            "Of those away: take part in a cell where they work",
            "stock",
        ),
        Measure(
            "away_exempt",
            "Được miễn công tác, sinh hoạt",
            "Exempt for a time",
            "Trong số đi làm việc xa: được miễn công tác, sinh hoạt có thời hạn",
            "Of those away: exempt for a time",
            "stock",
        ),
        Measure(
            "away_in_contact",
            "Có giữ liên lạc",
            "In contact",
            "Trong số đi làm việc xa: chi bộ ghi nhận ít nhất một lần trao đổi trong tháng",
            "Of those away: the cell recorded at least one exchange in the month",
            "stock",
            "sensitive",
        ),
        Measure(
            "away_out_of_contact",
            "Không giữ liên lạc",
            "Out of contact",
            "Trong số đi làm việc xa: chi bộ không ghi nhận trao đổi nào trong tháng",
            "Of those away: the cell recorded no exchange in the month",
            "stock",
            "sensitive",
        ),
        Measure(
            "away_in_enterprise",
            "Làm việc tại doanh nghiệp",
            "In enterprises",
            "Trong số đi làm việc xa: làm việc tại doanh nghiệp",
            "Of those away: work in enterprises",
            "stock",
        ),
        Measure(
            "away_in_private_enterprise",
            "Doanh nghiệp ngoài nhà nước",
            "In private enterprises",
            "Trong số làm ở doanh nghiệp: doanh nghiệp ngoài nhà nước",
            "Of those in enterprises: in private ones",
            "stock",
        ),
    ),
)

REQUESTS = Form(
    "requests",
    "Đơn xin ra khỏi Đảng",
    "Requests to leave the Party",
    (
        Measure(
            "pending_opening",
            "Đơn tồn kỳ trước",
            "Pending at the start",
            "Đơn chưa giải quyết vào đầu kỳ",
            "Requests not yet decided at the period's start",
            "stock",
            "sensitive",
            "đơn",
            "requests",
        ),
        Measure(
            "received",
            "Đơn nhận trong kỳ",
            "Received",
            "Đơn xin ra khỏi Đảng nhận trong kỳ",
            "Requests received in the period",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "withdrawn",
            "Rút đơn",
            "Withdrawn",
            "Đơn được rút lại trong kỳ",
            "Requests withdrawn in the period",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "declined",
            "Không chấp nhận",
            "Declined",
            "Đơn chưa được chấp nhận trong kỳ",
            "Requests declined in the period",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "approved",
            "Quyết định cho ra khỏi Đảng",
            "Approved",
            "Đơn được quyết định cho ra trong kỳ",
            "Requests approved in the period",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "pending_closing",
            "Đơn còn lại cuối kỳ",
            "Pending at the end",
            "Đơn chưa giải quyết vào cuối kỳ",
            "Requests not yet decided at the period's end",
            "stock",
            "sensitive",
            "đơn",
            "requests",
        ),
        Measure(
            "received_from_away",
            "Trong đó: đảng viên đi làm việc xa",
            "Received from members away",
            "Trong số đơn nhận: của đảng viên đi làm việc xa",
            "Of those received: from members working away",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "reason_work_away",
            "Lý do: đi làm việc xa",
            "Reason: work away",
            "Trong số đơn nhận: lý do đi làm việc xa",
            "Of those received: for work away",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "reason_family",
            "Lý do: hoàn cảnh gia đình",
            "Reason: family",
            "Trong số đơn nhận: lý do hoàn cảnh gia đình",
            "Of those received: for family reasons",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "reason_health",
            "Lý do: sức khỏe, tuổi cao",
            "Reason: health, age",
            "Trong số đơn nhận: lý do sức khỏe, tuổi cao",
            "Of those received: for health or age",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
        Measure(
            "reason_other",
            "Lý do khác",
            "Reason: other",
            "Trong số đơn nhận: lý do khác",
            "Of those received: for another reason",
            "flow",
            "sensitive",
            "đơn",
            "requests",
            communes="year",
        ),
    ),
)

REGULATION_213 = Form(
    "regulation_213",
    "Giữ mối liên hệ nơi cư trú",
    "Keeping in touch with the cell of residence",
    (
        Measure(
            "r213_subject",
            "Số đảng viên thuộc diện",
            "Subject",
            "Đảng viên đang công tác cư trú trên địa bàn",
            "Members in work who live here",
            "stock",
        ),
        Measure(
            "r213_exempt",
            "Được miễn",
            "Exempt",
            "Không thuộc đối tượng giới thiệu, hoặc đã giới thiệu nhưng được miễn sinh hoạt",
            "Exempt from introduction, or introduced but exempt from activity",
            "stock",
        ),
        Measure(
            "r213_introduced",
            "Đã được giới thiệu",
            "Introduced",
            "Đã được giới thiệu về nơi cư trú (mẫu 1-213)",
            "Introduced to the cell of residence (form 1-213)",
            "stock",
        ),
        Measure(
            "r213_registered",
            "Nơi cư trú đã tiếp nhận",
            "Registered",
            "Chi bộ nơi cư trú đã tiếp nhận",
            "Registered by the cell at residence",
            "stock",
        ),
        Measure(
            "r213_attended",
            "Dự sinh hoạt, hội họp nơi cư trú",
            "Attended",
            "Dự ít nhất một cuộc họp nơi cư trú",
            "Attended at least one meeting at residence",
            "stock",
        ),
        Measure(
            "r213_remarked",
            "Được nhận xét",
            "Remarked on",
            "Được chi bộ nơi cư trú nhận xét (mẫu 3-213); kỳ II là số cả năm đến nay",
            "Remarked on by the cell at residence (form 3-213); the second half-year is the year so far",
            "stock",
        ),
    ),
    every="half",
    hamlet_only=True,
)

ORGANISATION = Form(
    "organisation",
    "Tổ chức đảng ở xã, phường, thị trấn",
    "Party organisation of communes",
    (
        Measure(
            "hamlet_cells",
            "Số chi bộ ấp, khóm",
            "Cells of hamlets",
            "Chi bộ ấp, khóm của đảng bộ vào cuối năm",
            "Party cells of hamlets of the commune at the year's end",
            "stock",
            unit_vi="chi bộ",
            unit_en="cells",
            communes="open",
        ),
        Measure(
            "secretary_is_head",
            "Bí thư đồng thời trưởng ấp, khóm",
            "Secretary is head of the hamlet",
            "Trong số chi bộ ấp, khóm: bí thư đồng thời là trưởng ấp, khóm",
            "Of the hamlets' cells: the secretary is also head of the hamlet",
            "stock",
            unit_vi="bí thư",
            unit_en="secretaries",
        ),
        Measure(
            "secretary_head_under_40",
            "Không quá 40 tuổi",
            "Not over 40 years old",
            "Trong số bí thư đồng thời trưởng ấp, khóm: không quá 40 tuổi",
            "Of the secretaries who are heads: not over 40 years old",
            "stock",
            "sensitive",
            unit_vi="bí thư",
            unit_en="secretaries",
        ),
        Measure(
            "committees",
            "Số chi ủy",
            "Cell committees",
            "Chi ủy của các chi bộ thuộc đảng bộ vào cuối năm",
            "Committees of the commune's cells at the year's end",
            "stock",
            unit_vi="chi ủy",
            unit_en="cell committees",
            communes="open",
        ),
        Measure(
            "committees_trained",
            "Chi ủy được bồi dưỡng",
            "Cell committees trained",
            "Trong số chi ủy: được bồi dưỡng, cập nhật kiến thức về công tác đảng trong năm",
            "Of the cell committees: trained in party work in the year",
            "stock",
            unit_vi="chi ủy",
            unit_en="cell committees",
            communes="open",
        ),
        Measure(
            "graded_excellent",
            "Hoàn thành xuất sắc nhiệm vụ",
            "Graded excellent",
            "Đảng bộ xã, phường, thị trấn được xếp loại hoàn thành xuất sắc nhiệm vụ trong năm",
            "Commune committees graded excellent in the year",
            "stock",
            unit_vi="đảng bộ",
            unit_en="committees",
            communes="open",
        ),
        Measure(
            "graded_good",
            "Hoàn thành tốt nhiệm vụ",
            "Graded good",
            "Đảng bộ xã, phường, thị trấn được xếp loại hoàn thành tốt nhiệm vụ trong năm",
            "Commune committees graded good in the year",
            "stock",
            unit_vi="đảng bộ",
            unit_en="committees",
            communes="open",
        ),
        Measure(
            "graded_fair",
            "Hoàn thành nhiệm vụ",
            "Graded fair",
            "Đảng bộ xã, phường, thị trấn được xếp loại hoàn thành nhiệm vụ trong năm",
            "Commune committees graded fair in the year",
            "stock",
            unit_vi="đảng bộ",
            unit_en="committees",
            communes="open",
        ),
        Measure(
            "graded_poor",
            "Không hoàn thành nhiệm vụ",
            "Graded poor",
            "Đảng bộ xã, phường, thị trấn bị xếp loại không hoàn thành nhiệm vụ trong năm",
            "Commune committees graded poor in the year",
            "stock",
            unit_vi="đảng bộ",
            unit_en="committees",
            communes="open",
        ),
        Measure(
            "members_not_graded_away",
            "Chưa xếp loại do đi làm xa",
            "Not graded, being away",
            "Đảng viên chưa được đánh giá, xếp loại trong năm do đi làm việc xa",
            "Members not graded in the year because they were away",
            "stock",
            "sensitive",
        ),
    ),
    every="year",
    unit="commune",
    since="2022",
)

FORMS: dict[str, Form] = {form.name: form for form in (BALANCE, AWAY, REQUESTS, REGULATION_213, ORGANISATION)}
OF_CELLS: tuple[Form, ...] = tuple(form for form in FORMS.values() if form.unit == "cell")
MONTHLY: tuple[Form, ...] = tuple(form for form in FORMS.values() if form.every == "month")
HALF_YEARLY: tuple[Form, ...] = tuple(form for form in FORMS.values() if form.every == "half")
YEARLY: tuple[Form, ...] = tuple(form for form in FORMS.values() if form.every == "year")
MEASURES: dict[str, Measure] = {measure.name: measure for form in FORMS.values() for measure in form.measures}
FORM_OF: dict[str, str] = {name: form.name for form in FORMS.values() for name in form.names}
MONTHLY_MEASURES: tuple[str, ...] = tuple(name for form in MONTHLY for name in form.names)
HALF_YEARLY_MEASURES: tuple[str, ...] = tuple(name for form in HALF_YEARLY for name in form.names)
YEARLY_MEASURES: tuple[str, ...] = tuple(name for form in YEARLY for name in form.names)
COMMUNES_MONTHLY: tuple[str, ...] = tuple(name for name, measure in MEASURES.items() if measure.communes == "month")
COMMUNES_YEARLY: tuple[str, ...] = tuple(name for name, measure in MEASURES.items() if measure.communes == "year")
COMMUNES_OPEN: tuple[str, ...] = tuple(name for name, measure in MEASURES.items() if measure.communes == "open")
