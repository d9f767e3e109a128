"""An alert told in three sentences: what was seen, since when and how sure, what drives it and what to check first."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contract.periods import Period
from expectations.language.catalogue import LANGUAGES, Language, PeriodCode, Value, text
from transforms.alerts.alert import TESTED, Alert, AlertFinding, Part
from transforms.alerts.drivers import Component, Drivers, Share
from transforms.alerts.leading import leading
from transforms.alerts.numbers import Numbers
from transforms.alerts.phrases import COMPONENTS, STOCKS, hides_small, noun
from transforms.watch.report_surprises import FLAT_MONTHS

HOW_SEEN = frozenset(
    {
        "change",
        "shift",
        "silence",
        "late",
        "partial",
        "restated",
        "opening-mismatch",
        "copied-period",
        "identical",
        "flat",
        "implausible",
    }
)
"""The first sentences, by the remark of what found it, else by kind."""
CHECKS = frozenset(
    {
        "province",
        *(
            f"{family}-{way}"
            for family in ("requests", "away", "contact", "activity", "members")
            for way in ("up", "down")
        ),
        "late",
        "restated",
        "implausible",
    }
)
"""What to look at first, by family and direction, or by kind."""
ENDS_OF_KINDS = frozenset({"returned-implausible"})
"""Resolutions that need other words for a kind."""


def explain(alert: Alert, drivers: Drivers, small_count: int) -> tuple[str, str]:
    """The alert in Vietnamese and English, three sentences each.

    Nothing is said that the figures do not show: where the excess lies is counted, why it is there is for people to
    find. Of a commune, sensitive counts below `small_count` are told as "fewer than" it.

    Args:
        alert: any.
        drivers: where the excess lies; an empty one says that it is not known.
        small_count: the setting.
    """
    vi, en = (_Telling(alert, drivers, small_count, language).text() for language in LANGUAGES)
    return vi, en


@dataclass(frozen=True)
class _Telling:
    """One alert in one language."""

    alert: Alert
    drivers: Drivers
    small_count: int
    language: Language

    @property
    def part(self) -> Part:
        return leading(self.alert)

    @property
    def told(self) -> AlertFinding:
        """The finding that is told: the clearest of the part that tells most."""
        return self.part.clearest

    def text(self) -> str:
        return " ".join(f"{_capital(sentence)}." for sentence in (self._seen(), self._since(), self._driven()))

    def _say(self, key: str, **values: Value) -> str:
        return text(key, self.language, **values)

    def _numbers(self, is_commune: bool) -> Numbers:
        hides = is_commune and hides_small("commune", self.alert.key.family, self.told.indicator)
        return Numbers(self.language, self.small_count if hides else None)

    def _seen(self) -> str:
        told, numbers = self.told, self._numbers(self.told.level == "commune")
        return self._say(
            f"explain.seen.{self._how_seen()}",
            when=self._when(),
            months=self._months(),
            unit=told.unit_name,
            noun=self._noun(told.indicator),
            observed=numbers.count(told.observed),
            interval=numbers.interval(told.lower, told.upper, is_fall=told.direction == "down"),
            expected=numbers.expected(told.expected) if told.kind in TESTED else numbers.count(told.expected),
            flat=FLAT_MONTHS,
        )

    def _how_seen(self) -> str:
        told = self.told
        if told.note in HOW_SEEN:
            return told.note
        return "shift" if told.kind == "silence" and told.observed else told.kind

    def _noun(self, indicator: str) -> str:
        return noun(indicator, self.language)

    def _when(self) -> str:
        told = self.told
        if told.kind == "shift" and told.indicator in STOCKS:
            return self._say("explain.until", month=PeriodCode(told.period))
        if told.first_period == told.period or told.indicator in STOCKS:
            return self._say("explain.in", month=PeriodCode(told.period))
        return self._say(
            "explain.span" if told.kind == "silence" else "explain.run",
            n=_months_from(told.first_period, told.period),
            last=PeriodCode(told.period),
        )

    def _months(self) -> str:
        months = [
            self._say("explain.month", month=PeriodCode(p)) for p in sorted(self.part.signals or {self.told.period})
        ]
        return self._list(months)

    def _list(self, items: list[str]) -> str:
        return items[0] if len(items) == 1 else ", ".join(items[:-1]) + self._say("explain.and") + items[-1]

    def _since(self) -> str:
        alert = self.alert
        end = ""
        if alert.status == "resolved" and alert.resolution and alert.resolved_on:
            own = f"{alert.resolution}-{self.told.kind}"
            how = own if own in ENDS_OF_KINDS else alert.resolution
            end = self._say(f"explain.end.{how}", day=alert.resolved_on)
        return self._say(
            "explain.since", first=PeriodCode(alert.first_period), opened=alert.opened_on, end=end, sure=self._sure()
        )

    def _sure(self) -> str:
        told, numbers = self.told, Numbers(self.language, None)
        q, p = told.q_value, told.p_value
        if told.kind not in TESTED or (q is None and p is None):
            return self._say("explain.sure.fact")
        if q is not None and q < 0.001:
            return self._say("explain.sure.sure")
        if q is not None and q < 0.5:
            return self._say("explain.sure.likely", n=numbers.one_in(q))
        return self._say("explain.sure.weak", n=numbers.one_in(1.0 if p is None else p))

    def _driven(self) -> str:
        return self._say(
            "explain.driven.first", driven=self._where() + self._component() + self._besides(), check=self._check()
        )

    def _where(self) -> str:
        told = self.told
        if told.scope == "province":
            return self._say("explain.driven.province")
        if told.kind not in TESTED or told.level == "commune":
            return self._say(
                "explain.driven.report" if told.kind not in TESTED else "explain.driven.own", unit=told.unit_name
            )
        move = self._say("explain.rise" if told.direction == "up" else "explain.fall")
        if not self.drivers.is_known:
            return self._say("explain.driven.unknown")
        if not self.drivers.shares:
            return _capital(self._say("explain.driven.spread", move=move))
        numbers = self._numbers(is_commune=True)
        shares = nameable(self.drivers.shares, told.observed, numbers.small_count)
        if not shares:
            return _capital(self._say("explain.driven.small", move=move))
        names = [f"{share.unit_name} ({numbers.count(share.observed)})" for share in shares]
        # The fewest that carry half are given: without one of them the others carry less.
        is_most = self.drivers.is_most and shares == self.drivers.shares
        return self._say(
            "explain.driven.most" if is_most else "explain.driven.much", move=move, names=self._list(names)
        )

    def _component(self) -> str:
        part = self.drivers.component
        if part is None or self.told.indicator not in COMPONENTS:
            return ""
        numbers = self._numbers(self.told.level == "commune")
        words: dict[str, Value] = {
            "noun": self._noun(COMPONENTS[self.told.indicator]),
            "observed": numbers.count(part.observed),
        }
        if self._fits_whole(part):
            return self._say("explain.driven.component", **words, expected=numbers.expected(part.expected))
        return self._say("explain.driven.component-alone", **words)

    def _fits_whole(self, part: Component) -> bool:
        """Whether a part is usually no more than its whole, whose usual count is worked out in another way."""
        return self.told.expected is None or part.expected <= self.told.expected

    def _besides(self) -> str:
        told = self.told
        said = {told.indicator, COMPONENTS.get(told.indicator) if self.drivers.component else None}
        others = [
            part.last.indicator
            for part in self.alert.parts
            if part.last.unit_id == told.unit_id and part.last.indicator not in said
        ]
        if not others or told.kind not in TESTED:
            return ""
        return self._say(
            "explain.driven.besides", noun=self._list([self._noun(name) for name in dict.fromkeys(others)])
        )

    def _check(self) -> str:
        told = self.told
        keys = ("province" if told.scope == "province" else "", told.kind, f"{told.family}-{told.direction}")
        first = next(key for key in (*keys, "implausible") if key in CHECKS)
        return self._say(f"explain.check.{first}")


def nameable(shares: tuple[Share, ...], observed: float | None, hidden: int | None) -> tuple[Share, ...]:
    """The communes that may be named with what they count.

    Those with a small count only where the district's count, less what is told of others, leaves room for each to
    have any small count: else it could be worked out.

    Args:
        observed: the district's count.
        hidden: counts from 1 below it are not told; null: all are.
    """
    if hidden is None:
        return shares
    told = tuple(share for share in shares if not 1 <= round(share.observed) < hidden)
    left = (observed or 0) - sum(share.observed for share in told)
    return shares if left >= (hidden - 1) * (len(shares) - len(told)) else told


def _months_from(first: str, last: str) -> int:
    """How many months lie between two and with them."""
    return Period.parse(last).number - Period.parse(first).number + 1


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
