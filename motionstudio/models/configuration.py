"""Configurations of networks: from the plain values of a card or a recipe, and back to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import ModelCard

_Config = TypeVar("_Config")


def from_plain(kind: type[_Config], values: Mapping[str, Any]) -> _Config:
    """The configuration of a kind with these fields, the others at their defaults.

    Lists become tuples.

    Raises:
        KeyError: a name that no field has; its argument is the name.
        ValueError: values do not fit.
    """
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    for name in values:
        if name not in known:
            raise KeyError(name)
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def to_plain(config: Any) -> dict[str, Any]:
    """The reverse of ``from_plain``, for a card."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(config).items()}


def of_card(card: ModelCard, kind: type[_Config]) -> _Config:
    """The configuration of a kind that a card holds.

    Raises:
        MotionStudioError: the card has fields or values that the system does not know.
    """
    try:
        return from_plain(kind, card.config)
    except KeyError as error:
        raise MotionStudioError(
            f"The checkpoint {card.name} sets {error.args[0]}, which this version does not know.",
            "Update MotionStudio, or make the checkpoint again.",
        ) from error
    except (TypeError, ValueError) as error:
        raise MotionStudioError(f"The card of {card.name} does not fit: {error}.") from error
