"""What titles and file names say of the period, in all the wordings met."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from expectations.contract.periods import Period, PeriodKind
from transforms.reading.folding import fold

_MONTH_WORDS = {
    "một": 1,
    "giêng": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "mười một": 11,
    "mười hai": 12,
    "chạp": 12,
}
_ROMAN_MONTHS = dict(zip("i ii iii iv v vi vii viii ix x xi xii".split(), range(1, 13), strict=True))
_DAY = r"(\d{1,2})\s*(?:[/.-]|\s+tháng\s+)\s*(\d{1,2})\s*(?:[/.-]|\s+năm\s+)\s*(\d{4}|\d\d(?!\d))"
_TO = r"\s*(?:đến|tới|[-÷~])\s*(?:hết\s+)?(?:ngày\s+)?"
_RANGE = re.compile(rf"(?:từ\s+)?(?:ngày\s+)?(?<!\d){_DAY}{_TO}{_DAY}(?!\d)")
_SHORT_RANGE = re.compile(rf"từ\s+(?:ngày\s+)?(\d{{1,2}})(?:\s*(?:[/.-]|\s+tháng\s+)\s*(\d{{1,2}}))?{_TO}{_DAY}")
# The day a paper was signed, also where the day is left open for a pen, or "ngày" is left out after the place.
_DATED = re.compile(
    r"ngày[\s._]*(?:\d{1,2})?[\s._]*(?:[/.-]|tháng)\s*[\d._]*\s*(?:[/.-]|năm)\s*\d{4}"
    r"|,\s*\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}"
)
_UNTIL = re.compile(rf"đến\s+(?:hết\s+)?(?:ngày\s+)?{_DAY}(?!\d)")
_HALF = re.compile(r"(?:6|06|sáu)\s+tháng\s+(đầu|cuối)\s+năm\s+(?:năm\s+)?(\d{4})")
_TERM = re.compile(r"(?:kỳ|đợt|học kỳ)\s+(i{1,2}|1|2)\s*(?:[,/-]|năm)?\s*(?:năm\s+)?(\d{4})\b")
_YEAR = r"\s*(?:[/.\-,(]|năm|\s)\s*(?:năm\s*:?\s*)?(\d{4})\b"
_MONTH = re.compile(rf"tháng(?:\s+báo cáo)?\s*:?\s*(\d{{1,3}}){_YEAR}")
_SHORT_YEAR = re.compile(r"tháng\s*:?\s*(\d{1,2})[/.-](\d\d)(?![\d/.-])")
# From one month to another, or two months: a period only where they bound one.
_MONTHS = re.compile(
    r"tháng\s+(\d{1,2})(?:\s*(?:[/.-]|năm|\s)\s*(\d{4}))?\s*"
    rf"(?:(đến|-)\s*(?:hết\s+|cuối\s+)?|và\s+|[,&+]\s*)tháng\s+(\d{{1,2}}){_YEAR}"
)
_NAMED = "|".join(sorted({**_MONTH_WORDS, **_ROMAN_MONTHS}, key=len, reverse=True))
# May is said with a word of its own before the year (tháng năm năm 2020): "tháng năm 2020" lacks the month, as in
# "hằng tháng năm 2020", "9 tháng năm 2020" or a month left open for a pen.
_WORDED = re.compile(rf"tháng\s+(?!năm\s*:?\s*\d)({_NAMED}){_YEAR}")
_BARE = re.compile(r"(?<!\w)(?<!nhiệm )(?:kỳ báo cáo|kỳ số liệu|kỳ|t)\s*[:.]?\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b")
_YEAR_FIRST = re.compile(
    r"(?:năm|kỳ báo cáo|kỳ số liệu)\s*:?\s*(\d{4})\s*[,/-]?\s*(?:tháng\s*)?(\d{1,2})(?![\d/-]|\s*tháng)"
)
_MONTH_AND_HALF = re.compile(
    r"tháng\s+(\d{1,2})\s+(?:và|,)\s+(?:6|06|sáu)\s+tháng\s+(?:đầu|cuối)\s+năm\s+(?:năm\s+)?(\d{4})"
)
# A month that a spreadsheet took for a date, as it prints one in a text file: 01/01/2019, 2019-01-01, thg1-19, Jan-19.
_ANNOUNCED = r"(?:tháng(?:\s+báo cáo)?|kỳ(?:\s+báo cáo|\s+số liệu)?)\s*:?\s*"
_FIRST_DAY = re.compile(rf"{_ANNOUNCED}0?1/(\d{{1,2}})/(\d{{4}})(?!\d)")
_ISO_DAY = re.compile(rf"{_ANNOUNCED}(\d{{4}})-(\d{{2}})-\d{{2}}(?: 00:00:00)?(?!\d)")
_ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SHORT_NAME = re.compile(rf"(?<!\w)(?:(?:thg|th)\s?(\d{{1,2}})|({'|'.join(_ENGLISH)}))[-/ ](\d{{4}}|\d{{2}})(?![\d/-])")
# A year alone, as the yearly form is headed; not one within a quarter, nor that of a paper referred to.
_TWELVE_MONTHS = re.compile(r"(?:12|mười hai)\s+tháng\s+(?:của\s+)?năm\s+(\d{4})(?!\d)")
_YEAR_ALONE = re.compile(
    r"(?<!\w)(?:kỳ báo cáo|kỳ số liệu|kỳ|năm báo cáo|năm)\s*[:.]?\s*(?:năm\s*:?\s*)?(\d{4})(?![\d/])"
)
_PAPER = r"kết luận|nghị quyết|quy định|hướng dẫn|chỉ thị|kế hoạch|công văn"
# A paper's own year may follow a comma, where it says whose paper it is; else a comma ends what is said of the paper.
_NO_YEAR = re.compile(
    r"quý.*|(?:\d{1,2}|ba|chín) tháng (?:đầu |cuối )?(?:của )?năm \d{4}|nửa (?:đầu|cuối|sau) năm \d{4}"
    rf"|(?:{_PAPER})(?:(?! ?- ?năm)[^,;(])*(?:[,;(][^,;(]*năm \d{{4}} của.*)?|(?:nhiệm kỳ|giai đoạn|so với)[^,;(]*"
)

# What is said of another paper, of the form itself, of a month compared with or of a signature, not of the figures.
_ASIDE = re.compile(
    r"\W*(?:kèm theo|căn cứ|(?:theo|thực hiện) (?:công văn|hướng dẫn|kế hoạch|chỉ thị|quyết định|thông báo))\b"
    r"|(?:(?!\btháng\b).)*\b(?:áp dụng|ban hành|có hiệu lực|cập nhật|so với)\b"
    r"|(?!.*\b(?:báo cáo|biểu|số liệu|kỳ)\b)[^\W\d][^\d,]{1,30}, ?tháng \d{1,2} năm \d{4}\W*$"  # where it was signed
)
_MAY_STATE = re.compile(r"\d\d")
# A month typed without marks, in a line that states no day.
_UNMARKED = re.compile(r"(?<!\w)thang\s*:?\s*(\d{1,2})\s*(?:nam|[/.-])\s*(\d{4})(?!\d)")
_UNMARKED_DAY = re.compile(r"(?<!\w)ngay(?!\w)|\d\s*[,.]?\s*thang")


@dataclass(frozen=True, slots=True)
class Stated:
    """A period as a title states it; `period` is None where what is written cannot be one."""

    period: Period | None
    text: str


@lru_cache(maxsize=4096)
def periods_in(title: str) -> tuple[Stated, ...]:
    """Every period a line of a title states, in its order of certainty; a plain date is none.

    A year alone comes last: it says nothing where a month or a half-year of it is stated.
    """
    line = fold(title)
    if not _MAY_STATE.search(line):
        return ()
    if "thang" in line and not _UNMARKED_DAY.search(line):
        line = _UNMARKED.sub(r"tháng \1 năm \2", line)
    stated: list[Stated] = []

    def take(pattern: re.Pattern[str], read: Callable[[re.Match[str]], Period | None]) -> None:
        nonlocal line
        for match in pattern.finditer(line):
            stated.append(Stated(read(match), match[0]))
        line = pattern.sub(" ", line)

    take(_RANGE, lambda m: _of_range(*map(int, m.groups())))
    take(_SHORT_RANGE, lambda m: _of_range(int(m[1]), int(m[2] or m[4]), int(m[5]), int(m[3]), int(m[4]), int(m[5])))
    until = [Stated(_month_ending(*map(int, m.groups())), m[0]) for m in _UNTIL.finditer(line)]
    line = _DATED.sub(" ", line)
    take(_FIRST_DAY, lambda m: _period(int(m[2]), int(m[1])))
    take(_ISO_DAY, lambda m: _period(int(m[1]), int(m[2])))
    take(_MONTH_AND_HALF, lambda m: _period(int(m[2]), int(m[1])))
    take(_MONTHS, lambda m: _of_months(int(m[2] or m[5]), int(m[1]), int(m[5]), int(m[4]), is_span=bool(m[3])))
    take(_TWELVE_MONTHS, lambda m: _period(int(m[1]), 1, "year"))
    take(_HALF, lambda m: _period(int(m[2]), 1 if m[1] == "đầu" else 7, "half"))
    take(_TERM, lambda m: _period(int(m[2]), 1 if m[1] in ("i", "1") else 7, "half"))
    take(_MONTH, lambda m: _period(int(m[2]), int(m[1])))
    take(_WORDED, lambda m: _period(int(m[2]), _MONTH_WORDS.get(m[1]) or _ROMAN_MONTHS[m[1]]))
    take(_BARE, lambda m: _period(int(m[2]), int(m[1])))
    take(_YEAR_FIRST, lambda m: _period(int(m[1]), int(m[2])))
    take(_SHORT_YEAR, lambda m: _period(2000 + int(m[2]), int(m[1])))
    take(_SHORT_NAME, lambda m: _period(_whole_year(m[3]), int(m[1] or _ENGLISH.index(m[2]) + 1)))
    stated = stated or [one for one in until if one.period]
    return (*stated, *_years_in(line))


@lru_cache(maxsize=4096)
def is_aside(title: str) -> bool:
    """Whether what a line states of a period is said of something else, where another line states one."""
    return bool(_MAY_STATE.search(title) and _ASIDE.match(fold(title)))


def _years_in(line: str) -> Iterator[Stated]:
    for match in _YEAR_ALONE.finditer(_NO_YEAR.sub(" ", line)):
        if year := _period(int(match[1]), 1, "year"):
            yield Stated(year, match[0])


def _whole_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _period(year: int, month: int, kind: PeriodKind = "month") -> Period | None:
    try:
        return Period(year, month, kind)
    except ValueError:
        return None


def _date(day: int, month: int, year: int) -> date | None:
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


def _of_range(d1: int, m1: int, y1: int, d2: int, m2: int, y2: int) -> Period | None:
    """The month, half-year or year from one day to another, None where the days bound none."""
    first, last = _date(d1, m1, y1), _date(d2, m2, y2)
    if first is None or last is None:
        return None
    return _between(first, last)


def _between(first: date, last: date) -> Period | None:
    month = Period.month_of(first)
    for period in (month, month.half, month.whole_year):
        if (period.first_day, period.last_day) == (first, last):
            return period
    return None


def _of_months(y1: int, m1: int, y2: int, m2: int, *, is_span: bool) -> Period | None:
    """The period that two months bound, None where they bound none or where both stand side by side."""
    first, last = _period(y1, m1), _period(y2, m2)
    if first is None or last is None or not (is_span or first == last):
        return None
    return _between(first.first_day, last.last_day)


def _month_ending(day: int, month: int, year: int) -> Period | None:
    last = _date(day, month, year)
    return Period.month_of(last) if last and Period.month_of(last).last_day == last else None


_NAME_DATE = re.compile(
    r"(?<!\d)\d{1,2}[-._ ]\d{1,2}[-._ ](?:19|20)\d\d(?!\d)|(?<!\d)(?:19|20)\d\d[-._ ]?\d\d[-._ ]?\d\d(?!\d)"
)
_NAME_SIGN = re.compile(r"[-._ ]+")
_NAME_MONTH = re.compile(r"(?<!\w)(?<!\d )(?:tháng|thang) ?(\d{1,2})(?!\w)")  # 3 tháng 2 is a day
_NAME_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_NAME_PATTERNS: tuple[tuple[re.Pattern[str], bool], ...] = (
    (re.compile(r"(?<!\d)(\d{1,2})\s*(?:nam|năm|[-._ ])\s*(?:nam|năm)?\s*((?:19|20)\d\d)(?!\d)"), False),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-._ ]?\s*(\d{2})(?!\d)"), True),
    (re.compile(r"(?<!\d)(\d{2})((?:19|20)\d\d)(?!\d)"), False),
    (re.compile(r"(?<!\d)(\d{2})[-._]?(\d{2})(?!\d)"), False),
)


def years_in_name(name: str) -> set[Period]:
    """Every year a file's name may mean, by itself or in a month."""
    alone = _NAME_YEAR.findall(_NAME_DATE.sub(" ", fold(name)))
    return {Period(int(year), 1, "year") for year in alone} | {month.whole_year for month in periods_in_name(name)}


