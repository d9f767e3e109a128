"""Two provinces that replace rows of the same tables: who is overtaken begins again from what the winner left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.warehouse.lake.copies import sent, written_copy
from tests.warehouse.lake.shared_lake import SharedLake
from warehouse.errors import LakeError
from warehouse.lake import adding
from warehouse.lake.adding import add_edition
from warehouse.lake.opened import open_lake

FIRST, SECOND = "2025-09-04-020455", "2025-09-05-020310"


def add(lake: SharedLake, code: str, edition: str, members: int, tmp_path, home: str = "home") -> None:
    copy = written_copy(tmp_path / code / f"{len(list(tmp_path.rglob('*')))}.duckdb", code, {"2025-01": members})
    with open_lake(lake.as_(code), read_only=False) as con:
        add_edition(con, sent(copy, edition, home=f"{home}-{code}"))


@contextmanager
def meanwhile(monkeypatch, happens: Callable[[], None]) -> Iterator[None]:
    """When all of an addition is written and not yet committed, another one begins, which has its time to come in."""
    note, begun = adding._Addition._note, []

    def interrupted(self, *given):
        note(self, *given)
        if not begun:
            begun.append(Thread(target=happens))
            begun[0].start()
            begun[0].join(3)

    monkeypatch.setattr(adding._Addition, "_note", interrupted)
    yield
    begun[0].join()


@pytest.fixture
def overtaken(shared, tmp_path, monkeypatch) -> SharedLake:
    """Both have an edition; while 82 adds its next one, and has not yet committed, 01 adds its own."""
    for code in ("82", "01"):
        add(shared, code, FIRST, 1, tmp_path)
    write, begun = adding._insert, []

    def interrupted(con, mart, code, years):
        if code == "82" and not begun:
            begun.append(code)
            add(shared, "01", SECOND, 2, tmp_path)
        return write(con, mart, code, years)

    monkeypatch.setattr(adding, "_insert", interrupted)
    return shared


def shown(lake: SharedLake) -> list[tuple[str, int]]:
    with open_lake(lake.as_("analyst")) as con:
        return con.execute("SELECT province_code, members FROM lake.provinces.figures ORDER BY ALL").fetchall()


def editions_shown(lake: SharedLake) -> list[tuple[str, str]]:
    with open_lake(lake.as_("analyst")) as con:
        return con.execute("SELECT province_code, edition FROM lake.provinces.edition ORDER BY ALL").fetchall()


def test_it_is_tried_again_and_both_come_in(overtaken, tmp_path):
    add(overtaken, "82", SECOND, 3, tmp_path)
    assert shown(overtaken) == [("01", 2), ("82", 3)]


def test_who_is_overtaken_every_time_says_so_and_changes_nothing(overtaken, tmp_path, monkeypatch):
    monkeypatch.setattr(adding, "TRIES", 1)
    with pytest.raises(LakeError) as told:
        add(overtaken, "82", SECOND, 3, tmp_path)
    assert told.value.says("vi").startswith("Lần nào các tỉnh khác cũng ghi xong trước")
    assert shown(overtaken) == [("01", 2), ("82", 1)]


def test_an_edition_that_two_processes_send_at_once_comes_in_once(shared, tmp_path, monkeypatch):
    """A night and `mobility lake add` typed beside it: neither finds rows to replace, so none is in the other's way."""
    add(shared, "01", FIRST, 1, tmp_path)
    with meanwhile(monkeypatch, lambda: add(shared, "82", FIRST, 3, tmp_path)):
        add(shared, "82", FIRST, 3, tmp_path)
    assert shown(shared) == [("01", 1), ("82", 3)]
    assert editions_shown(shared) == [("01", FIRST), ("82", FIRST)]


def test_of_two_homes_that_begin_one_province_at_once_the_second_is_refused(shared, tmp_path, monkeypatch):
    refused = []

    def by_another_home() -> None:
        try:
            add(shared, "82", SECOND, 3, tmp_path, home="other")
        except LakeError as error:
            refused.append(error.says("en"))

    with meanwhile(monkeypatch, by_another_home):
        add(shared, "82", FIRST, 2, tmp_path)
    assert len(refused) == 1
    assert "home-82" in refused[0]
    assert shown(shared) == [("82", 2)]
