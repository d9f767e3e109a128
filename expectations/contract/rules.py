"""The arithmetic a report must keep: each rule one line of data, both sides SQL over the measures' names.

A rule compares what stands in one cell (`found`) with what follows from the other figures (`expected`).
A side with an unknown figure is null, and a rule with a null side is not judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from expectations.contract.forms import FORM_OF, FORMS, MEASURES
from expectations.language.catalogue import Language

Operator = Literal["=", "<="]

_NAME = re.compile(r"[a-z_0-9]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """`found op expected` must hold in each row.

    Attributes:
        code: the problem code it raises.
        form: the form whose row is at fault.
        found: SQL; its first measure is the cell that is pointed at.
        op: "=" or "<=".
        expected: SQL.
        measures: every measure it reads, in the order written.
        forms: the forms it reads; more than one where figures of two forms must agree.
    """

    code: str
    form: str
    found: str
    op: Operator
    expected: str
    measures: tuple[str, ...] = field(init=False, compare=False, repr=False)
    forms: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        names = (name for name in _NAME.findall(f"{self.found} {self.expected}") if name in MEASURES)
        object.__setattr__(self, "measures", tuple(dict.fromkeys(names)))
        object.__setattr__(self, "forms", tuple(dict.fromkeys(FORM_OF[name] for name in self.measures)))

    @property
    def measure(self) -> str:
        """The measure whose cell a problem of this rule points at."""
        return self.measures[0]

    @property
    def holds(self) -> str:
        """The rule as one SQL condition: true, false, or null where it cannot be judged."""
        return f"({self.found}) {self.op} ({self.expected})"

    @property
    def name(self) -> str:
        """A name for tests and reports, e.g. `requests: received_from_away <= received`."""
        return f"{self.form}: {self.found} {self.op} {self.expected}"

    def side(self, text: str, language: Language) -> str:
        """A side of the rule with the measures' labels in place of their names."""
        label = "label_vi" if language == "vi" else "label_en"
        return _NAME.sub(lambda m: f"«{getattr(MEASURES[m[0]], label)}»" if m[0] in MEASURES else m[0], text)


def _signed(form: str, nature: str) -> tuple[str, ...]:
    return tuple(measure.name for measure in FORMS[form].measures if measure.nature == nature)


# The parts that whole figures are made of: where members away work, why members ask to leave, a committee's grade.
PLACES = ("away_in_province", "away_other_province", "away_abroad")
REASONS = ("reason_work_away", "reason_family", "reason_health", "reason_other")
GRADES = ("graded_excellent", "graded_good", "graded_fair", "graded_poor")

_INCREASES = " + ".join(_signed("balance", "increase"))
_DECREASES = " - ".join(_signed("balance", "decrease"))

RULES: tuple[Rule, ...] = (
    Rule("balance-broken", "balance", "members_closing", "=", f"members_opening + {_INCREASES} - {_DECREASES}"),
    Rule(
        "balance-broken",
        "requests",
        "pending_closing",
        "=",
        "pending_opening + received - withdrawn - declined - approved",
    ),
    Rule("parts-exceed-total", "away", " + ".join(PLACES), "=", "away_total"),
    Rule("parts-exceed-total", "away", "away_in_contact + away_out_of_contact", "=", "away_total"),
    Rule("parts-exceed-total", "away", "away_in_private_enterprise", "<=", "away_in_enterprise"),
    Rule("parts-exceed-total", "away", "away_in_enterprise", "<=", "away_total"),
    Rule("parts-exceed-total", "away", "away_temporary_activity + away_exempt", "<=", "away_total"),
    Rule("parts-exceed-total", "away", "away_total", "<=", "members_closing"),
    Rule("parts-exceed-total", "requests", " + ".join(REASONS), "=", "received"),
    Rule("parts-exceed-total", "requests", "received_from_away", "<=", "received"),
    Rule("parts-exceed-total", "regulation_213", "r213_remarked", "<=", "r213_registered"),
    Rule("parts-exceed-total", "regulation_213", "r213_attended", "<=", "r213_registered"),
    Rule("parts-exceed-total", "regulation_213", "r213_registered", "<=", "r213_introduced"),
    Rule("parts-exceed-total", "regulation_213", "r213_introduced", "<=", "r213_subject"),
    Rule("parts-exceed-total", "regulation_213", "r213_exempt", "<=", "r213_subject"),
    Rule("parts-exceed-total", "organisation", "secretary_is_head", "<=", "hamlet_cells"),
    Rule("parts-exceed-total", "organisation", "secretary_head_under_40", "<=", "secretary_is_head"),
    Rule("parts-exceed-total", "organisation", "committees_trained", "<=", "committees"),
    Rule("parts-exceed-total", "organisation", " + ".join(GRADES), "<=", "1"),
    Rule("cross-form-mismatch", "balance", "left_on_request", "=", "approved"),
)

# Measures that the registry tells too: of a commune, the kind of its cells that they count.
IN_REGISTRY = {"hamlet_cells": "hamlet"}
