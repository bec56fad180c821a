"""FOMM's part of training: pairs repeat, known fields follow pictures, a run ends in a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.warp import warp
from motionstudio.models.registry import load_model
from motionstudio.training.events import Event, Stepped
from motionstudio.training.fomm_batches import PairDrawer
from motionstudio.training.fomm_task import FOMMTask
from motionstudio.training.loop import train
from motionstudio.training.pool import build_pool
from motionstudio.training.recipe import ClipSource, Recipe
from tests.training import small

TEXT = """
name = "small_fomm"
system = "fomm"
title = "Small"
seed = 7
field_weight = 1.0

[model]
size = 32
num_kp = 3
kp_expansion = 4
kp_features = 8
kp_blocks = 2
kp_scale = 0.5
expansion = 4
features = 8
bottleneck_blocks = 1
motion_expansion = 4
motion_features = 8
motion_blocks = 2
motion_scale = 0.5

[[data]]
kind = "generator"
generator = "figures"
count = 3

[[stages]]
steps = 3
batch = 4
warmup = 1
turn = 0.0
zoom = 0.0
shift = 0.0
flip = false
"""


ADVERSARY = {
    "losses.adversarial": "1.0",
    "losses.feature_matching": "1.0",
    "discriminator.expansion": "4",
    "discriminator.blocks": "2",
    "discriminator.spectral_norm": "true",
}


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return small.recipe(tmp_path, TEXT)


def _drawer(recipe: Recipe, tmp_path: Path) -> PairDrawer:
    task = FOMMTask(recipe, None, tmp_path, "cpu", lambda _text: None)
    return PairDrawer(recipe, build_pool(recipe, task._config, None, lambda _text: None))


def test_a_step_always_draws_the_same_pairs(recipe: Recipe, tmp_path: Path) -> None:
    one, other = _drawer(recipe, tmp_path), _drawer(recipe, tmp_path)
    for step in (0, 2):
        a, b = one.draw(step), other.draw(step)
        assert torch.equal(a.source, b.source)
        assert torch.equal(a.driving, b.driving)
        assert torch.equal(a.transform.weights, b.transform.weights)
    assert not torch.equal(one.draw(0).source, one.draw(1).source)


@pytest.mark.parametrize("turned", [False, True])
def test_known_fields_lead_from_driving_to_source(turned: bool, tmp_path: Path) -> None:
    text = TEXT.replace("turn = 0.0", "turn = 0.6").replace("flip = false", "flip = true")
    larger = {"stages.0.batch": "24", "model.size": "64"}
    recipe = small.recipe(tmp_path, text if turned else TEXT, **larger)
    batch = _drawer(recipe, tmp_path).draw(1)
    assert batch.known is not None
    better = []
    for source, driving, known in zip(batch.source, batch.driving, batch.known, strict=True):
        if not bool(known.isfinite().any()):
            continue
        u = torch.nn.functional.interpolate(known[None].nan_to_num(), size=64)[0].numpy()
        picture = np.ascontiguousarray(source.permute(1, 2, 0).numpy())
        made = np.moveaxis(warp(picture, u), -1, 0)
        moving = np.abs(u).max(0) > 1
        if not moving.any():
            continue
        true = driving.numpy()[:, moving]
        still = np.abs(source.numpy()[:, moving] - true).mean()
        better.append(np.abs(made[:, moving] - true).mean() < still)
    assert len(better) > 5
    assert np.mean(better) > 0.8


def test_a_run_ends_in_a_model_that_encodes_and_decodes(recipe: Recipe, tmp_path: Path) -> None:
    events: list[Event] = []
    train(recipe, tmp_path / "run", tmp_path / "out", tell=events.append)
    model = load_model(tmp_path / "out")
    assert (model.card.system, model.card.dims, model.card.steps) == ("fomm", 18, 3)
    frames = np.random.default_rng(0).random((3, 3, 32, 32), np.float32)
    motion = model.encode(frames, np.ones(3, bool), np.arange(3.0))
    decoded = model.decode(motion, frames[0], [0, 1, 2])
    assert decoded.frames is not None
    assert np.isfinite(decoded.frames).all()


@pytest.mark.parametrize("adversary", [False, True])
def test_an_interrupted_run_ends_like_a_whole_one(adversary: bool, tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path, TEXT, **(ADVERSARY if adversary else {}))
    asked = iter([False, True])
    train(recipe, tmp_path / "whole", tmp_path / "a", tell=lambda _event: None)
    train(
        recipe, tmp_path / "parts", tmp_path / "b", tell=lambda _e: None, stop=lambda: next(asked)
    )
    train(recipe, tmp_path / "parts", tmp_path / "b", tell=lambda _event: None)
    hashes = {load_model(tmp_path / name).card.hash for name in ("a", "b")}
    assert len(hashes) == 1


def test_the_discriminator_takes_its_own_steps(tmp_path: Path) -> None:
    events: list[Event] = []
    changes = {**ADVERSARY, "stages.0.steps": "50", "stages.0.rate": "2e-3"}
    recipe = small.recipe(tmp_path, TEXT, **changes)
    train(recipe, tmp_path / "run", tmp_path / "out", tell=events.append)
    (told,) = [event for event in events if isinstance(event, Stepped)]
    assert {"adversarial", "feature_matching", "discriminator"} <= set(told.losses)
    # A coin toss costs 0.5 for each of the two: below that it tells them apart.
    assert told.losses["discriminator"] < 1.2
    state = torch.load(tmp_path / "run" / "state.pt", weights_only=True)
    assert "discs.1.conv.weight_orig" in state["opponent"]
    assert not any("discs" in name for name in state["model"])


def test_the_discriminator_rests_while_the_detector_trains_alone(tmp_path: Path) -> None:
    changes = {**ADVERSARY, "losses.parts": "1.0", "model.num_kp": "10"}
    recipe = small.recipe(tmp_path, TEXT, **changes, **{"stages.0.detector_alone": "true"})
    train(recipe, tmp_path / "run", tmp_path / "out", tell=lambda _event: None)
    state = torch.load(tmp_path / "run" / "state.pt", weights_only=True)
    assert state["step"] == recipe.steps
    assert state["optimiser"]["state"]
    assert not state["opponent_optimiser"]["state"]


def test_nothing_is_held_out_where_nothing_is_generated(tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path, TEXT)
    task = FOMMTask(recipe, None, tmp_path, "cpu", lambda _text: None)
    weights = task.network().state_dict()
    assert task.validate(weights)
    task._recipe = recipe.model_copy(update={"data": (ClipSource(files=("a.npz",)),)})
    assert task.validate(weights) == {}


def test_without_the_switch_there_is_no_discriminator(recipe: Recipe, tmp_path: Path) -> None:
    assert FOMMTask(recipe, None, tmp_path, "cpu", lambda _text: None).opponent() is None


def test_validation_compares_with_a_still(recipe: Recipe, tmp_path: Path) -> None:
    task = FOMMTask(recipe, None, tmp_path, "cpu", lambda _text: None)
    figures = task.validate(task.network().state_dict())
    assert figures["L1"] > 0
    assert figures["L1 of a still"] > 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model.wings": "2"}, r"model\.wings"),
        ({"model.size": "36"}, "no multiple"),
        ({"losses.beauty": "1.0"}, r"losses\.beauty"),
        ({"losses.adversarial": "1.0", "discriminator.eyes": "2"}, r"discriminator\.eyes"),
        ({"features": '"vgg19.pth"'}, r"vgg19\.pth cannot be read"),
    ],
)
def test_what_the_recipe_cannot_ask(change: dict[str, str], said: str, tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path, TEXT, **change)
    with pytest.raises(MotionStudioError, match=said):
        FOMMTask(recipe, None, tmp_path, "cpu", lambda _text: None)
