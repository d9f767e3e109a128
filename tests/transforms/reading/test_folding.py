"""Folding brings the spellings of one name together and keeps the names of two units apart."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.reading.folding import fold, strip_marks

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy" + "áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
TYPED = st.text(st.sampled_from(VIETNAMESE + VIETNAMESE.upper() + " -–/.,:()\u00a0\u200b\n'’\"“0123456789"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("xóa", "xoá"),
        ("Hòa", "HOÀ"),
        ("Thủy", "thuỷ"),
        ("úy", "uý"),
        ("khỏe", "khoẻ"),
        ("Qúy I", "Quý I"),
        ("gìa", "già"),
        ("tóan", "toán"),
        ("Đảng viên\nđầu kỳ", "đảng  viên\u00a0đầu kỳ"),
        ("Tổng\u200b số", "Tổng số:"),
        ("Cao Lãnh – Đồng Tháp", "Cao Lãnh-Đồng Tháp"),
        ("213 - QĐ / TW", "213-QĐ/TW"),
        ("- Trong tỉnh", "Trong tỉnh"),
        ("Tổng số(đảng viên)", "Tổng số ( đảng viên )"),
        ("Ấp “Mỹ Thọ”", 'Ấp "Mỹ Thọ"'),
        ("Ðảng bộ", "Đảng bộ"),
        ("M’Nông", "M'Nông"),
    ],
)
def test_spellings_of_one_name_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mỹ Thọ", "My Tho"),
        ("Mỹ Thọ", "Mỹ Thờ"),
        ("An Bình", "An Bính"),
        ("Tân Hòa", "Tân Hóa"),
        ("kỳ", "kì"),
        ("Ấp 1", "Ấp 11"),
        ("của", "cuả"),
        ("-5", "5"),
        ("-", ""),
    ],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(TYPED | st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TYPED | st.text())
@example("\u1f28")  # a Greek letter that looks like H, with a breathing mark
def test_unicode_forms_fold_together(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert fold(composed) == fold(decomposed) == fold(text)


@given(TYPED)
def test_capitals_fold_to_small_letters(text: str) -> None:
    assert fold(text.upper()) == fold(text)


@given(TYPED)
def test_a_fold_has_single_spaces_and_none_at_its_ends(text: str) -> None:
    assert " ".join(fold(text).split()) == fold(text)


def test_marks_are_stripped_to_ascii_with_case_kept() -> None:
    assert strip_marks("Đồng Tháp – Ðịnh An, hừng hực") == "Dong Thap - Dinh An, hung huc"


@given(st.text(st.sampled_from(VIETNAMESE + VIETNAMESE.upper())))
def test_stripped_vietnamese_is_ascii_of_the_same_length(text: str) -> None:
    assert strip_marks(text).isascii()
    assert len(strip_marks(text)) == len(text)
