"""`mobility lake …`: the lake made, the home's copy added, what stands and what stood there, and its care."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from duckdb import DuckDBPyConnection, StatementType
from rich.console import Console
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.commands.sql import Format, answer_query, require_file
from flows.errors import UserError
from flows.night.lake import added, lake_address, lake_note, lake_owed
from flows.settings import Settings, load_settings
from warehouse.lake.made import make_lake
from warehouse.lake.opened import BUCKET, LakeAddress, open_lake, shut_in
from warehouse.lake.past import SCHEMA, LakeEdition, all_standing, editions, snapshot_of, snapshots_by_edition
from warehouse.lake.roles import make_roles
from warehouse.lake.tidy import tidy_lake

SHARED = 0o2775
"""The mode of a lake's folder: writers are of one group, which what they write belongs to; everybody may read."""
NO_QUESTIONS = frozenset(
    (StatementType.CALL, StatementType.COPY, StatementType.EXPLAIN, StatementType.EXPORT, StatementType.PREPARE)
)
"""Statements that can write, or hold one that does: DuckDB lets them into the lake's own folder, which it must read."""


@dataclass(frozen=True, slots=True)
class LakePast:
    """When the lake is asked of: as an edition (a province's, if two are called so) was added, or as a day ended."""

    edition: str | None = None
    province: str | None = None
    day: date | None = None


def run_init(provinces: Sequence[str], readers: Sequence[str], owner: str | None) -> None:
    """Make the lake where there is none, and in PostgreSQL the roles; once more makes what is not there yet.

    Args:
        owner: the address as an administrator; None as the settings have it.
    """
    settings = load_settings()
    address = _as_owner(settings, owner)
    if address.data and not address.data.startswith(BUCKET):
        _make_folder(Path(address.data))
    make_lake(address)
    say = Console().print
    say(text("lake.made", settings.language, address=str(address), data=address.data), soft_wrap=True, highlight=False)
    if not (address.is_in_postgres or provinces or readers):
        return
    roles = make_roles(address, provinces, readers)
    said = text("lake.roles", settings.language, writers=roles.writers, readers=roles.readers)
    say(said, soft_wrap=True, highlight=False)
    for name in roles.made:
        say(text("lake.role-made", settings.language, name=name), soft_wrap=True, highlight=False)


def run_add(take_over: bool) -> None:
    """Add the home's standing copy to the lake."""
    settings = load_settings()
    added(settings, take_over=take_over)
    note = lake_note(settings)
    if note:
        Console().print(note.message.says(settings.language), soft_wrap=True, highlight=False)


def run_show(province: str | None) -> None:
    """The edition of each province that stands; or a province's editions, and which can still be asked for."""
    settings = load_settings()
    console = Console()
    with open_lake(lake_address(settings)) as con:
        if province is None:
            console.print(_standing_table(all_standing(con), settings.language))
        else:
            console.print(_editions_table(con, province, settings.language))
    if owed := lake_owed(settings):
        console.print(owed.says(settings.language), style="yellow", soft_wrap=True, markup=False)


def run_sql(query: str, past: LakePast, form: Format | None) -> None:
    """Answer a query over what stands in the lake, or stood there; its tables without a schema are the provinces'.

    Raises:
        UserError: it is wrong, or could write.
    """
    settings = load_settings()
    require_file(form)
    with _opened(settings, past) as con:
        con.execute(f"USE lake.{SCHEMA}")
        shut_in(con)
        _require_question(con, query)
        answer_query(con, query, settings, form)


def run_tidy(dry_run: bool, owner: str | None) -> None:
    """End the past that the setting lets go, and remove files that nothing shows."""
    settings = load_settings()
    keep = timedelta(days=settings.lake_keep_days) if settings.lake_keep_days is not None else None
    went = tidy_lake(_as_owner(settings, owner), keep, dry_run=dry_run)
    key = "lake.tidy.would" if dry_run else "lake.tidy.done"
    said = text(key, settings.language, snapshots=went.snapshots, old=went.old, orphans=went.orphans)
    Console().print(said, soft_wrap=True)
    if keep is None:
        Console().print(text("lake.tidy.unset", settings.language), soft_wrap=True)


@contextmanager
def _opened(settings: Settings, past: LakePast) -> Iterator[DuckDBPyConnection]:
    address = lake_address(settings)
    version, at = None, None
    if past.edition is not None:
        if past.day is not None:
            raise UserError("error.lake.two-pasts")
        with open_lake(address) as con:
            version = snapshot_of(con, past.edition, past.province)
    elif past.day is not None:
        midnight = datetime.combine(past.day + timedelta(days=1), time(), ZoneInfo(settings.timezone))
        at = midnight.astimezone(ZoneInfo("UTC"))
    with open_lake(address, version=version, at=at) as con:
        yield con


def _require_question(con: DuckDBPyConnection, query: str) -> None:
    try:
        kinds = {statement.type for statement in con.extract_statements(query)}
    except duckdb.Error as error:
        raise UserError("error.sql.wrong", why=str(error)) from error
    if kinds & NO_QUESTIONS:
        raise UserError("error.lake.no-question")


def _as_owner(settings: Settings, owner: str | None) -> LakeAddress:
    return lake_address(settings.model_copy(update={"lake": owner}) if owner else settings)


def _make_folder(folder: Path) -> None:
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(SHARED)
    except OSError as error:
        raise UserError("error.lake.folder", path=folder, why=error.strerror) from error


def _standing_table(stands: Sequence[LakeEdition], language: Language) -> Table:
    table = _table(("province", "name", "edition", "as_of", "published_at", "home"), language)
    for one in stands:
        days = numbers.day(one.as_of, language), numbers.moment(one.published_at, language)
        table.add_row(one.province_code, one.province_name, one.edition, *days, one.made_by)
    return table


def _editions_table(con: DuckDBPyConnection, province: str, language: Language) -> Table:
    kept = snapshots_by_edition(con, province)
    table = _table(("edition", "as_of", "published_at", "tables", "rows", "kept"), language)
    for one in editions(con, province):
        days = numbers.day(one.as_of, language), numbers.moment(one.published_at, language)
        counts = numbers.count(one.tables_changed, language), numbers.count(one.rows_added, language)
        table.add_row(one.edition, *days, *counts, text("sql.yes" if one.edition in kept else "sql.no", language))
    return table


def _table(columns: Sequence[str], language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in columns:  # what is typed again is whole, however narrow the terminal
        is_typed_again = name in ("province", "edition")
        table.add_column(text(f"lake.column.{name}", language), no_wrap=is_typed_again, overflow="fold")
    return table
