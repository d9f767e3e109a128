"""The night's copy added to the lake, in a process of its own: whatever becomes of the lake, the night is settled."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from expectations.language.catalogue import Message
from flows.clock import now
from flows.errors import UserError
from flows.home import home_secret
from flows.settings import Settings
from warehouse.errors import LakeError
from warehouse.lake.adding import AddedEdition, SentEdition, add_edition
from warehouse.lake.opened import BUCKET, BucketKey, LakeAddress, open_lake
from warehouse.lake.parts import Digests
from warehouse.publish import LINK, stamp_of

NOTE, PARTS = "lake.json", "lake-parts.json"
LONGEST = 600
"""Seconds until an addition is given up: a server may take a connection and never answer."""
Json: TypeAlias = str | int | None | Mapping[str, "Json"] | Sequence["Json"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LakeNote:
    """What came of the last addition that was tried.

    Attributes:
        at: local time.
        edition: what was sent; of an addition that succeeded, what stands in the lake.
        why: why it failed, None where it did not.
        rows: that were written; tables: of how many marts.
        is_new: whether the lake had not had it all.
    """

    at: datetime
    edition: str
    why: str | None = None
    rows: int = 0
    tables: int = 0
    is_new: bool = False

    @property
    def message(self) -> Message:
        """In a sentence."""
        if self.why is not None:
            return Message("night.lake.owed", edition=self.edition, why=self.why)
        key = "night.lake.added" if self.is_new else "night.lake.same"
        return Message(key, edition=self.edition, tables=self.tables, rows=self.rows)


def lake_address(settings: Settings) -> LakeAddress:
    """The lake of the settings; what opens its bucket stands in the variables that S3's own programs read.

    Raises:
        UserError: the settings name none, or a bucket without its key.
    """
    if settings.lake is None:
        raise UserError("error.lake.unset")
    key = _bucket_key(os.environ) if (settings.lake_data or "").startswith(BUCKET) else None
    return LakeAddress(settings.lake.removeprefix("ducklake:"), settings.lake_data, key)


def add_to_lake(settings: Settings) -> LakeNote | None:
    """Add the standing copy, in a process of its own; None where the settings name no lake.

    It fails nothing: what the lake is still owed is noted, and comes with the next night or `mobility lake add`.
    """
    if settings.lake is None:
        return None
    command = [sys.executable, "-m", "flows", "lake", "add"]
    given = {"HOME": settings.home, "LAKE": settings.lake, "LAKE_DATA": settings.lake_data}
    named = {f"MOBILITY_{name}": str(value) for name, value in given.items() if value is not None}
    world = {"PGCONNECT_TIMEOUT": "10", **os.environ, **named}
    try:
        done = subprocess.run(command, env=world, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return _failed(settings, str(error) if isinstance(error, OSError) else _too_long(settings))
    came = lake_note(settings)
    if done.returncode and (came is None or came.why is None or came.edition != _edition(settings)):
        came = _failed(settings, (done.stderr.strip().splitlines() or [f"{done.returncode}"])[-1])
    _log.info("lake", extra={"edition": came.edition if came else None, "why": came.why if came else None})
    return came


def added(settings: Settings, *, take_over: bool = False) -> AddedEdition:
    """Add the standing copy in this process, and note what came of it.

    Raises:
        UserError: nothing is published, or the settings name no lake.
        LakeError: it could not be added; that is noted.
    """
    sent = _standing(settings)
    try:
        with open_lake(lake_address(settings), read_only=False) as con:
            came = add_edition(con, sent, known=_known(settings), take_over=take_over)
    except LakeError as error:
        _failed(settings, error.says(settings.language))
        raise
    _keep(settings, PARTS, [[*part, digest] for part, digest in came.parts.items()])
    note = LakeNote(now(settings.timezone), sent.edition, None, came.rows, len(came.changed), came.is_new)
    _note(settings, note)
    return came


def lake_note(settings: Settings) -> LakeNote | None:
    """None where no addition was tried, or what was noted cannot be read."""
    try:
        said = json.loads((settings.home / NOTE).read_text("utf-8"))
        return LakeNote(**{**said, "at": datetime.fromisoformat(said["at"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def lake_owed(settings: Settings) -> Message | None:
    """What of the home the lake has not got, in a sentence; None where it has all, or the settings name none."""
    edition = _edition(settings)
    if settings.lake is None or edition is None:
        return None
    note = lake_note(settings)
    if note is None:
        return Message("doctor.lake.none", edition=edition)
    if note.why is not None:
        return Message("doctor.lake.failed", at=note.at, why=note.why)
    if note.edition != edition:
        return Message("doctor.lake.owed", edition=edition, last=note.edition)
    return None


def _standing(settings: Settings) -> SentEdition:
    link = settings.published_dir / LINK
    if not link.exists():
        raise UserError("error.unpublished", path=link)
    copy = link.resolve()  # the same file throughout, though a new one be published meanwhile
    edition = stamp_of(copy)
    published_at = datetime.fromtimestamp(copy.stat().st_mtime, ZoneInfo(settings.timezone)).replace(tzinfo=None)
    # What tells this home from every other, and tells nothing of what only it knows.
    home = hashlib.sha256(f"lake {home_secret(settings)}".encode()).hexdigest()[:12]
    return SentEdition(copy, edition, date.fromisoformat(edition[:10]), published_at, f"home-{home}")


def _edition(settings: Settings) -> str | None:
    link = settings.published_dir / LINK
    return stamp_of(link) if link.exists() else None


def _bucket_key(environment: Mapping[str, str]) -> BucketKey:
    try:
        key_id, secret = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    except KeyError as error:
        raise UserError("error.lake.bucket-key", name=str(error.args[0])) from None
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
    return BucketKey(key_id, secret, region, environment.get("AWS_ENDPOINT_URL"))


def _failed(settings: Settings, why: str) -> LakeNote:
    note = LakeNote(now(settings.timezone), _edition(settings) or "", why)
    _note(settings, note)
    return note


def _too_long(settings: Settings) -> str:
    return Message("error.lake.too-long", seconds=LONGEST).says(settings.language)


def _known(settings: Settings) -> Digests | None:
    """What this home knows of the last edition it added; the lake says whether that still stands there."""
    try:
        said = json.loads((settings.home / PARTS).read_text("utf-8"))
        return {(table, year): digest for table, year, digest in said}
    except (OSError, ValueError, TypeError):
        return None


def _note(settings: Settings, note: LakeNote) -> None:
    _keep(settings, NOTE, {**asdict(note), "at": note.at.isoformat()})


def _keep(settings: Settings, name: str, content: Json) -> None:
    path = settings.home / name
    part = path.with_name(f".{name}.part")
    part.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    part.chmod(0o640)
    os.replace(part, path)
