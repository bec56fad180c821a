"""The model's configuration: a preset with the recipe's overrides."""

from __future__ import annotations

from dataclasses import fields

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.genlmm import PRESETS, GenLMMConfig, config_from
from motionstudio.training.recipe import Recipe


def configuration(recipe: Recipe) -> GenLMMConfig:
    """The preset with the recipe's overrides.

    Raises:
        MotionStudioError: an override names no field.
    """
    try:
        return config_from(recipe.model, PRESETS[recipe.preset])
    except KeyError as error:
        known = ", ".join(sorted(item.name for item in fields(GenLMMConfig)))
        raise MotionStudioError(
            f"The recipe sets model.{error.args[0]}, which GenLMM does not have.",
            f"It has {known}.",
        ) from error
