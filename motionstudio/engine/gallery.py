"""The final, full-size pictures: the worker fills it, the window looks them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture import Transform
from motionstudio.core.rendering import Rendering
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.keys import row_key
from motionstudio.engine.requests import DecodeRequest, Picture, Scale
from motionstudio.engine.responses import FrameReady, Ticket

LIMIT = 512 * 2**20
"""Bytes of final pictures kept where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class FrameKey:
    """All that decides the pixels of one generated frame.

    Attributes:
        model: hash of the checkpoint's weights.
        source: key of the picture that is animated.
        transform: of that picture.
        row: key of the latent values.
        rendering: how it is made at the source's resolution; None: not made yet, as decoded.
    """

    model: str
    source: str
    transform: Transform
    row: str
    rendering: Rendering | None = None

    @classmethod
    def of(
        cls,
        motion: Motion,
        source: Picture,
        transform: Transform,
        frame: int,
        rendering: Rendering | None = None,
    ) -> FrameKey:
        """The key of ``frame`` of ``motion`` on ``source``."""
        model = motion.model_hash or motion.model
        return cls(model, source.key, transform, row_key(motion, frame), rendering)

    def __str__(self) -> str:
        how = hash((self.transform, self.rendering))
        return f"{self.model}-{self.source}-{how:x}-{self.row}"


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """One picture with its fields, all of one size.

    Attributes:
        picture: (H, W, C) uint8.
        displacement: (2, H, W) float32 backward, pixels of ``picture``, or None.
        inverse: (2, H, W) float32, pixels of ``picture``, or None.
        overlays: further arrays by name, as the model gave them.
    """

    picture: NDArray[np.uint8]
    displacement: Float | None
    inverse: Float | None
    overlays: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        fields = (self.displacement, self.inverse)
        arrays = [*(one for one in fields if one is not None), *self.overlays.values()]
        return self.picture.nbytes + sum(array.nbytes for array in arrays)


class Gallery:
    """Final pictures by what decides their pixels; previews never enter.

    Args:
        limit: bytes that it may hold.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._painted: ByteCache[FrameKey, Painted] = ByteCache(limit)

    def get(self, key: FrameKey, *, fields: bool = False, inverse: bool = False) -> Painted | None:
        """The picture under ``key``, unless a field that is wanted is missing from it."""
        painted = self._painted.get(key)
        if painted is None or (fields and painted.displacement is None):
            return None
        return None if inverse and painted.inverse is None else painted

    def put(self, key: FrameKey, painted: Painted) -> None:
        """Keep a final picture of full size."""
        self._painted.put(key, painted, painted.nbytes)

    def clear(self) -> None:
        """Forget everything."""
        self._painted.clear()

    @property
    def bytes(self) -> int:
        """Bytes in use."""
        return self._painted.bytes

    def lookup(self, request: DecodeRequest, frame: int) -> FrameReady | None:
        """The answer to ``request`` for ``frame`` at full size, if it was made before."""
        key = FrameKey.of(
            request.motion, request.source, request.transform, frame, request.rendering
        )
        painted = self.get(key, fields=request.fields, inverse=request.inverse)
        if painted is None:
            return None
        return answer(Ticket.of(request), frame, key, painted, Scale.FULL, preview=False)


def answer(
    ticket: Ticket, frame: int, key: FrameKey, painted: Painted, scale: Scale, *, preview: bool
) -> FrameReady:
    """``painted`` as a response."""
    return FrameReady(
        ticket=ticket,
        frame=frame,
        picture=painted.picture,
        displacement=painted.displacement,
        inverse=painted.inverse,
        scale=scale,
        preview=preview,
        key=f"{key}-{scale.value}{'-preview' if preview else ''}",
        overlays=painted.overlays,
    )
