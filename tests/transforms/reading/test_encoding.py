"""A text file is read by its content: every encoding the districts use, and no bytes taken for text by guess."""

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading.encoding import DecodedText, UndecodableText, decode_text

LINES = ["TỈNH ỦY ĐỒNG THÁP;;", "Huyện ủy Tam Nông;;", "STT;Chi bộ;Số đảng viên đầu kỳ", "1;Ấp Mỹ Thọ;12", "2;Khóm 5;0"]
TEXT = "\r\n".join(LINES)
TCVN3 = "TØNH ñY §åNG TH¸P;;\r\nSTT;Chi bé;Sè ®¶ng viªn ®Çu kú\r\n1;Êp Mü Thä;12"
VNI = "TÆNH UÛY ÑOÀNG THAÙP;;\r\nSTT;Chi boä;Soá ñaûng vieân ñaàu kyø\r\n1;AÁp Myõ Thoï;12"
READ = "TỈNH ỦY ĐỒNG THÁP;;\r\nSTT;Chi bộ;Số đảng viên đầu kỳ\r\n1;ấp Mỹ Thọ;12"


def in_cp1258(text: str) -> bytes:
    """As Windows stores it: the letter with its shape, then the tone as a combining mark."""
    encoded = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
        shape = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        encoded += (shape + tones).encode("cp1258")
    return bytes(encoded)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (unicodedata.normalize("NFD", TEXT).encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (unicodedata.normalize("NFD", TEXT).encode("utf-16-le"), "utf-16-le"),
        (in_cp1258(TEXT), "windows-1258"),
    ],
)
def test_an_encoding_is_told_by_content(data: bytes, encoding: str) -> None:
    assert decode_text(data) == DecodedText(TEXT, encoding)


@pytest.mark.parametrize(("typed", "encoding"), [(TCVN3, "tcvn3"), (VNI, "vni")])
def test_a_text_typed_in_a_legacy_font_is_read(typed: str, encoding: str) -> None:
    for data, name in (
        (typed.encode("cp1252"), encoding),
        (typed.encode(), "utf-8"),
        (typed.encode("utf-16"), "utf-16-le"),
    ):
        decoded = decode_text(data)
        assert decoded.encoding == name
        assert decoded.text.lower() == READ.lower()


@pytest.mark.parametrize("line", LINES)
def test_one_line_is_enough(line: str) -> None:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert decode_text(line.encode(encoding)).text == line
    assert decode_text(in_cp1258(line)).text == line


@pytest.mark.parametrize("line", ["Số đảng viên", "Ấp Mỹ Thọ", "Huyện ủy", "Từ trần", "Kết nạp"])
def test_one_heading_in_windows_1258_is_enough(line: str) -> None:
    assert decode_text(in_cp1258(line)) == DecodedText(line, "windows-1258")


def test_unicode_lines_stay_in_a_file_with_lines_in_a_legacy_font() -> None:
    mixed = f"{TEXT}\r\n{TCVN3}"
    assert decode_text(mixed.encode()).text == f"{TEXT}\r\n{READ}"


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).filter(lambda text: text[0] != "\ufeff"))
def test_utf_8_with_a_mark_is_read_whatever_it_says(text: str) -> None:
    assume_vietnamese = f"Đảng bộ {text}"  # one line, Unicode beyond doubt
    expected = unicodedata.normalize("NFC", assume_vietnamese)
    if len(expected.splitlines()) == 1:
        assert decode_text(assume_vietnamese.encode("utf-8-sig")) == DecodedText(expected, "utf-8-sig")


@given(st.lists(st.sampled_from(LINES), min_size=1).map("\n".join))
def test_all_encodings_of_a_text_read_alike(text: str) -> None:
    encodings = [in_cp1258(text), *(text.encode(name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be"))]
    assert {decode_text(data).text for data in encodings} == {text}


def test_nothing_and_plain_ascii_are_utf_8() -> None:
    assert decode_text(b"") == DecodedText("", "utf-8")
    assert decode_text(b"1;2;3\n") == DecodedText("1;2;3\n", "utf-8")


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xef\xbb\xbf\xc3(",
        codecs.BOM_UTF16_LE + b"\x41\x00\x42",
        TEXT.encode()[:-1] + b"\xe1\xba",
        "ÿþýðñÿ ßßß þþþ".encode("latin-1"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(UndecodableText):
        decode_text(data)


def test_a_page_that_names_the_letters_of_a_font_is_read_as_one_that_writes_them():
    page = "<table><tr><td>Tr­êng Mầm non, ph­êng 1 & 2</td></tr></table>".replace("Mầm", "MÇm")
    named = page.replace("\u00ad", "&shy;").replace("ê", "&ecirc;").replace("Ç", "&#199;").replace("& 2", "&lt; 2")
    assert decode_text(page.encode()).text.count("Trường Mầm non, phường 1") == 1
    assert decode_text(named.encode()).text == decode_text(page.encode()).text.replace("& 2", "&lt; 2")
