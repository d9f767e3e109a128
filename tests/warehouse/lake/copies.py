"""Small published copies: a province's unit, figures of some months, and words about both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb

from warehouse.lake.adding import SentEdition

UNITS = {"82": ("Tỉnh Đồng Tháp", date(2025, 7, 1)), "01": ("Thành phố Hà Nội", date(2015, 1, 1))}
Figures = Mapping[str, int]
"""Members by month, YYYY-MM."""


def written_copy(path: Path, code: str, figures: Figures, *, former: str | None = None, extra: str = "") -> Path:
    """A copy as `publish` makes it: the schema `marts`, every table and column with its words.

    Args:
        former: the code the province had until the reform.
        extra: SQL to run at the end, `marts` in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    name, since = UNITS.get(code, (f"Tỉnh {code}", date(2015, 1, 1)))
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA marts; USE marts")
        con.execute("CREATE TABLE unit (unit_code VARCHAR, unit_name VARCHAR, level VARCHAR, valid_from DATE)")
        con.execute("INSERT INTO unit VALUES (?, ?, 'province', ?)", [code, name, since])
        if former:
            con.execute("INSERT INTO unit VALUES (?, ?, 'province', DATE '2015-01-01')", [former, name])
        con.execute("CREATE TABLE figures (period VARCHAR, period_start DATE, members BIGINT, suppressed VARCHAR[])")
        for period, members in figures.items():
            con.execute("INSERT INTO figures VALUES (?, ?, ?, ['a'])", [period, f"{period}-01", members])
        con.execute("COMMENT ON TABLE figures IS 'Số liệu / Figures'")
        con.execute("COMMENT ON COLUMN figures.members IS 'Đảng viên / Members'")
        con.execute("COMMENT ON TABLE unit IS 'Đơn vị / Units'")
        con.execute(extra)
    return path


def sent(copy: Path, edition: str, *, home: str = "home-a") -> SentEdition:
    """An edition by its stamp, e.g. 2025-09-04-020455, published at that moment."""
    day, _, clock = edition.rpartition("-")
    at = datetime.fromisoformat(f"{day}T{clock}")
    return SentEdition(copy, edition, at.date(), at, home)
