"""Dragging points of the picture: milliseconds per answer, and how near points come.

Random drags on the shipped samples: up to three points, one dragged in a random direction, the
others pinned where they are. Run with one thread: ``python -m benchmarks.handles``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import numpy as np
import torch

from motionstudio.core.handles import HandleGoals, HandleSolution, remaining
from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.core.tracks import carried
from motionstudio.io import read_clip
from motionstudio.models.base import HandleModel
from motionstudio.models.registry import load_model

DRAGS = 60
CASES = (("heart", "heart_a", 6.0), ("heart", "heart_b", 6.0), ("figures", "figure_walk", 6.0))
STEPS = (2, 8)
"""Steps of one answer while the hand moves, and of a drag that has come to rest."""


@dataclass(frozen=True, slots=True)
class Drag:
    """One drag: its row, what is wanted, and how far the first point is pulled, in pixels."""

    row: int
    goals: HandleGoals
    pulled: float


def drags(model: HandleModel, motion: Motion, source: np.ndarray, farthest: float) -> list[Drag]:
    """Random drags, the same in every run: 1, 2 or 3 points in the middle of the picture."""
    rng, side = np.random.default_rng(0), model.card.size
    made = []
    for number in range(DRAGS):
        count, row = 1 + number % 3, int(rng.integers(1, len(motion.mean)))
        points = rng.uniform(0.3 * side, 0.7 * side, (count, 2)).astype(np.float32)
        inverse = model.decode(motion, source, [row], inverse=True).inverse
        assert inverse is not None
        targets = carried(points, inverse[0])
        angle, pulled = rng.uniform(0, 2 * np.pi), rng.uniform(1, farthest)
        targets[0] += pulled * np.array([np.cos(angle), np.sin(angle)])
        goals = HandleGoals(points, targets.astype(np.float32), np.ones(count, np.float32))
        made.append(Drag(row, goals, float(pulled)))
    return made


def measure(name: str, sample: str, farthest: float, steps: int) -> str:
    """One row of the table."""
    model = load_model(name)
    if not isinstance(model, HandleModel):
        raise TypeError(f"measure: expected a model with handles, got {name}")
    clip = read_clip(f"resources/samples/{sample}.npz")
    transform = Transform.fit(clip.size, model.card.size, range=intensity_range(clip))
    frames = transform.apply(np.asarray(clip.frames[:]), model.card.channels)
    motion = model.encode(frames, np.ones(len(clip), np.bool_), clip.times, cyclic=True)
    source = np.ascontiguousarray(frames[0])
    found: list[HandleSolution] = []
    spent: list[float] = []
    wanted = drags(model, motion, source, farthest)
    for drag in wanted:
        start = time.process_time()
        found.append(model.solve(motion, source, drag.row, drag.goals, steps=steps))
        spent.append(1e3 * (time.process_time() - start))
    left = [remaining(f.reached, d.goals.targets)[0] for f, d in zip(found, wanted, strict=True)]
    alone = left[::3]
    folded = sum(f.folded for f in found)
    pulled = np.median([drag.pulled for drag in wanted])
    return (
        f"{sample:<12} {model.card.size:>4} {steps:>5} {np.median(spent):>9.1f} "
        f"{np.percentile(spent, 95):>7.1f} {pulled:>8.2f} {np.median(alone):>10.2f} "
        f"{np.median(left):>8.2f} {np.percentile(left, 90):>6.2f} {folded:>7}"
    )


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    lines = [
        "sample       side steps  ms median  ms p95  pulled px  1 point px  all px  p90 px  folded",
        *(measure(*case, steps) for case in CASES for steps in STEPS),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
