"""Cases as tables, as the warehouse keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import polars as pl

from transforms.cases.case import CaseEvent

Row = dict[str, Any]


def frame(rows: Sequence[Row], columns: Iterable[str], types: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as a table of these columns; what else a row has is left out, and a column without a type is text."""
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String) for name in columns}, orient="row")


def event_rows(events: Iterable[CaseEvent], id_column: str) -> list[Row]:
    """Events as rows, numbered from 1 on, with the case's id in the named column."""
    return [
        {"event_no": number, id_column: event.case_id, **{one.name: getattr(event, one.name) for one in fields(event)}}
        for number, event in enumerate(events, 1)
    ]
