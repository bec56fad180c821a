"""What a run will cost, measured by making a few of its steps on the device."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from motionstudio.training.loop import probe_steps
from motionstudio.training.recipe import Recipe
from motionstudio.training.task import open_task

_WARM, _MEASURED = 1, 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run takes.

    Attributes:
        steps: optimiser steps of the recipe.
        step_seconds: of one of them, the median of a few.
        memory: largest resident memory of the process so far, MiB; 0 where the system does not
            tell; on a GPU that of the GPU.
        parameters: weights of the network.
        device: where it was measured.
    """

    steps: int
    step_seconds: float
    memory: float
    parameters: int
    device: str

    @property
    def seconds(self) -> float:
        """Of the whole run, looking at clips not counted."""
        return self.steps * self.step_seconds


def measure(
    recipe: Recipe,
    work: Path,
    data: Path | None,
    device: str,
    clock: Callable[[], float] = time.perf_counter,
) -> Cost:
    """Make a few steps of ``recipe`` and forget them; its sequences stay cached in ``work``.

    Raises:
        MotionStudioError: the recipe does not fit its system, or a clip cannot be read.
    """
    task = open_task(recipe, data, work, device, lambda _text: None)
    times = [clock()]
    count = 0
    for network in probe_steps(recipe, task, _WARM + _MEASURED):
        times.append(clock())
        count = sum(weight.numel() for weight in network.parameters())
    # A run of one step has no warm one.
    first = min(_WARM, len(times) - 2)
    taken = sorted(b - a for a, b in zip(times[first:], times[first + 1 :], strict=False))
    return Cost(recipe.steps, taken[len(taken) // 2], _memory(device), count, device)


def _memory(device: str) -> float:
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 2**20
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
