"""The problem codes: severity, what each says in Vietnamese and English, and what the sender should do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from expectations.contract.forms import FORMS, MEASURES
from expectations.contract.rules import Rule
from expectations.language import numbers
from expectations.language.catalogue import Language, text

Severity = Literal["error", "warning"]

PROBLEM_FIELDS = (
    "code",
    "severity",
    "form",
    "sheet",
    "cell_ref",
    "unit_code",
    "measure",
    "found",
    "expected",
    "message_vi",
    "message_en",
)
"""What is told of a problem, wherever problems are rows: staged, in the ledger, and as `check --json` prints them."""


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem; what it says stands in the catalogue as `problem.<code>`, what to do as `problem.<code>.mend`.

    Attributes:
        severity: an error rejects the file, a warning is kept with it.
        waivable: whether the board may let such a file in all the same (its figures could be read).
        is_of_time: whether found and expected are days or periods, by their codes.
        is_of_arrival: whether it says how the file came and nothing of its figures: an accepted file with nothing else
            gives its sender nothing to look at.
        is_kept: whether the bytes of such a file may be kept and opened again; not where they list people, nor where
            they could not be looked through for people.
        variants: further meanings of it, each with a sentence of its own: `problem.<code>.<variant>`.
    """

    severity: Severity
    waivable: bool = False
    is_of_time: bool = False
    is_of_arrival: bool = False
    is_kept: bool = True
    variants: tuple[str, ...] = ()


CODES: dict[str, Code] = {
    "unknown-district": Code("error"),
    "unsupported-format": Code("error", is_kept=False),
    "unreadable-file": Code("error", is_kept=False),
    "empty-file": Code("error"),
    "encrypted-file": Code("error", is_kept=False),
    "file-too-large": Code("error", is_kept=False),
    "unknown-form": Code("error"),
    "missing-form": Code("error", variants=("blank",)),
    "missing-column": Code("error"),
    "ambiguous-column": Code("error"),
    "truncated-file": Code("error"),
    "period-invalid": Code("error"),
    "wrong-district": Code("error"),
    "wrong-template": Code("error"),
    "unknown-unit": Code("error"),
    "duplicate-unit": Code("error"),
    "not-a-count": Code("error"),
    "negative-count": Code("error"),
    "balance-broken": Code("error", waivable=True),
    "parts-exceed-total": Code("error", waivable=True),
    "cross-form-mismatch": Code("error", waivable=True),
    "personal-data": Code("error", is_kept=False),
    "incomplete-report": Code("error", waivable=True),
    "columns-swapped": Code("error", waivable=True),
    "period-doubtful": Code("error", waivable=True, is_of_time=True),
    "late": Code("warning", is_of_time=True, is_of_arrival=True),
    "missing-unit": Code("warning"),
    "total-mismatch": Code("warning", waivable=True, variants=("registry",)),
    "opening-mismatch": Code("warning", waivable=True),
    "copied-period": Code("warning", is_of_time=True),
    "file-name-period": Code("warning", is_of_time=True, is_of_arrival=True),
    "resubmission": Code("warning", is_of_time=True, is_of_arrival=True),
}
TO_LOOK_AT = tuple(name for name, code in CODES.items() if code.severity == "warning" and not code.is_of_arrival)
"""The warnings of an accepted file of which its sender hears."""

NOT_KEPT = tuple(code for code, kind in CODES.items() if not kind.is_kept)
"""The codes of files whose bytes are kept nowhere: a reduced name, the size, the hash and the reason are."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found, and where.

    Attributes:
        code: a key of `CODES`.
        form: the form's name, "" where the whole file is meant.
        sheet: the sheet's name, or a zip member's, "" where none is meant.
        cell_ref: as `C14`, the physical column and row; "" where none is meant.
        unit_code: the cell's or commune's code, "" where none is meant.
        unit: the unit as the sender wrote it or as the registry has it.
        measure: the measure's name, "" where none is meant.
        found, expected: as text.
        rule: the rule that was broken, None for problems that are no rule's.
        variant: which of its code's further meanings it has; mostly "".
    """

    code: str
    form: str = ""
    sheet: str = ""
    cell_ref: str = ""
    unit_code: str = ""
    unit: str = ""
    measure: str = ""
    found: str = ""
    expected: str = ""
    rule: Rule | None = None
    variant: str = ""

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    def says(self, language: Language) -> str:
        """The problem and what to do about it, two sentences."""
        values = {
            "unit": self.unit or self.unit_code,
            "measure": label_of(self.measure, language),
            "found": value_of(self.code, self.found, language),
            "expected": value_of(self.code, self.expected, language),
            "found_label": self.rule.side(self.rule.found, language) if self.rule else "",
            "expected_label": self.rule.side(self.rule.expected, language) if self.rule else "",
        }
        code = f"{self.code}.{self.variant}" if self.variant else self.code
        return " ".join(text(f"problem.{code}{part}", language, **values) for part in ("", ".mend"))


def value_of(code: str, said: str, language: Language) -> str:
    """What a problem found or expected, as a person reads it: a day, a period, a measure or a form in words."""
    if code in CODES and CODES[code].is_of_time:
        return numbers.by_code(said, language)
    return label_of(said, language)


def label_of(name: str, language: Language) -> str:
    """The label of a measure or form, any other text as it stands."""
    declared = MEASURES.get(name) or FORMS.get(name)
    if declared is None:
        return name
    return declared.label_vi if language == "vi" else declared.label_en
