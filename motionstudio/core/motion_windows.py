"""Windows of frames that are compared as motions, and the chains of frames that stand for them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Links = tuple[tuple[int, int], ...]

MOST_STEPS = 8
"""Steps of a chain at most: longer windows are walked in larger steps."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Frames ``start`` to ``stop``, the last one included."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise ValueError(f"Span: expected 0 <= start < stop, got {self.start}, {self.stop}")

    def __len__(self) -> int:
        return self.stop - self.start + 1

    def overlaps(self, other: Span) -> float:
        """Shared frames as a share of the shorter one."""
        shared = min(self.stop, other.stop) - max(self.start, other.start) + 1
        return max(0, shared) / min(len(self), len(other))


def windows(count: int, length: int, step: int) -> tuple[Span, ...]:
    """Spans of ``length`` frames over ``count``, every ``step``; one of all where it is shorter.

    Raises:
        ValueError: a length below 2 or a step below 1.
    """
    if length < 2 or step < 1:
        raise ValueError(f"windows: expected length >= 2, step >= 1, got {length}, {step}")
    if count < 2:
        return ()
    if count <= length:
        return (Span(0, count - 1),)
    return tuple(Span(start, start + length - 1) for start in range(0, count - length + 1, step))


def walk(span: Span, most: int = MOST_STEPS) -> tuple[int, ...]:
    """Frames from the first to the last in at most ``most`` steps of nearly one length."""
    steps = min(span.stop - span.start, most)
    return tuple(int(frame) for frame in np.rint(np.linspace(span.start, span.stop, steps + 1)))


def links_of(frames: Sequence[int]) -> Links:
    """The links of a walk."""
    return tuple((a, b) for a, b in itertools.pairwise(frames))


def chain(span: Span, *, backward: bool = False) -> Links:
    """The links that stand for a span, or for its reverse."""
    frames = walk(span)
    return links_of(frames[::-1] if backward else frames)


def recompositions(span: Span, count: int, seed: int) -> tuple[Links, ...]:
    """``count`` walks with the ends of ``span`` and any frames between them."""
    rng = np.random.default_rng([seed, span.start, span.stop])
    inner = np.arange(span.start + 1, span.stop)
    found = []
    for _ in range(count):
        wanted = min(len(inner), MOST_STEPS - 1)
        chosen = rng.choice(inner, int(rng.integers(0, wanted + 1)), replace=False)
        found.append(links_of((span.start, *sorted(chosen.tolist()), span.stop)))
    return tuple(found)


def best_apart(
    scores: NDArray[np.float32], places: Sequence[tuple[int, Span]], count: int
) -> tuple[int, ...]:
    """Indices of the highest scores, best first, no two of one clip overlapping by half.

    Args:
        scores: (n,).
        places: n pairs of a clip's number and a span in it.
        count: how many at most.
    """
    chosen: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        clip, span = places[index]
        taken = (places[other] for other in chosen)
        if not any(one == clip and other.overlaps(span) >= 0.5 for one, other in taken):
            chosen.append(index)
        if len(chosen) == count:
            break
    return tuple(chosen)
