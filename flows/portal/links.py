"""Where pages are: at the portal, or on a site of plain files; and links of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Links:
    """Paths of the pages of units, indicators, forecasts and maps.

    Attributes:
        base: before every path; "" at the portal.
        is_plain: whether pages are plain files.
        is_open: False for who may open none of them: charts then lead nowhere.
    """

    base: str = ""
    is_plain: bool = False
    is_open: bool = True

    def unit(self, code: str) -> str | None:
        return self._at(f"/units/{quote(code, safe='')}")

    def indicator(self, name: str) -> str | None:
        return self._at(f"/indicators/{quote(name, safe='')}")

    def forecast(self, code: str) -> str | None:
        return self._at(f"/forecast/{quote(code, safe='')}")

    def units(self) -> str | None:
        return self._at("/units")

    def indicators(self) -> str | None:
        return self._at("/indicators")

    def indicator_at(self, name: str, level: str, kind: str, period: str) -> str | None:
        """An indicator's page of a level and period; the plain files hold one for each."""
        if self.is_plain:
            return self._at(f"/indicators/{name}{plain_level(level)}")
        query = urlencode({"level": level, "kind": kind, "period": period})
        return f"{self.indicator(name)}?{query}" if self.is_open else None

    def map(self, name: str, by: str, level: str, kind: str, period: str) -> str | None:
        """The map of an indicator; the plain files hold the last period's."""
        if self.is_plain:
            return self._at(f"/maps/{name}-{by}{plain_level(level)}")
        query = {"indicator": name, "scale": by, "level": level, "kind": kind, "period": period}
        return f"/map?{urlencode(query)}" if self.is_open else None

    def _at(self, path: str) -> str | None:
        return f"{self.base}{path}{'.html' if self.is_plain else ''}" if self.is_open else None


def plain_level(level: str) -> str:
    """The end of a plain file's name: districts stand under the bare name."""
    return "" if level == "district" else f"-{level}"


def with_query(path: str, query: Mapping[str, str], **changed: str) -> str:
    """A path with a query in which some values are others; empty ones and what was told are left out."""
    said = {name: value for name, value in {**query, **changed}.items() if value and name != "told"}
    return f"{path}?{urlencode(said)}" if said else path


def paged(query: Mapping[str, str]) -> int:
    """The page of a list that is asked for; the first where that is no number."""
    said = query.get("page", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 1
