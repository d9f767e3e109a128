"""The contract's rules as a workbook's formulas: what a row's check says, and which cells turn red."""

from __future__ import annotations

import re
from collections.abc import Mapping

from expectations.contract.forms import FORM_OF, MEASURES
from expectations.contract.rules import RULES, Rule
from expectations.language.catalogue import Language, text
from transforms.reading.sheets import column_letters
from transforms.template.layout import OPENINGS, FormLayout

_NAME = re.compile(r"[a-z_0-9]+")
_MANY = 3  # measures of a side that are told by name
_ROW = "\x03"  # stands for a row's number until there is one
_FOUND, _EXPECTED = "\x01", "\x02"  # stand for a side's value until the sentence becomes a formula


class RowChecks:
    """The formulas of one form's rows.

    A formula is put together once, for no row, and given a row's number where it is asked for. Figures of another form
    stand in the same row of its sheet, and are reached by a defined name, since conditional formats of older programs
    may not name another sheet.
    """

    def __init__(self, layout: FormLayout, layouts: Mapping[str, FormLayout], language: Language) -> None:
        self.layout, self._layouts, self._language = layout, layouts, language
        self.rules = [rule for rule in RULES if layout.form.name in rule.forms and self._stands(rule)]
        self._said = self._judged()

    def _stands(self, rule: Rule) -> bool:
        """Whether all forms of a rule are there, and their rows the same."""
        forms = [self._layouts.get(form) for form in rule.forms]
        return all(one is not None and one.groups == self.layout.groups for one in forms)

    def said(self, row: int) -> str:
        """What the check of a row says, as a formula: the first thing that is wrong, or that all is right."""
        return f"={_in_row(self._said, row)}"

    def word(self, key: str) -> str:
        """One of the check's fixed words, as it stands in a formula."""
        return _quoted(text(f"template.check.{key}", self._language))

    def broken(self, rule: Rule, row: int) -> str:
        """Formula: a rule can be judged in a row, and is broken."""
        return _in_row(self._broken(rule), row)

    def no_count(self, measure: str, row: int) -> str:
        """Formula: what stands in a cell is no count."""
        at = _in_row(self._ref(measure), row)
        return f'IF({at}="",FALSE,IF(ISNUMBER({at}),OR({at}<0,{at}<>INT({at})),TRUE))'

    def gap(self, measure: str, row: int) -> str:
        """Formula: a cell is blank in a row that is not."""
        return _in_row(f'AND({self._ref(measure)}="",NOT({self._is_blank()}))', row)

    def pointed_at(self, rule: Rule) -> str:
        """The measure of this form whose cell shows that a rule is broken."""
        return next(name for name in rule.measures if FORM_OF[name] == self.layout.form.name)

    def _judged(self) -> str:
        formula = f'"{self.word("right")}"'
        for rule in reversed(self.rules):
            formula = f"IF({self._broken(rule)},{self._reason(rule)},{formula})"
        formula = f'IF({self._holds_no_counts()},"{self.word("not-a-count")}",{formula})'
        formula = f'IF({self._blanks(self.layout.form.names)}>0,"{self.word("gaps")}",{formula})'
        return f'IF({self._is_blank()},"{self.word("blank")}",{formula})'

    def _is_blank(self) -> str:
        """Formula: nothing but the opening stands in a row."""
        entries = [name for name in self.layout.form.names if name not in OPENINGS]
        return f"{self._blanks(entries)}={len(entries)}"

    def _broken(self, rule: Rule) -> str:
        refs = [self._ref(name) for name in rule.measures]
        holds = f"({self._side(rule.found)}){rule.op}({self._side(rule.expected)})"
        return f"IF(COUNT({','.join(refs)})={len(refs)},NOT({holds}),FALSE)"

    def _holds_no_counts(self) -> str:
        names = self.layout.form.names
        area = f"${self.layout.letters(names[0])}{_ROW}:${self.layout.letters(names[-1])}{_ROW}"
        return f"IF(COUNT({area})<{len(names)},TRUE,OR(MIN({area})<0,SUMPRODUCT(ABS({area}-INT({area})))>0))"

    def _blanks(self, names: list[str] | tuple[str, ...]) -> str:
        """Formula: how many of some measures are blank."""
        columns = sorted(self.layout.column(name) for name in names)
        firsts = [column for column in columns if column - 1 not in columns]
        lasts = [column for column in columns if column + 1 not in columns]
        areas = [
            f"COUNTBLANK(${column_letters(first + 1)}{_ROW}:${column_letters(last + 1)}{_ROW})"
            for first, last in zip(firsts, lasts, strict=True)
        ]
        return "+".join(areas)

    def _ref(self, measure: str) -> str:
        if FORM_OF[measure] == self.layout.form.name:
            return f"${self.layout.letters(measure)}{_ROW}"
        return f"INDEX({column_name(measure)},ROW())"

    def _side(self, side: str) -> str:
        return _NAME.sub(lambda m: self._ref(m[0]) if m[0] in MEASURES else m[0], side).replace(" ", "")

    def _reason(self, rule: Rule) -> str:
        """A sentence of the catalogue as a formula that puts it together with the sides' values."""
        values = {
            "found": side_named(rule, rule.found, self._language),
            "found_value": _FOUND,
            "expected": side_named(rule, rule.expected, self._language),
            "expected_value": _EXPECTED,
        }
        key = "template.check.equal" if rule.op == "=" else "template.check.at-most"
        sentence = text(key, self._language, **values)
        sides = {_FOUND: rule.found, _EXPECTED: rule.expected}
        parts = [part for part in re.split(f"([{_FOUND}{_EXPECTED}])", sentence) if part]
        return "&".join(f"({self._side(sides[p])})" if p in sides else f'"{_quoted(p)}"' for p in parts)


def column_name(measure: str) -> str:
    """The defined name of a measure's column."""
    return f"mobility_{measure}"


def names_needed(checks: list[RowChecks]) -> list[str]:
    """The measures that formulas of another form's sheet read."""
    read = {
        name for one in checks for rule in one.rules for name in rule.measures if FORM_OF[name] != one.layout.form.name
    }
    return sorted(read)


def side_named(rule: Rule, side: str, language: Language) -> str:
    """A side of a rule in words: all its measures, or the first and the last of many."""
    names = [name for name in _NAME.findall(side) if name in MEASURES]
    if len(names) <= _MANY:
        return rule.side(side, "vi")  # as the sheet's headings are, in every language
    if "-" in side:
        return text("template.side.balance", language)
    return text("template.side.sum", language, first=rule.side(names[0], "vi"), last=rule.side(names[-1], "vi"))


def _in_row(formula: str, row: int) -> str:
    return formula.replace(_ROW, str(row + 1))


def _quoted(words: str) -> str:
    return words.replace('"', '""')
