"""The mart of targets tells of no unit what the mart of indicators would not."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from tests.warehouse.marts.marts_province import registry_tables
from transforms.targets import Target, target_table
from transforms.territory.registry import Registry
from warehouse.derived.replace import replace_derived
from warehouse.derived.targets import are_targets_computed, figures_of, replace_targets, unsettled
from warehouse.ledger.nights import begin_nights
from warehouse.ledger.registry import replace_registry
from warehouse.marts.views import apply_marts

PEOPLE, COMMITTEES, CONTACT = "secretary_is_head_share", "committees_trained_share", "away_contact_share"
NIGHT = date(2026, 3, 1)


def indicator(name: str, level: str, code: str, period: str, kind: str = "year") -> dict[str, object]:
    return {
        "map": "today",
        "unit_code": code,
        "level": level,
        "period": period,
        "period_kind": kind,
        "indicator": name,
        "numerator": 30.0,
        "denominator": 50.0,
        "value": 0.6,
        "coverage": 1.0,
    }


def target(name: str, level: str) -> Target:
    kind = "running" if name == CONTACT else "yearly_coverage"
    return Target(f"{name} {level}", name, ">=", 0.5, kind, level, "s", date(2024, 1, 1), None)  # type: ignore[arg-type]


@pytest.fixture
def kept(con: DuckDBPyConnection, registry: Registry) -> DuckDBPyConnection:
    """Figures of 2024, which districts reported, and of 2025, which communes did; one commune is still to report."""
    replace_registry(con, registry_tables(registry))
    con.execute("""
        INSERT INTO ledger.submission BY NAME SELECT 1 AS submission_id, '29869' AS reporter_code,
            'commune' AS reporter_level, '2025-12' AS period, DATE '2026-01-04' AS received_on,
            TIMESTAMP '2026-01-04' AS received_at, DATE '2026-01-04' AS recorded_at, 'bc.xlsx' AS file_name,
            'accepted' AS outcome""")
    rows = [
        indicator(name, level, code, year)
        for name in (PEOPLE, COMMITTEES)
        for level, code in (("province", "82"), ("district", "866"), ("commune", "29869"))
        for year in ("2024", "2025")
        if (name, level) != (PEOPLE, "commune")
    ]
    months = [indicator(CONTACT, "province", "82", month, "month") for month in ("2025-11", "2025-12")]
    replace_derived(con, "derived.indicator", pl.DataFrame([*rows, *months]))
    years = [
        {"map": "today", "level": "province", "unit_id": "82", "unit_code": "82", "period": year}
        | {"units_expected": 45, "units_reported": 45}
        for year in ("2024", "2025")
    ]
    replace_derived(con, "derived.unit_year", pl.DataFrame(years))
    apply_marts(con)
    return con


def told(con: DuckDBPyConnection, night: date) -> set[tuple[str, str, str]]:
    """Indicator, unit and period of each figure that the mart of targets tells on a night."""
    begin_nights(con, "nightly", [night])
    names = [(PEOPLE, "province"), (PEOPLE, "district"), (CONTACT, "province")]
    names += [(COMMITTEES, level) for level in ("province", "district", "commune")]
    targets = [target(*one) for one in names]
    figures = figures_of(con, [PEOPLE, COMMITTEES, CONTACT])
    replace_targets(con, target_table(targets, figures, unsettled(con), night, 5, {}), night, "mark")
    rows = con.sql("SELECT indicator, unit_code, known_period FROM marts.target WHERE numerator IS NOT NULL").fetchall()
    published = con.sql("SELECT indicator, unit_code, period FROM marts.indicator").fetchall()
    assert set(rows) <= set(published)
    return set(rows)


def test_while_communes_are_still_to_report_no_figure_of_their_people_is_told(kept: DuckDBPyConnection) -> None:
    early = told(kept, date(2026, 1, 20))
    assert (PEOPLE, "82", "2024") in early
    assert (PEOPLE, "82", "2025") not in early
    assert (CONTACT, "82", "2025-12") not in early
    assert (CONTACT, "82", "2025-11") in early


def test_a_former_districts_area_tells_people_only_of_the_years_that_districts_reported(
    kept: DuckDBPyConnection,
) -> None:
    late = told(kept, NIGHT)
    assert (PEOPLE, "82", "2025") in late
    assert {period for name, code, period in late if (name, code) == (PEOPLE, "866")} == {"2024"}
    assert (CONTACT, "82", "2025-12") in late


def test_counts_of_organisations_are_told_of_every_level(kept: DuckDBPyConnection) -> None:
    late = told(kept, NIGHT)
    assert {(code, "2025") for code in ("82", "866", "29869")} <= {
        (code, period) for name, code, period in late if name == COMMITTEES
    }


def test_the_table_says_what_it_was_computed_with(kept: DuckDBPyConnection) -> None:
    assert not are_targets_computed(kept, "mark")
    told(kept, NIGHT)
    assert are_targets_computed(kept, "mark")
    assert not are_targets_computed(kept, "another")


def test_of_a_year_of_months_the_cells_of_its_worst_month_are_missing_and_of_reports_none(kept: DuckDBPyConnection):
    """The communes of the yearly form are another count."""
    whole = {"map": "today", "level": "province", "unit_id": "82", "unit_code": "82", "units_expected": 500}
    months = [
        whole | {"period": f"2025-{month:02d}", "units_reported": 500 - missing}
        for month, missing in ((10, 7), (11, 0), (12, 3))
    ]
    replace_derived(kept, "derived.unit_month", pl.DataFrame(months))
    names = ["requests_rate", "reporting_timeliness", COMMITTEES]
    replace_derived(
        kept, "derived.indicator", pl.DataFrame([indicator(one, "province", "82", "2025") for one in names])
    )
    found = figures_of(kept, names).select("indicator", "units_expected", "units_reported").rows()
    assert set(found) == {("requests_rate", 500, 493), ("reporting_timeliness", None, None), (COMMITTEES, 45, 45)}
