"""Groups of dimensions, as a model's card names them, in matrix, curves and sliders."""

from __future__ import annotations

from motionstudio.core.dim_groups import DimGroup, fitting
from motionstudio.core.keypoint_maps import keypoint_colours
from motionstudio.models.base import Capability, ModelCard


def groups_of(card: ModelCard | None) -> tuple[DimGroup, ...]:
    """The groups of a model's dimensions; keypoints have the colours that they have in pictures."""
    if card is None or not card.groups:
        return ()
    colours: list[str] = []
    if Capability.KEYPOINTS in card.capabilities:
        told = keypoint_colours(len(card.groups)).tolist()
        colours = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in told]
    return fitting(card.groups, card.dims, colours)
