"""Likely causes: what one slip of the hand explains of a file's figures; told before its problems, one line each."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contract.problems import CODES, label_of
from expectations.language.catalogue import Joined, Language, Message, PeriodCode, Value, text

CAUSE_FIELDS = ("cause", "form", "measures", "units", "period", "rows", "message_vi", "message_en")
"""What is told of a cause, wherever causes are rows: in the ledger, and as `check --json` prints them."""

CAUSES = ("period-doubtful", "columns-swapped", "rows-shifted", "block-twice", "factor-of-ten")
"""In the order in which they are told. Those that are problem codes reject the file; the others stand beside what
the rules say of it."""

_MOST_NAMED = 5  # units in a line


@dataclass(frozen=True, slots=True)
class Cause:
    """What most likely happened to a file.

    Attributes:
        cause: one of `CAUSES`.
        rows: how many rows it explains.
        way: which way it happened, where a cause has several: a part of its key in the catalogue.
        form: the form's name, "" where the whole file is meant.
        measures: the columns it is about.
        units: codes of the cells or communes it is about, none where it is of whole columns.
        places: rows of the sheet, the first and the last or each, or the names of units.
        period: the month the figures are of, "" where none is meant.
    """

    cause: str
    rows: int
    way: str = ""
    form: str = ""
    measures: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    period: str = ""

    @property
    def is_code(self) -> bool:
        return self.cause in CODES

    def says(self, language: Language) -> str:
        """The cause in one line."""
        labels = tuple(text("cause.column", language, name=label_of(name, language)) for name in self.measures)
        key = ".".join(filter(None, ("cause", self.cause, self.way)))
        return text(
            key,
            language,
            rows=self.rows,
            form=label_of(self.form, language),
            columns=Joined(labels),
            first=labels[0] if labels else "",
            last=labels[-1] if labels else "",
            places=_named(self.places),
            start=self.places[0] if self.places else "",
            end=self.places[-1] if self.places else "",
            period=PeriodCode(self.period) if self.period else "",
        )


def _named(names: tuple[str, ...]) -> Value:
    """The first few, and how many more."""
    some = Joined(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return Message("cause.more", some=some, n=more) if more > 0 else some
