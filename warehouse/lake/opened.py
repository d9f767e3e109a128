"""The lake opened: a connection that has it attached as `lake`, with extensions loaded from the wheels they come in."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection.engine import begin_duckdb
from warehouse.errors import LakeError
from warehouse.lake.past import SCHEMA
from warehouse.schema.comments import quoted

POSTGRES, BUCKET = "postgres:", "s3://"
# By what an address asks for: the catalogue always, the others where they are named.
_CATALOGUE, _IN_POSTGRES, _ON_S3 = "ducklake", "postgres_scanner", "httpfs"
_TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = ? ORDER BY 1"
_SECRET = re.compile(r"(password\s*=\s*)('[^']*'|\S+)", re.IGNORECASE)

_OTHER_RELEASE = re.compile(r"catalog version is (\d+\.\d+)\S* but the extension requires version (\d+\.\d+)")
_ASIDE = re.compile(r"Stack Trace|\n\s*LINE \d+:")
"""Where DuckDB has said what is wrong, and goes on with its own inside."""


@dataclass(frozen=True, slots=True)
class BucketKey:
    """What opens a bucket, as S3's own programs call it."""

    key_id: str
    secret: str
    region: str = "us-east-1"
    endpoint: str | None = None
    """Of another server than Amazon's: its address with http:// or https://."""


@dataclass(frozen=True, slots=True)
class LakeAddress:
    """Where a lake is.

    Attributes:
        catalogue: `postgres:dbname=… host=…`, or a file's path: then one process at a time has it open.
        data: folder or `s3://…` of the Parquet files; None as the catalogue says, where it is.
        key: of the bucket; None where there is none.
    """

    catalogue: str
    data: str | None = None
    key: BucketKey | None = None

    @property
    def file(self) -> Path | None:
        return None if self.is_in_postgres else Path(self.catalogue)

    @property
    def is_in_postgres(self) -> bool:
        return self.catalogue.startswith(POSTGRES)

    def __str__(self) -> str:
        return without_secrets(self.catalogue)


@contextmanager
def open_lake(
    address: LakeAddress, *, read_only: bool = True, version: int | None = None, at: datetime | None = None
) -> Iterator[DuckDBPyConnection]:
    """A connection with the lake as `lake`.

    Args:
        read_only: no statement can change it, whatever the role may.
        version: the snapshot to see the lake as of; at: the moment (UTC). Either makes it read only.

    Raises:
        LakeError: it cannot be reached, there is none, or the extensions are not installed; or none of its past is
            kept from then. Also where it stops to answer, or a file of it is gone, while it is asked.
    """
    if address.file is not None and not address.file.is_file():
        raise LakeError("error.lake.none", address=str(address))
    past = [f"SNAPSHOT_VERSION {version}"] if version is not None else []
    past += [f"SNAPSHOT_TIME {quoted(at.isoformat(sep=' '))}"] if at is not None else []
    options = ["CREATE_IF_NOT_EXISTS false", *past, *(["READ_ONLY"] if read_only or past else [])]
    # The folder may be mounted elsewhere on this machine than where the lake was made.
    options += [f"DATA_PATH {quoted(_folder(address.data))}", "OVERRIDE_DATA_PATH true"] if address.data else []
    with _engine(address) as con:
        _attach(con, address, options)
        with _in_words(), nullcontext() if read_only or past else _open_to_all(con):
            yield con


@contextmanager
def open_to_make(address: LakeAddress) -> Iterator[DuckDBPyConnection]:
    """The same for writing, the lake's catalogue made where there is none; tables that hold a row a night lie in it.

    One that an earlier DuckLake made becomes one of this: machines with the program of before cannot open it then.

    Raises:
        LakeError: it cannot be made or reached.
    """
    if address.data is None:
        raise LakeError("error.lake.no-data")
    with _engine(address) as con:
        # Small tables else lie in tables of PostgreSQL that each writer would have to be allowed to make.
        where = f"DATA_PATH {quoted(_folder(address.data))}"
        _attach(con, address, [where, "DATA_INLINING_ROW_LIMIT 0", "AUTOMATIC_MIGRATION true"])
        with _in_words(), _open_to_all(con):
            yield con


