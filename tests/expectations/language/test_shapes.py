"""Letters, pages and the terminal write a month and a day in one way a language, and never show a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO

import polars as pl
import pytest
from rich.console import Console

from expectations.language.catalogue import LANGUAGES, Language, catalogue
from flows.commands.status import status_table
from flows.commands.trends import trends_tables
from tests.transforms.alerts.alert_findings import found, live
from tests.transforms.morning.mornings import morning, reports, series
from transforms.alerts.drivers import Drivers
from transforms.alerts.explain import explain
from transforms.alerts.numbers import Numbers
from transforms.drawing.usual_range import Series, usual_range_chart
from transforms.morning.briefing import brief
from transforms.morning.letter import morning_letter
from transforms.morning.page import morning_page
from transforms.telling.events import OutboxEvent
from transforms.telling.letters import letter
from transforms.telling.night import Course, failure_event, night_event
from transforms.telling.recipients import Recipient, Side

NIGHT = date(2025, 1, 6)
TOPICS = frozenset({"alerts", "reports", "rejected", "summary", "failure"})
DUE = OutboxEvent(
    "due:1",
    NIGHT,
    "reports",
    "overdue",
    unit_code="867",
    unit_name="Cao Lãnh",
    period="2024-12",
    due_on=date(2025, 1, 5),
)
REJECTED = OutboxEvent(
    "rejected:1",
    NIGHT,
    "rejected",
    "rejected",
    unit_code="867",
    unit_name="Cao Lãnh",
    period="2024-11",
    received_on=NIGHT,
    file_name="bao cao.xlsx",
    attachment="returns/867/x.xlsx",
    errors=1234,
    warnings=1,
)
EVENTS = [
    DUE,
    replace(DUE, event_id="due:2", kind="reminder"),
    REJECTED,
    night_event(NIGHT, Course({"accepted": 2, "rejected": 1}, "2024-12", 4, {"high": 1}, 3, 1, [3, 7])),
    failure_event(NIGHT, "StoreLocked: x"),
]
CODES = re.compile(
    r"\[[\w-]+\]|<code>.*?</code>|<(?:style|svg)\b.*?</(?:style|svg)>|<[^>]*>|returns/\S*|\S+\.xlsx", re.DOTALL
)
"""What stays a code: ids, files, a page's own markup."""
ENGLISH = "January|February|March|April|June|July|August|September|October|November|December"
SHAPES = {
    "code": r"\b(?:19|20)\d\d-(?:\d\d|H[12])\b",
    "dashes": r"\b\d{1,2}-(?:\d\d-)?(?:19|20)\d\d\b",
    "vi": r"\b\d\d/(?:\d\d/)?(?:19|20)\d\d\b",
    "en": rf"\b(?:\d{{1,2}} )?(?:{ENGLISH}) (?:19|20)\d\d\b",
    "long": r"\btháng \d{1,2} năm",
}


def an_alert(language: Language) -> str:
    (alert,) = live(found("2020-01"), found("2020-02"))[0]
    return explain(alert, Drivers(is_known=True), 3)[LANGUAGES.index(language)]


def a_briefing(language: Language):
    several = pl.concat(
        [
            reports({"Huyện Tam Nông": "missing", "Huyện Lai Vung": "reported"}),
            reports({"Huyện Tam Nông": "missing"}).with_columns(period=pl.lit("2024-11")),
        ]
    )
    told = morning(reports=several, language=language)
    said = an_alert(language)
    return brief(replace(told, alerts=told.alerts.with_columns(text_vi=pl.lit(said), text_en=pl.lit(said))))


def a_page(language: Language) -> str:
    return morning_page(a_briefing(language))


def _drawn(language: Language) -> str:
    drawing = usual_range_chart(Series("A", "B", series().to_dicts(), Numbers(language, None)))
    assert drawing
    return drawing.picture


def an_axis(language: Language) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", _drawn(language)))


def a_mail(language: Language) -> str:
    return morning_letter(a_briefing(language))


def a_letter_to(side: Side) -> Callable[[Language], str]:
    def written(language: Language) -> str:
        to = Recipient("A", "a@x.vn", side, language, frozenset({"867"}), TOPICS, "low", None)
        own = [event for event in EVENTS if side == "board" or event.kind in ("overdue", "reminder", "rejected")]
        sent = letter(to, NIGHT, own)
        return f"{sent.subject}\n{sent.body}"

    return written


def the_terminal(language: Language) -> str:
    console = Console(width=160, record=True, file=StringIO())
    status = reports({"Huyện Tam Nông": "missing", "Huyện Lai Vung": "reported"})
    shown = {"reporter_code": "1", "received_on": NIGHT, "days_late": 1, "units_reported": 1, "units_expected": 2}
    console.print(status_table(status.with_columns(**{name: pl.lit(value) for name, value in shown.items()}), language))
    trends = morning().trends.drop("values").with_columns(unit_code=pl.lit("87"), unit_name=pl.lit("A"), value=1.0)
    for table in trends_tables(trends, language, is_wide=True):
        console.print(table)
    return console.export_text()


TEXTS: dict[str, Callable[[Language], str]] = {
    "alert": an_alert,
    "page": a_page,
    "axis": an_axis,
    "mail": a_mail,
    "letter to the board": a_letter_to("board"),
    "letter to a unit": a_letter_to("reporter"),
    "terminal": the_terminal,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_a_month_and_a_day_have_one_shape(name, language):
    said = CODES.sub(" ", TEXTS[name](language))
    found_shapes = {shape for shape, pattern in SHAPES.items() if re.search(pattern, said)}
    assert found_shapes == {language}, said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_no_key_and_no_gap_is_shown(name, language):
    said = CODES.sub(" ", TEXTS[name](language))
    words = set(re.findall(r"[a-z_]+(?:\.[\w-]+)+", said))
    assert words & set(catalogue(language)) == set()
    assert not re.search(r"\{\w+\}|\bNone\b", said)
