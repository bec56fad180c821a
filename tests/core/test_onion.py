"""Onion skin: its options decide which frames show through and how."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.onion import OnionSkin, ghosts, show_through

OPTIONS = st.builds(
    OnionSkin,
    on=st.just(True),
    mode=st.sampled_from(["frames", "keyed", "selected"]),
    before=st.integers(0, 6),
    after=st.integers(0, 6),
    step=st.integers(1, 4),
    fade=st.booleans(),
    loop=st.booleans(),
)


@given(OPTIONS, st.integers(2, 30), st.data())
def test_ghosts_are_other_frames_no_more_than_asked_for(
    options: OnionSkin, count: int, data: st.DataObject
) -> None:
    current = data.draw(st.integers(0, count - 1))
    chosen = data.draw(st.sets(st.integers(0, count - 1)))
    found = ghosts(options, count, current, chosen)
    frames = [ghost.frame for ghost in found]
    assert len(set(frames)) == len(frames) <= options.before + options.after
    assert current not in frames
    assert all(0 <= frame < count for frame in frames)
    assert all(0 < ghost.strength <= 1 for ghost in found)
    if options.mode != "frames":
        assert set(frames) <= chosen
    if not options.loop:
        assert sum(frame < current for frame in frames) <= options.before


def test_counts_step_colours_and_fade() -> None:
    options = OnionSkin(on=True, before=2, after=1, step=3)
    found = {ghost.frame: ghost for ghost in ghosts(options, 20, 10)}
    assert sorted(found) == [4, 7, 13]
    assert found[7].colour == found[4].colour == options.before_colour
    assert found[13].colour == options.after_colour
    assert found[4].strength < found[7].strength


def test_without_fade_all_are_equally_strong() -> None:
    options = OnionSkin(on=True, before=3, after=3, fade=False)
    assert len({ghost.strength for ghost in ghosts(options, 20, 10)}) == 1


def test_a_loop_goes_on_at_the_other_end() -> None:
    options = OnionSkin(on=True, before=2, after=0)
    assert ghosts(options, 10, 0) == ()
    looped = ghosts(OnionSkin(on=True, before=2, after=0, loop=True), 10, 0)
    assert sorted(ghost.frame for ghost in looped) == [8, 9]


def test_keyed_mode_counts_keyed_frames() -> None:
    options = OnionSkin(on=True, mode="keyed", before=1, after=2)
    assert sorted(g.frame for g in ghosts(options, 30, 10, (2, 6, 10, 14, 25, 28))) == [6, 14, 25]


def test_off_shows_nothing() -> None:
    assert ghosts(OnionSkin(), 20, 10) == ()


def with_square(column: int) -> np.ndarray:
    """A grey picture with a bright 3 x 3 square."""
    made = np.full((12, 20, 3), 90, np.uint8)
    made[4:7, column : column + 3] = 220
    return made


def test_ghosts_appear_where_the_square_was_and_never_cover_where_it_is() -> None:
    now = with_square(8)
    others = [(with_square(2), (255, 0, 0), 0.8), (with_square(14), (0, 0, 255), 0.8)]
    made = show_through(now, others)
    assert np.array_equal(made[4:7, 8:11], now[4:7, 8:11])
    assert (made[4:7, 2:5, 0] > 180).all()
    assert (made[4:7, 2:5, 2] < 90).all()
    assert (made[4:7, 14:17, 2] > 180).all()
    rest = np.ones((12, 20), np.bool_)
    for column in (2, 8, 14):
        rest[4:7, column : column + 3] = False
    assert np.array_equal(made[rest], now[rest])


def test_noise_makes_no_ghosts() -> None:
    noise = np.random.default_rng(1)
    frames = [(100 + noise.integers(-4, 5, (16, 16, 3))).astype(np.uint8) for _ in range(5)]
    made = show_through(frames[0], [(frame, (255, 0, 0), 0.8) for frame in frames[1:]])
    assert np.array_equal(made, frames[0])


def test_one_ghost_alone_shows_as_well() -> None:
    made = show_through(with_square(8), [(with_square(2), (255, 0, 0), 0.8)])
    assert (made[4:7, 2:5, 0] > 180).all()


def test_without_ghosts_the_picture_is_itself() -> None:
    picture = with_square(3)
    assert show_through(picture, []) is picture


def test_impossible_options_are_refused() -> None:
    with pytest.raises(ValueError, match="OnionSkin"):
        OnionSkin(step=0)
