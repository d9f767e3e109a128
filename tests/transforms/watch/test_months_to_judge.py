"""Which months are judged on which night, and with which figures."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from tests.transforms.watch.watch_units import Version, known_from
from transforms.watch.months_to_judge import MonthAsKnown, months_to_judge

DUE_DAY, LENGTH = 5, 6
MEASURES = {"district": {"received"}, "province": {"received"}}


def _sights(versions: list[Version], wanted: list[date] | None = None) -> list[MonthAsKnown]:
    nights = sorted({row[2] for row in versions} | {row[3] for row in versions if row[3]})
    return list(months_to_judge(known_from(versions), nights, set(wanted or nights), MEASURES, DUE_DAY, LENGTH))


def _judged(seen: list[MonthAsKnown]) -> list[tuple[date, str, list[int]]]:
    return [(one.night, one.period, np.flatnonzero(one.judged["district"]).tolist()) for one in seen]


def _version(district: str, period: str, day: date, received: int = 1, until: date | None = None) -> Version:
    return (district, period, day, until, 10, {"received": received})


def test_a_month_waits_until_most_of_the_province_is_there():
    versions = [_version(d, "2021-01", date(2021, 2, day)) for d, day in (("a", 2), ("b", 3), ("c", 4))]
    assert _judged(_sights(versions)) == [(date(2021, 2, 3), "2021-01", [0, 1]), (date(2021, 2, 4), "2021-01", [2])]


def test_past_the_due_day_a_month_is_judged_with_what_has_come():
    versions = [
        _version("a", "2021-01", date(2021, 2, 2)),
        _version("b", "2021-02", date(2021, 2, 9)),
        _version("c", "2021-02", date(2021, 2, 9)),
    ]
    assert (date(2021, 2, 9), "2021-01", [0]) in _judged(_sights(versions))


def test_a_correction_is_judged_again_and_only_for_its_unit():
    versions = [
        _version("a", "2021-01", date(2021, 2, 2), until=date(2021, 2, 20)),
        *(_version(d, "2021-01", date(2021, 2, 2)) for d in "bc"),
        _version("a", "2021-01", date(2021, 2, 20), 7),
    ]
    first, second = _sights(versions)
    assert np.flatnonzero(second.judged["district"]).tolist() == [0]
    assert second.rejudged["district"].tolist() == [True, False, False]
    assert (first.figures["district"]["received"][0, -1], second.figures["district"]["received"][0, -1]) == (1, 7)


def test_figures_taken_back_are_told_and_what_comes_in_their_place_is_judged_like_a_first_report():
    gone, again = date(2021, 2, 20), date(2021, 2, 25)
    versions = [
        _version("a", "2021-01", date(2021, 2, 2), until=gone),
        *(_version(d, "2021-01", date(2021, 2, 2)) for d in "bcd"),
        _version("a", "2021-01", again, 7),
    ]
    _, second, third = _sights(versions)
    assert (second.night, second.withdrawn["district"].tolist()) == (gone, [True, False, False, False])
    assert not second.judged["district"].any()
    assert second.withdrawn["province"].tolist() == [True]  # three quarters of it are too few to be judged
    assert (third.night, third.judged["district"].tolist()) == (again, [True, False, False, False])
    assert not third.rejudged["district"].any()


def test_a_correction_that_lacks_cells_takes_nothing_back():
    later = date(2021, 2, 20)
    versions = [
        _version("a", "2021-01", date(2021, 2, 2), until=later),
        *(_version(d, "2021-01", date(2021, 2, 2)) for d in "bcd"),
        ("a", "2021-01", later, None, 5, {"received": 1}),
    ]
    assert not any(one.withdrawn["district"].any() for one in _sights(versions))


def test_a_corrected_month_has_the_later_months_judged_again_whose_runs_it_is_part_of():
    later = date(2021, 4, 1)
    versions = [
        _version("a", "2021-01", date(2021, 2, 2), until=later),
        _version("a", "2021-01", later, 5),
        _version("a", "2021-02", date(2021, 3, 2)),
        *(_version("b", month, date(2021, n, 2)) for n, month in ((2, "2021-01"), (3, "2021-02"))),
    ]
    seen = _sights(versions, [later])
    assert _judged(seen) == [(later, "2021-01", [0]), (later, "2021-02", [0])]
    assert all(one.rejudged["district"].tolist() == [True, False] for one in seen)


def test_a_past_night_sees_the_figures_of_its_own_day():
    later = date(2021, 4, 1)
    versions = [
        _version("a", "2021-01", date(2021, 2, 2), 3, later),
        _version("a", "2021-01", later, 9),
        _version("a", "2021-02", date(2021, 3, 2), 4),
    ]
    seen = _sights(versions, [date(2021, 3, 2)])
    assert [one.figures["district"]["received"][0, -2:].tolist() for one in seen] == [[3.0, 4.0]]


def test_a_unit_with_too_few_of_its_cells_has_no_figure():
    versions = [
        ("a", "2021-01", date(2021, 2, 2), None, 5, {"received": 1}),
        *(_version(d, "2021-01", date(2021, 2, 2)) for d in "bcd"),
    ]
    (seen,) = _sights(versions)
    assert np.isnan(seen.figures["district"]["received"][0, -1])
    assert seen.judged["district"].tolist() == [False, True, True, True]


def test_nights_on_which_nothing_came_change_nothing_of_what_is_judged_later():
    versions = [
        _version("a", "2021-01", date(2021, 2, 2), until=date(2021, 2, 20)),
        _version("b", "2021-01", date(2021, 2, 3), until=date(2021, 3, 2)),  # taken back
        _version("c", "2021-02", date(2021, 3, 1)),
        _version("a", "2021-01", date(2021, 2, 20), 7),
        _version("b", "2021-02", date(2021, 3, 20)),
    ]
    came = sorted({row[2] for row in versions} | {row[3] for row in versions if row[3]})
    every = [date(2021, 2, 1) + timedelta(days=day) for day in range(60)]
    known = known_from(versions)
    for wanted in came:
        # Of each night wanted alone, and of it among all others, of which each is then looked at.
        alone, among = (
            [one for one in months_to_judge(known, every, some, MEASURES, DUE_DAY, LENGTH) if one.night == wanted]
            for some in ({wanted}, set(every))
        )
        assert [one.period for one in alone] == [one.period for one in among]
        for one, other in zip(alone, among, strict=True):
            for name in ("judged", "rejudged", "withdrawn"):
                np.testing.assert_equal(getattr(one, name), getattr(other, name))
            np.testing.assert_equal(one.figures, other.figures)


def test_no_night_no_sight():
    assert (
        list(months_to_judge(known_from([_version("a", "2021-01", date(2021, 2, 2))]), [], set(), MEASURES, 5, 6)) == []
    )
