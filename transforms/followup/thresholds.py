"""From when on a figure is a matter, and how long there is to act: what the settings decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TARGET = 0.95


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares and days.

    Attributes:
        targets: the board's own target share of each step of Regulation 213, by its name; 95 % unless set.
        level: chance alone opens an item of Regulation 213 in at most this share of the communes.
        fall: a share that fell by so much is a matter.
        away_share: away without a form of activity is a matter where more than this share is certain.
        contact_share: out of contact, in each of two months running.
        small_count: smaller counts are single people and no matter; sensitive ones below it are told as "fewer than" it
            in communes.
        pending_days: requests are old, and a matter, from so many days on.
        mentioned_days: how many have waited so long is said besides.
        register_days, days: to act, from the night the item opens: on introductions and registering; on the rest.
    """

    targets: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    level: float = 0.05
    fall: float = 0.10
    away_share: float = 0.6
    contact_share: float = 0.20
    small_count: int = 3
    pending_days: int = 90
    mentioned_days: int = 30
    register_days: int = 30
    days: int = 30

    def target(self, step: str) -> float:
        """The target share of a step."""
        return self.targets.get(step, TARGET)
