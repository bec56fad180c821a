"""Latency of every system: ``python -m benchmarks.decode [MODEL ...]``.

Processor milliseconds on one thread, medians: to encode a frame, to decode one edited row, and to
have all pictures of a sequence again after an edit. One checkpoint of each system unless named.
Models run as they are (eager); ``benchmarks.forms`` compiles and exports their decoders.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.evaluation.material import Material, encode, held_out_material
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import Capability, ModelCard, MotionModel
from motionstudio.models.registry import list_models, load_model

FRAMES = 12


def one_of_each() -> list[str]:
    """The first checkpoint of each system."""
    first: dict[str, str] = {}
    for card in list_models():
        first.setdefault(card.system, card.name)
    return [name for _, name in sorted(first.items())]


def latency(names: Sequence[str], repeats: int, tell: Callable[[str], None]) -> Table:
    """One row for each checkpoint; ratios are to the first."""
    rows: list[Row] = []
    for name in names:
        model = load_model(name)
        rows.append(Row(f"{name} ({model.card.system})", _figures(model, repeats)))
        tell(f"latency: {name}")
    columns = (
        Column("size", "picture px", 0),
        Column("rows", "rows/frame", 1),
        Column("encode", "encode ms/frame", 2),
        Column("decode", "edited row's picture ms", 2),
        Column("late", "last picture after an edit of the first row ms", 2),
        Column("whole", f"all of {FRAMES} frames ms", 1),
        Column("parameters", "parameters k", 0),
    )
    note = "Processor milliseconds, one thread, eager. A dash: the system does not decode rows."
    return Table("latency", "Latency of one checkpoint of each system", columns, tuple(rows), note)


def _figures(model: MotionModel, repeats: int) -> dict[str, Figure]:
    item = sequence(model.card)
    plain = {"size": float(model.card.size), "parameters": _parameters(model) / 1e3}
    if can(model, Capability.ENCODE):
        motion = encode(model, item)
        taken = _median(lambda: encode(model, item), repeats)
        plain |= {"encode": taken / len(item.frames), "rows": len(motion.mean) / len(item.frames)}
        if can(model, Capability.DECODE):
            shown = [int(row) for row in rows_of_frames(motion)]
            rng = np.random.default_rng(0)

            def decode(edited: int, rows: Sequence[int]) -> object:
                mean = motion.mean.copy()
                mean[edited] += 0.1 * rng.standard_normal(motion.dims).astype(np.float32)
                return model.decode(replace(motion, mean=mean), item.frames[0], rows)

            last = shown[-1]
            plain["decode"] = _median(lambda: decode(last, [last]), repeats)
            plain["late"] = _median(lambda: decode(0, [last]), repeats)
            plain["whole"] = _median(lambda: decode(0, shown), max(1, repeats // 3))
    return {key: Figure(float(value), 0.0, 1) for key, value in plain.items()}


def sequence(card: ModelCard) -> Material:
    """Moving pictures of the model's kind; noise where its data is not at hand."""
    for item in held_out_material(card, None, 1):
        order = np.arange(FRAMES) % len(item.frames)
        return Material(item.name, item.frames[order], np.arange(FRAMES) / 25)
    shape = (FRAMES, card.channels, card.size, card.size)
    noise = np.random.default_rng(0).random(shape, np.float32)
    return Material("noise", noise, np.arange(FRAMES) / 25)


def _parameters(model: MotionModel) -> float:
    network = getattr(model, "network", None)
    if not isinstance(network, torch.nn.Module):
        return float("nan")
    return float(sum(weight.numel() for weight in network.parameters()))


def _median(step: Callable[[], object], repeats: int) -> float:
    step()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        step()
        taken.append(1e3 * (time.process_time() - start))
    return float(np.median(taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="checkpoints; else one of each system")
    parser.add_argument("--repeats", type=int, default=10)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    names = chosen.models or one_of_each()
    print(latency(names, chosen.repeats, lambda _text: None).text())


if __name__ == "__main__":
    main()
