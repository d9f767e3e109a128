"""The one error a person is shown: what is wrong, where, and what to do next; and the exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from expectations.language.catalogue import SpokenError, both

DONE, FAULTY, USAGE = 0, 1, 2


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
        # The settings may be what is wrong: only the variable is asked.
        print(error.says("en" if os.environ.get("MOBILITY_LANGUAGE") == "en" else "vi"), file=sys.stderr)
        return FAULTY
    except KeyboardInterrupt:
        print(both("error.stopped"), file=sys.stderr)
        return 130
    return DONE
