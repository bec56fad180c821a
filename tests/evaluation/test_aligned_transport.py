"""Aligning helps: the shipped heart model's motion on a copy that lies differently."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from motionstudio.core.alignment import Look, aligned_box, compare
from motionstudio.core.locations import resources_dir
from motionstudio.core.metrics import endpoint_error
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.io import read_clip
from motionstudio.models.registry import load_model

ANGLE, SCALE, SHIFT = 35.0, 0.8, (9.0, -6.0)


@pytest.mark.slow
def test_aligned_transport_has_a_smaller_end_point_error() -> None:
    model = load_model("heart", device="cpu")
    clip = read_clip(resources_dir() / "samples" / "heart_a.npz")
    frames = np.stack([np.asarray(frame) for frame in clip.frames])
    size, shown = clip.size, intensity_range(clip)
    matrix = cv2.getRotationMatrix2D(((size[1] - 1) / 2, (size[0] - 1) / 2), -ANGLE, SCALE)
    matrix[:, 2] += SHIFT
    other = np.stack(
        [cv2.warpAffine(f, matrix, size[::-1], borderMode=cv2.BORDER_REPLICATE) for f in frames]
    )[..., None]
    plain = Transform.fit(size, model.card.size, range=shown)
    seen = plain.apply(frames)
    motion = model.encode(seen, np.ones(len(frames), bool), clip.times, cyclic=True)
    rows = [len(frames) // 3, len(frames) // 2]
    own = model.decode(motion, seen[0], rows).displacement
    assert own is not None
    # What the motion of the one is on its copy: moved, turned and scaled with the pictures.
    truth = _carried(plain.field_to_native(own), matrix)
    heart = np.hypot(truth[:, 0], truth[:, 1]).max(0) > 0.5

    def error(transform: Transform) -> float:
        source = transform.apply(other[:1])[0]
        found = model.decode(motion, source, rows).displacement
        assert found is not None
        native = transform.field_to_native(found)
        return float(
            np.mean([endpoint_error(u, t, heart) for u, t in zip(native, truth, strict=True)])
        )

    pose = compare(Look.of(seen), Look.of(plain.apply(other)))
    assert pose.differs
    box, angle = aligned_box(plain, pose)
    aligned = Transform.fit(size, model.card.size, crop=box, range=shown, angle=angle, beyond=True)
    assert error(aligned) < 0.6 * error(plain)


def _carried(fields: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(n, 2, H, W) fields on pictures that ``matrix`` moved."""
    size = fields.shape[:1:-1]
    planes = [[cv2.warpAffine(p, matrix, size) for p in field] for field in fields]
    return np.einsum("ij,njhw->nihw", matrix[:, :2], np.asarray(planes)).astype(np.float32)
