"""The contract as Great Expectations suites, one a form, run on the staged tables of our own connection.

Importing Great Expectations takes seconds, so it is imported where it is used and nowhere else.
"""

from __future__ import annotations

import gc
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.contract.forms import FORMS, Form
from expectations.suites.checks import CHECKS, Check
from expectations.suites.judged import Judged, Judgement, judged_rows
from expectations.suites.staging import ROW_COLUMNS

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.datasource.fluent import SQLDatasource


def judge_with_great_expectations(con: duckdb.DuckDBPyConnection) -> Judgement:
    """Run the suite of every form; which check failed is Great Expectations' word.

    Args:
        con: the connection with the staged tables, outside a transaction.

    Raises:
        RuntimeError: an expectation could not be evaluated; neither a pass nor a failure may be made of that.
    """
    gx = load_great_expectations()
    with _quiet():
        context = _context(gx)
        source = _source(context, con)
        results = [result for form in FORMS.values() for result in _run(gx, context, source, form)]
    failed = {result.expectation_config.meta["check"] for result in results if not result.success}
    checks = tuple(Judged(check, check.name not in failed, judged_rows(con, check)) for check in CHECKS)
    return Judgement(checks, tuple(sorted(failed - {check.name for check in CHECKS})), len(results))


def load_great_expectations() -> ModuleType:
    """Import Great Expectations; the garbage collector rests meanwhile, which takes a fifth off the seconds it needs."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations
            import great_expectations.expectations
    finally:
        if was_on:
            gc.enable()
    return great_expectations


def expectations_of(form: Form) -> list[Any]:
    """The expectations of a form's suite; in the meta of each the check's name and the problem code, None for structure."""
    gxe = load_great_expectations().expectations
    columns = {**ROW_COLUMNS, **dict.fromkeys(form.names, "BIGINT"), "occurrence": "INTEGER"}
    other_type = " OR ".join(f"typeof({_quoted(name)}) <> '{kind}'" for name, kind in columns.items())
    key = ["submission_id", "table_no", "row"]
    structure = [
        gxe.ExpectTableColumnsToMatchSet(column_set=list(columns), meta=_meta(form, "columns")),
        gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=f"SELECT * FROM {{batch}} WHERE {other_type}", meta=_meta(form, "types")
        ),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=key, meta=_meta(form, "one row a physical row")),
        *(gxe.ExpectColumnValuesToNotBeNull(column=name, meta=_meta(form, f"{name} is told")) for name in key),
    ]
    return structure + [one for check in CHECKS if check.form == form.name for one in _expectations(gxe, check)]


def _expectations(gxe: ModuleType, check: Check) -> list[Any]:
    """A check in Great Expectations' words; where it has none of its own, by the check's own query."""
    meta = {"check": check.name, "code": check.code}
    if check.code == "duplicate-unit":
        key = ["submission_id", "period", "cell_code"]
        return [gxe.ExpectCompoundColumnsToBeUnique(column_list=key, ignore_row_if="any_value_is_missing", meta=meta)]
    if check.code == "negative-count":
        return [
            gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0, meta=meta) for name in FORMS[check.form].names
        ]
    return [gxe.UnexpectedRowsExpectation(unexpected_rows_query=check.failing, meta=meta)]


def _meta(form: Form, what: str) -> dict[str, str | None]:
    return {"check": f"{form.name}: {what}", "code": None}


def _quoted(name: str) -> str:
    return f'"{name}"'


def _context(gx: ModuleType) -> EphemeralDataContext:
    """A context that lives in memory only, shows no progress bars and reports to nobody."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)  # type: ignore[no-any-return]


def _source(context: EphemeralDataContext, con: duckdb.DuckDBPyConnection) -> SQLDatasource:
    """The warehouse's own connection as a data source, so that temporary tables are seen."""
    from duckdb_sqlalchemy import ConnectionWrapper
    from sqlalchemy.pool import StaticPool

    class Borrowed(ConnectionWrapper):  # type: ignore[misc]
        """A connection that is lent: the borrower may neither close it nor, by rolling back, drop an open result."""

        def close(self) -> None:
            self.closed = True

        def rollback(self) -> None:
            return

    engine = {"creator": lambda: Borrowed(con), "poolclass": StaticPool, "isolation_level": "AUTOCOMMIT"}
    return context.data_sources.add_sql(
        "warehouse", connection_string="duckdb://", create_temp_table=False, kwargs=engine
    )


def _run(gx: ModuleType, context: EphemeralDataContext, source: SQLDatasource, form: Form) -> list[Any]:
    batch = source.add_table_asset(form.name, table_name=f"staged_{form.name}").add_batch_definition_whole_table("all")
    suite = context.suites.add(gx.ExpectationSuite(name=form.name, expectations=expectations_of(form)))
    definition = gx.ValidationDefinition(name=form.name, data=batch, suite=suite)
    results = context.validation_definitions.add(definition).run(result_format="BOOLEAN_ONLY").results
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
    """No warnings of Great Expectations' own libraries on the user's terminal; what goes wrong is raised or a result."""
    logger = logging.getLogger("great_expectations")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
