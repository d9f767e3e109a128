"""Facts and derived tables made again from the archived bytes, and compared with what stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console

from expectations.language.catalogue import Language, text
from flows.clock import now
from flows.errors import UserError
from flows.home import open_home
from flows.night.collect import archived_file
from flows.night.publish import publish, publish_board
from flows.night.read import FilesRead, read_files
from flows.night.settle import settle
from flows.settings import Settings
from warehouse.derived.again import content_of_derived, forget_derived
from warehouse.ledger.nights import last_night
from warehouse.ledger.rebuild import Rebuilt, rebuild_facts, to_read_again
from warehouse.ledger.touched import touched

NOT_READ = ("unreadable-file", "file-too-large")
MOST_NAMED = 5  # files in one sentence


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """What was made again; it stands now.

    Attributes:
        facts: each form's.
        differing: derived tables that were others before.
    """

    facts: Sequence[Rebuilt]
    differing: Sequence[str]

    @property
    def are_facts_equal(self) -> bool:
        return all(one.is_equal for one in self.facts)

    @property
    def is_equal(self) -> bool:
        return self.are_facts_equal and not self.differing

    def show(self, console: Console, language: Language) -> None:
        for one in self.facts:
            console.print(
                text("rebuild.form", language, form=one.form, rows=one.rows, lost=one.lost, gained=one.gained)
            )
        key = "rebuild.equal" if self.is_equal else "rebuild.differs"
        console.print(text(key, language, tables=", ".join(self.differing) or "facts"))


def made_again(settings: Settings) -> MadeAgain:
    """Read every accepted file again from the archive, and compute all that follows; there must be a warehouse.

    Raises:
        UserError: a file that was read once cannot be read now, on a busy machine or for want of memory; all is then as
            it was.
    """
    with open_home(settings) as con:
        submissions = to_read_again(con)
        files = {
            row["submission_id"]: archived_file(row, settings.archive_dir) for row in submissions.iter_rows(named=True)
        }
        nights = dict(submissions.select("submission_id", "recorded_at").iter_rows())
        batch = read_files(files, nights, settings)
        _require_read(batch)
        facts = rebuild_facts(con, batch.frames.rows)
        before = content_of_derived(con)
        forget_derived(con)
        as_of = last_night(con) or now(settings.timezone).date()
        settle(con, touched(con), settings, as_of)
        differing = [name for name, content in content_of_derived(con).items() if before[name] != content]
    return MadeAgain(facts, differing)


def _require_read(batch: FilesRead) -> None:
    """Take no file's figures away because it could not be read this once."""
    not_read = batch.frames.problems.filter(pl.col("code").is_in(NOT_READ)).sort("submission_id")
    if not_read.is_empty():
        return
    named = "; ".join(
        f"{number} «{batch.files[number].file_name}»: {found}"
        for number, found in not_read.select("submission_id", "found").head(MOST_NAMED).iter_rows()
    )
    raise UserError("error.rebuild.not-read", n=not_read["submission_id"].n_unique(), files=named)


def publish_again(settings: Settings) -> Path:
    """Publish a home's figures and the board's copy, brought to this release's version where they are older."""
    with open_home(settings) as con:
        published = publish(con, settings, last_night(con) or now(settings.timezone).date())
        publish_board(con, settings)
        return published
