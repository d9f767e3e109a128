"""Every chart, of any figures: well formed, safe, within its frame; and what it must say of some."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract.indicators import INDICATOR_OF, INDICATORS
from expectations.language.catalogue import LANGUAGES, text
from tests.transforms.drawing.pictures import (
    COUNT,
    NAMES,
    QUANTITIES,
    RATE,
    SHARE,
    VALUES,
    check,
    kinds,
    months,
    parsed,
    texts,
    units,
)
from transforms.drawing import svg
from transforms.drawing.bar_charts import BalanceStep, Counted, bar_chart, stages_chart, waterfall_chart
from transforms.drawing.figures import MonthFigure, Quantity, UnitFigure, short_names, told, verdict
from transforms.drawing.funnel_plot import funnel_plot
from transforms.drawing.ranked_dots import ranked_dots
from transforms.drawing.small_multiples import UnitMonths, small_multiples, sparkline
from transforms.drawing.spine_chart import SpineRow, spine_chart
from transforms.drawing.tile_layout import tile_layout, tile_outlines
from transforms.drawing.trend_chart import Foreseen, trend_chart
from transforms.drawing.unit_map import unit_map

LANGUAGE = st.sampled_from(LANGUAGES)
COUNTED = st.builds(Counted, name=NAMES, count=st.none() | st.integers(0, 10**7), is_hidden=st.booleans())
STEPS = st.builds(
    BalanceStep,
    name=NAMES,
    kind=st.sampled_from(["whole", "flow", "open"]),
    value=st.none() | st.integers(-(10**6), 10**6),
    running=st.none() | st.integers(-(10**6), 10**6),
    is_hidden=st.booleans(),
)
MARKUP = "<b>Châu & Thành</b>"
FEW = settings(max_examples=40, deadline=None)


def month(period: str, value: float | None, lower=None, upper=None, **more) -> MonthFigure:
    return MonthFigure(period=period, value=value, lower=lower, upper=upper, **more)


def unit(code: str, value: float | None, lower=None, upper=None, **more) -> UnitFigure:
    return UnitFigure(code=code, name=more.pop("name", f"Xã {code}"), value=value, lower=lower, upper=upper, **more)


def whole(drawing) -> str:
    """Everything a page shows of a chart."""
    markup = drawing.figure("vi")
    parsed(markup)
    assert drawing.title
    assert drawing.sentence
    assert all(len(row) == len(drawing.heads) for row in drawing.rows)
    check(drawing.picture)
    return markup


@FEW
@given(NAMES, QUANTITIES, months(), months(), st.booleans())
def test_a_trend_of_any_months_can_be_drawn(name, quantity, own, province, is_foreseen):
    last = max((one.period for one in own), default="2026-01")
    to_come = [Foreseen(period=f"{int(last[:4]) + 1}-{at:02}", value=at, lower=-at, upper=3 * at) for at in (1, 2)]
    alerts = {one.period: name for one in own[:3]}
    whole(trend_chart(name, quantity, own, province, [last], to_come if is_foreseen else (), alerts))


@FEW
@given(months(), NAMES)
def test_a_sparkline_of_any_months_can_be_drawn(own, name):
    drawn = sparkline(own, name, name)
    if drawn:
        check(drawn)


@FEW
@given(QUANTITIES, st.lists(months(), max_size=5), months(), NAMES)
def test_small_multiples_of_any_units_can_be_drawn(quantity, series, province, name):
    all_units = [
        UnitMonths(code=str(at), name=name, months=own, href="/u?a=1&b=2" if at else None)
        for at, own in enumerate(series)
    ]
    whole(small_multiples(quantity, all_units, province))


def test_on_scales_of_their_own_a_small_unit_is_read_as_well_as_a_large_one():
    sizes = {"1": 1, "2": 1000}
    many = [
        UnitMonths(code=code, name=code, months=[month(f"2026-0{at}", size * at) for at in range(1, 7)])
        for code, size in sizes.items()
    ]
    together, apart = (small_multiples(COUNT, many, has_own_scales=own) for own in (False, True))
    lines = [re.findall(r'class="d-line d-unit"[^>]*|<path[^>]*unit[^>]*>', one.picture) for one in (together, apart)]
    assert lines[0][0] != lines[0][1]
    assert lines[1][0] == lines[1][1]
    assert "a scale of its own" in apart.sentence
    assert "a scale of its own" not in together.sentence


@FEW
@given(QUANTITIES, units(), VALUES, NAMES)
def test_a_spine_of_any_units_can_be_drawn(quantity, all_units, province, name):
    own = all_units[0] if all_units else unit("1", None)
    whole(spine_chart(name, [SpineRow(quantity=quantity, unit=own, units=all_units, province=province, href="/i")]))


@FEW
@given(QUANTITIES, units(), VALUES)
def test_ranks_of_any_units_can_be_drawn(quantity, all_units, province):
    whole(ranked_dots(quantity, all_units, province, "29869"))


@FEW
@given(st.sampled_from([RATE, SHARE]), units(), VALUES)
def test_a_funnel_of_any_units_can_be_drawn(quantity, all_units, province):
    whole(funnel_plot(quantity, all_units, province, "Đảng viên"))


@FEW
@given(QUANTITIES, units(), VALUES, st.sampled_from(["value", "chance"]))
def test_a_tile_map_of_any_units_can_be_drawn(quantity, all_units, province, by):
    outlines = tile_outlines(tile_layout({one.code: None for one in all_units[1:]}))
    whole(unit_map(quantity, all_units, outlines, province, by, is_tiled=True))


@FEW
@given(st.lists(COUNTED, max_size=8), NAMES, LANGUAGE)
def test_bars_and_stages_of_any_counts_can_be_drawn(counted, title, language):
    whole(bar_chart(title or "x", counted, language))
    whole(stages_chart(title or "x", counted, language))


@FEW
@given(st.lists(STEPS, max_size=12), LANGUAGE)
def test_a_waterfall_of_any_steps_can_be_drawn(steps, language):
    whole(waterfall_chart("Đầu kỳ", steps, language))


def test_a_month_that_is_not_known_is_a_gap_and_never_zero():
    drawn = trend_chart("Huyện", COUNT, [month("2026-01", 5), month("2026-02", None), month("2026-03", 7)])
    root = check(drawn.picture)
    assert len(kinds(root, "point")) == 2
    (line,) = kinds(root, "line")
    assert line.get("d", "").count("M") == 2
    assert [row[1] for row in drawn.rows] == ["7", "not known", "5"]
    assert "Months not known: 1" in drawn.sentence


def test_a_level_that_is_not_known_has_no_key_and_no_column():
    months = [month("2026-01", 5), month("2026-02", 7)]
    level = [month("2026-01", None), month("2026-02", None)]
    assert trend_chart("Huyện", COUNT, months, level=level) == trend_chart("Huyện", COUNT, months)


def test_a_month_that_is_left_out_is_a_gap_too():
    root = check(trend_chart("Huyện", COUNT, [month("2026-01", 5), month("2026-03", 7)]).picture)
    assert kinds(root, "line")[0].get("d", "").count("M") == 2


def test_a_hidden_figure_stands_nowhere():
    months = [month("2026-01", 5), month("2026-02", 2.0, 1.91, 2.92, is_hidden=True), month("2026-03", 7)]
    hidden = unit("2", 0.77, 0.71, 0.83, is_hidden=True, denominator=13)
    others = [unit(str(at), 0.4 + at / 100, 0.3, 0.6, denominator=100) for at in (1, 3, 4, 5)]
    drawings = [
        trend_chart("Huyện", COUNT, months),
        small_multiples(COUNT, [UnitMonths(code="1", name="Xã", months=months[1:2])]),
        ranked_dots(SHARE, [*others, hidden], 0.5),
        funnel_plot(SHARE, [*others, hidden], 0.5, "Đảng viên"),
        unit_map(SHARE, [*others, hidden], tile_outlines(tile_layout(dict.fromkeys("12345"))), 0.5, is_tiled=True),
        spine_chart("Xã", [SpineRow(quantity=SHARE, unit=hidden, units=[*others, hidden], province=0.5)]),
        bar_chart("Vì sao", [Counted(name="a", count=77, is_hidden=True), Counted(name="b", count=5)], "vi"),
        stages_chart("213", [Counted(name="a", count=100), Counted(name="b", count=77, is_hidden=True)], "vi"),
        waterfall_chart("x", [BalanceStep(name="a", kind="flow", value=77, running=77, is_hidden=True)], "vi"),
    ]
    for drawn in drawings:
        told_all = " ".join(parsed(drawn.figure("vi")).itertext())
        assert not {"2,92", "77", "71,0%", "77,0%", "83,0%"} & set(told_all.replace("+", "").split()), drawn.title
        assert "che" in told_all or "hidden" in told_all


def test_of_counts_with_a_hidden_one_no_total_is_told():
    drawn = bar_chart("Vì sao", [Counted(name="a", count=2, is_hidden=True), Counted(name="b", count=5)], "vi")
    assert drawn.rows == (("b", "5", "—"), ("a", "được che", "—"))
    assert drawn.sentence == "Nhiều nhất trong số đã biết là b: 5."


@pytest.mark.parametrize("name", [MARKUP, '"><script>alert(1)</script>', "]]>\x00"])
def test_a_name_with_markup_is_text_everywhere(name):
    figure = unit("1", 0.5, 0.4, 0.6, name=name, denominator=500, href='/u/"><b>')
    all_units = [figure, *(unit(str(at), 0.1 * at, 0.05, 0.9, denominator=100) for at in range(2, 7))]
    outlines = tile_outlines(tile_layout(dict.fromkeys("123456")))
    drawings = [
        trend_chart(name, SHARE, [month("2026-01", 0.5)], alerts={"2026-01": name}),
        small_multiples(SHARE, [UnitMonths(code="1", name=name, months=[month("2026-01", 0.5)], href='"><b>')]),
        ranked_dots(SHARE, all_units, 0.3, name="r"),
        funnel_plot(SHARE, all_units, 0.3, name),
        unit_map(SHARE, all_units, outlines, 0.3, is_tiled=True),
        spine_chart(name, [SpineRow(quantity=SHARE, unit=figure, units=all_units, province=0.3, href='"><b>')]),
        bar_chart(name, [Counted(name=name, count=1)], "vi"),
        stages_chart(name, [Counted(name=name, count=1)], "vi"),
        waterfall_chart(name, [BalanceStep(name=name, kind="whole", value=1, running=1)], "vi"),
    ]
    for drawn in drawings:
        root = parsed(drawn.figure("vi"))
        bold = [one for one in root.iter() if one.tag.rpartition("}")[2] in ("b", "script")]
        assert len(bold) == 1, drawn.title  # the caption's own


def test_the_sentence_says_where_the_unit_stands():
    months = [month("2026-05", 30, 20, 40), month("2026-06", 44.0, 41.0, 47.0)]
    province = [month("2026-06", 40.0)]
    drawn = trend_chart("Huyện Tam Nông", RATE, months, province)
    assert drawn.sentence == (
        "Tháng 06/2026: 44,0 trên 1.000 (41,0 … 47,0). Cao hơn toàn tỉnh (40,0), ngoài mức ngẫu nhiên."
    )
    like = trend_chart("Huyện Tam Nông", RATE, months[:1], [month("2026-05", 40.0)])
    assert like.sentence.endswith("Không khác rõ toàn tỉnh (40,0).")


def test_the_forecast_opens_from_the_last_known_month():
    months = [month("2026-05", 30), month("2026-06", 44)]
    to_come = [Foreseen(period="2026-07", value=45, lower=30, upper=60, inner=(40, 50))]
    root = check(trend_chart("Huyện", RATE, months, foreseen=to_come, tet=["2026-05"]).picture)
    assert len(kinds(root, "fan")) == 3  # the two of the chart and the legend's
    assert len(kinds(root, "tet")) == 2


def test_the_level_without_season_is_a_line_and_a_column():
    months, level = [month("2026-01", 5.0), month("2026-02", 9.0)], [month("2026-02", 7.0)]
    drawn = trend_chart("Huyện", RATE, months, level=level)
    check(drawn.picture)
    assert "d-line d-level" in drawn.picture
    assert len(drawn.heads) == 3
    assert [row[2] for row in drawn.rows] == [RATE.says(7.0), text("drawing.unknown", RATE.language)]
    assert "d-line d-level" not in trend_chart("Huyện", RATE, months).picture


def test_a_long_name_takes_the_room_of_the_value_in_a_small_tile_but_never_of_the_mark():
    codes = [f"{number:03}" for number in range(141)]
    units = [unit(code, 0.9, denominator=1000.0) for code in codes[:-1]]
    units.append(UnitFigure(code=codes[-1], name="Xã Bình Hàng Trung Tây", value=0.1, denominator=1000.0))
    outlines = tile_outlines(tile_layout(dict.fromkeys(codes)))
    for by, expected in (("value", False), ("chance", True)):
        drawn = unit_map(SHARE, units, outlines, 0.5, by, is_tiled=True)  # type: ignore[arg-type]
        written = re.findall(r">([^<]*)</text>", drawn.picture)
        assert any(one.startswith("▼ ") for one in written) == expected
        assert SHARE.says(0.1) not in written


def test_a_colour_is_given_only_where_there_is_a_direction_and_the_interval_decides():
    high = unit("1", 5.0, 4.0, 6.0)
    assert verdict(high, 3.0, "up") == "better"
    assert verdict(high, 3.0, "down") == "worse"
    assert verdict(high, 3.0, "none") == "neutral"
    assert verdict(high, 4.5, "up") == "neutral"
    assert verdict(unit("1", 5.0), 3.0, "up") == "neutral"
    assert verdict(high, None, "up") == "neutral"


def test_the_worse_differs_from_the_better_in_shape():
    figures = [unit("1", 5.0, 4.0, 6.0), unit("2", 1.0, 0.5, 2.0), unit("3", 3.0, 2.0, 4.0)]
    root = check(ranked_dots(RATE, figures, 3.0).picture)
    assert {one.tag.rpartition("}")[2] for one in kinds(root, "worse")} == {"path"}
    assert {one.tag.rpartition("}")[2] for one in kinds(root, "better")} == {"circle"}


def test_two_units_of_one_name_are_told_apart():
    names = ["Thành phố Hồng Ngự", "Huyện Hồng Ngự", "Huyện Tam Nông", "Phường 1", "Tỉnh lỵ"]
    found = short_names(unit(str(at), 1.0, name=name) for at, name in enumerate(names))
    assert list(found.values()) == ["TP. Hồng Ngự", "H. Hồng Ngự", "Tam Nông", "P. 1", "Tỉnh lỵ"]


def test_the_waterfall_ends_where_the_last_step_ends():
    steps = [
        BalanceStep(name="Đầu kỳ", kind="whole", value=5210, running=5210),
        BalanceStep(name="Kết nạp", kind="flow", value=34, running=5244),
        BalanceStep(name="Xóa tên", kind="flow", value=0, running=5244),
        BalanceStep(name="Từ trần", kind="flow", value=-9, running=5235),
        BalanceStep(name="Cuối kỳ", kind="whole", value=5235, running=5235),
    ]
    drawn = waterfall_chart("Biến động", steps, "vi")
    root = check(drawn.picture)
    (more,), (fewer,) = kinds(root, "bar-more"), kinds(root, "bar-fewer")
    right = float(more.attrib["x"]) + float(more.attrib["width"])
    assert float(fewer.attrib["x"]) + float(fewer.attrib["width"]) == pytest.approx(right, abs=0.11)
    assert "Xóa tên" not in texts(root)
    assert [row[1] for row in drawn.rows] == ["5.210", "+34", "0", "−9", "5.235"]
    assert drawn.sentence == "Từ 5.210 lên 5.235 đảng viên: tăng 25."


def test_a_waterfall_says_which_end_is_not_known():
    opening, closing = (BalanceStep(name=name, kind="whole", value=None, running=None) for name in ("Đầu", "Cuối"))
    known = replace(opening, value=5210, running=5210)
    assert waterfall_chart("x", [known, closing], "vi").sentence == "Đầu kỳ có 5.210 đảng viên; chưa biết số cuối kỳ."
    assert waterfall_chart("x", [opening, closing], "vi").sentence == "Chưa biết số đầu kỳ."


def test_the_stages_say_where_most_are_lost():
    counts = [2310, 2104, 1890, 940]
    drawn = stages_chart("213", [Counted(name=f"b{n}", count=n) for n in counts], "vi")
    assert "Hụt nhiều nhất ở bước “b940”: 950 đảng viên." in drawn.sentence
    assert drawn.rows[3] == ("b940", "940", "49,7%", "40,7%")
    assert stages_chart("213", [Counted(name="a", count=0)], "vi").sentence == "Không có đảng viên nào thuộc diện."


def test_the_stages_name_what_they_count():
    drawn = stages_chart("x", [Counted(name=f"b{n}", count=n) for n in (120, 90)], "vi", of_what="chi ủy")
    assert "30 chi ủy." in drawn.sentence
    assert drawn.heads[1] == "Số chi ủy"


def test_the_funnel_says_when_the_units_differ_by_more_than_chance():
    wild = [unit(str(at), 0.1 + 0.1 * (at % 8), denominator=2000) for at in range(10)]
    assert "chưa phải là bất thường" in funnel_plot(SHARE, wild, 0.45, "Đảng viên").sentence
    calm = [unit(str(at), 0.45, denominator=2000) for at in range(10)]
    assert "bất thường" not in funnel_plot(SHARE, calm, 0.45, "Đảng viên").sentence


def test_names_in_the_funnel_do_not_touch():
    crowd = [unit(str(at), 0.9 - at / 500, denominator=3000 + at, name=f"Xã Tân Phú {at}") for at in range(30)]
    root = check(funnel_plot(SHARE, crowd, 0.5, "Đảng viên").picture)
    boxes = [
        (float(one.attrib["x"]), float(one.attrib["y"]), svg.text_width(one.text or "", svg.SMALL))
        for one in kinds(root, "name")
    ]
    assert len(boxes) > 5
    for at, (x, y, width) in enumerate(boxes):
        for other, down, wide in boxes[at + 1 :]:
            assert abs(y - down) >= 11 or x + width <= other or other + wide <= x


def test_a_net_flow_has_no_funnel():
    net = Quantity.of(INDICATOR_OF["away_net_flow"], "vi")
    with pytest.raises(ValueError, match="no limits of chance"):
        funnel_plot(net, [], 1.0, "Đảng viên")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.name)
def test_every_indicator_can_be_written(indicator, language):
    quantity = Quantity.of(indicator, language)
    figure = unit("1", 0.25, 0.2, 0.3)
    assert told(figure, quantity, with_unit=True)
    assert quantity.is_proportion == (indicator.kind in ("rate", "share"))
    assert quantity.tick(0.1, 0.1) == {"share": "10%"}.get(quantity.kind, "0,1" if language == "vi" else "0.1")


def test_a_picture_with_links_is_no_image_to_a_screen_reader():
    linked = ranked_dots(RATE, [unit("1", 1.0, href="/u/1")])
    (picture,) = [one for one in parsed(linked.picture).iter("{http://www.w3.org/2000/svg}svg") if one.get("role")]
    assert picture.get("role") == "group"
    assert picture.get("aria-label") == linked.title


def test_months_before_anything_was_reported_take_no_room():
    known = [month(f"2024-{at:02}", 10.0 + at) for at in range(1, 13)]
    unknown = [month(f"2023-{at:02}", None) for at in range(1, 13)]
    alone, after = (
        small_multiples(RATE, [UnitMonths(code="1", name="Xã", months=some)]) for some in (known, unknown + known)
    )
    assert after.picture == alone.picture


def test_two_hundred_units_stay_below_the_weight_of_a_page():
    series = [month(f"{2020 + at // 12}-{at % 12 + 1:02}", 10 + at % 7) for at in range(72)]
    drawn = small_multiples(
        RATE, [UnitMonths(code=str(at), name=f"Xã {at}", months=series) for at in range(102)], series
    )
    assert len(drawn.picture) < 250_000


@pytest.mark.parametrize(
    ("period", "told"), [("2024-12", "Tháng 12/2024:"), ("2024-H2", "6 tháng cuối năm 2024:"), ("2024", "2024:")]
)
def test_the_last_figure_of_a_series_is_told_with_its_period(period, told):
    assert trend_chart("Huyện", SHARE, [month(period, 0.5)]).sentence.startswith(told)
