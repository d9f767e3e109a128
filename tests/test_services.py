"""What runs the product on a server says what it means: systemd's units, the compose file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

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


DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("name", ["night", "portal", "relay"])
def test_a_service_has_a_health_check_and_no_rights(name):
    service = _services()[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    target = service["build"]["target"]
    stage = DOCKERFILE.partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
    assert "\nUSER " in stage


@pytest.mark.parametrize("name", ["night", "portal"])
def test_a_service_sets_what_is_a_setting_and_runs_a_command(name):
    service = _services()[name]
    known = {f"MOBILITY_{one.upper()}" for one in Settings.model_fields}
    assert service["environment"].keys() <= known
    assert set(service["command"]) <= COMMANDS
    assert service["volumes"] == ["home:/srv/mobility"]


def test_ports_folders_and_addresses_are_those_of_the_settings():
    services, settings = _services(), Settings(home=Path("x"))
    asked = {name: services[name]["healthcheck"]["test"][-1] for name in services}
    assert f"//127.0.0.1:{settings.serve_port}/api/health'" in asked["night"]
    assert f"//127.0.0.1:{settings.portal_port}/healthz'" in asked["portal"]
    assert services["portal"]["ports"] == [f"127.0.0.1:{settings.portal_port}:{settings.portal_port}"]
    assert "MOBILITY_HOME=/srv/mobility " in DOCKERFILE
    assert "\nVOLUME /srv/mobility\n" in DOCKERFILE
    mail = urlsplit(services["night"]["environment"]["MOBILITY_MAIL_SERVER"])
    assert f'"--interface={mail.hostname}", "--port={mail.port}"' in DOCKERFILE
    assert asked["relay"].endswith(f"/{mail.hostname}/{mail.port}")
    assert services["relay"]["network_mode"] == "service:night"


def test_the_relay_reads_the_file_it_is_given_as_the_user_it_runs_as():
    (given,) = _services()["relay"]["volumes"]
    source, inside, how = given.split(":")
    assert (Path(source).name, how) == ("msmtprc", "ro")
    assert f"msmtp --file={inside} " in DOCKERFILE
    (user,) = re.findall(r"useradd --uid (\d+) --user-group relay", DOCKERFILE)
    example = (ROOT / "docs" / "msmtprc.example").read_text("utf-8")
    assert f"chown {user}:{user} msmtprc && sudo chmod 0600 msmtprc" in example
    assert "/run/secrets" not in example  # nothing is put there


def test_what_an_image_is_made_of_is_sent_to_the_builder():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    wanted = {name for line in copied for name in line.split()}
    assert wanted <= sent
    assert all((ROOT / name).exists() for name in wanted)


def test_files_handed_to_the_night_in_a_container_are_its_own(tmp_path):
    """As `docker cp` leaves them they belong to whoever copied, and the night cannot take them out of the inbox."""
    page = (ROOT / "docs" / "operator.md").read_text("utf-8")
    (line,) = re.findall(r"^tar -C exports .*$", page, re.MULTILINE)
    (tmp_path / "exports" / "866").mkdir(parents=True)
    (tmp_path / "exports" / "866" / "a.csv").write_text("x", "utf-8")
    here = line.partition("#")[0].replace("docker compose exec -T night ", "").replace("/srv/mobility", str(tmp_path))
    subprocess.run(["sh", "-c", here], cwd=tmp_path, check=True)
    assert (tmp_path / "inbox" / "866" / "a.csv").read_text("utf-8") == "x"
