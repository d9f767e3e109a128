"""Texts typed in the fonts TCVN3 (.VnTime) and VNI-Times, told from Unicode and turned into it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice, product
from typing import Literal

from transforms.reading.syllables import plausibility

Font = Literal["unicode", "tcvn3", "vni"]
LEGACY_FONTS: tuple[Font, ...] = ("tcvn3", "vni")

# TCVN 5712:1993, the subset VN3 of the ABC fonts: codes and their letters. Toned capitals have no code of their own;
# a capitals font (.VnTimeH) draws the small letter's code as a capital.
TCVN3 = {
    **dict(zip(bytes.fromhex("A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE"), "ĂÂÊÔƠƯĐăâêôơưđ", strict=True)),
    **dict(zip(bytes.fromhex("B5 B6 B7 B8 B9 BB BC BD BE C6 C7 C8 C9 CA CB"), "àảãáạằẳẵắặầẩẫấậ", strict=True)),
    **dict(zip(bytes.fromhex("CC CE CF D0 D1 D2 D3 D4 D5 D6 D7 D8 DC DD DE"), "èẻẽéẹềểễếệìỉĩíị", strict=True)),
    **dict(zip(bytes.fromhex("DF E1 E2 E3 E4 E5 E6 E7 E8 E9 EA EB EC ED EE"), "òỏõóọồổỗốộờởỡớợ", strict=True)),
    **dict(zip(bytes.fromhex("EF F1 F2 F3 F4 F5 F6 F7 F8 F9 FA FB FC FD FE"), "ùủũúụừửữứựỳỷỹýỵ", strict=True)),
}

# VNI: a letter, then one character for its mark or for both its marks; some letters have a code of their own.
_TONE_ORDER = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_VNI_MARKS = (
    ("aeouyôö", "", ("", "ù", "ø", "û", "õ", "ï")),
    ("aeo", "\u0302", ("â", "á", "à", "å", "ã", "ä")),
    ("a", "\u0306", ("ê", "é", "è", "ú", "ü", "ë")),
)
_VNI_SINGLE = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))
_VNI_SINGLE |= {code.upper(): letter.upper() for code, letter in _VNI_SINGLE.items()}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for bases, shape, marks in _VNI_MARKS:
        for base, (tone, mark) in product(bases + bases.upper(), zip(_TONE_ORDER, marks, strict=True)):
            letter = unicodedata.normalize("NFC", _VNI_SINGLE.get(base, base) + shape + tone)
            if mark:
                pairs |= {base + mark: letter, base + mark.upper(): letter}
    return pairs


_VNI = _vni_pairs() | _VNI_SINGLE
# One pass, a pair before a single: the letter a pair gives (ó) is another letter's code.
_VNI_UNIT = re.compile("|".join(sorted(_VNI, key=len, reverse=True)))

_ASCII_AND = "A-Za-z\u00a1-\u1fff\u20ab"
_RUN = re.compile(f"[{_ASCII_AND}]+")
_VIETNAMESE_SMALL = "ăâđêôơư" + "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in _TONE_ORDER[1:]
)
BEYOND_LATIN_1 = "".join(letter for letter in _VIETNAMESE_SMALL + _VIETNAMESE_SMALL.upper() if letter > "\u00ff")
# No legacy font has these characters: a text with one of them is Unicode.
_UNICODE_ONLY = re.compile(f"[{BEYOND_LATIN_1}\u0300-\u0303\u0306\u0309\u031b\u0323]")

_NO_ASCII_SMALL = f"[A-Z{_VIETNAMESE_SMALL}{_VIETNAMESE_SMALL.upper()}]+"
_CAPITALS_STRETCH = re.compile(rf"\b{_NO_ASCII_SMALL}(?:[ -]+{_NO_ASCII_SMALL})*\b")
_CAPITALS_IN_A_ROW = re.compile(f"[{_VIETNAMESE_SMALL}][A-ZĂÂĐÊÔƠƯ]|[A-Z]{{2}}")
_ROMAN = re.compile(r"\b[IVXLCDM]+\b")
# A quick no for nearly every line: a toned small letter beside capitals, or one word away from them.
_TONED_AMONG_CAPITALS = re.compile(
    f"[A-Z{_VIETNAMESE_SMALL}](?:(?<=[{_VIETNAMESE_SMALL}])(?:[ -]+[A-Z])?[A-ZĂÂĐÊÔƠƯ]"
    f"|(?<=[A-Z])[A-Z](?:[ -]+[A-ZĂÂĐÊÔƠƯ]?)?[{_VIETNAMESE_SMALL}])"
)
# One foreign word with one accent may read well in a font (French où is ó in VNI): a lone text is turned for two.
_FEWEST_SIGNS = 2
_JUDGED_RUNS = 10_000


def _raise_stretch(match: re.Match[str]) -> str:
    stretch = match[0]
    return stretch.upper() if _CAPITALS_IN_A_ROW.search(_ROMAN.sub("", stretch)) else stretch


def _raise_line(line: str) -> str:
    return _CAPITALS_STRETCH.sub(_raise_stretch, line) if _TONED_AMONG_CAPITALS.search(line) else line


def raise_among_capitals(text: str) -> str:
    """The toned small letters among capitals raised: what a TCVN3 capitals font shows (TỉNH ủY: TỈNH ỦY)."""
    return "".join(map(_raise_line, text.splitlines(keepends=True)))


def _from_vni(text: str) -> str:
    return _VNI_UNIT.sub(lambda unit: _VNI[unit[0]], text)


def from_font(text: str, font: Font) -> str:
    """The text in Unicode (NFC), all of it known to be typed in this font as cp1252 characters; no look at its sense.

    TCVN3 has no toned capitals; where the letters around are capitals (TØNH ñY) the toned ones become so too.
    """
    if font == "unicode":
        return unicodedata.normalize("NFC", text)
    read = raise_among_capitals(text.translate(TCVN3)) if font == "tcvn3" else _from_vni(text)
    return unicodedata.normalize("NFC", read)


def _read_run(run: str, font: Font) -> str | None:
    """The run in Unicode by the table alone; None where it holds a character the font has no use for."""
    if font == "unicode":
        return run
    if font == "vni":
        return _from_vni(run) if _VNI_UNIT.sub("", run).isascii() else None
    return run.translate(TCVN3) if all(sign.isascii() or ord(sign) in TCVN3 for sign in run) else None


@lru_cache(maxsize=1 << 16)
def run_plausibility(run: str, font: Font) -> int:
    """How Vietnamese a run of letters and signs is if typed in this font: 1, 0 (no say) or -1."""
    if len(run) == 1 and not run.isalpha():  # a bullet, a sign of multiplication
        return 0
    read = _read_run(run, font)
    return -1 if read is None else plausibility(read)


def marked_runs(texts: Iterable[str]) -> Iterable[str]:
    """The runs of letters and signs that hold a character beyond ASCII, in order, with repetitions."""
    for text in texts:
        if not text.isascii():
            yield from (run for run in _RUN.findall(text) if not run.isascii())


def _some_runs(texts: Iterable[str]) -> set[str]:
    return set(islice(marked_runs(texts), _JUDGED_RUNS))


def _score(text: str, font: Font) -> int:
    return sum(run_plausibility(run, font) for run in set(marked_runs([text])))


@lru_cache(maxsize=1 << 14)
def _speaks_for(run: str) -> tuple[Font, ...]:
    """The fonts in which the run reads better than in Unicode, or Unicode alone where it reads best in it."""
    grades = {font: run_plausibility(run, font) for font in LEGACY_FONTS}
    as_unicode = run_plausibility(run, "unicode")
    better: tuple[Font, ...] = tuple(font for font in LEGACY_FONTS if grades[font] == 1 and as_unicode < 1)
    return better or (("unicode",) if as_unicode > max(grades.values()) else ())


def detect(texts: Sequence[str]) -> Font:
    """The font most of the texts were typed in, judged over all of them; "unicode" where nothing tells.

    Args:
        texts: the strings of a workbook, a sheet, a column or one cell; ASCII and numbers among them do not matter.
    """
    return _font_of(*_beyond_ascii(texts))


def _beyond_ascii(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The distinct texts beyond ASCII, and those of them that may be in a legacy font."""
    distinct = [text for text in dict.fromkeys(texts) if not text.isascii()]
    return distinct, [text for text in distinct if not _UNICODE_ONLY.search(text)]


