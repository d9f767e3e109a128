"""The bundled registry's cells with invented figures, from 2023 into the reform of 2025, in a warehouse."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, MONTHLY_MEASURES, OF_CELLS, ORGANISATION
from expectations.contract.periods import Period
from transforms.disclosure import last_released_year, protect
from transforms.followup.gap_table import RELEASED_AFTER, gap_table
from transforms.followup.thresholds import Thresholds
from transforms.indicators import indicator_table
from transforms.samples.invented_communes import yearly_form
from transforms.territory.lineage import map_fingerprint
from transforms.territory.places import places, stays_alone
from transforms.territory.registry import Registry
from transforms.territory.unit_figures import CellFigures, commune_years, figures
from transforms.territory.yearly_figures import yearly_figures
from transforms.trends import comparison, contribution, waterfall
from warehouse.connection.frames import given
from warehouse.derived.replace import replace_derived
from warehouse.derived.unit_figures import (
    Computation,
    are_years_to_compute,
    cell_facts,
    commune_facts,
    first_to_compute,
    half_years,
    halves_before,
    published_before,
    remember_halves,
    replace_commune_years,
    replace_figures,
    replace_gaps,
    replace_years,
)
from warehouse.ledger.nights import begin_nights
from warehouse.ledger.registry import replace_registry
from warehouse.ledger.versions import add_versions
from warehouse.marts.views import apply_marts

PERIODS = tuple(f"{year}-{month:02d}" for year in (2023, 2024, 2025) for month in range(1, 13))[:32]
AS_OF = date(2025, 9, 4)
LATE, REJECTED, MISSING, RESENT = ("866", "2024-05"), ("867", "2024-07"), ("868", "2024-08"), ("869", "2024-06")
MISSING_COMMUNE, NOT_DUE = ("29884", "2025-07"), ("29888", "2025-08")
_REGULATION_213 = dict(zip(FORMS["regulation_213"].names, (9, 1, 8, 7, 5, 2), strict=True))
_PLACES = ("away_in_province", "away_other_province", "away_abroad")
_REASONS = ("reason_work_away", "reason_family", "reason_health", "reason_other")

_RATES = {
    "admitted": 0.03,
    "transferred_in": 0.04,
    "transferred_out": 0.04,
    "died": 0.02,
    "expelled": 0.0005,
    "struck_off": 0.005,
    "left_on_request": 0.004,
    "withdrawn": 0.002,
    "declined": 0.001,
    "pending_opening": 0.02,
    "away_started": 0.1,
    "away_returned": 0.1,
    **dict.fromkeys(_REASONS, 0.002),
    **dict.fromkeys(_PLACES, 1.0),
}


def invented_figures(registry: Registry, periods: tuple[str, ...], seed: int = 1) -> pl.DataFrame:
    """Every active cell and month with counts that keep the contract's rules; reporter_code says who reports it."""
    at = places(registry, periods, AS_OF).unique(["cell_code", "period"]).sort("cell_code", "period")
    dice = np.random.default_rng(seed)
    n = at.height
    m = {name: np.zeros(n, dtype=np.int64) for name in MONTHLY_MEASURES}
    for name, rate in _RATES.items():
        m[name] = dice.poisson(rate, n)
    m["approved"] = m["left_on_request"]
    m["received"] = sum(m[name] for name in _REASONS)
    m["received_from_away"] = m["received"] // 2
    m["pending_opening"] += m["approved"] + m["withdrawn"] + m["declined"]
    m["pending_closing"] = m["pending_opening"] + m["received"] - m["withdrawn"] - m["declined"] - m["approved"]
    m["away_total"] = sum(m[name] for name in _PLACES)
    m["away_in_contact"] = dice.binomial(m["away_total"], 0.8)
    m["away_out_of_contact"] = m["away_total"] - m["away_in_contact"]
    gained = m["admitted"] + m["restored"] + m["transferred_in"]
    lost = m["transferred_out"] + m["died"] + m["expelled"] + m["struck_off"] + m["left_on_request"]
    net = pl.Series("net", gained - lost)
    start = pl.Series("start", dice.integers(25, 50, n))
    closing = at.select("cell_code", net, start).select(
        pl.col("start").first().over("cell_code") + pl.col("net").cum_sum().over("cell_code")
    )
    m["members_closing"] = closing.to_series().to_numpy()
    m["members_opening"] = m["members_closing"] - net.to_numpy()
    return pl.concat([_reporters(at, registry), pl.DataFrame(m)], how="horizontal")


