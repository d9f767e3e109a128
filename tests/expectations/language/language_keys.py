"""The keys that the code names, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

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
    for said in (*_in_code(), *_in_templates()):
        literals |= said.literals
        for kind, key in said.keys:
            (spoken if kind == "whole" else prefixes).setdefault(key, said.at)
    return Named(frozenset(literals), spoken, prefixes)


@dataclass(frozen=True)
class Said:
    """The texts of a piece of source, the keys it asks for, and where."""

    at: str
    literals: frozenset[str] = frozenset()
    keys: tuple[tuple[str, str], ...] = ()


def _in_code() -> Iterator[Said]:
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield Said("", literals=frozenset({node.value}))
            if isinstance(node, ast.Call) and node.args and _name(node) in SPEAK | _errors():
                yield Said(f"{path.relative_to(ROOT)}:{node.lineno}", keys=tuple(_keys(node.args[0])))


def _in_templates() -> Iterator[Said]:
    for path in sorted((ROOT / "flows").rglob("*.html")):
        template = Environment().parse(path.read_text("utf-8"))
        texts = (node.value for node in template.find_all(nodes.Const) if isinstance(node.value, str))
        yield Said("", literals=frozenset(texts))
        for call in template.find_all(nodes.Call):
            if getattr(call.node, "name", "") == "t":
                yield Said(f"{path.name}:{call.lineno}", keys=tuple(_template_keys(call.args[0])))


def _template_keys(node: nodes.Node) -> Iterator[tuple[str, str]]:
    if isinstance(node, nodes.Const):
        yield "whole", node.value
    elif isinstance(node, nodes.CondExpr):
        yield from (*_template_keys(node.expr1), *_template_keys(node.expr2))
    elif isinstance(node, nodes.Concat):
        yield "part", getattr(node.nodes[0], "value", "")


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
