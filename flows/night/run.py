"""Which night a run stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flows.night.collect import File
from warehouse.ledger.nights import NightKind


@dataclass(frozen=True, slots=True)
class Run:
    """A night, a backfill or a second look at rejected files.

    Attributes:
        kind: as the ledger keeps it.
        as_of: the night all its files stand for; None where each stands for the night of its own day.
        started: when it began, for the ledger.
    """

    kind: NightKind
    as_of: date | None
    started: datetime

    @property
    def is_second_look(self) -> bool:
        """Whether its files were taken in before, and are judged again because the registry knows more by now."""
        return self.kind == "registry"

    def night_of(self, file: File) -> date:
        return self.as_of or file.received_on
