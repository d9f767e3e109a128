"""How much an alert matters: from the size of the effect and the strength of the evidence, by a table."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.alerts.alert import TESTED, AlertFinding, Severity

RANK: dict[Severity, int] = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Grade:
    """A row of the table: all three must hold.

    Attributes:
        severity: what it makes it.
        q_at_most: false discovery rate; facts that were not tested count as 0.
        factor_at_least: observed over expected, turned round for a fall.
        excess_at_least: people or requests more, or fewer, than expected.
    """

    severity: Severity
    q_at_most: float
    factor_at_least: float
    excess_at_least: float


GRADES = (
    Grade("high", 0.01, 2.0, 5),
    Grade("high", 0.01, 1.25, 30),
    Grade("medium", 0.1, 1.5, 3),
    Grade("medium", 0.1, 1.1, 10),
)
"""The first row that holds counts; an alert that none fits is low. A doubling of five requests matters as much as a
quarter more of a hundred people away."""

FACTS: dict[str, tuple[Severity, ...]] = {"late": ("low", "medium", "high"), "implausible": ("medium",)}
"""Of facts without a size, by the number of months concerned; the last holds for all beyond."""


def severity_of(finding: AlertFinding, months: int) -> Severity:
    """The severity of a part.

    Args:
        finding: its last finding.
        months: how many months signal.
    """
    if steps := FACTS.get(finding.kind):
        return steps[min(max(months, 1), len(steps)) - 1]
    if finding.observed is None or finding.expected is None:
        return "low"
    excess = abs(finding.observed - finding.expected)
    least, most = sorted((max(finding.observed, 0.0), max(finding.expected, 0.0)))
    factor = most / least if least > 0 else float("inf")
    q = 1.0 if finding.q_value is None and finding.kind in TESTED else finding.q_value or 0.0
    for grade in GRADES:
        if q <= grade.q_at_most and factor >= grade.factor_at_least and excess >= grade.excess_at_least:
            return grade.severity
    return "low"
