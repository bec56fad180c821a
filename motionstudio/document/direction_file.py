"""Directions in a JSON file: the user's own presets, and what is given to others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from motionstudio.core.bounded_text import bounded_text
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.direction import Direction
from motionstudio.io.atomic import whole_file

_VERSION = 1


class DirectionPlain(BaseModel):
    """``Direction`` as plain data."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str
    model: str
    model_hash: str = ""
    vector: tuple[float, ...]
    origin: str = ""

    @classmethod
    def of(cls, direction: Direction) -> DirectionPlain:
        """From a value of the document."""
        return cls(
            name=direction.name,
            model=direction.model,
            model_hash=direction.model_hash,
            vector=direction.vector,
            origin=direction.origin,
        )

    def direction(self) -> Direction:
        """Back to a value of the document.

        Raises:
            ValueError: an empty name, or values that are not finite.
        """
        return Direction(self.name, self.model, self.model_hash, self.vector, self.origin)


class _File(BaseModel):
    kind: Literal["motionstudio directions"] = "motionstudio directions"
    version: int = _VERSION
    directions: tuple[DirectionPlain, ...] = ()


def write_directions(directions: Sequence[Direction], path: Path) -> None:
    """Write a JSON file that ``read_directions`` reads; whole or not at all.

    Raises:
        MotionStudioError: the place cannot be written to.
    """
    held = _File(directions=tuple(DirectionPlain.of(d) for d in directions))
    with whole_file(path) as temporary:
        temporary.write_text(held.model_dump_json(indent=1), encoding="utf-8")


def read_directions(path: Path) -> tuple[Direction, ...]:
    """The directions in a file.

    Raises:
        MotionStudioError: it cannot be read, or holds something else.
    """
    try:
        plain = json.loads(bounded_text(path))
        held = _File.model_validate(plain)
        if held.version > _VERSION:
            raise MotionStudioError(
                f"{path.name} was written by a newer version of MotionStudio.",
                "Update MotionStudio to read it.",
            )
        return tuple(each.direction() for each in held.directions)
    except OSError as error:
        raise MotionStudioError(
            f"{path.name} cannot be read: {error.strerror or error}.", "Choose another file."
        ) from error
    except (ValueError, ValidationError, RecursionError) as error:
        raise MotionStudioError(
            f"{path.name} holds no directions.", "Choose a file that this window exported."
        ) from error
