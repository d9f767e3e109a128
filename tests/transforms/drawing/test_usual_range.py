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


def test_the_months_of_the_alert_stand_below_the_axis_as_its_text_names_them():
    months = series().to_dicts()
    of_alert = Series("A", "B", months, Numbers("vi", None), ("2024-10", "2024-12"))
    assert "cảnh báo từ 10/2024 đến 12/2024" in usual_range_chart(of_alert).picture
    of_one = Series("A", "B", months, Numbers("vi", None), ("2024-12", "2024-12"))
    assert "cảnh báo tháng 12/2024" in usual_range_chart(of_one).picture
    assert "cảnh báo từ" not in _drawn().picture
    before = Series("A", "B", months, Numbers("vi", None), ("2019-01", "2019-02"))
    assert usual_range_chart(before).picture.count('class="d-worse"') == 1  # in the legend alone


def test_the_axis_holds_the_whole_range():
    months = [month | {"lower": 5.0} for month in series().to_dicts()]
    texts = re.findall(
        r"<text[^>]*>([\d.]+)</text>", usual_range_chart(Series("A", "B", months, Numbers("vi", None))).picture
    )
    assert "0" in texts