def _font_of(distinct: list[str], plain: list[str]) -> Font:
    """The font of texts beyond ASCII; those of them are `plain` that may be in a legacy one."""
    unsure = _some_runs(plain)
    votes = Counter(font for run in unsure for font in _speaks_for(run))
    best: Font = "unicode"
    if not any(votes[font] for font in LEGACY_FONTS):
        return best
    unmistakable = set(distinct).difference(plain)
    most = votes["unicode"] + len(_some_runs(text for text in distinct if text in unmistakable))
    for font in LEGACY_FONTS:
        grades = {run: run_plausibility(run, font) for run in unsure}
        signs = sum(sign > "\x7f" for run, grade in grades.items() if grade == 1 for sign in run)
        if votes[font] > most and sum(grades.values()) > 0 and signs >= _FEWEST_SIGNS:
            best, most = font, votes[font]
    return best


def to_unicode(text: str, kind: Font) -> str:
    """One text of a sheet whose font is known, in Unicode; left as it is where it reads better as Unicode already.

    A text with a letter no legacy font has (ạ, ấ, ă, đ, ơ, ư …) is never touched.
    """
    if kind == "unicode" or text.isascii() or _UNICODE_ONLY.search(text):
        return text
    return text if _score(text, "unicode") > _score(text, kind) else from_font(text, kind)


