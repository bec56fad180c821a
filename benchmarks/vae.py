"""What VAEs cost one thread: milliseconds for each frame encoded and decoded, and for their nats.

Run with one thread: ``python -m benchmarks.vae [NAME ...]``. Without names, every shipped VAE and
in-betweening VAE.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from motionstudio.models.base import MotionModel
from motionstudio.models.registry import list_models, load_model
from motionstudio.models.scoring import Scorer
from motionstudio.models.vae_model import SYSTEMS

FRAMES, REPEATS, SAMPLES = 24, 7, 50


def spent(work: Callable[[], object], frames: int) -> float:
    """Median processor milliseconds of ``work`` for each of ``frames``."""
    work()
    found = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1e3 / frames)
    return float(np.median(found))


def row(model: MotionModel) -> tuple[float, float, float]:
    """Milliseconds for a frame: encoding, decoding, and the importance-weighted bound."""
    card = model.card
    shape = (FRAMES, card.channels, card.size, card.size)
    frames = np.random.default_rng(0).random(shape, np.float32)
    kept, times = np.ones(FRAMES, np.bool_), np.arange(FRAMES, dtype=np.float64)
    motion = model.encode(frames, kept, times)
    if not isinstance(model, Scorer):
        raise TypeError(f"row: expected a model that scores frames, got {card.name}")
    few = frames[:4]
    return (
        spent(lambda: model.encode(frames, kept, times), FRAMES),
        spent(lambda: model.decode(motion, frames[0], range(FRAMES)), FRAMES),
        spent(lambda: model.score(few, samples=SAMPLES, seed=0), len(few)),
    )


def main(names: Sequence[str]) -> int:
    """Print the table."""
    torch.set_num_threads(1)
    chosen = names or [card.name for card in list_models() if card.system in SYSTEMS]
    sys.stdout.write(f"model, encode, decode, {SAMPLES} samples of its bound: CPU ms a frame\n")
    for name in chosen:
        figures = ", ".join(f"{value:.2f}" for value in row(load_model(name)))
        sys.stdout.write(f"{name}, {figures}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
