"""Names for what a row depends on, where it depends on all rows before it."""

from __future__ import annotations

import hashlib
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Motion

_KEPT = 16


class RowNames:
    """Hashes of chains of rows: equal names stand for equal results.

    What a motion holds beside its rows is large and the same through all edits, so it is read
    once for each array and not at every edit. Arrays of a motion's state are never changed.

    Args:
        state: keys in ``Motion.state`` of arrays (R, ...) that rows depend on, too; they count
            where the motion has all of them.
    """

    def __init__(self, state: Sequence[str] = ()) -> None:
        self._state = tuple(state)
        self._known: OrderedDict[int, tuple[weakref.ref[NDArray[Any]], list[bytes]]]
        self._known = OrderedDict()

    def of(self, motion: Motion, last: int) -> list[bytes]:
        """A name for each of the rows 0 to ``last``: of everything up to it."""
        held = [motion.state.get(key) for key in self._state]
        parts = [self._digests(array) for array in held if array is not None]
        beside = parts if len(parts) == len(self._state) else []
        names, before = [], b""
        for row in range(last + 1):
            text = [before, motion.mean[row].tobytes()]
            text += [digests[row] for digests in beside if row < len(digests)]
            before = _digest(b"".join(text))
            names.append(before)
        return names

    def _digests(self, array: NDArray[Any]) -> list[bytes]:
        known = self._known.get(id(array))
        if known is None or known[0]() is not array:
            made = [_digest(np.ascontiguousarray(row).tobytes()) for row in array]
            known = weakref.ref(array), made
            self._known[id(array)] = known
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(id(array))
        return known[1]


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).digest()
