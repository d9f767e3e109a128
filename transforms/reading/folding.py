"""The one folding by which headings, names and titles of districts' files are compared."""

import re
import unicodedata
from functools import lru_cache

# The one list of characters that are not seen, or seen as another: names, counts and codes are compared without them.
# Not seen: Unicode's format characters and others that a program may leave out (Default_Ignorable_Code_Point).
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_DASHES = (
    "\u00af\u02d7\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u208b\u2212\u2500\u2796"
    "\u2e3a\u2e3b\u30fc\ufe31\ufe58\ufe63\uff0d"
)
# Letters and signs of other alphabets that print like ours: Cyrillic, Greek, fractions.
_ALIKE = {
    **dict(
        zip(
            "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425",
            "ABESIJKMHOPCTYX",
            strict=True,
        )
    ),
    **dict(zip("\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445", "aesijopcyx", strict=True)),
    **dict(
        zip(
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd",
            "ABEZHIKMNOPTYXov",
            strict=True,
        )
    ),
    **dict(zip("\u2044\u2215\u2024\u02bb\u02bc", "//.''", strict=True)),
}
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4`"
# Eth and the African d print like đ and are typed for it.
_WRITTEN_AS = str.maketrans(
    {
        **_ALIKE,
        **_FULL_WIDTH,
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
_HAS_VARIANT = re.compile("[" + "".join(map(re.escape, map(chr, _WRITTEN_AS))) + "]")
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


def as_seen(text: str) -> str:
    """The text without what is not seen, each character as it is seen."""
    if _HAS_INVISIBLE.search(text):
        text = _HAS_INVISIBLE.sub("", text)
    return text.translate(_WRITTEN_AS) if _HAS_VARIANT.search(text) else text


@lru_cache(maxsize=1 << 14)
def plain_characters(text: str) -> str:
    """A count or a code as it is seen: without invisible characters and outer space, dashes and digits as ASCII's."""
    return text.strip() if text.isascii() else as_seen(text).strip()


def _canonical_lower(text: str) -> str:
    # Composed first, so that a look-alike under a diacritic of its own alphabet is the same letter in either form.
    seen = as_seen(unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).lower())


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
