"""The catalogue is whole: every sentence in both languages, with the same gaps, and used where it says it is."""

from __future__ import annotations

import io
import re
import string
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from expectations.contract.indicators import INDICATORS
from expectations.contract.problems import CODES, TO_LOOK_AT
from expectations.language.catalogue import (
    LANGUAGES,
    Domain,
    Joined,
    Message,
    PeriodCode,
    UnknownText,
    both,
    catalogue,
    read_catalogue,
    text,
)
from flows.commands.forecast import HEADS as FORECAST_HEADS
from flows.commands.pilots import HEADS as PILOT_HEADS
from flows.errors import UserError
from flows.night.alert import ALERTS
from flows.night.follow_up import ITEMS
from flows.portal.gate import TOLD
from flows.portal.navigation import NAVIGATION
from flows.settings import Settings
from tests.expectations.language.language_keys import ROOT, named
from transforms.alerts.alert import Verdict
from transforms.alerts.explain import CHECKS, HOW_SEEN
from transforms.alerts.phrases import COUNTED
from transforms.eyesight.acuity import CLASSES
from transforms.eyesight.faulty_files import CANARY_FILE
from transforms.eyesight.planting import CANARIES
from transforms.eyesight.wording import NAMED as EYESIGHT_NAMED
from transforms.eyesight.wording import TOLD_OF
from transforms.followup.kinds import KINDS
from transforms.followup.steps import STEPS as REGULATION_STEPS
from transforms.followup.workbook import COLUMNS, REPLIES
from transforms.morning.briefing import ABSENT, GROUPS
from transforms.morning.target_lines import HEADS
from transforms.pages import alerts, followup, indicator_page
from transforms.pages.map_page import SCALES
from transforms.pages.unit_figures import UNIT_LEVELS, kinds_of
from transforms.pilots.design import NoEffect
from transforms.pilots.pilot import CHOSEN, NAMED
from transforms.targets.outlook import FEW, NOTHING, OTHER_MAP
from transforms.targets.target import STATES
from transforms.telling.night import KNOWN_ERRORS
from transforms.telling.recipients import Severity
from transforms.template.guidance import COLOURS, STEPS
from transforms.trends.trend import FALLS, RISES, UNKNOWN
from warehouse.board.accounts import ROLES
from warehouse.ledger.nights import NightKind

