"""The morning page as HTML: whole, escaped, and with charts that can be read without being seen."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from expectations.language.catalogue import Message
from tests.transforms.morning.mornings import alerts, morning, rejected, reports, series
from transforms.morning.briefing import brief
from transforms.morning.letter import morning_letter
from transforms.morning.page import morning_page
from transforms.morning.trend_line import spark, trend_line
from transforms.targets.wording import TargetWords

VOID = {"meta", "link", "path", "use"}
HOSTILE = """<script>alert(1)</script>&"'><img src=http://127.0.0.1/x onerror=alert(1)>"""


class Tags(HTMLParser):
    """Opens and closes; raises where they do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open.pop() != tag:
            raise AssertionError(tag)


def tags_of(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


def hostile_page(text: str) -> str:
    return morning_page(
        brief(
            morning(
                alerts=alerts({"unit_name": text}),
                series={"866-away-up-2024-12": series()},
                reports=reports({text: "missing"}),
                resolved=alerts({"unit_name": text, "resolution": "returned", "resolved_on": morning().as_of}),
                rejected=rejected({"reporter_name": text, "file_name": text, "workbook": f"returns/{text}/x.xlsx"}),
            )
        )
    )


def test_hostile_names_are_text_and_nothing_else():
    page = hostile_page(HOSTILE)
    tags = tags_of(page)
    assert {"script", "img"}.isdisjoint(tag for tag, _ in tags.seen)
    assert not any(name.startswith("on") for _, attributes in tags.seen for name in attributes)
    assert "&lt;script&gt;" in page


@given(st.text(min_size=1, max_size=12, alphabet="<>&\"'/\\ .aĐ%#{}"))
@examples(max_examples=12, deadline=None)
def test_a_page_is_well_formed_whatever_the_names(text):
    assert {tag for tag, _ in tags_of(hostile_page(text)).seen} <= {
        tag for tag, _ in tags_of(hostile_page("Huyện")).seen
    } | {"strong"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_in_the_page_is_fetched_and_every_chart_and_table_says_what_it_is(language):
    tags = tags_of(morning_page(brief(morning(language=language))))
    links = [attributes["href"] for _, attributes in tags.seen if "href" in attributes]
    assert all(link.startswith(("#", "data:,", "returns/")) for link in links)
    assert not any({"src", "srcset"} & attributes.keys() for _, attributes in tags.seen)
    drawn = [about for tag, about in tags.seen if tag == "svg"]
    assert all("aria-label" in about or "aria-hidden" in about or about.get("role") == "img" for about in drawn)
    assert all("scope" in attributes for tag, attributes in tags.seen if tag == "th")
    names = [attributes["id"] for _, attributes in tags.seen if "id" in attributes]
    assert len(names) == len(set(names))
    assert [tag for tag, _ in tags.seen if tag == "h1"] == ["h1"]


def test_figures_of_a_small_commune_are_told_as_fewer():
    small = {"level": "commune", "family": "contact", "indicator": "away_out_of_contact"}
    page = morning_page(brief(morning(alerts=alerts(small), series={"866-away-up-2024-12": series(1.0, 2.0)})))
    table = page[page.index("<details>") : page.index("</details>")]
    assert "dưới 3" in table
    assert not re.search(r">[12]<", table)


def test_earlier_months_still_missing_stand_below_the_table():
    both = pl.concat([reports({"A": "missing"}), reports({"<B>": "rejected"}, "2024-11")])
    assert "11/2024: &lt;B&gt;." in morning_page(brief(morning(reports=both)))


def test_the_follow_up_is_told_by_kind_with_what_presses_most():
    progress = pl.DataFrame(
        {
            "kind": ["report-not-sent", "away-no-activity", "r213-not-introduced"],
            "standing": [1, 1, 1200],
            "overdue": [1, 1, 4],
            "closed": [0, 0, 3],
            "median_days": [None, None, 4.5],
        }
    )
    item = {
        "unit_name": "Xã <A>",
        "what_vi": "Rà soát.",
        "what_en": "Look.",
        "assigned_to": None,
        "actor_vi": "Đảng ủy",
        "actor_en": "The committee",
        "due_on": date(2025, 1, 31),
        "is_internal_mark": True,
    }
    told = brief(morning(progress=progress, items=pl.DataFrame([item])))
    page = morning_page(told)
    assert page.index("Thuộc diện, chưa giới thiệu") < page.index("Đi làm việc xa, chưa có hình thức sinh hoạt")
    assert "Chưa gửi báo cáo" not in page + morning_letter(told)  # which the page tells under the reports
    assert all(
        word in page for word in ("1.200", ">4,5<", "Xã &lt;A&gt;", "Đảng ủy; mốc nội bộ 31/01/2025", "<b>1.201</b>")
    )
    assert "Xã <A>. Rà soát. Đảng ủy; mốc nội bộ 31/01/2025." in morning_letter(told)
    assert "Chưa có số liệu về tiến độ theo dõi" in morning_page(brief(morning()))


def test_a_trend_is_told_in_the_languages_own_numbers():
    up, unclear = morning().trends.to_dicts()
    assert trend_line(up, "vi") == (
        "Tỷ lệ đảng viên đi làm việc xa",
        "98,0 trên 1.000",
        "↗ tăng, từ 01/2023",
        "+14,0 trên 1.000 (+8,2 … +21,4)",
    )
    assert trend_line(unclear, "en")[1:] == ("85.7%", "not clear", "−0.27 points; no interval")


def test_a_small_line_breaks_where_a_month_is_not_known():
    assert spark([1.0, 2.0, None, 3.0, 4.0]).count("<polyline") == 2
    assert spark([None, 1.0]) == ""


def test_a_target_is_one_line_of_page_and_letter_and_a_wrong_line_of_their_table_is_told():
    target = TargetWords(
        name=HOSTILE,
        source="Kết luận",
        unit="Đồng Tháp",
        asks="trên 95%, xét từng năm",
        state="missed",
        result="không đạt, 2024",
        value="94,1% (96 trên 102)",
        left="thiếu 1 đảng bộ",
        probability="khoảng 40%",
        fact="2024: không đạt; 94,1% (96 trên 102), thiếu 1 đảng bộ.",
        next="Kỳ tới 2025: cần 97 trên 102 đảng bộ.",
        pace="",
        chance="",
    )
    wrong = Message("targets.line.column", file="targets.csv", line="3", column="value", why=HOSTILE)
    briefing = brief(morning(targets=[target], mistakes_in_targets=[wrong]))
    page, letter = morning_page(briefing), morning_letter(briefing)
    Tags().feed(page)
    assert HOSTILE not in page
    for said in ("thiếu 1 đảng bộ", "khoảng 40%", "targets.csv, dòng 3, cột value"):
        assert said in page
    assert "2024: không đạt; 94,1% (96 trên 102), thiếu 1 đảng bộ. Kỳ tới 2025: cần 97 trên 102 đảng bộ." in letter
    assert "targets.csv, dòng 3, cột value" in letter


def test_without_targets_page_and_letter_say_what_to_do():
    briefing = brief(morning())
    for said in (morning_page(briefing), morning_letter(briefing)):
        assert "registry/targets.csv" in said
