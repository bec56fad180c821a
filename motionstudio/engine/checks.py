"""What must hold before a model is called, said in the words of those who can mend it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion
from motionstudio.models.base import Capability, ModelCard


def check_clip(
    clip: Clip, kept: NDArray[np.bool_], reference: int, cyclic: bool, card: ModelCard
) -> None:
    """Raise unless the model can encode ``clip``.

    Raises:
        MotionStudioError: too few or too many frames, the reference is dropped, or the model
            cannot treat the clip as a cycle.
        ValueError: ``kept`` has another length than the clip.
    """
    count = len(clip)
    if kept.shape != (count,):
        raise ValueError(f"check_clip: expected kept of shape ({count},), got {kept.shape}")
    if count < card.frames_min or (card.frames_max and count > card.frames_max):
        most = f"to {card.frames_max}" if card.frames_max else "or more"
        raise MotionStudioError(
            f"{clip.name} has {count} frames; {card.title} takes {card.frames_min} {most}.",
            "Choose another range or stride.",
        )
    if not kept[reference]:
        raise MotionStudioError(
            f"Frame {reference} of {clip.name} is the reference and cannot be dropped.",
            "Keep it, or make another frame the reference.",
        )
    if cyclic and Capability.CYCLIC not in card.capabilities:
        raise MotionStudioError(
            f"{card.title} cannot treat a sequence as a closed cycle.",
            "Switch the cycle off, or choose another model.",
        )


def check_size(size: tuple[int, int], frame_size: tuple[int, int]) -> None:
    """Raise unless pictures of ``size`` (H, W) have the proportions of ``frame_size``.

    Two pixels of difference are allowed, for formats that want even sides.

    Raises:
        MotionStudioError: the picture would be squeezed.
    """
    height, width = frame_size
    wide, high = size[0] * width / height, size[1] * height / width
    if min(abs(size[1] - wide), abs(size[0] - high)) > 2:
        raise MotionStudioError(
            f"A size of {size[1]} x {size[0]} would squeeze a picture of {width} x {height}.",
            f"Choose {round(wide)} x {size[0]}, for example.",
        )


def check_motion(motion: Motion, card: ModelCard) -> None:
    """Raise unless ``motion`` was made by the model that is to decode it.

    Raises:
        MotionStudioError: another model, or the same with other weights.
    """
    if motion.dims != card.dims:
        raise MotionStudioError(
            f"The motion has {motion.dims} dimensions; {card.title} has {card.dims}.",
            f"Encode the clip with the model {card.name}.",
        )
    if motion.model_hash and card.hash and motion.model_hash != card.hash:
        raise MotionStudioError(
            f"The motion was made by the model {motion.model or 'unknown'} "
            f"({motion.model_hash}), not by {card.name} ({card.hash}).",
            f"Encode the clip with the model {card.name}.",
        )


def check_draws(card: ModelCard) -> None:
    """Raise unless the model makes pictures.

    Raises:
        MotionStudioError: it only looks at motion, or draws nothing but futures.
    """
    if Capability.DECODE not in card.capabilities:
        futures = Capability.PREDICT in card.capabilities
        makes = "draws futures only" if futures else "sees motion but draws no pictures"
        raise MotionStudioError(
            f"{card.title} {makes}.",
            "Write the motion matrix as .csv, .npz or .safetensors, or choose another model.",
        )