# Of many by their nature, or told only where there are two and more.
NEVER_ONE = {"page.places", "page.resolved.none", "sql.more-rows", "error.pilot.no-past", "portal.reports.latest"}
ERRORS = [code for code, about in CODES.items() if about.severity == "error"]
SEVERITIES = get_args(Severity)
ENDS = ("returned", "corrected", "new-level", "reported", "passed", "closed", "unit-ended")
EVENTS = ("opened", "worsened", "reopened", "resolved")
FAMILIES: dict[str, tuple[str, ...]] = {
    "alert.done.": tuple(ALERTS.transitions),
    "alerts.": ("unit", "what", "observed", "expected", "months", "title", "none", "next"),
    "cause.": (
        *("period-doubtful", "block-twice", "column", "more"),
        *(f"columns-swapped.{way}" for way in ("rules", "levels")),
        *(f"rows-shifted.{way}" for way in ("down", "up")),
        *(f"factor-of-ten.{way}" for way in ("column", "rows", "cells", "tenth")),
    ),
    "checked.column.": tuple("severity sheet place says must code judged failed result told".split()),
    "checked.must.": ("duplicate-unit", "unknown-unit", "not-a-count", "negative-count"),
    "checked.tile.": ("files", "accepted", "rejected", "duplicate", "errors", "warnings"),
    "column.": tuple(
        "reporter file why period due received state units severity place problem number problems".split()
    ),
    "counted.": COUNTED,
    "decision.": ("accept", "retract", "later"),
    "doctor.": tuple(
        "facts standing versions outcomes problems nights touched schema last-night last-night.none last-night.old "
        "facts.none standing.none versions.none outcomes.none problems.none nights.none touched.none schema.none "
        "last-night.taken-in archive archive.none archive.gone personal-data unseen permissions permissions.wide "
        "permissions.closed disk leftovers published published.none settings registry backup backup.failed backup.old "
        "backup.none self-test lake lake.none lake.failed lake.owed".split()
    ),
    "doctor.state.": ("ok", "look", "act"),
    "drawing.balance.": tuple("step value running more fewer same unknown no-closing".split()),
    "drawing.bars.": tuple("kind count share all most largest none".split()),
    "drawing.beyond.": tuple("far_above above within below far_below unknown".split()),
    "drawing.spine.": tuple(
        "title says aria few indicator unit province low spread high key.spread key.quarters key.median".split()
    ),
    "drawing.stages.": tuple("members stage count of_before of_all part end lost none".split()),
    "error.setting.": tuple(
        "unknown toml encoding least above most below one-of number time zone yes-or-no other".split()
    ),
    "event.": (*EVENTS, "acknowledged", "silenced", "closed"),
    "explain.check.": tuple(CHECKS),
    "explain.end.": (*ENDS, "returned-implausible"),
    "explain.seen.": tuple(HOW_SEEN),
    "family.": tuple("requests away contact activity members reporting restated plausibility".split()),
    "files.": tuple(
        "rejected duplicate retracted standing replaced title none next counted late file-name-period "
        "resubmission".split()
    ),
    "followup.did.": tuple(ITEMS.transitions),
    "followup.event.": tuple("opened updated assigned done reopened verified waived carried".split()),
    "followup.fact.": ("actor", "supervisor", "since", "due_on", "due_later", "ends", "carried_from", "note"),
    "followup.resolution.": ("seen", "figures", "corrected", "waived", "carried"),
    "help.setting.": tuple(Settings.model_fields),
    "help.word.": tuple(
        "options command day alert name item folder file target source query recipient submission unit district "
        "reporter period indicator path int str".split()
    ),
    "item.": ("open", "assigned", "done", "verified", "waived", "carried", "ended_unit", "improving"),
    "kind.": ("change", "shift", "silence", "late", "restated", "implausible"),
    "letter.board.": ("high", "alerts", "overdue", "rejected", "subject", "quiet", "failed", "blind"),
    "letter.news.": EVENTS,
    "letter.own.": ("overdue", "reminder"),
    "letter.reporter.subject.": ("rejected", "overdue", "reminder", "accepted"),
    "letter.section.": (*SEVERITIES, "reports", "rejected", "summary", "failure", "blind"),
    "letter.why.": (*KNOWN_ERRORS, "stopped", "other"),
    "look.": TO_LOOK_AT,
    "matter.": (
        *(f"{kind}{part}" for kind in KINDS for part in ("", ".what", ".ends")),
        *("more.exempt", "more.enough", "more.since", "more.most", "more.told"),
        *("common", "why", "why.below", "why.below-others", "why.fell", "why.largest"),
    ),
    "page.column.": tuple(
        "unit received why workbook month seen usual indicator level direction a_year two_years".split()
    ),
    "page.followup.column.": ("kind", "standing", "overdue", "closed", "median"),
    "page.group.": (*GROUPS, "brief"),
    "page.legend.": ("observed", "signal", "expected", "band"),
    "page.section.": ("missing", "rejected", "alerts", "resolved", "trends", "targets", "followup"),
    "page.severity.": SEVERITIES,
    "page.state.": ABSENT,
    "period.half.": ("1", "2"),
    "portal.counter.state.": ("reported", "late", "rejected", "missing", "not_due"),
    "portal.decide.": ("accept", "accept-means", "retract", "retract-means", "reason"),
    "portal.file.decided.": ("accept", "retract"),
    "portal.error.": ("400", "404", "500", "role", "token", "size"),
    "pilot.chosen.": CHOSEN,
    "pilot.named.": NAMED,
    "pilot.near.": ("moved", "still", "unknown"),
    "pilot.no-effect.": get_args(NoEffect),
    "pilot.pre-trend.": ("differs", "like", "unknown"),
    "pilot.second.": ("synthetic-did", "by-start", "none"),
    "pilot.verdict.": ("seen", "unseen", "unable"),
    "pilot.ways.": ("all", "drawn"),
    "pilots.column.": PILOT_HEADS,
    "portal.alert.verdict.": get_args(Verdict),
    "portal.alerts.status.": alerts.STATUSES,
    "portal.followup.reply.": REPLIES,
    "portal.followup.sort.": tuple(followup.SORTS),
    "portal.followup.status.": followup.STATUSES,
    "portal.figures.column.": indicator_page.COLUMNS,
    "portal.figures.kind.": tuple(dict.fromkeys(kind for one in INDICATORS for kind in kinds_of(one))),
    "lake.column.": tuple("province name edition as_of published_at home tables rows kept".split()),
    "portal.figures.level.": UNIT_LEVELS,
    "portal.indicator.map.": SCALES,
    "portal.level.": alerts.LEVELS,
    "portal.map.scale.": SCALES,
    "portal.nav.": tuple(one.name for one in NAVIGATION),
    "portal.operator.came.": ("done", "refused"),
    "portal.operator.kind.": get_args(NightKind),
    "portal.operator.letter.": ("waiting", "sending", "sent", "withdrawn", "given-up"),
    "portal.operator.why.": ("role", "token", "size", "not there", "act", "proxy", "locked", "password"),
    "portal.outcome.": ("accepted", "rejected", "duplicate"),
    "portal.password.": ("old", "new", "again", "wrong", "differ", "short", "then"),
    "portal.reports.mark.": ("reported", "late", "rejected", "missing", "not_due"),
    "portal.severity.": ("error", "warning"),
    "portal.sign-in.": ("name", "word", "password", "locked", "ended", "token", "size"),
    "portal.told.": tuple(TOLD),
    "portal.unit.organisation.": ("heads", "trained", "grades"),
    "portal.unit.gap.": (
        *(step.name for step in REGULATION_STEPS),
        *"step share lacking change target missing points note hidden".split(),
    ),
    "precision.": ("rule", "closed", "true", "data-error", "expected", "useful", "title", "none"),
    "problem.": tuple(
        f"{said}{part}"
        for code, about in CODES.items()
        for said in (code, *(f"{code}.{variant}" for variant in about.variants))
        for part in ("", ".mend")
    ),
    "reason.": tuple(ERRORS),
    "resolution.": ENDS,
    "returned.column.": tuple("number severity sheet cell row column found expected last says".split()),
    "returned.severity.": ("error", "warning"),
    "self-test.canary.": (*(plant.indicator for plant in CANARIES), CANARY_FILE),
    "self-test.class.": CLASSES,
    "self-test.size.": tuple(EYESIGHT_NAMED.values()),
    "self-test.what.": tuple(f"{kind}.{indicator}" for kind, indicator, _ in TOLD_OF),
    "severity.": (*SEVERITIES, "error", "warning"),
    "state.": ("reported", "late", "rejected", "missing", "not_due"),
    "status.": ("opened", "acknowledged", "silent", "silent_until", "title"),
    "target.missing.": ("cells", "committees", "all"),
    "target.no-probability.": (OTHER_MAP, FEW, NOTHING),
    "target.state.": STATES,
    "target.when.": ("month", "half", "year", "day"),
    "targets.column.": HEADS,
    "forecast.column.": FORECAST_HEADS,
    "trend.": (RISES, FALLS, UNKNOWN, "since", "per", "points"),
    "trends.": ("indicator", "unit", "level", "one_year", "two_years", "direction", "since", "slope", "none"),
    "user.column.": ("name", "role", "unit", "state"),
    "user.role.": ROLES,
    "verdict.": get_args(Verdict),
    "worklist.column.": COLUMNS,
    "worklist.import.": ("cell", "item", "answer", "before", "after"),
    "worklist.reply.": REPLIES,
    "worklist.state.": ("open", "assigned", "done"),
    "template.check.": ("right", "blank", "gaps", "not-a-count", "equal", "at-most"),
    "template.colour.": tuple(colour for colour, _ in COLOURS),
    "template.guidance.": STEPS,
}
"""Every key that the code puts together of a fixed beginning and a code: the codes, and what else begins so."""
DOMAINS: tuple[Domain, ...] = ("messages", "help", "portal")
EVERY = {key for language in LANGUAGES for domain in DOMAINS for key in catalogue(language, domain)}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_sentence_stands_in_both_languages(domain):
    vi, en = (catalogue(language, domain) for language in LANGUAGES)
    assert list(vi) == list(en)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_unsure_or_given_twice(language, domain):
    path = ROOT / "expectations" / "language" / language / f"{domain}.po"
    with path.open("rb") as source:
        found = list(read_po(source, locale=language, abort_invalid=True))
    assert [one.id for one in found if one.id and (not one.string or one.fuzzy)] == []
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("msgid ")]
    assert len(set(lines)) == len(lines)


