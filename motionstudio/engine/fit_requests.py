"""Questions about fitting and drawing motions, beside those of ``requests``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.draws import Draws
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture import Transform
from motionstudio.engine.requests import Lane, Picture, Request


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SolveRequest(Request):
    """Solve a row so that points of the picture go where they are wanted; ``Solved``.

    Served as urgently as a preview, the newest target only: the picture follows the hand.

    Attributes:
        motion: as it was before the gesture.
        source: the picture that is animated; ``transform`` belongs to it.
        row: the row of the frame in which points are dragged; not the reference's.
        points: (n, 2) material points (x, y), pixels of the source.
        targets: (n, 2) where they are wanted, pixels of the source.
        weights: (n,) > 0, how much each counts.
        start: (D,) values to start from, or None: those of ``motion``.
        dims: dimensions that may change, or None: all.
        steps: at most this many.
        prior_weight: model pixels squared that one standard deviation of learned motions costs.
        reference: the frame that the motion starts from.
    """

    topic: ClassVar[str] = "solve"
    lane: Lane = Lane.PREVIEW
    motion: Motion
    source: Picture
    transform: Transform
    row: int
    points: NDArray[np.float64]
    targets: NDArray[np.float64]
    weights: NDArray[np.float64]
    start: Float | None = None
    dims: tuple[int, ...] | None = None
    steps: int = 3
    prior_weight: float = 0.05
    reference: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariationsRequest(Request):
    """Draw several motions for a picture and show each small; ``VariationReady``, then ``Done``.

    Attributes:
        source: the picture that is to move; ``transform`` belongs to it.
        times: (T,) seconds.
        draws: one for each variation.
        reference: index of the frame that ``source`` is.
        cyclic: whether the motions close; ``period`` seconds, where the times do not tell.
        side: longer side of the small pictures in pixels.
        frames: at most this many small pictures of each, evenly spread.
    """

    topic: ClassVar[str] = "variations"
    lane: Lane = Lane.ANALYSIS
    source: Picture
    transform: Transform
    times: NDArray[np.float64]
    draws: tuple[Draws, ...]
    reference: int = 0
    cyclic: bool = False
    period: float | None = None
    side: int = 128
    frames: int = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UncertaintyRequest(Request):
    """How far pictures of one frame differ over posterior samples; ``UncertaintyReady``.

    Attributes:
        motion: with a std; edits applied.
        source: the picture that is animated; ``transform`` belongs to it.
        frame: index into the rows of ``motion``.
        count: number of samples, 2 or more.
        seed: equal seeds give equal answers.
    """

    topic: ClassVar[str] = "uncertainty"
    lane: Lane = Lane.ANALYSIS
    motion: Motion
    source: Picture
    transform: Transform
    frame: int
    count: int = 16
    seed: int = 0
