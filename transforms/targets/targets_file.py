"""The table of targets, a CSV that a person edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from expectations.contract.indicators import INDICATOR_OF, INDICATORS
from expectations.language.catalogue import Message
from transforms.edited_table import Unfit, WrongLine, day_of, one_of, read_edited
from transforms.targets.target import COMPARISONS, KINDS, TARGET_LEVELS, YEARLY, Target

COLUMNS = ("name", "indicator", "comparison", "value", "kind", "level", "source", "valid_from", "valid_to")
MAY_BE_EMPTY = ("valid_to",)


@dataclass(frozen=True, slots=True)
class Targets:
    """The lines that are in order, as they stand, and what is wrong with the others."""

    rows: tuple[Target, ...]
    mistakes: tuple[WrongLine, ...] = ()


def read_targets(text: str) -> Targets:
    """The table out of a CSV with a heading of `COLUMNS`."""
    names: set[str] = set()

    def take(given: Mapping[str, str]) -> Target:
        row = _row(given)
        if row.name.casefold() in names:
            raise Unfit("name", Message("targets.twice", name=row.name))
        names.add(row.name.casefold())
        return row

    rows, mistakes = read_edited(text, COLUMNS, take)
    return Targets(tuple(rows), tuple(mistakes))


def _row(given: Mapping[str, str]) -> Target:
    for column in COLUMNS:
        if not given.get(column) and column not in MAY_BE_EMPTY:
            raise Unfit(column, Message("targets.empty"))
    comparison = one_of(given, "comparison", COMPARISONS)
    target = Target(
        name=given["name"],
        indicator=_indicator(given["indicator"]),
        comparison=comparison,
        value=_value(given["value"], is_more=comparison == ">"),
        kind=one_of(given, "kind", KINDS),
        level=one_of(given, "level", TARGET_LEVELS),
        source=given["source"],
        valid_from=day_of(given, "valid_from"),
        valid_to=day_of(given, "valid_to") if given.get("valid_to") else None,
    )
    _fits_together(target)
    return target


def _fits_together(target: Target) -> None:
    indicator = INDICATOR_OF[target.indicator]
    if target.level not in indicator.levels:
        raise Unfit(
            "level", Message("targets.level", indicator=target.indicator, known=", ".join(reversed(indicator.levels)))
        )
    if target.valid_to is None and target.kind == "dated_level":
        raise Unfit("valid_to", Message("targets.no-day"))
    if target.valid_to is not None and target.valid_to < target.valid_from:
        raise Unfit("valid_to", Message("targets.ends-before", day=f"{target.valid_from}"))
    if target.kind not in YEARLY and indicator.timing == "flow":
        raise Unfit("kind", Message("targets.flow", known=", ".join(sorted(YEARLY))))


def _indicator(name: str) -> str:
    shares = [each.name for each in INDICATORS if each.kind == "share"]
    if name in shares:
        return name
    if name in INDICATOR_OF:
        raise Unfit("indicator", Message("targets.no-share", name=name))
    near = ", ".join(get_close_matches(name, shares, n=3)) or ", ".join(shares)
    raise Unfit("indicator", Message("targets.no-indicator", name=name, near=near))


def _value(text: str, *, is_more: bool) -> float:
    """A share as 95%, 95,5 % or 0.95; never a bare 95, which might be either."""
    is_percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        raise Unfit("value", Message("targets.no-number", value=text)) from None
    share = number / 100 if is_percent else number
    if not 0 < share <= 1:  # nor NaN
        raise Unfit("value", Message("targets.no-number", value=text))
    if is_more and share == 1:
        raise Unfit("value", Message("targets.more-than-all"))
    return share
