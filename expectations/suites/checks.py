"""What is judged on each row of a staged form: the contract's rules, and what an accepted row must be."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contract.forms import FORM_OF, FORMS, Form
from expectations.contract.rules import RULES, Rule

# Rows of a file that the reading has already found at fault are not told of twice.
_SOUND = "submission_id NOT IN (SELECT submission_id FROM staged_problem WHERE severity = 'error')"
# Great Expectations puts a table or a subquery in the place of {batch}, and an alias of its own after some of them.
_THIS = "(SELECT * FROM {batch}) AS this"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold in every row of a form.

    Attributes:
        name: unique; what must hold, for reports.
        code: the problem code its failing rows get.
        form: the form's name.
        failing: SQL with `{batch}` for the staged table: every failing row whole (place, unit_code, measure,
            found, expected).
        judged: SQL with `{batch}`: one number, how many rows could be judged.
        rule: the contract's rule, None for a check that is no arithmetic.
    """

    name: str
    code: str
    form: str
    failing: str
    judged: str
    rule: Rule | None = None

    def on_staged(self, query: str) -> str:
        """A query of this check on the staged table."""
        return query.format(batch=f"staged_{self.form}")


def _place(form: str) -> str:
    return f"this.submission_id, this.table_no, this.sheet, this.row, this.{FORMS[form].key} AS unit_code, this.unit"


def of_rule(rule: Rule) -> Check:
    """The check of a rule; figures of a second form are those of the unit's first row there, null where it has none."""
    source = f"{_THIS}{_other_forms(rule)}"
    failing = f"""
        SELECT {_place(rule.form)}, '{rule.measure}' AS measure,
            CAST({rule.found} AS VARCHAR) AS found, CAST({rule.expected} AS VARCHAR) AS expected
        FROM {source} WHERE NOT ({rule.holds})"""
    return Check(rule.name, rule.code, rule.form, failing, f"SELECT count({rule.holds}) FROM {source}", rule)


def _other_forms(rule: Rule) -> str:
    joins = ""
    for form in rule.forms:
        if form != rule.form:
            names = ", ".join(name for name in rule.measures if FORM_OF[name] == form)
            key = FORMS[form].key
            joins += f"""
        LEFT JOIN (SELECT submission_id AS its_submission, period AS its_period, {key} AS its_unit, {names}
            FROM staged_{form} WHERE occurrence = 1) AS {form}
        ON {form}.its_submission = this.submission_id AND {form}.its_unit = this.{key}
            AND {form}.its_period IS NOT DISTINCT FROM this.period"""
    return joins


def no_unit_twice(form: Form) -> Check:
    """`duplicate-unit`: found and expected are the places of this row and of the unit's first."""
    failing = f"""
        SELECT {_place(form.name)}, '' AS measure, here.letters || this.row AS found,
            CASE WHEN first.sheet <> this.sheet THEN first.sheet || '!' ELSE '' END || there.letters || first.row
                AS expected
        FROM {_THIS}
        JOIN staged_{form.name} AS first ON first.submission_id = this.submission_id
            AND first.{form.key} = this.{form.key} AND first.period IS NOT DISTINCT FROM this.period
            AND first.occurrence = 1
        LEFT JOIN staged_column AS here ON here.submission_id = this.submission_id
            AND here.table_no = this.table_no AND here.form = '{form.name}' AND here.measure = ''
        LEFT JOIN staged_column AS there ON there.submission_id = first.submission_id
            AND there.table_no = first.table_no AND there.form = '{form.name}' AND there.measure = ''
        WHERE this.occurrence > 1"""
    judged = f"SELECT count({form.key}) FROM {{batch}}"
    return Check(f"{form.name}: one row a {form.unit}", "duplicate-unit", form.name, failing, judged)


def every_unit_known(form: Form) -> Check:
    """A row whose unit is not known is allowed only in a file that the reading has given a problem for it."""
    failing = f"""
        SELECT {_place(form.name)}, '' AS measure, this.unit AS found, '—' AS expected
        FROM {_THIS} WHERE this.{form.key} IS NULL AND this.{_SOUND}"""
    judged = "SELECT count(*) FROM {batch}"
    return Check(f"{form.name}: every row is a {form.unit}", "unknown-unit", form.name, failing, judged)


def every_figure_known(form: Form) -> Check:
    """A reported row without a figure is allowed only in a file that the reading has given a problem for it."""
    unknown = [f"this.is_reported AND this.{name} IS NULL" for name in form.names]
    return _of_figures(form, "every figure is a count", "not-a-count", unknown)


def no_figure_negative(form: Form) -> Check:
    """A negative figure is allowed only in a file that the reading has given a problem for it."""
    return _of_figures(form, "no figure below 0", "negative-count", [f"this.{name} < 0" for name in form.names])


def _of_figures(form: Form, name: str, code: str, conditions: list[str]) -> Check:
    pairs = list(zip(form.names, conditions, strict=True))
    at_fault = ", ".join(f"CASE WHEN {condition} THEN '{measure}' END" for measure, condition in pairs)
    values = " ".join(f"WHEN '{measure}' THEN {measure}" for measure in form.names)
    failing = f"""
        SELECT {_place(form.name).replace("this.", "")}, measure, CAST(CASE measure {values} END AS VARCHAR) AS found,
            '0' AS expected
        FROM (SELECT this.*, unnest([{at_fault}]) AS measure FROM {_THIS}
            WHERE ({" OR ".join(conditions)}) AND this.{_SOUND}) AS figures
        WHERE measure IS NOT NULL"""
    judged = "SELECT count(*) FILTER (is_reported) FROM {batch}"
    return Check(f"{form.name}: {name}", code, form.name, failing, judged)


CHECKS: tuple[Check, ...] = tuple(
    check
    for form in FORMS.values()
    for check in (
        no_unit_twice(form),
        every_unit_known(form),
        every_figure_known(form),
        no_figure_negative(form),
        *(of_rule(rule) for rule in RULES if rule.form == form.name),
    )
)
