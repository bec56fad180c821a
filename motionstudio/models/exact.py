"""Coordinates stay in float32 where everything around them is computed in 16 bits.

bfloat16 has 8 binary digits: a point near pixel 100 could only lie half a pixel further.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

_P = ParamSpec("_P")
_R = TypeVar("_R")
_HALVES = (torch.bfloat16, torch.float16)


def exact(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compute ``function`` in float32 also where torch computes in 16 bits by itself.

    Without ``torch.autocast`` it does exactly what it did.
    """

    @wraps(function)
    def inside(*words: _P.args, **more: _P.kwargs) -> _R:
        kinds = [kind for kind in ("cpu", "cuda") if torch.is_autocast_enabled(kind)]
        if not kinds:
            return function(*words, **more)
        with torch.autocast(kinds[0], enabled=False):
            wide = [_wide(word) for word in words]
            return function(*wide, **{name: _wide(word) for name, word in more.items()})

    return inside


def _wide(word: Any) -> Any:
    if isinstance(word, Tensor) and word.dtype in _HALVES:
        return word.float()
    if not isinstance(word, tuple):
        return word
    parts = [_wide(one) for one in word]
    return type(word)._make(parts) if hasattr(word, "_make") else tuple(parts)
