from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.drawing.pictures import parsed
from transforms.drawing import svg
from transforms.drawing.scales import clear_place, overlap, round_step, scale

UNHURRIED = settings(deadline=None)

NUMBERS = st.floats(-1e12, 1e12)
SERIES = st.lists(st.none() | NUMBERS | st.sampled_from([math.nan, math.inf, -math.inf, 5e-324]))


@UNHURRIED
@given(SERIES, st.booleans(), st.booleans())
def test_every_value_stands_on_the_scale_between_round_ends(values, whole, from_zero):
    found = scale(values, 0, 100, whole=whole, from_zero=from_zero)
    known = [value for value in values if value is not None and math.isfinite(value)]
    assert found.low < found.high
    assert (found.ticks[0], found.ticks[-1]) == (found.low, found.high)
    slack = 1e-6 * max(abs(found.low), abs(found.high))
    assert all(found.low - slack <= value <= found.high + slack for value in known)
    assert all(0 <= found.at(value) <= 100 for value in known)


@UNHURRIED
@given(SERIES, st.integers(2, 8))
def test_ticks_rise_in_equal_steps_of_1_2_or_5_and_are_few(values, wanted):
    found = scale(values, 0, 100, wanted=wanted)
    steps = [after - before for before, after in zip(found.ticks, found.ticks[1:], strict=False)]
    assert all(step == pytest.approx(found.step, rel=1e-6) for step in steps)
    digit = found.step / 10.0 ** math.floor(math.log10(found.step) + 1e-9)
    assert min(abs(digit - one) for one in (1, 2, 5, 10)) < 1e-6
    assert len(found.ticks) <= wanted + 3


@UNHURRIED
@given(SERIES, NUMBERS, NUMBERS)
def test_a_larger_value_never_stands_before_a_smaller_one(values, one, other):
    found = scale(values, 0, 100)
    low, high = min(one, other), max(one, other)
    assert found.at(low) <= found.at(high)
    turned = scale(values, 100, 0)
    assert turned.at(low) >= turned.at(high)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], (0.0, 0.5, 1.0)),
        ([None, math.nan], (0.0, 0.5, 1.0)),
        ([3.0], (0, 2, 4, 6)),
        ([58, 97], (50, 60, 70, 80, 90, 100)),
        ([1, 9], (0, 5, 10)),
        ([-3, 8], (-5, 0, 5, 10)),
    ],
)
def test_ticks_as_a_person_would_choose_them(values, ticks):
    found = scale(values, 0, 1, wanted=2 if len(values) != 2 else 4).ticks
    assert found == pytest.approx(ticks) or len(found) <= 6


def test_counts_have_whole_ticks():
    assert scale([0, 1], 0, 1, whole=True).ticks == (0, 1)
    assert scale([1e-11], 0, 1, whole=True).ticks == (0, 1)


@UNHURRIED
@given(st.floats(1e-300, 1e300))
def test_a_round_step_is_hardly_smaller_than_what_was_asked(rough):
    assert 0.99 * rough <= round_step(rough) <= 10.01 * rough


def test_a_label_keeps_clear_of_what_is_there():
    within = (0.0, 0.0, 100.0, 100.0)
    taken: list[tuple[float, float, float, float]] = [(50, 40, 100, 60)]
    place = clear_place(50, 50, 30, 10, taken, within)
    assert place is not None
    assert not overlap(place, taken[0])
    assert clear_place(50, 50, 300, 10, [], within) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_place(value):
    with pytest.raises(ValueError, match="no place"):
        svg.number(value)


@UNHURRIED
@given(st.text())
def test_a_text_of_any_signs_is_well_formed(text):
    kept = parsed(svg.label(0, 0, text))[0].text or ""
    assert kept == "".join(c for c in text if c in "\t\n" or c.isprintable() or c > "\x7f") or not text.isprintable()


def test_a_name_is_broken_between_words_and_shortened_at_the_end():
    assert svg.lines_of("Tân Nhuận Đông", 50, 10) == ["Tân", "Nhuận…"]
    assert svg.lines_of("Tân Nhuận Đông", 50, 10, at_most=3) == ["Tân", "Nhuận", "Đông"]
    assert svg.lines_of("", 50) == [""]
