"""A rival without a latent: ``python -m benchmarks.pair_network [--steps N] [--seed S]``.

A U-Net after VoxelMorph (Balakrishnan et al. 2019; diffeomorphic: Dalca et al. 2018) sees frame 0
and frame t and gives a stationary velocity. It is trained on the batches of
``benchmarks/ablations/full.toml``, on the same decoded pairs, with the same dissimilarity in both
directions, a diffusion penalty instead of the divergence, and as many steps as the ablations.
Weights are kept beside the figures: what is trained is only measured again.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from benchmarks.ablation_measures import SUBJECTS, registered
from benchmarks.ablations import WORK, recipe_of
from motionstudio.core.motion import Float
from motionstudio.evaluation.table import mean_of
from motionstudio.models.genlmm import PRESETS
from motionstudio.models.genlmm_objective import dissimilarity
from motionstudio.models.layers import GaussianSmoothing
from motionstudio.models.warp import exponentiate, resize_field, warp
from motionstudio.training.batches import BatchDrawer
from motionstudio.training.configuration import configuration
from motionstudio.training.pool import cached_pool

NAME = "pair network, after VoxelMorph"
_SMOOTHNESS = 0.02
_RATE, _WARM = 1.2e-3, 200


class PairNetwork(nn.Module):
    """(N, 1, S, S) twice to the backward displacement (N, 2, S, S) and its inverse."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 32, 32)) -> None:
        super().__init__()
        config = PRESETS["tiny"]
        self.size, self.limit, self.squarings = (
            config.size,
            config.velocity_limit,
            config.squarings,
        )
        ins = (2, *widths[:-1])
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(ins, widths, strict=True)
        )
        self.up = nn.ModuleList(
            nn.Conv2d(widths[k] + widths[k - 1], widths[k - 1], 3, 1, 1)
            for k in range(len(widths) - 1, 0, -1)
        )
        self.head = nn.Conv2d(widths[0], 2, 3, 1, 1)
        nn.init.normal_(self.head.weight, std=1e-2)
        self.smooth = GaussianSmoothing(config.sigma)

    def velocity(self, reference: Tensor, frame: Tensor) -> Tensor:
        """(N, 2, S / 2, S / 2), pixels of that grid."""
        x, seen = torch.cat([reference, frame], 1), []
        for layer in self.down:
            x = F.leaky_relu(layer(x), 0.2)
            seen.append(x)
        for layer, skip in zip(self.up, reversed(seen[:-1]), strict=True):
            wide = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = F.leaky_relu(layer(torch.cat([wide, skip], 1)), 0.2)
        smoothed: Tensor = self.smooth(self.limit * torch.tanh(self.head(x) / self.limit))
        return smoothed

    def displacement(self, velocity: Tensor) -> Tensor:
        """exp(v) at the picture's size."""
        return resize_field(exponentiate(velocity, self.squarings), self.size, self.size)


def train(steps: int, seed: int, work: Path) -> PairNetwork:
    """Train on the batches that the ablations are trained on."""
    recipe = recipe_of("full", steps, seed)
    folder = work / f"pools-{seed}"
    drawer = BatchDrawer(recipe, cached_pool(recipe, configuration(recipe), None, folder, print))
    torch.manual_seed(seed)
    network = PairNetwork()
    adam = torch.optim.Adam(network.parameters(), _RATE)
    for step in range(steps):
        share = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps))
        adam.param_groups[0]["lr"] = _RATE * min(1, (step + 1) / _WARM) * share
        loss = _loss(network, drawer, step)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        if step % 100 == 0:
            print(f"step {step}: {float(loss):.3f}", flush=True)
    return network.eval()


def _loss(network: PairNetwork, drawer: BatchDrawer, step: int) -> Tensor:
    batch, _ = drawer.draw(step)
    frames = batch.target_frames[:, batch.decoded]
    reference = batch.target_reference[:, None].expand_as(frames).flatten(0, 1)
    frames = frames.flatten(0, 1)
    velocity = network.velocity(reference, frames)
    both = network.displacement(torch.cat([velocity, -velocity]))
    warped = warp(torch.cat([reference, frames]), both)
    fit = dissimilarity(warped, torch.cat([frames, reference]), "mixed", 2).mean()
    bend = sum(velocity.diff(dim=k).square().mean() for k in (2, 3))
    return fit + _SMOOTHNESS * bend


@torch.no_grad()
def bent(network: PairNetwork, reference: Float, frame: Float) -> Float:
    """Backward displacement (2, S, S) of one pair of pictures (1, S, S)."""
    pair = [torch.from_numpy(np.ascontiguousarray(p[None])) for p in (reference, frame)]
    return np.asarray(network.displacement(network.velocity(*pair))[0].numpy())


def measure(network: PairNetwork, count: int = SUBJECTS) -> dict[str, float]:
    """Means over the test hearts of the ablations, and how many those were."""
    found = mean_of(registered(lambda a, b: bent(network, a, b), count))
    return {**found, "subjects": float(count)}


def trained(steps: int, seed: int, work: Path) -> PairNetwork:
    """The finished network; trains it where it is not there yet."""
    path = work / str(steps) / f"pair-{seed}.safetensors"
    if not path.exists():
        network = train(steps, seed, work)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(network.state_dict(), path)
    network = PairNetwork()
    network.load_state_dict(load_file(path))
    return network.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--work", type=Path, default=WORK)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for seed in chosen.seed:
        found = measure(trained(chosen.steps, seed, chosen.work))
        path = chosen.work / str(chosen.steps) / f"pair-{seed}.json"
        path.write_text(json.dumps(found))
        print(seed, found, flush=True)


if __name__ == "__main__":
    main()
