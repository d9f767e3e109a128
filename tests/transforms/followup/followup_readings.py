"""Readings and acts, as short as they can be written."""

from __future__ import annotations

from datetime import date

from transforms.followup.item import ItemAct, MatterReading
from transforms.followup.life import Heirs
from transforms.followup.thresholds import Thresholds

THRESHOLDS = Thresholds()
NOBODY = Heirs()
DISTRICT, COMMUNE, OTHER = "871", "30001@2025-07-01", "30037@2025-07-01"
KIND = "r213-not-registered"
ID = f"871-{KIND}-2021-H1"


def night(number: int) -> date:
    """The nights are 5ths of months, from July 2021 on."""
    return date(2021 + (6 + number) // 12, (6 + number) % 12 + 1, 5)


def said(
    number: int,
    stands: bool = True,
    *,
    unit: str = DISTRICT,
    kind: str = KIND,
    period: str = "2021-H1",
    matter: str = "",
    count: int = 5,
    due_on: date | None = None,
) -> MatterReading:
    """What a night says of a matter."""
    return MatterReading(
        night=night(number),
        unit_id=unit,
        kind=kind,
        matter=matter,
        period=period,
        seen_on=night(number),
        stands=stands,
        least=count,
        most=count,
        base=100,
        due_on=due_on,
    )


def did(act_id: int, action: str, after: int, item: str = ID, **more: str) -> ItemAct:
    """What a person did, the day after a night."""
    at = night(after)
    return ItemAct(act_id, at, at, f"{at}T09:00:00", "Lan", f"followup-{action}", item, **more)
