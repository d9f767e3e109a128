"""The sentences are made of the figures, and say what is not known."""

from __future__ import annotations

from datetime import date
from typing import Any

from transforms.eyesight.wording import eyesight_sentences

NIGHT = date(2026, 11, 29)


def _unit(name: str, state: str = "known", size: float | None = None, **more: Any) -> dict[str, Any]:
    return {
        "kind": "rise",
        "indicator": "received",
        "fault": None,
        "unit_code": name,
        "unit_name": name,
        "unit_class": None,
        "planted_size": 8.0,
        "within_months": 2,
        "trials": 20,
        "seen": 18,
        "least_state": state,
        "least_size": size,
        "last_trials": 1,
        "last_seen": 1,
        "last_night": NIGHT,
    } | more


def _of(rows: list[dict[str, Any]]) -> str:
    return eyesight_sentences(rows, "vi")[0]


def test_the_sharpest_and_the_dullest_eye_are_named():
    said = _of([_unit("Huyện Lai Vung", size=1.96), _unit("Thành phố Sa Đéc", size=2.93), _unit("Huyện A", size=2.5)])
    assert said == (
        "Một đợt đơn xin ra khỏi Đảng tăng gấp đôi ở huyện Lai Vung được thấy trong 2 tháng, 9 lần trong 10; "
        "ở thành phố Sa Đéc cần tăng gấp ba."
    )


def test_sizes_are_rounded_upwards_so_that_nothing_is_promised():
    assert "tăng gấp 2,1 lần" in _of([_unit("Huyện A", size=2.01)])
    assert "tăng gấp 5,5 lần" in _of([_unit("Huyện A", size=5.02)])


def test_what_is_not_known_is_said_to_be_so():
    whole = _unit("", state="of-units", trials=31) | {"unit_code": None}
    assert "chưa biết" in _of([whole])
    assert "31 lần" in _of([whole])
    assert "1 nơi chưa biết" in _of([_unit("Huyện A", size=2.0), _unit("Huyện B", state="unknown")])


def test_where_the_largest_change_is_not_enough_this_is_said():
    rows = [_unit("Huyện A", size=2.0), _unit("Huyện B", state="beyond")]
    assert "ở huyện B tăng gấp 8 lần vẫn chưa thấy được 9 lần trong 10" in _of(rows)
    assert "vẫn chưa được thấy 9 lần trong 10" in _of([_unit("Huyện B", state="beyond")])


def test_communes_are_named_by_how_many_they_have():
    rows = [_unit("", size=2.0, unit_code=None, unit_name=None, unit_class="large")]
    assert "ở các xã có nhiều" in _of(rows)


def test_a_canary_that_was_not_seen_is_said_at_once():
    canary = _unit("", kind="canary", unit_code=None, within_months=None)
    assert "những điều phải thấy đều thấy" in eyesight_sentences([canary], "vi")[-1]
    said = eyesight_sentences([canary | {"last_seen": 0}], "vi")[-1]
    assert "KHÔNG thấy" in said
    assert "số đơn xin ra khỏi Đảng tăng vọt" in said


def test_before_the_first_self_test_there_is_one_sentence():
    assert len(eyesight_sentences([], "vi")) == 1
