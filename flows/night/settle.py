"""All that follows from changed figures, one after the other as in the night, for whoever runs without the engine."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from flows.clock import now
from flows.night.alert import alert
from flows.night.beside import COMPUTED_BESIDE
from flows.night.computing import Computing
from flows.night.follow_up import follow_up
from flows.night.judge import begin_to_judge, judge
from flows.night.measure import measure
from flows.night.publish import publish, publish_board
from flows.settings import Settings
from warehouse.ledger.nights import finish_nights
from warehouse.ledger.touched import Touched


@dataclass(frozen=True, slots=True)
class Settled:
    """The copy readers open now, and how many hidden figures in it could be worked out all the same."""

    published: Path
    exposed: int


def settle(
    con: DuckDBPyConnection, touched: Touched, settings: Settings, as_of: date, computing: Computing | None = None
) -> Settled:
    """Measure, judge, alert, follow up and publish; the nights begun are done then.

    Args:
        con: the warehouse.
        touched: what changed; where nothing did there is too little to compute for a process beside this one.
        settings: the home.
        as_of: the night.
        computing: begun while the files were taken in; it is closed.
    """
    with closing(computing or Computing(settings.computing_seconds)) as beside:
        if touched:
            beside.begin(*COMPUTED_BESIDE)
        begun = begin_to_judge(con, settings, beside)
        exposed = measure(con, touched, settings, as_of, beside)
        judged = judge(con, settings, begun)
    alert(con, judged, settings)
    follow_up(con, judged, settings)
    published = publish(con, settings, as_of)
    finish_nights(con, now(settings.timezone))
    publish_board(con, settings)
    return Settled(published, exposed)
