"""Steps in parts, in 16 bits, and runs that end when nothing gets better."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.exact import exact
from motionstudio.training import loop
from motionstudio.training.events import Event, Said, Stepped
from motionstudio.training.loop import Pace, train
from motionstudio.training.recipe import Recipe
from tests.training import line_task, small
from tests.training.line_task import LineTask

EVERY = Pace(save_every=-1.0, tell_every=0.0)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return small.recipe(tmp_path, line_task.TEXT)


class Made:
    """Runs a task, and keeps what was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch, self._folder = monkeypatch, folder
        self.events: list[Event] = []

    def run(self, task: LineTask, recipe: Recipe, name: str = "run", **more: Any) -> None:
        self._patch.setattr(loop, "open_task", line_task.opened(task))
        self.events = []
        folder = self._folder / name
        train(recipe, folder, folder / "out", tell=self.events.append, pace=EVERY, **more)

    @property
    def losses(self) -> list[float]:
        return [e.losses["fit"] for e in self.events if isinstance(e, Stepped)]

    @property
    def said(self) -> str:
        return " | ".join(event.text for event in self.events if isinstance(event, Said))

    def saved(self, name: str = "run") -> dict[str, Any]:
        found: dict[str, Any] = torch.load(self._folder / name / "state.pt", weights_only=True)
        return found


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Made:
    return Made(monkeypatch, tmp_path)


def _with(recipe: Recipe, **more: object) -> Recipe:
    return recipe.model_copy(update=more)


def test_parts_of_a_batch_add_up_to_the_batch(recipe: Recipe, made: Made) -> None:
    whole, parts = LineTask(), LineTask()
    made.run(whole, recipe, "whole")
    losses = made.losses
    made.run(parts, _with(recipe, accumulate=2), "parts")
    assert set(whole.seen) == {4}
    assert set(parts.seen) == {2}
    assert made.losses == pytest.approx(losses, rel=1e-4)


def test_short_memory_halves_the_batch_and_changes_nothing_else(recipe: Recipe, made: Made) -> None:
    made.run(LineTask(), recipe, "whole")
    losses = made.losses
    task = LineTask(most=1)
    made.run(task, recipe, "short")
    assert task.seen[:3] == [4, 2, 1]
    assert set(task.seen[3:]) == {1}
    assert "in 2 parts" in made.said
    assert "in 4 parts" in made.said
    assert made.losses == pytest.approx(losses, rel=1e-4)
    assert made.saved("short")["parts"] == 4


def test_a_run_that_goes_on_remembers_that_memory_is_short(recipe: Recipe, made: Made) -> None:
    asked = iter([False] * 3 + [True])
    made.run(LineTask(most=2), recipe, stop=lambda: next(asked))
    task = LineTask(most=2)
    made.run(task, recipe)
    assert set(task.seen) == {2}
    assert "parts" not in made.said


def test_memory_for_not_even_one_ends_the_run_with_its_state_saved(
    recipe: Recipe, made: Made
) -> None:
    task = LineTask()
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        task.most = 99 if len(asked) < 6 else 0
        return False

    with pytest.raises(MotionStudioError, match="needs more memory than there is"):
        made.run(task, recipe, stop=stop)
    assert made.saved()["step"] == 5
    task.most = 99
    made.run(task, recipe)
    assert task.exported is not None
    assert task.exported[1] == 12


