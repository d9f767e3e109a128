"""Rows in the order of columns of text, by one whole number a row: five or six texts a row are dear to compare."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def text_rank(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Expr:
    """A whole number a row: equal where the columns are, and in their order, the first before the second.

    Args:
        frame: whose rows are numbered.
        columns: of text, none null; as many different rows as 64 bits can count.
    """
    rank = pl.lit(0, pl.Int64)
    for name in columns:
        values = frame[name].unique().sort()
        rank = rank * len(values) + pl.col(name).cast(pl.Enum(values)).to_physical().cast(pl.Int64)
    return rank


def sorted_by_text(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The rows as `frame.sort(columns)` has them, for columns of text without nulls."""
    return frame.sort(text_rank(frame, columns)) if frame.height else frame
