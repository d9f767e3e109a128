"""Who carries out what people did in the portal, where a test says when."""

from __future__ import annotations

from flows.portal.desk import CarryingOut


class ByTheTest(CarryingOut):
    """Counts how often it is asked, and leaves it to the test, in its own process, by `run_carry_out`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def ask(self) -> None:
        self.asked += 1
