"""The table of targets as a person edits it: what is read, and what is said of a line that cannot stand."""

from __future__ import annotations

from datetime import date

import pytest

from flows.registry_files import TARGETS, bundled_dir
from transforms.targets.targets_file import COLUMNS, read_targets

HEADING = ",".join(COLUMNS)
GOOD = "Liên lạc,away_contact_share,>=,95%,running,province,Kết luận,2021-09-28,"


def one(**changed: str) -> str:
    """A table of one line, in something unlike a good one."""
    cells = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | changed
    return f"{HEADING}\n" + ",".join(f'"{cell}"' if "," in cell else cell for cell in cells.values()) + "\n"


def test_the_bundled_targets_are_in_order() -> None:
    found = read_targets((bundled_dir() / TARGETS).read_text("utf-8"))
    assert found.mistakes == ()
    assert len(found.rows) >= 6


@pytest.mark.parametrize(
    ("written", "share"), [("95%", 0.95), ("95 %", 0.95), ("0.95", 0.95), ("62,5%", 0.625), ("100%", 1), ("1", 1)]
)
def test_a_level_is_written_as_people_write_it(written: str, share: float) -> None:
    (row,) = read_targets(one(value=written)).rows
    assert row.value == pytest.approx(share)


def test_a_line_is_read_whatever_the_program_that_saved_it() -> None:
    text = "\ufeff" + one(kind="Dated Level", valid_to="2025-12-31").replace(",", ";").replace("\n", "\r\n")
    (row,) = read_targets(text).rows
    assert (row.kind, row.valid_to, row.valid_from) == ("dated_level", date(2025, 12, 31), date(2021, 9, 28))


def test_empty_lines_and_remarks_are_passed_over() -> None:
    assert len(read_targets(f"{HEADING}\n\n# của Ban\n{GOOD}\n,,,,,,,,\n").rows) == 1


WRONG = {
    "targets.empty": ("source", one(source="")),
    "targets.choose": ("comparison", one(comparison="=")),
    "targets.no-indicator": ("indicator", one(indicator="away_contact")),
    "targets.no-share": ("indicator", one(indicator="away_rate")),
    "targets.no-number": ("value", one(value="95")),
    "targets.more-than-all": ("value", one(comparison=">", value="100%")),
    "targets.level": ("level", one(level="commune")),
    "targets.no-day": ("valid_to", one(kind="dated level")),
    "targets.ends-before": ("valid_to", one(valid_to="2020-01-01")),
    "targets.flow": ("kind", one(indicator="request_withdrawn_share")),
    "targets.no-date": ("valid_from", one(valid_from="28-9-2021")),
    "targets.more-cells": ("", f"{HEADING}\n{GOOD},x\n"),
}


@pytest.mark.parametrize("key", WRONG)
def test_a_line_that_cannot_stand_is_told_with_its_line_and_column(key: str) -> None:
    column, text = WRONG[key]
    found = read_targets(text)
    assert found.rows == ()
    assert [(one.line, one.column, one.why.key) for one in found.mistakes] == [(2, column, key)]
    for language in ("vi", "en"):
        assert found.mistakes[0].why.says(language)


@pytest.mark.parametrize("written", ["nan", "-5%", "0", "120%", "abc", "1.5"])
def test_what_is_no_share_is_no_level(written: str) -> None:
    (mistake,) = read_targets(one(value=written)).mistakes
    assert mistake.why.key == "targets.no-number"


def test_kinds_and_levels_that_are_not_there_are_told_with_those_that_are() -> None:
    for column in ("kind", "level"):
        (mistake,) = read_targets(one(**{column: "sometimes"})).mistakes
        assert mistake.column == column
        assert "sometimes" in mistake.why.says("vi")


def test_an_indicator_nearly_named_is_told_with_the_nearest() -> None:
    (mistake,) = read_targets(one(indicator="away_contact_shares")).mistakes
    assert "away_contact_share" in mistake.why.says("en")


def test_a_wrong_line_puts_out_its_own_target_only() -> None:
    found = read_targets(f"{HEADING}\n{GOOD}\n{GOOD}\n{GOOD.replace('Liên lạc', 'Khác').replace('95%', 'x')}\n")
    assert [row.name for row in found.rows] == ["Liên lạc"]
    assert [(one.line, one.column, one.why.key) for one in found.mistakes] == [
        (3, "name", "targets.twice"),
        (4, "value", "targets.no-number"),
    ]


@pytest.mark.parametrize(
    ("heading", "column", "key"),
    [
        ("", "name", "targets.no-column"),
        (HEADING.replace(",kind", ""), "kind", "targets.no-column"),
        (f"{HEADING},note", "note", "targets.strange-column"),
    ],
)
def test_a_heading_that_is_not_the_tables_is_told(heading: str, column: str, key: str) -> None:
    (mistake,) = read_targets(f"{heading}\n{GOOD}\n").mistakes
    assert (mistake.line, mistake.column, mistake.why.key) == (1, column, key)
