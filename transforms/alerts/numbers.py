"""Numbers as people read them: rounded to what is known, in the language's way, small ones hidden where they must."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

from transforms.alerts.phrases import WORDS


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written.

    Attributes:
        language: "vi" or "en".
        small_count: counts from 1 below it are told as "fewer than" it; None tells all.
    """

    language: Literal["vi", "en"]
    small_count: int | None

    def count(self, value: float | None) -> str:
        """A count of people or requests; "?" where it is not known."""
        if value is None:
            return "?"
        whole = round(value)
        if self.small_count and 1 <= whole < self.small_count:
            return self._few()
        return self._grouped(whole)

    def expected(self, value: float | None) -> str:
        """What was expected: a whole number, since no more is known of it."""
        if value is None:
            return "?"
        if self.small_count and value < self.small_count:
            return self._few()
        if value < 0.75:
            return self._word("below_one")
        return self._word("about", number=self._grouped(round(value)))

    def interval(self, lower: float | None, upper: float | None) -> str:
        """The counts that are not out of the ordinary, as a remark in brackets; empty where there is no bound."""
        least = 0 if lower is None else max(ceil(lower - 1e-9), 0)
        if self.small_count and least < self.small_count:
            least = 0
        if upper is None:
            return self._word("at_least", lower=self._grouped(least)) if least else ""
        most = max(floor(upper + 1e-9), 0)
        if self.small_count and most < self.small_count:
            return f" ({self._few()})"
        if not least:
            return self._word("at_most", upper=self._grouped(most))
        return self._word("between", lower=self._grouped(least), upper=self._grouped(most))

    def one_in(self, chance: float) -> str:
        """The n of "one in n", to one figure: 2, 3, 20, 500."""
        n = max(1 / max(chance, 1e-9), 2.0)
        step = 10 ** floor(min(len(str(int(n))) - 1, 9))
        return self._grouped(int(round(n / step) * step))

    def _few(self) -> str:
        return self._word("few", k=self.small_count)

    def _word(self, key: str, **words: object) -> str:
        return WORDS[key][self.language == "en"].format(**words)

    def _grouped(self, value: int) -> str:
        return f"{value:,}".replace(",", "." if self.language == "vi" else ",")
