"""What stood in the cells of a batch's files, month by month, on the night each of them came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import OF_CELLS, Form
from expectations.contract.periods import Period

Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

MONTHS_BACK = 13  # a year of monthly figures, and the month before it


@dataclass(frozen=True, slots=True)
class SentTable:
    """One form of a file: the reported rows of known cells in the order of the sheet, each cell once.

    Attributes:
        form: which.
        cells: the place of each row's cell in `Standing`.
        places: of each row cell_code, commune ("" where the registry does not say), and sheet and row in the file.
        figures: a row a cell, a column a measure of the form; NaN where a figure could not be read, or is below
            zero, which no count is.
    """

    form: Form
    cells: Indices
    places: pl.DataFrame
    figures: Figures

    @property
    def codes(self) -> list[str]:
        return self.places["cell_code"].to_list()

    @property
    def communes(self) -> list[str]:
        return self.places["commune"].to_list()

    @property
    def rows(self) -> list[int]:
        return self.places["row"].to_list()


@dataclass(frozen=True, slots=True)
class FileAsSent:
    """A file whose figures are looked at."""

    submission_id: int
    reporter_code: str
    period: Period
    received_on: date
    recorded_at: date
    file_name: str
    tables: Mapping[str, SentTable]


def number_of(form: Form, period: Period) -> int:
    """The form's own period in which a month lies, counted on: months, or half-years."""
    return period.number // 6 if form.half_yearly else period.number


@dataclass
class Standing:
    """The figures that stand, by form and period, a row a cell; NaN where none do.

    Attributes:
        places: the row of each cell.
        planes: by form and the form's own period as a number.
        owners: which reporters have figures in a month.
    """

    places: Mapping[str, int]
    planes: dict[tuple[str, int], Figures] = field(default_factory=dict)
    owners: set[tuple[str, int]] = field(default_factory=set)

    def plane(self, form: Form, period: Period, back: int) -> Figures | None:
        """The figures of all cells so many of the form's own periods before; None where nothing stands."""
        return self.planes.get((form.name, number_of(form, period) - back))

    def before(self, table: SentTable, period: Period, back: int) -> Figures | None:
        """The same of a table's cells, in its order."""
        plane = self.plane(table.form, period, back)
        return None if plane is None else plane.take(table.cells, axis=0)

    def before_of(self, form: Form, cells: Indices, period: Period, backs: Iterable[int]) -> tuple[Indices, Figures]:
        """The figures of some cells so many of the form's own periods before, where anything stands at all.

        Returns:
            how many periods lie between; and a plane a period, a row a cell.
        """
        planes = [(back - 1, self.plane(form, period, back)) for back in backs]
        known = [(between, plane.take(cells, axis=0)) for between, plane in planes if plane is not None]
        return np.array([between for between, _ in known]), np.stack([figures for _, figures in known])

    def add(self, file: FileAsSent) -> None:
        """The figures of a file that was accepted."""
        for table in file.tables.values():
            self._plane(table.form, number_of(table.form, file.period))[table.cells] = table.figures
        self.owners.add((file.reporter_code, file.period.number))

    def _plane(self, form: Form, number: int) -> Figures:
        if (form.name, number) not in self.planes:
            self.planes[form.name, number] = np.full((len(self.places), len(form.names)), np.nan)
        return self.planes[form.name, number]

    def fill(self, form: Form, frame: pl.DataFrame) -> None:
        """Figures out of the warehouse: reporter_code, period, place (of the cell) and the form's measures."""
        for (period,), part in frame.partition_by("period", as_dict=True).items():
            at = Period.parse(str(period))
            number = number_of(form, at)
            self._plane(form, number)[part["place"].to_numpy()] = part.select(form.names).cast(pl.Float64).to_numpy()
            if not form.half_yearly:
                self.owners |= {(reporter, number) for reporter in part["reporter_code"].unique()}


