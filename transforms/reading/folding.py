"""The one folding by which headings, names and titles of districts' files are compared."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4`"
# Eth and the African d print like đ and are typed for it.
_WRITTEN_AS = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_DOUBLE_QUOTES, '"'),
        **dict.fromkeys(_SINGLE_QUOTES, "'"),
        "\u2026": "...",
        "ð": "đ",
        "ɖ": "đ",
        "Ð": "Đ",
        "Ɖ": "Đ",
    }
)
_HAS_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_HAS_VARIANT = re.compile(f"[{_DASHES}{_DOUBLE_QUOTES}{_SINGLE_QUOTES}\u2026ðɖ]")
_SPACED_PUNCTUATION = re.compile(r" ?([-/(),;:]) ?")
_PUNCTUATION = re.compile("[-/(),;:]")
_BULLETS = re.compile(r"(?:[-+*•·] ?(?=[^\d ]))+")
_TRAILING = " .,:;"

_TONES = "\u0300\u0301\u0309\u0303\u0323"


def _toned(vowels: str) -> str:
    return "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in vowels for tone in _TONES)


# A tone mark on the first of two vowels where today's spelling has it on the second. Only oa, oe and uy are
# a matter of school (hòa, hoà); the others are slips of the keyboard with one reading (qúy, gía, tíên, hừơng).
_TONE_TOO_EARLY = re.compile(
    f"[{_toned('oiuưy')}][ăâêôơ]|[{_toned('o')}][ae]|[{_toned('u')}]y"
    f"|(?<=q)[{_toned('u')}][aeio]|(?<=g)[{_toned('i')}][aeou]"
)

# A quick no for nearly every text: any tone mark before any vowel.
_TONE_BEFORE_VOWEL = re.compile(f"[{_toned('oiuưy')}][aăâeêioôơuy]")


def _move_tone(match: re.Match[str]) -> str:
    decomposed = unicodedata.normalize("NFD", match[0][0])
    tone = next(mark for mark in decomposed if mark in _TONES)
    return unicodedata.normalize("NFC", decomposed.replace(tone, "") + match[0][1] + tone)


def _place_tones(text: str) -> str:
    # A move may bring the mark before another pair, so until nothing moves; each step goes to the right.
    while _TONE_BEFORE_VOWEL.search(text) and _TONE_TOO_EARLY.search(text):
        text = _TONE_TOO_EARLY.sub(_move_tone, text)
    return text


def _canonical_lower(text: str) -> str:
    if _HAS_INVISIBLE.search(text):
        text = _HAS_INVISIBLE.sub("", text)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Bring two spellings of one heading or name to one text; a key for comparison, never for display.

    Folded: Unicode form, case, white space (line breaks, no-break and zero-width characters), the place of the
    tone mark (xóa = xoá, thủy = thuỷ, qúy = quý), kinds of dashes and quotes, eth typed for đ, space beside
    ``- / ( ) , ; :``, bullets before a word and ``. , : ;`` at the end. Kept: every diacritic, and i beside y
    (Mỹ Thọ, My Tho, kỷ and kỉ stay apart). A lone "-" stays "-". Folding twice changes nothing more.
    """
    if text.isascii():
        text = text.lower()
        if "`" in text:
            text = text.replace("`", "'")
    else:
        text = _canonical_lower(text)
        if _HAS_VARIANT.search(text):
            text = text.translate(_WRITTEN_AS)
        text = _place_tones(text)
    text = " ".join(text.split()).rstrip(_TRAILING)
    if _PUNCTUATION.search(text):
        text = _SPACED_PUNCTUATION.sub(r"\1", text)
    bullets = _BULLETS.match(text)
    return text[bullets.end() :] if bullets else text


@lru_cache(maxsize=1 << 16)
def strip_marks(text: str) -> str:
    """The text as typed without Vietnamese marks (Đồng Tháp: Dong Thap), case kept; letters of other scripts stay.

    For suggestions and file names only: marks tell names apart, so nothing is matched by this.
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text.translate(_WRITTEN_AS))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.replace("đ", "d").replace("Đ", "D")
