"""Whose row it is: names as senders write them, matched to the registry within the sender's own units."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from expectations.contract.forms import UnitLevel
from transforms.reading.folding import fold, plain_characters, strip_marks
from transforms.territory.registry import Home, Registry, Unit

_PREFIX = re.compile(r"(?:(?:ban chấp hành|bch|đảng bộ|đảng ủy|đảng uỷ|đb|đu|chi bộ|cb)\b\s*[:.]?\s*)+")
_NUMBERING = re.compile(
    r"^(?:\d{1,3}(?:\.\d{1,3})*[.)]\s*(?=\D)|[ivxlc]{1,6}[.)]\s*(?=(?:đảng|chi bộ|cb|xã|phường|thị trấn)\b))"
)
_SHORT_KINDS = (
    (re.compile(r"^(?:tt\.\s*|tt\s+|t\. ?t\.?\s*|t\. ?trấn\s+)"), "thị trấn "),
    (re.compile(r"^p\.\s*|^p\s+(?=\d)"), "phường "),
    (re.compile(r"^x\.\s*"), "xã "),
)
_SHORT_KIND = re.compile(r"(?<!\w)(tp|tx)\. ?(?=\w)")  # TP.Cao Lãnh, TP. Cao Lãnh
_KINDS = re.compile(r"^(xã|phường|thị trấn|đặc khu)\s+")
_PLACE_AND_DAY = re.compile(r",ngày[ ._\d]*(?:tháng|[/.-])")  # where a paper was signed, folded
_COMMITTEES = {
    "thành phố": ("thành ủy", "đảng bộ thành phố", "thành phố", "tp", "tp."),
    "thị xã": ("thị ủy", "đảng bộ thị xã", "thị xã", "tx", "tx."),
    "huyện": ("huyện ủy", "đảng bộ huyện", "huyện"),
    "quận": ("quận ủy", "đảng bộ quận", "quận"),
    "xã": ("đảng ủy xã", "đảng bộ xã", "xã"),
    "phường": ("đảng ủy phường", "đảng bộ phường", "phường"),
    "thị trấn": ("đảng ủy thị trấn", "đảng bộ thị trấn", "thị trấn"),
    "đặc khu": ("đảng ủy đặc khu", "đảng bộ đặc khu", "đặc khu"),
}


def committee_line(unit: Unit) -> str:
    """How a reporter heads its reports: HUYỆN ỦY CAO LÃNH, ĐẢNG ỦY XÃ TÂN HỒNG."""
    bare = unit.name.lower().removeprefix(unit.kind).strip()
    return f"{_COMMITTEES[unit.kind][0]} {bare}".upper()


@lru_cache(maxsize=65536)
def plain_name(text: str) -> str:
    """A unit's name folded, without "Đảng bộ", "Chi bộ" and the like; ấp and khóm stay."""
    name = _NUMBERING.sub("", fold(text))
    name = _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
    for short, kind in _SHORT_KINDS:
        name = short.sub(kind, name)
    return re.sub(r"\s*-\s*", "-", name).strip()


@lru_cache(maxsize=65536)
def _kindless(name: str) -> str:
    return _KINDS.sub("", name)


@dataclass(frozen=True, slots=True)
class UnitFound:
    """What became of a row's names: the cell's or commune's code, or None with what is shown in its place."""

    code: str | None
    shown: str
    is_commune_unknown: bool = False


