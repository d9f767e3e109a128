"""In a sentence or two: how small a change the watch sees, how often, and what it did on the last night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, Value, text

TOLD_OF = (("rise", "received", 2), ("contact", "away_out_of_contact", 2))
"""Of what the sentence is made: kind, indicator, and within how many months."""
NAMED = {2.0: "double", 3.0: "treble"}

Row = Mapping[str, Any]


def eyesight_sentences(rows: Sequence[Row], language: Language) -> list[str]:
    """What the board and its operator read of `marts.self_test`.

    Args:
        rows: its rows.

    Returns:
        a sentence a matter; one that says that nothing is known yet where there was no trial.
    """
    if not rows:
        return [text("self-test.none", language)]
    told = [_of_change(rows, *matter, language) for matter in TOLD_OF]
    return [*told, *_of_files(rows, language), *_of_canaries(rows, language)]


def _of_change(rows: Sequence[Row], kind: str, indicator: str, months: int, language: Language) -> str:
    """The sharpest and the dullest eye: the least change seen nine times in ten in one unit and in another."""
    own = [row for row in rows if (row["kind"], row["indicator"]) == (kind, indicator)]
    units = {
        row["unit_code"] or row["unit_class"]: row
        for row in own
        if row["within_months"] == months and (row["unit_code"] or row["unit_class"])
    }
    known = sorted((row for row in units.values() if row["least_state"] == "known"), key=lambda row: row["least_size"])
    beyond = [row for row in units.values() if row["least_state"] == "beyond"]
    what: dict[str, Value] = {"what": text(f"self-test.what.{kind}.{indicator}", language), "months": months}
    if not known and not beyond:
        whole = [row for row in own if row["unit_code"] is None and row["unit_class"] is None]
        trials = sum(row["trials"] for row in whole if row["within_months"] == months)
        return text("self-test.unknown", language, trials=trials, **what)
    parts = []
    if known:
        first, *others = known
        parts.append(
            text(
                "self-test.seen",
                language,
                size=_times(first["least_size"], language),
                where=_where(first, language),
                **what,
            )
        )
        if others and not beyond:
            parts.append(_needs(others[-1], first, language))
    if beyond:
        largest = max(row["planted_size"] for row in own)
        where = ", ".join(_where(row, language) for row in beyond[:3])
        key = "self-test.beyond" if known else "self-test.only-beyond"
        parts.append(text(key, language, size=_times(largest, language), where=where, **what))
    unknown = sum(row["least_state"] == "unknown" for row in units.values())
    if unknown:
        parts.append(text("self-test.of-some-unknown", language, n=unknown))
    return "; ".join(parts) + "."


def _needs(row: Row, first: Row, language: Language) -> str:
    same = _rounded(row["least_size"]) == _rounded(first["least_size"])
    key = "self-test.likewise" if same else "self-test.needs"
    return text(key, language, size=_times(row["least_size"], language), where=_where(row, language))


def _where(row: Row, language: Language) -> str:
    if row["unit_class"]:
        return text(f"self-test.class.{row['unit_class']}", language)
    name = str(row["unit_name"] or row["unit_code"])
    return name[0].lower() + name[1:] if language == "vi" else name


def _rounded(size: float) -> float:
    """Upwards, so that nothing is promised that is not seen: to a tenth below 3, to a half above."""
    step = 0.1 if size < 3 else 0.5
    return round(ceil(round(size / step, 6)) * step, 1)


def _times(size: float, language: Language) -> str:
    rounded = _rounded(size)
    if rounded in NAMED:
        return text(f"self-test.size.{NAMED[rounded]}", language)
    return text("self-test.times", language, size=numbers.decimal(rounded, language))


def _of_files(rows: Iterable[Row], language: Language) -> Iterable[str]:
    files = [row for row in rows if row["kind"] == "file"]
    if files:
        trials, seen = sum(row["trials"] for row in files), sum(row["seen"] for row in files)
        yield text("self-test.files", language, trials=trials, seen=seen)


def _of_canaries(rows: Iterable[Row], language: Language) -> Iterable[str]:
    canaries = [row for row in rows if row["kind"] == "canary" and row["last_trials"]]
    if not canaries:
        return
    night = max(row["last_night"] for row in canaries)
    unseen = [row["indicator"] or row["fault"] for row in canaries if not row["last_seen"]]
    if unseen:
        what = ", ".join(text(f"self-test.canary.{one}", language) for one in unseen)
        yield text("self-test.blind", language, night=night, what=what)
    else:
        yield text("self-test.awake", language, night=night)
