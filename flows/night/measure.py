"""Computes anew what the night touched: figures by unit on both maps, indicators, trends, targets, forecasts."""

from __future__ import annotations

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.indicators import INDICATORS, REPORTS
from expectations.contract.periods import Period
from flows.night.computing import Computing, Pending
from flows.night.pilots import measure_pilots
from flows.night.thresholds import thresholds_of
from flows.registry_files import load_registry, targets
from flows.settings import Settings
from transforms.disclosure import Protected, last_released_year, protect
from transforms.followup.gap_table import RELEASED_AFTER, gap_table
from transforms.forecast import Origin, forecasts, score_table
from transforms.indicators import indicator_table, province_of, reporting_figures
from transforms.targets import target_table, targets_fingerprint
from transforms.territory.lineage import map_fingerprint
from transforms.territory.places import stays_alone
from transforms.territory.provinces import ProvincesOfDay
from transforms.territory.registry import Registry
from transforms.territory.unit_figures import CellFigures, commune_years, figures
from transforms.territory.unit_ids import unit_code
from transforms.territory.yearly_figures import yearly_figures
from transforms.trends import comparison, contribution, trend, waterfall
from warehouse.connection.transaction import transaction
from warehouse.derived import forecasts as of_forecasts
from warehouse.derived import indicators as tables
from warehouse.derived import targets as of_targets
from warehouse.derived import unit_figures as stored
from warehouse.ledger.touched import Touched, mark_computed
from warehouse.marts.views import apply_marts

WITH_TRENDS = ["district", "province"]
# A backfill foresees from the months of two years alone: more would cost more than they tell.
FORESEEN_FROM = 24
# A handful of years, of which counts of people are published of few units: no trends, nothing split among districts.
# Reports are of reporters as they stand, whichever units' figures changed.
WITHOUT_TRENDS = [each.name for each in INDICATORS if each.every == "year" or each.forms == (REPORTS,)]
FIRST_YEAR = "0001"


def measure(
    con: DuckDBPyConnection, touched: Touched, settings: Settings, as_of: date, computing: Computing | None = None
) -> int:
    """Compute anew the derived tables of whatever changed in the facts; all else stays as it is.

    Args:
        con: the warehouse.
        touched: what changed.
        settings: the registry, the due day, the small count, the thresholds.
        as_of: the night.
        computing: where forecasts, trends and the protection of communes' years are computed, beside all that does not
            hang on them.

    Returns:
        how many hidden figures of communes could be worked out all the same, for want of others to hide with them.
    """
    registry = load_registry(settings.registry_dir)
    computing = computing or Computing(settings.computing_seconds)
    edition = stored.Computation(as_of, as_of, map_fingerprint(registry, as_of), settings.due_day, settings.small_count)
    released = last_released_year(as_of)
    apply_marts(con)
    with transaction(con):
        before = stored.last_night(con)
        are_years_new = stored.are_years_to_compute(con, edition, touched.forms)
        if are_years_new:
            facts, due = stored.commune_facts(con)
            stored.replace_years(con, yearly_figures(facts, registry, due, as_of))
        first = stored.first_to_compute(con, edition, touched.periods, released)
        frames: dict[str, pl.DataFrame] = {}
        changed, protected, trends = pl.DataFrame(), None, None
        if first is not None:
            cells = CellFigures(*stored.cell_facts(con, first, stays_alone(registry, as_of)))
            made = figures(cells, registry, as_of, settings.small_count, stored.halves_before(con, first))
            frames = {"unit_month": made.unit_month, "unit_half": made.unit_half, "half_told": made.half_told}
            changed = tables.changed_units(con, first, frames)
            past = stored.published_before(con, first)
            protected = computing.submit(protect, made.area_months, released, *past, settings.small_count)
        stored.replace_figures(con, edition, first, frames)
        foreseen = _begin_forecasts(con, as_of, computing)
        if changed.height and first is not None:
            _indicators(con, changed, first[:4])
            trends = _begin_trends(con, computing)
            _comparisons(con, first[:4])
        _gaps(con, settings, first, before, as_of)
        are_new = are_years_new or changed.height > 0
        if are_new:
            yearly = indicator_table(tables.no_figures(con), years=tables.yearly_figures(con))
            tables.replace_of_every_unit(con, yearly)
        _reporting(con, registry)
        _targets(con, registry, settings, as_of, are_new=are_new)
        measure_pilots(con, registry, settings, as_of, are_new=are_new)
        exposed = _commune_years(con, registry, as_of, first, protected)
        _forecasts(con, foreseen, are_new=changed.height > 0)
        _trends(con, trends)  # last, as it is the last to be ready
        mark_computed(con)
    return exposed


def _indicators(con: DuckDBPyConnection, changed: pl.DataFrame, year: str) -> None:
    """Indicators and the balance's waterfall of the units whose figures changed, from the year of the change on.

    The longest period is twelve months: a figure reaches back into the year before and no further.
    """
    changed = tables.with_last_month(con, changed)
    months = _by_territory(tables.months_reaching(con, changed, _year_before(year)))
    halves = _by_territory(tables.halves_from(con, changed, year))
    kept = _by_code(indicator_table(months, halves, None))
    steps = _by_code(waterfall(months.filter(pl.col("level").is_in(WITH_TRENDS))))
    frames = {"indicator": kept, "waterfall": steps}
    tables.replace_indicators(con, changed, {name: _from(year, rows) for name, rows in frames.items()}, year)


def _year_before(year: str) -> str:
    return f"{int(year) - 1:04d}"


