"""What a run will cost, measured by making a few of its steps on the device."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.loop import probe_steps
from motionstudio.training.recipe import Recipe
from motionstudio.training.task import Task, open_task
from motionstudio.training.watched_clip import choose, look

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
        looks: how often the watched clip is made again, ``look_seconds`` each.
    """

    steps: int
    step_seconds: float
    memory: float
    parameters: int
    device: str
    looks: int = 0
    look_seconds: float = 0.0

    @property
    def seconds(self) -> float:
        """Of the whole run."""
        return self.steps * self.step_seconds + self.looks * self.look_seconds


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
    network, count = None, 0
    for network in probe_steps(recipe, task, _WARM + _MEASURED):
        times.append(clock())
        count = sum(weight.numel() for weight in network.parameters())
    # A run of one step has no warm one.
    first = min(_WARM, len(times) - 2)
    taken = sorted(b - a for a, b in zip(times[first:], times[first + 1 :], strict=False))
    looking = _look(recipe, task, network, data, work, clock) if network is not None else 0.0
    return Cost(
        recipe.steps,
        taken[len(taken) // 2],
        _memory(device),
        count,
        device,
        _looks(recipe) if looking else 0,
        looking,
    )


def _look(
    recipe: Recipe,
    task: Task,
    network: nn.Module,
    data: Path | None,
    work: Path,
    clock: Callable[[], float],
) -> float:
    """Seconds that it takes to make the watched clip again once; 0 where none is watched."""
    clip = choose(recipe, data) if recipe.watch_every else None
    if clip is None:
        return 0.0
    began = clock()
    try:
        look(clip, task, network.state_dict(), 0, work)
    except (OSError, MotionStudioError):
        return 0.0  # A run that cannot look says so and goes on.
    return clock() - began


def _looks(recipe: Recipe) -> int:
    """At the beginning, every so many steps and at the end."""
    return len({*range(0, recipe.steps + 1, recipe.watch_every), recipe.steps})


def _memory(device: str) -> float:
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 2**20
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
