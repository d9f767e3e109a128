"""The likely causes of what is wrong in a batch's files, each looked at against what stood on its night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import polars as pl

from expectations.contract.causes import CAUSE_FIELDS, CAUSES, Cause
from expectations.contract.periods import Period
from expectations.language.catalogue import LANGUAGES
from expectations.suites.located import located, no_problems
from expectations.suites.slips.exchanged import Exchanged, exchanged_columns
from expectations.suites.slips.held import Held, hold
from expectations.suites.slips.misdated import Misdated, misdated
from expectations.suites.slips.pasted import Pasted, pasted_blocks
from expectations.suites.slips.shifted import Shifted, shifted_rows
from expectations.suites.slips.standing import (
    MONTHS_BACK,
    FileAsSent,
    SentTable,
    Standing,
    nights_of_change,
    sent_files,
    standing_on,
)
from expectations.suites.slips.tenfold import Tenfold, tenfold_figures

CAUSE_SCHEMA: dict[str, type[pl.DataType]] = {
    "submission_id": pl.Int64,
    **dict.fromkeys(CAUSE_FIELDS, pl.String),
    "rows": pl.Int64,
}
# The figures are another sender's, which these words do not fit.
_NOT_ITS_OWN = ("wrong-district", "unknown-district")


@dataclass(frozen=True, slots=True)
class Slips:
    """What was found in a batch.

    Attributes:
        causes: `CAUSE_SCHEMA`, by submission, in the order in which they are told.
        problems: those of the causes that are problem codes, as `located` gives them.
    """

    causes: pl.DataFrame
    problems: pl.DataFrame

    @property
    def rejecting(self) -> set[int]:
        """The files that are rejected for them."""
        return set(self.problems["submission_id"])

    def with_others(self, later: Slips) -> Slips:
        """A later look, and what was found before of files that were rejected for it."""
        kept = self.rejecting - later.rejecting
        return Slips(
            pl.concat([later.causes, self.causes.filter(pl.col("submission_id").is_in(kept))]).sort(
                "submission_id", maintain_order=True
            ),
            pl.concat([later.problems, self.problems.filter(pl.col("submission_id").is_in(kept))]),
        )


NO_SLIPS = Slips(pl.DataFrame(schema=CAUSE_SCHEMA), no_problems())


class Looker:
    """Looks at the files of a staged batch, again whenever their outcomes turn out otherwise."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.places, self.files = sent_files(con)
        named = con.execute("SELECT submission_id, found FROM staged_problem WHERE code = 'file-name-period'")
        self.named = {number: Period.parse(found) for number, found in named.fetchall()}
        codes = ", ".join(f"'{code}'" for code in _NOT_ITS_OWN)
        others = con.execute(f"SELECT DISTINCT submission_id FROM staged_problem WHERE code IN ({codes})").fetchall()
        self.others = {number for (number,) in others}

    def look(self) -> Slips:
        """Every file but duplicates, in their order; those accepted so far are what the next ones go on from.

        Needs `staged_outcome`.
        """
        outcomes = dict(self.con.execute("SELECT submission_id, outcome FROM staged_outcome").fetchall())
        found: dict[int, list[Cause]] = {}
        taken: list[FileAsSent] = []
        for night, files in self._together():
            if night is not None:
                standing = standing_on(self.con, self.places, night, self._since())
                for earlier in taken:
                    standing.add(earlier)
            asked = [file for file in files if outcomes[file.submission_id] != "duplicate"]
            held = hold([file for file in asked if file.submission_id not in self.others], standing)
            for file in files:
                if (number := file.submission_id) in held:
                    found[number] = causes_of(file, held[number], standing, self.named.get(number))
                if outcomes[number] == "accepted" and not any(cause.is_code for cause in found.get(number, ())):
                    standing.add(file)
                    taken.append(file)
        return Slips(_causes_frame(found), _problems_frame(self.con, found))

    def _together(self) -> list[tuple[date | None, list[FileAsSent]]]:
        """The files in their order, those of one period that follow one another together.

        Each with the night whose warehouse they are held against; None where it is that of the files before.
        """
        nights = [file.recorded_at for file in self.files]
        changes = nights_of_change(self.con, min(nights), max(nights)) if nights else []
        together: list[tuple[date | None, list[FileAsSent]]] = []
        at: date | None = None
        for file in self.files:
            if at is None or any(at < night <= file.recorded_at for night in changes):
                at = file.recorded_at
                together.append((at, [file]))
            elif together[-1][1][-1].period == file.period:
                together[-1][1].append(file)
            else:
                together.append((None, [file]))
        return together

    def _since(self) -> date:
        """The day from which periods are looked back at."""
        return min(file.period for file in self.files).first_day - timedelta(days=31 * (MONTHS_BACK + 1))


