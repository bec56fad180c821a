"""Where a motion lies in the model's square: found back after shifts, turns and sizes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from motionstudio.core.alignment import Look, Pose, aligned_box, compare
from motionstudio.core.picture import Transform
from motionstudio.datasets import make

SIDE = 96


def heart(index: int = 3) -> np.ndarray:
    """(T, S, S, 1) uint8: a beating heart of the generator."""
    sample = make("heart", {"size": SIDE}, 5, index)
    return np.rint(np.moveaxis(sample.frames, 1, -1).clip(0, 1) * 255).astype(np.uint8)


def moved(frames: np.ndarray, angle: float, scale: float, x: float, y: float) -> np.ndarray:
    """What was at the middle lies (x, y) pixels off it, turned clockwise and scaled."""
    matrix = cv2.getRotationMatrix2D(((SIDE - 1) / 2, (SIDE - 1) / 2), -angle, scale)
    matrix[:, 2] += (x, y)
    border = cv2.BORDER_REPLICATE
    bent = [cv2.warpAffine(f, matrix, (SIDE, SIDE), borderMode=border) for f in frames]
    return np.stack(bent)[..., None]


def look(frames: np.ndarray) -> Look:
    return Look.of(Transform.fit((SIDE, SIDE), 64).apply(frames))


@pytest.mark.parametrize(
    ("angle", "scale", "x", "y"),
    [(0, 0.75, 0, 4), (25, 0.8, 8, 0), (-40, 0.9, -6, 6), (55, 1, 4, -8), (-60, 0.75, 0, 0)],
)
@pytest.mark.parametrize("index", [3, 4])
def test_a_moved_copy_is_found_and_the_new_crop_undoes_it(
    index: int, angle: float, scale: float, x: float, y: float
) -> None:
    frames = heart(index)
    pose = compare(look(frames), look(moved(frames, angle, scale, x, y)))
    assert pose.differs
    assert abs(pose.angle - angle) < 5
    assert abs(np.log(pose.scale / scale)) < 0.04
    transform = Transform.fit((SIDE, SIDE), 64)
    box, turn = aligned_box(transform, pose)
    aligned = Transform.fit((SIDE, SIDE), 64, crop=box, angle=turn, beyond=True)
    middle = aligned.points_to_native(np.array([31.5, 31.5]))
    np.testing.assert_allclose(middle, [(SIDE - 1) / 2 + x, (SIDE - 1) / 2 + y], atol=3)


def test_a_copy_in_place_needs_no_alignment() -> None:
    frames = heart()
    pose = compare(look(frames), look(frames))
    assert not pose.differs
    assert pose.score == pytest.approx(1, abs=0.02)
    assert abs(pose.angle) < 2


def test_a_still_is_compared_by_its_outlines() -> None:
    frames = heart(4)
    pose = compare(look(frames), look(moved(frames, -40, 0.9, -6, 6)[:1]))
    assert abs(pose.angle + 40) < 5
    assert pose.differs
    assert "turned by −4" in pose.words


def test_no_turn_is_told_where_an_upright_pose_fits_nearly_as_well() -> None:
    """A stouter figure that leans: its outlines alone are no reason to turn a photograph."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2

    def figure(lean: float, width: float, height: float) -> np.ndarray:
        turn = np.deg2rad(lean)
        u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        head = np.exp(-(u**2 + (v + height + 5) ** 2) / 120)
        body = np.maximum(np.exp(-((u / width) ** 4) - (v / height) ** 4), head)
        return np.rint(body * 255).astype(np.uint8)[None, ..., None]

    slim = look(figure(0, 8, 25))
    for lean in (12, 16, 20):
        pose = compare(slim, look(figure(lean, 11, 20)))
        assert pose.angle == 0
        assert pose.score > 0.8
    assert abs(compare(slim, look(figure(60, 8, 25))).angle - 60) < 5


def test_only_differences_that_matter_are_told() -> None:
    near = Pose((0.02, 0.0), 3.0, 1.05, 0.9, 0.85)
    assert not near.differs
    far = Pose((0.2, 0.0), 3.0, 1.3, 0.9, 0.5)
    assert far.differs
    assert far.words == "1.3 times as large, somewhere else in the picture"
    unlike = Pose((0.2, 0.0), 40.0, 1.3, 0.3, 0.1)
    assert not unlike.differs
