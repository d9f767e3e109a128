"""`mobility` as a person types it, in this process: its start, imports of seconds, is paid once for all tests."""

from __future__ import annotations

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from unittest.mock import patch

from typer.core import TyperGroup
from typer.main import get_command

from expectations.language.catalogue import Language
from flows.cli import app
from flows.errors import language_asked, shown


@cache
def commands(language: Language) -> TyperGroup:
    """The commands, which bear their words from the moment they are made."""
    made = get_command(app)
    assert isinstance(made, TyperGroup)
    return made


def mobility(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; what is no error told to a person is raised here, as a traceback would be seen there.

    Args:
        arguments: as typed after `mobility`.
        environment: variables set besides those of this process.
    """
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
        code = shown(lambda: commands(language_asked())(list(arguments), prog_name="mobility"))
    return subprocess.CompletedProcess(["mobility", *arguments], code, out.getvalue(), err.getvalue())
