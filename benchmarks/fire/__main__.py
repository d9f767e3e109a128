"""Under fire, measured: python -m benchmarks.fire [--seed N] [--scale SHARE] [--only PART …].

Prints figures; ends with 1 where one of those stands above nought that must not. At full scale 200 kills and 10,000
mutated files, under 30 minutes on two processors that do nothing else; --scale 0.05 takes some minutes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

from benchmarks.fire.homes import prefect_server
from benchmarks.fire.kills import KillTally, run_kills
from benchmarks.fire.mutants import Tally, replay, run_mutants
from benchmarks.fire.story import Story, undisturbed
from benchmarks.fire.troubles import (
    HABITS,
    Skipped,
    Trial,
    clock_set_back,
    disk_full,
    mail_trouble,
    people_at_work,
    two_nights,
)
from benchmarks.fire.upgrade import releases, take_on

KILLS, MUTANTS, SIZES = 200, 10_000, 12
SCRATCH = Path(tempfile.gettempdir()) / "mobility-fire"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to run: the chance's seed, the share of full scale, and where to work."""

    seed: int
    scale: float
    scratch: Path
    trial: str = ""
    minutes: float = 29.0

    def until(self, share: float) -> float:
        """When a part that may take this share of the time has to end."""
        return monotonic() + 60 * self.minutes * share

    def share_of(self, full: int) -> int:
        return max(1, round(full * self.scale))


def main() -> int:
    """Run the parts asked for; 1 where one of them failed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1, help="of everything left to chance")
    arguments.add_argument("--scale", type=float, default=1.0, help="share of 200 kills and 10,000 files")
    arguments.add_argument(
        "--minutes", type=float, default=29.0, help="half of them at most for kills, a quarter for files"
    )
    arguments.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    arguments.add_argument("--trial", default="", help="with --only kills: this trial alone, as a failure names it")
    arguments.add_argument("--scratch", type=Path, default=SCRATCH, help="where it works and keeps what failed")
    arguments.add_argument("--replay", type=Path, help="a file's record under failures/: read and judge it again")
    given = arguments.parse_args()
    warnings.simplefilter("ignore")  # plain readers' remarks on damaged files
    if given.replay:
        return _told(replay(given.replay))
    given.scratch.mkdir(parents=True, exist_ok=True)
    chosen = Chosen(given.seed, given.scale, given.scratch, given.trial, given.minutes)
    with _story(chosen) if set(given.only) - {"mutants"} else nullcontext() as stage:
        failed = [part for part in given.only if _failed(part, chosen, stage)]
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nnothing failed")
    return 1 if failed else 0


def _failed(part: str, chosen: Chosen, stage: Stage | None) -> bool:
    print(f"\n## {part}, seed {chosen.seed}\n", flush=True)
    began = monotonic()
    try:
        failures = PARTS[part](chosen, stage)  # type: ignore[arg-type]
    except Skipped as skipped:
        print(f"skipped: {skipped}")
        failures = []
    print(f"{monotonic() - began:.0f} s", flush=True)
    return bool(_told(failures))


def _told(failures: list[str]) -> int:
    for one in failures:
        print(f"FAILED: {one}")
    return 1 if failures else 0


def _kills(chosen: Chosen, stage: Stage) -> list[str]:
    tally = run_kills(
        stage.story, stage.engine, chosen.seed, chosen.share_of(KILLS), until=chosen.until(0.5), only=chosen.trial
    )
    _show_kills(tally)
    return tally.failures


def _show_kills(tally: KillTally) -> None:
    kills = ", ".join(f"{step} {times}" for step, times in tally.kills.items())
    print(f"{tally.kills.total()} kills in {tally.trials} trials ({kills}); {tally.late} came when all was done")
    if tally.left_out:
        print(f"{tally.left_out} kills were left out: the time was over")
    print(f"{tally.messages} messages; {tally.repeats} came again, saying so, after a kill in the telling")
    print(f"{tally.temporary} temporary files of killed processes in TMPDIR")
    print(f"{len(tally.failures)} differences from the undisturbed home, things told twice or left behind")


def _mutants(chosen: Chosen, _: Stage | None) -> list[str]:
    tally = run_mutants(chosen.seed, chosen.share_of(MUTANTS), chosen.scratch, until=chosen.until(0.25))
    _show_mutants(tally)
    return tally.failures


def _show_mutants(tally: Tally) -> None:
    print(f"{tally.number} mutated files, at most {1000 * tally.slowest:.0f} ms each on the average of a batch")
    if tally.left_out:
        print(f"{tally.left_out} files were left out: the time was over")
    for what, number in sorted(tally.counts.items()):
        print(f"{number:7} {what}")
    for where, number in tally.raised.most_common():
        print(f"{number:7} of them: {where}")
    for mutator, codes in sorted(tally.refused.items()):
        if mutator != "seen":
            print(f"        rejected with the same figures, {mutator}: {dict(codes)}")


def _disk(chosen: Chosen, stage: Stage) -> list[str]:
    ended, wrong = disk_full(stage.story, stage.engine, chosen.scratch, chosen.seed, chosen.share_of(SIZES))
    print("no room at a step: " + ", ".join(f"{what} {times}" for what, times in ended.items()))
    return wrong


def _troubles(chosen: Chosen, stage: Stage) -> list[str]:
    trials: dict[str, Trial] = {
        "two nights at once": two_nights,
        "the clock set back": clock_set_back,
        "people in the night": people_at_work,
        **{f"mail server {habit}": partial(mail_trouble, habit) for habit in HABITS},
    }
    wrong = []
    for name, trial in trials.items():
        wrong += _one(name, partial(trial, stage.story, stage.engine, chosen.scratch))
    return wrong


def _upgrade(chosen: Chosen, stage: Stage) -> list[str]:
    wrong: list[str] = []
    found = releases()
    if not found:
        print("skipped: this is no checkout with earlier releases in it")
    for release in found:
        name = f"from {release.name} ({release.commit[:9]})"
        wrong += _one(name, partial(take_on, release, stage.story, stage.engine, chosen.scratch))
    return wrong


def _one(name: str, trial: Callable[[], list[str]]) -> list[str]:
    try:
        wrong = trial()
    except Skipped as skipped:
        print(f"{name}: skipped: {skipped}", flush=True)
        return []
    except Exception as error:  # the other trials go on
        wrong = [f"the trial ends with {type(error).__name__}: {error}"]
    print(f"{name}: {len(wrong)} wrong", flush=True)
    return [f"{name}: {one}" for one in wrong]


@dataclass(frozen=True, slots=True)
class Stage:
    """The story, told once undisturbed, and the address of the server of Prefect that all nights use."""

    story: Story
    engine: str


@contextmanager
def _story(chosen: Chosen) -> Iterator[Stage]:
    folder = chosen.scratch / "story"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = monotonic()
    with prefect_server(folder) as engine:
        yield Stage(undisturbed(folder, chosen.seed, engine), engine)
    print(f"in all {monotonic() - began:.0f} s")


PARTS: dict[str, Callable[[Chosen, Stage], list[str]]] = {
    "kills": _kills,
    "mutants": _mutants,
    "disk": _disk,
    "troubles": _troubles,
    "upgrade": _upgrade,
}


if __name__ == "__main__":
    sys.exit(main())
