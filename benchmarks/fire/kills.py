"""Killed at any instant and run again, a home is as if nothing had been killed, and nobody is told anything twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from random import Random
from time import monotonic, sleep

from benchmarks.fire.homes import Home, differing, kill
from benchmarks.fire.mail import MailServer, letters, told
from benchmarks.fire.story import NIGHT, Step, Story, home_in
from warehouse.board.acts import open_board

SHARES = {"backfill": 7, "night": 6, "acts": 3, "next night": 4}  # of twenty kills
KILLS_A_TRIAL = 4
BEFORE = 0.1  # of the kills come before the warehouse is open
ALONE = 0.25  # of the kills hit the process alone, not its readers
SECONDS_A_MESSAGE = 0.1  # at the mail server, so that some kills meet the telling


@dataclass(slots=True)
class KillTally:
    """The figures of a run; whatever stands under `failures` must not be."""

    trials: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    late: int = 0
    left_out: int = 0
    messages: int = 0
    repeats: int = 0
    temporary: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Trial:
    """A step of the story, killed several times and then run to its end.

    Attributes:
        kills: how many came while the process ran.
    """

    story: Story
    step: Step
    seed: str
    home: Home
    mail: MailServer
    kills: int = 0
    late: int = 0
    failures: list[str] = field(default_factory=list)

    def run(self, times: int) -> None:
        chance = Random(self.seed)
        self.home.copy_of(self.step.before)
        if self.step.name == "acts":
            self._acts(chance, times)
        else:
            for _ in range(times):
                self._kill(self.step.arguments, chance)
            self._finish(self.step.arguments)
        self.failures += differing_after(self.home, self.step.after)
        self.failures += [f"left behind: {name}" for name in self.home.left() if not name.startswith("TMPDIR/")]
        self._judge_mail()

    def _kill(self, command: tuple[str, ...], chance: Random) -> None:
        """Start a command and kill it: at any instant of its work with the warehouse, or before."""
        is_before, is_alone = chance.random() < BEFORE, chance.random() < ALONE
        working = max(0.5, self.step.ended - self.step.opened)
        after = chance.uniform(0, self.step.opened) if is_before else chance.uniform(0, working)
        process = self.home.begin(*command)
        if not is_before:
            self.home.until_open(process)
        until = monotonic() + after
        while process.poll() is None and monotonic() < until:
            sleep(0.02)
        if kill(process, is_alone):
            self.kills += 1
        else:
            self.late += 1
        self.failures += [f"still runs: {one}" for one in self.home.processes()]

    def _finish(self, command: tuple[str, ...]) -> None:
        if (code := self.home.do(*command)) != 0:
            self.failures.append(f"run again, {command[0]} ends with {code}: {self.home.said()[-600:]}")

    def _acts(self, chance: Random, times: int) -> None:
        """Each act once: one that stands on the board after a kill is noted, and the next run carries it out.

        So is the last one, on the day of the undisturbed acts: the next night would carry it out on its own.
        """
        hit = Counter(chance.randrange(len(self.story.acts)) for _ in range(times))
        for number, act in enumerate(self.story.acts):
            for _ in range(hit[number]):
                if self._noted() <= number:
                    self._kill(act, chance)
            if self._noted() <= number:
                self._finish(act)
        self._finish(("carry-out", "--as-of", str(NIGHT)))
        following = self.story.steps["next night"]
        self._finish(following.arguments)
        self.step = following  # with which all is carried out

    def _noted(self) -> int:
        with open_board(self.home.path / "board.sqlite") as board:
            return len(board.since())

    def _judge_mail(self) -> None:
        came = told(self.mail.received, self.kills)
        self.failures += came.wrong
        mine, theirs = letters(self.mail.received), letters(self.step.received)
        if mine != theirs:
            self.failures.append(f"other letters: {mine - theirs} where {theirs - mine}")


def differing_after(home: Home, after: Path) -> list[str]:
    try:
        return differing(home, Home(after, {}))
    except Exception as error:
        return [f"it cannot be read: {type(error).__name__}: {error}"]


def run_kills(
    story: Story, engine: str, seed: int, number: int, *, until: float = inf, lanes: int = 2, only: str = ""
) -> KillTally:
    """Kill so many times.

    Args:
        until: by the monotonic clock; trials not begun by then are left out.
        only: the one trial to run, by its name.
    """
    tally = KillTally()
    planned = [one for one in _planned(story, seed, number) if only in ("", one[1])]
    with ThreadPoolExecutor(lanes) as threads:
        trials = threads.map(lambda one: _tried(story, engine, *one) if monotonic() < until else None, planned)
        for trial, (step, _, kills) in zip(trials, planned, strict=True):
            if trial:
                _add(trial, step, tally, seed)
            else:
                tally.left_out += kills
    return tally


def _planned(story: Story, seed: int, number: int) -> Iterator[tuple[str, str, int]]:
    """Steps, names and kills of the trials, the steps in turn."""
    shares = {step: share for step, share in SHARES.items() if step in story.steps}
    left = {step: -(-number * share // sum(shares.values())) for step, share in shares.items()}
    turn = 0
    while any(left.values()):
        for step, more in left.items():
            if more:
                turn += 1
                left[step] -= (now := min(KILLS_A_TRIAL, more))
                yield step, f"{seed}:{turn}", now


def _tried(story: Story, engine: str, step: str, name: str, kills: int) -> Trial:
    with MailServer(seconds=SECONDS_A_MESSAGE).up() as mail:
        home = home_in(story.folder / f"trial-{name.replace(':', '-')}", mail, engine)
        trial = Trial(story, story.steps[step], name, home, mail)
        trial.run(kills)
        return trial


def _add(trial: Trial, step: str, tally: KillTally, seed: int) -> None:
    tally.trials += 1
    tally.kills[step] += trial.kills
    tally.late += trial.late
    came = told(trial.mail.received, trial.kills)
    tally.messages += came.messages
    tally.repeats += came.repeats
    tally.temporary += sum(name.startswith("TMPDIR/") for name in trial.home.left())
    again = f"    again: --only kills --seed {seed} --trial {trial.seed}"
    tally.failures += [f"{step}: {one}\n{again}" for one in trial.failures]
    if not trial.failures:
        trial.home.remove()
