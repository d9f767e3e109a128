"""What one test sets in the environment is not there in the next."""

from __future__ import annotations

import os

import pytest

from flows.engine import prepare_engine
from flows.settings import Settings
from tests.environment import put_back


def test_variables_that_were_set_changed_or_removed_are_as_they_were():
    variables = {"kept": "1", "changed": "1", "removed": "1"}
    with pytest.raises(KeyboardInterrupt), put_back(variables):
        variables |= {"changed": "2", "set": "2"}
        del variables["removed"]
        raise KeyboardInterrupt
    assert variables == {"kept": "1", "changed": "1", "removed": "1"}


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_prefect_is_told_in_a_test_is_not_inherited_by_the_next(time, tmp_path):
    """Whatever a test before this one had prepared, its own home is meant."""
    prepare_engine(Settings(home=tmp_path))
    assert os.environ["PREFECT_HOME"] == str(tmp_path / "prefect")
