"""The night, as a Prefect flow: only verbs, each one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from flows.clock import now, today
from flows.home import open_home
from flows.night.alert import alert
from flows.night.beside import COMPUTED_BESIDE
from flows.night.carry_out import carry_out
from flows.night.collect import clear_inbox, collect
from flows.night.computing import computing_beside
from flows.night.course_file import CourseNotes, followed
from flows.night.follow_up import follow_up
from flows.night.judge import begin_to_judge, judge
from flows.night.lake import add_to_lake
from flows.night.load import load
from flows.night.measure import measure
from flows.night.publish import publish, publish_board
from flows.night.read import read, readers_ahead
from flows.night.run import Run
from flows.night.self_test import plant_faults, self_test
from flows.night.send_back import send_back
from flows.night.summary import NightReport, NightSteps, report
from flows.night.validate import validate
from flows.night.write_page import write_page
from flows.settings import load_settings
from flows.telling.tell import tell
from warehouse.ledger.nights import finish_nights, note_steps

P = ParamSpec("P")
T = TypeVar("T")


@flow(name="nightly")
def nightly(as_of: date | None = None, inbox: Path | None = None) -> NightReport:
    """Take in what arrived, recompute what it touches, publish, tell people."""
    settings = load_settings(inbox=inbox)  # never a parameter: Prefect stores and shows those
    as_of = as_of or today(settings.timezone)
    run = Run("nightly", as_of, now(settings.timezone))
    with (
        followed(settings, as_of) as course,
        readers_ahead(settings) as readers,
        computing_beside(seconds=settings.computing_seconds) as computing,
        open_home(settings) as store,
    ):
        step = Steps(course)
        refused = step(carry_out, store, settings, as_of)
        arrived = step(collect, settings, as_of)
        files = step(read, store, arrived.files, settings, run, readers)
        if files.files:  # a night without any has too little to compute
            computing.begin(*COMPUTED_BESIDE)
        verdict = step(validate, store, files, settings)
        touched = step(load, store, files, verdict, settings, run)
        faults = step(plant_faults, store, settings, as_of)
        left = clear_inbox(arrived.files)
        returned = step(send_back, store, files, verdict, settings, readers, with_warned=True)
        judging = step(begin_to_judge, store, settings, computing)
        exposed = step(measure, store, touched, settings, as_of, computing)
        judged = step(judge, store, settings, judging)
        computing.close()  # its memory, too
        step(alert, store, judged, settings)
        step(follow_up, store, judged, settings)
        step(self_test, store, judged, faults, settings, as_of)
        published = step(publish, store, settings, as_of)
        publish_board(store, settings)  # now, since the telling takes its time
        came = report(
            store, NightSteps(arrived, files, verdict, returned, published, exposed, refused, left), settings, as_of
        )
        step(write_page, store, settings, as_of)
        step(tell, store, settings, as_of, came)
        note_steps(store, as_of, step.taken)
        finish_nights(store, now(settings.timezone))  # last: a night broken off before this is caught up
        step(publish_board, store, settings)  # once more: with what was told, and that the night is done
        course.ends("done")  # while the warehouse is held: a night that runs and holds none was broken off
    return replace(came, lake=add_to_lake(settings))  # the night is settled, whatever becomes of the lake


class Steps:
    """Does the night's verbs, and keeps how long each took.

    Attributes:
        taken: the verbs in their order, each with its seconds.
    """

    def __init__(self, course: CourseNotes) -> None:
        self._course = course
        self.taken: list[tuple[str, float]] = []

    def __call__(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do one of the verbs as a task of its own, which Prefect times and shows.

        Arguments go in `quote`: Prefect would else look through every cell of a frame for results to wait for.
        """
        began = monotonic()
        self._course.begins(verb.__name__)
        as_they_are: tuple[Any, ...] = tuple(quote(argument) for argument in args)
        result = task(cache_policy=NO_CACHE)(verb)(*as_they_are, **kwargs)
        self.taken.append((verb.__name__, monotonic() - began))
        self._course.ended(*self.taken[-1])
        return result
