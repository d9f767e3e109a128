"""What is wrong with a setting is told in words: which, where, and what it may be."""

from __future__ import annotations

import pytest

from flows.errors import UserError
from flows.settings import load_settings, unknown_variables

WRONG = {
    "due_dai = 5": ("không có mục «due_dai»; gần nhất là «due_day»", "the nearest is 'due_day'"),
    "due_day = 0": ("«due_day» phải từ 1 trở lên", "'due_day' must be 1 or more"),
    "due_day = 29": ("«due_day» phải từ 28 trở xuống", "28 or less"),
    "followup_level = 0": ("«followup_level» phải lớn hơn 0", "more than 0"),
    "followup_level = 1": ("«followup_level» phải nhỏ hơn 1", "less than 1"),
    'due_day = "năm"': ("«due_day» phải là một số", "must be a number"),
    'night_at = "25 giờ"': ("«night_at» phải là giờ, như 02:00", "a time of day"),
    'serve_portal = "có"': ("«serve_portal» phải là true hoặc false", "true or false"),
    'language = "fr"': ("«language» phải là một trong: 'vi', 'en'", "one of: 'vi', 'en'"),
    "reminder_days = []": ("«reminder_days» không nhận được giá trị ấy", "does not take such a value"),
    "due_day : 5": ("Tệp mobility.toml viết sai", "mobility.toml cannot be read"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_setting_is_told_in_words(line, tmp_path, monkeypatch):
    (tmp_path / "mobility.toml").write_text(line, "utf-8")
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    with pytest.raises(UserError) as told:
        load_settings()
    for said, language in zip(WRONG[line], ("vi", "en"), strict=True):
        assert said in told.value.says(language)


def test_what_opens_the_metrics_is_not_printed_with_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_METRICS_TOKEN", "a secret")
    assert "a secret" not in repr(load_settings(home=tmp_path))


def test_a_variable_that_is_no_setting_is_found():
    assert unknown_variables({"MOBILITY_HOME": "x", "MOBILITY_DUEDAY": "5", "PATH": "y"}) == ["MOBILITY_DUEDAY"]
