"""Names of people in Vietnamese: what is one, what may be one, and a file's name without them."""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.reading.folding import fold, strip_marks

SURNAMES = frozenset(
    (
        "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương lâm mai đoàn "
        "trịnh cao châu tô tạ hà thái lưu phùng vương quách lương đào tăng kiều la thạch danh kim sơn từ "
        "văn khưu tống nghiêm ông triệu thân quan diệp đàm giang mạc ninh phó tiêu trà ung viên chu hứa giáp "
        "lữ lục mã nhan tôn ngụy hầu hàn khổng cù doãn dư bạch âu chế đổng liêu mạch thiều tiết sầm thẩm"
    ).split()
)
_PLAIN = frozenset(strip_marks(name) for name in SURNAMES)
_NOT_NAMES = re.compile(
    r"^(ấp|khóm|khu|chi bộ|cb|đảng bộ|trường|trạm|công ty|xã|phường|thị trấn|huyện|tỉnh|ban|cơ quan)\b"
)
_NOT_NAMES_EITHER = re.compile(
    r"^(công an|quân sự|khối|hợp tác|htx|mặt trận|hội|đoàn thanh|văn phòng|phòng|bệnh viện|doanh nghiệp|đội|đồn"
    r"|tổ|nhà)\b"
)
_BEFORE_NAME = re.compile(r"^(?:\d{1,3}\s*[.)/-]\s*)?(?:(?:đ/c|đc|đồng chí|ông|bà|anh|chị)\b[.:]?\s*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@lru_cache(maxsize=16384)
def is_person_name(text: str) -> bool:
    """Two to five words, the first a Vietnamese surname, each begun by a capital letter; no unit's name."""
    words = _words(text)
    if not 2 <= len(words) <= 6 or not all(word[0].isupper() for word in words):
        return False
    return is_surname(words[0]) and not _NOT_NAMES.match(fold(text))


def may_be_name(text: str) -> bool:
    """Three to five words and nothing else, all begun by capitals or led by a surname; no unit's name."""
    bare = _BEFORE_NAME.sub("", text.strip())
    words = bare.split()
    if not 3 <= len(words) <= 5 or not all(_WORD.fullmatch(word) for word in words):
        return False
    folded = fold(bare)
    if _NOT_NAMES.match(folded) or _NOT_NAMES_EITHER.match(folded):
        return False
    return all(word[0].isupper() for word in words) or is_surname(words[0])


def _words(text: str) -> list[str]:
    return _WORD.findall(re.split(r"[\d,;(–-]", _BEFORE_NAME.sub("", text.strip()), maxsplit=1)[0])


def is_surname(word: str) -> bool:
    first = fold(word)
    return first in SURNAMES or (first.isascii() and first in _PLAIN)


_LONG_DIGITS = re.compile(r"\d[\d .-]{7,}\d")
_WORDS = re.compile(r"[^\W\d_]+(?:[ _-]+[^\W\d_]+){2,}")


def reduced_name(name: str) -> str:
    """A file's name without what may name a person: three capitalised words led by a surname, long numbers."""

    def hide(match: re.Match[str]) -> str:
        words = re.split(r"([ _-]+)", match[0])
        for start in range(0, len(words) - 4, 2):
            first = fold(words[start])
            capitals = all(word[0].isupper() for word in words[start : start + 5 : 2])
            if capitals and (first in SURNAMES or first in _PLAIN):
                return "".join(words[:start]) + "…"
        return match[0]

    return _WORDS.sub(hide, _LONG_DIGITS.sub("…", name))
