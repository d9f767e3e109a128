"""What happens to an invented home in the story that is told again and again under fire, undisturbed once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from time import monotonic

import duckdb

from benchmarks.fire.homes import Home, put
from benchmarks.fire.mail import MailServer
from expectations.contract.periods import Period
from flows.registry_files import bundled_dir, load_registry
from transforms.samples.tree import SampleFile, sample_tree

REPORTERS = {"867", "868", "869"}
FIRST, LAST = Period(2023, 11), Period(2024, 6)
NIGHT = LAST.due_on(6)
NEXT = NIGHT + timedelta(days=1)
RECIPIENTS = """name,address,side,language,units,what,severity,quiet
Ban,ban@tinh.example,board,vi,*,*,,
Phó ban,pho@tinh.example,board,en,*,*,,
Sa Đéc,sadec@tinh.example,reporter,vi,867,*,,
Hồng Ngự,hongngu@tinh.example,reporter,vi,868,*,,
Huyện,huyen@tinh.example,reporter,vi,869,*,,
"""


@dataclass(slots=True)
class Step:
    """One command of the story as it went undisturbed.

    Attributes:
        before, after: copies of the home.
        opened, ended: seconds from the start until it had the warehouse, and to its end.
        received: the mail it sent.
    """

    name: str
    arguments: tuple[str, ...]
    before: Path
    after: Path
    opened: float = 0.0
    ended: float = 0.0
    received: list[EmailMessage] = field(default_factory=list)


@dataclass(slots=True)
class Story:
    """The steps, each a command; the acts come between the first night and the second, which carries them out."""

    folder: Path
    deliveries: Path
    steps: dict[str, Step] = field(default_factory=dict)
    acts: list[tuple[str, ...]] = field(default_factory=list)


def undisturbed(folder: Path, seed: int, engine: str, is_short: bool = False) -> Story:
    """Tell the story once, and keep a copy of the home before and after each step.

    Args:
        is_short: one sender's two months, and nothing but the backfill.
    """
    story = Story(folder, folder / "deliveries")
    first, reporters = (LAST.previous, {"868"}) if is_short else (FIRST, REPORTERS)
    files = list(sample_tree(load_registry(bundled_dir()), seed, first, LAST, reporters))
    arriving = [one for one in files if one.received_on >= NIGHT - timedelta(days=1) and not is_short]
    put((one for one in files if one not in arriving), story.deliveries, by_day=True)
    with MailServer().up() as mail:
        home = home_in(folder / "quiet", mail, engine)
        home.path.mkdir(parents=True)
        (home.path / "recipients.csv").write_text(RECIPIENTS, "utf-8")
        _step(story, home, mail, "backfill", ("backfill", str(story.deliveries)))
        if not is_short:
            _go_on(story, home, mail, arriving, seed)
    return story


def _go_on(story: Story, home: Home, mail: MailServer, arriving: list[SampleFile], seed: int) -> None:
    put(arriving, home.path / "inbox", by_day=False)
    _step(story, home, mail, "night", ("nightly", "--as-of", str(NIGHT)))
    put(_mended(arriving, seed), home.path / "inbox", by_day=False)
    story.acts = _acts(home)
    _step(story, home, mail, "acts", *story.acts)
    _step(story, home, mail, "next night", ("nightly", "--as-of", str(NEXT)))


def home_in(path: Path, mail: MailServer, engine: str) -> Home:
    settings = {"MOBILITY_MAIL_SERVER": mail.address, "COLUMNS": "200"}
    return Home(path, settings | ({"PREFECT_API_URL": engine} if engine else {}))


def _step(story: Story, home: Home, mail: MailServer, name: str, *commands: tuple[str, ...]) -> None:
    slug = name.replace(" ", "-")
    step = Step(name, commands[0], story.folder / f"before-{slug}", story.folder / f"after-{slug}")
    shutil.copytree(home.path, step.before, symlinks=True)
    came = len(mail.received)
    for command in commands:
        began = monotonic()
        process = home.begin(*command)
        home.until_open(process)
        opened = monotonic() - began
        if process.wait() != 0:
            raise RuntimeError(f"undisturbed, {' '.join(command)} failed: {home.said()}")
        step.opened, step.ended = max(step.opened, opened), max(step.ended, monotonic() - began)
    step.received = mail.received[came:]
    shutil.copytree(home.path, step.after, symlinks=True)
    story.steps[name] = step


def _mended(files: list[SampleFile], seed: int) -> list[SampleFile]:
    """What the senders of faulty files send the next day: good ones under other names."""
    faulty = {one.reporter_code for one in files if one.faults}
    good = sample_tree(load_registry(bundled_dir()), seed, FIRST, LAST, faulty, is_faulty=False)
    last = (one for one in good if one.received_on >= NIGHT - timedelta(days=1))
    return [replace(one, received_on=NIGHT, file_name=f"sua {one.file_name}") for one in last]


def _acts(home: Home) -> list[tuple[str, ...]]:
    """An act of each kind on what stands: an alert, an item, a file that was sent back, one that was accepted."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as con:

        def one(query: str) -> list[str]:
            return [str(row[0]) for row in con.sql(query).fetchall()]

        alerts = one("SELECT alert_id FROM alerts.alert WHERE status <> 'resolved' ORDER BY 1")
        items = one("SELECT item_id FROM followup.item WHERE status NOT IN ('verified', 'waived') ORDER BY 1")
        rejected = one(
            "SELECT submission_id FROM ledger.submission AS s WHERE outcome = 'rejected' AND NOT EXISTS ("
            "FROM ledger.problem WHERE submission_id = s.submission_id AND severity = 'error' "
            "AND code <> 'balance-broken') ORDER BY 1"
        )
        accepted = one("SELECT max(submission_id) FROM ledger.submission WHERE outcome = 'accepted'")
    day = ("--as-of", str(NIGHT))
    acts = [("alert", "ack", alerts[0], "--note", "đã xem", *day)] if alerts else []
    acts += [("followup", "assign", items[0], "--to", "Văn phòng", *day)] if items else []
    acts += [("accept", rejected[0], "--reason", "số đúng", *day)] if rejected else []
    return [*acts, ("retract", accepted[0], "--reason", "gửi nhầm", *day)]
