"""Costs of the spatio-temporal autoencoder: processor milliseconds for each frame.

Encoding, the first picture after an edit of a row (early and late), all pictures after it, and
continuing. Run with one thread: ``python -m benchmarks.stae [MODEL...]``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from motionstudio.models.prediction import Predictor
from motionstudio.models.registry import load_model

FRAMES, TIMES, AHEAD = 20, 15, 10


def spent(work: Callable[[], object]) -> float:
    """Median processor milliseconds."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1e3)
    return float(np.median(found))


def measure(name: str) -> list[tuple[str, float]]:
    """Lines of the table of one checkpoint."""
    model = load_model(name)
    rng = np.random.default_rng(0)
    size = model.card.size
    frames = rng.random((FRAMES, model.card.channels, size, size), np.float32)
    kept, times = np.ones(FRAMES, np.bool_), np.arange(FRAMES, dtype=np.float64)
    motion = model.encode(frames, kept, times)

    def edited(row: int, rows: range) -> Callable[[], object]:
        def work() -> object:
            mean = motion.mean.copy()
            mean[row] += rng.standard_normal(motion.dims).astype(np.float32)
            return model.decode(replace(motion, mean=mean), frames[0], rows)

        return work

    assert isinstance(model, Predictor)
    predictor, last = model, FRAMES - 2
    return [
        ("encoding, a frame", spent(lambda: model.encode(frames, kept, times)) / FRAMES),
        ("picture of an edited first row", spent(edited(0, range(1)))),
        ("picture of an edited last row", spent(edited(last, range(last, last + 1)))),
        (f"all {last + 1} pictures after an edit of row 0", spent(edited(0, range(last + 1)))),
        ("continuing, a frame", spent(lambda: predictor.predict(frames, AHEAD)) / AHEAD),
    ]


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    sys.stdout.write("model, what, CPU ms\n")
    for name in sys.argv[1:] or ["digits_stae"]:
        for what, cost in measure(name):
            sys.stdout.write(f"{name}, {what}, {cost:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
