"""Clears the inbox of what the warehouse holds; a file that lists people is gone from it as well."""

from __future__ import annotations

from collections.abc import Iterable

from flows.collect import File


def clear(files: Iterable[File]) -> None:
    """Remove the files that were taken in, unless they changed since they were read."""
    for file in files:
        if file.path is None:
            continue
        try:
            if not file.path.is_symlink() and file.path.read_bytes() == file.data:
                file.path.unlink()
        except FileNotFoundError:
            continue
