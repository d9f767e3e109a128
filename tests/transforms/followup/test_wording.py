"""What items say: procedures and reports of units, small counts of communes hidden, internal marks called so."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from expectations.contract.regulations import regulation_on
from expectations.language.catalogue import LANGUAGES, catalogue
from tests.transforms.followup.followup_readings import NOBODY, THRESHOLDS, night, said
from transforms.cases.replay import replay
from transforms.followup.gain import gain_of
from transforms.followup.item import Item
from transforms.followup.kinds import INTERNAL, KINDS, priority_of
from transforms.followup.life import life_of_items
from transforms.followup.tables import UnitName, tables
from transforms.followup.wording import Voice, protected, source, what
from transforms.followup.workbook import WorklistUnit, followup_workbook

LIFE = life_of_items(NOBODY, THRESHOLDS)
DISTRICT = Voice("district", 3, "vi")
COMMUNE = Voice("commune", 3, "vi")
CONTACT = replace(
    said(0, kind="away-out-of-contact", period="2021-06"),
    least=2,
    most=2,
    base=5,
    unit_id="30001@2025-07-01",
    evidence=json.dumps({"away_out_of_contact": 2, "away_total": 5, "before": "2021-05", "count_before": 2}),
)
PENDING = replace(
    said(0, kind="requests-pending", period="2021-06"),
    least=2,
    most=None,
    base=2,
    evidence=json.dumps({"pending_closing": 2, "received": 1, "days": 90, "told": 30, "least_told": 2}),
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_worded_in_both_languages_and_says_who_acts_and_what_ends_it(kind):
    for key in (kind.label, kind.actor, kind.what, kind.ends, kind.source):
        vi, en = (catalogue(language)[key] for language in LANGUAGES)
        assert vi
        assert en
        assert vi != en


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_kind_names_a_person_proposes_striking_off_or_asks_to_bring_anybody_back(kind):
    said_of_it = " ".join(
        known[key] for known in map(catalogue, LANGUAGES) for key in (kind.what, kind.label)
    ).casefold()
    for word in (
        "xóa tên",
        "xoá tên",
        "đồng chí",
        "họ tên",
        "vận động",
        "rút đơn",
        "trở lại",
        "kỷ luật",
        "struck",
        "strike",
        "withdraw",
        "persuade",
        "name of",
    ):
        assert word not in said_of_it


def test_what_the_regulation_does_not_time_is_called_an_internal_mark():
    timed = {kind.name for kind in KINDS.values() if kind.source != INTERNAL}
    assert timed == {"r213-not-attended", "r213-not-remarked", "report-not-sent", "report-rejected"}
    assert "không phải thời hạn theo quy định" in source("r213-not-registered", date(2021, 8, 4), "vi")


@pytest.mark.parametrize(
    ("day", "number"), [(date(2019, 12, 31), "76-QĐ/TW"), (date(2020, 1, 2), "213-QĐ/TW"), (date(2000, 6, 14), None)]
)
def test_the_regulation_is_the_one_in_force_on_the_day(day, number):
    found = regulation_on(day)
    assert (found.number if found else None) == number
    if found:
        assert number in source("r213-not-remarked", day, "vi")
        assert number in source("r213-not-remarked", day, "en")


OPENING = {
    "reasons": ["below", "fell"],
    "target": 0.95,
    "others": {"gap": 2, "base": 100},
    "before": {"period": "2020-H2", "gap": 3, "base": 50},
}


def test_an_item_says_why_it_opened_what_closes_it_and_with_how_many_it_opened():
    first = replace(said(0), least=12, most=12, base=48, line=4, evidence=json.dumps(OPENING))
    now = replace(said(4, stands=False, period="2021-H2"), least=9, most=9, base=48)
    told = what(now, COMMUNE, first)
    assert "còn 9 trong 48 đảng viên đã giới thiệu" in told
    assert "đủ mức khi còn không quá 4" in told
    assert "dưới mức 95% do Ban đặt" in told
    assert "giảm từ 94% (6 tháng cuối năm 2020) còn 75%" in told
    assert "Khi mở việc (6 tháng đầu năm 2021): 12 trong 48" in told
    assert "Khi mở việc" not in what(first, COMMUNE, first)
    yearly = replace(first, kind="r213-not-remarked", period="2021-H2")
    assert "(2021): 12 trong 48" in what(replace(now, kind=yearly.kind, period="2022-H2"), COMMUNE, yearly)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reasons": ["largest"]}, "chiếm nửa số còn thiếu"),
        ({"reasons": ["below"], "others": {"gap": 20, "base": 100}}, "thấp hơn hẳn các xã khác (80%)"),
    ],
)
def test_each_reason_has_its_words(changes, words):
    first = replace(said(0), least=24, most=24, base=48, line=4, evidence=json.dumps(OPENING | changes))
    assert words in what(first, COMMUNE)
    assert "Ban đặt" in what(first, COMMUNE)
    assert "board's own target" in what(first, Voice("commune", 3, "en"))


def test_that_the_exempt_may_be_counted_is_said_where_the_form_cannot_tell():
    reading = replace(said(0, kind="r213-not-attended"), evidence=json.dumps({"r213_exempt": 3}))
    assert "biểu không tách các loại miễn" in what(reading, COMMUNE)
    assert "loại miễn" not in what(replace(reading, evidence=json.dumps({"r213_exempt": 0})), COMMUNE)
    assert "loại miễn" not in what(replace(reading, kind="r213-not-introduced"), COMMUNE)


def item(count, base=100, period="2021-H1", first=None):
    reading = replace(said(0, count=count, period=period), base=base, line=4)
    opening = first or reading
    return Item(
        case_id="x",
        opened_on=night(0),
        key=reading.key,
        since=opening.period,
        reading=reading,
        first=opening,
        due_on=None,
    )


def test_what_gains_most_is_more_people_longer_and_not_moving():
    first = item(20).reading
    assert gain_of(item(20)) == 16
    assert gain_of(item(40)) > gain_of(item(20)) > gain_of(item(4)) == 0
    longer = item(20, period="2021-H2", first=first)
    assert gain_of(longer) > gain_of(item(20))
    assert gain_of(item(19, period="2021-H2", first=first)) < gain_of(longer)
    assert gain_of(item(21, period="2021-H2", first=first)) > gain_of(longer) * 17 / 16
    nothing = replace(said(0, kind="report-not-sent", period="2021-06"), least=None, most=None, base=None)
    assert gain_of(replace(item(20), reading=nothing)) is None


def test_a_commune_of_a_district_is_answered_for_by_it_and_one_of_the_province_by_itself():
    reading = replace(said(0, unit="30001@2015-01-01"), line=2)
    book, events = replay(LIFE, [reading, replace(said(0), line=None)], [night(0)], [])
    above = {"district": ("871", "Huyện Tam Nông"), "province": ("87", "Tỉnh")}
    for level, reporter in (("district", "871"), ("province", "30001")):
        named = UnitName("Xã A", "commune", *above[level], level)
        units = {"30001@2015-01-01": named, "871": UnitName("Huyện Tam Nông", "district")}
        row = tables(book, events, units, 3)["item"].filter(level="commune").to_dicts()[0]
        assert (row["reporter_code"], row["supervisor_code"]) == (reporter, above[level][0])
        assert (row["line"], row["first_least"], row["first_base"], row["gain"]) == (2, 5, 100, 3)


def test_small_counts_of_a_commune_are_not_told_where_they_tell_of_people():
    assert "dưới 3 trong 5" in what(CONTACT, COMMUNE)
    assert "2 trong 5" in what(CONTACT, DISTRICT)
    assert "không suy ra cùng một người" in what(CONTACT, COMMUNE)
    kept = protected(CONTACT, COMMUNE)
    assert (kept.least, kept.most, kept.base) == (None, None, 5)
    assert json.loads(kept.evidence)["away_out_of_contact"] is None
    assert protected(CONTACT, DISTRICT) == CONTACT


def test_of_a_small_lower_bound_of_requests_only_that_there_is_one():
    assert "trong dưới 3 đơn chưa giải quyết" in what(PENDING, COMMUNE)
    assert "ít nhất 1 đơn đã chờ từ 90 ngày" in what(PENDING, COMMUNE)
    assert "ít nhất 2 đơn đã chờ từ 90 ngày" in what(PENDING, DISTRICT)
    assert "2" not in what(PENDING, COMMUNE).replace("2021", "")


def test_a_large_gap_raises_the_priority_by_one():
    kind = KINDS["r213-not-introduced"]
    assert [priority_of(kind, n, 100) for n in (9, 10)] == ["medium", "high"]
    assert [priority_of(KINDS["requests-pending"], n, 50) for n in (4, 5)] == ["medium", "high"]
    assert priority_of(KINDS["report-not-sent"], None, None) == "high"


@pytest.fixture(scope="module")
def items():
    readings = [CONTACT, replace(said(0), least=12, most=12, base=90)]
    book, events = replay(LIFE, readings, [night(0)], [])
    units = {"871": UnitName("Huyện Tam Nông", "district"), "30001@2025-07-01": UnitName("Xã A", "commune")}
    return tables(book, events, units, 3)


def test_the_tables_hold_no_small_count_either(items):
    commune = items["item"].filter(level="commune").to_dicts()[0]
    assert (commune["least"], commune["most"]) == (None, None)
    told = items["event"].filter(item_id=commune["item_id"]).to_dicts()[0]
    assert (told["least"], told["most"]) == (None, None)
    assert items["event"].filter(item_id="871-r213-not-registered-2021-H1")["least"].to_list() == [12]


def test_a_units_workbook_has_its_items_and_empty_columns_to_answer_in(items):
    rows = [row | {"is_overdue": True} for row in items["item"].filter(unit_id="871").to_dicts()]
    about = WorklistUnit("871", "Huyện Tam Nông", night(1))
    content = followup_workbook(rows, about)
    assert content == followup_workbook(rows, about)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert cells[0][7].startswith("Trả lời")
    assert sheet.row_dimensions[5].height > 3 * 14  # "Trả lời (chọn trong danh sách)" takes three lines
    assert cells[1][0] == "1"
    assert "12 trong 90 đảng viên đã giới thiệu" in cells[1][2]
    assert cells[1][7] is None
    assert cells[1][8] is None
    assert cells[1][9] == "871-r213-not-registered-2021-H1"
    assert "Huyện Tam Nông" in sheet["A2"].value
    english = openpyxl.load_workbook(io.BytesIO(followup_workbook(rows, about, "en"))).worksheets[0]
    assert english["A2"].value == "Unit: Huyện Tam Nông"


def test_the_workbook_of_a_district_names_the_commune_of_each_item_and_one_of_its_own_does_not(items):
    (own,) = items["item"].filter(unit_id="871").to_dicts()
    rows = [own | {"is_overdue": False}, own | {"is_overdue": False, "unit_code": "30001", "unit_name": "Xã A"}]
    content = followup_workbook(rows, WorklistUnit("871", "Huyện Tam Nông", night(1)))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [sheet.cell(row, 3).value.split("iới thiệu")[0] for row in (6, 7)] == ["Đã g", "Xã A: Đã g"]


def test_an_alert_confirmed_is_as_urgent_as_the_alert_was_and_says_what_it_said():
    evidence = {
        "alert": "871-away-up-2021-04",
        "severity": "low",
        "text_vi": "Số đi xa tăng. Thêm.",
        "text_en": "Up. More.",
    }
    reading = replace(
        said(0, kind="alert-true", matter="871-away-up-2021-04", period="2021-04"),
        least=None,
        most=None,
        base=None,
        evidence=json.dumps(evidence),
    )
    book, events = replay(LIFE, [reading], [night(0)], [])
    (row,) = tables(book, events, {"871": UnitName("Huyện Tam Nông", "district")}, 3)["item"].to_dicts()
    assert (row["item_id"], row["priority"], row["since"]) == ("871-alert-true-away-up-2021-04", "low", "2021-04")
    assert "871-away-up-2021-04 được Ban xác nhận là đúng (Số đi xa tăng)" in row["what_vi"]
    assert "(Up)" in row["what_en"]
