"""A task that takes no time: a line is fitted to noisy points drawn by the number of the step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from motionstudio.training.loader import Batches
from motionstudio.training.recipe import Recipe

TEXT = """
name = "line"
title = "Line"
validate_every = 2

[[data]]
kind = "generator"
generator = "heart"
count = 1

[[stages]]
steps = 12
batch = 4
warmup = 1
rate = 1e-2
"""


def draw(step: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(step)
    x = torch.randn(4, 3, generator=generator)
    return x, x.sum(1, keepdim=True) + 0.1 * torch.randn(4, 1, generator=generator)


class LineTask:
    """See ``task.Task``; notes what it was asked for.

    ``most`` is how many points memory suffices for; ``figures`` what is measured, in order.
    """

    betas = (0.9, 0.999)

    def __init__(self, most: int = 99, figures: tuple[float, ...] = ()) -> None:
        self.batches = Batches(draw)
        self.most, self.figures = most, list(figures)
        self.seen: list[int] = []
        self.exported: tuple[dict[str, Tensor], int] | None = None
        self._share = slice(None)

    def network(self) -> nn.Module:
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def share(self, rank: int, size: int) -> None:
        self._share = slice(rank, None, size)

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        x, y = (part[self._share] for part in self.batches(step))
        self.seen.append(len(x))
        if len(x) > self.most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to")
        loss = ((network(x).float() - y) ** 2).mean()
        return loss, {"fit": loss.detach()}

    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        return {"error": self.figures.pop(0)} if self.figures else {}

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> None:
        self.exported = {name: value.clone() for name, value in averaged.items()}, steps


def opened(task: LineTask) -> object:
    """Stands in for ``open_task``."""

    def open_task(_recipe: Recipe, *_words: object) -> LineTask:
        return task

    return open_task
