"""Where a task gets its batches: drawn when asked for, or ahead of time by worker processes.

A batch is a pure function of the step, so who draws it, and when, changes nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import torch
from torch.utils.data import DataLoader, Dataset

T = TypeVar("T")
logger = logging.getLogger(__name__)
_AHEAD = 2


class Batches(Generic[T]):
    """Called with a step, it gives the step's batch, and knows how long it kept the caller waiting.

    Args:
        draw: makes the batch of a step; can be pickled where workers are to be hired, and draws
            the same in every process.
        clock: seconds.
    """

    def __init__(
        self, draw: Callable[[int], T], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._draw, self._clock = draw, clock
        self._last: tuple[int, T] | None = None
        self._workers = self._end = 0
        self._coming: Iterator[T] | None = None
        self._next = -1
        self.waited = 0.0

    def __call__(self, step: int) -> T:
        """The batch of ``step``; asked for again at once, it is the same object."""
        if self._last is not None and self._last[0] == step:
            return self._last[1]
        start = self._clock()
        self._last = step, self._fetch(step)
        self.waited += self._clock() - start
        return self._last[1]

    def hire(self, workers: int, end: int) -> None:
        """From now on ``workers`` processes draw ahead, up to the step before ``end``."""
        self.dismiss()
        self._workers, self._end = workers, end

    def dismiss(self) -> None:
        """Draw in this process again; the workers end."""
        self._workers, self._coming, self._last = 0, None, None

    def _fetch(self, step: int) -> T:
        if not self._workers:
            return self._draw(step)
        if self._coming is None or step != self._next:
            self._coming = self._start(step)
        try:
            found = next(self._coming)
        except RuntimeError as error:
            # A worker was killed, for instance for its memory: the run does not end for that.
            logger.warning("A process that draws batches ended: %s", error)
            self._coming = None
            return self._draw(step)
        self._next = step + 1
        return found

    def _start(self, step: int) -> Iterator[T]:
        loader: DataLoader[T] = DataLoader(
            _Steps(self._draw, self._end),
            batch_size=None,
            sampler=range(step, self._end),
            num_workers=self._workers,
            prefetch_factor=_AHEAD,
            collate_fn=_as_it_is,
            # Torch's threads do not survive a fork.
            multiprocessing_context="spawn",
            # Else it draws its seed from the generator that everybody shares.
            generator=torch.Generator().manual_seed(0),
        )
        return iter(loader)


@runtime_checkable
class BatchedTask(Protocol):
    """What a task has besides that asks ``batches`` for what each step sees."""

    @property
    def batches(self) -> Batches[Any]:
        """Asked by ``loss`` for its batch."""


class _Steps(Dataset[T]):
    def __init__(self, draw: Callable[[int], T], end: int) -> None:
        self._draw, self._end = draw, end

    def __len__(self) -> int:
        return self._end

    def __getitem__(self, step: int) -> T:
        return self._draw(step)


def _as_it_is(batch: T) -> T:
    return batch
