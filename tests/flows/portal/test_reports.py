"""Reports: the grid, a file's problems, what it changed, and the board's decisions."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import polars as pl
import pytest

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.commands.carry_out import run_carry_out
from transforms.pages.reports import changes, report_grid
from transforms.samples.tree import sample_tree

pytestmark = pytest.mark.usefixtures("read_here")

LONG = {"form": pl.String, "unit_code": pl.String, "measure": pl.String, "value": pl.Int64}


def test_the_grid_has_a_row_a_reporter_and_a_column_a_month():
    states = pl.DataFrame(
        {
            "reporter_code": ["867", "867", "868"],
            "reporter_name": ["Sa Đéc", "Sa Đéc", "Hồng Ngự"],
            "period": ["2024-11", "2024-12", "2024-12"],
            "state": ["late", "missing", "reported"],
        }
    )
    grid = report_grid(states)
    assert grid.months == ("2024-12", "2024-11")
    assert [(row.name, row.states) for row in grid.rows] == [
        ("Sa Đéc", ("missing", "late")),
        ("Hồng Ngự", ("reported", None)),
    ]
    assert grid.latest == {"missing": 1, "reported": 1}
    assert report_grid(states.head(0)).rows == ()


def test_changes_tell_what_differs_also_where_a_figure_came_or_went():
    before = pl.DataFrame(
        [("balance", "A", "died", 1), ("balance", "B", "died", 2), ("balance", "B", "admitted", 3)],
        schema=LONG,
        orient="row",
    )
    after = pl.DataFrame(
        [("balance", "A", "died", 1), ("balance", "B", "died", 4), ("balance", "C", "admitted", 3)],
        schema=LONG,
        orient="row",
    )
    found = changes(before, after, {"B": ("Ấp 1", "Xã Y")}, "en")
    assert [(one.unit, one.before, one.after) for one in found.figures] == [
        ("C", None, 3),
        ("Ấp 1", 3, None),
        ("Ấp 1", 2, 4),
    ]
    assert [(one.before, one.after) for one in found.totals] == [(3, 5)]
    assert not found.is_first
    assert changes(before.head(0), after, {}, "vi").is_first


@pytest.fixture
def rejected(visit) -> str:
    """The page of a file that the board may let in."""
    visit.sign_in("ban")
    visit.open("/reports")
    for link in [a.attributes["href"] for a in visit.tree.css("a.state.rejected")]:
        visit.open(link)
        for path in {a.attributes["href"] for a in visit.tree.css("table a")}:
            visit.open(path)
            if visit.tree.css_first(f'form[action="{path}/accept"]'):
                return path
    pytest.fail("no rejected file can be let in")


def test_the_grid_leads_to_files_and_their_problems(visit):
    visit.sign_in("ban")
    page = visit.open("/reports")
    assert page.status_code == 200
    assert len(visit.tree.css("table.months tbody tr")) == 12
    visit.open(visit.tree.css_first("a.state.rejected").attributes["href"])
    visit.open(visit.tree.css_first("table a").attributes["href"])
    assert visit.tree.css(".faults .error")


def test_a_rejected_file_shows_its_problems_on_its_own_sheet(visit, rejected):
    visit.open(f"{rejected}/sheets")
    assert visit.tree.css("table.grid td.error")
    visit.sign_in("lapvo")
    other = visit.get(f"{rejected}/sheets")
    assert other.status_code in (200, 404)
    assert (other.status_code == 200) == (visit.get(rejected).status_code == 200)


def test_every_state_of_the_grid_leads_to_its_files(visit):
    visit.sign_in("ban")
    visit.open("/reports")
    links = [a.attributes["href"] for a in visit.tree.css("a.state.rejected")]
    assert links
    assert {visit.get(link).status_code for link in links} == {200}


def test_a_file_is_let_in_by_a_click_with_a_reason(visit, desk, rejected):
    assert visit.submit(f"{rejected}/accept", reason="  ").status_code == 409
    assert visit.submit(f"{rejected}/accept", reason="hỏi Lê Văn Tám, sinh 12/03/1975").status_code == 409
    visit.open(f"{rejected}/changes")
    assert visit.tree.css("table tbody tr")
    visit.open(rejected)
    assert visit.submit(f"{rejected}/accept", reason="đã hỏi <b>huyện</b>").status_code == 303
    page = visit.open(rejected)
    assert "ban đã cho nhận tệp này (đã hỏi &lt;b&gt;huyện&lt;/b&gt;)" in page.text
    assert not visit.tree.css("form.narrow")
    until = time.monotonic() + 600  # a process of its own carries it out
    while "trả lại" in visit.open(rejected).text and time.monotonic() < until:
        time.sleep(0.5)
    assert "Ban cho nhận ngày" in visit.page.text
    number = rejected.rsplit("/", 1)[1]
    assert not list(desk.settings.returns_dir.rglob(f"*-{number}-*"))  # nobody is to mend it any more
    with desk.copies.reading() as con:
        of = con.execute("SELECT reporter_code, period FROM ledger.submission WHERE submission_id = ?", [number])
        reporter, period = of.fetchone()
    assert re.search(r"Ban cho nhận, không phải sửa \d+ lỗi", visit.open(f"/reports/{reporter}/{period}").text)


def test_a_correction_shows_figure_by_figure_and_can_be_taken_back(visit, desk, registry):
    visit.sign_in("ban")
    visit.open("/reports")
    first = next(a.attributes["href"] for a in visit.tree.css("a.state.reported") if "2024-11" in a.attributes["href"])
    unit = first.split("/")[2]
    month = Period(2024, 11)
    other = next(one for one in sample_tree(registry, 99, month, month, is_faulty=False) if one.reporter_code == unit)
    inbox = desk.settings.inbox_dir / unit
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / other.file_name).write_bytes(other.data)
    backfill(desk.settings.inbox_dir, month.next.due_on() - timedelta(days=1), desk.settings)
    visit.open(first)
    path = visit.tree.css_first("table a").attributes["href"]
    visit.open(f"{path}/changes")
    told = [row.text(separator="|") for row in visit.tree.css("table tbody tr")]
    assert len(told) > 10
    visit.open(path)
    assert visit.submit(f"{path}/retract", reason="nhầm tệp").status_code == 303
    run_carry_out()
    assert "rút ngày" in visit.open(path).text
    assert visit.submit(f"{path}/retract", reason="lần nữa") if visit.tree.css("form.narrow") else True


def test_a_sender_decides_nothing(visit, rejected):
    visit.sign_in("sadec")
    visit.open("/counter")
    for act in ("accept", "retract"):
        answer = visit.post(f"{rejected}/{act}", data={"token": visit.token}, headers={"origin": "http://testserver"})
        assert answer.status_code == 403