def _reporters(at: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    homes: dict[str, list] = {}
    for home in registry.homes:
        homes.setdefault(home.cell_code, []).append(home)
    rows = []
    for cell, period in at.select("cell_code", "period").iter_rows():
        day = Period.parse(period).last_day
        home = next(home for home in homes[cell] if home.valid_from <= day <= home.valid_to)
        rows.append((cell, period, home.reporter_code))
    return pl.DataFrame(rows, schema=["cell_code", "period", "reporter_code"], orient="row")


def _submissions(frame: pl.DataFrame) -> pl.DataFrame:
    sent = frame.select("reporter_code", "period").unique().sort("period", "reporter_code")
    rows = []
    for reporter, period in sent.iter_rows():
        if (reporter, period) in (MISSING, MISSING_COMMUNE, NOT_DUE):
            continue
        day = Period.parse(period).last_day + timedelta(days=41 if (reporter, period) == LATE else 3)
        rows.append((reporter, period, day, "rejected" if (reporter, period) == REJECTED else "accepted", 0))
        if (reporter, period) == RESENT:
            rows.append((reporter, period, day + timedelta(days=50), "accepted", 1))
    frame = pl.DataFrame(rows, schema=["reporter_code", "period", "recorded_at", "outcome", "more"], orient="row")
    level = pl.when(pl.col("period") < "2025-07").then(pl.lit("district")).otherwise(pl.lit("commune"))
    return frame.sort("recorded_at", "reporter_code", maintain_order=True).with_columns(
        reporter_level=level, submission_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    )


def fill(con: DuckDBPyConnection, registry: Registry, frame: pl.DataFrame) -> None:
    """Registry, submissions, problems and facts."""
    replace_registry(con, registry_tables(registry))
    subs = _submissions(frame)
    begin_nights(con, "backfill", sorted({*subs["recorded_at"], AS_OF}))
    with given(con, {"subs": subs}):
        con.execute("""
            INSERT INTO ledger.submission BY NAME
            SELECT submission_id, reporter_code, reporter_level, period, recorded_at AS received_on,
                recorded_at::TIMESTAMP AS received_at, recorded_at, period || '.xlsx' AS file_name, outcome
            FROM subs""")
        con.execute("""
            INSERT INTO ledger.problem (submission_id, problem_no, code, severity, form, message_vi, message_en)
            SELECT submission_id, 1, 'balance-broken', 'error', 'balance', 'vi', 'en' FROM subs
            WHERE outcome = 'rejected'
            UNION ALL
            SELECT submission_id, 1, 'late', 'warning', NULL, 'vi', 'en' FROM subs
            WHERE recorded_at > last_day((period || '-01')::DATE) + 5""")
    accepted = subs.filter(outcome="accepted")
    rows = frame.join(
        accepted.select("reporter_code", "period", "submission_id", "more"), on=["reporter_code", "period"]
    )
    rows = rows.with_columns(pl.col("admitted", "members_closing") + pl.col("more"), row=pl.int_range(pl.len()))
    half = rows.filter(pl.col("period").str.slice(5).is_in(["06", "12"])).with_columns(
        period=pl.col("period").str.replace("-06", "-H1", literal=True).str.replace("-12", "-H2", literal=True),
        **{name: pl.lit(value, pl.Int64) for name, value in _REGULATION_213.items()},
    )
    add_versions(
        con,
        accepted.select("submission_id", "reporter_code", "recorded_at"),
        {
            form.name: (half if form.half_yearly else rows).select(
                "submission_id",
                pl.lit(1).alias("table_no"),
                "row",
                "cell_code",
                "period",
                pl.lit(value=True).alias("is_reported"),
                *form.names,
            )
            for form in OF_CELLS
        }
        | {ORGANISATION.name: _yearly_rows(accepted, registry)},
    )


def yearly_facts(registry: Registry) -> pl.DataFrame:
    """The yearly form of the years that are over: reporter_code, commune_code, period and the measures."""
    parts = []
    for year in (Period(2023, 1, "year"), Period(2024, 1, "year")):
        homes = [home for home in registry.homes_on(year.last_day) if home.reporter_code]
        owners = {home.commune_code: home.reporter_code for home in homes}
        owner = pl.col("commune_code").replace_strict(owners).alias("reporter_code")
        parts.append(yearly_form(homes, year, 1).with_columns(owner, period=pl.lit(str(year))))
    return pl.concat(parts)


def _yearly_rows(accepted: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """The rows of the form, sent with December's files."""
    december = accepted.filter(pl.col("period").str.ends_with("-12")).select(
        "submission_id", "reporter_code", period=pl.col("period").str.slice(0, 4)
    )
    return (
        yearly_facts(registry)
        .join(december, on=["reporter_code", "period"])
        .with_row_index("row")
        .select(
            "submission_id",
            pl.lit(1).alias("table_no"),
            "row",
            "commune_code",
            "period",
            pl.lit(value=True).alias("is_reported"),
            *ORGANISATION.names,
        )
    )


def registry_tables(registry: Registry) -> dict[str, pl.DataFrame]:
    def table(rows: tuple, names: str) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=names.split(), orient="row", infer_schema_length=None)

    units = tuple(tuple(getattr(unit, name) for name in unit.__slots__) for unit in registry.units)
    homes = tuple(tuple(getattr(home, name) for name in home.__slots__) for home in registry.homes)
    return {
        "unit": table(units, " ".join(registry.units[0].__slots__)),
        "home": table(homes, " ".join(registry.homes[0].__slots__)),
        "cell_succession": table(registry.cell_succession, "from_code to_code effective_date kind weight"),
        "unit_succession": table(registry.unit_succession, "from_code to_code extent effective_date"),
        "reporting_level": table(registry.reporting, "level valid_from valid_to"),
        "alias": table(registry.aliases, "unit_code alias valid_from valid_to").cast(
            {"valid_from": pl.Date, "valid_to": pl.Date}
        ),
    }


def compute(con: DuckDBPyConnection, registry: Registry, as_of: date, periods: list[str]) -> str | None:
    """The derived tables as a night computes them; from which January, None where nothing had to be."""
    edition = Computation(as_of, as_of, map_fingerprint(registry, as_of))
    released = last_released_year(as_of)
    if are_years_to_compute(con, edition, [ORGANISATION.name]):
        facts, years = commune_facts(con)
        replace_years(con, yearly_figures(facts, registry, years, as_of))
    first = first_to_compute(con, edition, periods, released)
    frames = {}
    if first is not None:
        cells = CellFigures(*cell_facts(con, first, stays_alone(registry, as_of)))
        made = figures(cells, registry, as_of, halves_before=halves_before(con, first))
        table = protect(made.area_months, released, *published_before(con, first))
        replace_commune_years(con, as_of, first, commune_years(table, registry, as_of), table.shown)
        frames = {"unit_month": made.unit_month, "unit_half": made.unit_half, "half_told": made.half_told}
    replace_figures(con, edition, first, frames)
    replace_gaps(con, gap_table(*half_years(con, "0000"), Thresholds(), as_of), "0000")
    remember_halves(con, as_of, "0000", as_of - RELEASED_AFTER)
    return first


def compute_indicators(con: DuckDBPyConnection) -> None:
    """Indicators and what is made of them; trends are fitted elsewhere and are not needed here."""
    units = con.sql("FROM derived.unit_month").pl()
    table = indicator_table(units, con.sql("FROM derived.unit_half").pl())
    replace_derived(con, "derived.indicator", table)
    replace_derived(con, "derived.comparison", comparison(table))
    replace_derived(con, "derived.contribution", contribution(table))
    replace_derived(con, "derived.waterfall", waterfall(units.filter(pl.col("level") != "commune")))


def foresee(con: DuckDBPyConnection) -> None:
    """A forecast of each month of the province, made the month before: its own figure, give or take five."""
    apply_marts(con)
    con.execute("""
        INSERT INTO derived.forecast BY NAME
        SELECT map, unit_code, 'province' AS level, 'away_total' AS indicator, period, period_start AS made_on,
            1 AS horizon, away_total AS mean, away_total - 5 AS lower_80, away_total + 5 AS upper_80,
            away_total - 9 AS lower_95, away_total + 9 AS upper_95, []::BIGINT[] AS quantiles
        FROM marts.figures_province WHERE away_total IS NOT NULL""")
