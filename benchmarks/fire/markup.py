"""The markup of workbooks and pages: written otherwise, and damaged tag by tag."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks.fire.damage import parts_of, with_part
from benchmarks.fire.mutators import Subject, mutates, of

BOOKS, PAGES = of(("xlsx", "ods")), of(("html",))
_PAGE = re.compile(r"xl/worksheets/\w+\.xml|content\.xml", re.IGNORECASE)
_TAG = re.compile(r"<[^<>!?]+>")
_CELL = re.compile(r"<c (?P<about>[^<>]*?)(/>|>(?P<held>.*?)</c>)", re.DOTALL)
_ROW = re.compile(r"<row [^<>]*?>.*?</row>", re.DOTALL)
_NUMBER = re.compile(r"<v>(\d+)</v>")
_ATTRIBUTES = re.compile(r'(?<=\s)([\w:]+)="([^"<>]*)"')
Change = Callable[[str], str | None]


def _sheet(subject: Subject, change: Change) -> bytes | None:
    """The book with one sheet's markup changed; None where the change finds nothing to change."""
    at = subject.chance.choice([n for n, (name, _) in enumerate(parts_of(subject.data)) if _PAGE.search(name)])
    before = parts_of(subject.data)[at][1].decode()
    after = change(before)
    return None if after is None or after == before else with_part(subject.data, at, lambda _: after.encode())


