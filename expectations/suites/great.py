"""The contract as Great Expectations suites, one a form, run on the staged tables of our own connection.

Importing Great Expectations takes seconds, so it is imported where it is used and nowhere else.
"""

from __future__ import annotations

import gc
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from threading import get_ident
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.contract.forms import FORMS, Form
from expectations.suites.checks import CHECKS, Check
from expectations.suites.judged import Judged, Judgement, failed_rows, judged_rows
from expectations.suites.staging import row_columns

_KEY = ("submission_id", "table_no", "row")
_COLUMNS = "columns"
_NOT_NEEDED = frozenset({"altair", "scipy.stats"})
"""What Great Expectations imports for expectations that no suite of ours has: a third of its seconds.

Nobody else here imports parts of these by their own names, which would load such a part twice.
"""

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.datasource.fluent import SQLDatasource


def judge_with_great_expectations(con: duckdb.DuckDBPyConnection) -> Judgement:
    """Judge every form of which there are rows; which check failed is Great Expectations' word.

    An expectation costs some 15 ms of bookkeeping, whatever it asks. So each form is first one expectation, whose
    unexpected rows are the names of its checks that fail in some row, all in one run; of the suites of an expectation
    a check only those are then run that were named.

    Args:
        con: the connection with the staged tables, outside a transaction.

    Raises:
        RuntimeError: an expectation could not be evaluated; neither a pass nor a failure may be made of that.
    """
    gx = load_great_expectations()
    filled = [form for form in FORMS.values() if _has_rows(con, form)]
    with _quiet():
        source = _source(_context(gx), con)
        whole = _run(gx, source, "submission", [_nothing_fails(form) for form in filled], "COMPLETE")
        results = [
            result for flawed in whole if not flawed.success for result in _run(gx, source, *_what_fails(flawed))
        ]
    structure = {_structure_name(form, what): True for form in filled for what in (_COLUMNS, *_structure(form))}
    held = {check.name: True for check in CHECKS} | structure
    held |= {result.expectation_config.meta["check"]: bool(result.success) for result in results}
    rows = judged_rows(con)
    checks = tuple(_judged(con, check, held.pop(check.name), rows[check.name]) for check in CHECKS)
    return Judgement(checks, tuple(held.items()))


def _has_rows(con: duckdb.DuckDBPyConnection, form: Form) -> bool:
    return con.execute(f"FROM staged_{form.name} LIMIT 1").fetchone() is not None


def _judged(con: duckdb.DuckDBPyConnection, check: Check, holds: bool, rows: int) -> Judged:
    return Judged(check, holds, rows, 0 if holds else failed_rows(con, check))


@cache
def load_great_expectations() -> ModuleType:
    """Import Great Expectations, without what it does not use here.

    The garbage collector rests meanwhile, which saves a fifth of the seconds.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings(), _when_used(_NOT_NEEDED):
            warnings.simplefilter("ignore")
            import great_expectations  # noqa: PLC0415
            import great_expectations.expectations  # noqa: PLC0415
        gc.freeze()  # what it made stays, and need not be looked through again
    finally:
        if was_on:
            gc.enable()
    return great_expectations


@contextmanager
def _when_used(modules: frozenset[str]) -> Iterator[None]:
    """Have modules that are imported meanwhile, by this thread, loaded when they are first used."""
    finder = _FindsLater(modules, get_ident())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _FindsLater:
    """Finds modules as Python does, with the standard library's loader that waits until they are used."""

    def __init__(self, modules: frozenset[str], thread: int) -> None:
        self._modules, self._thread = modules, thread

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._modules or get_ident() != self._thread:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec


def expectations_of(form: Form) -> list[Any]:
    """The expectations of a form's suite; in the meta of each its check's name and problem code, None for structure.

    Great Expectations' own column expectations cost 15 ms of bookkeeping for each measure, and call a column without
    any value a failure; one query a form says the same.
    """
    gxe = load_great_expectations().expectations
    structure = [
        gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=query, meta={"check": _structure_name(form, what), "code": None}
        )
        for what, query in _structure(form).items()
    ]
    contract = [
        gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=_unexpected(check, form), meta={"check": check.name, "code": check.code}
        )
        for check in CHECKS
        if check.form == form.name
    ]
    present = gxe.ExpectTableColumnsToMatchSet(
        column_set=list(row_columns(form)), meta={"check": _structure_name(form, _COLUMNS), "code": None}
    )
    return [present, *structure, *contract]


