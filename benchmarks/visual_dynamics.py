"""Visual Dynamics: processor milliseconds to encode a pair, to roll out an edit, and for futures.

What was made before the edited step is kept, so that late edits cost less. Run with one thread:
``python -m benchmarks.visual_dynamics``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from motionstudio.datasets import make
from motionstudio.models.base import MotionModel
from motionstudio.models.prediction import Predictor
from motionstudio.models.registry import load_model

NAMES = ("shapes_vd", "shapes_vd_deterministic", "shapes_vd_prior", "shapes_vd_autoencoder")
FRAMES, EDITS, FUTURES = 24, 10, 20


def spent(do: Callable[[], object], times: int = EDITS) -> float:
    """Median processor milliseconds of ``do``."""
    found = []
    for _ in range(times):
        start = time.process_time()
        do()
        found.append((time.process_time() - start) * 1e3)
    return float(np.median(found))


def edit(model: MotionModel, row: int) -> float:
    """Milliseconds to have all frames again after an edit of ``row``."""
    frames = make("correlated_shapes", {"frames": FRAMES}, 16, 1_000_000).frames
    motion = model.encode(frames, np.ones(FRAMES, np.bool_), np.arange(FRAMES, dtype=np.float64))
    everything = range(len(motion.mean))
    model.decode(motion, frames[0], everything)
    rng = np.random.default_rng(0)

    def again() -> None:
        mean = motion.mean.copy()
        mean[row] += rng.standard_normal(motion.dims).astype(np.float32)
        model.decode(replace(motion, mean=mean), frames[0], everything)

    return spent(again)


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    head = f"encode a pair, edit of step 0 and of {FRAMES - 2} ({FRAMES} frames), {FUTURES} futures"
    sys.stdout.write(f"model, CPU ms: {head} of one frame\n")
    pair = make("correlated_shapes", {}, 16, 1_000_000).frames
    for name in NAMES:
        model = load_model(name)
        assert isinstance(model, Predictor)
        encode = spent(partial(model.encode, pair, np.ones(2, np.bool_), np.arange(2.0)))
        futures = spent(partial(model.predict, pair[:1], 1, futures=FUTURES), 5)
        early, late = (edit(model, row) for row in (0, FRAMES - 2))
        sys.stdout.write(f"{name}, {encode:.2f}, {early:.1f}, {late:.1f}, {futures:.1f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
