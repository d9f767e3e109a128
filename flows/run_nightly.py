"""Runs the night in this process, with Prefect's temporary server, and prints what it came to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.engine import prepare_engine
from flows.settings import load_settings


def run_nightly(as_of: date | None, inbox: Path | None) -> None:
    """The flow `nightly`, then its summary."""
    settings = load_settings(inbox=inbox)
    prepare_engine(settings)
    from flows.nightly import nightly  # noqa: PLC0415 - Prefect reads its settings when it is imported
    from flows.steps import show_report  # noqa: PLC0415

    show_report(nightly(as_of, inbox), settings)
