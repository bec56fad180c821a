"""How cost grows: ``python -m benchmarks.growth [SYSTEM ...] [--quick]``.

Time (processor, one thread) and memory (largest resident size of a process of its own) of encoding
and decoding, while one size grows and the others rest: frames T, dimensions D, side of the picture,
and subjects of a project. An exponent of 1 is proportional growth; it is fitted on the upper half
of the sizes, where constant costs weigh less, with the standard error of that fit. Networks have
random weights: cost does not depend on what they learned.
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

from benchmarks.growth_models import MAKERS, NOT_VARIED, model_of
from benchmarks.measured import Found
from motionstudio.core.motion import Decoded, Float, Motion
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import Capability, MotionModel

SIZES: Mapping[str, Sequence[int]] = {
    "T": (8, 16, 32, 64, 128),
    "D": (8, 16, 32, 64, 128),
    "side": (64, 96, 128, 192, 256),
    "subjects": (1, 2, 4, 8, 16),
}
SMALLER: Mapping[str, Mapping[str, Sequence[int]]] = {
    "fomm": {
        "T": (4, 8, 12, 16, 24),
        "D": (6, 12, 24, 48, 96),
        "side": (32, 48, 64, 96, 128),
        "subjects": (1, 2, 3, 4, 6),
    },
    "vpn": {"T": (4, 8, 12, 16, 24), "side": (16, 24, 32, 40, 48), "subjects": (1, 2, 3, 4, 6)},
    "draw": {"T": (4, 8, 16, 32, 64), "side": (32, 48, 64, 96, 128), "subjects": (1, 2, 4, 6, 8)},
}
"""Where others would take minutes. The rest of a system's sizes are those above."""

WORDS = {
    "T": "frames of a sequence",
    "D": "dimensions",
    "side": "side of the picture, pixels",
    "subjects": "encoded subjects held at once",
}
FRAMES, SIDE, DIMS = 12, 64, 16
SMALL_SIDE: Mapping[str, int] = {"vpn": 24, "draw": 32}
FIRST = "genlmm"
Point = tuple[int, float, float, float]
"""Size, seconds of encoding, seconds of decoding, MiB above the bare process."""


def run_once(axis: str, size: int, repeats: int, system: str = FIRST) -> Point:
    """Cost at one size; call it in a process of its own, for its memory is that of the process."""
    torch.set_num_threads(1)
    count = size if axis == "T" else FRAMES
    side = size if axis == "side" else SMALL_SIDE.get(system, SIDE)
    model = model_of(system, side, size if axis == "D" else DIMS)
    rng = np.random.default_rng(0)
    many = size if axis == "subjects" else 1
    _cost(model, _frames(rng, 2, model), 1)
    before = _memory()
    held, encode, decode = [], 0.0, 0.0
    for _ in range(many):
        frames = _frames(rng, count, model)
        found = _cost(model, frames, repeats)
        held.append((frames, found[2]))
        encode, decode = encode + found[0], decode + found[1]
    return size, encode, decode, _memory() - before


def _frames(rng: np.random.Generator, count: int, model: MotionModel) -> Float:
    card = model.card
    return rng.random((count, card.channels, card.size, card.size), np.float32)


def _cost(
    model: MotionModel, frames: Float, repeats: int
) -> tuple[float, float, tuple[Motion, Decoded | None]]:
    """Median processor seconds of encoding and of decoding everything, and what they gave."""
    kept, times = np.ones(len(frames), np.bool_), np.arange(len(frames), dtype=np.float64)
    rng = np.random.default_rng(0)
    encoding, decoding, made = [], [0.0], None
    for turn in range(repeats):
        start = time.process_time()
        motion = model.encode(frames, kept, times)
        encoding.append(time.process_time() - start)
        if not can(model, Capability.DECODE):
            continue
        # Every row is another one each time, so that nothing that was kept helps.
        noise = 1e-4 * rng.standard_normal(motion.mean.shape).astype(np.float32)
        edited = replace(motion, mean=motion.mean + noise)
        start = time.process_time()
        made = model.decode(edited, frames[0], range(len(motion.mean)))
        decoding[turn:] = [time.process_time() - start]
    return float(np.median(encoding)), float(np.median(decoding)), (motion, made)


