"""Texts typed in TCVN3 and VNI fonts come out as the Unicode a reader saw; Unicode texts are left alone."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.reading.legacy_fonts import Font, convert, detect, from_font, to_unicode

# Written out letter by letter, apart from the tables under test.
SMALL = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
TCVN3_SMALL = "aµ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËbcd®eÌÎÏÐÑªÒÓÔÕÖfghi×ØÜÝÞjklmnoßáâãä«åæçèé¬êëìíîpqrstuïñòóô\u00adõö÷øùvwxyúûüýþz"
VNI_SMALL = (
    "a aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä b c d ñ e eø eû eõ eù eï eâ eà eå eã eá eä f g h "
    "i ì æ ó í ò j k l m n o oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï p q r s t "
    "u uø uû uõ uù uï ö öø öû öõ öù öï v w x y yø yû yõ yù î z"
)
TO_TCVN3 = dict(zip(SMALL, TCVN3_SMALL, strict=True)) | dict(zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True))
TO_TCVN3_CAPITALS = {letter.upper(): code for letter, code in TO_TCVN3.items() if not letter.isascii()} | TO_TCVN3
TO_VNI = dict(zip(SMALL, VNI_SMALL.split(), strict=True))
TO_VNI |= {letter.upper(): code.upper() for letter, code in TO_VNI.items()}

PHRASES = {
    "Cộng hòa xã hội chủ nghĩa Việt Nam": (
        "Céng hßa x· héi chñ nghÜa ViÖt Nam",
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
    ),
    "Độc lập - Tự do - Hạnh phúc": ("§éc lËp - Tù do - H¹nh phóc", "Ñoäc laäp - Töï do - Haïnh phuùc"),
    "Số đảng viên đầu kỳ": ("Sè ®¶ng viªn ®Çu kú", "Soá ñaûng vieân ñaàu kyø"),
    "TỈNH ỦY ĐỒNG THÁP": ("TØNH ñY §åNG TH¸P", "TÆNH UÛY ÑOÀNG THAÙP"),
    "Từ trần": ("Tõ trÇn", "Töø traàn"),
}
SENTENCES = [
    "Où est le théâtre? C'était déjà fermé à cinq heures, hélas.",
    "Müller & Söhne, Straße 5, Köln: für über 20 Gäste schön",
    "El Niño llegó ayer con señales más débiles",
    "São Paulo não é a capital, mas é a maior",
    "Ångström, smörgåsbord och blåbär på fjället",
    "25 °C ± 0,5; § 3 «A»; 5 µm × 2 µm; © 2019; 10 m²",
]
LETTERS = st.sampled_from(SMALL + SMALL.upper())
VIETNAMESE_TEXT = st.text(LETTERS | st.sampled_from(" -,.:/()0123456789\n"))
WORDS = "đảng viên đầu kỳ chi bộ ấp khóm phường thị trấn báo cáo tháng năm chuyển đến cô không hoà xoá là có".split()
UNICODE_TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), max_size=8)


def typed(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text)


@pytest.mark.parametrize(("text", "tcvn3", "vni"), [(text, *codes) for text, codes in PHRASES.items()])
def test_a_known_phrase_is_told_and_read_in_either_font(text: str, tcvn3: str, vni: str) -> None:
    assert detect([tcvn3]) == "tcvn3"
    assert detect([vni]) == "vni"
    assert detect([text]) == "unicode"
    assert to_unicode(tcvn3, "tcvn3") == text
    assert to_unicode(vni, "vni") == text


@given(VIETNAMESE_TEXT)
def test_any_text_typed_in_vni_comes_back(text: str) -> None:
    assert from_font(typed(text, TO_VNI), "vni") == text


@given(VIETNAMESE_TEXT.map(str.lower))
def test_any_small_text_typed_in_tcvn3_comes_back(text: str) -> None:
    assert from_font(typed(text, TO_TCVN3), "tcvn3") == text


def test_all_134_letters_are_in_the_tables() -> None:
    marked = [letter for letter in SMALL if not letter.isascii()]
    assert len(marked) == 67
    assert [from_font(TO_TCVN3[letter], "tcvn3") for letter in marked] == marked
    both = marked + [letter.upper() for letter in marked]
    assert [from_font(TO_VNI[letter], "vni") for letter in both] == both


@given(st.lists(st.sampled_from(["ĐẢNG BỘ", "HUYỆN ỦY", "THÀNH", "XÃ", "LÊ LỢI", "CHI BỘ ẤP", "II"]), min_size=1))
def test_a_title_in_the_capitals_font_comes_back_in_capitals(words: list[str]) -> None:
    title = "TỈNH " + " ".join(words)
    assert from_font(typed(title, TO_TCVN3_CAPITALS), "tcvn3") == title


@pytest.mark.parametrize("text", ["Xã Mỹ Thọ", "Lê Vũ", "Ấp 1", "II. Xã"])
def test_a_single_capital_does_not_make_a_title(text: str) -> None:
    read = from_font(typed(text, TO_TCVN3_CAPITALS), "tcvn3")
    assert read.lower() == text.lower()
    assert not read.isupper()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_other_languages_are_no_legacy_font(sentence: str) -> None:
    assert detect([sentence]) == "unicode"
    assert convert([sentence]) == [sentence]


@given(
    st.lists(st.text(st.sampled_from("bcdfghjklmnpqrstvwzßàâäåæçèéêëîïñôöøùûü"), min_size=5, max_size=9), min_size=8)
)
def test_random_latin_words_are_not_turned(words: list[str]) -> None:
    assert convert([" ".join(words)]) == [" ".join(words)]


@given(UNICODE_TEXTS, st.sampled_from(["NFC", "NFD"]))
def test_unicode_sheets_are_never_changed(texts: list[str], form: str) -> None:
    texts = [unicodedata.normalize(form, text) for text in texts]
    assert detect(texts) == "unicode"
    assert convert(texts) == texts


@given(UNICODE_TEXTS, st.sampled_from(["tcvn3", "vni"]))
def test_a_unicode_text_with_letters_of_its_own_stays_in_a_legacy_sheet(texts: list[str], font: Font) -> None:
    for text in texts:
        assume(any(letter in text for letter in "ảạấầộịươđ"))
        assert to_unicode(text, font) == text


@pytest.mark.parametrize(("font", "table"), [("tcvn3", TO_TCVN3_CAPITALS), ("vni", TO_VNI)])
def test_a_latin_1_unicode_text_stays_in_a_legacy_sheet(font: Font, table: dict[str, str]) -> None:
    sheet = [typed(text, table) for text in PHRASES] + ["Báo cáo tháng", "12", "Lai Vung"]
    assert detect(sheet) == font
    assert convert(sheet)[-3:] == ["Báo cáo tháng", "12", "Lai Vung"]
    assert [text.lower() for text in convert(sheet)[:-3]] == [text.lower() for text in PHRASES]


def test_a_sheet_of_mixed_fonts_is_read_text_by_text() -> None:
    tcvn3, vni = zip(*PHRASES.values(), strict=True)
    assert convert([*PHRASES, *tcvn3, *vni]) == [*PHRASES] * 3


def test_the_sheet_decides_for_a_word_that_reads_well_either_way() -> None:
    assert convert(["Chi bé"]) == ["Chi bé"]
    assert convert(["Chi bé", "Sè ®¶ng viªn ®Çu kú"]) == ["Chi bộ", "Số đảng viên đầu kỳ"]
