"""Finds lists of people in running text, whatever carried it: names, and what is told of each before the next one."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from transforms.reading.folding import as_seen, fold
from transforms.reading.person_names import SURNAMES, is_surname

BREAK = "\x1f"  # between two pieces of text that stand apart: cells, attributes, paragraphs
LONGEST = 20_000_000  # characters of one part that are looked through
_NEAR = 200  # characters between a name and what tells of its person
_NEAR_YEAR = 60  # a year tells less, and counts look like one

_YEAR = r"(?:19[2-9]\d|200\d)"
# 19750312, 12031975
DIGITS_OF_A_DAY = rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}"
_DAY = rf"\d{{1,2}} ?[/.-] ?\d{{1,2}} ?[/.-] ?(?:{_YEAR}|[3-9]\d)|{_YEAR}[/.-]\d{{1,2}}[/.-]\d{{1,2}}|{DIGITS_OF_A_DAY}"
_FACT = re.compile(
    rf"(?P<date>(?<![\d./-])(?:{_DAY}|\d{{1,2}} tháng \d{{1,2}} năm {_YEAR})(?!\d))"
    r"|(?P<citizen>(?<![\w.,-])0(?:0[1-9]|[1-8]\d|9[0-6])[ .]?[0-3]\d{2}[ .]?\d{3}[ .]?\d{3}(?![\w-]))"
    r"|(?P<phone>(?<![\w.,-])(?:\(?\+ ?84\)?|84|0)[ .-]?[235789](?:[ .-]?\d){8}(?![\w-]))"
    r"|(?P<identity>(?<![\w.,-])(?:\d{9}|\d{12}|\d{3}[ .]\d{3}[ .]\d{3}(?:[ .]\d{3})?)(?![\w-]))"
    rf"|(?P<year>(?<![\w./,-]){_YEAR}(?:\.0)?(?![\w/,-]|\.\d))"
)
_STRONG = {"date", "citizen", "identity"}
# A number, a day, a year or a month; each begins with the digit before the bracket, which is looked for fast.
_MAY_BE_TOLD = re.compile(
    r"\d(?:(?:[ .-]?\d){7,}|\d{0,3} ?[/.-] ?\d{1,2} ?[/.-] ?\d{1,4}|(?:(?<=1)9[2-9]|(?<=2)00)\d|\d? tháng \d+)"
)
_NUMBER = r"\d[\d.,]*"
_AMONG_FIGURES = re.compile(rf"(?:{_NUMBER}[\W_]{{1,6}}){{3}}")
_SPACES = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u3000]+")
_RUN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?:[ _]+[^\W\d_]+(?:['’][^\W\d_]+)?)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A word in a column of its own, beside another: a name's first or last one.
_APART = rf"[{BREAK};,|\t\"]+"
_FIRST_APART = re.compile(rf"(?<![^{BREAK};,|\t\n\"])([^\W\d_]{{1,8}})({_APART})(?=[^\W\d_])")
_LAST_APART = re.compile(rf"(?<=[^\W\d_])({_APART})(?=[^\W\d_]{{1,8}}(?:[{BREAK};,|\t\n\"]|$))")
# Words before a name that make it a place's or an institution's.
_NAMED_AFTER = frozenset(
    (
        "ấp khóm khu phố đường cầu chợ kênh rạch xã phường trấn huyện tỉnh bộ trường học trạm viện trại "
        "tổ ty tnhh mtv htx tác thcs thpt non giáo ủy uỷ ban đoàn nhà quận tưởng doanh nghiệp dn cb đb làng thôn "
        "bản sóc phum ap khom xa phuong duong truong"
    ).split()
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A name, or what tells of a person (its kind): where it begins and ends, and itself folded."""

    start: int
    end: int
    kind: str
    text: str


def may_tell_of_people(texts: list[str]) -> bool:
    """A quick no for texts without two dates, years or numbers that could be a person's."""
    first = ""
    for match in _MAY_BE_TOLD.finditer(BREAK.join(texts)):  # none goes across a break
        first = first or match[0]
        if match[0] != first:
            return True
    return False


def tells_of_people(pieces: Iterable[str], is_unit: Callable[[str], bool] = lambda name: False) -> bool:
    """Whether texts, in their order, list people.

    Two names, each with a birth date or an identity number before the next one, are a list; three where it is a year
    or a telephone number. So are three names and as many dates in columns apart, and citizens' numbers by themselves.

    Args:
        pieces: cells, attributes, paragraphs; a list may also stand in one of them.
        is_unit: whether a name is a unit's, which may be called after a person.
    """
    text = unicodedata.normalize("NFC", BREAK.join(pieces)[:LONGEST])
    text = _SPACES.sub(" ", as_seen(text))
    facts = [_Found(m.start(), m.end(), m.lastgroup or "", re.sub(r"[ .-]", "", m[0])) for m in _FACT.finditer(text)]
    if len({fact.text for fact in facts}) < 2:
        return False
    if len({fact.text for fact in facts if fact.kind == "citizen"}) >= 3:
        return True
    names = _names(text, is_unit)
    return len({name.text for name in names}) >= 2 and (
        _Beside(text, names).is_list(facts) or _in_columns(text, names, facts)
    )


