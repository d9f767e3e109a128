"""What a process logs: in lines or as JSON, to a file in the home that is put aside when it is full, or to stderr.

Nothing that is logged names a figure or a person; a file's name and a unit's may stand in an error.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from flows.settings import Settings

OURS = ("flows", "mobility", "uvicorn.error")
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def start_log(name: str, settings: Settings) -> None:
    """Let what this process logs from now on go where the settings say; each kind of process has a file of its own.

    Args:
        name: of the file, `HOME/logs/<name>.log`.
        settings: log_to, log_format, log_megabytes, log_files.
    """
    handler: logging.Handler
    if settings.log_to == "stderr":
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = _LogFile(_folder(settings) / f"{name}.log", settings)
    handler.setFormatter((_AsJson if settings.log_format == "json" else _AsLines)(settings.timezone))
    for logger in map(logging.getLogger, OURS):
        for former in logger.handlers[:]:
            if isinstance(former.formatter, _Formatter):
                logger.removeHandler(former)
                former.close()
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False  # else Prefect's console says each line again
        usual = logging.lastResort
        if settings.log_to == "file" and usual is not None and usual not in logger.handlers:
            logger.addHandler(usual)  # as without us: what is amiss is said at the terminal too


def open_to_append(path: Path, settings: Settings) -> IO[bytes]:
    """A file that another program's output goes to, put aside first where it is full."""
    if path.is_file() and path.stat().st_size > settings.log_megabytes << 20:
        for number in range(settings.log_files, 0, -1):
            older = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
            if older.exists():
                os.replace(older, path.with_name(f"{path.name}.{number}"))
    return path.open("ab")


def _folder(settings: Settings) -> Path:
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o750)
    return folder


class _LogFile(RotatingFileHandler):
    """Readable by its owner and group; without room on the disk it says nothing and stops nobody."""

    def __init__(self, path: Path, settings: Settings) -> None:
        super().__init__(
            path, maxBytes=settings.log_megabytes << 20, backupCount=settings.log_files, encoding="utf-8", delay=True
        )

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        os.fchmod(stream.fileno(), 0o640)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class _Formatter(logging.Formatter):
    """Local time with its zone, whatever the machine's is."""

    def __init__(self, timezone: str) -> None:
        super().__init__()
        self._zone = ZoneInfo(timezone)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="seconds")


def _more(record: logging.LogRecord) -> Mapping[str, Any]:
    """What was given besides the sentence: step, seconds …"""
    return {name: value for name, value in vars(record).items() if name not in _USUAL}


class _AsLines(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        more = "".join(f" {name}={value}" for name, value in _more(record).items())
        said = f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}{more}"
        return f"{said}\n{self.formatException(record.exc_info)}" if record.exc_info else said


class _AsJson(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_more(record),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)
