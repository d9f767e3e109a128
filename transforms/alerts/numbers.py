"""Numbers as people read them: rounded to what is known, in the language's way, small ones hidden where they must."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from expectations.language import numbers
from expectations.language.catalogue import Language, text


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written.

    Attributes:
        language: "vi" or "en".
        small_count: counts from 1 below it are told as "fewer than" it; None tells all.
    """

    language: Language
    small_count: int | None

    def count(self, value: float | None) -> str:
        """A count of people or requests; "?" where it is not known."""
        if value is None:
            return "?"
        whole = round(value)
        if self.small_count and 1 <= whole < self.small_count:
            return self._few()
        return self._count(whole)

    def expected(self, value: float | None) -> str:
        """What was expected: a whole number, since no more is known of it."""
        if value is None:
            return "?"
        if self.small_count and value < self.small_count:
            return self._few()
        if value < 0.75:
            return text("number.below_one", self.language)
        return text("number.about", self.language, number=self._count(round(value)))

    def interval(self, lower: float | None, upper: float | None, *, is_fall: bool) -> str:
        """The counts that are not out of the ordinary, as a remark in brackets; empty where there is no bound.

        Of a fall, too, where the lower bound may not be told: the upper one alone would call it ordinary.
        """
        least = 0 if lower is None else max(ceil(lower - 1e-9), 0)
        if self.small_count and least < self.small_count:
            if least and is_fall:
                return ""
            least = 0
        if upper is None:
            return text("number.at_least", self.language, lower=self._count(least)) if least else ""
        most = max(floor(upper + 1e-9), 0)
        if self.small_count and most < self.small_count:
            return f" ({self._few()})"
        if not least:
            return text("number.at_most", self.language, upper=self._count(most))
        return text("number.between", self.language, lower=self._count(least), upper=self._count(most))

    def one_in(self, chance: float) -> str:
        """The n of "one in n", to one figure: 2, 3, 20, 500."""
        n = max(1 / max(chance, 1e-9), 2.0)
        step = 10 ** floor(min(len(str(int(n))) - 1, 9))
        return self._count(int(round(n / step) * step))

    def _few(self) -> str:
        return text("number.few", self.language, k=self.small_count)

    def _count(self, value: int) -> str:
        return numbers.count(value, self.language)
