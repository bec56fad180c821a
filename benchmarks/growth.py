"""How cost grows: ``python -m benchmarks.growth [--quick]``.

Time (processor, one thread) and memory (largest resident size of a process of its own) of encoding
and decoding, while one size grows and the others rest: frames T, dimensions D, side of the picture,
and subjects of a project. An exponent of 1 is proportional growth; it is fitted on the upper half
of the sizes, where constant costs weigh less. Networks have random weights: cost does not depend
on what they learned.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from motionstudio.core.motion import Float, RowKind
from motionstudio.models.base import ModelCard
from motionstudio.models.configuration import to_plain
from motionstudio.models.genlmm import PRESETS, GenLMM, GenLMMConfig
from motionstudio.models.genlmm_model import CAPABILITIES, SYSTEM, GenLMMModel
from motionstudio.models.motion_space import PHASES, MotionSpace

SIZES: Mapping[str, Sequence[int]] = {
    "T": (8, 16, 32, 64, 128),
    "D": (8, 16, 32, 64, 128),
    "side": (64, 96, 128, 192, 256),
    "subjects": (1, 2, 4, 8, 16),
}
WORDS = {
    "T": "frames of a sequence",
    "D": "dimensions",
    "side": "side of the picture, pixels",
    "subjects": "encoded subjects held at once",
}
FRAMES, SIDE, DIMS = 12, 64, 16
Point = tuple[int, float, float, float]
"""Size, seconds of encoding, seconds of decoding, MiB above the bare process."""


def model_of(side: int, dims: int) -> GenLMMModel:
    """GenLMM of random weights with the tiny preset's widths."""
    config = replace(PRESETS["tiny"], size=side, dims=dims, velocity_size=side // 2)
    torch.manual_seed(0)
    weights = {k: v.numpy() for k, v in GenLMM(config).state_dict().items()}
    motions = np.random.default_rng(0).standard_normal((4, PHASES, dims)).astype(np.float32)
    return GenLMMModel(_card(config), {**weights, **MotionSpace.fit(motions, 2).arrays()})


def _card(config: GenLMMConfig) -> ModelCard:
    return ModelCard(
        name="growth", system=SYSTEM, title="growth", capabilities=CAPABILITIES,
        rows=RowKind.FRAME, channels=1, size=config.size, dims=config.dims,
        config=to_plain(config),
    )  # fmt: skip


def run_once(axis: str, size: int, repeats: int) -> Point:
    """Cost at one size; call it in a process of its own, for its memory is that of the process."""
    torch.set_num_threads(1)
    count = size if axis == "T" else FRAMES
    model = model_of(size if axis == "side" else SIDE, size if axis == "D" else DIMS)
    rng = np.random.default_rng(0)
    many = size if axis == "subjects" else 1
    _cost(model, _frames(rng, 2, model.card.size), 1)
    before = _memory()
    held, encode, decode = [], 0.0, 0.0
    for _ in range(many):
        frames = _frames(rng, count, model.card.size)
        found = _cost(model, frames, repeats)
        held.append((frames, found[2]))
        encode, decode = encode + found[0], decode + found[1]
    return size, encode, decode, _memory() - before


def _frames(rng: np.random.Generator, count: int, side: int) -> Float:
    return rng.random((count, 1, side, side), np.float32)


def _cost(model: GenLMMModel, frames: Float, repeats: int) -> tuple[float, float, Float]:
    """Median processor seconds of encoding and of decoding everything, and the fields."""
    kept, times = np.ones(len(frames), np.bool_), np.arange(len(frames), dtype=np.float64)
    encoding, decoding = [], []
    for _ in range(repeats):
        start = time.process_time()
        motion = model.encode(frames, kept, times)
        middle = time.process_time()
        fields = model.decode(motion, frames[0], range(len(frames))).displacement
        decoding.append(time.process_time() - middle)
        encoding.append(middle - start)
    assert fields is not None
    return float(np.median(encoding)), float(np.median(decoding)), fields


def _memory() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of log cost over log size in the upper half of the sizes; NaN without growth."""
    half = len(sizes) // 2
    x, y = np.asarray(sizes[half:], float), np.asarray(costs[half:], float)
    fit = (y > 0) & (x > 0)
    if fit.sum() < 2:
        return float("nan")
    return float(np.polyfit(np.log(x[fit]), np.log(y[fit]), 1)[0])


def measure(
    quick: bool, tell: Callable[[str], None], axes: Sequence[str] = tuple(SIZES)
) -> dict[str, list[Point]]:
    """All points by axis, each in a fresh process."""
    context = multiprocessing.get_context("spawn")
    found: dict[str, list[Point]] = {}
    for axis in axes:
        sizes = SIZES[axis][:-1] if quick else SIZES[axis]
        found[axis] = []
        for size in sizes:
            with context.Pool(1) as pool:
                found[axis].append(pool.apply(run_once, (axis, size, 1 if quick else 3)))
            tell(f"growth: {axis} {size}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one repetition, no largest size")
    chosen = parser.parse_args()
    for axis, points in measure(chosen.quick, lambda text: print(text, file=sys.stderr)).items():
        print(f"\n{WORDS[axis]}\n{'size':>6s} {'encode s':>9s} {'decode s':>9s} {'MiB':>7s}")
        for size, encode, decode, memory in points:
            print(f"{size:6d} {encode:9.3f} {decode:9.3f} {memory:7.1f}")
        sizes = [point[0] for point in points]
        slopes = [exponent(sizes, [p[k] for p in points]) for k in (1, 2, 3)]
        print("exponent " + " ".join(f"{slope:9.2f}" for slope in slopes))


if __name__ == "__main__":
    main()
