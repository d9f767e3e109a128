"""What alerts say: three sentences, both languages, no small count of a commune where it tells of a person."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.alerts.alert_findings import COMMUNE, DISTRICT, act, found, frame, live, only
from transforms.alerts.drivers import Component, Drivers, Share, drivers
from transforms.alerts.explain import explain
from transforms.alerts.numbers import Numbers
from transforms.alerts.tables import tables

NOTHING = Drivers()
AWAY = replace(
    DISTRICT, family="away", indicator="away_total", observed=397.0, expected=277.4, lower=244.6, upper=313.2
)
FACT = {
    "family": "reporting",
    "kind": "late",
    "indicator": "reporting_completeness",
    "direction": None,
    "p_value": None,
    "q_value": None,
    "lower": None,
    "upper": None,
}


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=\.) (?=[A-ZĐĂÂÊÔƠƯÁ-ỹ])", text) if one]


def said(finding, known: Drivers = NOTHING, k: int = 3) -> tuple[list[str], list[str]]:
    vi, en = explain(only(live(finding)[0]), known, k)
    return sentences(vi), sentences(en)


def test_the_first_sentence_holds_what_was_seen_against_what_was_expected_with_its_interval():
    vi, en = said(found("2020-01", like=AWAY))
    assert vi[0] == (
        "Tháng 01/2020, Huyện Tam Nông có 397 đảng viên đi làm việc xa, trong khi mức thường thấy là khoảng 277 "
        "(trong khoảng 245–313)."
    )
    assert en[0] == (
        "In January 2020, Huyện Tam Nông had 397 members working away, where about 277 would be usual "
        "(between 245 and 313)."
    )


def test_the_second_says_since_when_and_how_sure_in_words():
    vi, en = said(found("2020-01"))
    assert vi[1] == (
        "Dấu hiệu có từ tháng 01/2020, cảnh báo mở ngày 05/02/2020; cứ khoảng 200 cảnh báo rõ như thế thì có thể một "
        "là cảnh báo sai."
    )
    assert "of about 200 alerts as clear as this, one may be false" in en[1]


@pytest.mark.parametrize(
    ("q", "p", "words"),
    [
        (0.0000001, 0.0000001, "khả năng cảnh báo sai rất nhỏ"),
        (0.3, 0.01, "cứ khoảng 3 cảnh báo"),
        (0.9, 0.004, "bằng chứng còn yếu: dù không có gì khác thường, cứ khoảng 200 lần xét"),
    ],
)
def test_how_sure_never_claims_more_figures_than_are_known(q, p, words):
    assert words in said(found("2020-01", q_value=q, p_value=p))[0][1]


def test_the_third_names_the_communes_that_carry_the_excess_and_what_to_check():
    known = Drivers((Share("Xã Phú Cường", 6.0, 5.2), Share("Xã An Hòa", 2.0, 1.8)), True, True, Component(9.0, 2.2))
    vi, _ = said(found("2020-01"), known)
    assert vi[2] == (
        "Phần lớn mức tăng nằm ở Xã Phú Cường (6) và Xã An Hòa (dưới 3), trong đó phần lớn là đơn xin ra khỏi Đảng "
        "của đảng viên đi làm việc xa (9, thường khoảng 2); trước hết nên đối chiếu số đơn với sổ của các chi bộ, xem "
        "có đơn của tháng trước ghi dồn vào không."
    )


def test_what_a_part_usually_is_stays_untold_where_it_is_more_than_the_whole():
    known = Drivers(component=Component(10.0, 9.4))
    vi, en = said(found("2020-01", observed=12.0, expected=2.49), known)
    assert "thường thấy là khoảng 2" in vi[0]
    assert "của đảng viên đi làm việc xa (10); trước hết" in vi[2]
    assert "working away (10);" in en[2]


@pytest.mark.parametrize(("lower", "bounds"), [(1.0, ""), (None, " (không quá 19)"), (4.0, " (trong khoảng 4–19)")])
def test_a_communes_fall_is_not_called_usual_where_the_lower_bound_is_not_told(lower, bounds):
    fall = {"family": "contact", "indicator": "away_out_of_contact", "direction": "down"}
    vi, _ = said(found("2020-01", like=replace(COMMUNE, **fall), observed=0.0, expected=5.0, lower=lower, upper=19.0))
    assert vi[0].endswith(f"trong khi mức thường thấy là khoảng 5{bounds}.")


def test_a_communes_small_count_is_not_told_where_the_districts_count_gives_it_away():
    two = (Share("Xã Phú Cường", 1.0, 0.9), Share("Xã An Hòa", 1.0, 0.8))
    vi, en = said(found("2020-01", observed=3.0, expected=0.5), Drivers(two, True, True))
    assert vi[2].startswith("Mức tăng nằm ở những số nhỏ của từng xã nên không nêu tên xã;")
    assert "Xã" not in en[2]
    known = Drivers((Share("Xã Phú Cường", 6.0, 5.2), Share("Xã An Hòa", 1.0, 0.9)), True, True)
    vi, _ = said(found("2020-01", observed=7.0), known)
    assert vi[2].startswith("Xã Phú Cường (6) góp nhiều nhất vào mức tăng, nhưng chưa đến một nửa;")


@pytest.mark.parametrize("indicator", ["received", "left_on_request", "away_out_of_contact"])
def test_a_commune_that_restates_a_sensitive_count_has_its_small_one_hidden(indicator):
    restated = {**FACT, "family": "restated", "kind": "restated", "indicator": indicator}
    vi, en = said(found("2020-01", like=replace(COMMUNE, **restated), observed=1.0, expected=5.0))
    assert "từ 5 thành dưới 3" in vi[0]
    assert "from 5 to fewer than 3" in en[0].replace("changed", "")


def test_a_provinces_move_is_called_so():
    vi, en = said(found("2020-01", like=replace(AWAY, level="province", scope="province", unit_name="Tỉnh Đồng Tháp")))
    assert "biến động chung của toàn tỉnh" in vi[2]
    assert "of the whole province" in en[2]


@pytest.mark.parametrize(
    ("note", "observed", "words"),
    [
        ("partial", 90.0, "mới có số liệu của 90 trong 100 chi bộ"),
        (None, 3.0, "Báo cáo tháng 01/2020 của Huyện Tam Nông chưa đến"),
    ],
)
def test_a_report_that_is_late_or_partial_is_told_as_a_fact(note, observed, words):
    vi, _ = said(found("2020-01", like=replace(DISTRICT, **FACT), note=note, observed=observed, expected=100.0))
    assert words in vi[0]
    assert "không phải suy đoán" in vi[1]
    assert "chưa nói gì về đảng viên" in vi[2]


def test_figures_that_stood_still_are_said_to_move_again():
    flat = replace(DISTRICT, family="plausibility", kind="implausible", indicator="away_total", note="flat")
    book, _ = live(found("2020-03", like=flat, observed=442.0), found("2020-04", like=flat, quiet=True))
    vi, _ = explain(only(book), NOTHING, 3)
    assert "đứng nguyên ở 442" in vi
    assert "lại lên xuống như thường" in vi


def test_it_says_how_it_was_resolved():
    alert = only(live(found("2020-01"), found("2020-02", quiet=True))[0])
    assert "đến ngày 05/03/2020 thì số liệu đã trở lại mức thường" in explain(alert, NOTHING, 3)[0]
    closed = act(1, "alert-close", date(2020, 2, 6), verdict="true")
    assert "Ban kết luận ngày 06/02/2020" in explain(only(live(found("2020-01"), acts=[closed])[0]), NOTHING, 3)[0]


number = st.one_of(st.none(), st.floats(0, 40))


@given(
    family=st.sampled_from(["requests", "contact", "members"]),
    kind=st.sampled_from(["change", "shift", "silence"]),
    direction=st.sampled_from(["up", "down"]),
    level=st.sampled_from(["commune", "district"]),
    figures=st.tuples(st.integers(0, 12), st.floats(0, 12), number, number),
    k=st.integers(2, 20),
    shares=st.lists(st.tuples(st.integers(0, 30), st.floats(0, 30)), max_size=3),
    part=st.integers(0, 12),
)
@settings(max_examples=150, deadline=None)
def test_no_count_of_a_commune_below_k_is_ever_told(family, kind, direction, level, figures, k, shares, part):
    observed, expected, lower, upper = figures
    like = replace(COMMUNE if level == "commune" else DISTRICT, family=family, kind=kind, direction=direction)
    one = found("2020-01", like=like, observed=float(observed), expected=expected, lower=lower, upper=upper)
    known = Drivers(
        tuple(Share(f"Xã {'ABC'[n]}", float(count), excess) for n, (count, excess) in enumerate(shares)),
        True,
        True,
        Component(float(part), expected),
    )
    for text in said(one, known, k):
        assert len(text) == 3
        first, _, third = (re.sub(r"\d{2}/\d{4}|\d{4}-\d{2}|(dưới|fewer than) \d+", "", sentence) for sentence in text)
        told = {int(digits) for digits in re.findall(r"\d+", first + third if level == "commune" else _named(third))}
        assert not told & set(range(1, k))


def _named(sentence: str) -> str:
    """The counts beside communes' names."""
    return " ".join(re.findall(r"Xã [ABC] \(([^)]*)\)", sentence))


