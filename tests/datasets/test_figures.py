"""Articulated figures: bodies, gaits, and movements shared between bodies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.datasets import figures
from motionstudio.datasets.figure_motion import GAITS
from motionstudio.datasets.figure_subject import Backdrop

PLAIN = {
    "backdrop": Backdrop(((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), 0.0, 0.0, 0),
    "sigma": 0.0,
    "sprite": 1,
}
every_gait = pytest.mark.parametrize("gait", sorted(GAITS))


@every_gait
def test_every_gait_moves_and_closes(gait: str) -> None:
    rng = np.random.default_rng(0)
    motion = figures.motion(rng, (gait,))
    first, last = motion.pose(np.zeros(1)), motion.pose(np.ones(1))
    middle = motion.pose(np.array([0.5, 0.25]))
    assert motion.gait == gait
    for one, other in zip(first.hips + first.shoulders, last.hips + last.shoulders, strict=True):
        assert one == pytest.approx(other, abs=1e-9)
    moved = [np.abs(m - f).max() for m, f in zip(middle.shoulders, first.shoulders, strict=True)]
    assert max(moved) > 0.05


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_joints_stay_within_what_bodies_can_do(seed: int) -> None:
    pose = figures.motion(np.random.default_rng(seed)).pose(np.linspace(0.0, 1.0, 50))
    assert all(np.abs(angle).max() < np.pi for angle in pose.shoulders + pose.hips)
    assert all(angle.max() <= 1e-9 and angle.min() > -3.0 for angle in pose.knees)
    assert pose.lift.min() >= 0.0


@pytest.mark.parametrize("gait", ["walk", "wave", "squat", "kick"])
def test_a_foot_is_always_on_the_ground(gait: str) -> None:
    sample = figures.make("figures", {"gaits": (gait,), "subject": PLAIN, "frames": 12}, 3, 1)
    assert sample.labels is not None
    ground = float(str(sample.meta.subject["ground"])) * 64
    for labels in sample.labels:
        lowest = np.flatnonzero((labels > 0).any(axis=1)).max()
        assert min(ground, 63.0) - 2.5 <= lowest <= ground + 1.0


def test_a_jump_leaves_the_ground() -> None:
    sample = figures.make("figures", {"gaits": ("jump",), "subject": PLAIN, "frames": 12}, 3, 1)
    assert sample.labels is not None
    lowest = [np.flatnonzero((labels > 0).any(axis=1)).max() for labels in sample.labels]
    assert max(lowest) - min(lowest) > 4


def test_labels_agree_with_the_picture() -> None:
    sample = figures.make("figures", {"subject": PLAIN, "frames": 6}, 3, 2)
    assert sample.labels is not None
    for clean, labels in zip(sample.clean, sample.labels, strict=True):
        figure = labels > 0
        near = figure.copy()
        for axis in (0, 1):
            near |= np.roll(near, 1, axis) | np.roll(near, -1, axis)
        assert np.abs(clean[:, ~near] - 0.5).max() < 1e-5
        assert np.abs(clean[:, figure] - 0.5).max(axis=0).mean() > 0.1


def test_the_background_does_not_move() -> None:
    sample = figures.make("figures", {"frames": 6}, 3, 3)
    assert sample.labels is not None
    still = sample.labels == 0
    assert np.abs(sample.displacement.transpose(1, 0, 2, 3)[:, still]).max() == 0.0


def test_what_the_figure_uncovers_is_not_valid() -> None:
    sample = figures.make("figures", {"frames": 8, "gaits": ("run",)}, 3, 4)
    assert sample.labels is not None
    uncovered = (sample.labels == 0) & (sample.labels[:1] > 0)
    assert uncovered.any()
    assert not sample.valid[uncovered].any()


def test_the_flow_to_the_next_frame_starts_as_the_displacement() -> None:
    sample = figures.make("figures", {"frames": 5, "flow_next": True}, 3, 5)
    assert sample.flow_next is not None
    assert sample.flow_next.shape == (4, 2, 64, 64)
    assert np.allclose(sample.flow_next[0], sample.displacement[1], atol=1e-4)
    assert figures.make("figures", {"frames": 5}, 3, 5).flow_next is None


def test_a_pair_shares_angles_but_not_limbs() -> None:
    first, second = figures.make_pair("figures", {"frames": 8}, 3, 6)
    assert np.array_equal(first.factors[:, 2:], second.factors[:, 2:])
    assert first.meta.subject["thigh"] != second.meta.subject["thigh"]
    assert first.meta.subject["gait"] == second.meta.subject["gait"]


def test_a_mirrored_figure_is_the_mirror_image() -> None:
    body = {**PLAIN, "center": 31.5 / 64}
    pictures = [
        figures.make(
            "figures", {"frames": 4, "subject": body, "motion": {"mirror": mirror}}, 3, 7
        ).clean
        for mirror in (False, True)
    ]
    assert np.abs(pictures[0][..., ::-1] - pictures[1]).max() < 1e-3


def test_sprites_are_made_of_blocks() -> None:
    sample = figures.make("figures", {"style": "sprite", "subject": {"sprite": 2}}, 3, 8)
    frames = sample.frames
    assert np.array_equal(frames[..., ::2, :], frames[..., 1::2, :])
    assert np.array_equal(frames[..., ::2], frames[..., 1::2])
    assert np.array_equal(sample.displacement[..., ::2], sample.displacement[..., 1::2])


@pytest.mark.parametrize(
    "params", [{"gaits": ("moonwalk",)}, {"style": "oil"}], ids=["gait", "style"]
)
def test_unknown_values_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        figures.make("figures", params, 0, 0)
