"""`mobility` as a person types it, in this process: its start, imports of seconds, is paid once for all tests."""

from __future__ import annotations

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from flows.cli import app
from flows.errors import shown


def mobility(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; what is no error told to a person is raised here, as a traceback would be seen there.

    Args:
        arguments: as typed after `mobility`.
        environment: variables set besides those of this process.
    """
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
        code = shown(lambda: app(list(arguments), prog_name="mobility"))
    return subprocess.CompletedProcess(["mobility", *arguments], code, out.getvalue(), err.getvalue())
