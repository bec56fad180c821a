"""A recipe that trains in seconds: 32 pixels, a few generated hearts, two stages."""

from __future__ import annotations

from pathlib import Path

from motionstudio.training.batches import BatchDrawer
from motionstudio.training.configuration import configuration
from motionstudio.training.pool import Sequence, build_pool
from motionstudio.training.recipe import Recipe, read_recipe

TEXT = """
name = "small"
title = "Small"
preset = "tiny"
seed = 7

[model]
size = 32
dims = 6
encoder = [4, 8, 8]
bottleneck = 4
flow_scale = 2
temporal = 8
dilations = [1, 2, 4]
anatomy = [8, 8, 8]
decoder = 8
velocity_size = 16
velocity_limit = 4.0
sigma = 1.0

[[data]]
kind = "generator"
generator = "heart"
count = 3
params = { frames = 16 }

[[stages]]
steps = 3
batch = 2
decoded = 2
warmup = 1
frames = [3, 5]

[[stages]]
steps = 2
batch = 2
decoded = 2
warmup = 1
frames = [3, 5]
swap = 1.0
"""

CLIPS = """
[[data]]
kind = "clips"
files = ["nowhere/a.npz", "nowhere/b.npz"]

[[data]]
kind = "arrays"
file = "nowhere/pairs.npz"
"""


def write(folder: Path, text: str = TEXT) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def recipe(folder: Path, text: str = TEXT, **overrides: str) -> Recipe:
    return read_recipe(write(folder, text), overrides)


def pool(chosen: Recipe, data: Path | None = None) -> list[Sequence]:
    return build_pool(chosen, configuration(chosen), data, lambda _text: None)


def drawer(folder: Path) -> BatchDrawer:
    chosen = recipe(folder)
    return BatchDrawer(chosen, pool(chosen))
