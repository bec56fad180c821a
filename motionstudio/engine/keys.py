"""Names for content: equal keys mean equal values, whatever object holds them."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Motion, RowKind


def content_key(*arrays: NDArray[Any]) -> str:
    """32 hex digits that name the content, shape and dtype of ``arrays``."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def row_key(motion: Motion, row: int) -> str:
    """Names all that decides how row ``row`` of ``motion`` decodes.

    That is the row's values where a row is a frame, and the whole matrix elsewhere; so undoing
    an edit gives the key back that the picture was kept under.
    """
    values = motion.mean[row] if motion.rows is RowKind.FRAME else motion.mean
    named = [part for name in sorted(motion.state) for part in (_text(name), motion.state[name])]
    position = [] if motion.rows is RowKind.FRAME else [np.array([row])]
    return content_key(values, *position, *named)


def _text(name: str) -> NDArray[np.uint8]:
    return np.frombuffer(name.encode(), np.uint8)
