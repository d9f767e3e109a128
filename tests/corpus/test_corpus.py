"""The districts' exports taken in whole: every figure, outcome, problem and place, against what is known of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest

from expectations.contract.forms import FORMS, MONTHLY, OF_CELLS
from flows.home import open_home
from flows.night.collect import clear_inbox, collect
from flows.night.run import Run
from flows.night.settle import settle
from flows.night.take_in import take_in
from flows.settings import Settings, load_settings

pytestmark = pytest.mark.corpus

# Codes that come of the planted fault itself and may stand beside it in a rejected file.
VALUES = {"total-mismatch", "opening-mismatch", "balance-broken", "parts-exceed-total", "cross-form-mismatch"}
FOLLOWS = {
    "unknown-unit": {"total-mismatch", "missing-unit"},
    "wrong-district": set(),
    "wrong-template": set(),
    "period-invalid": {"file-name-period"},
    "not-a-count": VALUES,
    "negative-count": VALUES,
    "duplicate-unit": {"total-mismatch"},
    "balance-broken": VALUES,
    "parts-exceed-total": VALUES,
    "cross-form-mismatch": VALUES,
    "missing-form": {"cross-form-mismatch"},
}


def mobility(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "flows", *arguments]
    environment = {**os.environ, "MOBILITY_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["exports", "exports_2025"])
def taken_in(request, shared, corpus_home):
    """A home into which the corpus was taken, and the corpus."""
    return corpus_home(request.param), shared / request.param


@pytest.fixture
def con(taken_in):
    with duckdb.connect(str(taken_in[0] / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def test_the_standing_facts_are_the_expected_figures_to_the_value(con, taken_in):
    expected = taken_in[1] / "expected"
    monthly = pl.read_parquet(expected / "monthly.parquet").rename({"cell": "cell_code"})
    half = pl.read_parquet(expected / "regulation_213.parquet").rename({"cell": "cell_code"})
    assert con.sql("SELECT count(*) FROM facts.organisation").fetchall() == [(0,)]  # nobody sent it then
    for form in OF_CELLS:
        columns = ["period", "cell_code", *form.names]
        truth = (monthly if form in MONTHLY else half).select(columns).sort("period", "cell_code")
        stored = con.sql(f"SELECT {', '.join(columns)} FROM facts.{form.name} WHERE superseded_at IS NULL").pl()
        cast = stored.cast(dict(truth.schema)).sort("period", "cell_code")
        assert cast.equals(truth), form.name


def test_every_file_has_the_outcome_and_problems_that_were_planted(con, taken_in):
    manifest = [json.loads(line) for line in (taken_in[1] / "manifest.jsonl").open(encoding="utf-8")]
    files, problems = _ledger(con)
    assert len(files) == len(manifest)
    for entry in manifest:
        _, _, reporter, name = Path(entry["path"]).parts
        number, outcome = files[reporter, entry["received"], name]
        planted, found = set(entry["problems"]), {code for code, *_ in problems[number]}
        allowed = set(planted)
        if entry["outcome"] == "rejected":
            allowed |= {"late", "resubmission"}.union(*(FOLLOWS.get(code, set()) for code in planted))
        assert outcome == entry["outcome"], entry["path"]
        assert planted <= found <= allowed, f"{entry['path']}: {found} where {planted} were planted"
        for fault in entry["at"]:
            near = [p for p in problems[number] if p[2] == fault["unit"]]
            if planted & {"not-a-count", "negative-count"} and fault["measure"] != "members_closing":
                near = [p for p in near if p[1] == fault["cell"] and p[3] == fault["measure"]]
            assert any(code in planted and cell for code, cell, *_ in near), f"{entry['path']}: {fault}"


def _ledger(con):
    rows = con.sql(
        "SELECT submission_id, reporter_code, received_on, file_name, outcome FROM ledger.submission"
    ).fetchall()
    files = {(reporter, str(day), name): (number, outcome) for number, reporter, day, name, outcome in rows}
    problems = defaultdict(list)
    query = "SELECT submission_id, code, cell_ref, unit_code, measure, message_vi, message_en FROM ledger.problem"
    for number, code, cell, unit, measure, vi, en in con.sql(query).fetchall():
        assert vi, code
        assert en, code
        problems[number].append((code, cell, unit, measure))
    return files, problems


def test_a_list_of_people_is_kept_nowhere(con, taken_in):
    home = taken_in[0]
    refused = con.sql(
        "SELECT sha256 FROM ledger.submission SEMI JOIN ledger.problem USING (submission_id) "
        "WHERE submission_id IN (SELECT submission_id FROM ledger.problem WHERE code = 'personal-data')"
    ).fetchall()
    for (sha,) in refused:
        assert not (home / "archive" / sha[:2] / sha).exists()
    assert not list((home / "returns").rglob("*danh sach*"))


def test_each_rejected_file_but_lists_of_people_has_its_workbook(con, taken_in):
    (expected,) = con.sql(
        "SELECT count(DISTINCT (reporter_code, received_on, file_name)) FROM ledger.submission AS s "
        "WHERE outcome = 'rejected' AND NOT EXISTS (FROM ledger.problem AS p "
        "WHERE p.submission_id = s.submission_id AND p.code = 'personal-data')"
    ).fetchone()
    assert len(list((taken_in[0] / "returns").rglob("*.xlsx"))) == expected


def test_taking_the_same_tree_in_again_changes_nothing(taken_in, tmp_path):
    made, corpus = taken_in
    home = Path(shutil.copytree(made, tmp_path / "home", symlinks=True))  # others read the one that was made
    before = _content(home)
    mobility(home, "backfill", str(corpus / "deliveries"))
    assert _content(home) == before


def _content(home: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        tables = ["ledger.submission", "ledger.problem", *(f"facts.{form}" for form in FORMS)]
        return {table: con.sql(f"SELECT count(*), bit_xor(hash(t)) FROM {table} AS t").fetchall() for table in tables}


def test_night_by_night_gives_what_the_backfill_gives(shared, tmp_path, monkeypatch):
    days = sorted((shared / "exports" / "deliveries").iterdir())
    days = [day for day in days if "2019-07-04" <= day.name < "2019-08-04"]
    tree = tmp_path / "tree"
    for day in days:
        shutil.copytree(day, tree / day.name)
    (tmp_path / "at_once").mkdir()
    mobility(tmp_path / "at_once", "backfill", str(tree))

    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "nightly"))
    settings = load_settings()
    for day in days:
        _deliver(day, settings)
        night = date.fromisoformat(day.name)
        with open_home(settings) as store:
            arrived = collect(settings, night)
            taken = take_in(store, arrived.files, settings, Run("nightly", night, datetime(2026, 1, 1)))
            clear_inbox(arrived.files)
            if day in (*days[::4], days[-1]):  # what follows from the figures is no part of what is compared
                settle(store, taken.touched, settings, night)
        assert not [path for path in settings.inbox_dir.rglob("*") if path.is_file()]
    assert _content(tmp_path / "nightly") == _content(tmp_path / "at_once")


def _deliver(day: Path, settings: Settings) -> None:
    midnight = datetime.combine(date.fromisoformat(day.name), time(), ZoneInfo(settings.timezone)).timestamp()
    for path in day.rglob("*"):
        if path.is_file():
            target = settings.inbox_dir / path.relative_to(day)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            os.utime(target, (midnight, midnight))