def shut_in(con: DuckDBPyConnection) -> None:
    """Leave a connection nothing but the lake: no other file or address is reached after this, no setting changed."""
    con.execute(f"SET allowed_directories = [{quoted(_data_path(con))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def require_files(con: DuckDBPyConnection, *, in_bucket: bool = False) -> bool:
    """Before anything is written: the folder must be the lake's own, not an empty place where a share is not mounted.

    DuckDB would make folders there, and the catalogue then name files that nobody else has.

    Args:
        in_bucket: look in a bucket too, which is always there but may be another one.

    Returns:
        whether it is known to be: a file is there, or the catalogue names none yet and the folder as it was made in.

    Raises:
        LakeError: the catalogue names files of a table, and none of them is there.
    """
    root = _data_path(con)
    if root.startswith(BUCKET) and not in_bucket:
        return True
    for (name,) in con.execute(_TABLES, [SCHEMA]).fetchall():
        listed = f"SELECT data_file FROM ducklake_list_files('lake', {quoted(name)}, schema => {quoted(SCHEMA)})"
        if files := con.execute(listed).fetchall():
            if not any(_is_there(con, file) for (file,) in files):
                raise LakeError("error.lake.not-its-folder", path=root)
            return True
    made_in = "SELECT value FROM __ducklake_metadata_lake.ducklake_metadata WHERE key = 'data_path' AND scope IS NULL"
    return con.execute(made_in).fetchall() == [(root,)]


def _is_there(con: DuckDBPyConnection, file: str) -> bool:
    if not file.startswith(BUCKET):
        return Path(file).is_file()
    listed = con.execute("SELECT 1 FROM glob(?)", [f"{file}*"])  # without a star DuckDB asks no bucket
    return listed.fetchone() is not None


def without_secrets(said: str) -> str:
    """Words of PostgreSQL or DuckDB without a password that stood in an address."""
    return _SECRET.sub(r"\1…", said)


def in_a_line(error: Exception) -> str:
    """What an engine says was wrong, in one line."""
    said = without_secrets(str(error))
    # DuckDB repeats the address, libpq says what was the matter.
    cause = said.rpartition("connection to server")[2] if "connection to server" in said else said
    return " ".join(_ASIDE.split(cause)[0].split())[-300:]


@contextmanager
def _in_words() -> Iterator[None]:
    """What the engine refuses in a lake that is open: its server may go at any moment, its folder too."""
    try:
        yield
    except duckdb.Error as error:
        raise LakeError("error.lake.failed", why=in_a_line(error)) from error


@contextmanager
def _open_to_all(con: DuckDBPyConnection) -> Iterator[None]:
    """Published figures: the other provinces' writers go on in the same folders, and readers read, whatever else the
    process that writes keeps closed.
    """
    root, before = Path(_data_path(con)), os.umask(0o002)
    try:
        yield
    finally:
        os.umask(before)
        _open_folders(root)


def _open_folders(root: Path) -> None:
    """Let the group into the folders of this writer: DuckDB makes them for their owner alone to write in."""
    for folder in (one for level in ("*/", "*/*/", "*/*/*/") for one in root.glob(level)):
        found = folder.stat()
        if found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWGRP:
            folder.chmod(found.st_mode | stat.S_IWGRP)


def _data_path(con: DuckDBPyConnection) -> str:
    row = con.execute("SELECT data_path FROM ducklake_settings('lake')").fetchone()
    return str(row[0]) if row else ""


@contextmanager
def _engine(address: LakeAddress) -> Iterator[DuckDBPyConnection]:
    with begin_duckdb() as con:
        # What is not installed is not fetched: nothing here calls out but to the lake.
        con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        wanted = [_CATALOGUE, *([_IN_POSTGRES] if address.is_in_postgres else []), *([_ON_S3] if address.key else [])]
        for name in wanted:
            con.execute(f"LOAD {quoted(str(_extension(name)))}")
        if address.key is not None:
            _unlock(con, address.key)
        yield con


def _extension(name: str) -> Path:
    """The extension's file in its wheel, which must be of this DuckDB."""
    found = find_spec(f"duckdb_extension_{name}")
    if found is None or not found.submodule_search_locations:
        raise LakeError("error.lake.extension", name=name)
    folder = Path(found.submodule_search_locations[0]) / "extensions" / f"v{duckdb.__version__}"
    file = folder / f"{name}.duckdb_extension"
    if not file.is_file():
        raise LakeError("error.lake.extension", name=name)
    return file


def _unlock(con: DuckDBPyConnection, key: BucketKey) -> None:
    said = f"KEY_ID {quoted(key.key_id)}, SECRET {quoted(key.secret)}, REGION {quoted(key.region)}"
    if key.endpoint:
        scheme, _, host = key.endpoint.rpartition("://")
        said += f", ENDPOINT {quoted(host.rstrip('/'))}, URL_STYLE 'path', USE_SSL {scheme != 'http'}"
    con.execute(f"CREATE SECRET bucket (TYPE s3, PROVIDER config, {said})")


def _attach(con: DuckDBPyConnection, address: LakeAddress, options: list[str]) -> None:
    source = f"ducklake:{address.catalogue}"
    try:
        con.execute(f"ATTACH {quoted(source)} AS lake ({', '.join(options)})")
    except duckdb.Error as error:
        raise _refusal(address, error) from error


def _refusal(address: LakeAddress, error: duckdb.Error) -> LakeError:
    said = str(error)
    if "does not exist - and creating" in said:
        return LakeError("error.lake.none", address=str(address))
    if versions := _OTHER_RELEASE.search(said):
        of_lake, of_program = ([int(part) for part in version.split(".")] for version in versions.groups())
        return LakeError("error.lake.earlier" if of_lake < of_program else "error.lake.later")
    if "Only DuckLake versions" in said:  # which an earlier one can be brought up from
        return LakeError("error.lake.later")
    if "No snapshot found" in said:
        return LakeError("error.lake.past")
    return LakeError("error.lake.unreached", address=str(address), why=in_a_line(error))


def _folder(data: str) -> str:
    return data if data.endswith("/") else f"{data}/"
