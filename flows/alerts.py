"""Alerts in the night: what was found becomes alerts with a life, and what people did to them is folded in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from flows.settings import Settings
from warehouse.alerts import add_findings, replace_detectability
from warehouse.transaction import transaction


def keep_alerts(
    con: DuckDBPyConnection, findings: pl.DataFrame, detectability: pl.DataFrame, nights: Sequence[date],
    settings: Settings,
) -> None:  # fmt: skip
    """Bring the alerts up to date with what nights judged, and with what people did since the last run.

    Nights may be judged again and earlier ones may come later: the alerts are made anew from the first night's
    findings on, so that the same nights and acts give the same alerts in whatever order they were taken in.

    Args:
        findings: the columns of alerts.finding, of these nights; others are passed over.
        detectability: columns of alerts.detectability; may be empty.
        nights: every night judged, also those that found nothing.
        settings: the board's file and the small count.
    """
    with transaction(con):
        add_findings(con, findings, nights)
        replace_detectability(con, detectability)
