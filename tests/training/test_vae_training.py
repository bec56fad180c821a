"""VAEs in the common loop: batches by step alone, resumed runs, checkpoints that load."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets.mnist import IMAGES
from motionstudio.models.base import Capability
from motionstudio.models.checkpoint import read_weights
from motionstudio.models.registry import load_model
from motionstudio.models.vae import VAEConfig
from motionstudio.training.configuration import of_recipe
from motionstudio.training.events import Event, Said
from motionstudio.training.loop import train
from motionstudio.training.recipe import Recipe, read_recipe
from motionstudio.training.vae_pool import FrameDrawer, frame_pool
from motionstudio.training.vae_task import VAETask
from tests.training import small

TRIPLES = """
name = "small_between"
system = "inbetween"
title = "Small"
family = "Small ones"
seed = 7

[model]
size = 16
dims = 4
hidden = [24]
alpha = 10.0

[[data]]
kind = "generator"
generator = "teapot"
count = 6
params = { freedom = 1, frames = 3, motion = "straight", gap = 2 }

[[stages]]
steps = 4
batch = 4
warmup = 1
"""

DIGITS = """
name = "small_digits"
system = "vae"
title = "Small"

[model]
size = 16
dims = 2
hidden = [24]
binarise = true

[[data]]
kind = "arrays"
file = "mnist/digits-7000-images-idx3-ubyte.gz"
licence = "CC-BY-SA-3.0"

[[data]]
kind = "generator"
generator = "digits"
count = 5
params = { frames = 1 }