def causes_of(file: FileAsSent, forms: Iterable[Held], standing: Standing, named: Period | None) -> list[Cause]:
    """What most likely happened to one file; nothing of most.

    Args:
        forms: its forms.
        named: the month the file's name says, where it is not the title's.
    """
    dated = misdated(file, standing, named)
    if dated:
        return [_of_date(dated)]  # against the wrong month nothing else can be told
    causes: list[Cause] = []
    for held in forms:
        causes += _in_form(held)
    return sorted(causes, key=lambda cause: CAUSES.index(cause.cause))


def _in_form(held: Held) -> list[Cause]:
    """The causes in one form: a column ten times as large would fit another's past as well, so that is asked first."""
    table, ten = held.table, tenfold_figures(held)
    if ten is not None and ten.kind == "column":
        return [_of_ten(ten, table)]
    if (exchanged := exchanged_columns(held)) is not None:
        return [_of_columns(exchanged, table)]
    if blocks := pasted_blocks(held):
        return [_of_block(one, table) for one in blocks]
    if (shifted := shifted_rows(held)) is not None:
        return [_of_shift(shifted, table)]
    return [_of_ten(ten, table)] if ten else []


def _of_date(found: Misdated) -> Cause:
    return Cause("period-doubtful", found.rows, period=str(found.period))


def _of_columns(found: Exchanged, table: SentTable) -> Cause:
    way, rows = ("rules", found.mended) if found.mended else ("levels", found.rows)
    sheet, row = table.places.select("sheet", "row").row(found.first_row)
    place = (str(sheet), str(row))
    return Cause("columns-swapped", rows, way, found.form, (found.one, found.other), places=place)


def _of_shift(found: Shifted, table: SentTable) -> Cause:
    first, last = found.rows
    ends = (str(table.rows[first]), str(table.rows[last]))
    return Cause(
        "rows-shifted",
        last - first + 1,
        "down" if found.is_down else "up",
        found.form,
        units=tuple(table.codes[first : last + 1]),
        places=ends,
    )


def _of_block(found: Pasted, table: SentTable) -> Cause:
    ends = (str(table.rows[found.rows[0]]), str(table.rows[found.rows[-1]]))
    return Cause("block-twice", len(found.rows), form=found.form, units=(found.commune, found.over), places=ends)


def _of_ten(found: Tenfold, table: SentTable) -> Cause:
    way = "tenth" if found.is_tenth else found.kind
    rows = list(found.rows)
    units = () if found.kind == "column" else tuple(table.places["cell_code"][rows])
    places = tuple(map(str, table.places["row"][rows]))
    return Cause("factor-of-ten", len(found.rows), way, found.form, found.measures, units, places)


def _causes_frame(found: Mapping[int, list[Cause]]) -> pl.DataFrame:
    rows = [
        (
            number,
            cause.cause,
            cause.form or None,
            " ".join(cause.measures) or None,
            " ".join(cause.units) or None,
            cause.period or None,
            cause.rows,
            *(cause.says(language) for language in LANGUAGES),
        )
        for number, causes in sorted(found.items())
        for cause in causes
    ]
    return pl.DataFrame(rows, CAUSE_SCHEMA, orient="row")


def _problems_frame(con: duckdb.DuckDBPyConnection, found: Mapping[int, list[Cause]]) -> pl.DataFrame:
    periods = dict(con.execute("SELECT submission_id, period FROM staged_submission").fetchall())
    dated: list[dict[str, int | str | None]] = [
        {"submission_id": number, "found": periods[number], "expected": cause.period}
        for number, causes in found.items()
        for cause in causes
        if cause.cause == "period-doubtful"
    ]
    swapped: list[dict[str, int | str | None]] = [
        {
            "submission_id": number,
            "form": cause.form,
            "measure": cause.measures[0],
            "found": cause.measures[0],
            "expected": cause.measures[1],
            **_first_cell(con, number, cause),
        }
        for number, causes in found.items()
        for cause in causes
        if cause.cause == "columns-swapped"
    ]
    return pl.concat(
        [
            located(_frame_of(dated, "found", "expected"), "period-doubtful"),
            located(_frame_of(swapped, "form", "measure", "found", "expected", "sheet", "cell_ref"), "columns-swapped"),
        ]
    )


def _first_cell(con: duckdb.DuckDBPyConnection, number: int, cause: Cause) -> dict[str, int | str | None]:
    """The sheet and the cell, in the first of two columns, of the first row in which they differ."""
    sheet, row = cause.places
    found = con.execute(
        f"""SELECT place.letters FROM staged_column AS place JOIN staged_{cause.form} AS sent
            ON sent.submission_id = place.submission_id AND sent.table_no = place.table_no
        WHERE place.submission_id = ? AND place.form = ? AND place.measure = ? AND sent.sheet = ? AND sent.row = ?""",
        [number, cause.form, cause.measures[0], sheet, int(row)],
    ).fetchone()
    return {"sheet": sheet or None, "cell_ref": f"{found[0]}{row}" if found else None}


def _frame_of(rows: list[dict[str, int | str | None]], *texts: str) -> pl.DataFrame:
    kinds: dict[str, type[pl.DataType]] = {"submission_id": pl.Int64, **dict.fromkeys(texts, pl.String)}
    return pl.DataFrame(rows, kinds)
