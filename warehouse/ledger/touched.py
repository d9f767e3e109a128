"""What changed and has not been computed anew: kept in the ledger, so that a night broken off is made good."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Touched:
    """Figures that changed since the derived tables were last computed.

    Attributes:
        versions: reporter_code, form, period.
    """

    versions: pl.DataFrame

    @property
    def reporters(self) -> list[str]:
        return self.versions["reporter_code"].unique().sort().to_list()

    @property
    def periods(self) -> list[str]:
        return self.versions["period"].unique().sort().to_list()

    @property
    def forms(self) -> list[str]:
        return self.versions["form"].unique().sort().to_list()

    def __bool__(self) -> bool:
        return self.versions.height > 0


def touched(con: DuckDBPyConnection) -> Touched:
    """Everything loaded, taken back or moved to another unit that the derived tables do not show yet."""
    return Touched(con.sql("SELECT DISTINCT reporter_code, form, period FROM ledger.touched ORDER BY ALL").pl())


def touch_everything(con: DuckDBPyConnection) -> None:
    """Have every derived figure computed anew: the registry changed, or a formula did."""
    con.execute("DELETE FROM ledger.touched")
    con.execute("INSERT INTO ledger.touched SELECT DISTINCT reporter_code, form, period FROM ledger.version")


def mark_computed(con: DuckDBPyConnection) -> None:
    """Note that the derived tables are up to date; in the transaction that replaced them."""
    con.execute("DELETE FROM ledger.touched")
