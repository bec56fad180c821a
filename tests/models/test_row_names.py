"""Names of rows that depend on all rows before them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.motion import Motion
from motionstudio.models.row_names import RowNames
from tests.models import tiny, tiny_stae


@pytest.fixture(scope="module")
def motion() -> Motion:
    frames = tiny.pictures(7, 1, 16)
    return tiny_stae.fresh().encode(frames, np.ones(7, bool), np.arange(7) / 20)


KEYS = ("memory", "rows")


def _edited(motion: Motion, row: int) -> Motion:
    mean = motion.mean.copy()
    mean[row] += 1
    return replace(motion, mean=mean)


def test_an_edit_renames_its_row_and_all_later_ones(motion: Motion) -> None:
    names = RowNames(KEYS)
    before, after = names.of(motion, 5), names.of(_edited(motion, 3), 5)
    assert [one == other for one, other in zip(before, after, strict=True)] == [True] * 3 + [
        False
    ] * 3


def test_what_the_motion_holds_counts(motion: Motion) -> None:
    names = RowNames(KEYS)
    other = {key: np.asarray(array) + (key == "memory") for key, array in motion.state.items()}
    assert names.of(motion, 2)[2] != names.of(replace(motion, state=other), 2)[2]
    assert names.of(motion, 2) == RowNames(KEYS).of(motion, 2)


def test_arrays_are_read_once_however_often_rows_change(motion: Motion) -> None:
    names = RowNames(KEYS)
    names.of(motion, 5)
    known = {key: held[1] for key, held in names._known.items()}
    for row in range(6):
        names.of(_edited(motion, row), 5)
    assert all(names._known[key][1] is digests for key, digests in known.items())
    assert len(names._known) == len(KEYS)


def test_an_array_at_the_place_of_another_is_read_anew(motion: Motion) -> None:
    names, found = RowNames(("memory",)), set()
    for level in range(40):
        state = {"memory": np.full((6, 3), level, np.float32)}
        found.add(names.of(replace(motion, state=state), 0)[0])
        del state
    assert len(found) == 40
