"""An address that cannot be had is told in a line, with the setting to change, before anything is started."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from flows.errors import UserError, shown
from flows.portal.serve import run_portal
from flows.serving.addresses import require_free
from flows.serving.serve import say_if_portal_cannot
from flows.serving.served import running_server
from flows.settings import Settings, load_settings
from tests.free_port import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        yield other.getsockname()[1]


def test_a_free_address_is_free_and_stays_so(taken):
    free = free_port()
    for _ in range(2):
        require_free("127.0.0.1", free, "MOBILITY_PORTAL")


def test_a_portal_on_a_port_that_is_taken_names_the_port_and_the_setting(taken, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    monkeypatch.setenv("MOBILITY_PORTAL_PORT", str(taken))
    assert shown(run_portal) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"Cổng {taken} đã có chương trình khác dùng" in line
    assert "MOBILITY_PORTAL_PORT" in line


def test_prefects_server_on_a_port_that_is_taken_is_not_waited_for(taken, tmp_path, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    settings = Settings(home=tmp_path, serve_port=taken)
    with pytest.raises(UserError, match="MOBILITY_SERVE_PORT"), running_server(settings):
        pass
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


@pytest.mark.parametrize("host", ["203.0.113.9", "no.such.host.invalid"])
def test_an_address_that_is_not_this_machines_names_the_setting(host):
    with pytest.raises(UserError, match="MOBILITY_PORTAL_HOST"):
        require_free(host, 8080, "MOBILITY_PORTAL")


def test_a_portal_that_finds_no_place_is_told_of_where_the_nights_begin(taken, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    monkeypatch.setenv("MOBILITY_PORTAL_PORT", str(taken))
    say_if_portal_cannot(load_settings())
    said = " ".join(capsys.readouterr().out.split())
    assert "Đêm vẫn chạy nhưng trang web chưa mở được" in said
    assert "MOBILITY_PORTAL_PORT" in said
