"""What a checkpoint knows about the motions that it was trained on, without loading the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import WEIGHTS
from motionstudio.models.motion_space import MotionSpace

_NAMES = ("space.mean", "space.components", "space.scales")


def read_space(folder: Path) -> MotionSpace | None:
    """The space of learned motions of a checkpoint, or None where it carries none.

    Raises:
        MotionStudioError: the weights cannot be read.
    """
    path = folder / WEIGHTS
    try:
        with safe_open(path, framework="numpy") as weights:
            if not set(_NAMES) <= set(weights.keys()):
                return None
            return MotionSpace.from_arrays({name: weights.get_tensor(name) for name in _NAMES})
    except (OSError, SafetensorError) as error:
        raise MotionStudioError(
            f"The weights of {folder.name} cannot be read: {error}.",
            "Install the checkpoint again.",
        ) from error


def row_distribution(space: MotionSpace) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean (D,) and covariance (D, D) of single frames of learned motions, all phases alike.

    The motions are a Gaussian over (P, D); a frame of one is drawn from the mixture of its P
    phases: their covariances plus that of their means.
    """
    means = space.mean.astype(np.float64)
    parts = space.components.astype(np.float64) * space.scales.astype(np.float64)[:, None, None]
    centre = means.mean(axis=0)
    away = means - centre
    flat = parts.reshape(-1, means.shape[1])
    return centre, (away.T @ away + flat.T @ flat) / len(means)