@dataclass(slots=True)
class _Beside:
    """What is told beside names: by the gap between one name and the next, whether it is sure, and of whom."""

    text: str
    names: list[_Found]
    gaps: dict[int, bool] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    surely_told: set[str] = field(default_factory=set)

    def is_list(self, facts: list[_Found]) -> bool:
        starts = [name.start for name in self.names]
        for fact in facts:
            gap = bisect_left(starts, fact.start)
            near = [name for name in self.names[max(gap - 1, 0) : gap + 1] if self._is_near(name, fact)]
            if near:
                self._note(gap, fact, near)
        if len(self.people) < 2:
            return False
        is_sure = len(self.surely_told) >= 2 and sum(self.gaps.values()) >= 2
        return is_sure or min(len(self.people), len(self.told), len(self.gaps)) >= 3

    def _is_near(self, name: _Found, fact: _Found) -> bool:
        between = (name.end, fact.start) if name.start < fact.start else (fact.end, name.start)
        if between[1] - between[0] > (_NEAR_YEAR if fact.kind == "year" else _NEAR):
            return False
        return fact.kind != "year" or not self._is_figure(fact)

    def _is_figure(self, year: _Found) -> bool:
        """Whether it stands in a row of numbers."""
        return bool(_AMONG_FIGURES.search(self.text[max(year.start - 12, 0) : year.end + 12]))

    def _note(self, gap: int, fact: _Found, near: list[_Found]) -> None:
        is_sure = fact.kind in _STRONG
        self.gaps[gap] = self.gaps.get(gap, False) or is_sure
        self.people.update(name.text for name in near)
        self.told.add(fact.text)
        if is_sure:
            self.surely_told.add(fact.text)


def _in_columns(text: str, names: list[_Found], facts: list[_Found]) -> bool:
    """Whether names stand in one column and what tells of them in another, about as many."""
    people = len({name.text for name in names})
    for kinds, fewest in ((("date", "citizen"), 3), (("phone",), 5)):
        distinct = len({fact.text for fact in facts if fact.kind in kinds})
        if people >= fewest and fewest <= distinct <= 2 * people:
            return True
    longest = _longest_run_of_years(text, facts)
    return people >= 3 and longest >= 3 and people <= 2 * longest and longest <= 2 * people


def _longest_run_of_years(text: str, facts: list[_Found]) -> int:
    """Of years one after another with the same between each and the next: a break, a comma, an attribute's name."""
    longest = run = end = 0
    between = ""
    for fact in facts:
        if fact.kind != "year":
            run = 0
            continue
        stands = text[end : fact.start] if run and fact.start - end <= 30 else ""
        goes_on = stands and not re.search(r"\d", stands) and (run == 1 or stands == between)
        run, end, between = (run + 1 if goes_on else 1), fact.end, stands
        longest = max(longest, run)
    return longest


def _names(text: str, is_unit: Callable[[str], bool]) -> list[_Found]:
    """The names of people in a text, in their order; words of a name that stand in columns of their own go together."""
    # One space for each sign, so that places stay.
    text = _FIRST_APART.sub(lambda m: m[1] + " " * len(m[2]), text)
    text = _LAST_APART.sub(lambda m: " " * len(m[1]), text)
    return [name for run in _RUN.finditer(text) for name in _names_in(run, text) if not is_unit(name.text)]


def _names_in(run: re.Match[str], text: str) -> Iterable[_Found]:
    words = [(m.start(), m[0]) for m in _WORD.finditer(text, run.start(), run.end())]
    at = 0
    while at < len(words) - 1:
        length = _length_of_name([word for _, word in words[at : at + 7]])
        if not length and at == 0 and _is_small_name([word for _, word in words]) and _stands_alone(run, text):
            length = len(words)
        if length and not (at and fold(words[at - 1][1]) in _NAMED_AFTER):
            start, last = words[at + length - 1]
            yield _Found(words[at][0], start + len(last), "name", fold(" ".join(w for _, w in words[at : at + length])))
        at += max(length, 1)


def _length_of_name(words: list[str]) -> int:
    """How many of the words from the first on are a person's name in capitals; 0 where they are none."""
    if not words[0][0].isupper() or not is_surname(words[0]):
        return 0
    length = next((at for at, word in enumerate(words) if not word[0].isupper()), len(words))
    return min(length, 6) if length >= 2 else 0


def _is_small_name(words: list[str]) -> bool:
    return 3 <= len(words) <= 5 and words[0] in SURNAMES and all(map(str.islower, words))


def _stands_alone(run: re.Match[str], text: str) -> bool:
    """Whether no other word stands beside it in its piece."""
    around = text[max(run.start() - 30, 0) : run.start()].rpartition(BREAK)[2]
    around += text[run.end() : run.end() + 30].partition(BREAK)[0]
    return not re.search(r"[^\W\d_]{2}", around)