WRITTEN_BY_AN_EDITOR = r"""# A translator
msgid ""
msgstr ""
"Language: en\n"
"Content-Type: text/plain; charset=UTF-8\n"

#: flows/night.py:7
msgid "a"
msgstr ""
"Two lines,\n"
"a \"quote\", a \\ and a tab\t."

#, fuzzy
#| msgid "old"
msgid "unsure"
msgstr "Unsure"

msgid ""
"long"
".key"
msgstr "Long"
#, python-brace-format
msgid "close"
msgstr "{n} close"

msgid "none"
msgstr ""

#~ msgid "gone"
#~ msgstr "Gone"

msgid "last"
msgstr "Last\""""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_an_editor_of_translations_writes_is_read_as_babel_does(ends):
    assert read_catalogue(WRITTEN_BY_AN_EDITOR.replace("\n", ends)) == _by_babel(
        io.BytesIO(WRITTEN_BY_AN_EDITOR.encode())
    )


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_read_as_babel_does(language, domain):
    with (ROOT / "expectations" / "language" / language / f"{domain}.po").open("rb") as source:
        assert catalogue(language, domain) == _by_babel(source)


def _by_babel(source):
    found = read_po(source, abort_invalid=True)
    return {one.id: one.string for one in found if one.id and one.string and not one.fuzzy}


