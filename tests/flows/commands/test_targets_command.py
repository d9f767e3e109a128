"""The targets of a home from its own table, and what is said where a line of it cannot stand."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from expectations.contract.periods import Period
from flows.commands.published import open_published
from flows.home import open_home
from flows.night.measure import measure
from flows.night.write_page import make_report
from flows.registry_files import TARGETS, bundled_dir, require_sound_targets, targets
from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from warehouse.ledger.touched import touched

pytestmark = pytest.mark.usefixtures("read_here")

ROOT = Path(__file__).resolve().parents[3]
HEADING = "name,indicator,comparison,value,kind,level,source,valid_from,valid_to"
OWN = f"""{HEADING}
Liên lạc,away_contact_share,>=,86%,running,province,Kết luận,2024-01-01,
Sinh hoạt từng huyện,away_activity_share,>,44.5%,running,district,Kết luận,2024-01-01,
Dự họp,r213_attended_share,>=,95%,running,province,Kết luận,2024-01-01,
Chi ủy,committees_trained_share,>=,100%,yearly coverage,province,Kết luận,2024-01-01,
Đến hạn,away_private_share,>=,60%,dated level,province,Kết luận,2024-01-01,2026-12-31
"""


@pytest.fixture(scope="module")
def made(registry, tmp_path_factory) -> Settings:
    """A home with a year of two districts, one of which did not report a month, and targets of its own."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    shutil.copytree(bundled_dir(), settings.registry_dir)
    (settings.registry_dir / TARGETS).write_text(OWN, "utf-8")
    files = sample_tree(registry, 11, Period(2023, 12), Period(2024, 12), {"868", "870"}, is_faulty=False)
    take_in((file for number, file in enumerate(files) if number != 9), settings)
    return settings


@pytest.fixture
def home(made: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to write in."""
    return Settings(home=Path(shutil.copytree(made.home, tmp_path / "home", symlinks=True)))


def put(settings: Settings, text: str) -> None:
    (settings.registry_dir / TARGETS).write_text(text, "utf-8")


def mart(settings: Settings) -> pl.DataFrame:
    with open_published(settings) as con:
        return con.sql("FROM marts.target WHERE map = 'today'").pl()


def test_a_target_of_each_kind_is_worked_out_again_from_the_facts(made):
    rows = mart(made)
    assert rows["target"].unique(maintain_order=True).to_list() == [line.split(",")[0] for line in OWN.splitlines()[1:]]
    again = from_the_facts(made)
    checked = 0
    for row in rows.filter(pl.col("known_period").is_not_null()).iter_rows(named=True):
        top, below = again[row["indicator"], row["unit_code"], row["known_period"]]
        assert (row["numerator"], row["denominator"]) == (top, below)
        assert row["value"] == pytest.approx(top / below, rel=1e-12)
        share = {"Liên lạc": 0.86, "Sinh hoạt từng huyện": 0.445, "Dự họp": 0.95, "Chi ủy": 1.0, "Đến hạn": 0.6}
        wanted, is_more = share[row["target"]], row["comparison"] == ">"
        enough = [n for n in range(below + 1) if (n / below > wanted if is_more else n / below >= wanted - 1e-12)]
        assert row["needed"] == min(enough)
        assert row["gap_units"] == max(0, min(enough) - top)
        if row["state"] in ("met", "missed") and not row["units_missing"]:
            assert (row["state"] == "met") == (top >= min(enough))
        checked += 1
    assert checked > 30
    assert {"met", "missed", "not_yet_due"} <= set(rows["state"])


def from_the_facts(settings: Settings) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Numerators and denominators summed over the standing facts with numpy, by indicator, unit and period."""
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        away, halves, years = (
            con.sql(f"FROM facts.{form} WHERE superseded_at IS NULL").pl()
            for form in ("away", "regulation_213", "organisation")
        )
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    shares = {
        "away_contact_share": (away, ("away_in_contact",), "away_total"),
        "away_activity_share": (away, ("away_temporary_activity", "away_exempt"), "away_total"),
        "away_private_share": (away, ("away_in_private_enterprise",), "away_total"),
        "r213_attended_share": (halves, ("r213_attended",), "r213_registered"),
        "committees_trained_share": (years, ("committees_trained",), "committees"),
    }
    for name, (facts, tops, below) in shares.items():
        period, reporter = facts["period"].to_numpy(), facts["reporter_code"].to_numpy()
        top = np.sum([facts[one].to_numpy() for one in tops], axis=0)
        for one in np.unique(period):
            for unit, mine in [("87", period == one)] + [
                (code, (period == one) & (reporter == code)) for code in ("868", "870")
            ]:
                found[name, unit, one] = int(top[mine].sum()), int(facts[below].to_numpy()[mine].sum())
    return found


def test_the_command_prints_a_line_a_target(made):
    told = mobility("targets", MOBILITY_HOME=str(made.home), COLUMNS="160")
    assert told.returncode == 0, told.stderr
    for line in OWN.splitlines()[1:]:
        name, *_ = line.split(",")
        assert (name in told.stdout) == ("district" not in line)
    district = mobility("targets", "--unit", "868", MOBILITY_HOME=str(made.home), MOBILITY_LANGUAGE="en", COLUMNS="160")
    assert "more than 44.5%, each month" in " ".join(district.stdout.split())


def test_the_statements_of_the_documents_work_the_figures_out_again(made, capsys):
    page = (ROOT / "docs" / "targets.md").read_text("utf-8")
    (statement,), (call,) = (re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("sql", "python"))
    with open_published(made) as con:
        rows = con.sql(statement).pl()
    assert rows.height > 30
    for name in ("value", "needed", "gap_units"):
        assert rows.select((pl.col(name) - pl.col(f"{name}_again")).abs().max()).item() < 1e-9
    exec(compile(call, "docs/targets.md", "exec"), {})
    assert capsys.readouterr().out.startswith("0.7755")


def test_a_unit_of_which_there_is_no_target_is_told(made):
    told = mobility("targets", "--unit", "999", MOBILITY_HOME=str(made.home))
    assert (told.returncode, told.stdout) == (1, "")
    assert "999" in told.stderr


def test_a_wrong_line_is_told_with_line_and_column_and_puts_out_no_other(home):
    put(home, OWN.replace("Dự họp,r213_attended_share,>=,95%", "Dự họp,r213_attended_share,>=,95"))
    with open_home(home) as con:
        measure(con, touched(con), home, date(2025, 1, 10))
        known = con.sql("SELECT DISTINCT target FROM derived.target ORDER BY 1").fetchall()
        page = make_report(con, home, date(2025, 1, 10)).read_text("utf-8")
    assert [name for (name,) in known] == ["Chi ủy", "Liên lạc", "Sinh hoạt từng huyện", "Đến hạn"]
    said = "targets.csv, dòng 4, cột value: «95» không phải một mức từ 0% đến 100%; ghi như 95% hoặc 0.95."
    assert said in page
    told = mobility("targets", MOBILITY_HOME=str(home.home))
    assert told.returncode == 1
    assert "Liên lạc" in told.stdout
    assert said in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        ("", "name"),
        (HEADING.replace("kind", "loại") + "\n", "kind"),
        (OWN.encode("utf-16"), None),
        (b"\xff\xfe\x00bad", None),
    ],
)
def test_a_table_that_cannot_be_read_at_all_is_told(home, bad, column):
    path = home.registry_dir / TARGETS
    path.write_bytes(bad if isinstance(bad, bytes) else bad.encode())
    told = mobility("targets", MOBILITY_HOME=str(home.home))
    assert told.returncode == 1
    assert "dòng 1" in told.stderr
    assert (f"cột {column}" in told.stderr) == (column is not None)
    assert targets(home.registry_dir).rows == ()


