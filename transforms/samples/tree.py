"""A tree of invented deliveries: who sent which file on which day, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.reading.folding import strip_marks
from transforms.samples.invented import InventedChange, InventedMonth, simulate
from transforms.samples.templates import TEMPLATES, Grid, Report, Template, Value, lay_out
from transforms.samples.writers import ENDINGS, write, zipped
from transforms.territory.provinces import ProvincesOfDay
from transforms.territory.registry import Registry, Unit

_LATE_DAY = 9
_HABITS_LAST = 9  # months before a sender takes up another template
_LAST_MONTH = ("balance-broken", "not-a-count", "unknown-unit", "encrypted-file", "absent", "personal-data")
_MONTH_BEFORE = ("unreadable-file", "missing-column")
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi")
_MIDDLE_NAMES = ("Văn", "Thị", "Hữu", "Minh", "Ngọc", "Thanh")
_GIVEN_NAMES = ("An", "Bình", "Cường", "Dung", "Hạnh", "Khánh", "Lan", "Phúc", "Sơn", "Tâm")


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One delivery; `faults` are the problem codes planted in it, none in a good file."""

    received_on: date
    reporter_code: str
    file_name: str
    data: bytes
    faults: tuple[str, ...] = ()


def planted_changes(registry: Registry, last_period: Period) -> tuple[InventedChange, ...]:
    """What truly changes at the end of a sample tree: one reporter's requests, another's members working away, and in
    the last month alone a third's contact with those away."""
    codes = sorted(unit.unit_code for unit in registry.reporters_on(last_period.last_day))
    if len(codes) < 2:
        return ()
    requests, away = codes[len(codes) // 3], codes[2 * len(codes) // 3]
    before = last_period.previous
    changes = (
        InventedChange(requests, "received", before, last_period, 6.0),
        InventedChange(away, "away_total", before.previous, last_period, 1.6),
        InventedChange(codes[0], "away_out_of_contact", last_period, last_period, 3.0),
    )
    return changes[: len(codes)]


def sample_tree(
    registry: Registry,
    seed: int,
    first_period: Period,
    last_period: Period,
    reporters: Collection[str] | None = None,
    is_faulty: bool = True,
) -> Iterator[SampleFile]:
    """Deliveries of some months, in the order they arrive; the same arguments give the same bytes.

    The figures are those of `simulate(registry, seed, first_period, last_period, planted_changes(...))`. Files of a
    month come from the 2nd to the 5th of the next, those of the last month all on the 5th: one night to watch.

    Args:
        reporters: codes; None for all who report in each month.
        is_faulty: whether some files of the last two months are faulty, one reporter is missing in the last, and a
            list of people is among its files. Those with a planted change send good files.
    """
    changes = planted_changes(registry, last_period)
    spared = {change.reporter_code for change in changes}
    for month in simulate(registry, seed, first_period, last_period, changes):
        units = [
            unit
            for unit in registry.reporters_on(month.period.last_day)
            if reporters is None or unit.unit_code in reporters
        ]
        units.sort(key=lambda unit: unit.unit_code)
        faults = _faults([u.unit_code for u in units if u.unit_code not in spared], month.period, last_period)
        files: list[SampleFile] = []
        for number, unit in enumerate(units):
            day = month.period.due_on(5 if month.period == last_period else 2 + number % 4)
            fault = faults.get(unit.unit_code, "") if is_faulty else ""
            files += _deliveries(
                registry, month, unit, template=_template(unit, number, month.period), day=day, fault=fault, seed=seed
            )
        yield from sorted(files, key=lambda file: (file.received_on, file.reporter_code, file.file_name))


def _faults(codes: list[str], month: Period, last: Period) -> dict[str, str]:
    kinds = _LAST_MONTH if month == last else _MONTH_BEFORE if month == last.previous else ()
    return dict(zip(codes if month == last else reversed(codes), kinds, strict=False))


def _template(unit: Unit, number: int, month: Period) -> Template:
    turn = month.number // _HABITS_LAST
    template = TEMPLATES[(number + turn) % len(TEMPLATES)]
    # Within a new commune cells may bear one name: there the code decides.
    return replace(template, naming="coded") if unit.level == "commune" else template


def _deliveries(
    registry: Registry, month: InventedMonth, unit: Unit, template: Template, day: date, fault: str, seed: int
) -> list[SampleFile]:
    if fault == "absent":
        return []
    code, name = unit.unit_code, _file_name(template, unit, month.period)
    report = report_of(registry, month, unit)
    good = SampleFile(day, code, name, write(template.kind, lay_out(template, report)))
    if not fault:
        return [good]
    if fault == "personal-data":
        return [good, SampleFile(day, code, f"danh sach {code}.xlsx", _people(seed), (fault,))]
    if fault in ("unreadable-file", "encrypted-file"):
        bad = _spoilt(good, fault, seed)
    else:
        _plant(fault, report)
        bad = replace(good, data=write(template.kind, lay_out(template, report)), faults=(fault,))
    if fault not in _MONTH_BEFORE:
        return [bad]
    return [bad, replace(good, received_on=month.period.due_on(_LATE_DAY), file_name=f"sua {name}", faults=("late",))]


def _file_name(template: Template, unit: Unit, month: Period) -> str:
    slug = "".join(strip_marks(unit.name).split()[-2:])
    return template.file_name.format(slug=slug, month=month.first_month, year=month.year, ending=ENDINGS[template.kind])


def report_of(registry: Registry, month: InventedMonth, unit: Unit) -> Report:
    """What a reporter would say of an invented month, without fault."""
    homes = [home for home in month.homes if home.reporter_code == unit.unit_code]
    homes.sort(key=lambda home: (home.commune_code or "", home.cell_code))
    inside = {home.cell_code for home in homes} | {home.commune_code for home in homes if home.commune_code}
    frames = {form: frame for form in FORMS.values() if (frame := month.of(form)) is not None}
    values: dict[str, dict[str, list[Value]]] = {
        form.name: {code: counts for code, *counts in frame.filter(pl.col(form.key).is_in(inside)).iter_rows()}
        for form, frame in frames.items()
    }
    standing = {one.unit_id: one.name for one in registry.units_on(month.period.last_day, "commune")}
    communes = {home.commune: standing[home.commune] for home in homes if home.commune}
    province = ProvincesOfDay(registry, month.period.last_day).unit_of(unit.unit_code)
    return Report(unit, month.period, homes, communes, values, province.name if province else "")


def _plant(fault: str, report: Report) -> None:
    balance, middle = report.values["balance"], report.homes[len(report.homes) // 2]
    row = balance[middle.cell_code]
    names = FORMS["balance"].names
    if fault == "balance-broken":
        closing = names.index("members_closing")
        row[closing] = int(row[closing] or 0) + 2
    elif fault == "not-a-count":
        row[names.index("admitted")] = "hai"
    elif fault == "missing-column":
        report.left_out = frozenset({"transferred_in"})
    elif fault == "unknown-unit" and len(report.communes) > 1:
        report.communes[middle.commune or ""] = misspelt(report.communes[middle.commune or ""])
    elif fault == "unknown-unit":
        report.homes[len(report.homes) // 2] = replace(middle, name=misspelt(middle.name))


def misspelt(name: str) -> str:
    """A unit's name as somebody might write it who does not look it up."""
    bare = strip_marks(name)
    return bare if bare != name else f"{name}a"


def _spoilt(good: SampleFile, fault: str, seed: int) -> SampleFile:
    """Cut off in the sending, or under a password; a text file goes as a .zip, where either can be told."""
    packed = good.data if good.data[:2] == b"PK" else zipped({good.file_name: good.data})
    name = good.file_name if packed is good.data else f"{good.file_name.rsplit('.', 1)[0]}.zip"
    if fault == "unreadable-file":
        return replace(good, file_name=name, data=packed[: len(packed) * 2 // 3], faults=(fault,))
    scrambled = np.random.default_rng(seed).bytes(len(good.data) // 4)
    name = f"{good.file_name.rsplit('.', 1)[0]}.zip"
    return replace(good, file_name=name, data=zipped({good.file_name: scrambled}, is_locked=True), faults=(fault,))


def _people(seed: int) -> bytes:
    """A list of invented people, as nobody should send it."""
    random = np.random.default_rng([seed, 213])
    rows: list[list[Value]] = [["DANH SÁCH ĐẢNG VIÊN ĐI LÀM VIỆC XA"], []]
    rows.append(["TT", "Họ và tên", "Năm sinh", "Nơi làm việc"])
    for number in range(1, 13):
        name = " ".join(str(random.choice(part)) for part in (_SURNAMES, _MIDDLE_NAMES, _GIVEN_NAMES))
        rows.append([number, name, int(random.integers(1955, 2000)), "Bình Dương"])
    return write("xlsx", [Grid("Danh sách", rows)])
