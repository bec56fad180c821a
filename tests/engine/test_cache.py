"""Bounded caches and the names of content."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.motion import RowKind
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.keys import content_key, row_key
from tests.engine.fakes import edited, motion_of


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), max_size=60))
def test_never_above_the_limit_and_the_newest_is_there(puts: list[tuple[int, int]]) -> None:
    cache: ByteCache[int, int] = ByteCache(100)
    sizes: dict[int, int] = {}
    for number, (key, size) in enumerate(puts):
        cache.put(key, number, size)
        sizes[key] = size
        assert cache.get(key) == number
        assert cache.bytes <= 100
        assert cache.bytes == sum(sizes[k] for k in sizes if k in cache)


def test_what_was_used_longest_ago_goes_first() -> None:
    cache: ByteCache[str, str] = ByteCache(3)
    for name in "abc":
        cache.put(name, name, 1)
    cache.get("a")
    cache.put("d", "d", 1)
    assert "a" in cache
    assert "b" not in cache


def test_a_value_above_the_limit_is_not_kept() -> None:
    cache: ByteCache[str, str] = ByteCache(3)
    cache.put("a", "a", 1)
    cache.put("a", "big", 4)
    assert cache.get("a") is None
    assert cache.bytes == 0


def test_content_decides_the_key() -> None:
    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert content_key(a) == content_key(a.copy())
    assert content_key(a) == content_key(np.asfortranarray(a))
    different = [a.reshape(3, 2), a.astype(np.float64), a + 1]
    assert len({content_key(other) for other in [a, *different]}) == 4


def test_row_key_of_a_frame_depends_on_its_row_and_the_state_only() -> None:
    motion = motion_of(4)
    other = edited(motion, 2, 0.5)
    assert row_key(motion, 1) == row_key(other, 1)
    assert row_key(motion, 2) != row_key(other, 2)
    assert row_key(motion, 1) != row_key(replace(motion, state={"a": np.ones(2)}), 1)


def test_row_key_elsewhere_depends_on_the_whole_matrix() -> None:
    motion = replace(motion_of(4), rows=RowKind.PREFIX)
    assert row_key(motion, 1) != row_key(edited(motion, 2, 0.5), 1)
    assert row_key(motion, 1) != row_key(motion, 2)


def test_a_state_is_read_once_for_all_rows() -> None:
    class Counted(dict[str, np.ndarray]):
        reads = 0

        def __getitem__(self, name: str) -> np.ndarray:
            self.reads += 1
            return super().__getitem__(name)

    state = Counted(a=np.ones(2), b=np.zeros(3))
    refined = replace(motion_of(4), state=state)
    keys = [row_key(motion, row) for motion in (refined, edited(refined, 2, 0.5)) for row in (1, 3)]
    assert state.reads == 2
    assert keys[:2] == keys[2:]
    again = replace(refined, state={"b": np.zeros(3), "a": np.ones(2)})
    assert row_key(again, 1) == keys[0]
