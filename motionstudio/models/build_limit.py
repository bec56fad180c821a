"""Keeps cards and recipes from asking for networks that no machine can hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch.overrides import TorchFunctionMode

MOST_NUMBERS = 1 << 29
"""Largest network that is trained: 2 GiB of weights, four times that with their optimiser."""

_MOST_TENSORS = 4_000
_MAKERS = frozenset({"empty", "zeros", "ones", "full", "rand", "randn"})


class BuildLimit(TorchFunctionMode):
    """While it is entered, making new tensors of more than ``most`` numbers together fails.

    Sizes are looked at before memory is taken: the system gives more than there is and ends the
    process when it is used.

    Args:
        most: numbers, of all tensors that are made.
    """

    def __init__(self, most: int = MOST_NUMBERS) -> None:
        super().__init__()
        self._most, self._numbers, self._tensors = most, 0, 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Count what a function is about to make.

        Raises:
            ValueError: that is too much.
        """
        if getattr(func, "__name__", "") in _MAKERS:
            self._tensors += 1
            self._numbers += _numbers(args, kwargs or {})
            if self._numbers > self._most or self._tensors > _MOST_TENSORS:
                raise ValueError(
                    f"it would hold more than {self._most:,} numbers or {_MOST_TENSORS:,} parts"
                )
        return func(*args, **(kwargs or {}))


def _numbers(args: tuple[Any, ...], named: Mapping[str, Any]) -> int:
    """How many numbers a tensor of this size has."""
    size = named.get("size", args[0] if args and not isinstance(args[0], int) else args)
    return math.prod(side for side in size if isinstance(side, int))
