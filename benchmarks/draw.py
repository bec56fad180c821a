"""Decoding an edited glimpse: processor milliseconds from each glimpse on, and for a whole drawing.

What was drawn before the edited glimpse is kept, so that late edits cost less. Run with one
thread: ``python -m benchmarks.draw``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import torch

from motionstudio.core.motion import Motion
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import load_model

NAMES = ("digits_draw", "digits_draw_plain")
EDITS = 40


def spent(model: MotionModel, motion: Motion, row: int, rng: np.random.Generator) -> float:
    """Median processor milliseconds to have all canvases again after an edit of ``row``."""
    source = np.zeros((1, model.card.size, model.card.size), np.float32)
    everything = range(len(motion.mean))
    model.decode(motion, source, everything)
    found = []
    for _ in range(EDITS):
        mean = motion.mean.copy()
        mean[row] += rng.standard_normal(motion.dims).astype(np.float32)
        edited = replace(motion, mean=mean)
        start = time.process_time()
        model.decode(edited, source, everything)
        found.append((time.process_time() - start) * 1e3)
    return float(np.median(found))


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    sys.stdout.write("model, edited glimpse, CPU ms for all canvases\n")
    for name in NAMES:
        model = load_model(name)
        size = model.card.size
        ink = np.zeros((1, 1, size, size), np.float32)
        ink[:, :, size // 5 : -size // 5, size // 2 - 2 : size // 2 + 2] = 1
        motion = model.encode(ink, np.ones(1, np.bool_), np.zeros(1))
        last = len(motion.mean) - 1
        for row in (0, last // 2, last):
            sys.stdout.write(f"{name}, {row}, {spent(model, motion, row, rng):.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
