"""Run inside a copy of the tree that declares the form `meetings`: takes in a report that has it, and a correction.

usage: python new_form_taken_in.py HOME. Prints as JSON what the warehouse then holds and publishes.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.samples.invented import simulate
from transforms.samples.tree import planted_changes, sample_tree
from warehouse.connection.store import open_to_read
from warehouse.published import open_facts_as_of

FIRST, LAST, REPORTER = Period(2024, 1), Period(2024, 3), "866"
NAMES = ("meetings_held", "meetings_attended")


def main() -> None:
    home = Path(sys.argv[1])
    registry = load_registry(home / "registry")
    days = [_send(registry, home, seed, seed * 20) for seed in (1, 2)]
    settings = Settings(home=home)
    backfill(home / "second", None, settings)
    with open_to_read(settings.warehouse_path) as con:
        facts = con.sql("SELECT period, count(*), sum(meetings_held) FROM facts.meetings GROUP BY ALL ORDER BY 1")
        standing = facts.fetchall()
        problems = con.sql("SELECT DISTINCT code FROM ledger.problem WHERE form = 'meetings'").fetchall()
        missing = con.sql("SELECT count(*) FROM ledger.problem WHERE code LIKE 'missing-%'").fetchone()
        steps = con.sql("SELECT max(number) FROM ledger.migration").fetchone()
    told = {"facts": standing, "problems": problems, "missing": missing, "migrations": steps, "as_of": [], "true": []}
    for day in days:
        with open_facts_as_of(settings.warehouse_path, day) as con:
            told["as_of"] += con.sql(f"SELECT {_sums(NAMES)} FROM meetings").fetchall()
    told["true"] = [_true(registry, seed) for seed in (1, 2)]
    with duckdb.connect(str(home / "published" / "mobility.duckdb"), read_only=True) as con:
        told |= _published(con)
    print(json.dumps(told, ensure_ascii=False, default=str))


def _send(registry, home: Path, seed: int, later: int) -> date:
    """The last month's report, whose correction comes with other figures some weeks later; the day it is received."""
    for file in sample_tree(registry, seed, FIRST, LAST, {REPORTER}, is_faulty=False):
        if file.received_on > LAST.last_day:
            day = file.received_on + timedelta(days=later)
            path = home / "second" / str(day) / file.reporter_code / f"{seed} {file.file_name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
    return day


def _true(registry, seed: int) -> list[int]:
    """What the last report was made from."""
    *_, month = simulate(registry, seed, FIRST, LAST, planted_changes(registry, LAST))
    codes = [home.cell_code for home in month.homes if home.reporter_code == REPORTER]
    kept = month.monthly.filter(month.monthly["cell_code"].is_in(codes))
    return [int(kept[name].sum()) for name in NAMES]


def _sums(names: tuple[str, ...]) -> str:
    return ", ".join(f"sum({name})" for name in names)


def _published(con: duckdb.DuckDBPyConnection) -> dict[str, list]:
    rest = f"WHERE map = 'reported' AND unit_code = '{REPORTER}' ORDER BY period"
    return {
        "district": con.sql(
            f"SELECT period, {', '.join(NAMES)}, units_reported > 0 FROM marts.figures_district {rest}"
        ).fetchall(),
        "province": con.sql(
            "SELECT meetings_held FROM marts.figures_province WHERE map = 'today' ORDER BY period"
        ).fetchall(),
        "revision": con.sql(
            "SELECT value FROM marts.revision WHERE measure = 'meetings_held' ORDER BY version_no"
        ).fetchall(),
        "status": con.sql(
            "SELECT period, units_reported = units_expected FROM marts.reporting_status "
            f"WHERE reporter_code = '{REPORTER}' AND period <= '2024-03' ORDER BY period"
        ).fetchall(),
        "dictionary": con.sql(
            "SELECT mart, column_name, meaning_vi, meaning_en, unit, source, privacy FROM marts.dictionary "
            "WHERE column_name LIKE 'meetings%' ORDER BY ALL"
        ).fetchall(),
        "communes": con.sql(
            "SELECT table_name FROM duckdb_columns() WHERE column_name LIKE 'meetings%' AND table_name LIKE '%commune%'"
        ).fetchall(),
    }


if __name__ == "__main__":
    main()
