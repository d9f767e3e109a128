"""The verdict on a batch: every file's outcome and every problem, with what was judged to get there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import polars as pl

from expectations.suites.history import incomplete, look_back
from expectations.suites.judged import Judgement, judge_directly
from expectations.suites.located import failing_rows, located, no_problems
from expectations.suites.outcomes import decide
from expectations.suites.reporting import late, missing_units, otherwise_in_registry
from expectations.suites.slips.slips import CAUSE_SCHEMA, NO_SLIPS, Looker, Slips
from expectations.suites.staging import PROBLEM_SCHEMA, Batch, stage


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a batch.

    Attributes:
        outcomes: (submission_id, outcome): accepted, rejected or duplicate, one row a submission.
        problems: the reading's and the rules' (`PROBLEM_COLUMNS`), by submission, errors first; none of duplicates.
        judgement: the checks behind it.
        causes: what most likely happened (`CAUSE_SCHEMA`), by submission; none of duplicates.
    """

    outcomes: pl.DataFrame
    problems: pl.DataFrame
    judgement: Judgement
    causes: pl.DataFrame


NOTHING_JUDGED = Verdict(
    pl.DataFrame(schema={"submission_id": pl.Int64, "outcome": pl.String}),
    no_problems(),
    Judgement(()),
    pl.DataFrame(schema=CAUSE_SCHEMA),
)


ABSENT_SHARE = 0.5  # of the cells that reported the month before; more absent ones reject a report


def with_great_expectations(
    con: duckdb.DuckDBPyConnection, batch: Batch, due_day: int = 5, absent_share: float = ABSENT_SHARE
) -> Verdict:
    """Judge a batch; which rule failed is the word of Great Expectations' suites.

    Args:
        con: a connection with the schemas ledger, facts and registry, outside a transaction; the temporary tables
            `staged_*` are made anew in it.
        batch: see `Batch`; of one night or of many.
        due_day: the day of the next month a report is due.
        absent_share: the share of the cells that reported the month before, from 0 to 1, that may be absent.
    """
    from expectations.suites.great import judge_with_great_expectations  # noqa: PLC0415 - `check` must not load it

    return _judge(con, batch, due_day, absent_share, judge_with_great_expectations)


def without_great_expectations(
    con: duckdb.DuckDBPyConnection, batch: Batch, due_day: int = 5, absent_share: float = ABSENT_SHARE
) -> Verdict:
    """The same verdict by the rules' own queries, for one file at a desk: nothing heavy is imported."""
    return _judge(con, batch, due_day, absent_share, judge_directly)


def _judge(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    due_day: int,
    absent_share: float,
    judge: Callable[[duckdb.DuckDBPyConnection], Judgement],
) -> Verdict:
    stage(con, batch, due_day)
    judgement = judge(con)
    failing = [failing_rows(con, judged.check) for judged in judgement.checks if not judged.holds]
    read = batch.problems if batch.problems.height else no_problems()
    read = read.select(pl.col(name).cast(kind) for name, kind in PROBLEM_SCHEMA.items())
    errors = _one_a_row(pl.concat([read, *failing]))
    flawed = set(errors.filter(pl.col("severity") == "error")["submission_id"])
    outcomes, replacing, lacking, slips = _decide(con, flawed, absent_share)
    errors = pl.concat([slips.problems, errors, lacking])
    warnings = [
        late(con),
        missing_units(con),
        otherwise_in_registry(con),
        look_back(con),
        located(replacing, "resubmission"),
    ]
    kept = outcomes.filter(pl.col("outcome") != "duplicate").select("submission_id")
    problems = pl.concat([errors, *warnings]).join(kept, on="submission_id", how="semi")
    problems = problems.sort("submission_id", "severity", maintain_order=True)
    return Verdict(outcomes, problems, judgement, slips.causes.join(kept, on="submission_id", how="semi"))


def _decide(
    con: duckdb.DuckDBPyConnection, flawed: set[int], absent_share: float
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, Slips]:
    """The outcomes, what is replaced, `incomplete-report`, and the likely slips.

    Both hang on the outcomes of the files before, which may have them themselves. So the first file of each sender
    that is incomplete is rejected, and the later ones are looked at again; and likewise after the slips.
    """
    lacking, slips = no_problems(), NO_SLIPS
    looker = Looker(con)
    while True:
        outcomes, replacing = decide(con, flawed | slips.rejecting)
        found = incomplete(con, absent_share)
        if found.is_empty():
            more = slips.with_others(looker.look())
            if more.rejecting == slips.rejecting:
                return outcomes, replacing, lacking, more
            slips = more
            continue
        sender = con.execute("SELECT submission_id, reporter_code FROM staged_submission").pl()
        first = found.join(sender, on="submission_id").group_by("reporter_code").agg(pl.col("submission_id").min())
        found = found.join(first, on="submission_id", how="semi")
        lacking = pl.concat([lacking, found])
        flawed = flawed | set(found["submission_id"])


def _one_a_row(problems: pl.DataFrame) -> pl.DataFrame:
    """A row that stands twice in a table of several forms is told of once."""
    is_twice = pl.col("code") == "duplicate-unit"
    row = pl.struct("submission_id", "code", "sheet", "unit_code", pl.col("cell_ref").str.extract(r"(\d+)$"))
    return problems.filter(~is_twice | row.is_first_distinct())
