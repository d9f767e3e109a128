"""What the pages say is so: settings, commands and the README's files exist as they are told of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.cli import app, registry_app
from flows.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name):
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    line = next((line for line in text.splitlines() if line.startswith(f"| `MOBILITY_{name.upper()}`")), "")
    assert Settings.model_fields[name].description in line


@pytest.mark.parametrize("command", [c.name or c.callback.__name__ for c in app.registered_commands if not c.hidden])
def test_every_command_stands_in_the_readme(command):
    assert re.search(rf"`(mobility )?{command}\b|make {command}\b", (ROOT / "README.md").read_text("utf-8"))


@pytest.mark.parametrize("command", [c.name for c in registry_app.registered_commands])
def test_every_registry_command_stands_in_the_readme(command):
    assert command in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_every_file_a_page_names_is_there(page):
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
    for named in re.findall(r"`((?:flows|transforms|warehouse|expectations)/[\w./]+)`", path.read_text("utf-8")):
        assert (ROOT / named).exists(), named
