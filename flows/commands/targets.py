"""The targets on the terminal: one line each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language.catalogue import Language, text
from flows.commands.published import open_published
from flows.errors import UserError
from flows.registry_files import require_sound_targets
from flows.settings import load_settings
from transforms.targets.wording import TargetWords, targets_in_words
from warehouse.marts.target_pages import targets

STYLES = {"met": "green", "missed": "red", "units_missing": "yellow", "not_yet_due": "default"}
HEADS = ("target", "state", "value", "left", "probability")


def run_targets(unit: str | None) -> None:
    """Print the province's targets, or a unit's; then what is wrong in the table of targets.

    Raises:
        UserError: no target of the unit was computed, or a line of the table cannot stand.
    """
    settings = load_settings()
    with open_published(settings) as con:
        rows = targets(con, unit=unit, level=None if unit else "province")
    if rows.is_empty():
        require_sound_targets(settings.registry_dir)
        raise UserError("target.none.unit", unit=unit) if unit else UserError("target.none")
    console = Console()
    console.print(targets_table(targets_in_words(rows, settings.language), settings.language))
    require_sound_targets(settings.registry_dir)


def targets_table(told: Sequence[TargetWords], language: Language) -> Table:
    """The targets of one unit."""
    title = escape(text("targets.title", language, unit=told[0].unit))
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for head in HEADS:
        table.add_column(text(f"targets.column.{head}", language), overflow="fold")
    for one in told:
        state = f"[{STYLES[one.state]}]{one.result}[/]"
        table.add_row(escape(f"{one.name} ({one.asks})"), state, one.value, one.left, one.probability)
    return table
