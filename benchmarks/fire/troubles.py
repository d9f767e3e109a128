"""Nights with something wrong around them: no room on the disk, another night, a clock set back, people at work, a mail
server with habits. Each trial begins with the story's home as it was before a step, and ends like it after."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from shutil import which
from threading import Event, Thread
from time import monotonic

import duckdb

from benchmarks.fire.homes import PATIENCE, Home, differing
from benchmarks.fire.mail import MailServer, letters, told
from benchmarks.fire.story import NEXT, NIGHT, Step, Story, home_in
from warehouse.board.acts import open_board

SLOWEST_TELLING = 180.0
"""Seconds a night may take longer because of a mail server: twice what it spends on one in vain, and a try's end."""
_FAKETIME = "*-linux-gnu/faketime/libfaketime.so.1"


class Skipped(Exception):
    """A trial that this machine does not allow, and why."""


Trial = Callable[[Story, str, Path], list[str]]


def disk_full(story: Story, engine: str, scratch: Path, seed: int, sizes: int) -> tuple[Counter[str], list[str]]:
    """Steps in homes on a file system that is too small by ever less, then run again with room.

    Returns:
        how the runs without room ended, and what was wrong after the run with room.

    Raises:
        Skipped: nothing may be mounted here.
    """
    chance, ended, wrong = Random(f"{seed}:disk"), Counter[str](), []
    steps = [story.steps[name] for name in ("backfill", "night", "next night") if name in story.steps]
    for number in range(sizes):
        step = steps[number % len(steps)]
        needed = _size(step.after) - _size(step.before)
        # From next to nothing to half as much again as it needs in the end.
        share = (number // len(steps) + chance.random()) / -(-sizes // len(steps))
        room = (64 << 10) + int(1.5 * share * needed)
        with _mounted(scratch / "small", _size(step.before) + room) as folder, MailServer().up() as mail:
            home = home_in(folder / "home", mail, engine)
            home.copy_of(step.before)
            ended[_end_of(home, home.do(*step.arguments))] += 1
            _remount(folder, 4 << 30)
            about = f"{step.name} with {room >> 10} KB of room"
            wrong += [f"{about}: {one}" for one in _run_again(home, step, mail)]
    return ended, wrong


def _end_of(home: Home, code: int) -> str:
    if code == 0:
        return "done all the same"
    return "a traceback" if "Traceback" in home.said() else "a line that says so"


def _run_again(home: Home, step: Step, mail: MailServer, kills: int = 0) -> list[str]:
    """What is not as if nothing had happened after the step is run to its end."""
    if code := home.do(*step.arguments):
        return [f"run again, it ends with {code}: {home.said()[-600:]}"]
    return _as_undisturbed(home, step, mail, kills)


def _as_undisturbed(home: Home, step: Step, mail: MailServer, kills: int = 0) -> list[str]:
    wrong = differing(home, Home(step.after, {}))
    wrong += [f"left behind: {name}" for name in home.left() if not name.startswith("TMPDIR/")]
    mine, theirs = letters(mail.received), letters(step.received)
    wrong += [f"other letters: {mine - theirs} where {theirs - mine}"] if mine != theirs else []
    return wrong + told(mail.received, kills).wrong + [f"still runs: {one}" for one in home.processes()]


def _size(folder: Path) -> int:
    return sum(-(-path.lstat().st_size // 4096) * 4096 for path in folder.rglob("*") if not path.is_symlink())


@contextmanager
def _mounted(folder: Path, size: int) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or not which("mount"):
        raise Skipped("only root may mount a small file system")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    came = subprocess.run(command, check=False, capture_output=True, text=True)
    if came.returncode:
        raise Skipped(f"a small file system could not be mounted: {came.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _remount(folder: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def two_nights(story: Story, engine: str, scratch: Path) -> list[str]:
    """Two nights begun at once: one runs, the other says in a line that the warehouse is in use."""
    step = story.steps["next night"]
    with MailServer().up() as mail:
        home = home_in(scratch / "two-nights", mail, engine)
        home.copy_of(step.before)
        codes = sorted(one.wait(PATIENCE) for one in [home.begin(*step.arguments) for _ in range(2)])
        # The later one may come when the first is done, and then has nothing to do.
        wrong = [] if codes[0] == 0 and codes[1] in (0, 1) else [f"they end with {codes}: {home.said()}"]
        wrong += ["a traceback: " + home.said()] if "Traceback" in home.said() else []
        return _cleared(home, wrong + _as_undisturbed(home, step, mail))


def clock_set_back(story: Story, engine: str, scratch: Path) -> list[str]:
    """A night whose clock is forty days behind, by libfaketime, before the clock is right again.

    Nothing is taken from a day to come, nothing is told twice; then the night is as the undisturbed one in what was
    sent, in its figures and in its letters.

    Raises:
        Skipped: libfaketime is not installed.
    """
    library = next(map(str, Path("/usr/lib").glob(_FAKETIME)), None)
    if not library:
        raise Skipped("libfaketime is not installed (Debian: apt install faketime)")
    step, past = story.steps["next night"], NIGHT.replace(day=1)
    faked = {
        "LD_PRELOAD": library,
        "FAKETIME": f"@{past} 02:00:00",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else threads that wait a while spin
    }
    with MailServer().up() as mail:
        home = home_in(scratch / "clock-back", mail, engine)
        home.copy_of(step.before)
        code = home.do("nightly", **faked)
        wrong = [f"the night of {past} ends with {code}: {home.said()}"] if code else []
        with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as con:
            if con.execute("FROM ledger.submission WHERE recorded_at > $day", {"day": NIGHT}).fetchall():
                wrong.append("it took in what came after its day")
        before = len(mail.received)
        if code := home.do(*step.arguments):
            wrong.append(f"the night after ends with {code}: {home.said()}")
        of_facts = [one for one in differing(home, Home(step.after, {})) if one.startswith(("facts.", "ledger.sub"))]
        mine, theirs = letters(mail.received[before:]), letters(step.received)
        wrong += [f"other letters: {mine - theirs} where {theirs - mine}"] if mine != theirs else []
        return _cleared(home, wrong + of_facts + told(mail.received, 0).wrong)


def people_at_work(story: Story, engine: str, scratch: Path) -> list[str]:
    """Readers of the published copy, acts, `backup`, `report` and `status` while a night runs.

    Readers always find a whole copy; every command ends well or says in a line why not; acts are carried out by the
    next run at the latest.
    """
    step, stop, read = story.steps["night"], Event(), Counter[str]()
    acts = [act for act in story.acts if act[0] == "followup"]
    acts += [("retract", "1", "--reason", "gửi nhầm", "--as-of", str(NIGHT))]
    with MailServer().up() as mail:
        home = home_in(scratch / "people", mail, engine)
        home.copy_of(step.before)
        reader = Thread(target=_read, args=(home, stop, read))
        reader.start()
        night = home.begin(*step.arguments)
        home.until_open(night)
        others = Home(home.path, home.settings | {"COLUMNS": "100"})
        codes = Counter[str]()
        for command in (*acts, ("backup", str(scratch / "people-backup")), ("report",), ("status",), ("alerts",)):
            codes[f"{command[0]} {others.do(*command)}"] += 1
        code = night.wait(PATIENCE)
        stop.set()
        reader.join()
        wrong = [f"the night ends with {code}: {home.said()}"] if code else []
        wrong += [f"a command in the night ends otherwise: {one}" for one in codes if one.split()[-1] not in ("0", "1")]
        wrong += [f"readers: {dict(read)}"] if set(read) != {"whole"} else []
        wrong += ["a traceback: " + home.said()] if "Traceback" in home.said() else []
        home.do("nightly", "--as-of", str(NEXT))
        return _cleared(home, wrong + _not_folded(home, len(acts)))


def _read(home: Home, stop: Event, read: Counter[str]) -> None:
    """Open the published copy as an analyst does, again and again."""
    copy = home.path / "published" / "mobility.duckdb"
    while not stop.is_set():
        try:
            with duckdb.connect(str(copy), read_only=True) as con:
                row = con.execute("SELECT count(*) FROM marts.reporting_status").fetchone()
            read["whole" if row and row[0] else "empty"] += 1
        except duckdb.Error as error:
            read[type(error).__name__] += 1
        stop.wait(0.1)


def _not_folded(home: Home, acts: int) -> list[str]:
    with open_board(home.path / "board.sqlite") as board:
        noted = len(board.since())
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as con:
        row = con.execute("SELECT count(*) FROM ledger.folded").fetchone()
    folded = int(row[0]) if row else 0
    return [] if noted == folded == acts else [f"{acts} acts, {noted} noted, {folded} carried out"]


HABITS = ("down", "slow", "greylisting", "half closed")


def mail_trouble(habit: str, story: Story, engine: str, scratch: Path) -> list[str]:
    """A night with a mail server that is down, slow, greylists or goes away after the data; then it is well again."""
    server = MailServer(seconds=3.0 * (habit == "slow"), greylist=habit == "greylisting", closes=habit == "half closed")
    step = story.steps["night"]
    home = home_in(scratch / f"mail-{habit.replace(' ', '-')}", server, engine)
    home.copy_of(step.before)
    began = monotonic()
    if habit == "down":
        code = home.do(*step.arguments)
    else:
        with server.up():
            code = home.do(*step.arguments)
    seconds = monotonic() - began
    wrong = [f"the night ends with {code}: {home.said()}"] if code else []
    wrong += [f"it takes {seconds:.0f} s"] if seconds > 2 * step.ended + SLOWEST_TELLING else []
    was_closed, server.closes, server.seconds = server.closes, False, 0.0
    with server.up():
        if code := home.do("notify", "send"):
            wrong.append(f"`notify send` ends with {code}: {home.said()}")
    # Who took the data and went away without an answer gets every message again, under its number.
    kills = len(step.received) if was_closed else 0
    return _cleared(home, wrong + _as_undisturbed(home, step, server, kills))


def _cleared(home: Home, wrong: list[str]) -> list[str]:
    """Take the home away where nothing is wrong; else it stays to be looked at."""
    if not wrong:
        home.remove()
    return wrong
