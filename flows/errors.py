"""The one error a person is shown: what is wrong, where, and what to do next; and the exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

DONE, FAULTY, USAGE = 0, 1, 2


class UserError(Exception):
    """Shown without a traceback; `says` holds the text in Vietnamese and English."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


def shown(command: Callable[[], object]) -> int:
    """Run a command and give its exit code: 0 done, 1 faulty input or an error told, 2 wrong usage.

    Anything but a `UserError` and the warehouse's own errors is a bug and may crash.
    """
    from warehouse.errors import WarehouseError

    try:
        command()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else FAULTY
    except (UserError, WarehouseError) as error:
        language = os.environ.get("MOBILITY_LANGUAGE", "vi")
        print(error.en if language == "en" else error.vi, file=sys.stderr)
        return FAULTY
    except KeyboardInterrupt:
        print("Đã dừng; không có gì dở dang. / Stopped; nothing is half done.", file=sys.stderr)
        return 130
    return DONE
