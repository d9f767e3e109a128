"""A small share of what `make fire` measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fire.kills import run_kills
from benchmarks.fire.mutants import run_mutants
from benchmarks.fire.story import Story, undisturbed
from benchmarks.fire.troubles import Skipped, disk_full

SEED = 12


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    """A backfill that nothing happens to."""
    return undisturbed(tmp_path_factory.mktemp("story"), SEED, engine="", is_short=True)


def test_no_mutated_file_is_unhandled_or_brings_a_wrong_figure_in_unsaid(tmp_path: Path):
    tally = run_mutants(SEED, 100, tmp_path, with_office=False)
    assert tally.failures == []
    assert tally.number > 80
    # What differs in its saved form only is mostly accepted, what is damaged mostly rejected: the trial is a trial.
    assert sum(n for what, n in tally.counts.items() if what.startswith("accepted")) > 20
    assert tally.counts["rejected"] > 20


def test_a_backfill_killed_at_any_instant_ends_as_if_nothing_had_been_killed(story: Story):
    tally = run_kills(story, "", SEED, 1)
    assert tally.failures == []
    assert tally.kills.total() + tally.late == 1


def test_a_backfill_without_room_on_the_disk_is_whole_when_there_is_room(story: Story, tmp_path: Path):
    try:
        ended, wrong = disk_full(story, "", tmp_path, SEED, 1)
    except Skipped as skipped:
        pytest.skip(str(skipped))
    assert wrong == []
    assert ended.total() == 1
