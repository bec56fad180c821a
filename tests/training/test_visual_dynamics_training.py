"""Visual Dynamics in the common loop: pairs by step alone, roll-outs, checkpoints that load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import Capability
from motionstudio.models.registry import load_model
from motionstudio.training.loop import train
from motionstudio.training.recipe import Recipe
from motionstudio.training.visual_dynamics_task import VisualDynamicsTask
from tests.models.tiny_visual_dynamics import CONFIG

SMALL: dict[str, Any] = {
    "name": "small_vd", "system": "visual_dynamics", "title": "Small", "seed": 3,
    "model": {"size": 16, "dims": 3, "scales": 2, "maps": 3, "width": 4, "motion_width": 4,
              "hidden": 8, "decoder": 4, "reach": 3, "code": 4},
    "data": [{"kind": "generator", "generator": "correlated_shapes", "count": 12,
              "params": {"frames": 3}}],
    "stages": [{"steps": 4, "batch": 4, "warmup": 1, "shift": 0.0, "flip": False}],
}  # fmt: skip


def recipe(**changes: object) -> Recipe:
    return Recipe.model_validate({**SMALL, **changes})


def staged(**changes: object) -> Recipe:
    return recipe(stages=[{**SMALL["stages"][0], **changes}])


def task(of: Recipe, work: Path) -> VisualDynamicsTask:
    return VisualDynamicsTask(of, None, work, "cpu", lambda _text: None)


def test_losses_depend_on_recipe_and_step_alone(tmp_path: Path) -> None:
    losses = []
    for _ in range(2):
        one = task(recipe(), tmp_path)
        torch.manual_seed(0)
        network = one.network()
        losses.append([float(one.loss(network, step)[0].detach()) for step in (0, 3)])
    assert losses[0] == losses[1]
    assert losses[0][0] != losses[0][1]


@pytest.mark.parametrize("kind", ["conditional", "deterministic", "prior", "autoencoder"])
def test_every_kind_is_trained_and_loads(kind: str, tmp_path: Path) -> None:
    model = {**SMALL["model"], "kind": kind}
    out = train(recipe(model=model), tmp_path, tmp_path / "out", tell=lambda _event: None)
    loaded = load_model(out)
    assert loaded.card.dims == CONFIG.dims
    assert "held-out pairs / squared error" in loaded.card.metrics
    assert loaded.bank.mean.shape == (12, 2, 3)  # type: ignore[attr-defined]
    assert (Capability.SAMPLE in loaded.card.capabilities) == (kind != "deterministic")


def test_a_rolled_batch_starts_from_what_was_made_and_leaves_statistics_alone(
    tmp_path: Path,
) -> None:
    plain, rolled = task(staged(rolled=0.0), tmp_path), task(staged(rolled=1.0), tmp_path)
    torch.manual_seed(0)
    network = plain.network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    loss, parts = rolled.loss(network, 1)
    seen = int(network.state_dict()["motion.convolutions.0.1.num_batches_tracked"])
    assert seen == int(before["motion.convolutions.0.1.num_batches_tracked"]) + 1
    loss.backward()  # type: ignore[no-untyped-call]
    assert network.training
    assert float(parts["squared error"]) != float(plain.loss(network, 1)[1]["squared error"])


def test_pairs_are_mirrored_and_recoloured_alike(tmp_path: Path) -> None:
    varied = task(staged(flip=True, recolour=True, shift=0.1), tmp_path)
    pairs = varied._drawer.draw(0)[0].numpy()
    still = np.abs(pairs[:, 1] - pairs[:, 0]).sum((1, 2, 3))
    # Frames treated differently would differ everywhere, not by a step of three shapes.
    assert (still < 0.35 * pairs[:, 0].sum((1, 2, 3))).all()
    plain = task(staged(), tmp_path)._drawer.draw(0)[0].numpy()
    assert not np.array_equal(pairs, plain)


def test_a_run_of_two_frames_cannot_be_rolled_out(tmp_path: Path) -> None:
    data = [{**SMALL["data"][0], "params": {"frames": 2}}]
    short = staged(rolled=0.5).model_copy(update={"data": recipe(data=data).data})
    with pytest.raises(MotionStudioError, match="too short"):
        task(short, tmp_path)


@pytest.mark.parametrize(("field", "value"), [("depth", 3), ("kind", "other"), ("kernel", 4)])
def test_what_it_does_not_have_is_refused(field: str, value: object, tmp_path: Path) -> None:
    model = {**SMALL["model"], field: value}
    with pytest.raises(MotionStudioError, match="Visual Dynamics"):
        task(recipe(model=model), tmp_path)


def test_characters_that_are_held_out_are_measured_on(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (4, 3, 16, 16, 3), np.uint8)
    np.savez(tmp_path / "some.npz", frames=frames, who=np.arange(4))
    data = [{"kind": "arrays", "file": "some.npz", "subjects_from": ["who"], "hold_out": [2]}]
    one = VisualDynamicsTask(recipe(data=data), tmp_path, tmp_path, "cpu", lambda _text: None)
    assert one._held_out.shape == (2, 2, 3, 16, 16)
    known = np.rint(one._held_out[0, 0].numpy() * 255).astype(np.uint8)
    np.testing.assert_array_equal(np.moveaxis(known, 0, -1), frames[2, 0])
