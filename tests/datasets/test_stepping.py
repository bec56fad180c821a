"""Digits and shapes that step: the law, what is left to chance, and foreign frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.clip import FLOOR
from motionstudio.datasets import make
from motionstudio.datasets.stepping import walk

rooms = st.tuples(st.integers(1, 9), st.integers(1, 9))


@given(rooms, st.integers(0, 2**32 - 1))
def test_a_walk_stays_inside_and_steps_to_a_neighbour(room: tuple[int, int], seed: int) -> None:
    way = walk(room, 20, np.random.default_rng(seed))
    assert (way.places >= 0).all()
    assert (way.places <= room).all()
    steps = np.abs(np.diff(way.places, axis=0)).max(1)
    assert (steps == 1).all()


@given(rooms, st.integers(0, 2**32 - 1))
def test_chance_decides_only_where_the_way_ends(room: tuple[int, int], seed: int) -> None:
    way = walk(room, 20, np.random.default_rng(seed))
    steps = np.diff(way.places, axis=0)
    turned = np.flatnonzero((steps[1:] != steps[:-1]).any(1)) + 2
    assert (way.nats[turned] > 0).all()
    for t in np.flatnonzero(way.nats[2:] > 0) + 2:
        beyond = way.places[t - 1] + steps[t - 2]
        assert (beyond < 0).any() or (beyond > room).any()


@settings(max_examples=20)
@given(rooms)
def test_the_first_step_costs_what_its_neighbours_say(room: tuple[int, int]) -> None:
    counts: dict[tuple[int, int], set[tuple[int, int]]] = {}
    nats: dict[tuple[int, int], float] = {}
    for seed in range(400):
        way = walk(room, 2, np.random.default_rng(seed))
        start = (int(way.places[0, 0]), int(way.places[0, 1]))
        counts.setdefault(start, set()).add((int(way.places[1, 0]), int(way.places[1, 1])))
        nats[start] = float(way.nats[1])
    for start, found in counts.items():
        assert len(found) <= round(np.exp(nats[start]))
    small = {start: found for start, found in counts.items() if room == (1, 1)}
    assert all(len(found) == 3 for found in small.values())


@pytest.mark.parametrize("subject", ["digit", "shape"])
def test_frames_have_whole_levels_and_move_as_a_whole(subject: str) -> None:
    for index in range(5):
        sample = make("stepping", {"subject": subject, "height": 7}, 3, index)
        levels = sample.frames * 3
        np.testing.assert_allclose(levels, np.rint(levels), atol=1e-5)
        ink = [np.sort(frame[:, frame.any(0)].ravel()) for frame in sample.frames]
        assert all(np.array_equal(ink[0], one) for one in ink)
        assert sample.factor_names[-1] == FLOOR


def test_a_foreign_frame_shows_another_subject_and_nothing_else_changes() -> None:
    plain = make("stepping", {"height": 7}, 3, 1)
    mixed = make("stepping", {"height": 7, "foreign": 5}, 3, 1)
    same = [np.array_equal(a, b) for a, b in zip(plain.frames, mixed.frames, strict=True)]
    assert same == [t != 5 for t in range(8)]
    assert mixed.frames[5].any()
    assert mixed.labels is not None
    assert set(np.unique(mixed.labels[5])) == {0, 2}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="larger"):
        make("stepping", {"size": 8, "height": 12}, 0, 0)
    with pytest.raises(ValueError, match="subject"):
        make("stepping", {"subject": "cat"}, 0, 0)
    with pytest.raises(ValueError, match="unknown"):
        make("stepping", {"speed": 2}, 0, 0)
