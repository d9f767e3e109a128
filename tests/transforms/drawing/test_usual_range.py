"""A series against its usual range: months and numbers as people write them, small counts not told apart."""

from __future__ import annotations

import re

from tests.transforms.morning.mornings import series
from transforms.alerts.numbers import Numbers
from transforms.drawing.figures import Drawing
from transforms.drawing.usual_range import Series, usual_range_chart


def _drawn(small_count: int | None = None, *values: float) -> Drawing:
    drawing = usual_range_chart(
        Series('Xã "A" <b>', "Đảng viên", series(*values).to_dicts(), Numbers("vi", small_count))
    )
    assert drawing
    return drawing


def test_months_and_whole_numbers_stand_as_people_write_them():
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", _drawn().picture)
    assert {"01/2024", "07/2024"} <= set(texts)
    assert "1.200" in texts or "1.000" in texts


def test_it_says_what_it_is_with_names_escaped():
    drawing = _drawn()
    assert "<b>" not in drawing.picture
    assert "&lt;b&gt;" in drawing.picture
    assert "<title>" in drawing.picture


def test_a_small_count_is_not_told_from_another():
    drawn = [_drawn(3, 1.5, last).picture for last in (1.0, 2.0, 3.0)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_fewer_than_three_months_are_not_drawn():
    few = series().head(2).to_dicts()
    assert usual_range_chart(Series("A", "B", few, Numbers("vi", None))) is None
