"""The watch's own eyesight: known changes and faults, put into a copy of what the night knows, and looked for.

Nothing of it touches what the night keeps of figures, findings and alerts: copies are made in memory, files are read
and judged beside an empty warehouse in memory.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.suites.verdict import without_great_expectations
from flows.home import registry_frames
from flows.night.alarm_budget import alarm_budget
from flows.night.collect import File
from flows.night.judge import NightsJudged, TerritoryNights, last_territory
from flows.night.read import FilesRead, read_by
from flows.night.readers import readers_of
from flows.night.validate import validate
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.eyesight.acuity import acuity
from transforms.eyesight.faulty_files import FaultyFile, faulty_files
from transforms.eyesight.kinds import Trial
from transforms.eyesight.looking import look
from transforms.eyesight.planting import canaries, draw
from transforms.eyesight.restating import look_at_restated
from transforms.eyesight.still_life import still_life
from transforms.eyesight.trials_table import broken_off, trials_table, with_missing_canaries
from transforms.territory.registry import Registry
from transforms.watch.judgement import history_length
from transforms.watch.months_to_judge import month_names
from warehouse.connection.store import bare_store
from warehouse.derived import self_test as stored
from warehouse.ledger.registry import replace_registry

log = logging.getLogger("mobility")
FILES = 1
"""Faulty files a night, beside the one that must be seen: each has to be opened, so there are few."""
RESTATED_OF = 12
"""Of so many planted changes one is a restated month."""
COMMUNES_OF = 3
"""Where communes report, one of so many changes is planted: each is judged beside a hundred others, and costs it."""
OLD_ENOUGH = 36
"""Months from which on there must be a unit to plant a canary in: where there is none, nobody is judged any more."""


@dataclass(frozen=True, slots=True)
class PlantedFaults:
    """Files with known faults, on their way: each with whether it was told, as soon as this is known.

    Attributes:
        told: None where there is no self-test tonight.
    """

    told: Future[list[tuple[FaultyFile, bool]]] | None


def plant_faults(con: DuckDBPyConnection, settings: Settings, as_of: date) -> PlantedFaults:
    """Have the faulty files made, read and judged, beside the night: it goes on meanwhile."""
    last = stored.last_reported(con) if settings.self_test else None
    if last is None:
        return PlantedFaults(None)
    registry = load_registry(settings.registry_dir)
    aside = ThreadPoolExecutor(1)
    told = aside.submit(_faults, registry, Period.parse(last), settings, as_of)
    aside.shutdown(wait=False)
    return PlantedFaults(told)


def self_test(
    con: DuckDBPyConnection, judged: NightsJudged, faults: PlantedFaults, settings: Settings, as_of: date
) -> int:
    """Plant, look, and note what was seen; the shares of the last nights are computed anew.

    What goes wrong in it stops no night: then nothing was seen that must be, which is told.

    Returns:
        how many trials there were; 0 where the setting is 0 or nothing was reported yet.
    """
    if faults.told is None:
        return 0
    territory = last_territory(con, judged, settings)
    level = territory.registry.reporting_level(territory.nights[-1]) if territory else None
    months = month_names(territory.known) if territory else []
    if territory is None or level is None or not months:
        return 0
    try:
        seen = _look(con, territory, settings, as_of, level)
        names = {unit.unit_code: unit.name for unit in territory.registry.units_on(territory.nights[-1])}
        trials = trials_table(as_of, seen, faults.told.result(), level, names)
        if len(months) >= OLD_ENOUGH:
            trials = with_missing_canaries(trials, as_of, level, months[-1])
    except Exception:
        log.exception("self-test")
        trials = broken_off(as_of, level, months[-1])
    stored.replace_trials(con, as_of, trials)
    stored.replace_acuity(con, acuity(stored.pooled_trials(con, level)))
    return trials.height


def _look(
    con: DuckDBPyConnection, territory: TerritoryNights, settings: Settings, as_of: date, level: str
) -> list[Trial]:
    """Changes in figures, as the tests of the night see them; the same night and figures give the same."""
    random = np.random.default_rng([as_of.toordinal(), settings.self_test])
    night = territory.nights[-1]
    still = still_life(territory.known, night, settings.due_day, history_length(territory.known))
    number = -(-settings.self_test // COMMUNES_OF) if level == "commune" else settings.self_test
    restated = number // RESTATED_OF
    planted = draw(still, level, number - restated, stored.standing_signals(con), random)
    return [
        *look(still, [*canaries(still, level), *planted], alarm_budget(con, settings)),
        *look_at_restated(territory.known, level, night, restated, random),
    ]


def _faults(registry: Registry, last: Period, settings: Settings, as_of: date) -> list[tuple[FaultyFile, bool]]:
    """The night's faulty files, drawn by its date."""
    random = np.random.default_rng([as_of.toordinal(), FILES])
    return faults_told(faulty_files(registry, last, FILES, random), registry, settings)


def faults_told(files: list[FaultyFile], registry: Registry, settings: Settings) -> list[tuple[FaultyFile, bool]]:
    """Each file with whether one of its codes was told: read as any sender's, judged beside an empty warehouse."""
    read = _read(files, settings)
    with bare_store() as nowhere:
        replace_registry(nowhere, registry_frames(registry))
        problems = validate(nowhere, read, settings, without_great_expectations).problems
    told = problems.group_by("submission_id").agg(pl.col("code").unique())
    codes = {number: set(found) for number, found in told.iter_rows()}
    return [(file, bool(codes.get(number, set()) & file.codes)) for number, file in _numbered(files)]


def _read(files: list[FaultyFile], settings: Settings) -> FilesRead:
    """The workbooks, each after its sender's of the month before, in a process of their own."""
    books: dict[int, File] = {}
    for number, file in _numbered(files):
        for back, data in enumerate([file.data, *reversed(file.before)]):
            books[number - back] = _arrived(file, Period.parse(file.period).plus(-back), data, settings)
    in_order = dict(sorted(books.items()))
    with readers_of(settings, 1) as readers:
        return read_by(readers, in_order, {number: book.received_on for number, book in in_order.items()}, settings)


def _numbered(files: Iterable[FaultyFile]) -> Iterable[tuple[int, FaultyFile]]:
    """Each with the number of its faulty workbook, after those of the months before."""
    number = 0
    for file in files:
        number += len(file.before) + 1
        yield number, file


def _arrived(file: FaultyFile, month: Period, data: bytes, settings: Settings) -> File:
    day = month.due_on(settings.due_day)
    name = f"BC thang {month.first_month}-{month.year}.xlsx"
    moment = datetime.combine(day, time())
    return File(None, file.reporter_code, name, day, moment, data, hashlib.sha256(data).hexdigest())
