"""Stories use the whole window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.io import write_clip
from tests.gui.conftest import make_window, pytest_runtest_makereport, small_models

__all__ = ["make_window", "pytest_runtest_makereport", "small_models"]


def blob_frames(count: int, size: int, channels: int = 1) -> np.ndarray:
    """(T, H, W, C) uint8: a soft disc on a gradient that grows and shrinks once."""
    y, x = np.mgrid[0:size, 0:size] / (size - 1) * 2 - 1
    frames = np.zeros((count, size, size, channels), np.uint8)
    for t in range(count):
        radius = 0.5 + 0.12 * np.sin(2 * np.pi * t / count)
        disc = 1 / (1 + np.exp((np.hypot(x, y) - radius) * 18))
        grey = 40 + 150 * disc + 30 * (x + 1) / 2
        for channel in range(channels):
            frames[t, ..., channel] = np.rint(grey * (1 - 0.2 * channel))
    return frames


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    """A grey clip of 16 frames, 48 x 48, as .npz."""
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(16, 48), uniform_times(16, 20), cyclic=True), path)
    return path
