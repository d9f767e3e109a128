"""A home with a published copy and nothing else, for what begins where the night ends."""

from __future__ import annotations

from pathlib import Path

from flows.settings import Settings
from tests.warehouse.lake.copies import Figures, written_copy

FIRST, SECOND = "2025-09-04-020455", "2025-09-05-020310"
MONTHS = {"2024-12": 6, "2025-01": 7}


def home_with_lake(folder: Path, lake: str | None = None, data: Path | None = None) -> Settings:
    """Its lake a file beside it, unless another is named."""
    catalogue = lake or str(folder / "catalogue.ducklake")
    return Settings(home=folder / "home", lake=catalogue, lake_data=str(data or folder / "data"), language="vi")


def publish_edition(settings: Settings, edition: str, figures: Figures, code: str = "82") -> Path:
    """As `publish` leaves it: a folder an edition, and the link to the last."""
    copy = written_copy(settings.published_dir / "editions" / edition / "mobility.duckdb", code, figures)
    link = settings.published_dir / "mobility.duckdb"
    link.unlink(missing_ok=True)
    link.symlink_to(copy)
    return copy
