"""The published marts as Parquet files, with a descriptor that says what each file and column means."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language.catalogue import text
from flows.commands.published import open_published, published_path
from flows.errors import UserError
from flows.settings import Settings, load_settings
from warehouse.marts.questions import published_columns, published_marts, rows_of
from warehouse.publish import stamp_of

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES = {
    "VARCHAR": "string",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
_UNIT = ("map", "unit_code", "period")
_SERIES = ("map", "unit_code", "level", "indicator")
# The columns that tell a mart's rows apart; a mart that is not here has no such columns without gaps.
KEYS: dict[str, tuple[str, ...]] = {
    "comparison": (*_SERIES, "period_kind", "period"),
    "contribution": ("map", "indicator", "period_kind", "period", "base_period", "unit_code", "part"),
    "figures_commune": _UNIT,
    "figures_district": _UNIT,
    "figures_province": _UNIT,
    "followup_progress": ("level", "unit_id", "kind"),
    "indicator": (*_SERIES, "period_kind", "period"),
    "organisation": ("map", "level", "unit_id", "period"),
    "regulation_213": ("map", "level", "unit_code", "period"),
    "reporting_status": ("reporter_code", "period"),
    "revision": ("unit_code", "form", "period", "measure", "version_no"),
    "submission_log": ("submission_id",),
    "target": ("target", *_UNIT),
    "trend": (*_SERIES, "period"),
    "unit": ("unit_id",),
    "unit_history": ("unit_id", "valid_from"),
    "waterfall": ("map", "unit_code", "level", "period_kind", "period", "position"),
}


def run_export(target: Path) -> None:
    """Write every published mart to a new folder: `<mart>.parquet`, and `datapackage.json` beside them."""
    settings = load_settings()
    descriptor = export(settings, target)
    tables = len(descriptor["resources"])
    Console().print(text("export.done", settings.language, tables=tables, path=target), soft_wrap=True)


def export(settings: Settings, target: Path) -> dict[str, Any]:
    """The published copy, of one moment, as a Data Package (datapackage.org, version 2; what v1 asks for is there too).

    The folder appears whole or not at all. The same copy gives the same bytes.

    Raises:
        UserError: the folder stands already or cannot be written; nothing was published yet.
    """
    copy = published_path(settings).resolve()
    with _new_folder(target) as folder, open_published(settings) as con:
        marts = published_marts(con)
        resources = [_resource(con, folder, name, comment) for name, comment in marts]
        descriptor = {
            "$schema": PROFILE,
            "profile": "tabular-data-package",
            "name": "mobility",
            "title": "Biến động và giữ chân đảng viên / Member mobility and retention",
            "description": "Số liệu công bố; trống là chưa biết / Published figures; null is not known",
            "created": f"{datetime.fromtimestamp(int(copy.stat().st_mtime), UTC):%Y-%m-%dT%H:%M:%SZ}",
            "sources": [{"title": stamp_of(copy)}],
            "resources": resources,
        }
        (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return descriptor


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder to fill, which then takes its name; what a broken-off run left of it is removed."""
    if target.exists() or target.is_symlink():
        raise UserError("error.stands", path=target)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        part.rename(target)
    except OSError as error:
        raise UserError("error.unwritten", path=target, why=error.strerror) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _resource(con: DuckDBPyConnection, folder: Path, name: str, comment: str) -> dict[str, Any]:
    """Write a mart and describe it."""
    path = folder / f"{name}.parquet"
    rows_of(con, name).write_parquet(path)
    schema: dict[str, Any] = {"fields": [_field(*row) for row in published_columns(con, name)]}
    if name in KEYS:
        schema["primaryKey"] = list(KEYS[name])
    return {
        "name": name,
        "type": "table",
        "profile": "tabular-data-resource",
        "path": path.name,
        "title": title(comment),
        "description": comment,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}",
        "schema": schema,
    }


def _field(name: str, kind: str, comment: str) -> dict[str, Any]:
    is_list = kind.endswith("[]")
    return {"name": name, "type": "array" if is_list else TYPES[kind], "description": comment}


def title(comment: str) -> str:
    """The first clause of each language's half of a comment, as a short name.

    >>> title("Số liệu tháng của huyện. Trống là chưa có / Districts by month: null is not known")
    'Số liệu tháng của huyện / Districts by month'
    """
    return " / ".join(re.split(r"[.:;(]", half, maxsplit=1)[0].strip() for half in comment.split(" / ", 1))