def _nothing_fails(form: Form) -> Any:
    """The expectation that no check of a form's suite fails in any row; its unexpected rows name those that do.

    Great Expectations gives no more than 200 of them, which is more than a form has checks.
    """
    gxe = load_great_expectations().expectations
    checks = {check.name: _unexpected(check, form) for check in CHECKS if check.form == form.name}
    structure = {_COLUMNS: _other_columns(form), **_structure(form)}
    queries = checks | {_structure_name(form, what): query for what, query in structure.items()}
    batch = f"staged_{form.name}"
    named = " UNION ALL ".join(
        f"SELECT '{name}' AS fails WHERE EXISTS ({query.format(batch=batch)})" for name, query in queries.items()
    )
    query = f"SELECT fails FROM ({named}) WHERE EXISTS (FROM {{batch}})"
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta={"check": form.name})


def _what_fails(flawed: Any) -> tuple[str, list[Any]]:
    """A form's name and the expectations of its suite that the result of `_nothing_fails` names."""
    form = FORMS[flawed.expectation_config.meta["check"]]
    named = {row["fails"] for row in flawed.result["details"]["unexpected_rows"]}
    return form.name, [one for one in expectations_of(form) if one.meta["check"] in named]


def _structure(form: Form) -> dict[str, str]:
    """What a staged table must be, and the query of the rows that are not so."""
    columns = row_columns(form)
    return {
        "types": _where(" OR ".join(f"typeof(\"{name}\") <> '{kind}'" for name, kind in columns.items())),
        "place of each row": _where(" OR ".join(f"{name} IS NULL" for name in _KEY)),
        "one row a physical row": _twice(*_KEY),
    }


def _structure_name(form: Form, what: str) -> str:
    return f"{form.name}: {what}"


def _other_columns(form: Form) -> str:
    """The columns that a staged table has and should not have; of one that it lacks the other queries tell."""
    names = ", ".join(f"'{name}'" for name in row_columns(form))
    return f"SELECT * FROM (DESCRIBE {{batch}}) WHERE column_name NOT IN ({names})"


def _unexpected(check: Check, form: Form) -> str:
    """A check's failing rows; for units that stand twice counted anew, not by the `occurrence` of the staging."""
    if check.code == "duplicate-unit":
        return _twice("submission_id", "period", form.key) + f" AND {form.key} IS NOT NULL"
    return check.failing


def _where(condition: str) -> str:
    return f"SELECT * FROM {{batch}} WHERE {condition}"


def _twice(*key: str) -> str:
    return f"SELECT {', '.join(key)} FROM {{batch}} GROUP BY {', '.join(key)} HAVING count(*) > 1"


def _context(gx: ModuleType) -> EphemeralDataContext:
    """A context that lives in memory only, shows no progress bars and reports to nobody."""
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _source(context: EphemeralDataContext, con: duckdb.DuckDBPyConnection) -> SQLDatasource:
    """The warehouse's own connection as a data source, so that temporary tables are seen."""
    from duckdb_sqlalchemy import ConnectionWrapper  # noqa: PLC0415
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415

    class Borrowed(ConnectionWrapper):
        """A connection that is lent: the borrower may neither close it nor, by rolling back, drop an open result."""

        def close(self) -> None:
            self.closed = True

        def rollback(self) -> None:
            return

    engine = {"creator": lambda: Borrowed(con), "poolclass": StaticPool, "isolation_level": "AUTOCOMMIT"}
    return context.data_sources.add_sql(
        "warehouse", connection_string="duckdb://", create_temp_table=False, kwargs=engine
    )


def _run(
    gx: ModuleType, source: SQLDatasource, table: str, expectations: list[Any], result_format: str = "BOOLEAN_ONLY"
) -> list[Any]:
    """The results of expectations of a staged table, judged on the batch itself: nothing is stored on the way."""
    asset = source.add_table_asset(table, table_name=f"staged_{table}")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    suite = gx.ExpectationSuite(name=table, expectations=expectations)
    results = batch.validate(suite, result_format=result_format).results
    for result in results:
        if any(info.get("raised_exception") for info in _exceptions(result)):
            reasons = "; ".join(str(info.get("exception_message")) for info in _exceptions(result))
            raise RuntimeError(f"{result.expectation_config.meta['check']} could not be judged: {reasons}")
    return list(results)


def _exceptions(result: Any) -> list[dict[str, Any]]:
    """What was raised in an expectation; Great Expectations keeps one record, or one a metric."""
    info = result.exception_info or {}
    return [info] if "raised_exception" in info else list(info.values())


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of its libraries on the user's terminal; what goes wrong is raised, or is a result."""
    logger = logging.getLogger("great_expectations")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
