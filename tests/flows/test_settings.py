"""What is wrong with a setting is told in words: which, where, and what it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import UserError, language_asked
from flows.settings import load_settings, unknown_variables

WRONG = {
    "due_dai = 5": ("không có mục «due_dai»; gần nhất là «due_day»", "the nearest is 'due_day'"),
    "MOBILITY_DUE_DAY = 5": ("gần nhất là «due_day»", "the nearest is 'due_day'"),
    "due_day = 0": ("«due_day» phải từ 1 trở lên", "'due_day' must be 1 or more"),
    "due_day = 29": ("«due_day» phải từ 28 trở xuống", "28 or less"),
    "followup_level = 0": ("«followup_level» phải lớn hơn 0", "more than 0"),
    "followup_level = 1": ("«followup_level» phải nhỏ hơn 1", "less than 1"),
    'due_day = "năm"': ("«due_day» phải là một số", "must be a number"),
    'night_at = "25 giờ"': ("«night_at» phải là giờ, như 02:00", "a time of day"),
    "night_at = 120": ("«night_at» phải là giờ, như 02:00", "a time of day"),
    'night_at = "02:00+07:00"': ("«night_at» phải là giờ, như 02:00", "a time of day"),
    "due_day = true": ("«due_day» phải là một số", "must be a number"),
    "followup_fall = true": ("«followup_fall» phải là một số", "must be a number"),
    "keep_returns_days = true": ("«keep_returns_days» phải là một số", "must be a number"),
    'serve_portal = "có"': ("«serve_portal» phải là true hoặc false", "true or false"),
    'language = "fr"': ("«language» phải là một trong: 'vi', 'en'", "one of: 'vi', 'en'"),
    "reminder_days = []": ("«reminder_days» không nhận được giá trị ấy", "does not take such a value"),
    'timezone = "Asia/Hanoi"': ("«timezone» phải là một múi giờ", "a time zone, as Asia/Ho_Chi_Minh"),
    'timezone = "../etc"': ("«timezone» phải là một múi giờ", "a time zone, as Asia/Ho_Chi_Minh"),
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


def test_a_file_of_settings_that_is_not_utf_8_is_told(tmp_path, monkeypatch):
    (tmp_path / "mobility.toml").write_bytes("mail_server = 'thư'".encode("utf-16"))
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    with pytest.raises(UserError) as told:
        load_settings()
    assert "không phải UTF-8" in told.value.says("vi")


def test_a_file_of_settings_that_notepad_saved_is_read(tmp_path, monkeypatch):
    (tmp_path / "mobility.toml").write_text("due_day = 9\nlanguage = 'en'\n", "utf-8-sig")
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    monkeypatch.delenv("MOBILITY_LANGUAGE", raising=False)
    assert (load_settings().due_day, language_asked()) == (9, "en")


@pytest.mark.parametrize("written", ["[3, 7]", "3,7", "3 7"])
def test_several_days_in_a_variable_are_written_as_people_write_them(written, tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_REMINDER_DAYS", written)
    assert load_settings(home=tmp_path).reminder_days == (3, 7)


def test_days_in_a_variable_that_are_no_numbers_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_REMINDER_DAYS", "4, mai")
    with pytest.raises(UserError, match="must be a number"):
        load_settings(home=tmp_path)


def test_a_blank_variable_is_none_and_never_the_folder_the_command_was_typed_in(tmp_path, monkeypatch):
    for name in ("MOBILITY_INBOX", "MOBILITY_BACKUP_FOLDER", "MOBILITY_DUE_DAY", "MOBILITY_HOME"):
        monkeypatch.setenv(name, "")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "mobility.toml").write_text('portal_key = ""', "utf-8")
    monkeypatch.chdir(tmp_path)
    found = load_settings()
    assert (found.inbox_dir, found.home) == (Path("var/inbox"), Path("var"))
    assert (found.backup_folder, found.portal_key, found.due_day) == (None, None, 5)


def test_a_folder_of_the_users_is_found_where_no_shell_put_it_in_place(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MOBILITY_HOME", "~/kho")
    (tmp_path / "kho").mkdir()
    (tmp_path / "kho" / "mobility.toml").write_text('inbox = "~/den"\ndue_day = 9', "utf-8")
    found = load_settings()
    assert (found.home, found.inbox, found.due_day) == (tmp_path / "kho", tmp_path / "den", 9)


def test_what_opens_the_metrics_is_not_printed_with_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_METRICS_TOKEN", "a secret")
    assert "a secret" not in repr(load_settings(home=tmp_path))


def test_a_variable_that_is_no_setting_is_found():
    assert unknown_variables({"MOBILITY_HOME": "x", "MOBILITY_DUEDAY": "5", "PATH": "y"}) == ["MOBILITY_DUEDAY"]
