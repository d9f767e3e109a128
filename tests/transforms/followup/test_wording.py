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


def test_a_range_is_told_as_one_and_why():
    reading = replace(said(0, kind="r213-not-remarked", period="2021-H2"), least=1010, most=1200, base=5000)
    assert what(reading, DISTRICT).startswith("Năm 2021: từ 1.010 đến 1.200 trong 5.000 đảng viên")
    assert "một khoảng, vì biểu không tách các loại miễn" in what(reading, DISTRICT)
    exact = replace(reading, least=1010, most=1010)
    assert "khoảng" not in what(exact, DISTRICT)


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
    about = WorklistUnit("Huyện Tam Nông", "district", night(1))
    content = followup_workbook(rows, about)
    assert content == followup_workbook(rows, about)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert cells[0][7].startswith("Trả lời")
    assert cells[1][0] == "1"
    assert "12 trong 90 đảng viên đã giới thiệu" in cells[1][2]
    assert cells[1][7] is None
    assert cells[1][8] is None
    assert cells[1][9] == "871-r213-not-registered-2021-H1"
    assert "Huyện Tam Nông" in sheet["A2"].value
    english = openpyxl.load_workbook(io.BytesIO(followup_workbook(rows, about, "en"))).worksheets[0]
    assert english["A2"].value == "Unit: Huyện Tam Nông"


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
