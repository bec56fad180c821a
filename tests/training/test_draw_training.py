"""DRAW's part of training: steps repeat, the bound falls, a run ends in a model."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets import mnist
from motionstudio.models.registry import load_model
from motionstudio.training.draw_task import DrawTask
from motionstudio.training.events import Event
from motionstudio.training.loop import train
from motionstudio.training.recipe import Recipe
from tests.training import small

TEXT = """
name = "small_draw"
system = "draw"
title = "Small"
seed = 3
kl_warmup = 0.0

[model]
glimpses = 2
latent = 2
hidden = 8

[[data]]
kind = "clips"
files = ["mnist/digits-7000-images-idx3-ubyte.gz"]
licence = "CC BY-SA 3.0"

[[stages]]
steps = 4
batch = 8
rate = 1e-2
warmup = 1
flip = false
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return small.recipe(tmp_path, TEXT)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Bars of changing place, written as the digits are."""
    count = mnist.HELD_OUT + 30
    pictures = np.zeros((count, 28, 28), np.uint8)
    for number, picture in enumerate(pictures):
        picture[6:22, 8 + number % 12] = 255
    path = tmp_path / "data" / mnist.IMAGES
    path.parent.mkdir(parents=True)
    head = bytes([0, 0, 8, 3]) + np.array(pictures.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(head + pictures.tobytes()))
    return tmp_path / "data"


def _task(recipe: Recipe, data: Path | None, tmp_path: Path) -> DrawTask:
    return DrawTask(recipe, data, tmp_path, "cpu", lambda _text: None)


def test_a_step_is_a_pure_function_of_weights_and_number(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    one, other = _task(recipe, data, tmp_path), _task(recipe, data, tmp_path)
    network = one.network()
    losses = [
        float(task.loss(network, step)[0].detach()) for task in (one, other) for step in (0, 1)
    ]
    assert losses[:2] == losses[2:]
    assert losses[0] != losses[1]


def test_the_parts_of_the_loss_are_nats_that_add_up(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    task = _task(recipe, data, tmp_path)
    loss, parts = task.loss(task.network(), 0)
    assert float(parts["nats"]) == pytest.approx(float(parts["reconstruction"] + parts["KL"]))
    # Clipping a fifth of the loss at 1 is clipping the loss at 5.
    assert float(loss.detach()) * 5 == pytest.approx(float(parts["nats"]), rel=1e-5)


def test_the_held_out_bound_is_the_same_each_time(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    task = _task(recipe, data, tmp_path)
    weights = {name: value.clone() for name, value in task.network().state_dict().items()}
    first = task.validate(weights)
    assert first == task.validate(weights)
    assert first["nats"] == pytest.approx(first["reconstruction"] + first["KL"], rel=1e-5)


def test_a_run_ends_in_a_model_that_can_be_loaded(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    events: list[Event] = []
    out = tmp_path / "out"
    torch.manual_seed(0)
    train(recipe, tmp_path / "work", out, data=data, tell=events.append)
    model = load_model(out)
    assert model.card.system == "draw"
    assert model.card.steps == 4
    assert "CC BY-SA 3.0" in model.card.licence
    picture = np.zeros((1, 1, 28, 28), np.float32)
    assert model.encode(picture, np.ones(1, bool), np.zeros(1)).mean.shape == (2, 2)


def test_without_digits_it_says_what_it_needs(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match="digits that are not part"):
        _task(recipe, None, tmp_path)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"model.colour": "3"}, "does not have"),
        ({"model.size": "32"}, "28 pixels"),
        ({"model.read": "1"}, "windows >= 2"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused_in_plain_words(
    override: dict[str, str], words: str, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(MotionStudioError, match=words):
        _task(small.recipe(tmp_path, TEXT, **override), data, tmp_path)
