"""From when on a figure is a matter, and how long there is to act: what the settings decide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares and days.

    Attributes:
        r213_share: a gap of Regulation 213 is a matter where more than this share is certain; 0: any.
        away_share: away without a form of activity, likewise.
        contact_share: out of contact, in each of two months running.
        small_count: smaller counts of members away are single people and no matter; sensitive ones below it are told
            as "fewer than" it in communes.
        pending_days: requests are old, and a matter, from so many days on.
        mentioned_days: how many have waited so long is said besides.
        register_days, days: to act, from the night the item opens: on introductions and registering; on the rest.
    """

    r213_share: float = 0.0
    away_share: float = 0.6
    contact_share: float = 0.20
    small_count: int = 3
    pending_days: int = 90
    mentioned_days: int = 30
    register_days: int = 30
    days: int = 30
