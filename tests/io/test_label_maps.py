"""Labels are numbers: what reads pictures must not make shades of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.io.label_maps import read_label_maps


def test_labels_stored_in_colour_are_those_of_the_first_channel(tmp_path: Path) -> None:
    labels = np.zeros((2, 8, 8, 3), np.uint8)
    labels[:, 2:5, 2:5] = 100, 105, 103
    np.savez(tmp_path / "labels.npz", frames=labels)
    clip = Clip(np.zeros((2, 8, 8, 1), np.uint8), uniform_times(2, 25))
    found = read_label_maps(tmp_path / "labels.npz", clip)
    np.testing.assert_array_equal(found.masks, labels[..., 0])
