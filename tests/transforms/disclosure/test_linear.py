"""Rows hidden with others, held against plain linear algebra over all rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from transforms.disclosure.linear import hide_with_others

Rows = NDArray[np.float64]


def of_groups(labels: list[int]) -> Rows:
    """Groups x parts: which parts each group is the sum of."""
    return (np.array(labels)[None] == np.unique(labels)[:, None]).astype(float)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Parts that two maps gather into units, whose districts and whole are known anyway, or some of these."""
    parts = draw(st.integers(2, 24))

    def labels(most: int) -> list[int]:
        return draw(st.lists(st.integers(0, most), min_size=parts, max_size=parts))

    lies_in = np.unique(np.vstack([of_groups(labels(parts)), of_groups(labels(parts // 2))]), axis=0)
    known = [of_groups(labels(parts // 4)), np.ones((draw(st.integers(0, 2)), parts))]
    rows = len(lies_in)
    return {
        "small": np.array(draw(st.lists(st.booleans(), min_size=rows, max_size=rows))),
        "lies_in": lies_in,
        "sums": np.vstack(known)[draw(st.integers(0, 1)) :],
        "size": np.array(draw(st.lists(st.integers(1, 9), min_size=rows, max_size=rows))),
    }


def follow(rows: Rows, public: Rows) -> list[bool]:
    """Whether each row is a linear combination of the public ones."""
    if not len(public):
        return [not row.any() for row in rows]
    weights = np.linalg.lstsq(public.T, rows.T, rcond=None)[0]
    return [bool(np.abs(rest).max() < 1e-6) for rest in rows - (public.T @ weights).T]


@given(tables())
def test_what_is_small_is_hidden_and_follows_from_nothing_but_the_sums(table: dict[str, Any]):
    hidden = hide_with_others(**table)
    lies_in, sums = table["lies_in"], table["sums"]
    assert hidden[table["small"]].all()
    public = np.vstack([lies_in[~hidden], sums])
    assert follow(lies_in[hidden], public) == follow(lies_in[hidden], sums)


@given(tables())
def test_where_nothing_is_small_all_is_shown(table: dict[str, Any]):
    assert not hide_with_others(**{**table, "small": np.zeros_like(table["small"])}).any()


def test_districts_that_share_the_whole_alone_are_hidden_apart():
    """Of the one with a small unit a second goes with it, the smallest; the other district stays whole."""
    districts = of_groups([0, 0, 0, 1, 1, 1])
    sums = np.vstack([districts, np.ones((1, 6))])
    hidden = hide_with_others(np.arange(6) == 0, np.eye(6), sums, np.array([2, 9, 5, 1, 1, 1]))
    assert np.nonzero(hidden)[0].tolist() == [0, 2]
