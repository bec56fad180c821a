"""Answers to requests for what overlays need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from motionstudio.core.motion import Float
from motionstudio.engine.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapsReady(Response):
    """Maps that a model can lay over one picture.

    Attributes:
        row: of the motion.
        maps: by name, over the model's square; see ``core.keypoint_maps``.
        truth: heat maps of the true frame by the same name, or empty.
    """

    row: int
    maps: Mapping[str, Float]
    truth: Mapping[str, Float]
