"""The one error a person is shown: what is wrong, where, and what to do next; and the exit codes."""

from __future__ import annotations

import errno
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from expectations.language.catalogue import Language, SpokenError, both

DONE, FAULTY, USAGE = 0, 1, 2
LOOK, ACT = 1, 2
"""What `doctor` ends with where something is to be looked at, or must be mended."""


class UserError(SpokenError):
    """Something at the command that a person can mend; shown without a traceback."""


def shown(command: Callable[[], object]) -> int:
    """Run a command and give its exit code: 0 done, 1 faulty input or an error told, 2 wrong usage.

    Anything but a `SpokenError`, ours or the warehouse's, is a bug and may crash.
    """
    try:
        command()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else FAULTY
    except SpokenError as error:
        print(error.says(language_asked()), file=sys.stderr)
        return FAULTY
    except KeyboardInterrupt:
        print(both("error.stopped"), file=sys.stderr)
        return 130
    except Exception as error:
        said = said_of_disk(error)
        if said is None:
            raise
        print(said, file=sys.stderr)
        return FAULTY
    return DONE


def language_asked() -> Language:
    """The language to tell an error in: the settings may be what is wrong, so only this one is looked for."""
    return "en" if (os.environ.get("MOBILITY_LANGUAGE") or _language_at_home()) == "en" else "vi"


def settings_file() -> Path:
    """The file of settings, of the home that the environment names; a blank name is none."""
    return of_user(Path(os.environ.get("MOBILITY_HOME") or "var")) / "mobility.toml"


def of_user(path: Path) -> Path:
    """A path with the user's own folder in the place of its ~, if that is known; a unit file does not put it there."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _language_at_home() -> str | None:
    try:
        said = tomllib.loads(settings_file().read_text("utf-8-sig")).get("language")
    except (OSError, ValueError):  # none, not to be read, or no TOML
        return None
    return said if isinstance(said, str) else None


def said_of_disk(error: BaseException | None) -> str | None:
    """What to tell where the disk, or somebody's rights on it, stood in the way; None where it was something else."""
    if is_disk_full(error):
        return both("error.disk-full")
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return both("error.no-access", path=error.filename or error.strerror)
        if any(words in str(error) for words in ("Permission denied", "Read-only file system")):  # DuckDB, polars
            return both("error.no-access", path=str(error).partition("\n")[0])
        error = error.__cause__ or error.__context__
    return None


def is_disk_full(error: BaseException | None) -> bool:
    """Whether there was no room to write, whichever library says so: it, or what it was raised from."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(words in str(error) for words in ("No space left on device", "disk is full")):  # DuckDB, polars, SQLite
            return True
        error = error.__cause__ or error.__context__
    return False
