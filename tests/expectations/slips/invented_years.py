"""Invented senders through ordinary years, each with parameters of its own: sizes, rates, habits, seasons, true events.

Another model than the samples': nothing of what slips are judged by is known here, and much happens that is no slip.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.forms import FORMS, MONTHLY
from expectations.contract.periods import Period
from expectations.suites.staging import PROBLEM_SCHEMA, Batch
from transforms.territory.registry import FOREVER, Home, Registry, Unit

Ints = NDArray[np.int64]
BEGAN = date(2015, 1, 1)
FIRST = Period(2022, 3)
MONTHS = 16
EVENTS = (
    *("contact-falls", "contact-campaign", "factory-closes", "admissions", "struck-off", "requests", "exempt-review"),
    *("places-recoded", "enterprise-closes", "quiet", "quiet", "quiet"),
)
"""What truly happens in a year, one or two of them to a sender."""


@dataclass(frozen=True)
class Report:
    """One file: its sender and month, its cells in the order of the sheet, and their figures by form."""

    reporter: str
    period: Period
    received: date
    file_name: str
    cells: tuple[str, ...]
    figures: dict[str, Ints]
    named: Period | None = None  # what the file's name says, where it is not the title's


@dataclass
class Sender:
    """A unit that reports: its cells by commune, and its habits."""

    code: str
    communes: dict[str, list[str]]
    is_tied: bool  # whether those away add up from month to month
    is_sticky: bool  # whether parts of those away mostly stay as they were, not drawn anew
    shares: dict[str, float]
    rates: dict[str, float]
    growth: float
    events: dict[int, str]
    state: dict[str, Ints] = field(default_factory=dict)

    @property
    def cells(self) -> list[str]:
        return [cell for cells in self.communes.values() for cell in cells]


@dataclass(frozen=True)
class Province:
    """The registry and what was sent, in the order it came; `merged` are cells that ended within the year."""

    registry: Registry
    reports: tuple[Report, ...]


def invent(seed: int) -> Province:
    """A province of one to three senders; the same seed gives the same figures."""
    random = np.random.default_rng([seed, 20221])
    senders = [_sender(random, at) for at in range(int(random.integers(1, 4)))]
    merging = {sender.code: int(random.integers(3, MONTHS)) for sender in senders if random.random() < 0.3}
    steps: list[tuple[str, str, date, str, float]] = []
    ended: dict[str, date] = {}
    everything = {sender.code: {name: list(cells) for name, cells in sender.communes.items()} for sender in senders}
    reports = []
    for at in range(MONTHS):
        month = FIRST.plus(at)
        for sender in senders:
            if merging.get(sender.code) == at:
                _merge(random, sender, month.first_day, steps=steps, ended=ended)
            reports.append(_report(random, sender, month, at))
    return Province(_registry(everything, steps, ended), tuple(reports))


def _sender(random: np.random.Generator, at: int) -> Sender:
    is_commune = random.random() < 0.35
    sizes = [int(random.integers(14, 46))] if is_commune else random.integers(4, 14, int(random.integers(4, 12)))
    code = str(860 + at)
    communes = {
        f"{code}{n:02d}": [f"{code}{n:02d}-{k:02d}" for k in range(1, size + 1)] for n, size in enumerate(sizes)
    }

    def about(level: float, by: float = 0.4) -> float:
        return float(level * random.lognormal(0, by))

    def share(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    province, abroad = share(0.12, 0.4), share(0.03, 0.12)
    sender = Sender(
        code,
        communes,
        is_tied=random.random() < 0.75,
        is_sticky=random.random() < 0.4,
        shares={
            "province": province,
            "abroad": abroad,
            "contact": share(0.62, 0.95),
            "temporary": share(0.08, 0.22),
            "exempt": share(0.25, 0.5),
            "enterprise": share(0.4, 0.8),
            "private": share(0.6, 0.92),
        },
        rates={
            "admitted": about(0.0026),
            "restored": about(0.00003),
            "transferred_in": about(0.003),
            "transferred_out": about(0.003),
            "died": about(0.0009),
            "expelled": about(0.00005),
            "struck_off": about(0.0003),
            "received": about(0.0005),
            "started": about(0.016),
            "returned": about(0.14, 0.2),
        },
        growth=float(random.uniform(-0.005, 0.02)),
        events={int(random.integers(2, MONTHS)): str(random.choice(EVENTS)) for _ in range(2)},
    )
    for cell in sender.cells:
        members = int(np.clip(random.lognormal(3.5, 0.5), 5, 180))
        away = int(random.binomial(members, min(0.6, sender.rates["started"] / sender.rates["returned"])))
        subject = int(random.poisson(0.6 * members))
        parts = random.multinomial(away, [1 - province - abroad, province, abroad])
        sender.state[cell] = np.array([members, *parts, 0, subject, 0, 0, 0, 0, 0], dtype=np.int64)
    return sender


def _merge(
    random: np.random.Generator,
    sender: Sender,
    day: date,
    steps: list[tuple[str, str, date, str, float]],
    ended: dict[str, date],
) -> None:
    """Some cells of some communes go into their neighbours, which stay under their codes."""
    for cells in sender.communes.values():
        for _ in range(int(random.integers(0, 3))):
            if len(cells) > 5:
                gone, into = cells[-1], cells[int(random.integers(0, len(cells) - 1))]
                cells.remove(gone)
                sender.state[into] = sender.state[into] + sender.state.pop(gone)
                steps += [(gone, into, day, "merge", 1.0), (into, into, day, "merge", 1.0)]
                ended[gone] = day


def _report(random: np.random.Generator, sender: Sender, month: Period, at: int) -> Report:
    cells = sender.cells
    state = np.array([sender.state[cell] for cell in cells])
    event = sender.events.get(at, "")
    requests = _requests(random, sender, state, 5.0 if event == "requests" else 1.0)
    balance = _balance(random, sender, state, requests["approved"], month, event)
    away, kept = _away(random, sender, state, balance["members_closing"], month=month, event=event)
    requests |= _of_received(random, requests["received"], away["away_total"])
    figures = {"balance": balance, "away": away, "requests": requests}
    if month.ends_half:
        figures["regulation_213"] = _half_year(random, state, month)
    state = np.column_stack(
        [
            balance["members_closing"],
            *(away[f"away_{place}"] for place in ("other_province", "in_province", "abroad")),
            requests["pending_closing"],
            state[:, 5],
            kept,
        ]
    )
    for cell, row in zip(cells, state, strict=True):
        sender.state[cell] = row
    frames = {
        form: np.column_stack([columns[name] for name in FORMS[form].names]).astype(np.int64)
        for form, columns in figures.items()
    }
    if random.random() < 0.06:
        frames["balance"] = _opened_otherwise(random, frames["balance"])
    received = month.last_day + timedelta(days=int(random.integers(2, 8)))
    name = f"BC {month.first_month:02d}-{month.year}.xlsx" if random.random() < 0.8 else "bao cao.xlsx"
    return Report(sender.code, month, received, name, tuple(cells), frames)


def _opened_otherwise(random: np.random.Generator, balance: Ints) -> Ints:
    """Some cells open and close one higher than they closed last month: found out since."""
    names = FORMS["balance"].names
    rows = random.choice(len(balance), min(5, len(balance)), replace=False)
    changed = balance.copy()
    changed[np.ix_(rows, [names.index("members_opening"), names.index("members_closing")])] += 1
    return changed


def _requests(random: np.random.Generator, sender: Sender, state: Ints, factor: float) -> dict[str, Ints]:
    pending = state[:, 4]
    received = random.poisson(sender.rates["received"] * state[:, 0] * factor)
    decided = random.binomial(pending + received, 0.5)
    withdrawn, declined, approved = random.multinomial(decided, (0.15, 0.08, 0.77)).T
    return {
        "pending_opening": pending,
        "received": received,
        "withdrawn": withdrawn,
        "declined": declined,
        "approved": approved,
        "pending_closing": pending + received - withdrawn - declined - approved,
    }


def _of_received(random: np.random.Generator, received: Ints, away: Ints) -> dict[str, Ints]:
    reasons = random.multinomial(received, (0.5, 0.2, 0.12, 0.18)).T
    named = ("reason_work_away", "reason_family", "reason_health", "reason_other")
    return {"received_from_away": np.where(away > 0, random.binomial(received, 0.6), 0)} | dict(
        zip(named, reasons, strict=True)
    )


def _balance(
    random: np.random.Generator, sender: Sender, state: Ints, approved: Ints, month: Period, event: str
) -> dict[str, Ints]:
    members, rates = state[:, 0], dict(sender.rates)
    rates["admitted"] *= 1.8 if month.first_month in (2, 5, 9) else 0.8
    rates["admitted"] *= 4 if event == "admissions" else 1
    rates["struck_off"] *= 12 if event == "struck-off" else 1
    figures = {"members_opening": members}
    figures |= {name: random.poisson(rates[name] * members) for name in ("admitted", "restored", "transferred_in")}
    left = members + sum(figures[name] for name in ("admitted", "restored", "transferred_in")) - approved
    floor = state[:, 1:4].sum(axis=1)
    for name in ("transferred_out", "died", "expelled", "struck_off"):
        figures[name] = np.minimum(random.poisson(rates[name] * members), np.maximum(left - floor, 0))
        left = left - figures[name]
    return figures | {"left_on_request": approved, "members_closing": left}


def _away(
    random: np.random.Generator, sender: Sender, state: Ints, members: Ints, month: Period, event: str
) -> tuple[dict[str, Ints], Ints]:
    """The form, and what of it the next month goes on from."""
    places, shares = state[:, 1:4], dict(sender.shares)
    is_tet, is_after = month.first_month == 1, month.first_month == 2
    home = sender.rates["returned"] * (2.2 if is_tet else 0.8) * (3.5 if event == "factory-closes" else 1)
    back = random.binomial(places, min(home, 0.8))
    stayed = places - back
    sender.rates["started"] *= 1 + sender.growth
    rate = sender.rates["started"] * (2.6 if is_after else 0.5 if is_tet else 1)
    started = np.minimum(random.poisson(rate * members), np.maximum(members - stayed.sum(axis=1), 0))
    if event == "places-recoded":
        shares["province"] = min(0.8, shares["province"] * 2)
        sender.shares["province"] = shares["province"]
    abroad = min(shares["abroad"], 1 - shares["province"])
    chances = [1 - shares["province"] - abroad, shares["province"], abroad]
    places = stayed + random.multinomial(started, chances)
    total = places.sum(axis=1)
    said = (started, back.sum(axis=1))
    if not sender.is_tied:  # counted in other lists, some of them twice or late
        said = tuple(random.poisson(0.9 * one + 0.1) for one in said)
    _move_shares(random, sender, event)
    kept = _parts(random, sender, state[:, 6:], total)
    temporary, exempt, contact, enterprise, private = kept.T
    figures = {
        "away_total": total,
        "away_in_province": places[:, 1],
        "away_other_province": places[:, 0],
        "away_abroad": places[:, 2],
        "away_started": said[0],
        "away_returned": said[1],
        "away_temporary_activity": temporary,
        "away_exempt": exempt,
        "away_in_contact": contact,
        "away_out_of_contact": total - contact,
        "away_in_enterprise": enterprise,
        "away_in_private_enterprise": private,
    }
    return figures, kept


def _move_shares(random: np.random.Generator, sender: Sender, event: str) -> None:
    """True events: contact lost everywhere or found again, exemptions ended, a large enterprise closed."""
    shares = sender.shares
    if event == "contact-falls":  # to something; not just to what was out of contact, which nobody could tell apart
        lost = 1 - shares["contact"]
        shares["contact"] = float(random.choice([min(lost + random.uniform(0.15, 0.35), 0.95), max(lost - 0.3, 0.02)]))
    elif event == "contact-campaign":
        shares["contact"] = 0.98
    elif event == "exempt-review":
        shares["exempt"] *= 0.4
    elif event == "enterprise-closes":
        shares["enterprise"] *= 0.5


def _parts(random: np.random.Generator, sender: Sender, before: Ints, total: Ints) -> Ints:
    """Who of those away does what: drawn anew each month, or, of a sticky sender, in a few cells only."""
    shares = sender.shares
    temporary = random.binomial(total, shares["temporary"])
    exempt = random.binomial(total - temporary, shares["exempt"])
    contact = random.binomial(total, shares["contact"])
    enterprise = random.binomial(total, shares["enterprise"])
    drawn = np.column_stack([temporary, exempt, contact, enterprise, random.binomial(enterprise, shares["private"])])
    fits = (before[:, [0]] + before[:, [1]] <= total[:, None]) & (before[:, [2]] <= total[:, None])
    fits = fits & (before[:, [3]] <= total[:, None]) & (before.sum(axis=1, keepdims=True) > 0)
    stays = fits & (random.random((len(total), 1)) < 0.7) & sender.is_sticky
    return np.where(stays, before, drawn)


def _half_year(random: np.random.Generator, state: Ints, month: Period) -> dict[str, Ints]:
    subject = state[:, 5]
    introduced = random.binomial(subject, 0.88)
    registered = random.binomial(introduced, 0.95)
    return {
        "r213_subject": subject,
        "r213_exempt": random.binomial(subject, 0.06),
        "r213_introduced": introduced,
        "r213_registered": registered,
        "r213_attended": random.binomial(registered, 0.8),
        "r213_remarked": random.binomial(registered, 0.05 if month.first_month == 6 else 0.7),
    }


def _registry(
    communes: dict[str, dict[str, list[str]]], steps: list[tuple[str, str, date, str, float]], ended: dict[str, date]
) -> Registry:
    units, homes = [], []
    for reporter, own in communes.items():
        units.append(Unit(f"{reporter}@", reporter, f"Huyện {reporter}", "huyện", "district", "87", BEGAN, FOREVER))
        for commune, cells in own.items():
            units.append(Unit(f"{commune}@", commune, f"Xã {commune}", "xã", "commune", reporter, BEGAN, FOREVER))
            for cell in cells:
                until = ended[cell] - timedelta(days=1) if cell in ended else FOREVER
                of = (f"{commune}@", commune, reporter, reporter, BEGAN, until)
                homes.append(Home(cell, f"Ấp {cell}", "hamlet", *of))
    return Registry(tuple(units), tuple(homes), tuple(steps), (), (("district", BEGAN, FOREVER),), ())


def batch(reports: list[Report]) -> Batch:
    """The reports as files read, numbered from 1 in the order given."""
    submissions = [
        (n, one.reporter, str(one.period), one.received, one.received, one.file_name, f"{n:064d}")
        for n, one in enumerate(reports, 1)
    ]
    kinds = {"submission_id": pl.Int64, "reporter_code": pl.String, "period": pl.String, "received_on": pl.Date}
    kinds |= {"recorded_at": pl.Date, "file_name": pl.String, "sha256": pl.String}
    columns = [
        (n, 0, form, name, at)
        for n, one in enumerate(reports, 1)
        for form in one.figures
        for at, name in enumerate(FORMS[form].names, 3)
    ]
    problems = [
        {
            "submission_id": n,
            "code": "file-name-period",
            "severity": "warning",
            "found": str(one.named),
            "expected": str(one.period),
            "message_vi": "-",
            "message_en": "-",
        }
        for n, one in enumerate(reports, 1)
        if one.named and one.named != one.period
    ]
    places = {"submission_id": pl.Int64, "table_no": pl.Int32, "form": pl.String, "measure": pl.String}
    return Batch(
        pl.DataFrame(submissions, kinds, orient="row"),
        {form: _rows(form, reports) for form in FORMS},
        pl.DataFrame(columns, places | {"column": pl.Int32}, orient="row"),
        pl.DataFrame(problems, PROBLEM_SCHEMA),
    )


def _rows(form: str, reports: list[Report]) -> pl.DataFrame:
    parts = [
        pl.DataFrame(one.figures[form], FORMS[form].names, orient="row").select(
            pl.lit(n).alias("submission_id"),
            pl.lit(0, pl.Int32).alias("table_no"),
            pl.lit("Sheet1").alias("sheet"),
            pl.int_range(7, 7 + len(one.cells), dtype=pl.Int32).alias("row"),
            pl.Series("cell_code", one.cells),
            pl.Series("unit", one.cells),
            pl.lit(str(one.period if form in _MONTHLY else one.period.half)).alias("period"),
            pl.lit(True).alias("is_reported"),
            *FORMS[form].names,
        )
        for n, one in enumerate(reports, 1)
        if form in one.figures
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


_MONTHLY = {form.name for form in MONTHLY}


def with_figures(report: Report, form: str, figures: Ints) -> Report:
    """The report with other figures in one form."""
    return replace(report, figures=report.figures | {form: figures})