def _memory() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of log cost over log size in the upper half of the sizes; NaN without growth."""
    return fitted(sizes, costs)[0]


def fitted(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """``exponent`` and its standard error; NaN where fewer than three points tell of one."""
    half = len(sizes) // 2
    x, y = np.asarray(sizes[half:], float), np.asarray(costs[half:], float)
    known = (y > 0) & (x > 0)
    if known.sum() < 2:
        return float("nan"), float("nan")
    across, up = np.log(x[known]), np.log(y[known])
    slope, offset = np.polyfit(across, up, 1)
    if known.sum() < 3:
        return float(slope), float("nan")
    away = up - (slope * across + offset)
    spread = np.square(across - across.mean()).sum()
    error = np.sqrt(np.square(away).sum() / (len(away) - 2) / spread)
    return float(slope), float(error)


def sizes_of(system: str, axis: str) -> Sequence[int]:
    """The sizes at which a system is measured; none where it does not have this size."""
    if axis in NOT_VARIED.get(system, ()):
        return ()
    return SMALLER.get(system, {}).get(axis, SIZES[axis])


def measure(
    quick: bool,
    tell: Callable[[str], None],
    axes: Sequence[str] = tuple(SIZES),
    system: str = FIRST,
) -> dict[str, list[Point]]:
    """All points by axis, each in a fresh process."""
    # Forked from a process that has torch: starting costs nothing, memory is still its own.
    kind = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(kind)
    if kind == "forkserver":
        context.set_forkserver_preload(["benchmarks.growth"])
    found: dict[str, list[Point]] = {}
    for axis in axes:
        sizes = sizes_of(system, axis)
        points = []
        for size in sizes[:-1] if quick else sizes:
            with context.Pool(1) as pool:
                points.append(pool.apply(run_once, (axis, size, 1 if quick else 3, system)))
        if points:
            found[axis] = points
        tell(f"growth: {system} {axis}")
    return found


def growth(
    quick: bool, tell: Callable[[str], None], systems: Sequence[str] = tuple(MAKERS)
) -> Found:
    """Exponents of every system, one table for each size; points by system and axis."""
    points = {system: measure(quick, tell, system=system) for system in systems}
    tables = []
    for axis, words in WORDS.items():
        rows = [
            _row(f"{system}, {found[axis][0][0]} to {found[axis][-1][0]}", found[axis])
            for system, found in points.items()
            if axis in found
        ]
        tables.append(_table(axis, words, rows))
    missing = [f"{s} has no {WORDS[a]}" for s, axes in NOT_VARIED.items() for a in axes]
    return Found(tuple(tables), values={"systems": points}, notes=tuple(f"{m}." for m in missing))


def _row(name: str, points: Sequence[Point]) -> Row:
    sizes, figures = [point[0] for point in points], {}
    for key, place in {"encode": 1, "decode": 2, "memory": 3}.items():
        slope, error = fitted(sizes, [point[place] for point in points])
        if not np.isnan(slope):
            # Three points or more tell of an error; it is printed beside the slope.
            count = 1 if np.isnan(error) else len(sizes) - len(sizes) // 2
            figures[key] = Figure(slope, 0.0 if np.isnan(error) else error, count)
    last = points[-1]
    for key, value in (("ms", 1e3 * last[1]), ("back", 1e3 * last[2]), ("most", last[3])):
        if value > 0:
            figures[key] = Figure(value, 0.0, 1)
    return Row(name, figures)


def _table(axis: str, words: str, rows: Sequence[Row]) -> Table:
    columns = (
        Column("encode", "encoding", 2, True), Column("decode", "decoding", 2, True),
        Column("memory", "memory", 2, True), Column("ms", "encoding at most, ms", 1),
        Column("back", "decoding at most, ms", 1), Column("most", "memory at most, MiB", 1),
    )  # fmt: skip
    note = (
        "Exponents with the standard error of the fit on the upper half of the sizes; 1 is "
        f"proportional. At rest: {FRAMES} frames, {SIDE} px (DRAW 32, VPN 24), D = {DIMS}."
    )
    if axis == "side":
        note += " 2 is proportional to the pixels."
    return Table(f"growth-{axis}", f"Exponents of growth over {words}", columns, tuple(rows), note)


def main() -> None:
    """Print the points and the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("systems", nargs="*", choices=[[], *MAKERS], help="all unless named")
    parser.add_argument("--quick", action="store_true", help="one repetition, no largest size")
    chosen = parser.parse_args()
    systems = chosen.systems or tuple(MAKERS)
    found = growth(chosen.quick, lambda text: print(text, file=sys.stderr), systems)
    for system, axes in found.values["systems"].items():
        for axis, points in axes.items():
            print(f"\n{system}, {WORDS[axis]}")
            print(f"{'size':>6s} {'encode s':>9s} {'decode s':>9s} {'MiB':>7s}")
            for size, encode, decode, memory in points:
                print(f"{size:6d} {encode:9.3f} {decode:9.3f} {memory:7.1f}")
    print("\n" + "\n\n".join(table.text() for table in found.tables))


if __name__ == "__main__":
    main()