class SenderUnits:
    """One reporter's communes and cells on one day, and how to find them by name or code."""

    def __init__(
        self, homes: list[Home], communes: list[Unit], aliases: dict[str, list[str]], registry: Registry, day: date
    ) -> None:
        self.homes = {home.cell_code: home for home in homes}
        self.registry, self.day = registry, day
        self.communes = {unit.unit_id: unit for unit in communes}
        self._by_commune_code = {unit.unit_code: unit for unit in communes}
        self._communes: dict[str, set[str]] = defaultdict(set)
        self._bare: dict[str, set[str]] = defaultdict(set)
        for unit in communes:
            for name in (unit.name, *aliases.get(unit.unit_code, ())):
                self._communes[plain_name(name)].add(unit.unit_id)
                self._bare[_kindless(plain_name(name))].add(unit.unit_id)
        self._cells: dict[tuple[str | None, str], list[str]] = defaultdict(list)
        for home in homes:
            for name in (home.name, *aliases.get(home.cell_code, ())):
                for place in (home.commune, None):
                    self._cells[place, plain_name(name)].append(home.cell_code)
        self._is_commune: dict[str, bool] = {}
        self._answers: dict[tuple[str, str, str, UnitLevel], UnitFound] = {}

    def commune(self, text: str) -> str | None:
        """The unit_id of a commune by its name: with its kind first, without only where one unit remains."""
        name = plain_name(text)
        for known in (self._communes.get(name), self._bare.get(_kindless(name)) if name == _kindless(name) else None):
            if known and len(known) == 1:
                return next(iter(known))
        return None

    def is_commune(self, text: str) -> bool:
        if text not in self._is_commune:
            self._is_commune[text] = self.commune(text) is not None and (None, plain_name(text)) not in self._cells
        return self._is_commune[text]

    def codes(self, of: UnitLevel) -> Collection[str]:
        """The codes of all the sender's cells, or communes."""
        return self.homes if of == "cell" else self._by_commune_code

    def find(self, commune: str, cell: str, code: str, of: UnitLevel = "cell") -> UnitFound:
        """The cell or commune a row is about; never a guess: a name that fits two units, or none, is not found."""
        key = (commune, cell, code, of)
        found = self._answers.get(key)
        if found is None:
            if of == "commune":
                found = self._commune_row(commune, code)
            else:
                found = self._by_code(commune, cell, code) if code else self._by_name(commune, cell)
            self._answers[key] = found
        return found

    def _commune_row(self, name: str, code: str) -> UnitFound:
        """The commune of a row; one without any name is that of a sender who has but one."""
        code = _plain_code(code)
        if code:
            unit = self._by_commune_code.get(code)
        elif name:
            unit = self.communes.get(self.commune(name) or "")
        else:
            unit = next(iter(self.communes.values())) if len(self.communes) == 1 else None
        if unit is None or (code and name and self.commune(name) != unit.unit_id):
            return UnitFound(None, f"{code} {name}".strip())
        return UnitFound(unit.unit_code, unit.name)

    def _by_code(self, commune: str, cell: str, code: str) -> UnitFound:
        code = _plain_code(code)
        shown = f"{code} {cell}".strip()
        home = self.homes.get(code)
        if home is None:
            return UnitFound(None, shown)
        place = self.commune(commune) if commune else home.commune
        if place is None and commune:
            return UnitFound(None, commune, is_commune_unknown=True)
        if (cell and code not in self._cells.get((None, plain_name(cell)), ())) or place != home.commune:
            return UnitFound(None, f"{shown}, {commune}".strip(", "))
        return UnitFound(code, self.describe(code))

    def _by_name(self, commune: str, cell: str) -> UnitFound:
        if commune and self.commune(commune) is None:
            return UnitFound(None, commune, is_commune_unknown=True)
        if not cell:
            return UnitFound(None, "")
        fits = self._fits(commune, cell)
        return UnitFound(fits[0], self.describe(fits[0])) if len(fits) == 1 else UnitFound(None, _shown(commune, cell))

    def _fits(self, commune: str, cell: str) -> list[str]:
        """The cells of that name, in the commune where one is told or there is but one."""
        place = self.commune(commune) if commune else next(iter(self.communes)) if len(self.communes) == 1 else None
        return self._cells.get((place, plain_name(cell)), [])

    def nearest(self, commune: str, cell: str, code: str, of: UnitLevel = "cell") -> str:
        """What a row that was not found may have meant, for a person to choose from."""
        if of == "commune":
            return self._near_commune_rows(commune, _plain_code(code))
        if code:
            code = _plain_code(code)
            if commune and code in self.homes and self.commune(commune) is None:
                return self._near_communes(commune)
            return self._successors(code) or (
                self.describe(code) if code in self.homes else self._near_code(code, commune, cell)
            )
        place = self.commune(commune) if commune else None
        if commune and place is None:
            return self._near_communes(commune)
        fits = self._fits(commune, cell)
        if len(fits) > 1:
            return "; ".join(map(self.describe, fits)) + " (cần cột «Mã chi bộ»)"
        return self._ended(place, cell) or self._near_cells(place, cell)

    def describe(self, cell_code: str) -> str:
        home = self.homes.get(cell_code)
        if home is None:
            return cell_code
        commune = self.communes.get(home.commune or "")
        return f"{home.name}, {commune.name} ({cell_code})" if commune else f"{home.name} ({cell_code})"

    def _successors(self, code: str) -> str:
        after = self.registry.successors(code)
        return "nay là " + "; ".join(map(self.describe, after)) if after else ""

    def _ended(self, place: str | None, cell: str) -> str:
        """The successors of a cell of that name that has ended."""
        for home in self.registry.homes:
            if home.valid_to < self.day and plain_name(home.name) == plain_name(cell) and place in (None, home.commune):
                if text := self._successors(home.cell_code):
                    return text
        return ""

    def _near_code(self, code: str, commune: str, cell: str) -> str:
        named = self._by_name(commune, cell) if cell else None
        if named and named.code:
            return self.describe(named.code)
        return "; ".join(map(self.describe, difflib.get_close_matches(code, self.homes, 3, 0.8))) or "không có"

    def _near_commune_rows(self, name: str, code: str) -> str:
        known = self.communes.get(self.commune(name) or "") or self._by_commune_code.get(code)
        if known and code:
            return f"{known.unit_code} {known.name}"
        return self._went_into(name, code) or (self._near_communes(name) if name else "không có")

    def _went_into(self, name: str, code: str) -> str:
        """The communes that one of that name or code, which has ended, went into."""
        ended = [
            unit
            for unit in self.registry.units
            if unit.level == "commune"
            and unit.valid_to < self.day
            and (plain_name(unit.name) == plain_name(name) if name else unit.unit_code == code)
        ]
        steps = {(unit.unit_code, unit.valid_to + timedelta(days=1)) for unit in ended}
        after = {to for origin, to, _, day in self.registry.unit_succession if (origin, day) in steps}
        names = [unit.name for unit in self.registry.units_on(self.day, "commune") if unit.unit_code in after]
        return "nay là " + "; ".join(names) if names else ""

    def _near_communes(self, text: str) -> str:
        names = {strip_marks(plain_name(unit.name)): unit.name for unit in self.communes.values()}
        return _nearest(plain_name(text), names)

    def _near_cells(self, place: str | None, cell: str) -> str:
        names = {
            strip_marks(plain_name(home.name)): self.describe(home.cell_code)
            for home in self.homes.values()
            if place in (None, home.commune)
        }
        return _nearest(plain_name(cell), names)


