"""Whether what a model is given fits it: pictures, masks, times and weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.models.base import ModelCard


def check_source(system: str, shape: tuple[int, ...], source: Float) -> None:
    """Raise unless ``source`` has the ``shape`` (C, S, S) that the network takes.

    Raises:
        ValueError: it has not.
    """
    if source.shape != shape:
        raise ValueError(f"{system}: expected a source of shape {shape}, got {source.shape}")


def check_frames(
    system: str,
    shape: tuple[int, ...],
    frames: Float,
    kept: NDArray[np.bool_],
    times: NDArray[np.float64],
) -> None:
    """Raise unless a sequence can be encoded: frames (T, *shape), T >= 2, the first one kept.

    Raises:
        ValueError: a wrong shape, or the reference is dropped.
        MotionStudioError: there is only one frame.
    """
    if frames.ndim != 4:
        raise ValueError(f"{system}: expected frames (T, C, S, S), got {frames.shape}")
    check_source(system, shape, frames[0])
    if kept.shape != (len(frames),) or times.shape != (len(frames),):
        raise ValueError(
            f"{system}: expected kept and times of shape ({len(frames)},), "
            f"got {kept.shape} and {times.shape}"
        )
    if not kept[0]:
        raise ValueError(f"{system}: the reference, frame 0, must be kept")
    if len(frames) < 2:
        raise MotionStudioError(
            "A motion needs at least two frames, this clip has one.",
            "Use it as the source that another clip's motion animates.",
        )


def check_weights(card: ModelCard, network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Raise unless ``weights`` are those of ``network``.

    Raises:
        MotionStudioError: one is missing, or of another shape.
    """
    for name, value in network.state_dict().items():
        if name not in weights:
            raise MotionStudioError(
                f"The weights of {card.name} lack {name}.",
                "The file is damaged or another model's.",
            )
        if weights[name].shape != value.shape:
            raise MotionStudioError(
                f"The weights of {card.name} do not fit its card: {name} is "
                f"{tuple(weights[name].shape)} where {tuple(value.shape)} belongs."
            )


def load_weights(
    card: ModelCard, network: nn.Module, weights: Mapping[str, NDArray[Any]], beside: str = ""
) -> None:
    """Give ``network`` its weights, of any floating type, as float32, and set it to evaluation.

    Arrays whose names begin with ``beside`` are something else of the checkpoint.

    Raises:
        MotionStudioError: one is missing, or of another shape.
    """
    tensors = {
        name: torch.from_numpy(np.array(value, np.float32))
        for name, value in weights.items()
        if not (beside and name.startswith(beside))
    }
    check_weights(card, network, tensors)
    network.load_state_dict(tensors)
    network.eval()
