"""The grammar takes Vietnamese words and refuses what wrong readings give."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading.syllables import plausibility

WORDS = "đảng viên chuyển sinh hoạt xuất nghiệp quyết quốc giữ giếng gìn già khuỷu nghĩa nguyễn thuở ngoằn ý yếu úy hỏa"
NEITHER = "Tháp phường ủy Qúy TỈNH kỷ rượu khúc khuya"
MISREAD = "Bỏo cỏo Khơng cĩ §¶ng ÑAÛNG boä naõm đôc ấâ Müller François tốk ngếnh cê"
REGISTRY = Path(__file__).resolve().parents[4] / "shared" / "registry" / "cells.csv"


@pytest.mark.parametrize("word", f"{WORDS} {NEITHER}".split())
def test_a_vietnamese_word_is_a_syllable(word: str) -> None:
    assert plausibility(word) == 1


@pytest.mark.parametrize("word", MISREAD.split())
def test_a_wrongly_read_word_is_none(word: str) -> None:
    assert plausibility(word) == -1


@pytest.mark.parametrize("word", ["QĐ", "HĐND", "TCCSĐ", "đc", "đv"])
def test_an_abbreviation_has_no_say(word: str) -> None:
    assert plausibility(word) == 0


@given(st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ"), min_size=1, max_size=7))
def test_case_and_unicode_form_do_not_matter_to_a_word(word: str) -> None:
    assert (plausibility(word) == 1) == (plausibility(word.upper()) == 1)


def test_the_names_of_the_registry_are_syllables() -> None:
    if not REGISTRY.exists():
        pytest.skip("the shared registry is not here")
    with REGISTRY.open(encoding="utf-8-sig", newline="") as lines:
        text = " ".join(value for row in csv.DictReader(lines) for name, value in row.items() if "name" in name)
    words = {word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()}
    assert words
    assert [word for word in words if plausibility(word) < 0] == []
