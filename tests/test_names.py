"""One word, one thing: a class has a name that no other class has, in whatever room."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("expectations", "flows", "transforms", "warehouse")


def _places_of_classes() -> dict[str, list[str]]:
    """By class name, public or private: the files that define it."""
    places: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    return places


def test_every_class_is_found():
    assert "Period" in _places_of_classes()


def test_no_two_classes_have_one_name():
    twice = {name: places for name, places in _places_of_classes().items() if len(places) > 1}
    assert not twice, "\n".join(f"{name}: {', '.join(places)}" for name, places in sorted(twice.items()))