@given(st.sampled_from([DISTRICT, COMMUNE, AWAY]), st.integers(2, 20))
def test_nothing_below_the_commune_is_named(like, k):
    for text in said(found("2020-01", like=like), Drivers(is_known=True), k):
        assert not re.search(r"(Chi bộ|Ấp|Khóm|chi bộ [A-ZĐ])", " ".join(text))


def test_drivers_are_the_communes_that_carry_most_of_the_excess():
    small = {"observed": 1.0, "expected": 0.9, "quiet": True}
    others = [found("2020-01", like=COMMUNE, unit_id=f"c{n}", unit_name=f"Xã {n}", **small) for n in range(5)]
    months = frame(
        [found("2020-01", like=COMMUNE), *others, found("2020-01", indicator="received_from_away", observed=8.0)]
    )
    known = drivers(live(found("2020-01"))[0], months)["871-requests-up-2020-01"]
    assert [(share.unit_name, share.observed) for share in known.shares] == [("Xã Phú Cường", 9.0)]
    assert known.is_most
    assert known.component == Component(8.0, 3.0)


def test_where_nothing_stands_out_or_communes_are_missing_no_commune_is_named():
    spread = [found("2020-01", like=COMMUNE, unit_id=f"c{n}", observed=1.0, expected=0.2) for n in range(16)]
    book = live(found("2020-01"))[0]
    known = drivers(book, frame(spread))["871-requests-up-2020-01"]
    assert (known.shares, known.is_known) == ((), True)
    assert drivers(book, frame(spread[:3]))["871-requests-up-2020-01"] == Drivers()
    assert drivers(book, frame([]))["871-requests-up-2020-01"] == Drivers()


