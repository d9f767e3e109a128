"""Whether a night will have a file to read, and what it imports for that."""

import importlib
import subprocess
import sys

import pytest

from flows.night.waiting import does_a_file_wait
from flows.settings import Settings


@pytest.mark.parametrize(
    ("lies_there", "waits"),
    [((), False), (("inbox",), False), (("inbox/82",), False), (("inbox/82/BC.xlsx",), True)],
    ids=["no inbox", "an empty inbox", "a folder without a file", "a file"],
)
def test_a_file_waits_where_one_lies_in_a_folder_of_the_inbox(tmp_path, lies_there, waits):
    for name in lies_there:
        (tmp_path / name).mkdir(parents=True)
    assert does_a_file_wait(Settings(home=tmp_path)) is waits


def test_the_command_asks_before_anything_large_is_imported():
    asks = "import sys, flows.commands.nightly; print(*{'polars', 'duckdb', 'prefect'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_a_night_imports_great_expectations_only_where_a_file_waits(tmp_path, monkeypatch):
    module = importlib.import_module("flows.commands.nightly")
    begun = []

    class Stopped(Exception):
        pass

    def stop(settings):
        raise Stopped

    class Thread:
        def __init__(self, target, daemon):
            begun.append(target)

        def start(self):
            pass

    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    for name, other in {"Thread": Thread, "join_served": stop, "start_log": lambda *_: None}.items():
        monkeypatch.setattr(module, name, other)
    monkeypatch.setattr(module, "give_way", lambda: None)
    with pytest.raises(Stopped):
        module.run_nightly(None, None)
    assert begun == []
    (tmp_path / "inbox" / "82").mkdir(parents=True)
    (tmp_path / "inbox" / "82" / "BC.xlsx").touch()
    with pytest.raises(Stopped):
        module.run_nightly(None, None)
    assert len(begun) == 1
