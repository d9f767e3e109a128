"""Whether a night will have a file to read; asked before anything large is imported."""

from __future__ import annotations

from flows.settings import Settings


def does_a_file_wait(settings: Settings) -> bool:
    """Whether something lies in a folder of the inbox, be it taken or passed over later."""
    return any(settings.inbox_dir.glob("*/*"))
