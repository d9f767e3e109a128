"""Pilots over a corpus: one that does nothing chosen as the worst, one with an effect planted in the facts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.home import open_home
from flows.night.measure import measure
from flows.registry_files import PILOTS
from flows.settings import Settings
from warehouse.ledger.touched import touch_everything, touched

pytestmark = pytest.mark.corpus

HEADING = "name,what,units,from,to,chosen,drawn_from,outcomes,written_on"
START, NIGHT = "2021-07", date(2022, 7, 6)
WITH_EFFECT = ("870", "875", "876", "877")


def judged(home: Path, corpus_home: Callable[[str], Path], *lines: str, planted: bool = False) -> pl.DataFrame:
    """The effects in a copy of the corpus's home with some pilots."""
    settings = Settings(home=Path(shutil.copytree(corpus_home("exports"), home, symlinks=True)))
    (settings.registry_dir / PILOTS).write_text("\n".join((HEADING, *lines)), "utf-8")
    with open_home(settings) as con:
        if planted:
            con.execute(
                """UPDATE facts.away SET away_in_contact = away_in_contact - (away_in_contact + 5) // 10
                WHERE period >= ? AND reporter_code IN (SELECT unnest(?))""",
                [START, list(WITH_EFFECT)],
            )
            touch_everything(con)
        measure(con, touched(con), settings, NIGHT)
        return con.sql("FROM derived.pilot_effect").pl()


def test_the_worst_for_nothing_is_no_success(corpus_home: Callable[[str], Path], shared: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(corpus_home("exports") / "published" / "mobility.duckdb"), read_only=True) as con:
        worst = con.sql("""
            SELECT unit_code FROM marts.indicator WHERE map = 'today' AND level = 'district' AND period_kind = 'month'
                AND indicator = 'requests_rate' AND period BETWEEN '2020-07' AND '2021-06'
            GROUP BY 1 ORDER BY sum(numerator) / sum(denominator) DESC LIMIT 3""").fetchall()
    codes = [code for (code,) in worst]
    line = f"Nơi xấu nhất,Không làm gì,{' '.join(codes)},{START}-01,,worst,,requests_rate,2021-06-01"
    (row,) = judged(tmp_path / "home", corpus_home, line).filter(part="whole").to_dicts()
    assert row["p_value"] > 0.05
    assert row["ratio_lower"] < 1
    sums = pl.read_parquet(shared / "exports" / "expected" / "monthly.parquet").filter(
        pl.col("district").cast(pl.String).is_in(codes) & (pl.col("period").cast(pl.String) >= START)
    )
    assert row["observed_cases"] == sums["received"].sum()


def test_a_planted_effect_is_found_and_its_size_is_in_the_interval(
    corpus_home: Callable[[str], Path], tmp_path: Path
) -> None:
    line = f"Liên lạc,Thử,{' '.join(WITH_EFFECT)},{START}-01,,lot,,away_contact_share,2021-06-01"
    before, after = (
        judged(tmp_path / name, corpus_home, line, planted=name == "planted").filter(part="whole").to_dicts()[0]
        for name in ("plain", "planted")
    )
    planted = after["observed_cases"] / before["observed_cases"]
    assert 0.85 < planted < 0.97
    assert after["p_value"] == after["smallest_p"]
    assert after["ratio_lower"] < planted * before["rate_ratio"] < after["ratio_upper"] < 1
    assert after["rate_ratio"] == pytest.approx(planted * before["rate_ratio"], rel=0.01)
