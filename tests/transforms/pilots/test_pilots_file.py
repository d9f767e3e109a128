"""The table of pilots as people write it, and what is said of a line that cannot stand."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.pilots.pilot import Outcome, named
from transforms.pilots.pilots_file import COLUMNS, read_pilots

HEADING = ",".join(COLUMNS)
GOOD = "Gọi điện,Mỗi chi bộ một người,866 867,2024-01-01,,lot,866 867 | 868 869,requests_rate,2023-12-01"


def read(*lines):
    return read_pilots("\n".join((HEADING, *lines)))


def test_a_line_is_a_pilot():
    (pilot,) = read("# ghi chú", GOOD, "").rows
    assert pilot.units == ("866", "867")
    assert pilot.strata == (("866", "867"), ("868", "869"))
    assert pilot.begins == date(2024, 1, 1)
    assert pilot.outcomes == (Outcome("requests_rate", date(2023, 12, 1)),)


def test_further_lines_of_a_name_add_starts_and_outcomes():
    base = "A,b,866,2024-03-01,,other,,requests_rate,2023-12-01"
    start, outcome = base.replace("866,2024-03", "867,2024-01"), base.replace("requests_rate,2023", "away_rate,2024")
    (pilot,) = read(base, start, outcome).rows
    assert pilot.starts == ((date(2024, 1, 1), ("867",)), (date(2024, 3, 1), ("866",)))
    told = [(one.indicator, one.written_on.year) for one in pilot.outcomes]
    assert told == [("requests_rate", 2023), ("away_rate", 2024)]


@pytest.mark.parametrize(
    ("old", "new", "column", "key"),
    [
        ("Gọi điện", "", "name", "pilots.empty"),
        ("2024-01-01", "1/1/2024", "from", "targets.no-date"),
        ("2024-01-01,,", "2024-01-01,2023-01-01,", "to", "targets.ends-before"),
        ("lot", "thăm", "chosen", "targets.choose"),
        ("requests_rate", "requests_rat", "outcomes", "pilots.no-outcome"),
        ("requests_rate", "away_net_flow", "outcomes", "pilots.no-outcome"),
        ("requests_rate", "r213_introduced_share", "outcomes", "pilots.no-outcome"),
        ("866 867,2024", "866 870,2024", "drawn_from", "pilots.not-drawn"),
        ("866 867,2024", "866 866,2024", "units", "pilots.unit-twice"),
        ("868 869", "868 866", "drawn_from", "pilots.unit-twice"),
        ("2023-12-01", "hôm qua", "written_on", "targets.no-date"),
        ("2023-12-01", "2023-12-01,thừa", "", "targets.more-cells"),
    ],
)
def test_a_wrong_cell_puts_out_its_line_and_is_told_with_its_column(old, new, column, key):
    other = "Khác,b,866,2024-03-01,,other,,requests_rate,2023-12-01"
    found = read(GOOD.replace(old, new), other)
    assert [pilot.name for pilot in found.rows] == ["Khác"]
    (mistake,) = found.mistakes
    assert (mistake.line, mistake.column, mistake.why.key) == (2, column, key)


@pytest.mark.parametrize(("old", "new", "column"), [(",lot,", ",worst,", "chosen"), (",,lot", ",2025-01-01,lot", "to")])
def test_lines_of_a_pilot_that_disagree_are_told(old, new, column):
    found = read(GOOD, GOOD.replace(old, new))
    assert len(found.rows) == 1
    (mistake,) = found.mistakes
    assert (mistake.line, mistake.column, mistake.why.key) == (3, column, "pilots.disagrees")


def test_a_unit_that_begins_twice_is_told():
    base = "A,b,866,2024-03-01,,other,,requests_rate,2023-12-01"
    (mistake,) = read(base, base.replace("2024-03", "2024-01")).mistakes
    assert (mistake.column, mistake.why.key) == ("units", "pilots.unit-twice")


def test_a_heading_that_lacks_a_column_puts_out_the_table():
    found = read_pilots(HEADING.replace("chosen", "cách chọn"))
    assert (found.rows, found.mistakes[0].line, found.mistakes[0].column) == ((), 1, "chosen")


@pytest.mark.parametrize(
    ("seen", "pilot_seen", "written", "said"),
    [
        (date(2023, 12, 20), date(2023, 12, 20), date(2023, 12, 1), "before"),
        (date(2024, 1, 1), date(2023, 12, 20), date(2024, 2, 1), "before"),
        (date(2025, 5, 1), date(2025, 5, 1), date(2023, 12, 1), "said_before"),
        (date(2025, 5, 1), date(2025, 5, 1), date(2024, 2, 1), "after"),
        (date(2024, 5, 1), date(2023, 12, 20), date(2023, 12, 1), "after"),
    ],
)
def test_what_a_night_saw_first_counts_for_when_an_outcome_was_named(seen, pilot_seen, written, said):
    (pilot,) = read(GOOD).rows
    assert named(pilot, Outcome("requests_rate", written), seen, pilot_seen) == said
