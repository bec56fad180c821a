"""Names for content: equal keys mean equal values, whatever object holds them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Motion, RowKind

State = Mapping[str, NDArray[np.generic]]

# A refined motion of hundreds of frames carries a megabyte beside its rows, and the window names
# all its rows whenever it rests. The states themselves are kept, so that no id is used again.
_STATES_KEPT = 16
_states: OrderedDict[int, tuple[State, str]] = OrderedDict()
_lock = Lock()


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
    position = [] if motion.rows is RowKind.FRAME else [np.array([row])]
    return content_key(values, *position) + _state_key(motion.state)


def _state_key(state: State) -> str:
    """Names the content of a state, read once for each object; empty for an empty state."""
    if not state:
        return ""
    with _lock:
        known = _states.get(id(state))
        if known is None:
            parts = [part for name in sorted(state) for part in (_text(name), state[name])]
            known = _states[id(state)] = (state, content_key(*parts))
            while len(_states) > _STATES_KEPT:
                _states.popitem(last=False)
        return known[1]


def _text(name: str) -> NDArray[np.uint8]:
    return np.frombuffer(name.encode(), np.uint8)
