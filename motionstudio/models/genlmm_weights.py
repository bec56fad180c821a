"""Whether the arrays of a GenLMM checkpoint belong to its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import ModelCard
from motionstudio.models.motion_space import PHASES


def check_space(card: ModelCard, weights: Mapping[str, NDArray[Any]]) -> None:
    """Raise unless ``weights`` hold a space of learned motions that fits the card.

    Raises:
        MotionStudioError: an array is missing, or of another shape.
    """
    shape = (PHASES, card.dims)
    for name in ("space.mean", "space.components", "space.scales"):
        if name not in weights:
            raise MotionStudioError(
                f"The weights of {card.name} lack {name}.",
                "The file is damaged or another model's.",
            )
    count = len(weights["space.scales"])
    found = {"space.mean": shape, "space.components": (count, *shape), "space.scales": (count,)}
    for name, expected in found.items():
        if weights[name].shape != expected:
            raise MotionStudioError(
                f"The weights of {card.name} do not fit its card: {name} is "
                f"{weights[name].shape} where {expected} belongs."
            )
