"""The derived tables of figures: what must be made again, from which facts, and putting it in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import HALF_YEARLY, HALF_YEARLY_MEASURES, MONTHLY, YEARLY, YEARLY_MEASURES, Form
from expectations.contract.periods import Period
from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

# What is replaced from the first month on.
_TABLES = ("unit_month", "unit_half", "half_told")


@dataclass(frozen=True, slots=True)
class Computation:
    """What the derived tables are computed with.

    Attributes:
        as_of: the night.
        today: the day whose map is called today's.
        map_fingerprint: `transforms.territory.lineage.map_fingerprint` of the registry on that day.
        due_day: day of the next month on which reports are due.
        small_count: counts of a commune's year below it are protected.
    """

    as_of: date
    today: date
    map_fingerprint: str
    due_day: int = 5
    small_count: int = 3


def first_to_compute(
    con: DuckDBPyConnection, computation: Computation, periods: list[str], released_until: int
) -> str | None:
    """The January from which the figures must be computed anew; None where nothing must.

    Args:
        con: the warehouse.
        computation: what they would be computed with; where map or least count changed, everything is made again.
        periods: those whose facts changed; years are another table's.
        released_until: the last year that may be shown; one that was not yet shown is made again.
    """
    first = con.execute("SELECT min(period) FROM facts.balance").fetchone()
    if first is None or first[0] is None:
        return None
    start = f"{first[0][:4]}-01"
    have = con.execute("SELECT map_fingerprint, small_count FROM derived.edition").fetchone()
    if have != (computation.map_fingerprint, computation.small_count):
        return start
    waiting = con.execute(
        "SELECT min(year) FROM derived.commune_year WHERE NOT is_released AND year <= ?", [released_until]
    ).fetchone()
    years = [period[:4] for period in periods if len(period) > len("YYYY")]
    years += [str(row) for row in (waiting or ()) if row is not None]
    return max(f"{min(years)}-01", start) if years else None


def cell_facts(
    con: DuckDBPyConnection, first: str, alone: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, tuple[str, ...], pl.DataFrame]:
    """The standing figures of cells from a January on: most months summed here, as no cell's own figures are needed.

    Args:
        con: the warehouse.
        first: that January.
        alone: cell_code, first, last, place: the stays of cells that may be summed by place.

    Returns:
        monthly figures and half-yearly ones (cell_code, period, measures), members_closing of every month there
        is, the names of the months from then to the last reported, and the sums: the fields of `CellFigures`.
    """
    with given(con, {"alone": alone}):
        summed = con.execute(_summed(), {"first": first}).pl()
        with given(con, {"summed": summed.select("place", "period")}):
            months = con.execute(_joined(MONTHLY, _NOT_SUMMED), {"first": first}).pl()
    halves = con.execute(_joined(HALF_YEARLY), {"first": first}).pl()
    members = con.sql("SELECT cell_code, period, members_closing FROM facts.balance WHERE superseded_at IS NULL").pl()
    # Python's own max would take each of many apart.
    last = pl.concat([months.select("period"), summed.select("period")]).select(pl.col("period").max()).item()
    return months, halves, members, _month_names(first, last), summed


def are_years_to_compute(con: DuckDBPyConnection, computation: Computation, forms: Iterable[str]) -> bool:
    """Whether the yearly figures must be made again: all of them, as they are few.

    Args:
        con: the warehouse.
        computation: what they would be computed with.
        forms: those whose facts changed. A December's report counts too: with it the yearly form is due.
    """
    have = con.execute("SELECT map_fingerprint FROM derived.edition").fetchone()
    return have != (computation.map_fingerprint,) or not {form.name for form in (*YEARLY, MONTHLY[0])}.isdisjoint(forms)


def commune_facts(con: DuckDBPyConnection) -> tuple[pl.DataFrame, list[str]]:
    """The standing figures of communes (commune_code, period, the yearly measures), and the years that were due.

    A year is due where anybody reported its December and the form was asked for.
    """
    sides = " FULL JOIN ".join(
        f"(FROM facts.{form.name} WHERE superseded_at IS NULL) AS {form.name}"
        + (f" USING ({form.key}, period)" if number else "")
        for number, form in enumerate(YEARLY)
    )
    facts = con.sql(f"SELECT commune_code, period, {', '.join(YEARLY_MEASURES)} FROM {sides}").pl()
    ended = con.sql("SELECT DISTINCT period[:4] FROM facts.balance WHERE period LIKE '%-12' ORDER BY 1").fetchall()
    return facts, [year for (year,) in ended if any(form.asked_in(year) for form in YEARLY)]


def replace_years(con: DuckDBPyConnection, frame: pl.DataFrame) -> None:
    """Put the yearly figures in place of all that stood: the columns of derived.unit_year."""
    with transaction(con), given(con, {"new_unit_year": frame}):
        con.execute("DELETE FROM derived.unit_year")
        con.execute("INSERT INTO derived.unit_year BY NAME FROM new_unit_year")


def _joined(forms: Sequence[Form], rows: str = "") -> str:
    """Forms of one kind of period side by side; a form that a cell did not report is null.

    Args:
        forms: the forms.
        rows: joins to their facts, and a condition, that say which rows are wanted.
    """
    sides = " FULL JOIN ".join(
        f"(SELECT f.* FROM facts.{form.name} AS f {rows or 'WHERE true'} AND {_STANDING}) AS {form.name}"
        + (" USING (cell_code, period)" if number else "")
        for number, form in enumerate(forms)
    )
    names = ", ".join(name for form in forms for name in form.names)
    return f"SELECT cell_code, period, {names} FROM {sides}"


def _summed() -> str:
    """The monthly measures by place and month, where all cells that stand there reported all of them."""
    sides = " ".join(
        f"JOIN (SELECT place, f.period, count({' + '.join(form.names)}) AS known, "
        f"{', '.join(f'sum({name})::BIGINT AS {name}' for name in form.names)} "
        f"FROM facts.{form.name} AS f JOIN alone ON {_THERE} WHERE {_STANDING} GROUP BY ALL) AS {form.name} "
        f"ON {form.name}.place = c.place AND {form.name}.period = c.period AND {form.name}.known = c.cells"
        for form in MONTHLY
    )
    names = ", ".join(name for form in MONTHLY for name in form.names)
    return f"SELECT c.place, c.period, c.cells, {names} FROM ({_CELLS}) AS c {sides}"


def _month_names(first: str, last: str | None) -> tuple[str, ...]:
    """Months from the first that can have been reported to the last; a gap between them is a missing report."""
    names, period = [], Period.parse(first)
    while last is not None and str(period) <= last:
        names.append(str(period))
        period = period.next
    return tuple(names)


def published_before(con: DuckDBPyConnection, first: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What copies up to now showed and hid of the communes' years, as `transforms.disclosure.protect` takes them."""
    year = Period.parse(first).year
    shown = con.execute(
        "SELECT map, unit_id, year, measure, value FROM derived.commune_year_shown WHERE year >= ?", [year]
    ).pl()
    before = con.execute(
        "SELECT map, unit_id, year, list(measure ORDER BY measure) AS suppressed, true AS is_released "
        "FROM derived.commune_year_hidden WHERE year >= ? GROUP BY ALL",
        [year],
    ).pl()
    return shown, before


