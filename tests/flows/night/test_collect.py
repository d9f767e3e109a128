"""What lies in an inbox: files are taken whole, anything else is told of and left."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from flows.clock import DEMO_MARK, live_as, today
from flows.errors import UserError
from flows.night.collect import clear_inbox, collect, collect_inbox, collect_tree
from flows.settings import Settings

ZONE = "Asia/Ho_Chi_Minh"


def _put(folder, name, data=b"a;b", day=date(2025, 1, 3), hour=9):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    at = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(ZONE)).timestamp()
    os.utime(path, (at, at))
    return path


def test_files_are_taken_by_their_time_of_modification_in_the_province(tmp_path):
    _put(tmp_path / "866", "b.csv", hour=23)
    _put(tmp_path / "866", "a.csv", day=date(2025, 1, 4), hour=0)
    _put(tmp_path / "867", "later.csv", day=date(2025, 1, 5))
    arrived = collect_inbox(tmp_path, date(2025, 1, 4), ZONE)
    assert [(f.file_name, f.received_on) for f in arrived.files] == [
        ("b.csv", date(2025, 1, 3)),
        ("a.csv", date(2025, 1, 4)),
    ]


def test_what_is_brought_to_a_demonstration_came_on_its_day(tmp_path, request):
    request.addfinalizer(lambda: live_as(tmp_path / "no demonstration"))
    inbox = tmp_path / "inbox"
    _put(inbox / "866", "its own.csv")
    (inbox / "866" / "brought.csv").write_bytes(b"a;b")
    (tmp_path / DEMO_MARK).write_text(str((today(ZONE) - date(2025, 1, 6)).days))
    live_as(tmp_path)
    arrived = collect_inbox(inbox, today(ZONE), ZONE)
    assert [(f.file_name, f.received_on) for f in arrived.files] == [
        ("its own.csv", date(2025, 1, 3)),
        ("brought.csv", today(ZONE)),
    ]
    assert arrived.passed_over == ()


def test_a_folder_a_link_and_an_unreadable_thing_are_left_and_told_of(tmp_path):
    outside = _put(tmp_path / "outside", "secret.csv")
    good = _put(tmp_path / "in" / "866", "good.csv")
    (good.parent / "a folder.xlsx").mkdir()
    (good.parent / "link.csv").symlink_to(outside)
    os.mkfifo(good.parent / "pipe.csv")
    (good.parent / "~$lock.xlsx").write_bytes(b"x")
    arrived = collect_inbox(tmp_path / "in", date(2025, 1, 4), ZONE)
    assert [file.file_name for file in arrived.files] == ["good.csv"]
    assert sorted(one.path.name for one in arrived.passed_over) == ["a folder.xlsx", "link.csv", "pipe.csv"]
    assert all(one.why.says("vi") != one.why.says("en") for one in arrived.passed_over)


def test_a_linked_folder_of_a_sender_is_not_entered(tmp_path):
    _put(tmp_path / "outside", "secret.csv")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "866").symlink_to(tmp_path / "outside")
    assert collect_inbox(tmp_path / "in", date(2025, 1, 4), ZONE).files == ()


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_night(tmp_path, monkeypatch):
    path = _put(tmp_path / "866", "grows.csv", b"a;b\n")
    opened = os.open

    def open_as_its_sender_writes_on(name, *flags):
        descriptor = opened(name, *flags)
        if name == path:
            with path.open("ab") as stream:
                stream.write(b"1;2\n")
        return descriptor

    monkeypatch.setattr(os, "open", open_as_its_sender_writes_on)
    arrived = collect_inbox(tmp_path, date(2999, 1, 1), ZONE)
    assert arrived.files == ()
    assert "đang được ghi" in arrived.passed_over[0].why.says("vi")


def test_a_name_as_long_as_the_file_system_takes_is_taken(tmp_path):
    name = "báo cáo " + "dài " * 40 + ".csv"
    _put(tmp_path / "866", name)
    assert collect_inbox(tmp_path, date(2025, 1, 4), ZONE).files[0].file_name == name


def test_a_tree_without_dates_says_what_to_add(tmp_path):
    _put(tmp_path / "866", "a.csv")
    with pytest.raises(UserError, match="--received-on"):
        collect_tree(tmp_path)
    (file,) = collect_tree(tmp_path, date(2025, 1, 3)).files
    assert (file.reporter_code, file.received_on) == ("866", date(2025, 1, 3))


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match="no folder"):
        collect_tree(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_folder_that_cannot_be_opened_keeps_no_other_back(tmp_path):
    _put(tmp_path / "866", "good.csv")
    (tmp_path / "867").mkdir(mode=0)
    arrived = collect_inbox(tmp_path, date(2025, 1, 4), ZONE)
    assert [file.file_name for file in arrived.files] == ["good.csv"]
    assert "Permission" in arrived.passed_over[0].why.says("vi")


def test_a_folder_whose_listing_fails_keeps_no_other_back(tmp_path, monkeypatch):
    _put(tmp_path / "866", "good.csv")
    closed = _put(tmp_path / "867", "closed.csv").parent
    listed = type(tmp_path).iterdir

    def iterdir(self):
        if self == closed:
            raise PermissionError(13, "Permission denied")
        return listed(self)

    monkeypatch.setattr(type(tmp_path), "iterdir", iterdir)
    arrived = collect_inbox(tmp_path, date(2025, 1, 4), ZONE)
    assert [file.file_name for file in arrived.files] == ["good.csv"]
    assert [(one.path, "Permission denied" in one.why.says("vi")) for one in arrived.passed_over] == [(closed, True)]


def test_what_lies_outside_of_folders_is_linked_or_of_a_later_day_is_told_of(tmp_path):
    inbox = tmp_path / "in"
    _put(inbox, "loose.csv")
    _put(tmp_path / "outside", "secret.csv")
    (inbox / "866").symlink_to(tmp_path / "outside")
    _put(inbox / "867", "tomorrow.csv", day=date(2025, 1, 5))
    arrived = collect_inbox(inbox, date(2025, 1, 4), ZONE)
    assert arrived.files == ()
    why = {one.path.name: one.why.says("vi") for one in arrived.passed_over}
    assert set(why) == {"loose.csv", "866", "tomorrow.csv"}
    assert "thư mục" in why["loose.csv"]
    assert "liên kết" in why["866"]
    assert "2025-01-05" in why["tomorrow.csv"]


@pytest.mark.parametrize("name", ["Huyện Lai Vung", "huyen_lai_vung", "Lai Vung"])
def test_a_folder_named_as_a_unit_is_left_with_the_code_it_should_bear(tmp_path, name):
    path = _put(tmp_path / "home" / "inbox" / name, "a.csv")
    _put(tmp_path / "home" / "inbox" / "876", "b.csv")
    arrived = collect(Settings(home=tmp_path / "home"), date(2025, 1, 4))
    assert [file.file_name for file in arrived.files] == ["b.csv"]
    (told,) = arrived.passed_over
    assert "876 là mã của Huyện Lai Vung" in told.why.says("vi")
    assert path.exists()


def test_names_of_any_bytes_are_taken_and_told_of_as_text(tmp_path):
    folder = os.fsencode(tmp_path) + b"/86\xff"
    os.makedirs(folder)
    with open(folder + b"/b\xe1o [bold].csv", "wb") as stream:
        stream.write(b"a;b")
    (file,) = collect_inbox(tmp_path, date(2999, 1, 1), ZONE).files
    assert (file.reporter_code + file.file_name).encode()


def test_a_file_that_cannot_be_removed_is_told_of(tmp_path, monkeypatch):
    _put(tmp_path / "866", "a.csv")
    arrived = collect_inbox(tmp_path, date(2025, 1, 4), ZONE)

    def unlink(self, missing_ok=False):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "unlink", unlink)
    (left,) = clear_inbox(arrived.files)
    assert "không xóa được" in left.why.says("vi")
