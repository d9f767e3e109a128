"""What is said of members in enterprises: the forms' own figures, what is certain by addition, and nothing guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pages.enterprises import at_least_both, enterprises_say
from transforms.pages.unit_figures import PageUnit

DISTRICT = PageUnit("866", "Thành phố Cao Lãnh", "district", None)
MONTH: dict[str, Any] = {
    "period": "2024-12",
    "away_total": 500,
    "away_in_enterprise": 310,
    "away_in_private_enterprise": 250,
    "away_in_contact": 430,
    "away_temporary_activity": 120,
    "away_exempt": 100,
}


def test_the_forms_figures_are_told_and_what_they_do_not_tell_is_said() -> None:
    said = enterprises_say(DISTRICT, MONTH, "vi")
    assert "310 trong 500" in said[0]
    assert "62,0%" in said[0]
    assert "50,0%" in said[0]
    assert "430 còn giữ liên lạc (86,0%), 220 có hình thức sinh hoạt (44,0%)" in said[1]
    assert "không ghi riêng" in said[2]
    assert "ít nhất 240 người còn giữ liên lạc và ít nhất 30 người" in said[3]


def test_nothing_is_certain_where_the_groups_need_not_meet() -> None:
    few = MONTH | {"away_in_enterprise": 50, "away_in_contact": 430, "away_temporary_activity": 0, "away_exempt": 0}
    assert len(enterprises_say(DISTRICT, few, "en")) == 3


@pytest.mark.parametrize("month", [None, MONTH | {"away_in_contact": None}, MONTH | {"away_total": 0}])
def test_what_is_not_published_is_said_to_be_so(month: dict[str, Any] | None) -> None:
    assert enterprises_say(DISTRICT, month, "vi") == (
        "Chưa có số liệu được công bố về đảng viên làm việc ở doanh nghiệp.",
    )


def test_of_a_commune_no_figure_is_told() -> None:
    (said,) = enterprises_say(PageUnit("29905", "Xã", "commune", None), MONTH, "vi")
    assert not any(letter.isdigit() for letter in said)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_at_least_so_many_are_in_both_groups_whoever_they_are(people: list[tuple[bool, bool]]) -> None:
    one, other = (sum(person[group] for person in people) for group in (0, 1))
    assert at_least_both(one, other, len(people)) <= sum(first and second for first, second in people)
