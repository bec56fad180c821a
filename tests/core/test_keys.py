"""Keys and their curves: exact at keys, between their neighbours everywhere else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.keys import (
    MOST_TENSION,
    Easing,
    Key,
    KeySet,
    _slopes,
    curve,
    dense,
    keys_near,
    moved,
    segment,
    shape,
    tension_through,
    with_value,
    with_values,
    without,
)

LAST = 40
VALUES = st.floats(-5, 5, width=32)


@st.composite
def key_lists(draw: st.DrawFn) -> tuple[Key, ...]:
    frames = draw(st.lists(st.integers(0, LAST), min_size=1, max_size=8, unique=True))
    return tuple(
        Key(
            frame,
            draw(VALUES),
            draw(st.sampled_from(Easing)),
            draw(st.floats(-MOST_TENSION, MOST_TENSION)),
        )
        for frame in sorted(frames)
    )


@given(key_lists())
def test_a_curve_passes_through_its_keys_and_never_overshoots(keys: tuple[Key, ...]) -> None:
    values, first = curve(keys), keys[0].frame
    assert len(values) == keys[-1].frame - first + 1
    for key in keys:
        assert values[key.frame - first] == key.value
    for one, two in itertools.pairwise(keys):
        block = values[one.frame - first : two.frame - first + 1]
        low, high = sorted((one.value, two.value))
        assert low <= block.min()
        assert block.max() <= high
        rising = np.diff(block) * np.sign(two.value - one.value)
        assert (rising >= -1e-9).all()


@given(key_lists())
def test_what_is_drawn_lies_on_the_curve(keys: tuple[Key, ...]) -> None:
    times, values = dense(keys, 8)
    low, high = min(k.value for k in keys), max(k.value for k in keys)
    assert times[0] == keys[0].frame
    assert times[-1] == keys[-1].frame
    assert (np.diff(times) >= 0).all()
    assert low <= values.min()
    assert values.max() <= high


@given(key_lists(), st.integers(0, LAST), VALUES)
def test_a_value_that_is_set_is_on_the_curve(
    keys: tuple[Key, ...], frame: int, value: float
) -> None:
    fresh = with_value(keys, frame, value)
    assert curve(fresh)[frame - fresh[0].frame] == value
    assert {k.frame for k in fresh} == {k.frame for k in keys} | {frame}
    assert with_values(fresh, {}) == fresh


@given(key_lists(), st.data())
def test_moved_keys_stay_inside_and_merge(keys: tuple[Key, ...], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from([k.frame for k in keys]), min_size=1))
    by, up = data.draw(st.integers(-50, 50)), data.draw(st.floats(-1, 1))
    fresh = moved(keys, chosen, by, up, LAST)
    frames = [k.frame for k in fresh]
    assert frames == sorted(set(frames))
    assert frames[0] >= 0
    assert frames[-1] <= LAST
    still = {k.frame: k for k in keys if k.frame not in chosen}
    assert all(k.frame in frames for k in still.values())
    lowest, highest = min(chosen), max(chosen)
    step = min(max(by, -lowest), LAST - highest)
    at = {k.frame: k for k in fresh}
    for key in keys:
        if key.frame in chosen:
            assert at[key.frame + step].value == pytest.approx(key.value + up)
            assert at[key.frame + step].easing is key.easing


def test_moving_nothing_changes_nothing() -> None:
    keys = (Key(3, 1.0),)
    assert moved(keys, [5], 2, 1.0, LAST) is keys


def test_auto_is_flat_at_extremes_and_smooth_through_a_slope() -> None:
    peak = curve((Key(0, 0.0), Key(10, 1.0), Key(20, 0.0)))
    assert peak[10] - peak[9] < 0.05
    assert peak[10] - peak[11] < 0.05
    ramp = curve((Key(0, 0.0), Key(10, 1.0), Key(20, 2.0)))
    assert ramp[11] - ramp[10] == pytest.approx(ramp[10] - ramp[9], rel=0.05)
    assert ramp[10] - ramp[9] > 0.05


def test_every_easing_has_its_own_shape() -> None:
    u = np.linspace(0, 1, 101)
    shapes = {easing: shape(easing, u) for easing in Easing}
    for made in shapes.values():
        assert made[0] == 0
        assert made[-1] == 1
        assert (np.diff(made) >= 0).all()
    assert shapes[Easing.EASE_IN][50] < 0.2 < 0.8 < shapes[Easing.EASE_OUT][50]
    assert shapes[Easing.HOLD][99] == 0
    assert shapes[Easing.LINEAR][25] == pytest.approx(0.25)
    assert shapes[Easing.EASE_IN_OUT][25] < 0.25


@given(st.floats(0.05, 0.95))
def test_tension_takes_the_middle_where_it_was_dragged(share: float) -> None:
    key = Key(0, 2.0, Easing.LINEAR, tension_through(share))
    middle = segment(key, Key(10, 4.0), np.array([0.5]))
    assert middle[0] == pytest.approx(2 + 2 * share, abs=1e-6)


def test_a_set_of_keys_refuses_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="increasing frames"):
        KeySet(((0, (Key(3, 1.0), Key(3, 2.0))),))
    with pytest.raises(ValueError, match="increasing dimensions"):
        KeySet(((1, (Key(0, 1.0),)), (0, (Key(0, 1.0),))))
    with pytest.raises(ValueError, match="tension"):
        Key(0, 0.0, tension=1.0)
    with pytest.raises(ValueError, match="finite"):
        Key(0, float("nan"))


def test_a_set_of_keys_knows_its_cells() -> None:
    keys = KeySet().with_dim(2, [Key(5, 1.0), Key(1, 0.0)]).with_dim(0, [Key(3, 2.0)])
    assert keys.dims == (0, 2)
    assert keys.frames == (1, 3, 5)
    assert keys.at(5, 2) == Key(5, 1.0)
    assert keys.at(5, 0) is None
    assert keys.within(4, 2).curves == ((0, (Key(3, 2.0),)),)
    assert not keys.with_dim(0, ()).with_dim(2, ())
    assert without((*keys.of(2), Key(7, 1.0)), (1, 5)) == (Key(7, 1.0),)


@given(key_lists(), st.data())
def test_a_part_of_a_curve_is_that_of_the_whole(keys: tuple[Key, ...], data: st.DataObject) -> None:
    first, last = sorted(data.draw(st.tuples(st.integers(0, LAST), st.integers(0, LAST))))
    part, (times, values) = keys_near(keys, first, last), dense(keys)
    inside = (times >= max(first, keys[0].frame)) & (times <= min(last, keys[-1].frame))
    assert len(part) <= sum(first <= key.frame <= last for key in keys) + 4
    if inside.any():
        some, drawn = dense(part)
        np.testing.assert_allclose(np.isin(times[inside], some), True)
        for time, value in zip(times[inside], values[inside], strict=True):
            assert np.isclose(drawn[some == time], value).any()


@given(st.data())
def test_the_whole_curve_is_its_segments_bit_for_bit(data: st.DataObject) -> None:
    frames = sorted(data.draw(st.sets(st.integers(0, 60), min_size=2, max_size=9)))
    number = st.floats(-5, 5, allow_nan=False, width=32)
    keys = tuple(
        Key(frame, data.draw(number), data.draw(st.sampled_from(Easing)),
            data.draw(st.floats(-0.9, 0.9)))
        for frame in frames
    )  # fmt: skip
    made = curve(keys)
    slopes = _slopes(keys)
    for place, (one, two) in enumerate(itertools.pairwise(keys)):
        u = (np.arange(one.frame, two.frame) - one.frame) / (two.frame - one.frame)
        expected = segment(one, two, u, slopes[place], slopes[place + 1])
        expected[0] = one.value
        stretch = slice(one.frame - frames[0], two.frame - frames[0])
        assert np.array_equal(made[stretch], expected)
    assert made[-1] == keys[-1].value
