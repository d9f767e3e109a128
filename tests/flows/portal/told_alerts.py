"""A home whose nights told of three alerts: one grave and new, one of less weight, one that has returned."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from flows.home import open_home
from flows.night.alert import ALERTS
from flows.night.cases import write_anew
from flows.night.publish import publish_board
from flows.settings import Settings
from warehouse.board import alerts as stored

FIRST_NIGHT, LAST_NIGHT = date(2024, 12, 5), date(2025, 1, 5)
GRAVE, SMALL, OVER = "866-requests-up-2024-12", "867-contact-up-2024-12", "868-away-up-2024-11"
UNIT = {GRAVE: "Thành phố Cao Lãnh", SMALL: "Thành phố Sa Đéc", OVER: "Thành phố Hồng Ngự"}
MONTHS = [f"2024-{month:02}" for month in range(6, 13)]

Row = dict[str, Any]


def with_alerts(home: Path, folder: Path) -> Path:
    """A copy of a home, with the alerts in its warehouse and its copies."""
    own = Path(shutil.copytree(home, folder / "told", symlinks=True))
    settings = Settings(home=own)
    with open_home(settings) as con:
        stored.add_findings(con, pl.DataFrame(_findings(con)), [FIRST_NIGHT, LAST_NIGHT])
        write_anew(con, ALERTS, settings)
        publish_board(con, settings)
    return own


def _findings(con: DuckDBPyConnection) -> list[Row]:
    communes = con.execute(
        "SELECT DISTINCT unit_id FROM registry.unit WHERE parent_code = '866' AND level = 'commune' ORDER BY 1"
    ).fetchall()
    requests = [_row("866", "received", "requests", month, 21.0 if month == "2024-12" else 2.0) for month in MONTHS]
    of_communes = [
        _row(unit, "received", "requests", "2024-12", seen, level="commune", is_signal=False)
        for (unit,), seen in zip(communes, [14.0, 5.0, 2.0], strict=False)
    ]
    contact = [
        _row("867", "away_out_of_contact", "contact", month, 9.0 if month == "2024-12" else 3.0, q_value=0.05)
        for month in MONTHS
    ]
    away = [_row("868", "away_total", "away", month, 90.0 if month == "2024-11" else 40.0) for month in MONTHS]
    return [*requests, *of_communes, *contact, *away]


def _row(unit: str, indicator: str, family: str, period: str, seen: float, level: str = "district", **more: Any) -> Row:
    usual = {"received": 2.0, "away_out_of_contact": 3.0, "away_total": 41.0}[indicator]
    is_signal = seen > 2 * usual
    return {
        "night": LAST_NIGHT if period == "2024-12" else FIRST_NIGHT,
        "unit_id": unit,
        "level": level,
        "scope": "unit",
        "family": family,
        "indicator": indicator,
        "kind": "change",
        "direction": "up",
        "period": period,
        "first_period": period,
        "observed": seen,
        "expected": usual if level == "district" else 0.5,
        "lower": None if usual < 10 else usual - 10,
        "upper": 2 * usual,
        "p_value": 0.0001 if is_signal else 0.4,
        "q_value": 0.005 if is_signal else 0.9,
        "is_signal": is_signal,
        "is_rejudged": False,
    } | more
