"""What was imported is left out of collections, what people opened and closed is not."""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections.abc import Iterator

import pytest

from motionstudio.gui.short_collections import ShortCollections


class Clip:
    """Holds itself, as a document and its listeners do."""

    def __init__(self) -> None:
        self.myself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def closed_clip() -> weakref.ref[Clip]:
    return weakref.ref(Clip())


def test_what_was_imported_is_not_looked_at_again() -> None:
    gc.unfreeze()
    ShortCollections()()
    assert gc.get_freeze_count() > 1000


def test_clips_that_were_closed_before_another_was_opened_are_given_back() -> None:
    opened = ShortCollections()
    opened()
    closed = []
    for _ in range(5):
        closed.append(closed_clip())
        opened("the next clip")
    gc.collect()
    assert [clip() for clip in closed] == [None] * 5


def test_later_imports_are_left_out_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = ShortCollections()
    opened()
    before = gc.get_freeze_count()
    kept = [Clip() for _ in range(100)]
    monkeypatch.setitem(sys.modules, "a_model", types.ModuleType("a_model"))
    opened()
    assert gc.get_freeze_count() >= before + len(kept)
