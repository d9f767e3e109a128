"""A file whose month cannot be read counts as its month due, and everybody who counts says the same."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from expectations.contract.periods import Period
from expectations.language.catalogue import text
from flows.commands.backfill import backfill
from flows.home import open_home
from flows.night.write_page import briefing
from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.flows.lived_night import arrive, live
from transforms.samples.tree import sample_tree
from warehouse.board import outbox
from warehouse.connection.store import open_to_read

pytestmark = pytest.mark.usefixtures("read_here")

SENT, SENT_AND_MORE = "866", "867"
DAMAGED, IMPOSSIBLE, PEOPLE = "870", "871", "872"
SENT_BACK = [DAMAGED, IMPOSSIBLE, PEOPLE]
CAME, NIGHT, MONTH = date(2024, 3, 5), date(2024, 3, 6), "2024-02"
LIST_OF_PEOPLE = "Họ và tên;Ngày sinh;Số CCCD\n" + "\n".join(
    f"Nguyễn Văn {name};0{n}/05/197{n};08709900123{n}" for n, name in enumerate(("An", "Bình", "Chi", "Dũng", "Em"), 1)
)


def with_thirteen_months(folder: Path) -> bytes:
    """The workbook of a folder with a month in its titles that there is not."""
    (path,) = folder.iterdir()
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        page["A4"].value = "Tháng 13 năm 2024"
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def lived(registry, tmp_path_factory):
    """Of February two reports came, three files of others have no month that could be read, and the rest nothing."""
    home = tmp_path_factory.mktemp("month-due")
    settings = Settings(home=home, readers=1)
    for file in sample_tree(registry, 5, Period(2024, 1), Period(2024, 2), {SENT, SENT_AND_MORE}, is_faulty=False):
        if file.received_on < date(2024, 3, 1):
            place = home / "tree" / str(file.received_on) / file.reporter_code / file.file_name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
        else:
            arrive(home, file.reporter_code, file.file_name, file.data, CAME)
    arrive(home, SENT_AND_MORE, "hong.xlsx", b"PK\x03\x04 hong", CAME)
    arrive(home, DAMAGED, "hong.xlsx", b"PK\x03\x04 hong", CAME)
    arrive(home, IMPOSSIBLE, "sai.xlsx", with_thirteen_months(home / "inbox" / SENT), CAME)
    arrive(home, PEOPLE, "danh sach.csv", LIST_OF_PEOPLE.encode(), CAME)
    backfill(home / "tree", None, settings)
    return settings, live(settings, NIGHT)


def test_status_page_mart_followup_reminders_and_summary_count_alike(lived):
    settings, night = lived
    with open_to_read(settings.warehouse_path) as con:
        codes = con.sql("""SELECT list(DISTINCT code) FROM ledger.problem JOIN ledger.submission USING (submission_id)
            WHERE period IS NULL AND outcome = 'rejected' AND severity = 'error'""").fetchone()[0]
        assert {"unreadable-file", "period-invalid", "personal-data"} <= set(codes)
        mart = dict(
            con.execute("SELECT reporter_code, state FROM marts.reporting_status WHERE period = ?", [MONTH]).fetchall()
        )
        page = briefing(con, settings, NIGHT)
        items = con.sql("SELECT kind, unit_code, matter FROM followup.item WHERE closed_on IS NULL").fetchall()
        reminded = outbox.reminder_events(con, NIGHT, MONTH)["unit_code"].to_list()
        names = dict(con.sql("SELECT DISTINCT reporter_code, reporter_name FROM marts.reporting_status").fetchall())
    nothing = sorted(code for code, state in mart.items() if state == "missing")
    assert sorted(code for code, state in mart.items() if state == "rejected") == SENT_BACK
    assert sorted(set(mart) - set(nothing) - set(SENT_BACK)) == [SENT, SENT_AND_MORE]
    assert len(nothing) == 7

    assert {state: sorted(some) for state, some in page.missing.names.items()} == {
        "missing": sorted(names[code] for code in nothing),
        "rejected": sorted(names[code] for code in SENT_BACK),
    }
    waiting = page.morning.rejected.filter(~page.morning.rejected["is_mended"])
    assert sorted(waiting["reporter_code"]) == SENT_BACK

    by_kind = {
        kind: sorted(unit for one, unit, matter in items if one == kind and matter == MONTH)
        for kind in ("report-not-sent", "report-rejected")
    }
    assert by_kind == {"report-not-sent": nothing, "report-rejected": SENT_BACK}

    assert sorted(reminded) == sorted([*nothing, *SENT_BACK])
    assert dict(night.status.select("reporter_code", "state").iter_rows()) == mart
    said = mobility("status", MOBILITY_HOME=str(settings.home), COLUMNS="200").stdout
    for state, some in (("missing", nothing), ("rejected", SENT_BACK)):
        assert sum(text(f"state.{state}", "vi") in line for line in said.splitlines()) == len(some)


def test_once_the_report_comes_it_is_sent_back_nowhere(lived, registry, tmp_path):
    settings, _ = lived
    (file,) = (f for f in sample_tree(registry, 5, Period(2024, 2), Period(2024, 2), {DAMAGED}, is_faulty=False))
    arrive(settings.home, DAMAGED, file.file_name, file.data, NIGHT)
    live(settings, date(2024, 3, 7))
    with open_home(settings) as con:
        page = briefing(con, settings, date(2024, 3, 7))
        items = con.sql(
            f"SELECT kind FROM followup.item WHERE unit_code = '{DAMAGED}' AND matter = '{MONTH}' AND closed_on IS NULL"
        ).fetchall()
    assert len(page.missing.names["rejected"]) == 2
    assert DAMAGED not in page.morning.rejected.filter(~page.morning.rejected["is_mended"])["reporter_code"].to_list()
    assert items == []
