"""The registry of a home that is begun, by however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flows.registry_files import bundled_dir, registry_tables
from transforms.territory.registry import COLUMNS

AT_ONCE = 6


def test_a_registry_begun_by_several_at_once_is_whole_for_each_and_nothing_else_is_left(tmp_path):
    bundled = {name: (bundled_dir() / f"{name}.csv").read_bytes() for name in COLUMNS}
    together = Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for round_ in range(20):
            folder = tmp_path / str(round_) / "registry"

            def begun(folder=folder) -> int:
                together.wait()
                return sum(table.height for table in registry_tables(folder).values())

            rows = {one.result() for one in [threads.submit(begun) for _ in range(AT_ONCE)]}
            assert len(rows) == 1
            assert {name: (folder / f"{name}.csv").read_bytes() for name in COLUMNS} == bundled
            assert [path.name for path in folder.parent.iterdir()] == ["registry"]


def test_what_a_killed_run_left_is_cleared_away(tmp_path):
    (tmp_path / "registry.1234.part" / "registry").mkdir(parents=True)
    registry_tables(tmp_path / "registry")
    assert [path.name for path in tmp_path.iterdir()] == ["registry"]
