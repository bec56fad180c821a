"""A run that is interrupted and continued is the run that was not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import read_card, read_weights
from motionstudio.models.registry import load_model
from motionstudio.training import genlmm_task, loop, stepping
from motionstudio.training.events import Event, Finished, Said, Saved
from motionstudio.training.loop import Pace, train
from motionstudio.training.meter import Meter
from motionstudio.training.recipe import Recipe, Stage
from motionstudio.training.state import fresh_state
from motionstudio.training.stepping import learning_rate
from tests.training import small


class Watch:
    """Records events and the losses of every step."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[Event] = []
        self.losses: list[tuple[int, float, float]] = []
        step = stepping.Runner.step

        def watched(runner: Any) -> dict[str, float]:
            parts = step(runner)
            self.losses.append((runner._state.step, parts["fit"], parts["kl"]))
            return parts

        monkeypatch.setattr(stepping.Runner, "step", watched)

    def said(self) -> str:
        return " | ".join(event.text for event in self.events if isinstance(event, Said))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


@pytest.fixture
def chosen(tmp_path: Path) -> Recipe:
    return small.recipe(tmp_path)


def _run(chosen: Recipe, folder: Path, watch: Watch, **more: Any) -> None:
    train(chosen, folder, folder / "out", tell=watch.events.append, **more)


def _after(steps: int) -> Callable[[], bool]:
    """Asked before every step; says stop when ``steps`` were made."""
    asked = iter(range(steps + 1))
    return lambda: next(asked) == steps