def _every(pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> Change:
    return lambda text: pattern.sub(write, text)


def _one(subject: Subject, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> Change:
    def changed(text: str) -> str | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = subject.chance.choice(found)
        return text[: match.start()] + write(match) + text[match.end() :]

    return changed


# -- the same, written otherwise


@mutates("attributes in apostrophes", "same", BOOKS)
def _apostrophes(subject: Subject) -> bytes | None:
    return _sheet(subject, _every(_ATTRIBUTES, lambda one: f"{one[1]}='{one[2]}'" if "'" not in one[2] else one[0]))


@mutates("attributes in another order", "same", BOOKS)
def _order(subject: Subject) -> bytes | None:
    def turned(match: re.Match[str]) -> str:
        name = re.match(r"<[\w:]+", match[0])
        told = [one[0] for one in _ATTRIBUTES.finditer(match[0])]
        if len(told) < 2 or not name:
            return match[0]
        return f"{name[0]} {' '.join(reversed(told))}{'/>' if match[0].endswith('/>') else '>'}"

    return _sheet(subject, _every(_TAG, turned))


@mutates("blanks and breaks between attributes", "same", BOOKS)
def _blanks(subject: Subject) -> bytes | None:
    return _sheet(subject, _every(_TAG, lambda tag: re.sub(r' (?=[\w:]+=")', "\n  ", tag[0])))


@mutates("comments between tags", "same", BOOKS)
def _comments(subject: Subject) -> bytes | None:
    return _sheet(subject, lambda text: text.replace("</row>", "</row><!-- <row><c><v>1</v></c></row> -->"))


@mutates("sheets without their extent, or with a wrong one", "same", of(("xlsx",)))
def _extent(subject: Subject) -> bytes | None:
    told = subject.chance.choice(
        ("", '<dimension ref="A1"/>', '<dimension ref="A1:B2"/>', '<dimension ref="A1:XFD9"/>')
    )
    return _sheet(subject, _every(re.compile(r"<dimension [^<>]*/>"), lambda _: told))


@mutates("numbers in other spellings", "same", of(("xlsx",)))
def _spelling(subject: Subject) -> bytes | None:
    spelt = subject.chance.choice(("{}.0", "{}E0", "{}.000", "0{}"))
    return _sheet(subject, _every(_CELL, lambda cell: _with_number(cell, "", spelt)))


def _with_number(cell: re.Match[str], kind: str, spelt: str) -> str:
    """A cell that holds a number, the number written otherwise; other cells as they are."""
    number = _NUMBER.search(cell["held"] or "")
    if not number or " t=" in f" {cell['about']}":
        return cell[0]
    return f"<c {cell['about']}{kind}><v>{spelt.format(number[1])}</v></c>"


@mutates("numbers as texts", "same", of(("xlsx",)))
def _as_text(subject: Subject) -> bytes | None:
    return _sheet(subject, _every(_CELL, lambda cell: _with_number(cell, ' t="str"', "{}")))


@mutates("hidden rows", "same", of(("xlsx",)))
def _hidden(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, re.compile(r"<row (?=r=)"), lambda _: '<row hidden="1" '))


@mutates("cells without a style", "same", of(("xlsx",)))
def _plain(subject: Subject) -> bytes | None:
    return _sheet(subject, _every(re.compile(r'(?<=<c )([^<>]*?) s="\d+"'), lambda one: one[1]))


@mutates("markup with a mark of byte order", "same", BOOKS)
def _marked(subject: Subject) -> bytes | None:
    return _sheet(subject, lambda text: "\ufeff" + text)


@mutates("tags of a page in capitals", "same", PAGES)
def _tags_capital(subject: Subject) -> bytes:
    return re.sub(r"</?(tr|td|table)", lambda tag: tag[0].upper(), subject.data.decode()).encode()


@mutates("end tags of a page left out", "same", PAGES)
def _no_ends(subject: Subject) -> bytes:
    return re.sub("</td>|</tr>" if subject.chance.random() < 0.5 else "</td>", "", subject.data.decode()).encode()


@mutates("a page's cells with attributes and marks", "same", PAGES)
def _dressed(subject: Subject) -> bytes:
    dress = subject.chance.choice(
        (
            r"<td style='mso-number-format:\"0\"'\1><p>\2</p></td>",
            r"<td class=xl65\1><b>\2</b></td>",
            r"<td\1>\n\2\n</td>",
        )
    )
    return re.sub(r"<td([^<>]*)>([^<>]*)</td>", dress, subject.data.decode()).encode()


@mutates("a page's letters as references", "same", PAGES)
def _references(subject: Subject) -> bytes:
    spell = subject.chance.choice(("&#{};", "&#x{:x};"))
    return "".join(sign if sign.isascii() else spell.format(ord(sign)) for sign in subject.data.decode()).encode()


@mutates("a page beginning otherwise", "same", PAGES)
def _beginning(subject: Subject) -> bytes:
    begin = subject.chance.choice(
        (b"<!DOCTYPE html>\n", b"<!-- a -->", b"\xef\xbb\xbf", b"\r\n\r\n", b"<?xml version='1.0'?>")
    )
    return begin + subject.data


# -- damaged


@mutates("a digit of a figure changed", "seen", BOOKS)
def _digit(subject: Subject) -> bytes | None:
    number = re.compile(r'(<v>|office:value=")(\d+)(?=</v>|")')
    return _sheet(subject, _one(subject, number, lambda one: one[1] + _other(subject, one[2])))


@mutates("a figure of a page changed", "seen", PAGES)
def _page_digit(subject: Subject) -> bytes:
    change = _one(subject, re.compile(r"(<td>)(\d+)(?=</td>)"), lambda one: one[1] + _other(subject, one[2]))
    return (change(subject.data.decode()) or "").encode()


def _other(subject: Subject, number: str) -> str:
    at = subject.chance.randrange(len(number))
    return number[:at] + str(subject.chance.randrange(10)) + number[at + 1 :]


@mutates("a figure that is none", "seen", BOOKS)
def _strange(subject: Subject) -> bytes | None:
    strange = (
        "1e400",
        "NaN",
        "-1",
        "12.5",
        "1e3",
        "",
        " 7 ",
        "0x1F",
        "１２",
        "1,5",
        "9" * 40,
        "&#49;2",
        "TRUE",
        "#REF!",
    )
    number = re.compile(r'(<v>|office:value=")(\d+)(?=</v>|")')
    return _sheet(subject, _one(subject, number, lambda one: one[1] + subject.chance.choice(strange)))


@mutates("a cell of another type", "seen", of(("xlsx",)))
def _type(subject: Subject) -> bytes | None:
    kind = subject.chance.choice(("s", "str", "b", "e", "d", "n", "inlineStr", "x"))
    return _sheet(subject, _one(subject, re.compile(r"<c (?=[^<>]*>)"), lambda _: f'<c t="{kind}" '))


@mutates("a cell of the other type, said once", "seen", of(("xlsx",)))
def _type_once(subject: Subject) -> bytes | None:
    kind = subject.chance.choice(("s", "str", "b", "e", "d", "n", "inlineStr", "x"))

    def told(match: re.Match[str]) -> str:
        return re.sub(r'^<c ([^<>]*?)(?: t="\w+")?(?=/?>)', rf'<c \1 t="{kind}"', match[0])

    return _sheet(subject, _one(subject, _CELL, told))


@mutates("a cell under another place", "seen", of(("xlsx",)))
def _moved(subject: Subject) -> bytes | None:
    places = ("XFD1048576", "A1", "A0", "ZZZZ1", "", "1A", "B7", "E12", "AA9", "C99999999999")
    place = subject.chance.choice(places)
    return _sheet(subject, _one(subject, re.compile(r'(?<=<c r=")[A-Z]+\d+'), lambda _: place))


@mutates("a cell lost", "seen", of(("xlsx",)))
def _cell_lost(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, _CELL, lambda _: ""))


