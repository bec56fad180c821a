"""Recomposing in the common loop: batches by step alone, a checkpoint that loads and knows home."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.recomposer import Recomposer
from motionstudio.models.recomposing import RecomposingConfig
from motionstudio.models.registry import load_model
from motionstudio.training import recomposing_held_out
from motionstudio.training.configuration import of_recipe
from motionstudio.training.loop import train
from motionstudio.training.recipe import Recipe, read_recipe
from motionstudio.training.recomposing_batches import WindowDrawer, other_tones
from motionstudio.training.recomposing_held_out import linear_probe, neighbour_errors
from motionstudio.training.recomposing_task import FRAMES
from motionstudio.training.vae_pool import FramePool, frame_pool

SMALL = """
name = "small_recomposing"
system = "recomposing"
title = "Small"
seed = 5
average = 0.5

[model]
size = 16
widths = [4, 6]
features = 6
dims = 8

[losses]
contrast = 0.3

[[data]]
kind = "generator"
generator = "digits"
count = 4
params = { frames = 9, motion = "bounce", height = 0.5, frames_only = true }

[[stages]]
steps = 3
batch = 4
warmup = 1
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    path = tmp_path / "recipe.toml"
    path.write_text(SMALL, encoding="utf-8")
    return read_recipe(path)


def test_a_run_writes_a_checkpoint_that_composes(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomposing_held_out, "COUNT", 10)
    train(recipe, tmp_path / "run", tmp_path / "out", tell=lambda _event: None)
    model = load_model(tmp_path / "out")
    assert isinstance(model, Recomposer)
    assert np.linalg.norm(model.identity) == pytest.approx(1, abs=1e-3)
    assert {"held out / probe R2", "held out / way back"} <= set(model.card.metrics)
    frames = np.random.default_rng(0).random((FRAMES, 1, 16, 16), np.float32)
    motion = model.encode(frames, np.ones(FRAMES, bool), np.arange(FRAMES, dtype=np.float64))
    assert np.isfinite(motion.mean).all()


def test_batches_are_a_function_of_the_step(recipe: Recipe, tmp_path: Path) -> None:
    config = of_recipe(recipe, RecomposingConfig, "recomposing")
    pool = frame_pool(recipe, config, None, tmp_path / "pool", lambda _text: None)
    drawer = WindowDrawer(recipe, pool, FRAMES)
    first, again, other = drawer.draw(1), drawer.draw(1), drawer.draw(2)
    assert first.clips.shape == (4, FRAMES, 1, 16, 16)
    assert bool((first.clips == again.clips).all())
    assert first.chains == again.chains
    assert not bool((first.clips == other.clips).all())


def test_sequences_that_are_too_short_say_so(recipe: Recipe) -> None:
    short = FramePool(([np.zeros((5, 16, 16, 1), np.uint8)],))
    with pytest.raises(MotionStudioError, match="too short"):
        WindowDrawer(recipe, short, FRAMES)


def test_windows_that_stand_still_do_not_count_as_moving(recipe: Recipe) -> None:
    still = FramePool(([np.full((12, 16, 16, 1), 90, np.uint8)],))
    assert not bool(WindowDrawer(recipe, still, FRAMES).draw(0).moving.any())


def test_other_tones_change_every_pixel_and_move_none() -> None:
    clips = torch.zeros(6, 3, 1, 8, 8)
    clips[..., 2:4, 2:4] = 1
    seen = other_tones(clips, np.random.default_rng(0))
    assert bool((seen >= 0).all())
    assert bool((seen <= 1).all())
    for one in seen:
        spot, rest = one[..., 2, 2], one[..., 0, 0]
        assert not torch.allclose(spot, rest, atol=0.05)
        assert float(one[..., 4:, 4:].std()) < 1e-6


def test_probe_and_neighbours_know_a_perfect_embedding() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(60, 2))
    rows = np.concatenate([truth, np.ones((60, 1))], 1).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    exact = np.concatenate([truth, np.zeros((60, 1))], 1).astype(np.float32)
    assert linear_probe(exact, truth, 40) > 0.99
    assert linear_probe(rng.normal(size=(60, 8)).astype(np.float32), truth, 40) < 0.5
    nearest, anyone = neighbour_errors(rows, truth)
    assert nearest < 0.4 * anyone


def test_unknown_settings_say_which_there_are(recipe: Recipe) -> None:
    wrong = recipe.model_copy(update={"model": {"depth": 3}})
    with pytest.raises(MotionStudioError, match=r"model\.depth") as error:
        of_recipe(wrong, RecomposingConfig, "recomposing")
    assert "widths" in error.value.hint