def _assert_same(one: Any, other: Any) -> None:
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            _assert_same(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            _assert_same(*pair)
    else:
        assert one == other


@pytest.mark.parametrize("cut", [1, 3, 4])
def test_an_interrupted_run_ends_bit_for_bit_like_a_whole_one(
    cut: int, chosen: Recipe, watch: Watch, tmp_path: Path
) -> None:
    _run(chosen, tmp_path / "whole", watch)
    whole, watch.losses = watch.losses, []
    _run(chosen, tmp_path / "parts", watch, stop=_after(cut))
    assert [step for step, *_ in watch.losses] == list(range(1, cut + 1))
    # A process that goes on knows nothing of torch's generator: other draws in between.
    torch.rand(5)
    _run(chosen, tmp_path / "parts", watch)
    assert f"continued from step {cut}" in watch.said()
    assert watch.losses == whole
    assert [step for step, *_ in whole] == [1, 2, 3, 4, 5]
    states = [
        torch.load(tmp_path / name / "state.pt", weights_only=True) for name in ("whole", "parts")
    ]
    _assert_same(*states)
    hashes = [read_weights(tmp_path / name / "out")[1] for name in ("whole", "parts")]
    assert hashes[0] == hashes[1]


def test_another_seed_is_another_run(tmp_path: Path, watch: Watch) -> None:
    _run(small.recipe(tmp_path), tmp_path / "a", watch)
    first, watch.losses = watch.losses, []
    _run(small.recipe(tmp_path, seed="8"), tmp_path / "b", watch)
    assert first != watch.losses


def test_the_checkpoint_says_what_it_is_and_encodes(
    chosen: Recipe, watch: Watch, tmp_path: Path
) -> None:
    _run(chosen, tmp_path, watch)
    card = read_card(tmp_path / "out")
    assert (card.name, card.title, card.seed, card.steps) == ("small", "Small", 7, 5)
    assert "generator heart" in card.data
    assert watch.events[-1] == Finished(5, "out")
    frames = np.random.default_rng(0).random((4, 1, 32, 32), np.float32)
    motion = load_model(tmp_path / "out").encode(frames, np.ones(4, bool), np.arange(4) / 10)
    assert motion.mean.shape == (4, 6)
    assert np.isfinite(motion.mean).all()


def test_a_stopped_run_leaves_a_checkpoint_of_the_steps_it_made(
    chosen: Recipe, watch: Watch, tmp_path: Path
) -> None:
    _run(chosen, tmp_path, watch, stop=_after(2))
    assert read_card(tmp_path / "out").steps == 2


def test_the_state_is_saved_as_often_as_the_clock_says(
    chosen: Recipe, watch: Watch, tmp_path: Path
) -> None:
    now = iter(range(0, 100_000, 100))
    _run(chosen, tmp_path, watch, pace=Pace(150.0, clock=lambda: float(next(now))))
    saved = [event.step for event in watch.events if isinstance(event, Saved)]
    assert saved
    assert all(0 < step <= 5 for step in saved)
    assert not (tmp_path / "state.part").exists()


def test_the_clock_does_not_touch_the_losses(chosen: Recipe, watch: Watch, tmp_path: Path) -> None:
    _run(chosen, tmp_path / "calm", watch)
    calm, watch.losses = watch.losses, []
    now = iter(range(0, 10_000_000, 999))
    _run(chosen, tmp_path / "busy", watch, pace=Pace(0.0, clock=lambda: float(next(now))))
    assert watch.losses == calm


def test_the_state_of_another_recipe_is_refused(
    chosen: Recipe, watch: Watch, tmp_path: Path
) -> None:
    _run(chosen, tmp_path, watch, stop=_after(1))
    other = small.recipe(tmp_path, seed="8")
    with pytest.raises(MotionStudioError, match=r"state\.pt belongs to another recipe"):
        _run(other, tmp_path, watch)


def _exploding(monkeypatch: pytest.MonkeyPatch, when: Callable[[], bool]) -> None:
    """Let the loss be infinite while ``when`` says so."""
    objective = genlmm_task.objective

    def exploding(*words: Any, **more: Any) -> Any:
        loss, parts = objective(*words, **more)
        return (loss * torch.inf if when() else loss), parts

    monkeypatch.setattr(genlmm_task, "objective", exploding)


def test_a_run_that_diverges_once_goes_back_and_on_with_half_the_rate(
    chosen: Recipe, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([False, False, True, *[False] * 20])
    _exploding(monkeypatch, lambda: next(asked))
    _run(chosen, tmp_path, watch, pace=Pace(-1.0))
    assert "Training diverged at step 2" in watch.said()
    assert "Went back to step 2, on with 1/2 of the learning rate" in watch.said()
    saved = torch.load(tmp_path / "state.pt", weights_only=True)
    assert (saved["step"], saved["slowed"]) == (chosen.steps, 1)
    last = chosen.stages[-1]
    rate = saved["optimiser"]["param_groups"][0]["lr"]
    assert rate == pytest.approx(learning_rate(last, last.steps - 1) / 2)


def test_a_run_that_keeps_diverging_says_so_and_keeps_the_saved_state(
    chosen: Recipe, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _exploding(monkeypatch, lambda: bool(watch.losses))
    with pytest.raises(MotionStudioError) as error:
        _run(chosen, tmp_path, watch, pace=Pace(-1.0))
    assert "Training diverged at step 1" in error.value.message
    assert "learning rate" in error.value.hint
    assert watch.said().count("Went back") == 3
    saved = torch.load(tmp_path / "state.pt", weights_only=True)
    assert saved["step"] == 1
    assert all(bool(value.isfinite().all()) for value in saved["model"].values())
    assert not (tmp_path / "out").exists()


def test_a_full_disk_in_the_middle_is_said_and_survived(
    chosen: Recipe, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, full = torch.save, iter([True, True, *[False] * 20])

    def fails(stored: object, path: Path) -> None:
        if next(full):
            path.write_bytes(b"half")
            raise RuntimeError("PytorchStreamWriter failed writing file")
        save(stored, path)

    monkeypatch.setattr(torch, "save", fails)
    _run(chosen, tmp_path, watch, pace=Pace(-1.0))
    assert watch.said().count("The state was not saved") == 2
    assert not (tmp_path / "state.part").exists()
    assert (tmp_path / "out").is_dir()


def test_the_rate_warms_up_and_falls_to_a_twentieth() -> None:
    stage = Stage(steps=100, rate=1e-3, warmup=10)
    rates = [learning_rate(stage, step) for step in range(101)]
    assert rates[0] == pytest.approx(1e-4)
    assert max(rates) == rates[10] == pytest.approx(1e-3)
    assert np.all(np.diff(rates[:10]) > 0)
    assert np.all(np.diff(rates[10:]) < 0)
    assert rates[100] == pytest.approx(5e-5)


def test_terms_of_two_stages_are_told_in_one_event(chosen: Recipe) -> None:
    now = iter([0.0, 2.0, 2.0, 2.0])
    meter = Meter(chosen, lambda: next(now), 3)
    meter.add({"fit": 1.0, "kl": 2.0, "rate": 0.1})
    meter.add({"fit": 3.0, "parts": 5.0, "rate": 0.2})
    event = meter.event(fresh_state(torch.nn.Linear(1, 1)))
    assert event.losses == {"fit": 2.0, "kl": 2.0, "parts": 5.0}
    assert event.rate == 0.2


def test_a_full_disk_does_not_end_a_paused_run(
    chosen: Recipe, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, full = torch.save, iter([True, False])

    def fails(stored: object, path: Path) -> None:
        if next(full):
            raise RuntimeError("PytorchStreamWriter failed writing file")
        save(stored, path)

    monkeypatch.setattr(torch, "save", fails)
    asked = iter([True, True, False, False, False, False, False])
    _run(chosen, tmp_path, watch, hold=loop.Hold(lambda: next(asked), lambda: None))
    assert watch.said().count("The state was not saved") == 1
    assert watch.events[-1] == Finished(5, "out")
