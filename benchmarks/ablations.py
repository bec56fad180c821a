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
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from benchmarks.ablation_measures import measured
from motionstudio.training.events import Event, Stepped
from motionstudio.training.loop import train
from motionstudio.training.recipe import Recipe, read_recipe

RECIPES = Path(__file__).parent / "ablations"
VARIANTS = ("full", "no_dropout", "no_tcn", "no_conditioning", "no_kl", "no_swap")
WORK = Path("runs/ablations")


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


def finished(work: Path = WORK, steps: int | None = None) -> dict[str, list[dict[str, float]]]:
    """Figures of all finished runs of one length, a list over seeds for each variant.

    Args:
        work: folder of the runs.
        steps: of which length; None: the longest that can be compared, with nothing left out and
            with at least one thing left out.
    """
    lengths = [int(p.name) for p in work.glob("[0-9]*") if p.is_dir()] if steps is None else [steps]
    for length in sorted(lengths, reverse=True):
        found = {variant: _runs(work / str(length), variant, length) for variant in VARIANTS}
        found = {variant: rows for variant, rows in found.items() if rows}
        if "full" in found and len(found) > 1:
            return found
    return {}


def pair_runs(work: Path, steps: int) -> list[dict[str, float]]:
    """Figures of ``benchmarks.pair_network`` after as many steps, one for each seed."""
    return [
        {**json.loads(p.read_text()), "seed": float(p.stem.rpartition("-")[2]), "steps": steps}
        for p in sorted((work / str(steps)).glob("pair-*.json"))
    ]


def _runs(folder: Path, variant: str, steps: int) -> list[dict[str, float]]:
    return [
        {**measured(p), "seed": float(p.name.rpartition("-")[2]), "steps": float(steps)}
        for p in sorted(folder.glob(f"{variant}-[0-9]*"))
        if (p / "card.toml").exists()
    ]


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
