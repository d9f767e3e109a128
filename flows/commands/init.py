"""A home for a province: its units to begin with, and what to do next."""

from __future__ import annotations

from rich.console import Console

from expectations.language.catalogue import text
from flows.registry_files import start_registry
from flows.settings import load_settings


def run_init(province: str) -> None:
    """Start the home's registry with a province's units; a home that has one is left alone."""
    settings = load_settings()
    units = start_registry(settings.registry_dir, province)["units"]
    today = units.filter(units["valid_to"] == "")
    name = today.filter(today["parent_code"] == "")["name"][0]
    told = {"name": name, "communes": today.height - 1, "path": settings.registry_dir}
    Console().print(text("init.done", settings.language, **told), highlight=False, soft_wrap=True)
