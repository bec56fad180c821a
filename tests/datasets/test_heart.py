"""The heart phantom: physiology, exactness of its maps, and what each part of it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motionstudio.datasets import heart
from motionstudio.datasets.fields import pixel_grid
from motionstudio.datasets.heart_anatomy import Anatomy
from motionstudio.datasets.heart_motion import HeartMotion, Kinematics, Polar
from motionstudio.datasets.heart_picture import Appearance

seeds = st.integers(min_value=0, max_value=2**32 - 1)
few = settings(max_examples=25, deadline=None)


def subject(seed: int) -> tuple[Anatomy, HeartMotion, Appearance]:
    one, two, three = np.random.default_rng(seed).spawn(3)
    return heart.anatomy(one), heart.motion(two), heart.appearance(three)


def shoelace(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float64]:
    """Areas of closed outlines (T, n)."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    return 0.5 * np.sum(x * np.roll(y, -1, -1) - y * np.roll(x, -1, -1), axis=-1)


@few
@given(seeds)
def test_backward_maps_invert_forward_maps(seed: int) -> None:
    build, beat, _ = subject(seed)
    kinematics = Kinematics(build, beat, 128)
    state = beat.states(np.linspace(0.0, 0.95, 7))
    x, y = pixel_grid(128, 128)
    px, py = np.broadcast_arrays(x[None], y[None])
    back_x, back_y = kinematics.to_picture(kinematics.to_material(px, py, state), state)
    assert np.abs(back_x - px).max() < 0.01
    assert np.abs(back_y - py).max() < 0.01


@few
@given(seeds)
def test_nothing_has_moved_at_the_start_of_the_beat(seed: int) -> None:
    build, beat, _ = subject(seed)
    kinematics = Kinematics(build, beat, 96)
    x, y = pixel_grid(96, 96)
    px, py = np.broadcast_arrays(x[None], y[None])
    there_x, there_y = kinematics.to_picture(kinematics.rest(px, py), beat.states(np.zeros(1)))
    assert np.abs(there_x - px).max() < 1e-3
    assert np.abs(there_y - py).max() < 1e-3


@few
@given(seeds)
def test_the_wall_keeps_its_area_without_defect(seed: int) -> None:
    build, beat, _ = subject(seed)
    kinematics = Kinematics(build, replace(beat, defect=0.0), 128)
    state = beat.states(np.linspace(0.0, 0.95, 12))
    angle = np.linspace(-np.pi, np.pi, 720, endpoint=False, dtype=np.float32)[None, None]
    areas = []
    for radius in (kinematics.outer, kinematics.inner):
        ring = Polar(np.full_like(angle, radius), angle)
        x, y = kinematics.to_picture(ring, state)
        areas.append(shoelace(x[:, 0], y[:, 0]))
    wall = areas[0] - areas[1]
    assert np.abs(wall / wall[0] - 1.0).max() < 0.01


@few
@given(seeds)
def test_activation_is_a_smooth_periodic_beat(seed: int) -> None:
    beat = heart.motion(np.random.default_rng(seed))
    taus = np.linspace(0.0, 1.0, 4001)
    active = beat.activation(taus)
    speed = np.diff(active) / np.diff(taus)
    assert active[0] == pytest.approx(0.0, abs=1e-9)
    assert active[-1] == pytest.approx(0.0, abs=1e-6)
    assert active.min() >= 0.0
    assert active.max() == pytest.approx(1.0, abs=1e-4)
    assert taus[np.argmax(active)] == pytest.approx(beat.knots[1][0], abs=0.01)
    assert np.abs(np.diff(speed)).max() < 0.2
    assert np.allclose(beat.activation(taus + 3.0), active, atol=1e-6)


@few
@given(seeds)
def test_drawn_parameters_stay_in_their_ranges(seed: int) -> None:
    build, beat, look = subject(seed)
    assert 0.14 <= build.epicardium <= 0.30
    assert 0.0 < build.endocardium < build.epicardium
    assert all(abs(c - 0.5) <= 12.1 / 128 for c in build.center)
    assert 0.08 <= beat.contraction <= 0.45
    assert 0.28 <= beat.knots[1][0] <= 0.45
    assert 0.01 <= look.sigma <= 0.04
    assert [at for at, _ in beat.knots] == sorted(at for at, _ in beat.knots)


def test_motion_never_folds() -> None:
    for index in range(12):
        inverse = heart.make("heart", {"frames": 6}, 21, index).inverse
        assert inverse is not None
        xx, xy = np.gradient(inverse[:, 0], axis=2), np.gradient(inverse[:, 0], axis=1)
        yx, yy = np.gradient(inverse[:, 1], axis=2), np.gradient(inverse[:, 1], axis=1)
        assert ((1 + xx) * (1 + yy) - xy * yx).min() > 0.0