def test_other_errors_are_not_taken_for_short_memory(
    recipe: Recipe, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: object) -> None:
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(LineTask, "loss", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        made.run(LineTask(), recipe)


def test_a_run_ends_when_the_figure_gets_no_better_and_ships_the_best(
    recipe: Recipe, made: Made
) -> None:
    patient = _with(recipe, patience=2)
    task = LineTask(figures=(0.5, 0.3, 0.4, 0.31, 0.1, 0.1))
    made.run(task, patient)
    # Measured every 2 steps: best at 4, worse at 6 and 8.
    assert made.saved()["step"] == 8
    assert made.saved()["best"]["step"] == 4
    assert (
        "No better for 2 measurements: training ends. Kept are the weights of step 4" in made.said
    )
    assert task.exported is not None
    weights, step = task.exported
    assert step == 4
    reference = LineTask(figures=(0.5, 0.3))
    asked = iter([False] * 4 + [True])
    made.run(reference, patient, "four", stop=lambda: next(asked))
    assert reference.exported is not None
    for name, value in reference.exported[0].items():
        torch.testing.assert_close(weights[name], value, rtol=0, atol=0)


def test_patience_survives_an_interruption(recipe: Recipe, made: Made) -> None:
    patient = _with(recipe, patience=2)
    asked = iter([False] * 6 + [True])
    made.run(LineTask(figures=(0.5, 0.3, 0.4)), patient, stop=lambda: next(asked))
    made.run(LineTask(figures=(0.31, 0.1)), patient)
    assert made.saved()["step"] == 8


def test_without_patience_the_last_weights_are_shipped(recipe: Recipe, made: Made) -> None:
    task = LineTask(figures=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
    made.run(task, recipe)
    assert task.exported is not None
    assert task.exported[1] == 12
    assert made.saved()["best"] is None


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_sixteen_bits_learn_about_the_same_and_leave_float32_weights(
    precision: str, recipe: Recipe, made: Made
) -> None:
    made.run(LineTask(), recipe, "full")
    losses = made.losses
    made.run(LineTask(), _with(recipe, precision=precision), "half")
    assert made.losses[0] == pytest.approx(losses[0], rel=0.02)
    assert made.losses != losses
    # A first scale that is too large costs a step.
    assert sum(made.losses[-4:]) == pytest.approx(sum(losses[-4:]), rel=0.2)
    saved = made.saved("half")
    assert all(value.dtype is torch.float32 for value in saved["model"].values())
    assert bool(saved["scale"]) is (precision == "float16")


def test_the_scale_of_losses_goes_on_where_it_was(recipe: Recipe, made: Made) -> None:
    half = _with(recipe, precision="float16")
    made.run(LineTask(), half, "whole")
    whole = made.losses
    asked = iter([False] * 5 + [True])
    made.run(LineTask(), half, stop=lambda: next(asked))
    first = made.losses
    made.run(LineTask(), half)
    assert first + made.losses == whole


def test_what_is_exact_stays_in_float32() -> None:
    weight = torch.randn(8, 8)

    def product(x: torch.Tensor) -> torch.Tensor:
        return x @ weight

    with torch.autocast("cpu", torch.bfloat16):
        assert product(weight).dtype is torch.bfloat16
        assert exact(product)(product(weight)).dtype is torch.float32
    torch.testing.assert_close(exact(product)(weight), weight @ weight, rtol=0, atol=0)


def test_a_deterministic_run_leaves_torch_as_it_was(recipe: Recipe, made: Made) -> None:
    during: list[bool] = []

    def stop() -> bool:
        during.append(torch.are_deterministic_algorithms_enabled())
        return False

    made.run(LineTask(), _with(recipe, deterministic=True), stop=stop)
    assert all(during)
    assert not torch.are_deterministic_algorithms_enabled()


def test_an_operation_that_is_not_deterministic_is_named(
    recipe: Recipe, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_words: object) -> None:
        raise RuntimeError("kthvalue_cuda does not have a deterministic implementation, but you")

    monkeypatch.setattr(LineTask, "loss", refuses)
    with pytest.raises(MotionStudioError, match="but kthvalue_cuda is not on this device"):
        made.run(LineTask(), _with(recipe, deterministic=True))


def test_how_many_draw_ahead_is_no_other_recipe(recipe: Recipe, made: Made) -> None:
    asked = iter([False] * 3 + [True])
    made.run(LineTask(), recipe, stop=lambda: next(asked))
    made.run(LineTask(), _with(recipe, workers=0, accumulate=1))
    assert "continued from step 3" in made.said
