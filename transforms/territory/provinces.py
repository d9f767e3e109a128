"""Which province a unit lies in on a day: a home holds one, or several where some were merged into one later."""

from __future__ import annotations

from datetime import date

from transforms.territory.registry import Registry, Unit


def province_key(registry: Registry, province: Unit) -> str:
    """What a province stands under in tables of figures: its code, or its unit_id where the code is another's now.

    On 01-07-2025 the code 82 went from Tiền Giang to Đồng Tháp: no figure may reach over both.
    """
    latest = max((unit for unit in registry.units if unit.unit_code == province.unit_code), key=lambda u: u.valid_from)
    return province.unit_code if latest.unit_id == province.unit_id else province.unit_id


class ProvincesOfDay:
    """The provinces of a registry on a day.

    Attributes:
        only: the key of the province where one alone stands, else null.
    """

    def __init__(self, registry: Registry, day: date) -> None:
        standing = registry.units_on(day)
        self._units = {unit.unit_code: unit for unit in standing}
        self._provinces = [unit for unit in standing if unit.level == "province"]
        self._keys = {unit.unit_code: province_key(registry, unit) for unit in self._provinces}
        self.only = next(iter(self._keys.values())) if len(self._keys) == 1 else None

    def unit_of(self, unit_code: str | None) -> Unit | None:
        """The province a unit lies in; where one alone stands it is that; null where it is not told."""
        if len(self._provinces) == 1:
            return self._provinces[0]
        unit = self._units.get(unit_code or "")
        while unit is not None and unit.level != "province":
            unit = self._units.get(unit.parent_code or "")
        return unit

    def of(self, unit_code: str | None) -> str | None:
        """The key of the province a unit lies in, null where it is not told."""
        unit = self.unit_of(unit_code)
        return None if unit is None else self._keys[unit.unit_code]
