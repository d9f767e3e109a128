"""Makes each mart's file from its query and what is declared elsewhere: `make generated`.

`queries/x.sql` is written by hand: the query, with `{name}` where a list of the contract belongs (see `fragments`), the
mart's own comment, and those of columns that mean something else here than elsewhere. The columns people join on are
added to it (see `joinable`); `columns.csv` and the contract say what every other column means. `x.sql`, which the
warehouse reads, is made from these and never changed by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from expectations.contract.forms import MEASURES
from warehouse.connection.store import memory_store
from warehouse.marts.columns import comments, read_columns
from warehouse.marts.fragments import fragments
from warehouse.marts.joinable import joinable
from warehouse.marts.views import MARTS, in_order
from warehouse.schema.comments import quoted

QUERIES = MARTS / "queries"
_HEAD = '-- Made by "make generated" from queries/{name}.sql and the contract: change those, not this.\n'
_HOLE = re.compile(r"\{(\w+)\}")
_OWN = re.compile(r"^COMMENT ON COLUMN marts\.\w+\.(\S+) IS '(.*)';\n", re.MULTILINE)


def generated(queries: Path = QUERIES) -> dict[str, str]:
    """Each mart's file as it should read, by the mart's name.

    Raises:
        KeyError: a query has a `{name}` that is no fragment.
        ValueError: a column has no comment, or a comment is of a column that the mart does not have; a unit of a
            period is told without its level.
        duckdb.Error: a query is wrong.
    """
    columns = read_columns()
    parts, said = fragments(columns), comments(columns)
    written = {file.stem: file.read_text("utf-8") for file in sorted(queries.glob("*.sql"))}
    texts = {name: _filled(_OWN.sub("", text), parts) for name, text in written.items()}
    with memory_store() as con:
        for name in in_order(texts):
            texts[name] = joinable(texts[name], _columns(con, texts[name], name))
            con.execute(texts[name])
            own = dict(_OWN.findall(written[name]))
            texts[name] = _HEAD.format(name=name) + texts[name] + _commented(con, name, own, said)
    return texts


def _columns(con: DuckDBPyConnection, text: str, mart: str) -> list[str]:
    """What the query gives, before anything is added to it."""
    con.execute(text)
    names = [name for name, *_ in con.execute(f"DESCRIBE marts.{mart}").fetchall()]
    con.execute(f"DROP VIEW marts.{mart}")
    return names


def _filled(text: str, parts: Mapping[str, str]) -> str:
    """A query with its lists in place."""
    return "".join(_line(line, parts) + "\n" for line in text.splitlines())


def _line(line: str, parts: Mapping[str, str]) -> str:
    """A line with its lists, each line of theirs as far from the margin."""
    indent = line[: len(line) - len(line.lstrip())]
    return _HOLE.sub(lambda hole: parts[hole[1]].replace("\n", f"\n{indent}"), line)


def _commented(con: DuckDBPyConnection, mart: str, own: Mapping[str, str], said: Mapping[str, tuple[str, str]]) -> str:
    """The comments of a mart's columns, in their order: the mart's own words where it has some, else everybody's."""
    of_measures = own.get("{measure}", "{meaning_vi} / {meaning_en}")
    names = [name for name, *_ in con.execute(f"DESCRIBE marts.{mart}").fetchall()]
    if strange := own.keys() - {*names, "{measure}"}:
        raise ValueError(f"{mart}: a comment of {', '.join(sorted(strange))}, which is none of its columns")
    lines = []
    for name in names:
        if name in own:
            comment = own[name]
        elif name in said:
            vi, en = (quoted(text)[1:-1] for text in said[name])
            pattern = of_measures if name in MEASURES else "{meaning_vi} / {meaning_en}"
            comment = pattern.format(meaning_vi=vi, meaning_en=en)
        else:
            raise ValueError(f"{mart}.{name} has no comment: give it a line in columns.csv")
        lines.append(f"COMMENT ON COLUMN marts.{mart}.{name} IS '{comment}';\n")
    return "".join(lines)


def main() -> None:
    """Write what has changed, and say which files."""
    for name, text in generated().items():
        file = MARTS / f"{name}.sql"
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            sys.stdout.write(f"{file.relative_to(MARTS.parents[1])}\n")


if __name__ == "__main__":
    main()