def test_a_table_that_cannot_be_opened_is_told(home):
    path = home.registry_dir / TARGETS
    path.unlink()
    path.symlink_to("/proc/self/mem")  # opens, and cannot be read from its beginning, whoever asks
    (mistake,) = targets(home.registry_dir).mistakes
    assert (mistake.line, mistake.why.key) == (1, "targets.unread")


@pytest.mark.parametrize("command", ["check", "import"])
def test_the_table_of_targets_is_edited_where_it_lies(home, command):
    told = mobility("registry", command, str(home.registry_dir / TARGETS), MOBILITY_HOME=str(home.home))
    assert (told.returncode, told.stdout) == (1, "")
    assert str(home.registry_dir / TARGETS) in told.stderr
    assert "mobility targets" in told.stderr


def test_a_home_without_a_table_has_the_bundled_targets(home):
    (home.registry_dir / TARGETS).unlink()
    bundled = targets(home.registry_dir)
    assert bundled.rows
    require_sound_targets(home.registry_dir)


def test_nothing_is_computed_again_while_neither_targets_nor_what_the_day_makes_of_them_change(home):
    with open_home(home) as con:

        def are_made(night: date) -> bool:
            con.execute("DELETE FROM derived.target")
            measure(con, touched(con), home, night)
            return con.sql("FROM derived.target").fetchall() != []

        measure(con, touched(con), home, date(2025, 1, 10))
        assert not are_made(date(2025, 1, 10))
        assert not are_made(date(2025, 1, 11))
        put(home, OWN.replace("86%", "87%"))
        assert are_made(date(2025, 1, 11))
        assert are_made(date(2025, 2, 1))  # another month is under way
        assert not are_made(date(2025, 2, 5))
        assert are_made(date(2025, 2, 6))  # January's reports were due


def test_a_copy_of_an_earlier_release_has_no_targets_and_says_so(home):
    (copy,) = {path.resolve() for path in home.published_dir.glob("mobility.duckdb")}
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as con:
        con.execute("DROP TABLE marts.target")
    told = mobility("targets", MOBILITY_HOME=str(home.home))
    assert (told.returncode, told.stdout) == (1, "")
    assert "mobility nightly" in told.stderr
