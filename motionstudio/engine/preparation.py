"""Pictures as the models see them, prepared once for each content."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.requests import Picture

CLIP_LIMIT = 2**30
"""Bytes that one prepared clip may take."""


class Preparation:
    """Prepared clips and sources, by the key of their content.

    Args:
        limit: bytes kept; a larger clip is prepared anew each time.
        clip_limit: bytes that one prepared clip may take at all.
    """

    def __init__(self, limit: int, clip_limit: int = CLIP_LIMIT) -> None:
        self._cache: ByteCache[tuple[str, Transform, int], Float] = ByteCache(limit)
        self._clip_limit = clip_limit

    def source(self, picture: Picture, transform: Transform, channels: int) -> Float:
        """(C, S, S) float32 in [0, 1]; the same array for the same content."""
        key = (f"source {picture.key}", transform, channels)
        prepared = self._cache.get(key)
        if prepared is None:
            prepared = transform.apply(picture.frame[np.newaxis], channels)[0]
            self._cache.put(key, prepared, prepared.nbytes)
        return prepared

    def clip(
        self,
        key: str,
        clip: Clip,
        transform: Transform,
        channels: int,
        check: Callable[[], None],
    ) -> Float:
        """(T, C, S, S) float32 in [0, 1] of all frames, read one at a time.

        Raises:
            MotionStudioError: the clip is too long to be encoded at once.
            Cancelled: ``check()``, called before each frame, raised it.
        """
        full_key = (f"clip {key}", transform, channels)
        prepared = self._cache.get(full_key)
        if prepared is not None:
            return prepared
        shape = (len(clip), channels, *transform.model_size)
        self._check_size(clip, shape)
        prepared = np.empty(shape, np.float32)
        for index in range(len(clip)):
            check()
            frame = np.asarray(clip.frames[index])
            prepared[index] = transform.apply(frame[np.newaxis], channels)[0]
        self._cache.put(full_key, prepared, prepared.nbytes)
        return prepared

    def clear(self) -> None:
        """Forget everything."""
        self._cache.clear()

    def _check_size(self, clip: Clip, shape: tuple[int, ...]) -> None:
        each = 4 * int(np.prod(shape[1:]))
        if each * len(clip) > self._clip_limit:
            raise MotionStudioError(
                f"{clip.name} has {len(clip)} frames; at most {self._clip_limit // each} can be "
                "encoded at once.",
                "Choose a shorter range or a larger stride.",
            )