def test_both_languages_leave_the_same_gaps():
    for domain in DOMAINS:
        for key, vi in catalogue("vi", domain).items():
            assert _gaps(vi) == _gaps(catalogue("en", domain)[key]), key


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_key_the_code_asks_for_is_there():
    assert {key: at for key, at in named().spoken.items() if key not in EVERY} == {}


def test_every_family_of_keys_is_declared():
    assert {begin: at for begin, at in named().prefixes.items() if begin not in FAMILIES} == {}


@pytest.mark.parametrize("begin", FAMILIES)
def test_a_family_has_a_sentence_for_each_code_and_none_besides(begin):
    deeper = tuple(other for other in FAMILIES if other != begin and other.startswith(begin))
    known = {key for key in EVERY if key.startswith(begin) and not key.startswith(deeper or ("\0",))}
    assert known == {f"{begin}{code}" for code in FAMILIES[begin]}


def test_no_sentence_is_left_that_nothing_says():
    made = {f"{begin}{code}" for begin, codes in FAMILIES.items() for code in codes}
    unused = EVERY - named().literals - made
    assert unused == set()


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 cells have two"), (1, "1 cell has two"), (2, "2 cells have two"), (1_001, "1,001 cells")],
)
def test_an_english_noun_and_its_verb_go_with_their_number(number, said):
    assert text("doctor.standing", "en", n=number).startswith(said)
    assert text("doctor.standing", "vi", n=number).startswith(f"{said.split()[0].replace(',', '.')} ")


def test_no_english_sentence_counts_one_of_many():
    """A count and a noun in the plural beside it: the noun must know of its number."""
    numbers = "n|count|files|rows|units|trials|months|archived|workbooks|sent|waiting|duplicates"
    counts = rf"\{{({numbers})\}} (?!has|is|equals)[a-z]+s\b"
    alone = {
        key: said for domain in DOMAINS for key, said in catalogue("en", domain).items() if re.search(counts, said)
    }
    assert set(alone) == NEVER_ONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_names_a_day_of_the_month_that_can_be_set(language):
    told = [said for domain in DOMAINS for said in catalogue(language, domain).values()]
    assert [said for said in told if re.search(r"ngày \d+ của tháng|the \d+th of", said)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_leads_to_a_section_calls_it_by_its_name(language):
    assert text("page.section.rejected", language) in text("page.missing.returned", language, state="", n=1)


def test_a_key_that_is_not_there_says_which_are_like_it():
    with pytest.raises(UnknownText, match=r"no text is called 'night\.rejectd' \(night\.rejected"):
        text("night.rejectd", "vi")


def test_values_are_written_in_the_language():
    said = Message("error.no-period", period=PeriodCode("2025-06"))
    assert said.says("vi") == "Không có kỳ báo cáo 06/2025."
    assert said.says("en") == "There is no period June 2025."
    assert text("alerts.title", "vi", n=1234) == "1.234 cảnh báo"
    inner = UserError("error.edition", faults=Joined((Message("error.edition.lost", names="a"), "b"), "; "))
    assert inner.says("vi") == "Không công bố được: mất dòng: a; b. Bản cũ vẫn giữ nguyên."
    assert str(inner) == "Not fit to be published: rows lost: a; b. The former copy stands."


def test_a_bare_share_is_no_value_of_a_sentence():
    with pytest.raises(TypeError, match="share"):
        text("alerts.title", "vi", n=0.5)  # type: ignore[arg-type]


def test_before_a_language_is_set_both_are_shown():
    assert both("help.note") == "Ghi chú / A note"
