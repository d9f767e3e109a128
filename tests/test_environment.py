"""What one test sets in the environment is not there in the next."""

from __future__ import annotations

import os

import pytest

from tests.environment import put_back


def test_variables_that_were_set_changed_or_removed_are_as_they_were():
    variables = {"kept": "1", "changed": "1", "removed": "1"}
    with put_back(variables):
        variables |= {"changed": "2", "set": "2"}
        del variables["removed"]
    assert variables == {"kept": "1", "changed": "1", "removed": "1"}


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_begins_without_what_the_one_before_set(time):
    assert "NOBODY_ELSE_SETS_THIS" not in os.environ
    os.environ["NOBODY_ELSE_SETS_THIS"] = time