def _unknown(_: str) -> bool:
    return False


def convert(texts: Sequence[str], knows: Callable[[str], bool] = _unknown) -> list[str]:
    """The texts of one sheet in Unicode, the fonts possibly mixed: each by what it says itself, else by the others.

    Args:
        texts: of one sheet.
        knows: whether a text is one that is expected, as a heading or a unit's name: what is known as it stands, or
            in a single font only, is not left to how Vietnamese it looks (Khóm is a word, and so is Khúm).

    Returns:
        As many texts in the same order; Unicode texts unchanged.
    """
    read, _ = readings(texts, knows)
    return [read.get(text, text) for text in texts]


def readings(texts: Sequence[str], knows: Callable[[str], bool] = _unknown) -> tuple[dict[str, str], Font]:
    """The texts that are not in Unicode as they are read, each as of `convert`, and the font of most as of `detect`."""
    distinct, plain = _beyond_ascii(texts)
    doubtful = [text for text in plain if not knows(text)]
    if not doubtful:
        return {}, "unicode"
    prevailing = _font_of(distinct, plain)

    def converted(text: str) -> str:
        own, possible = _font_and_readings(text)
        meant = {read for read in possible if read != text and knows(read)}
        if len(meant) == 1:
            return meant.pop()
        is_own = own == prevailing or _score(text, own) > _score(text, prevailing)
        return to_unicode(text, own if is_own else prevailing)

    return {text: read for text in doubtful if (read := converted(text)) != text}, prevailing


def _font_and_readings(text: str) -> tuple[Font, tuple[str, ...]]:
    """The font a text by itself seems typed in, and what it would be in each of the legacy ones."""
    return _of_short(text) if len(text) <= _SHORT else _looked_at(text)


def _looked_at(text: str) -> tuple[Font, tuple[str, ...]]:
    return detect([text]), tuple(from_font(text, font) for font in LEGACY_FONTS)


_SHORT = 200
_of_short = lru_cache(maxsize=1 << 14)(_looked_at)  # headings and names come again in every file
