"""Which words can be Vietnamese: the grammar of a syllable, by which readings of unknown bytes are judged."""

import unicodedata
from functools import lru_cache

_VOWELS = frozenset("aăâeêioôơuưy")
_ALPHABET = frozenset("aăâbcdđeêghiklmnoôơpqrstuưvxy")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOP_TONES = frozenset("\u0301\u0323")  # a syllable that ends in c, ch, p or t bears only sắc or nặng
_ONSETS = ("", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split())
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich im in inh ip it iu "
    "iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay "
    "oăc oăm oăn oăng oăt oe oem oen oeo oet ooc oong ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uôc uôi uôm uôn uông uôt uơ "
    "uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu "
    "y yêm yên yêng yêt yêu ynh yt"
).split()
_FRONT = frozenset("eêiy")
_Y_AFTER = frozenset(["", "h", "k", "l", "m", "qu", "s", "t", "v"])
_ONLY_BEFORE_FRONT = frozenset(["k", "gh", "ngh"])
_NEVER_BEFORE_FRONT = frozenset(["c", "ng"])


def _go_together(onset: str, rime: str) -> bool:
    first = rime[0]
    if first == "y":
        return onset == "qu" or (onset in _Y_AFTER if rime == "y" else not onset and rime not in ("ynh", "yt"))
    if onset == "qu":
        return first not in "uư" and not rime.startswith(("oa", "oă", "oe", "oo"))
    if onset == "g":
        return first not in "eêy"
    if onset in _ONLY_BEFORE_FRONT:
        return first in _FRONT
    return not (onset in _NEVER_BEFORE_FRONT and first in _FRONT)


_SYLLABLES = frozenset(onset + rime for onset in _ONSETS for rime in _RIMES if _go_together(onset, rime))


@lru_cache(maxsize=1 << 16)
def plausibility(word: str) -> int:
    """1 where the word is a well-formed Vietnamese syllable, 0 where it may be an abbreviation (QĐ, đc), else -1.

    The word in any case and Unicode form; a character outside the Vietnamese alphabet makes it -1. Structure only:
    that the syllable exists in a dictionary is not asked.
    """
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in letters if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    if len(tones) > 1 or not _ALPHABET.issuperset(bare):
        return -1
    if not tones and (word.isupper() or not _VOWELS.intersection(bare)) and bare not in _SYLLABLES:
        return 0
    stopped = bare.endswith(("c", "ch", "p", "t"))
    return 1 if bare in _SYLLABLES and (not stopped or (_STOP_TONES.issuperset(tones) and bool(tones))) else -1
