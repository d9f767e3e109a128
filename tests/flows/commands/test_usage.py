"""What is typed wrongly is told in the reader's language, whichever command it is; and so is what may be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from expectations.language.catalogue import LANGUAGES, Language, catalogue
from flows.cli import app
from tests.flows.command_line import mobility

OF_THE_LIBRARY = ("No such", "Missing", "Invalid", "Got unexpected", "Value error", "Try '", "[OPTIONS]", "COMMAND")
OF_ITS_HELP = ("Show this message", "─ Options", "─ Arguments", "─ Commands", "[default:", "[required]", "\n Usage:")


def every_command(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from every_command(command, *path, name)


ALL = [pytest.param(*one, id=" ".join(one[0]) or "mobility") for one in every_command(get_command(app))]


def wrong_ways(command: Any) -> Iterator[tuple[str, list[str]]]:
    """What the refusal is called, and what is typed after the command's name."""
    yield "no-option", ["--none-such"]
    yield "no-option", ["-§"]
    if isinstance(command, TyperGroup):
        yield "no-command", ["none-such"]
        yield "which", ["--"]
        return
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    needed = [word for param in command.params if param.required and param not in arguments for word in given(param)]
    if any(param.required for param in command.params):
        yield "missing", []
    yield "extra", [*needed, *["1"] * len(arguments), "one-too-many"]
    for param in command.params:
        if param not in arguments:
            yield from wrong_options(param, [*needed, *["1"] * len(arguments)])
        elif param.type_descriptor.annotation is int:
            yield "number", [*needed, "twelve"]


def wrong_options(param: Any, others: list[str]) -> Iterator[tuple[str, list[str]]]:
    name = param.opts[0]
    if param.is_flag:
        yield "takes-none", [f"{name}=1"]
        return
    yield "needs-value", [name]
    if param.type_descriptor.is_choice:
        yield "one-of", [*others, name, "none-such"]
    elif param.type_descriptor.annotation is datetime:
        yield "day", [*others, name, "30/06/2025"]
        yield "day", [*others, name, "2025-13-01"]
    elif param.type_descriptor.annotation is int:
        yield "number", [*others, name, "twelve"]
    if getattr(param, "min", None) is not None:
        yield "least", [*others, name, str(param.min - 1)]


def given(param: Any) -> list[str]:
    described = param.type_descriptor
    return [param.opts[0], str(described.choices[0]) if described.is_choice else "1"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "command"), ALL)
def test_what_is_typed_wrongly_is_told_in_the_readers_language(
    path: tuple[str, ...], command: Any, language: Language
) -> None:
    known = catalogue(language, "help")
    for kind, typed in wrong_ways(command):
        told = mobility(*path, *typed, MOBILITY_LANGUAGE=language)
        first, usage, more = told.stderr.splitlines()
        pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(known[f"help.usage.{kind}"]))
        assert re.fullmatch(pattern, first), (typed, first)
        assert usage.startswith(f"{known['help.usage.called']}: {' '.join(('mobility', *path))}")
        assert more.endswith(f"{' '.join(('mobility', *path))} --help")
        assert (told.returncode, told.stdout) == (2, "")
        if language == "vi":
            assert not any(word in told.stderr for word in OF_THE_LIBRARY), told.stderr


@pytest.mark.parametrize(("path", "command"), ALL)
def test_help_is_in_both_languages_to_its_last_word(path: tuple[str, ...], command: Any) -> None:
    told = mobility(*path, "--help", COLUMNS="200")

    assert told.returncode == 0
    assert not any(word in told.stdout for word in OF_ITS_HELP), told.stdout
    assert not re.search(r"--[a-z-]+ +<(str|path|int|datetime)", told.stdout), told.stdout
    assert "%Y" not in told.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["alert", "shw"], "Không có lệnh «shw»; gần giống: show."),
        (["doctor", "--dep"], "Không có tùy chọn --dep; gần giống: --deep"),
        (["check"], "Còn thiếu TỆP."),
        (["accept", "3"], "Còn thiếu --reason CHỮ."),
        (["nightly", "--as-of", "5/1/2025"], "--as-of: «5/1/2025» không phải là ngày; viết năm-tháng-ngày"),
        (["alerts", "two", "words\x1b[2J"], "Thừa: two words\\x1b[2J."),
    ],
)
def test_a_slip_of_the_keys_is_answered_with_what_was_meant(typed: list[str], said: str) -> None:
    assert mobility(*typed).stderr.startswith(said)


def test_the_language_of_a_home_is_that_of_its_refusals(tmp_path: Path) -> None:
    home = {"MOBILITY_HOME": str(tmp_path)}
    (tmp_path / "mobility.toml").write_text('language = "en"\n')
    assert mobility("check", **home).stderr.startswith("FILE is missing.")

    (tmp_path / "mobility.toml").write_text("language = [")
    assert mobility("check", **home).stderr.startswith("Còn thiếu TỆP.")
