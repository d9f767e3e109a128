"""The night, as a Prefect flow: only verbs, each one call."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.utilities.annotations import quote

from flows import decide, steps
from flows.clock import now, today
from flows.followup import keep_followup
from flows.home import open_home
from flows.measure import measure as compute
from flows.report import write_report
from flows.settings import load_settings
from flows.summary import NightReport
from flows.telling import tell
from flows.watch import watch

step = task(cache_policy=NO_CACHE)
collect = step(steps.collect)
take_in = step(steps.take_in)
carry_out = step(decide.carry_out)
send_back = step(steps.send_back)
measure = step(compute)
judge = step(watch)
follow_up = step(keep_followup)
publish = step(steps.publish)
write_page = step(write_report)
tell_people = step(tell)


@flow(name="nightly")
def nightly(as_of: date | None = None, inbox: Path | None = None) -> NightReport:
    """Take in what arrived, recompute what it touches, publish, tell people."""
    settings = load_settings(inbox=inbox)  # never a parameter: Prefect stores and shows those
    started = now(settings.timezone)
    as_of = as_of or today(settings.timezone)
    with open_home(settings) as store:
        decided = carry_out(store, settings, as_of)
        arrived = collect(settings, as_of)
        taken = take_in(store, arrived, settings, as_of, started)
        returned = send_back(store, taken, settings)
        exposed = measure(store, taken.touched, settings, as_of)
        judged = judge(store, settings)
        follow_up(store, quote(judged), settings)  # as it is: the engine would look at every cell of it
        edition = publish(store, settings, as_of, exposed)
        report = steps.report(store, arrived, taken, returned, edition, settings, as_of, decided)
        write_page(store, settings, as_of)
        tell_people(store, settings, as_of, report)
        steps.finish(store, settings)
        return report
