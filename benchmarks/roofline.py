"""How near a computation comes to what its device can do: the roofline of Williams et al. 2009.

Peaks are measured in the same run by a large product of matrices and a large copy, work is counted
on the operators that torch runs. The share is that of the roof that stands lower over this
computation: 1 is as fast as the device can be, if every number is read and written once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

_SIDES: Mapping[str, int] = {"cpu": 1024, "cuda": 8192}
_COPIED: Mapping[str, int] = {"cpu": 1 << 26, "cuda": 1 << 30}
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Peak:
    """What a device does at its best: operations and bytes each second, float32."""

    operations: float
    bytes: float


@dataclass(frozen=True, slots=True)
class Work:
    """What a computation needs.

    Attributes:
        operations: multiplications and additions of products and convolutions; others are not
            counted, as torch counts none of them.
        bytes: weights and inputs read once, the result of every operator written once.
    """

    operations: float
    bytes: float

    def least(self, peak: Peak) -> float:
        """Seconds that it takes at best."""
        return max(self.operations / peak.operations, self.bytes / peak.bytes)

    def share(self, seconds: float, peak: Peak) -> float:
        """Of the roof that was reached in ``seconds`` > 0.

        Raises:
            ValueError: no time has passed.
        """
        if not seconds > 0:
            raise ValueError(f"share: expected seconds above 0, got {seconds}")
        return self.least(peak) / seconds

    def bound(self, peak: Peak) -> str:
        """Which roof is the lower one: ``arithmetic`` or ``memory``."""
        slow = self.operations / peak.operations >= self.bytes / peak.bytes
        return "arithmetic" if slow else "memory"


class _Written(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of what operators make; views make nothing."""

    bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if not func.is_view:
            for one in made if isinstance(made, tuple | list) else (made,):
                if isinstance(one, Tensor):
                    self.bytes += one.numel() * one.element_size()
        return made


def work(module: nn.Module, inputs: Sequence[Tensor]) -> Work:
    """What ``module`` does with ``inputs``, counted while it does it."""
    written = _Written()  # type: ignore[no-untyped-call]
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter, written:
        module(*inputs)
    held = {w.data_ptr(): w for w in (*module.parameters(), *module.buffers())}
    read = sum(one.numel() * one.element_size() for one in (*held.values(), *inputs))
    return Work(float(counter.get_total_flops()), float(read + written.bytes))


def peak(device: str) -> Peak:
    """Measured now: the best of a few rounds."""
    kind = torch.device(device).type
    side, size = _SIDES[kind], _COPIED[kind]
    matrix = torch.rand(side, side, device=device)
    here = torch.zeros(size // 4, device=device)
    there = torch.empty_like(here)
    product = min(seconds(lambda: matrix @ matrix, device) for _ in range(_ROUNDS))
    copy = min(seconds(lambda: there.copy_(here), device) for _ in range(_ROUNDS))
    return Peak(2.0 * side**3 / product, 2.0 * size / copy)


def seconds(step: Callable[[], object], device: str) -> float:
    """What ``step`` takes: processor time on a CPU, the device's own time on a GPU."""
    if torch.device(device).type != "cuda":
        start = time.process_time()
        step()
        return time.process_time() - start
    first = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    last = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    torch.cuda.synchronize(device)
    first.record()
    step()
    last.record()
    torch.cuda.synchronize(device)
    return float(first.elapsed_time(last)) / 1e3


def median_seconds(
    steps: Mapping[str, Callable[[], object]], rounds: int, device: str
) -> dict[str, float]:
    """Median of each step, all in turn within each round, so that noise falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(rounds + 1):
        for name, step in steps.items():
            spent = seconds(step, device)
            if number:  # The first round warms up.
                taken[name].append(spent)
    return {name: float(np.median(values)) for name, values in taken.items()}