@mutates("a cell twice", "seen", of(("xlsx",)))
def _cell_twice(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, _CELL, lambda one: one[0] + one[0]))


@mutates("a row lost", "seen", of(("xlsx",)))
def _row_lost(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, _ROW, lambda _: ""))


@mutates("a row twice", "seen", of(("xlsx",)))
def _row_twice(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, _ROW, lambda one: one[0] + one[0]))


@mutates("rows without their numbers", "seen", of(("xlsx",)))
def _no_numbers(subject: Subject) -> bytes | None:
    return _sheet(subject, _every(re.compile(r'(?<=<row) r="\d+"'), lambda _: ""))


@mutates("cells without their places", "seen", of(("xlsx",)))
def _no_places(subject: Subject) -> bytes | None:
    return _sheet(subject, _every(re.compile(r'(?<=<c) r="[A-Z]+\d+"'), lambda _: ""))


@mutates("a tag lost", "seen", of(("xlsx", "ods")))
def _tag_lost(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, _TAG, lambda _: ""))


@mutates("an attribute lost", "seen", BOOKS)
def _attribute_lost(subject: Subject) -> bytes | None:
    return _sheet(subject, _one(subject, _ATTRIBUTES, lambda _: ""))


@mutates("an attribute's value another's", "seen", BOOKS)
def _attribute_changed(subject: Subject) -> bytes | None:
    def changed(text: str) -> str | None:
        found = list(_ATTRIBUTES.finditer(text))
        if len(found) < 2:
            return None
        here, there = subject.chance.choice(found), subject.chance.choice(found)
        return text[: here.start(2)] + there[2] + text[here.end(2) :]

    return _sheet(subject, changed)


@mutates("rows repeated without end", "seen", of(("ods",)))
def _repeated(subject: Subject) -> bytes | None:
    times = subject.chance.choice(("2", "1048576", "4294967295", "-1", "99999999999999999999"))
    what = subject.chance.choice(("row", "column"))
    tag = "row" if what == "row" else "cell"
    place = re.compile(rf"(?<=<table:table-{tag})(?=[ />])")
    return _sheet(subject, _one(subject, place, lambda _: f' table:number-{what}s-repeated="{times}"'))


@mutates("a formula without its result", "seen", of(("xlsx",)))
def _formula(subject: Subject) -> bytes | None:
    with_formula = subject.chance.choice(("<f>1+1</f>", "<f>1+1</f><v/>", "<f/><v>{0}</v>", '<f t="shared" si="0"/>'))
    return _sheet(subject, _one(subject, _NUMBER, lambda one: with_formula.format(one[1])))


@mutates("entities that grow, and marks nested deep", "seen", BOOKS)
def _bomb(subject: Subject) -> bytes | None:
    grows = '<!DOCTYPE a [<!ENTITY b "12"><!ENTITY c "&b;&b;&b;">]>'
    deep = subject.chance.choice((100, 100_000))

    def changed(text: str) -> str:
        if subject.chance.random() < 0.5:
            return text.replace("?>", f"?>{grows}", 1).replace("<v>1</v>", "<v>&c;</v>")
        return text.replace("</row>", "<x>" * deep + "</x>" * deep + "</row>", 1)

    return _sheet(subject, changed)


@mutates("a page's tag lost or twice", "seen", PAGES)
def _page_tag(subject: Subject) -> bytes:
    times = subject.chance.choice((0, 2))
    return (_one(subject, _TAG, lambda tag: tag[0] * times)(subject.data.decode()) or "").encode()


@mutates("a page's spans changed", "moved", PAGES)
def _spans(subject: Subject) -> bytes:
    value = subject.chance.choice(("0", "-1", "2", "65000", "99999999999", "x"))
    what = subject.chance.choice(("rowspan", "colspan"))
    return (
        _one(subject, re.compile("<td"), lambda tag: f'{tag[0]} {what}="{value}"')(subject.data.decode()) or ""
    ).encode()
