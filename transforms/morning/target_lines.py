"""The targets on the morning page: one line each."""

from __future__ import annotations

from html import escape

from expectations.language.catalogue import text
from transforms.morning.briefing import Morning
from transforms.morning.markup import section, table
from transforms.targets.wording import TargetWords

HEADS = ("target", "state", "value", "left", "probability")


def targets_section(morning: Morning) -> str:
    """Each target with its result, what is left and how likely it is; then what is wrong in their table."""
    language = morning.language
    parts = [f"<p>{escape(text('target.none', language))}</p>"]
    if morning.targets:
        heads = [text(f"targets.column.{key}", language) for key in HEADS]
        parts = [table(heads, map(_line, morning.targets), kind="stack")]
        parts.append(f'<p class="note">{escape(text("page.targets.note", language))}</p>')
    if morning.mistakes_in_targets:
        lines = "".join(f"<li>{escape(one.says(language))}</li>" for one in morning.mistakes_in_targets)
        said = escape(text("page.targets.mistakes", language))
        parts.append(f'<p>{said}</p><ul class="brief">{lines}</ul>')
    return section("targets", text("page.section.targets", language), *parts)


def _line(told: TargetWords) -> list[str]:
    name, asks, *cells = (
        escape(part) for part in (told.name, told.asks, told.result, told.value, told.left, told.probability)
    )
    return [f'{name} <span class="note">{asks}</span>', *cells]