def standing_on(con: duckdb.DuckDBPyConnection, places: Mapping[str, int], night: date, since: date) -> Standing:
    """What the warehouse held of some cells at the end of a night, of periods that began since a day."""
    standing = Standing(places)
    con.register("asked_cell", _numbered(places))
    for form in OF_CELLS:
        names = ", ".join(form.names)
        frame = con.execute(
            f"""
            SELECT reporter_code, period, place, {names}
            FROM facts.{form.name} JOIN asked_cell USING (cell_code)
            WHERE period_start >= $since AND recorded_at <= $night
                AND (superseded_at IS NULL OR superseded_at > $night)
            ORDER BY version_id""",
            {"night": night, "since": since},
        ).pl()
        standing.fill(form, frame)
    con.unregister("asked_cell")
    return standing


def _numbered(places: Mapping[str, int]) -> pl.DataFrame:
    return pl.DataFrame([*places.items()], {"cell_code": pl.String, "place": pl.Int64}, orient="row")


def nights_of_change(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[date]:
    """The nights after the first and up to the last on which the warehouse's own figures changed."""
    if first == last:
        return []
    changed = " UNION ".join(
        f"SELECT recorded_at AS night FROM facts.{form.name} UNION SELECT superseded_at FROM facts.{form.name}"
        for form in OF_CELLS
    )
    found = con.execute(f"SELECT night FROM ({changed}) WHERE night > ? AND night <= ? ORDER BY 1", [first, last])
    return [night for (night,) in found.fetchall()]


def sent_files(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], list[FileAsSent]]:
    """The staged files of a month, in their order, and the place of each of their cells.

    The yearly form has a row a commune and its own rules; a slip in it changes few figures and is not looked for.
    """
    cells = " UNION ".join(f"SELECT cell_code FROM staged_{form.name}" for form in OF_CELLS)
    found = con.execute(f"SELECT cell_code FROM ({cells}) WHERE cell_code IS NOT NULL ORDER BY 1").fetchall()
    places = {code: at for at, (code,) in enumerate(found)}
    tables = {form.name: _tables(con, form, places) for form in OF_CELLS}
    staged = con.execute("""
        SELECT submission_id, reporter_code, period, received_on, recorded_at, coalesce(file_name, '')
        FROM staged_submission JOIN staged_period USING (period) WHERE is_month ORDER BY submission_id""").fetchall()
    files = [
        FileAsSent(
            number,
            reporter,
            Period.parse(period),
            received_on,
            recorded_at,
            name,
            {form: of[number] for form, of in tables.items() if number in of},
        )
        for number, reporter, period, received_on, recorded_at, name in staged
    ]
    return places, files


def _tables(con: duckdb.DuckDBPyConnection, form: Form, places: Mapping[str, int]) -> dict[int, SentTable]:
    names = ", ".join(f"this.{name}" for name in form.names)
    frame = con.execute(f"""
        SELECT this.submission_id, coalesce(this.sheet, '') AS sheet, this.row, this.cell_code,
            coalesce(home.commune_code, '') AS commune, {names}
        FROM staged_{form.name} AS this
        JOIN staged_submission AS file USING (submission_id)
        LEFT JOIN staged_period AS period ON period.period = file.period
        LEFT JOIN registry.home AS home ON home.cell_code = this.cell_code
            AND period.last_day BETWEEN home.valid_from AND home.valid_to
        WHERE this.is_reported AND this.occurrence = 1
        ORDER BY this.submission_id, this.table_no, this.row""").pl()
    frame = frame.unique(["submission_id", "cell_code"], keep="first", maintain_order=True)
    numbered = _numbered(places)
    cells = frame.join(numbered, on="cell_code", how="left", maintain_order="left")["place"].to_numpy()
    figures, first = _counts(frame, form), 0
    frame = frame.select("submission_id", "cell_code", "commune", "sheet", "row")
    tables: dict[int, SentTable] = {}
    for length, number in frame["submission_id"].rle().struct.unnest().iter_rows():
        at = slice(first, first + length)
        tables[number] = SentTable(form, cells[at], frame.slice(first, length), figures[at])
        first += length
    return tables


def _counts(rows: pl.DataFrame, form: Form) -> Figures:
    """The figures of a form's measures; one below zero is told as such, and says nothing of how likely a month is."""
    figures = pl.col(form.names).cast(pl.Float64)
    counts: Figures = rows.select(pl.when(figures >= 0).then(figures)).to_numpy()
    return counts
