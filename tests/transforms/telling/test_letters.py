"""Letters: what they hold, what they never hold, and that the same news make the same letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.telling.events import OutboxEvent, concerns
from transforms.telling.letters import letter
from transforms.telling.night import Course, failure_event, night_event
from transforms.telling.recipients import Recipient

NIGHT = date(2024, 3, 6)
TOPICS = ["alerts", "reports", "rejected", "summary", "failure"]
BOARD = Recipient("Ban", "b@x.vn", "board", "vi", None, frozenset(TOPICS), "low", None)
UNIT = Recipient(
    "Xã", "x@x.vn", "reporter", "vi", frozenset({"29869"}), frozenset({"reports", "rejected"}), "low", None
)
ALERT = OutboxEvent(
    "alert:a",
    NIGHT,
    "alerts",
    "opened",
    unit_code="29869",
    unit_name="Phường 1",
    above="866",
    severity="medium",
    text_vi="Có 17 đơn.",
    text_en="17 requests.",
)
REJECTED = OutboxEvent(
    "rejected:1",
    NIGHT,
    "rejected",
    "rejected",
    unit_code="29869",
    unit_name="Phường 1",
    period="2024-02",
    received_on=NIGHT,
    submission_id=1,
    file_name="Nguyễn Văn A.xlsx",
    attachment="returns/29869/x.xlsx",
    errors=3,
    warnings=1,
)


def test_an_alert_concerns_those_who_asked_for_its_unit_or_the_district_above_it():
    assert concerns(ALERT, BOARD)
    assert concerns(ALERT, replace(BOARD, units=frozenset({"866"})))
    assert concerns(ALERT, replace(BOARD, units=frozenset({"29869"})))
    assert not concerns(ALERT, replace(BOARD, units=frozenset({"867"})))
    assert not concerns(ALERT, replace(BOARD, least="high"))


@pytest.mark.parametrize(("period", "said"), [("2024-02", " tháng 02/2024"), ("2023", " năm 2023")])
def test_a_file_is_told_by_its_month_or_by_its_year(period, said):
    assert said in letter(BOARD, NIGHT, [replace(REJECTED, period=period)]).body


def test_a_late_report_is_not_told_twice_as_a_report_and_as_an_alert():
    late = replace(ALERT, is_late_report=True)
    assert not concerns(late, BOARD)
    assert concerns(late, replace(BOARD, topics=frozenset({"alerts"})))


events = st.builds(
    OutboxEvent,
    st.uuids().map(str),
    st.just(NIGHT),
    st.sampled_from(TOPICS),
    st.sampled_from(["opened", "overdue", "reminder", "rejected", "night", "failure"]),
    unit_code=st.sampled_from(["29869", "866", "87", None]),
    above=st.sampled_from(["866", None]),
    severity=st.sampled_from(["high", "low", None]),
)


@given(events)
def test_a_unit_hears_of_its_own_reports_and_files_only_whatever_its_row_says(event):
    # As the table cannot be read to say, but a program might.
    greedy = replace(UNIT, topics=BOARD.topics)
    for to in (UNIT, greedy):
        if concerns(event, to):
            assert event.unit_code == "29869"
            assert event.topic in ("reports", "rejected")


def test_the_boards_letter_holds_neither_a_files_name_nor_its_workbook():
    written = letter(BOARD, NIGHT, [REJECTED])
    assert "Nguyễn" not in written.body + written.subject
    assert written.attachments == ()
    assert "3 lỗi, 1 lưu ý" in written.body


def test_a_subject_holds_no_unit_and_no_figure_of_a_report():
    written = letter(BOARD, NIGHT, [ALERT, REJECTED])
    assert written.subject == "Đêm 06/03/2024: 1 tin về cảnh báo, 1 tệp bị trả lại"
    assert letter(UNIT, NIGHT, [REJECTED]).subject == "Tệp báo cáo cần sửa và gửi lại"


def test_a_file_that_lists_people_is_told_without_a_workbook():
    people = replace(REJECTED, lists_people=True, attachment=None)
    own, board = letter(UNIT, NIGHT, [people]), letter(BOARD, NIGHT, [people])
    assert own.attachments == ()
    assert "không gửi tên người" in own.body
    assert "có danh sách người" in board.body


def test_an_accepted_file_is_told_to_its_sender_only_and_asks_for_nothing_that_is_right():
    warned = replace(
        REJECTED, event_id="accepted:1", kind="accepted", errors=0, text_vi="dòng tổng khác tổng các dòng", text_en="x"
    )
    assert concerns(warned, UNIT)
    assert not concerns(warned, BOARD)
    written = letter(UNIT, NIGHT, [warned])
    assert written.subject == "Báo cáo đã được nhận, có điều cần xem lại"
    assert "đã được nhận. Xin xem lại: dòng tổng khác tổng các dòng. Bảng tính kèm theo" in written.body
    assert "không phải gửi lại gì" in written.body
    assert written.attachments == (REJECTED.attachment,)
    assert "Bảng tính" not in letter(UNIT, NIGHT, [replace(warned, attachment=None)]).body
    both = letter(UNIT, NIGHT, [REJECTED, warned])
    assert both.subject == "Tệp báo cáo cần sửa và gửi lại. Báo cáo đã được nhận, có điều cần xem lại"


def test_gravest_come_first_and_units_stand_together():
    others = [
        replace(ALERT, event_id="b", severity="high", text_vi="cao"),
        replace(ALERT, event_id="c", unit_code="29872", unit_name="Phường 2", text_vi="hai"),
        replace(ALERT, event_id="d", text_vi="một nữa"),
    ]
    body = letter(BOARD, NIGHT, [ALERT, *others]).body
    assert body.index("CẢNH BÁO MỨC CAO") < body.index("CẢNH BÁO MỨC VỪA")
    assert body.count("Phường 1:") == 2  # once a severity
    assert body.index("một nữa") < body.index("Phường 2:")


@given(st.permutations([ALERT, REJECTED, night_event(NIGHT, Course())]))
def test_the_same_news_make_the_same_letter_in_whatever_order(order):
    assert letter(BOARD, NIGHT, order) == letter(BOARD, NIGHT, [ALERT, REJECTED, night_event(NIGHT, Course())])


def test_other_news_and_other_recipients_make_other_numbers():
    numbers = {
        letter(to, night, news).message_id
        for to in (BOARD, replace(BOARD, name="Phó"))
        for night in (NIGHT, date(2024, 3, 7))
        for news in ([ALERT], [REJECTED], [ALERT, REJECTED])
    }
    assert len(numbers) == 12


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("Flow run encountered an exception: StoreLocked: The warehouse /x is in use", "bị một việc khác giữ"),
        ("Task run encountered an exception ValueError: 'Nguyễn Văn A'", "lỗi ValueError"),
        ("duckdb.duckdb.ConversionException: Could not convert 'mật khẩu'", "lỗi ConversionException"),
        ("MemoryError", "lỗi MemoryError"),
        ("Process for flow run 'x' exited with status code: -9", "bị ngắt giữa chừng"),
        ("Crashed", "bị ngắt giữa chừng"),
        ("", "bị ngắt giữa chừng"),
    ],
)
def test_of_an_error_its_name_is_passed_on_and_nothing_of_its_text(error, says):
    told = failure_event(NIGHT, error)
    assert says in told.text_vi
    for inside in ("Nguyễn", "mật khẩu", "/x", "exited"):
        assert inside not in told.text_vi + told.text_en


def test_a_night_says_what_could_not_be_told():
    told = night_event(NIGHT, Course({"accepted": 2, "rejected": 1}, "2024-02", 4, {"high": 1}, 3, 1, [3, 7])).text_vi
    assert "3 tệp: 2 nhận, 1 trả lại, 0 trùng." in told
    assert "còn 4 đơn vị" in told
    assert "3 tin chưa gửi được, 1 tin thôi gửi" in told
    assert "dòng 3, 7" in told