[[stages]]
steps = 2
batch = 3
warmup = 1
"""


def _train(chosen: Recipe, work: Path, data: Path | None = None) -> list[Event]:
    events: list[Event] = []
    train(chosen, work, work / "out", data=data, tell=events.append)
    return events


def _mnist(folder: Path, count: int = 1010) -> Path:
    path = folder / IMAGES
    path.parent.mkdir(parents=True)
    pictures = np.random.default_rng(0).integers(0, 256, (count, 28, 28), np.uint8)
    header = struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28)
    path.write_bytes(gzip.compress(header + pictures.tobytes()))
    return folder


def _drawer(chosen: Recipe, work: Path, run: int) -> FrameDrawer:
    config = of_recipe(chosen, VAEConfig, "a VAE")
    pool = frame_pool(chosen, config, None, work, lambda _text: None)
    return FrameDrawer(chosen, config, pool, run)


def test_batches_depend_on_the_step_alone(tmp_path: Path) -> None:
    chosen = small.recipe(tmp_path, TRIPLES)
    first, again = (_drawer(chosen, tmp_path / name, 3) for name in ("a", "b"))
    for step in (0, 3, 1):
        for one, other in zip(first.draw(step), again.draw(step), strict=True):
            np.testing.assert_array_equal(one.numpy(), other.numpy())
    pictures, noise = first.draw(2)
    assert pictures.shape == (4, 3, 1, 16, 16)
    assert noise.shape == (9, 4, 3, 4)
    assert not np.array_equal(pictures.numpy(), first.draw(3)[0].numpy())


def test_triples_are_drawn_at_the_distances_asked_for(tmp_path: Path) -> None:
    long = TRIPLES.replace("frames = 3, ", "frames = 9, ").replace("gap = 2 }", "gap = 1 }")
    chosen = small.recipe(tmp_path, long.replace("seed = 7", "seed = 7\ngaps = [1, 3]"))
    pictures = _drawer(chosen, tmp_path, 3).draw(0)[0].numpy()
    columns = np.arange(16, dtype=np.float32)
    places = (pictures.sum((2, 3)) * columns).sum(-1) / pictures.sum((2, 3, 4))
    steps = np.abs(np.diff(places, axis=1))
    # A unit of gap is half a pixel at this size; walls are nowhere near.
    np.testing.assert_allclose(steps[:, 0], steps[:, 1], atol=0.2)
    assert set(np.round(steps[:, 0] / 0.5).astype(int)) <= {1, 3}


def test_sequences_too_short_for_triples_are_refused(tmp_path: Path) -> None:
    chosen = small.recipe(tmp_path, TRIPLES.replace("seed = 7", "seed = 7\ngaps = [2]"))
    with pytest.raises(MotionStudioError, match="too short"):
        _drawer(chosen, tmp_path, 3)


def test_an_interrupted_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    chosen = small.recipe(tmp_path, TRIPLES)
    _train(chosen, tmp_path / "whole")
    asked = iter(range(9))
    work = tmp_path / "parts"
    stop = lambda: next(asked) == 2  # noqa: E731
    train(chosen, work, work / "out", tell=lambda _event: None, stop=stop)
    _train(chosen, work)
    whole, parts = (read_weights(tmp_path / n / "out")[0] for n in ("whole", "parts"))
    assert set(whole) == set(parts)
    for name, value in whole.items():
        np.testing.assert_array_equal(value, parts[name])


def test_the_checkpoint_is_small_loads_and_says_what_it_is(tmp_path: Path) -> None:
    _train(small.recipe(tmp_path, TRIPLES), tmp_path)
    model = load_model(tmp_path / "out")
    card = model.card
    assert (card.system, card.family, card.dims, card.steps) == ("inbetween", "Small ones", 4, 4)
    assert Capability.PREDICT in card.capabilities
    assert Capability.DISPLACEMENT not in card.capabilities
    assert "indices 0-5" in card.data
    weights, _ = read_weights(tmp_path / "out")
    assert weights["encoder.1.weight"].dtype == np.float16
    drawn = model.sample(np.zeros((1, 16, 16), np.float32), np.arange(5.0), seed=1)
    assert np.abs(drawn.mean).max() > 0


def test_digits_are_read_where_they_are_and_missed_aloud(tmp_path: Path) -> None:
    chosen = small.recipe(tmp_path, DIGITS)
    without = _train(chosen, tmp_path / "without")
    assert any(isinstance(e, Said) and "absent" in e.text for e in without)
    data = _mnist(tmp_path / "data")
    said = [e.text for e in _train(chosen, tmp_path / "with", data) if isinstance(e, Said)]
    assert not any("absent" in text for text in said)
    card = load_model(tmp_path / "with" / "out").card
    assert "CC-BY-SA-3.0" in card.licence
    assert "absent" not in card.data


def test_the_last_digits_are_held_out(tmp_path: Path) -> None:
    chosen, data = small.recipe(tmp_path, DIGITS), _mnist(tmp_path / "data")
    task = VAETask(chosen, data, tmp_path, "cpu", lambda _text: None)
    assert len(task._pool.sequences[0]) == 10
    figures = task.validate(task.network().state_dict())
    assert set(figures) == {"nats", "MSE"}
    assert all(np.isfinite(value) for value in figures.values())


def test_validation_of_triples_looks_at_middle_frames(tmp_path: Path) -> None:
    task = VAETask(small.recipe(tmp_path, TRIPLES), None, tmp_path, "cpu", lambda _text: None)
    assert set(task.validate(task.network().state_dict())) == {"nats", "MSE", "MSE between"}


@pytest.mark.parametrize("line", ["alfa = 3.0", 'network = "tree"'])
def test_settings_that_there_are_not_are_refused(tmp_path: Path, line: str) -> None:
    path = small.write(tmp_path, TRIPLES.replace("alpha = 10.0", line))
    with pytest.raises(MotionStudioError, match=r"alfa|tree"):
        of_recipe(read_recipe(path), VAEConfig, "a VAE")


def test_nothing_to_train_on_is_said(tmp_path: Path) -> None:
    alone = DIGITS[: DIGITS.index('[[data]]\nkind = "generator"')] + "[[stages]]\nsteps = 2\n"
    chosen = small.recipe(tmp_path, alone)
    with pytest.raises(MotionStudioError, match="None of the recipe's data"):
        _train(chosen, tmp_path)
