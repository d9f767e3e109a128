"""Takes a tree of past files in, each date as its night would have been, in one process and without the engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.clock import now
from flows.home import open_home
from flows.night.collect import collect_tree
from flows.night.computing import computing_beside
from flows.night.readers import readers_of
from flows.night.run import Run
from flows.night.send_back import sending_back
from flows.night.settle import settle
from flows.night.summary import NightReport, NightSteps, report, show_report
from flows.night.take_in import take_in
from flows.night.write_page import write_page
from flows.settings import Settings, load_settings
from warehouse.ledger.nights import last_night


def backfill(root: Path, received_on: date | None, settings: Settings) -> NightReport:
    """Take in what the tree holds and no night has taken yet.

    Args:
        root: `<date received>/<reporter code>/<file>`, or `<reporter code>/<file>` with `received_on`.
        received_on: the day all files stand for; nothing is late then.
        settings: the home.
    """
    started = now(settings.timezone)
    arrived = collect_tree(root, received_on)
    with (
        readers_of(settings) as readers,
        computing_beside(seconds=settings.computing_seconds) as computing,
        open_home(settings) as store,
    ):
        run = Run("backfill", None, started)
        taken = take_in(store, arrived.files, settings, run, readers, computing).without_rows()
        as_of = last_night(store) or started.date()
        with sending_back(store, taken.files, taken.verdict, settings, readers) as returned:
            settled = settle(store, taken.touched, settings, as_of, computing)
        write_page(store, settings, as_of)  # it links to the workbooks
        came = NightSteps(arrived, taken.files, taken.verdict, returned, settled.published, settled.exposed)
        return report(store, came, settings, as_of)


def run_backfill(root: Path, received_on: date | None) -> None:
    settings = load_settings()
    show_report(backfill(root, received_on, settings), settings)