def _from(year: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("period") >= year)


def _by_territory(rows: pl.DataFrame) -> pl.DataFrame:
    """A code stands for one territory before a reform and for another after: no period may reach over both."""
    return rows.with_columns(unit_code=pl.col("unit_id"))


def _by_code(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(unit_code("unit_code"))


def _begin_trends(con: DuckDBPyConnection, computing: Computing) -> Pending[pl.DataFrame]:
    """The trends of all units: the model learns from them all how long deviations last, one's change is everybody's."""
    return computing.submit(trend, tables.months_of_indicators(con, WITH_TRENDS, WITHOUT_TRENDS))


def _trends(con: DuckDBPyConnection, trends: Pending[pl.DataFrame] | None) -> None:
    if trends is not None:
        tables.replace_indicators(con, None, {"trend": trends.result()})


def _comparisons(con: DuckDBPyConnection, year: str) -> None:
    """Comparisons and contributions of districts and the province, all units at once.

    A period is held against that of the year before: those before the year of the change stand.
    """
    near = tables.indicators(con, WITH_TRENDS, WITHOUT_TRENDS, _year_before(year))
    frames = {"comparison": comparison(near), "contribution": contribution(near)}
    tables.replace_indicators(con, None, {name: _from(year, rows) for name, rows in frames.items()}, year)


def _commune_years(
    con: DuckDBPyConnection, registry: Registry, as_of: date, first: str | None, protected: Pending[Protected] | None
) -> int:
    """Put communes' years in place from a January on; how many hidden figures could be worked out all the same."""
    if first is None or protected is None:
        return 0
    table = protected.result()
    stored.replace_commune_years(con, as_of, first, commune_years(table, registry, as_of), table.shown)
    return table.exposed.height


def _gaps(con: DuckDBPyConnection, settings: Settings, first: str | None, before: date | None, as_of: date) -> None:
    """The gaps of Regulation 213 from the year on in which a figure changed, or what may be shown since the last night.

    A target that changed is another in every row.
    """
    thresholds = thresholds_of(settings)
    years = [year for year in (first, str(min(before or as_of, as_of) - RELEASED_AFTER)) if year is not None]
    year = min(years)[:4]
    if before is None or any(target != thresholds.target(step) for step, target in stored.targets_of_gaps(con)):
        year = FIRST_YEAR
    rows = gap_table(*stored.half_years(con, _year_before(year)), thresholds, as_of)
    stored.replace_gaps(con, rows.filter(pl.col("half") >= year), year)
    stored.remember_halves(con, as_of, year, as_of - RELEASED_AFTER)


def _reporting(con: DuckDBPyConnection, registry: Registry) -> None:
    """How complete and timely the reports were: it changes with each night, whether a report came or not."""
    due = tables.due_reports(con).with_columns(map=pl.lit("reported")).rename({"reporter_code": "unit_code"})
    if due.is_empty():
        return
    own = reporting_figures(due)
    above = [province_of(rows, code) for code, rows in _by_province(own, registry)]
    reports = indicator_table(tables.no_figures(con), None, pl.concat([own, *above]))
    tables.replace_of_every_unit(con, _by_code(reports))


def _targets(con: DuckDBPyConnection, registry: Registry, settings: Settings, as_of: date, *, are_new: bool) -> None:
    """The targets anew where figures or the targets changed, or the night's day is another for them."""
    wanted = targets(settings.registry_dir).rows
    provinces, communes = (registry.units_on(as_of, level) for level in ("province", "commune"))
    standing = {unit.unit_code: len(communes) for unit in provinces}
    given = (of_targets.unsettled(con), as_of, settings.due_day, standing)
    fingerprint = targets_fingerprint(wanted, *given)
    if not are_new and of_targets.are_targets_computed(con, fingerprint):
        of_targets.note_night(con, as_of)
        return
    figures = of_targets.figures_of(con, [target.indicator for target in wanted])
    of_targets.replace_targets(con, target_table(wanted, figures, *given), as_of, fingerprint)


def _begin_forecasts(con: DuckDBPyConnection, as_of: date, computing: Computing) -> Pending[pl.DataFrame] | None:
    """A forecast from each month that is in and has none, once."""
    waiting = of_forecasts.months_waiting(con, as_of, FORESEEN_FROM)
    if not waiting:
        return None
    return computing.submit(forecasts, of_forecasts.figures(con), [Origin(*one) for one in waiting])


def _forecasts(con: DuckDBPyConnection, foreseen: Pending[pl.DataFrame] | None, *, are_new: bool) -> None:
    """Keep the forecasts made; what stands is scored anew where figures changed."""
    made = foreseen.result() if foreseen else pl.DataFrame()
    if made.height:
        of_forecasts.keep(con, made)
    if made.height or are_new:
        of_forecasts.replace_scores(con, score_table(of_forecasts.kept_lately(con), of_forecasts.came(con)))


def _by_province(own: pl.DataFrame, registry: Registry) -> list[tuple[str, pl.DataFrame]]:
    """The rows of each province's reporters; a code that is another province's now is told by its unit_id."""
    days = {text: ProvincesOfDay(registry, Period.parse(text).last_day) for text in own["period"].unique()}
    lies_in = [days[period].of(code) for period, code in own.select("period", "unit_code").iter_rows()]
    placed = own.with_columns(pl.Series("province", lies_in, dtype=pl.String)).drop_nulls("province")
    parts = placed.sort("province").partition_by("province", as_dict=True, include_key=False)
    return [(str(code), rows) for (code,), rows in parts.items()]
