"""What is imported for good is left out of the search for garbage, which goes on afterwards."""

import gc

import pytest

from flows.lasting_imports import lasting_imports


@pytest.fixture(autouse=True)
def collector_as_it_was():
    yield
    gc.unfreeze()
    gc.enable()


def test_garbage_is_looked_for_again_afterwards_but_not_in_what_was_made_meanwhile():
    before = gc.get_freeze_count()
    with lasting_imports():
        assert not gc.isenabled()
        made = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)


def test_an_import_that_fails_leaves_the_search_on():
    with pytest.raises(ImportError), lasting_imports():
        raise ImportError
    assert gc.isenabled()


def test_who_had_the_search_off_keeps_it_off():
    gc.disable()
    with lasting_imports():
        pass
    assert not gc.isenabled()
