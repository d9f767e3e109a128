"""The table of pilots, a CSV that a person edits; the lines of one name are one pilot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from expectations.contract.indicators import INDICATOR_OF, INDICATORS, Indicator
from expectations.language.catalogue import Message
from transforms.edited_table import Unfit, WrongLine, day_of, one_of, read_edited
from transforms.pilots.pilot import CHOSEN, Outcome, Pilot

COLUMNS = ("name", "what", "units", "from", "to", "chosen", "drawn_from", "outcomes", "written_on")
MAY_BE_EMPTY = ("to", "drawn_from")
_APART = re.compile(r"[\s;,]+")


@dataclass(frozen=True, slots=True)
class Pilots:
    """The pilots in order, and what is wrong with other lines."""

    rows: tuple[Pilot, ...]
    mistakes: tuple[WrongLine, ...] = ()


def is_outcome(indicator: Indicator) -> bool:
    """Whether a pilot can be judged by it: a count against something, month by month."""
    return indicator.has_trend and indicator.kind in ("rate", "share")


def read_pilots(text: str) -> Pilots:
    """The table out of a CSV with a heading of `COLUMNS`.

    A further line of a name adds units that begin on another day, or outcomes; what it says else must agree.
    """
    known: dict[str, Pilot] = {}

    def take(given: Mapping[str, str]) -> None:
        line = _line(given)
        key = line.name.casefold()
        known[key] = _joined(known[key], line) if key in known else line

    _, mistakes = read_edited(text, COLUMNS, take)
    return Pilots(tuple(known.values()), tuple(mistakes))


def _line(given: Mapping[str, str]) -> Pilot:
    for column in COLUMNS:
        if not given.get(column) and column not in MAY_BE_EMPTY:
            raise Unfit(column, Message("pilots.empty"))
    begins = day_of(given, "from")
    ends = day_of(given, "to") if given.get("to") else None
    if ends is not None and ends < begins:
        raise Unfit("to", Message("targets.ends-before", day=f"{begins}"))
    written = day_of(given, "written_on")
    units = _codes(given["units"])
    strata = tuple(_codes(part) for part in (given.get("drawn_from") or "").split("|") if part.strip())
    among = [code for group in strata for code in group]
    if strata and (lost := [code for code in units if code not in among]):
        raise Unfit("drawn_from", Message("pilots.not-drawn", units=", ".join(lost)))
    if len(set(among)) < len(among) or len(set(units)) < len(units):
        raise Unfit("drawn_from" if len(set(units)) == len(units) else "units", Message("pilots.unit-twice"))
    return Pilot(
        name=given["name"],
        what=given["what"],
        starts=((begins, units),),
        ends=ends,
        chosen=one_of(given, "chosen", CHOSEN),
        strata=strata,
        outcomes=_outcomes(given["outcomes"], written),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _APART.split(text.strip())))


def _outcomes(text: str, written: date) -> tuple[Outcome, ...]:
    names = [one.name for one in INDICATORS if is_outcome(one)]
    for name in _codes(text):
        if name not in INDICATOR_OF or not is_outcome(INDICATOR_OF[name]):
            near = ", ".join(get_close_matches(name, names, n=3)) or ", ".join(names)
            raise Unfit("outcomes", Message("pilots.no-outcome", name=name, near=near))
    return tuple(Outcome(name, written) for name in dict.fromkeys(_codes(text)))


def _joined(pilot: Pilot, line: Pilot) -> Pilot:
    """A pilot with what a further line of its name adds."""
    for column in ("ends", "chosen", "strata"):
        if getattr(pilot, column) != getattr(line, column):
            told = {"ends": "to", "strata": "drawn_from"}.get(column, column)
            raise Unfit(told, Message("pilots.disagrees", name=pilot.name))
    has = {outcome.indicator for outcome in pilot.outcomes}
    outcomes = (*pilot.outcomes, *(one for one in line.outcomes if one.indicator not in has))
    if line.starts[0] in pilot.starts:
        return replace(pilot, outcomes=outcomes)
    (begins, units), *_ = line.starts
    if set(units) & set(pilot.units):
        raise Unfit("units", Message("pilots.unit-twice"))
    starts = dict(pilot.starts)
    starts[begins] = (*starts.get(begins, ()), *units)
    return replace(pilot, starts=tuple(sorted(starts.items())), outcomes=outcomes)
