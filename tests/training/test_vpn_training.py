"""Training Video Pixel Networks: batches that repeat, a loss that falls, and the card."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.registry import load_model
from motionstudio.models.vpn_model import VPNModel
from motionstudio.training.recipe import GeneratorSource, Recipe, Stage
from motionstudio.training.vpn_task import VPNTask


def _recipe(**model: object) -> Recipe:
    params = {"size": 12, "frames": 3, "height": 6}
    return Recipe(
        name="small",
        system="vpn",
        title="Small",
        baseline="plain",
        model={"size": 12, "width": 8, "dilations": [1], "decoder": 1, **model},
        data=(GeneratorSource(generator="stepping", count=4, params=params),),
        stages=(Stage(steps=30, batch=4, rate=1e-2, warmup=0),),
    )


def _task(recipe: Recipe, folder: Path) -> VPNTask:
    return VPNTask(recipe, None, folder, "cpu", lambda _text: None)


def test_a_step_always_sees_the_same_sequences_and_never_those_of_another(tmp_path: Path) -> None:
    task = _task(_recipe(), tmp_path)
    torch.manual_seed(1)
    network = task.network()
    losses = [float(task.loss(network, step)[0].detach()) for step in (0, 0, 1)]
    assert losses[0] == losses[1] != losses[2]


def test_nats_fall_and_the_checkpoint_says_what_is_left_to_chance(tmp_path: Path) -> None:
    task = _task(_recipe(), tmp_path)
    torch.manual_seed(1)
    network = task.network()
    before = task.validate(network.state_dict())["nats"]
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for step in range(12):
        optimiser.zero_grad()
        task.loss(network, step)[0].backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    after = task.validate(network.state_dict())["nats"]
    assert after < 0.7 * before
    card = task.export(network.state_dict(), 12, tmp_path / "small")
    assert card.baseline == "plain"
    model = load_model(tmp_path / "small")
    assert isinstance(model, VPNModel)
    assert model.config.floor > 0
    assert card.metrics["held-out sequences / floor"] == pytest.approx(model.config.floor, abs=1e-3)
    assert card.metrics["held-out sequences / nats"] == pytest.approx(after, abs=0.5)


@pytest.mark.parametrize(
    ("model", "word"), [({"size": 16}, "size"), ({"depth": 2}, "depth"), ({"levels": 1}, "levels")]
)
def test_recipes_that_do_not_fit_are_refused(
    tmp_path: Path, model: dict[str, object], word: str
) -> None:
    with pytest.raises(MotionStudioError, match=word):
        _task(_recipe(**model), tmp_path)