def halves_before(con: DuckDBPyConnection, first: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What copies up to now showed and hid of communes' half-years, as `transforms.disclosure.half_years` takes it."""
    shown = con.execute(
        "SELECT map, unit_id, period, measure, value FROM derived.half_shown WHERE period >= ?", [first]
    ).pl()
    hidden = con.execute("SELECT map, unit_id, period FROM derived.half_hidden WHERE period >= ?", [first]).pl()
    return shown, hidden


def remember_halves(con: DuckDBPyConnection, as_of: date, first: str, released_until: date) -> None:
    """Remember which figures of communes' half-years are shown from now on, and which half-years are hidden.

    Args:
        con: the warehouse.
        as_of: the night.
        first: the year from which half-years are looked at.
        released_until: half-years that ended later are not shown yet.
    """
    for statement in (_SHOW_HALVES, _HIDE_HALVES):
        con.execute(statement, {"as_of": as_of, "first": first, "until": released_until})


def replace_figures(
    con: DuckDBPyConnection, computation: Computation, first: str | None, frames: dict[str, pl.DataFrame]
) -> None:
    """Put computed frames in place of what stood from a January on, in one transaction.

    Args:
        con: the warehouse.
        computation: what they were computed with.
        first: that January; None where only the edition is noted.
        frames: unit_month, unit_half and half_told, as `UnitFigures` names them.
    """
    with transaction(con), given(con, {f"new_{name}": frame for name, frame in frames.items()}):
        con.execute("DELETE FROM derived.edition")
        con.execute(
            "INSERT INTO derived.edition VALUES (?, ?, ?, ?, ?)",
            [
                computation.as_of,
                computation.today,
                computation.map_fingerprint,
                computation.due_day,
                computation.small_count,
            ],
        )
        if first is None:
            return
        for table in _TABLES:
            con.execute(f"DELETE FROM derived.{table} WHERE period >= ?", [first])
            con.execute(f"INSERT INTO derived.{table} BY NAME FROM new_{table}")


def replace_commune_years(
    con: DuckDBPyConnection, as_of: date, first: str, rows: pl.DataFrame, shown: pl.DataFrame
) -> None:
    """Put communes' years in place of what stood from a January on, and remember what they show and hide.

    Args:
        con: the warehouse.
        as_of: the night.
        first: that January.
        rows: the columns of derived.commune_year.
        shown: map, unit_id, year, measure, value.
    """
    with transaction(con), given(con, {"new_rows": rows, "new_shown": shown}):
        con.execute("DELETE FROM derived.commune_year WHERE year >= ?", [Period.parse(first).year])
        con.execute("INSERT INTO derived.commune_year BY NAME FROM new_rows")
        con.execute("INSERT INTO derived.commune_year_shown SELECT *, ? FROM new_shown ON CONFLICT DO NOTHING", [as_of])
        con.execute(
            "INSERT INTO derived.commune_year_hidden SELECT DISTINCT map, unit_id, year, unnest(suppressed), ? "
            "FROM new_rows WHERE is_released ON CONFLICT DO NOTHING",
            [as_of],
        )


def last_night(con: DuckDBPyConnection) -> date | None:
    """The night of which the derived tables are; None before the first."""
    row = con.execute("SELECT as_of FROM derived.edition").fetchone()
    return row[0] if row else None


def half_years(con: DuckDBPyConnection, year: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Half-years of units from a year on, and which of communes may be shown: derived.unit_half, derived.half_told."""
    halves, told = (
        con.execute(f"FROM derived.{table} WHERE period >= ?", [year]).pl() for table in ("unit_half", "half_told")
    )
    return halves, told


def targets_of_gaps(con: DuckDBPyConnection) -> list[tuple[str, float]]:
    """The targets that stand beside the gaps, by step."""
    return con.execute("SELECT DISTINCT step, target FROM derived.gap_213").fetchall()


def replace_gaps(con: DuckDBPyConnection, rows: pl.DataFrame, year: str) -> None:
    """Put the gaps of Regulation 213 from a year on in the place of those that stood."""
    replace_derived(con, "derived.gap_213", rows, since=("half", year))


_WITHOUT_NULLS = ", ".join(f"coalesce(u.{name}, 0) AS {name}" for name in HALF_YEARLY_MEASURES)
_SHOW_HALVES = f"""
INSERT INTO derived.half_shown
SELECT map, unit_id, period, measure, value, $as_of
FROM (
    UNPIVOT (
        SELECT u.map, u.unit_id, u.period, {_WITHOUT_NULLS}
        FROM derived.unit_half AS u JOIN derived.half_told AS t USING (map, unit_id, period)
        WHERE t.is_told AND u.period >= $first AND derived.period_end(u.period) < $until
    ) ON {", ".join(HALF_YEARLY_MEASURES)} INTO NAME measure VALUE value
)
ON CONFLICT DO NOTHING
"""
_HIDE_HALVES = """
INSERT INTO derived.half_hidden
SELECT map, unit_id, period, $as_of
FROM derived.half_told
WHERE NOT is_told AND period >= $first AND derived.period_end(period) < $until
ON CONFLICT DO NOTHING
"""
_STANDING = "f.superseded_at IS NULL AND f.period >= $first"
_THERE = "alone.cell_code = f.cell_code AND last_day(f.period_start) BETWEEN alone.first AND alone.last"
_CELLS = f"""
SELECT place, period, count(*) AS cells
FROM alone
JOIN (SELECT DISTINCT f.period, last_day(f.period_start) AS ended FROM facts.{MONTHLY[0].name} AS f WHERE {_STANDING})
    ON ended BETWEEN alone.first AND alone.last
GROUP BY ALL
"""
_NOT_SUMMED = f"""
LEFT JOIN alone ON {_THERE}
LEFT JOIN summed ON summed.place = alone.place AND summed.period = f.period
WHERE summed.place IS NULL
"""
