"""`mobility notify` as a person runs it: a test message, what waits sent or shown, secrets of Prefect."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from flows.clock import today
from flows.serving.prefect_database import put_database
from flows.telling.tell import tell_failure
from tests.flows.command_line import mobility
from tests.flows.telling.telling_house import House, quiet_now

TODAY = today("Asia/Ho_Chi_Minh")


def run(house: House, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    known = {
        "MOBILITY_HOME": str(house.home),
        "COLUMNS": "200",
        "MOBILITY_MAIL_SERVER": house.settings.mail_server or "",
    }
    return mobility("notify", *arguments, **known | more)


def test_a_test_message_reaches_its_recipient_and_quiet_hours_do_not_hold_it(house: House):
    house.know(f"Ban,ban@tinh.example,board,,,,,{quiet_now()}")
    with house.mail.up():
        done = run(house, "test", "ban")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Đã gửi tin thử cho Ban" in done.stdout
    (message,) = house.mail.received
    assert message["Subject"] == "Thử địa chỉ nhận tin"


@pytest.mark.parametrize(
    ("row", "name", "says"),
    [
        ("Ban,ban@tinh.example,board,,,,,", "ban", "Chưa gửi được cho «Ban»"),
        ("Ban,ban@tinh.example,board,,,,,", "ai", "Không có người nhận «ai»"),
        ("Ban,mailto://u:matkhau@x,board,,,,,", "ban", "dòng 2: mật khẩu ghi thẳng"),
        ("Ban,{env:NO_SUCH_ADDRESS},board,,,,,", "ban", "thiếu biến môi trường NO_SUCH_ADDRESS"),
        ("Ban,nosuch://x,board,,,,,", "ban", "Apprise không hiểu"),
        ('Ban,"mailto://x?from=a@b.vn&to=c@d.vn,e@f.vn",board,,,,,', "ban", "nhiều nơi nhận"),
    ],
)
def test_what_is_wrong_is_told_in_a_line_without_a_traceback_or_a_secret(house: House, row, name, says):
    house.know(row)
    done = run(house, "test", name)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "matkhau" not in done.stdout + done.stderr


def test_a_dry_run_prints_what_would_go_and_sends_and_changes_nothing(house: House):
    house.know("Ban,ban@tinh.example,board,,,,,", f"Yên,yen@tinh.example,board,,,alerts,,{quiet_now()}", "Sai,?,,,,,,")
    house.night(TODAY, {"alert_id": "a"})
    tell_failure(house.settings, TODAY - timedelta(days=1), "MemoryError")
    house.know(
        "Ban,ban@tinh.example,board,,,,,",
        f"Yên,yen@tinh.example,board,,,alerts,,{quiet_now()}",
        "Mới,moi@tinh.example,board,,,alerts,,",
        "Sai,?,,,,,,",
    )
    before = house.ask("FROM outbox.delivery ORDER BY ALL"), house.ask("FROM outbox.told ORDER BY ALL")
    with house.mail.up():
        done = run(house, "send", "--dry-run")
    assert done.returncode == 1  # a row is wrong
    assert done.stdout.count("Lời của Ban về a") == 3
    assert "Yên (đang giờ yên lặng)" in done.stdout
    assert "lỗi MemoryError" in done.stdout
    assert "recipients.csv, dòng 5: đơn vị báo cáo ghi mã của mình" in done.stdout
    assert "@tinh.example" not in done.stdout
    assert house.mail.received == []
    assert (house.ask("FROM outbox.delivery ORDER BY ALL"), house.ask("FROM outbox.told ORDER BY ALL")) == before


def test_what_waits_is_sent_once(house: House):
    house.know("Ban,ban@tinh.example,board,,,,,")
    house.night(TODAY, {"alert_id": "a"})
    with house.mail.up():
        first, second = run(house, "send"), run(house, "send")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Đã gửi 1 tin, còn chờ 0" in first.stdout
    assert "Đã gửi 0 tin, còn chờ 0" in second.stdout
    assert len(house.mail.received) == 1


def test_with_the_warehouse_lost_a_failure_that_waits_is_told_all_the_same(house: House):
    house.know("Ban,ban@tinh.example,board,,,,,")
    tell_failure(house.settings, TODAY, "MemoryError")
    (house.home / "warehouse.duckdb").write_bytes(b"no warehouse")
    with house.mail.up():
        done = run(house, "send")
    assert done.returncode == 1
    assert "không phải là kho dữ liệu" in done.stderr
    assert len(house.mail.received) == 1


# One process: Prefect's temporary server takes its time to start.
BY_BLOCK = """
import os, sys
from flows.engine import prepare_engine
from flows.errors import shown
from flows.commands.notify import run_test
from flows.settings import load_settings
prepare_engine(load_settings())
from prefect.blocks.system import Secret
Secret(value="p@ss:w/ord").save("mail-password")
first = shown(lambda: run_test("Ban"))
os.environ["MOBILITY_MAIL_SERVER"] = os.environ["MOBILITY_MAIL_SERVER"].replace("mail-password", "none")
sys.exit(10 * first + shown(lambda: run_test("Ban")))
"""


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_secret_of_a_prefect_block_opens_the_server_and_stays_out_of_sight(house: House):
    house.mail.password = "p@ss:w/ord"
    server = f"mailto://mobility:{{prefect:mail-password}}@127.0.0.1:{house.mail.port}?from=mobility@tinh.example"
    house.know("Ban,ban@tinh.example,board,,,,,")
    (house.home / "prefect").mkdir()
    put_database(house.home / "prefect")  # whose migrations the server begun for the block would else wait for
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {
        **inherited,
        "MOBILITY_HOME": str(house.home),
        "MOBILITY_MAIL_SERVER": server,
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "600",  # on a busy machine everything takes its time
    }
    with house.mail.up():
        done = subprocess.run(
            [sys.executable, "-c", BY_BLOCK], env=environment, capture_output=True, text=True, check=False
        )
    # The first was sent, the second has no such block; a traceback ends with 1, too.
    assert (done.returncode, len(house.mail.received)) == (1, 1), done.stdout + done.stderr
    assert "không đọc được khối Secret «none»" in done.stderr
    assert "w/ord" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_library_of_channels_is_loaded_by_who_sends_alone():
    probe = "import sys, flows.telling.tell; print('apprise' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
