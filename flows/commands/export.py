"""The published marts as files, with a descriptor that says what each file and column means; or as one workbook."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language.catalogue import text
from flows.commands.mart_files import MEDIA_TYPES, workbook, write_mart
from flows.commands.published import open_published, published_path
from flows.errors import UserError
from flows.settings import Settings, load_settings
from warehouse.marts.questions import published_columns, published_marts, shows_a_map
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
    "forecast": (*_UNIT, "indicator", "made_on"),
    "forecast_score": ("map", "level", "unit_code", "indicator", "horizon_from", "horizon_to"),
    "followup_progress": ("level", "unit_id", "kind"),
    "indicator": (*_SERIES, "period_kind", "period"),
    "organisation": ("map", "level", "unit_id", "period"),
    "pilot_effect": ("pilot", "indicator", "map", "part", "months_since"),
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


def run_export(target: Path, form: Literal["parquet", "csv", "xlsx"] | None = None) -> None:
    """Write every published mart to a new folder, `datapackage.json` beside them; or all of them to a new workbook.

    Whoever names a workbook and no format wants a workbook, not a folder that is called like one.
    """
    settings = load_settings()
    form = form or ("xlsx" if target.suffix.lower() == ".xlsx" else "parquet")
    if form == "xlsx" and target.suffix.lower() != ".xlsx":
        target = target.with_name(f"{target.name}.xlsx")  # else no program knows what it is
    tables = export_workbook(settings, target) if form == "xlsx" else len(export(settings, target, form)["resources"])
    Console().print(text("export.done", settings.language, tables=tables, path=target), soft_wrap=True)


def export(settings: Settings, target: Path, form: Literal["parquet", "csv"] = "parquet") -> dict[str, Any]:
    """The published copy, of one moment, as a Data Package (datapackage.org, version 2; what v1 asks for is there too).

    The folder appears whole or not at all. The same copy gives the same bytes.

    Raises:
        UserError: the folder stands already or cannot be written; nothing was published yet.
    """
    copy = published_path(settings).resolve()
    with _new(target) as folder, open_published(settings) as con:
        folder.mkdir()
        resources = [_resource(con, folder, name, comment, form) for name, comment in published_marts(con)]
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


def export_workbook(settings: Settings, target: Path) -> int:
    """Every mart on a sheet of its own, today's map where there are two; how many sheets of figures.

    Raises:
        UserError: the file stands already or cannot be written; a mart has more rows than a sheet; nothing was
            published yet, or by an earlier release.
    """
    copy = published_path(settings)
    with _new(target) as file, open_published(settings) as con:
        if not shows_a_map(con):
            raise UserError("error.export.earlier")
        return workbook(con, file, published_marts(con), stamp_of(copy), settings.language)


@contextmanager
def _new(target: Path) -> Iterator[Path]:
    """A place to make a folder or file, which then takes its name; what a broken-off run left of it is removed."""
    if target.exists() or target.is_symlink():
        raise UserError("error.stands", path=target)
    part = target.with_name(f".{target.name}.part")
    try:
        _remove(part)
        part.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.rename(target)
    except OSError as error:
        raise UserError("error.unwritten", path=target, why=error.strerror) from error
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def _resource(
    con: DuckDBPyConnection, folder: Path, name: str, comment: str, form: Literal["parquet", "csv"]
) -> dict[str, Any]:
    """Write a mart and describe it."""
    path = folder / f"{name}.{form}"
    columns = published_columns(con, name)
    write_mart(con, name, columns, path, form)
    schema: dict[str, Any] = {"fields": [_field(*row) for row in columns]}
    if name in KEYS:
        schema["primaryKey"] = list(KEYS[name])
    return {
        "name": name,
        "type": "table",
        "profile": "tabular-data-resource",
        "path": path.name,
        "title": title(comment),
        "description": comment,
        "format": form,
        "mediatype": MEDIA_TYPES[form],
        **({"encoding": "utf-8"} if form == "csv" else {}),
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
