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
from expectations.suites.judged import Judged, Judgement, failed_rows, judged_rows
from expectations.suites.staging import row_columns

_KEY = ("submission_id", "table_no", "row")

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.datasource.fluent import SQLDatasource


def judge_with_great_expectations(con: duckdb.DuckDBPyConnection) -> Judgement:
    """Run the suite of every form of which there are rows; which check failed is Great Expectations' word.

    Where there are none nothing can fail, and a suite costs a fifth of a second all the same.

    Args:
        con: the connection with the staged tables, outside a transaction.

    Raises:
        RuntimeError: an expectation could not be evaluated; neither a pass nor a failure may be made of that.
    """
    gx = load_great_expectations()
    with _quiet():
        context = _context(gx)
        source = _source(context, con)
        filled = [form for form in FORMS.values() if _has_rows(con, form)]
        results = [result for form in filled for result in _run(gx, source, form)]
    without_rows = {check.name: True for check in CHECKS if FORMS[check.form] not in filled}
    held = without_rows | {result.expectation_config.meta["check"]: bool(result.success) for result in results}
    checks = tuple(_judged(con, check, held.pop(check.name)) for check in CHECKS)
    return Judgement(checks, tuple(held.items()))


def _has_rows(con: duckdb.DuckDBPyConnection, form: Form) -> bool:
    return con.execute(f"FROM staged_{form.name} LIMIT 1").fetchone() is not None


def _judged(con: duckdb.DuckDBPyConnection, check: Check, holds: bool) -> Judged:
    return Judged(check, holds, judged_rows(con, check), 0 if holds else failed_rows(con, check))


def load_great_expectations() -> ModuleType:
    """Import Great Expectations; the garbage collector rests meanwhile, which saves a fifth of the seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations  # noqa: PLC0415
            import great_expectations.expectations  # noqa: PLC0415
    finally:
        if was_on:
            gc.enable()
    return great_expectations


def expectations_of(form: Form) -> list[Any]:
    """The expectations of a form's suite; in the meta of each its check's name and problem code, None for structure.

    Great Expectations' own column expectations cost 15 ms of bookkeeping for each measure, and call a column without
    any value a failure; one query a form says the same.
    """
    gxe = load_great_expectations().expectations
    columns = row_columns(form)
    queries = {
        "types": _where(" OR ".join(f"typeof(\"{name}\") <> '{kind}'" for name, kind in columns.items())),
        "place of each row": _where(" OR ".join(f"{name} IS NULL" for name in _KEY)),
        "one row a physical row": _twice(*_KEY),
    }
    structure = [
        gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta={"check": f"{form.name}: {what}", "code": None})
        for what, query in queries.items()
    ]
    contract = [
        gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=_unexpected(check, form), meta={"check": check.name, "code": check.code}
        )
        for check in CHECKS
        if check.form == form.name
    ]
    present = gxe.ExpectTableColumnsToMatchSet(
        column_set=list(columns), meta={"check": f"{form.name}: columns", "code": None}
    )
    return [present, *structure, *contract]


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


def _run(gx: ModuleType, source: SQLDatasource, form: Form) -> list[Any]:
    """The results of one form's suite, judged on the batch itself, so that nothing is stored on the way."""
    asset = source.add_table_asset(form.name, table_name=f"staged_{form.name}")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    suite = gx.ExpectationSuite(name=form.name, expectations=expectations_of(form))
    results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
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