def _plain_code(code: str) -> str:
    return "".join(plain_characters(code).split()).removeprefix("'")


def _shown(commune: str, cell: str) -> str:
    return ", ".join(filter(None, (cell, commune)))


def _nearest(text: str, names: dict[str, str]) -> str:
    near = difflib.get_close_matches(strip_marks(text), names, 3, 0.6)
    return "; ".join(names[name] for name in near) or "không có"


class Directory:
    """The registry as the reading asks it: who reports on a day, whose names a title bears, a sender's units."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        turns = {home.valid_from for home in registry.homes} | {unit.valid_from for unit in registry.units}
        ends = {home.valid_to for home in registry.homes} | {unit.valid_to for unit in registry.units}
        self._turns = sorted(turns | {date.fromordinal(min(end.toordinal() + 1, date.max.toordinal())) for end in ends})
        self._senders: dict[tuple[str, int], SenderUnits] = {}
        self._known: set[str] = set()
        self._titles: dict[int, dict[str, set[str]]] = {}

    def _turn(self, day: date) -> int:
        return bisect_right(self._turns, day)

    def knows(self, text: str) -> bool:
        """Whether a text is the name of a unit or a cell, of whatever time."""
        if not self._known:
            names = [unit.name for unit in self.registry.units] + [home.name for home in self.registry.homes]
            self._known = set(map(plain_name, names + [alias for _, alias, *_ in self.registry.aliases]))
        return plain_name(text) in self._known

    def is_reporter(self, code: str, day: date) -> bool:
        return any(unit.unit_code == code for unit in self.registry.reporters_on(day))

    def name(self, code: str, day: date) -> str:
        """A reporter's name on a day, its code where it has none."""
        return next((u.name for u in self.registry.reporters_on(day) if u.unit_code == code), code)

    def sender(self, code: str, day: date) -> SenderUnits:
        key = (code, self._turn(day))
        if key not in self._senders:
            homes = [home for home in self.registry.homes_on(day) if home.reporter_code == code]
            inside = {home.commune for home in homes}
            communes = [
                unit
                for unit in self.registry.units_on(day, "commune")
                if unit.unit_id in inside or code in (unit.parent_code, unit.unit_code)
            ]
            self._senders[key] = SenderUnits(homes, communes, self._aliases(day), self.registry, day)
        return self._senders[key]

    def _aliases(self, day: date) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for code, alias, first, last in self.registry.aliases:
            if first <= day <= last:
                names[code].append(alias)
        return names

    def titled(self, line: str, day: date) -> set[str]:
        """The codes of the reporters of that day whose name, with its kind, stands in a title's line."""
        names, folded = self._named(day), _SHORT_KIND.sub(r"\1. ", fold(line))
        if _PLACE_AND_DAY.search(folded):
            return set()
        if folded in names:
            return names[folded]
        found = [name for name in names if name in folded and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded)]
        longest = max(map(len, found), default=0)
        return set().union(*(names[name] for name in found if len(name) == longest))

    def titled_alone(self, line: str, day: date) -> set[str]:
        """The codes of the reporters of that day whose name, with its kind, is all that a title's line says."""
        return self._named(day).get(fold(line), set())

    def _named(self, day: date) -> dict[str, set[str]]:
        turn = self._turn(day)
        if turn not in self._titles:
            self._titles[turn] = self._title_names(day)
        return self._titles[turn]

    def _title_names(self, day: date) -> dict[str, set[str]]:
        """Titles may still bear a former kind (THỊ ỦY for a town that became a city)."""
        standing = {unit.unit_id for unit in self.registry.reporters_on(day)}
        names: dict[str, set[str]] = defaultdict(set)
        for unit in self.registry.units:
            if unit.unit_id in standing and unit.valid_from <= day:
                bare = fold(unit.name).removeprefix(unit.kind).strip()
                for committee in _COMMITTEES.get(unit.kind, ()):
                    names[fold(f"{committee} {bare}")].add(unit.unit_code)
        return names

    def owners(self, rows: list[tuple[str, str, str, UnitLevel]], day: date) -> dict[str, int]:
        """How many rows (commune, cell, code, of which level) each reporter of the day would know as its own."""
        counted: dict[str, int] = defaultdict(int)
        for unit in self.registry.reporters_on(day):
            units = self.sender(unit.unit_code, day)
            counted[unit.unit_code] = sum(units.find(*row).code is not None for row in rows)
        return counted
