"""What stands on the morning page, and in which order."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from expectations.contract.problems import CODES
from expectations.language.catalogue import catalogue
from tests.transforms.morning.mornings import NIGHT, alerts, morning, rejected, reports, series
from transforms.morning.briefing import MOST_IN_FULL, brief, sentences
from transforms.morning.letter import morning_letter
from transforms.morning.page import morning_page
from transforms.morning.reasons import reason

LONG_AGO = NIGHT - timedelta(days=40)


def leads_of(*changes: dict) -> str | None:
    return brief(morning(alerts=alerts(*changes), series={})).lead_unit


def test_a_late_report_is_told_once_and_no_alert_besides():
    late = {"alert_id": "1", "kind": "late", "unit_name": "A", "last_period": "2024-12", "severity": "high"}
    other = {"alert_id": "2", "kind": "late", "unit_name": "B", "last_period": "2024-03", "severity": "low"}
    told = brief(morning(alerts=alerts(late, other), reports=reports({"A": "missing", "B": "reported"})))
    assert told.late == 1
    assert told.severities == ["low"]
    assert "thành cảnh báo" in morning_page(told)
    assert "cần đôn đốc 1 đơn vị" in told.lead


def test_many_who_have_not_reported_stand_in_columns():
    names = {f"Xã {number}": "missing" for number in range(100)}
    page = morning_page(brief(morning(reports=reports(names))))
    assert page.count("<li>Xã ") == 100
    assert '<ul class="names">' in page


def test_who_is_among_the_files_that_came_back_is_named_there():
    back = rejected({"reporter_name": "A"})
    told = brief(morning(reports=reports({"A": "rejected", "B": "reported"}), rejected=back))
    assert "ở mục «Tệp bị trả lại» dưới đây" in morning_page(told)
    assert "ở mục «Tệp bị trả lại» dưới đây" in morning_letter(told)
    other = brief(morning(reports=reports({"C": "rejected"}), rejected=back))
    assert "chưa gửi lại (1):</b> C" in morning_page(other)


def test_the_sentence_at_the_top_names_the_gravest_alert_and_why():
    told = brief(morning())
    assert told.lead == (
        "Hôm nay cần chú ý trước hết: tháng 12/2024, Thành phố Cao Lãnh có 1.218 đảng viên đi làm việc xa, trong khi "
        "mức thường thấy là khoảng 810."
    )
    assert (told.lead_unit, told.lead_severity) == ("Thành phố Cao Lãnh", "high")


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"severity": "medium"}, {"severity": "high", "event_on": LONG_AGO}),
        ({"status": "acknowledged", "acknowledged_on": NIGHT}, {"event_on": LONG_AGO}),
        ({"kind": "late"}, {"event_on": LONG_AGO}),
        ({"event_on": LONG_AGO}, {"q_value": 0.01}),
        ({"q_value": 0.01}, {"q_value": 0.001}),
        ({"is_silenced_until_resolved": True}, {"severity": "medium"}),
    ],
    ids=["severity", "acknowledged", "facts", "new", "evidence", "silenced"],
)
def test_of_two_alerts_the_one_that_needs_more_attention_comes_first(less, more):
    rows = ({"alert_id": "a", "unit_name": "A"} | less, {"alert_id": "b", "unit_name": "B"} | more)
    assert leads_of(*rows) == leads_of(*reversed(rows)) == "B"


def test_with_alerts_of_low_severity_only_the_missing_reports_come_first():
    low = brief(morning(alerts=alerts({"severity": "low"}), series={}))
    assert low.lead_unit is None
    assert "1 đơn vị chưa có báo cáo hợp lệ tháng 12/2024: Huyện Tam Nông" in low.lead


def test_the_first_five_units_stand_at_the_top_with_their_reasons_and_the_rest_by_name():
    rows = [{"alert_id": name, "unit_name": name, "severity": "high"} for name in "ABCDEFG"]
    low = {"alert_id": "L", "unit_name": "L", "severity": "low"}
    told = brief(morning(alerts=alerts(*rows, low), series={}))
    assert told.lead_unit == "A"
    assert [one.split(" có ")[0] for one in told.after] == [
        *(f"Tháng 12/2024, {name}" for name in "BCDE"),
        "Sau đó đến F, G.",
    ]


def test_a_morning_without_anything_says_so():
    calm = morning(alerts=alerts(), series={}, reports=reports({"A": "reported"}), rejected=rejected())
    assert brief(calm).lead == "Hôm nay không có đơn vị nào cần chú ý đặc biệt."
    assert "tháng thứ mười" not in morning_letter(brief(calm))


def test_before_anything_can_be_judged_no_alert_is_no_good_news():
    young = morning(
        alerts=alerts(), series={}, reports=reports({"A": "reported"}), rejected=rejected(), is_judged=False
    )
    told = brief(young)
    assert told.lead == "Chưa đủ số liệu để nói đơn vị nào cần chú ý."
    for page in (morning_letter(told), morning_page(told)):
        assert "Không có cảnh báo nào đang mở." in page
        assert "được xét từ tháng thứ mười có số liệu" in page


def test_an_alert_of_the_weekend_is_still_new_on_monday_and_no_longer_on_thursday():
    saturday = alerts({"event_on": date(2025, 1, 4)})
    days = {
        night: list(brief(morning(alerts=saturday, series={}, as_of=night)).full)
        for night in (date(2025, 1, 6), date(2025, 1, 9))
    }
    assert list(days.values()) == [["new"], ["standing"]]


def test_more_alerts_than_a_person_reads_get_a_line_each_and_silenced_ones_always():
    many = [{"alert_id": f"{number:02d}"} for number in range(MOST_IN_FULL + 3)]
    told = brief(morning(alerts=alerts(*many, {"alert_id": "silent", "silenced_until": NIGHT}), series={}))
    assert [len(some) for some in told.full.values()] == [MOST_IN_FULL]
    assert [one.row["alert_id"] for one in told.brief] == ["12", "13", "14", "silent"]


def test_a_chart_ends_half_a_year_after_the_last_signal_and_a_late_report_has_none():
    old = {"last_period": "2023-09", "first_period": "2023-09"}
    told = brief(morning(alerts=alerts(old), series={"866-away-up-2024-12": series()})).full["new"][0]
    assert told.months["period"].max() == "2024-03"
    late = morning(alerts=alerts({"kind": "late"}))
    assert brief(late).full["new"][0].months is None


def test_small_counts_of_a_commune_are_hidden_in_what_tells_of_a_person_only():
    contact = {"level": "commune", "family": "contact", "indicator": "away_out_of_contact"}
    away = {"level": "commune", "family": "away"}
    hidden = [brief(morning(alerts=alerts(change))).full["new"][0].hidden_below for change in (contact, away, {})]
    assert hidden == [3, None, None]


def test_earlier_months_still_missing_are_told_by_month():
    both = pl.concat([reports({"A": "missing", "B": "late"}), reports({"A": "rejected", "C": "reported"}, "2024-11")])
    missing = brief(morning(reports=both)).missing
    assert (missing.reported, missing.reporters) == (1, 2)
    assert (missing.names, missing.days) == ({"missing": ["A"]}, 1)
    assert missing.earlier == {"2024-11": ["A"]}


def test_a_text_has_three_sentences_whatever_numbers_stand_in_it():
    assert sentences("Có 1.218 người. Từ 01.12. Nên xem.") == ("Có 1.218 người.", "Từ 01.12.", "Nên xem.")


def test_every_error_has_its_reason():
    reasons = {key.removeprefix("reason.") for key in catalogue("vi") if key.startswith("reason.")}
    assert reasons == {code for code, about in CODES.items() if about.severity == "error"}
    assert reason("not-a-count", 3, "vi") == "ô không phải số đếm (3 chỗ)"
    assert reason("encrypted-file", 3, "en") == "the file has a password"


def test_the_mail_tells_the_same_in_the_same_order_without_the_names_of_files():
    text = morning_letter(brief(morning()))
    places = [
        text.index(word)
        for word in (
            "chú ý trước hết",
            "CHƯA BÁO CÁO",
            "TỆP BỊ TRẢ LẠI",
            "CẢNH BÁO\n",
            "CẢNH BÁO VỪA XONG",
            "XU HƯỚNG",
            "THEO DÕI",
        )
    ]
    assert places == sorted(places)
    assert "Đã đánh dấu chỗ sai trong bảng tính trả lại đơn vị." in text
    assert "returns/" not in text  # a path of the server is nothing to whoever reads the letter
    assert "bao cao.xlsx" not in text