def periods_in_name(name: str, titled: Period | None = None) -> set[Period]:
    """Every month a file's name may mean (`T06_2019`, `201906`, `0619`); whole dates in it are none.

    Args:
        titled: the month of the title: one without a year (`thang 2`) is the nearest to it.
    """
    text = _NAME_DATE.sub(" ", fold(name))
    found = set()
    for pattern, year_first in _NAME_PATTERNS:
        for match in pattern.finditer(text):
            year, month = (match[1], match[2]) if year_first else (match[2], match[1])
            if period := _period(int(year) if len(year) == 4 else 2000 + int(year), int(month)):
                found.add(period)
    return found or set(_worded_in_name(text, titled))


def _worded_in_name(text: str, titled: Period | None) -> Iterator[Period]:
    """The months a name says as a title would (`tháng hai 2019`, `Feb 2019`), or without a year."""
    line = " ".join(_NAME_SIGN.sub(" ", text).split())
    for stated in periods_in(line):
        if stated.period and stated.period.kind == "month":
            yield stated.period
    alone = _NAME_MONTH.search(line)
    if titled and alone and not re.search(r"\d{4}", line):
        years = (titled.year - 1, titled.year, titled.year + 1)
        months = [month for year in years if (month := _period(year, int(alone[1])))]
        yield from sorted(months, key=lambda month: abs(month.number - titled.number))[:1]
