"""Takes a tree of past files in, each date as its night would have been, in one process and without the engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows import steps
from flows.clock import now
from flows.collect import collect_tree
from flows.home import open_home
from flows.report import write_report
from flows.returns import sending_back
from flows.settings import Settings, load_settings
from flows.summary import NightReport


def backfill(root: Path, received_on: date | None, settings: Settings) -> NightReport:
    """Take in what the tree holds and no night has taken yet.

    Args:
        root: `<date received>/<reporter code>/<file>`, or `<reporter code>/<file>` with `received_on`.
        received_on: the day all files stand for; nothing is late then.
        settings: the home.
    """
    started = now(settings.timezone)
    arrived = collect_tree(root, received_on)
    with open_home(settings) as store:
        taken = steps.take_in(store, arrived, settings, None, started, kind="backfill")
        as_of = steps.latest_night(store) or started.date()
        with sending_back(store, taken, settings) as returned:
            edition = steps.settle(store, taken.touched, settings, as_of)
            write_report(store, settings, as_of)
        return steps.report(store, arrived, taken, returned, edition, settings, as_of)


def run_backfill(root: Path, received_on: date | None) -> None:
    settings = load_settings()
    steps.show_report(backfill(root, received_on, settings), settings)