def test_motion_is_of_the_size_of_hearts() -> None:
    lengths = []
    for index in range(20):
        sample = heart.make("heart", {"frames": 8}, 22, index)
        assert sample.labels is not None
        length = np.sqrt((sample.displacement**2).sum(axis=1))
        lengths.append(length[:, sample.labels[0] > 0].mean())
    assert 1.2 < np.mean(lengths) < 3.0
    assert np.max(lengths) > 2.0 * np.min(lengths)


def test_labels_measure_the_contraction() -> None:
    params = {"frames": 12, "anatomy": {"epicardium": 0.28, "endocardium": 0.2}}
    sample = heart.make("heart", {**params, "motion": {"defect": 0.0, "contraction": 0.3}}, 0, 0)
    assert sample.labels is not None
    cavity = (sample.labels == 1).sum(axis=(1, 2))
    column = sample.factor_names.index("ejected area")
    assert np.abs(1.0 - cavity / cavity[0] - sample.factors[:, column]).max() < 0.02


def test_labels_agree_with_brightness() -> None:
    look = {"blood": 0.85, "muscle": 0.3, "speckle": 0.0, "tag_period": 0.0, "texture": 0.03}
    for index in range(6):
        sample = heart.make("heart", {"frames": 4, "appearance": look}, 23, index)
        assert sample.labels is not None
        for clean, labels in zip(sample.clean[:, 0], sample.labels, strict=True):
            assert np.median(clean[labels == 1]) > 1.5 * np.median(clean[labels == 2])


def test_without_disturbances_the_frames_are_the_clean_ones() -> None:
    quiet = {"sigma": 0.0, "through_plane": 0.0, "drift": 0.0, "bias": (0.0, 0.0, 0.0)}
    sample = heart.make("heart", {"frames": 4, "appearance": quiet}, 1, 1)
    assert np.abs(sample.frames - sample.clean).max() < 1e-5


def test_each_disturbance_changes_frames_and_never_the_clean_ones() -> None:
    quiet: dict[str, object] = {
        "sigma": 0.0,
        "through_plane": 0.0,
        "drift": 0.0,
        "bias": (0.0, 0.0, 0.0),
    }
    plain = heart.make("heart", {"frames": 4, "appearance": quiet}, 1, 1)
    for change in (
        {"sigma": 0.03},
        {"through_plane": 0.06},
        {"drift": 0.08},
        {"bias": (0.2, 0.0, 0.0)},
    ):
        other = heart.make("heart", {"frames": 4, "appearance": {**quiet, **change}}, 1, 1)
        assert np.array_equal(other.clean, plain.clean)
        assert np.abs(other.frames - plain.frames).mean() > 1e-4, change


def test_any_start_in_the_beat_is_frame_0() -> None:
    sample = heart.make("heart", {"taus": [0.2, 0.35, 0.6]}, 1, 2)
    assert np.abs(sample.displacement[0]).max() < 1e-3
    assert np.abs(sample.displacement[1]).max() > 0.3
    assert sample.factors[:, 0] == pytest.approx([0.2, 0.35, 0.6])


def test_a_defect_keeps_its_sector_still() -> None:
    build, beat, _ = subject(5)
    beat = replace(
        beat, contraction=0.4, defect=0.9, defect_angle=1.0, twist=0.0, swing=(0, 0), shift=(0, 0)
    )
    kinematics = Kinematics(replace(build, aspect=1.0, triangle=0.0), beat, 128)
    state = beat.states(np.array([beat.knots[1][0]]))
    middle = np.float32(build.rv_angle + 1.0)
    angle = np.array([middle, middle + np.float32(np.pi)], dtype=np.float32)[None, None]
    ring = Polar(np.full_like(angle, kinematics.inner), angle)
    start_x, start_y = kinematics.place(ring)
    x, y = kinematics.to_picture(ring, state)
    moved = np.hypot(x - start_x, y - start_y)[0, 0]
    assert moved[0] < 0.3 * moved[1]


def test_transport_renders_one_motion_on_another_anatomy() -> None:
    first, second = heart.make_pair("heart", {"frames": 6}, 8, 0)
    for name in ("tau", "activation", "stretch", "twist"):
        column = first.factor_names.index(name)
        assert np.allclose(first.factors[:, column], second.factors[:, column], atol=1e-6)
    assert first.labels is not None
    assert not np.array_equal(first.labels, second.labels)


def test_open_sequences_are_not_called_cyclic() -> None:
    assert heart.make("heart", {"frames": 4}, 0, 0).cyclic
    assert not heart.make("heart", {"frames": 4, "cyclic": False}, 0, 0).cyclic


def test_overriding_one_part_leaves_the_draws_of_the_others() -> None:
    plain = heart.make("heart", {"frames": 4}, 0, 5)
    slower = heart.make("heart", {"frames": 4, "motion": {"contraction": 0.1}}, 0, 5)
    assert np.array_equal(plain.clean[0], slower.clean[0])
    assert not np.array_equal(plain.clean[2], slower.clean[2])
