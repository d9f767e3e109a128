"""Homes that earlier releases left, taken on by this one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.fire.homes import ROOT, Home
from benchmarks.fire.story import NIGHT, Story
from expectations.contract.forms import FORMS
from flows.errors import DONE, LOOK

RELEASES = 3


@dataclass(frozen=True, slots=True)
class Release:
    """A version of this product: by its tag, or by the newest migration it had."""

    name: str
    commit: str


def releases() -> list[Release]:
    """The last tagged versions; without tags the last commits before a migration was added.

    Returns:
        the latest first; none where this is no checkout.
    """
    if tags := _git("tag", "--sort=-creatordate"):
        return [Release(tag, tag) for tag in tags[:RELEASES]]
    newest: dict[str, str] = {}
    for commit in _git("rev-list", "--first-parent", "HEAD"):
        steps = [path for path in _git("ls-tree", "--name-only", commit, "warehouse/schema/") if path.endswith(".sql")]
        newest.setdefault(Path(max(steps, default="none")).stem, commit)
        if len(newest) > RELEASES + 1:
            break
    return [Release(step, commit) for step, commit in list(newest.items())[1 : RELEASES + 1]]


def take_on(release: Release, story: Story, engine: str, scratch: Path) -> list[str]:
    """Let the release take the story's deliveries in, then this one upgrade, look and run a night: what went wrong."""
    home = Home(scratch / f"home-{release.name.replace(' ', '-')}", {"PREFECT_API_URL": engine})
    home.remove()
    with _tree(release, scratch) as tree:
        home.path.mkdir(parents=True)
        old = Home(home.path, {**home.settings, "PYTHONPATH": str(tree)}, _at(tree))
        if code := old.do("backfill", str(story.deliveries)):
            return [f"{release.name}: its own backfill ends with {code}: {home.said()[-500:]}"]
    before = _figures(home)
    # Files with a form that the release did not know may have been rejected; of the others it has what it knew.
    own, known = Home(story.steps["backfill"].after, {}), {form for form, *_ in before}
    both = [one for one in _figures(own, _accepted(home)) if one[0] in known]
    is_same = _figures(home, _accepted(own)) == both
    wrong = [] if is_same else [f"{release.name}: its figures were not those of this release's own backfill"]
    backup = home.path.with_name(f"{home.path.name}-backup")
    shutil.rmtree(backup, ignore_errors=True)
    for command in (("upgrade", str(backup)), ("doctor",), ("nightly", "--as-of", str(NIGHT))):
        code = home.do(*command)
        if code > (LOOK if command[0] == "doctor" else DONE):
            wrong.append(f"{release.name}: {command[0]} ends with {code}: {home.said()[-600:]}")
    if (after := _figures(home)) != before:
        wrong.append(f"{release.name}: {len(after)} figures stand where {len(before)} stood before the upgrade")
    wrong += [f"{release.name}: left behind {name}" for name in home.left() if not name.startswith("TMPDIR/")]
    if not wrong:
        home.remove()
        shutil.rmtree(backup)
    return wrong


def _at(tree: Path) -> tuple[str, ...]:
    """How that tree's command is started: its folder stands first on the path."""
    return (sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tree)!r}); from flows.cli import main; main()")


def _accepted(home: Home) -> list[str]:
    """The digests of the files whose figures stand."""
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as con:
        return [row[0] for row in con.sql("SELECT sha256 FROM ledger.submission WHERE outcome = 'accepted'").fetchall()]


def _figures(home: Home, files: list[str] | None = None) -> list[tuple[object, ...]]:
    """Every figure that stands: form, cell or commune, period and counts; of some files alone, if they are named."""
    found: list[tuple[object, ...]] = []
    with duckdb.connect(str(home.path / "warehouse.duckdb"), read_only=True) as con:
        kept = {
            row[0] for row in con.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'facts'").fetchall()
        }
        for form in (form for form in FORMS.values() if form.name in kept):
            listed = ", ".join(form.names)
            found += con.execute(
                f"SELECT '{form.name}', {form.key}, f.period, {listed} FROM facts.{form.name} AS f "
                "JOIN ledger.submission AS s USING (submission_id) "
                "WHERE superseded_at IS NULL AND ($files IS NULL OR sha256 IN (SELECT unnest($files))) ORDER BY ALL",
                {"files": files},
            ).fetchall()
    return found


@contextmanager
def _tree(release: Release, scratch: Path) -> Iterator[Path]:
    tree = scratch / f"tree-{release.name.replace(' ', '-')}"
    shutil.rmtree(tree, ignore_errors=True)
    _git("worktree", "prune")
    _git("worktree", "add", "--detach", "--force", str(tree), release.commit)
    try:
        yield tree
    finally:
        _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> list[str]:
    with suppress(FileNotFoundError):
        came = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
        return came.stdout.split("\n")[:-1] if came.returncode == 0 else []
    return []