def test_flows_are_added_up_over_the_run_and_stocks_taken_at_its_end():
    run = {"first_period": "2020-01", "kind": "shift"}
    months = [found(month, like=COMMUNE, observed=6.0) for month in ("2020-01", "2020-02")]
    known = drivers(live(found("2020-02", **run))[0], frame(months))["871-requests-up-2020-01"]
    assert known.shares[0].observed == 12.0
    stock = {"family": "away", "indicator": "away_total"}
    months = [replace(one, **stock, observed=12.0) for one in months]
    known = drivers(live(found("2020-02", **run, **stock))[0], frame(months))["871-away-up-2020-01"]
    assert known.shares[0].observed == 12.0


@given(st.floats(1e-12, 1.0))
def test_one_in_n_has_one_figure(chance):
    digits = Numbers("en", None).one_in(chance).replace(",", "")
    assert len(digits.rstrip("0")) == 1
    assert int(digits) >= 2 or chance > 0.5


def test_tables_have_a_row_an_alert_a_part_and_an_event():
    book, events = live(found("2020-01"), found("2020-01", like=COMMUNE), found("2020-02", quiet=True))
    made = tables(book, events, {}, 3)
    assert {name: rows.height for name, rows in made.items()} == {"alert": 1, "part": 2, "event": 1}
    (alert,) = made["alert"].to_dicts()
    assert (alert["observed"], alert["expected"], alert["upper"], alert["q_value"]) == (12.0, 3.0, 8.0, 0.005)
    assert made["part"]["is_active"].to_list() == [False, True]
