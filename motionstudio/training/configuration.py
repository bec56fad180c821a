"""The configuration of a network that a recipe sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.configuration import from_plain, to_plain
from motionstudio.models.genlmm import PRESETS, GenLMMConfig
from motionstudio.training.recipe import Recipe

_Config = TypeVar("_Config")


def of_recipe(
    recipe: Recipe, kind: type[_Config], system: str, base: Mapping[str, Any] | None = None
) -> _Config:
    """The configuration of a kind with the fields that a recipe sets.

    Args:
        recipe: what is trained; its ``model`` names the fields.
        kind: dataclass of the configuration.
        system: what has these fields, for sentences.
        base: plain values of the other fields; None: their defaults.

    Raises:
        MotionStudioError: the recipe names no field, or a value does not fit.
    """
    try:
        return from_plain(kind, {**(base or {}), **recipe.model})
    except KeyError as error:
        known = ", ".join(sorted(item.name for item in fields(kind)))  # type: ignore[arg-type]
        raise MotionStudioError(
            f"The recipe sets model.{error.args[0]}, which {system} does not have.",
            f"It has {known}.",
        ) from error
    except (TypeError, ValueError) as error:
        raise MotionStudioError(f"The recipe does not fit {system}: {error}.") from error


def configuration(recipe: Recipe) -> GenLMMConfig:
    """GenLMM's preset with the recipe's overrides.

    Raises:
        MotionStudioError: an override names no field.
    """
    return of_recipe(recipe, GenLMMConfig, "GenLMM", to_plain(PRESETS[recipe.preset]))
