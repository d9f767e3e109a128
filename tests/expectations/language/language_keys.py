"""The keys that the code names, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.errors import UserError
from warehouse.errors import WarehouseError

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("expectations", "transforms", "warehouse", "flows")
SPEAK = {"text", "both", "Message", "_say", "_Wrong"}


@dataclass(frozen=True)
class Named:
    """What the code names: whole keys, and the fixed beginning of those it puts together, each with a place."""

    literals: frozenset[str]
    spoken: dict[str, str]
    prefixes: dict[str, str]


@cache
def named() -> Named:
    literals, spoken, prefixes = set(), {}, {}
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            if isinstance(node, ast.Call) and node.args and _name(node) in SPEAK | _errors():
                at = f"{path.relative_to(ROOT)}:{node.lineno}"
                for kind, said in _keys(node.args[0]):
                    (spoken if kind == "whole" else prefixes).setdefault(said, at)
    return Named(frozenset(literals), spoken, prefixes)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


@cache
def _errors() -> frozenset[str]:
    return frozenset({UserError.__name__, *(one.__name__ for one in WarehouseError.__subclasses__())})


def _keys(node: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Constant):
        yield "whole", node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_keys(node.body), *_keys(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield "part", getattr(node.values[0], "value", "")
    elif isinstance(node, ast.BinOp):
        yield "part", getattr(node.left, "value", "")
