"""What each part of GenLMM is worth: ``python -m benchmarks.ablations [--steps N] [--seeds 1 2]``.

Each recipe in ``benchmarks/ablations`` leaves one thing out of ``full.toml``. Runs are resumable:
what is finished is kept in the work folder, what was interrupted goes on where it stopped. All
variants of one seed are trained before the next seed begins, so that a run that is cut short still
compares like with like. ``--measure`` trains nothing and measures what is there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from motionstudio.core.metrics import dice, endpoint_error
from motionstudio.core.motion import Float
from motionstudio.core.warp import warp_labels
from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import DOMAINS, Truth, looked_at, pairs
from motionstudio.evaluation.interpolation import kept_frames
from motionstudio.evaluation.model_calls import encode_sample, fields
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import load_model
from motionstudio.training.events import Event, Stepped
from motionstudio.training.loop import train
from motionstudio.training.recipe import Recipe, read_recipe

RECIPES = Path(__file__).parent / "ablations"
VARIANTS = ("full", "no_dropout", "no_tcn", "no_conditioning", "no_kl", "no_swap")
WORK = Path("runs/ablations")
STRIDE = 6
SUBJECTS = 10
HEART = DOMAINS["heart"]
_COLUMNS = (
    Column("epe", "EPE px", 3, True),
    Column("identity", "EPE, no motion", 3),
    Column("epe missing", f"EPE missing, 1 of {STRIDE} kept", 3, True),
    Column("epe seen", "EPE of the same, all seen", 3),
    Column("epe transport", "EPE, A's motion on B", 3, True),
    Column("dice transport", "Dice of the wall, A on B", 3),
    Column("prior amplitude", "prior draws / true amplitude", 2),
    Column("spread", "posterior std", 3),
    Column("runs", "seeds", 0),
)
_NOTE = (
    "Runs that are this short tell what is learned early, not what is reached in the end: read "
    "the order of large differences only."
)


def recipe_of(variant: str, steps: int, seed: int) -> Recipe:
    """The recipe of a variant, shortened to ``steps``."""
    plain = {"stages.0.steps": str(steps), "seed": str(seed), "name": f'"{variant}"'}
    return read_recipe(RECIPES / f"{variant}.toml", plain)


def trained(variant: str, steps: int, seed: int, work: Path) -> Path:
    """The folder of the finished checkpoint; trains it where it is not there yet."""
    out = work / f"{steps}" / f"{variant}-{seed}"
    if not (out / "card.toml").exists():
        folder = work / f"{steps}" / f".{variant}-{seed}"
        _share_pool(folder, work / f"pools-{seed}")
        train(recipe_of(variant, steps, seed), folder, out, tell=_tell)
        _keep_pool(folder, work / f"pools-{seed}")
    return out


def measured(folder: Path, count: int = SUBJECTS) -> dict[str, float]:
    """Means over ``count`` test subjects of what the checkpoint in ``folder`` does."""
    kept = folder / f"measured-{count}.json"
    if kept.exists():
        found: dict[str, float] = json.loads(kept.read_text())
        return found
    model = load_model(folder)
    rows = [_measure(model, a, b, n) for n, (a, b) in enumerate(pairs(HEART, 64, count))]
    found = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    kept.write_text(json.dumps(found, indent=2))
    return found


def _measure(model: MotionModel, a: Sample, b: Sample, number: int) -> dict[str, float]:
    rows = looked_at(HEART, a)
    own = encode_sample(model, a)
    kept = kept_frames(len(a.frames), STRIDE)
    missing = [int(t) for t in np.flatnonzero(~kept)]
    few = encode_sample(model, a, kept)
    drawn = model.sample(a.frames[0], a.times, seed=number, mode="prior", cyclic=a.cyclic)
    prior = fields(model, drawn, a.frames[0], rows)
    assert b.labels is not None
    carried = fields(model, own, b.frames[0], rows)
    truths = [Truth.of(HEART, b, t) for t in rows]
    still = np.zeros_like(a.displacement)
    return {
        "epe": mean_error(fields(model, own, a.frames[0], rows), a, rows),
        "identity": mean_error(still[rows], a, rows),
        "epe missing": mean_error(fields(model, few, a.frames[0], missing), a, missing),
        "epe seen": mean_error(fields(model, own, a.frames[0], missing), a, missing),
        "epe transport": mean_error(carried, b, rows),
        "dice transport": float(
            np.mean([
                dice(warp_labels(b.labels[0], u), t.labels, (2,))
                for u, t in zip(carried, truths, strict=True)
            ])
        ),
        "prior amplitude": float(_length(prior) / max(_length(a.displacement[rows]), 1e-6)),
        "spread": float(np.mean(own.std[1:])) if own.std is not None else float("nan"),
    }  # fmt: skip


def mean_error(found: Float, sample: Sample, rows: list[int]) -> float:
    regions = [Truth.of(HEART, sample, t).region for t in rows]
    each = [
        endpoint_error(u, sample.displacement[t], region)
        for u, t, region in zip(found, rows, regions, strict=True)
    ]
    return float(np.nanmean(each))


def _length(u: Float) -> float:
    return float(np.hypot(u[:, 0], u[:, 1]).mean())


def finished(work: Path = WORK, steps: int | None = None) -> dict[str, list[dict[str, float]]]:
    """Figures of all finished runs of one length, a list over seeds for each variant.

    Args:
        work: folder of the runs.
        steps: of which length; None: that which most variants have been trained to, the longest
            of several.
    """
    lengths = [int(p.name) for p in work.glob("[0-9]*") if p.is_dir()] if steps is None else [steps]
    best: dict[str, list[dict[str, float]]] = {}
    for length in sorted(lengths, reverse=True):
        found = {variant: _runs(work / str(length), variant, length) for variant in VARIANTS}
        found = {variant: rows for variant, rows in found.items() if rows}
        if len(found) > len(best) and "full" in found:
            best = found
    return best


def pair_runs(work: Path, steps: int) -> list[dict[str, float]]:
    """Figures of ``benchmarks.pair_network`` after as many steps, one for each seed."""
    return [json.loads(p.read_text()) for p in sorted((work / str(steps)).glob("pair-*.json"))]


def _runs(folder: Path, variant: str, steps: int) -> list[dict[str, float]]:
    return [
        {**measured(p), "seed": float(p.name.rpartition("-")[2]), "steps": float(steps)}
        for p in sorted(folder.glob(f"{variant}-[0-9]*"))
        if (p / "card.toml").exists()
    ]


def table(found: Mapping[str, Sequence[Mapping[str, float]]]) -> Table:
    """Means over seeds; the error is the spread of the seeds, 0 where there was only one."""
    rows = []
    for variant, runs in found.items():
        keys = [key for key in runs[0] if key not in ("seed", "steps")]
        figures = {key: Figure.of([run[key] for run in runs]) for key in keys}
        figures["runs"] = Figure(float(len(runs)), 0.0, 1)
        rows.append(Row(variant, {key: f for key, f in figures.items() if f is not None}))
    rows += [Row(name, {}, "not trained yet.") for name in VARIANTS if name not in found]
    steps = round(next(iter(found.values()))[0]["steps"])
    several = all(len(runs) > 1 for runs in found.values())
    columns = tuple(replace(c, with_error=c.with_error and several) for c in _COLUMNS)
    title = (
        f"Each leaves one thing out ({steps} steps of 3,000, preset tiny, {SUBJECTS} test hearts)"
    )
    note = f"Trained by `python -m benchmarks.ablations --steps {steps}`. {_NOTE}"
    return Table("ablations", title, columns, tuple(rows), note)


def _share_pool(folder: Path, shared: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for pool in shared.glob("pool-*.npz"):
        if not (folder / pool.name).exists():
            os.link(pool, folder / pool.name)


def _keep_pool(folder: Path, shared: Path) -> None:
    shared.mkdir(parents=True, exist_ok=True)
    for pool in folder.glob("pool-*.npz"):
        if not (shared / pool.name).exists():
            os.link(pool, shared / pool.name)
        pool.unlink()


def _tell(event: Event) -> None:
    if not isinstance(event, Stepped) or event.step % 200 == 0:
        print(event, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=VARIANTS)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--measure", action="store_true", help="train nothing")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    if not chosen.measure:
        for seed in chosen.seeds:
            for variant in chosen.variants:
                folder = trained(variant, chosen.steps, seed, chosen.work)
                print(variant, seed, measured(folder), flush=True)
    for variant, rows in finished(chosen.work, chosen.steps).items():
        for row in rows:
            cells = "  ".join(f"{key} {value:.3f}" for key, value in row.items())
            print(f"{variant:16s} {cells}")


if __name__ == "__main__":
    main()
