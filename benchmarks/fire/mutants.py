"""Mutated files through the night's reading and rules: none unhandled or past the limit, no figure changed unsaid."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from math import inf
from pathlib import Path
from random import Random
from time import monotonic

import polars as pl

from benchmarks.fire import damage, edits, markup  # each adds its mutators
from benchmarks.fire.bases import Base, Figures, Key, bases
from benchmarks.fire.mutators import MUTATORS, Effect, Mutator, Subject
from benchmarks.fire.plain import Rows, Ruler, Seen, Unseen, by_office, sheets_of
from expectations.contract.forms import FORMS
from expectations.suites.verdict import without_great_expectations
from flows.home import registry_frames
from flows.night.collect import File
from flows.night.read import CHUNK, FilesRead, read_by
from flows.night.readers import Readers, readers_of
from flows.night.reading_process import IDLE_FACTOR
from flows.night.validate import validate
from flows.registry_files import bundled_dir, load_registry
from flows.settings import Settings
from transforms.territory.registry import Registry
from warehouse.connection.store import memory_store
from warehouse.ledger.registry import replace_registry

__all__ = ["Tally", "damage", "edits", "markup", "replay", "run_mutants"]

BATCH = 240
SECONDS = 6  # of the processor a mutant may take
SAMPLED = 40  # accepted files as the good one, of each kind that only LibreOffice opens, that it opens as well
OPENED_BY_OFFICE = frozenset({"xlsx", "xls", "ods", "html"})
# Rules that look at what came before compare these files with each other; what they say names nothing here.
_OF_HISTORY = frozenset({"late", "resubmission", "opening-mismatch", "copied-period", "file-name-period"})
_RAISED = re.compile(r"bộ đọc gặp lỗi \((.*)\)")


class PastTheLimit(Exception):
    """The reading did not come back in the time it gives itself."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file made of a base by a mutator, with the chance of this seed and number."""

    seed: int
    number: int
    base: Base
    mutator: str
    effect: Effect
    data: bytes

    @property
    def name(self) -> str:
        return f"{self.seed}-{self.number}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file.

    Attributes:
        figures: what was accepted; None where nothing was.
        codes: its problems' codes, errors first.
        named: measures and units that a problem names, either "" for all.
        notes: what the reading says it passed over.
        raised: where the reader raised an error, "" where it did not.
    """

    figures: Figures | None
    codes: tuple[str, ...]
    found: str
    named: frozenset[tuple[str, str, str]]
    notes: frozenset[str]
    raised: str


@dataclass(slots=True)
class Tally:
    """The figures of a run. Whatever stands under `failures` must not be."""

    number: int = 0
    left_out: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    raised: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0


def run_mutants(seed: int, number: int, scratch: Path, *, until: float = inf, with_office: bool = True) -> Tally:
    """Make, read and judge so many mutants; those that fail are kept under `scratch/failures`.

    Args:
        until: by the monotonic clock; batches not begun by then are left out.
    """
    tally = Tally()
    with _bench(seed, scratch, with_office) as bench:
        for first in range(0, number, BATCH):
            if monotonic() > until:
                tally.left_out = number - first
                break
            some = [_mutant(seed, n, bench.bases) for n in range(first, min(number, first + BATCH))]
            bench.try_all([one for one in some if one], tally)
        bench.ask_office(tally)
    return tally


def replay(record: Path) -> list[str]:
    """Read and judge one mutant again that failed before: what failed, nothing when it no longer does."""
    told = json.loads(record.read_text("utf-8"))
    tally = Tally()
    with _bench(told["seed"], record.parent.parent) as bench:
        base = next(one for one in bench.bases if one.name == told["base"])
        data = record.with_suffix("").read_bytes()
        mutant = Mutant(told["seed"], told["number"], base, told["mutator"], told["effect"], data)
        (outcome,) = bench.outcomes([mutant])
        print(f"{base.name}, {mutant.mutator}: {'rejected' if outcome.figures is None else 'accepted'} {outcome}")
        bench.try_all([mutant], tally)
        bench.ask_office(tally, always=True)
    return tally.failures


def _mutant(seed: int, number: int, some: Sequence[Base]) -> Mutant | None:
    """The mutant of this number; None where its mutator finds nothing to change."""
    chance = Random(f"{seed}:{number}")
    base = some[number % len(some)]
    mutator: Mutator = chance.choice([one for one in MUTATORS if one.fits(base)])
    data = mutator.make(Subject(base, chance, some))
    return Mutant(seed, number, base, mutator.name, mutator.effect, data) if data else None


@contextmanager
def _bench(seed: int, scratch: Path, with_office: bool = True) -> Iterator[_Bench]:
    registry = load_registry(bundled_dir())
    settings = Settings(home=scratch / "mutants-home", reader_seconds=SECONDS)
    with readers_of(settings) as readers:
        bench = _Bench(bases(registry, seed, with_office), registry, settings, readers, scratch / "failures")
        bench.hold_the_bases()
        yield bench
    shutil.rmtree(settings.home, ignore_errors=True)


class _Bench:
    """The reading and the rules, with what to compare their outcome with."""

    def __init__(
        self, some: list[Base], registry: Registry, settings: Settings, readers: Readers, failures: Path
    ) -> None:
        self.bases, self.settings, self.failures = some, settings, failures
        self._registry, self._readers = registry, readers
        self._rulers = {base.name: Ruler(base) for base in some}
        self._notes: dict[str, frozenset[str]] = {}
        self._communes = {home.cell_code: (home.commune_code or "") for home in registry.homes}
        self._to_ask: list[tuple[Mutant, Outcome]] = []

    def hold_the_bases(self) -> None:
        """See that the good files are good.

        Raises:
            AssertionError: one is rejected or read otherwise.
        """
        good = [Mutant(0, 0, base, "", "same", base.data) for base in self.bases]
        for base, outcome in zip(self.bases, self.outcomes(good), strict=True):
            if outcome.figures != base.figures:
                raise AssertionError(f"{base.name} is not accepted as it is: {outcome}")
            self._notes[base.name] = outcome.notes

    # -- through the product

    def outcomes(self, mutants: Sequence[Mutant]) -> list[Outcome]:
        files = {number: _file(mutant, self._registry) for number, mutant in enumerate(mutants, 1)}
        days = {number: file.received_on for number, file in files.items()}
        with _limit(_longest(len(files), self.settings)):
            read = read_by(self._readers, files, days, self.settings)
        with memory_store() as con:
            replace_registry(con, registry_frames(self._registry))
            verdict = validate(con, read, self.settings, without_great_expectations)
        told = dict(verdict.outcomes.iter_rows())
        figures = _figures(read)
        by_file = verdict.problems.partition_by("submission_id", as_dict=True)
        empty = verdict.problems.clear()
        notes = dict(read.submissions.select("submission_id", "notes").iter_rows())
        return [_outcome(told[n], figures.get(n, {}), by_file.get((n,), empty), notes.get(n) or "") for n in files]

    def try_all(self, mutants: list[Mutant], tally: Tally) -> None:
        """Read a batch; where that fails, each of its files alone, to know which it was."""
        began = monotonic()
        try:
            found = self.outcomes(mutants)
        except Exception as error:
            if len(mutants) > 1:
                for one in mutants:
                    self.try_all([one], tally)
                return
            what = "past the limit" if isinstance(error, PastTheLimit) else f"unhandled {type(error).__name__}: {error}"
            tally.number += 1
            tally.counts[what.split(":", maxsplit=1)[0]] += 1
            self._keep(mutants[0], what, tally)
            return
        tally.slowest = max(tally.slowest, (monotonic() - began) / len(mutants))
        for mutant, outcome in zip(mutants, found, strict=True):
            tally.number += 1
            self._judge(mutant, outcome, tally)

    # -- compared with what stands there

    def _judge(self, mutant: Mutant, outcome: Outcome, tally: Tally) -> None:
        if outcome.raised:
            tally.raised[outcome.raised] += 1
        if outcome.figures is None:
            tally.counts[_why_refused(mutant, outcome)] += 1
            tally.refused[mutant.mutator if mutant.effect == "same" else "seen"][outcome.codes[0]] += 1
            return
        seen = self._seen(mutant)
        if seen and not (unsaid := self._unsaid(mutant, outcome, seen)):
            tally.counts[self._accepted(mutant, outcome, seen)] += 1
        elif mutant.base.kind in OPENED_BY_OFFICE and mutant.effect != "same":
            self._to_ask.append((mutant, outcome))
        elif seen:
            self._fail(mutant, unsaid, tally)
        else:
            self._judge_unseen(mutant, outcome, tally)

    def _seen(self, mutant: Mutant) -> Seen:
        """What a plain reader sees in it; nothing where none opens it, or it is of another kind now."""
        if mutant.effect == "same":
            return dict(mutant.base.figures)
        if mutant.base.kind == "xls":
            return {}
        try:
            return self._rulers[mutant.base.name].seen(sheets_of(mutant.base, mutant.data))
        except Unseen:
            return {}

    def ask_office(self, tally: Tally, always: bool = False) -> None:
        """Let LibreOffice open what no other plain reader opened or saw alike; of what is as the good file, some."""
        for base in self.bases:
            mine = [(m, o) for m, o in self._to_ask if m.base is base]
            other = [(m, o) for m, o in mine if o.figures != m.base.figures]
            alike = [(m, o) for m, o in mine if o.figures == m.base.figures]
            chosen = other + (alike if always else alike[:SAMPLED])
            tally.counts["accepted, as the good file; not opened otherwise"] += len(mine) - len(chosen)
            ending = base.file_name.rsplit(".", 1)[-1]
            sheets = by_office(base, {f"{m.number}.{ending}": m.data for m, _ in chosen}) if chosen else {}
            for mutant, outcome in chosen:
                self._judge_by_office(mutant, outcome, sheets.get(f"{mutant.number}.{ending}"), tally)
        self._to_ask = []

    def _judge_by_office(self, mutant: Mutant, outcome: Outcome, sheets: list[Rows] | None, tally: Tally) -> None:
        seen = self._rulers[mutant.base.name].seen(sheets) if sheets else {}
        if mutant.base.kind != "xls" and not self._seen(mutant):  # LibreOffice reads what it can of damaged markup
            seen = {key: value for key, value in seen.items() if value is not None}
        if not seen:
            self._judge_unseen(mutant, outcome, tally)
        elif unsaid := self._unsaid(mutant, outcome, seen):
            self._fail(mutant, unsaid, tally)
        else:
            tally.counts[self._accepted(mutant, outcome, seen)] += 1

    def _judge_unseen(self, mutant: Mutant, outcome: Outcome, tally: Tally) -> None:
        """Where nothing else opens the file, only what the good one says can stand."""
        if unsaid := self._unsaid(mutant, outcome, dict(mutant.base.figures)):
            self._fail(mutant, unsaid, tally)
        else:
            tally.counts["accepted, as the good file; no other reader opens it"] += 1

    def _unsaid(self, mutant: Mutant, outcome: Outcome, seen: Seen) -> list[str]:
        """Figures that are neither what is seen at their place, nor named by a problem.

        A figure whose row is not seen may be the good file's: the product reads on where others stop; so may one that
        has moved with its heading. One that is gone is to be named, be it gone for whoever looks as well.
        """
        good, got = mutant.base.figures, outcome.figures or {}
        wrong = [key for key in good if got.get(key, "gone") != seen.get(key, good[key])]
        if mutant.effect == "moved":
            wrong = [key for key in wrong if got.get(key, "gone") != good[key]]
        return [
            f"{key}: {seen.get(key)} -> {got.get(key)}"
            for key in wrong
            if not self._is_named(key, mutant, outcome, is_gone=key not in got)
        ]

    def _accepted(self, mutant: Mutant, outcome: Outcome, seen: Seen) -> str:
        got = outcome.figures or {}
        if got == mutant.base.figures:
            return "accepted, as the good file"
        is_seen = all(got.get(key) == value for key, value in seen.items())
        return "accepted, changed as a plain reader sees it" if is_seen else "accepted, what differs is named"

    def _fail(self, mutant: Mutant, unsaid: list[str], tally: Tally) -> None:
        tally.counts["ACCEPTED with a figure changed or gone, unsaid"] += 1
        self._keep(mutant, f"unsaid ({len(unsaid)}): {', '.join(sorted(unsaid)[:4])}", tally)

    def _is_named(self, key: Key, mutant: Mutant, outcome: Outcome, is_gone: bool) -> bool:
        measure, cell = key
        if is_gone and outcome.notes - self._notes[mutant.base.name]:
            return True
        form = next(form.name for form in FORMS.values() if measure in form.names)
        units = ("", cell, self._communes[cell], mutant.base.reporter)
        return any(
            said_form in ("", form) and said in ("", measure) and unit in units
            for said_form, said, unit in outcome.named
        )

    def _keep(self, mutant: Mutant, what: str, tally: Tally) -> None:
        self.failures.mkdir(parents=True, exist_ok=True)
        path = self.failures / f"{mutant.name}.{mutant.base.file_name.rsplit('.', 1)[-1]}"
        path.write_bytes(mutant.data)
        told = {
            "seed": mutant.seed,
            "number": mutant.number,
            "base": mutant.base.name,
            "mutator": mutant.mutator,
            "effect": mutant.effect,
            "what": what,
        }
        record = path.with_name(f"{path.name}.json")
        record.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        tally.failures.append(f"{mutant.base.name}, {mutant.mutator}: {what}\n    again: --replay {record}")


def _why_refused(mutant: Mutant, outcome: Outcome) -> str:
    if "giây chưa xong" in outcome.found:
        return "rejected: its time was over"
    if "MB bộ nhớ" in outcome.found:
        return "rejected: its memory was over"
    if "dừng đột ngột" in outcome.found:
        return "rejected: it ended its reader"
    if outcome.raised:
        return "rejected: its reader raised an error"
    return "rejected, though the figures are the same" if mutant.effect == "same" else "rejected"


def _file(mutant: Mutant, registry: Registry) -> File:
    base, data = mutant.base, mutant.data
    at = datetime.combine(base.received_on, time())
    digest = hashlib.sha256(data).hexdigest()
    return File(None, base.reporter, base.file_name, base.received_on, at, data, digest)


def _figures(read: FilesRead) -> dict[int, Figures]:
    found: dict[int, Figures] = defaultdict(dict)
    for form, rows in read.frames.rows.items():
        key = FORMS[form].key
        for row in rows.filter(pl.col(key).is_not_null()).iter_rows(named=True):
            for name in FORMS[form].names:
                if row[name] is not None:
                    found[row["submission_id"]][name, row[key]] = row[name]
    return found


def _outcome(told: str, figures: Figures, problems: pl.DataFrame, notes: str) -> Outcome:
    rows = problems.select("code", "form", "measure", "unit_code", "found").fill_null("").rows()
    found = " ".join(row[-1] for row in rows)
    raised = _RAISED.search(found)
    return Outcome(
        None if told == "rejected" else figures,
        tuple(row[0] for row in rows),
        found,
        frozenset(row[1:4] for row in rows if row[0] not in _OF_HISTORY),
        frozenset(notes.splitlines()),
        raised[1] if raised else "",
    )


def _longest(files: int, settings: Settings) -> float:
    """Seconds within which the reading of so many files must come back, whatever is in them."""
    chunks = -(-files // CHUNK)
    return 60 + CHUNK * -(-chunks // settings.readers) * (IDLE_FACTOR * settings.reader_seconds + 10)


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    def over(*_: object) -> None:
        raise PastTheLimit

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
