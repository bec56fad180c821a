"""The same clip under several models: what is asked, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import EncodeRequest, Lane, Picture, Request
from motionstudio.engine.responses import Response

BLEND, FLOW = "cross-fading", "optical flow"
RIVALS = (BLEND, FLOW)
"""What fills dropped frames without a model."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelsRequest(Request):
    """Encode a clip by several models and make its frames again; ``ModelShown`` for each.

    Attributes:
        encodings: one for each model, of the same clip.
        source: the reference frame.
        shown: transform of the clip's frames to the pictures that are shown.
        rivals: some of ``RIVALS``; they need a dropped frame to say anything.
    """

    topic: ClassVar[str] = "models"
    lane: Lane = Lane.EXPLORE
    encodings: tuple[EncodeRequest, ...]
    source: Picture
    shown: Transform
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelShown(Response):
    """A clip as one model, or a rival, makes it again.

    Attributes:
        name: of the model or the rival.
        pictures: (T, h, w, C) uint8.
        truth: (T, h, w, C) uint8, the frames themselves.
        errors: (T,) RMSE to the truth, intensities in [0, 1].
        rows: (T, D) of the motion, or None for a rival.
        failure: why there is nothing to show, one sentence; everything else is empty then.
    """

    name: str
    pictures: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    errors: Float
    rows: Float | None = None
    failure: str = ""
