"""What runs the product on a server says what it means: systemd's units, the compose file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from flows.cli import app
from flows.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", ["mobility.service", "mobility-portal.service"])
def test_systemd_finds_nothing_wrong_with_a_unit(unit, tmp_path):
    tree = tmp_path / "current"
    (tree / ".venv" / "bin").mkdir(parents=True)
    program = tree / ".venv" / "bin" / "mobility"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    said = (ROOT / "docs" / unit).read_text("utf-8").replace("/opt/mobility/current", str(tree))
    (tmp_path / unit).write_text(said, "utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")


def _services() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]


@pytest.mark.parametrize("name", ["night", "portal", "relay"])
def test_a_service_has_a_health_check_and_no_rights(name):
    service = _services()[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    target = service["build"]["target"]
    stage = (ROOT / "Dockerfile").read_text("utf-8").partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
    assert "\nUSER " in stage


@pytest.mark.parametrize("name", ["night", "portal"])
def test_a_service_sets_what_is_a_setting_and_runs_a_command(name):
    service = _services()[name]
    known = {f"MOBILITY_{one.upper()}" for one in Settings.model_fields}
    assert service["environment"].keys() <= known
    assert set(service["command"]) <= COMMANDS
    assert service["volumes"] == ["home:/srv/mobility"]
