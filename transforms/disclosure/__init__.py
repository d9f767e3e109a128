"""Small counts of communes hidden by year, and enough others with them that none can be worked out."""

from transforms.disclosure.moves import FLOWS, SENSITIVE
from transforms.disclosure.protect import Protected, area_months, last_released_year, protect

__all__ = ["FLOWS", "SENSITIVE", "Protected", "area_months", "last_released_year", "protect"]
