"""The training loop of every system: draw, step, average, tell, save."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.events import Event, Finished, Said, Saved, Stepped, Validated
from motionstudio.training.recipe import Recipe, Stage
from motionstudio.training.state import RunState, fresh_state, load_state, save_state
from motionstudio.training.task import Losses, Task, open_task

Tell = Callable[[Event], None]


def train(
    recipe: Recipe,
    work: Path,
    out: Path,
    *,
    data: Path | None = None,
    device: str = "cpu",
    tell: Tell,
    save_every: float = 180.0,
    clock: Callable[[], float] = time.monotonic,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Run ``recipe`` to its end and write the checkpoint.

    Args:
        recipe: what to train.
        work: folder of the resumable state and the pool; a state of this recipe is continued.
        out: folder of the checkpoint, made if absent.
        data: folder of the real clips, or None to train on the generated part alone.
        device: torch device.
        tell: receives events.
        save_every: seconds between resumable states.
        clock: seconds, for speed and saving; never influences the losses.
        stop: asked after every step; True saves the state and the checkpoint and returns.

    Returns:
        ``out``.

    Raises:
        MotionStudioError: the loss is not finite, or the state belongs to another recipe.
    """
    task = open_task(recipe, data, work, device, lambda text: tell(Said(text)))
    torch.manual_seed(recipe.seed)
    state = fresh_state(task.network(), task.betas)
    text = recipe.model_dump_json()
    state_path = work / "state.pt"
    if state_path.exists():
        load_state(state, state_path, text)
        tell(Said(f"continued from step {state.step}"))
    runner = _Runner(recipe, state, task)
    saved, meter = clock(), _Meter(recipe, clock, state.step)
    while state.step < recipe.steps and not stop():
        meter.add(runner.step())
        if state.step % 50 == 0:
            tell(meter.event(state))
        if state.step % 1000 == 0:
            tell(Validated(state.step, dict(task.validate(state.averaged))))
        if clock() - saved > save_every:
            save_state(state, state_path, text)
            tell(Saved(state.step, state_path.name))
            saved = clock()
    save_state(state, state_path, text)
    task.export(state.averaged, state.step, out)
    tell(Finished(state.step, out.name))
    return out


class _Runner:
    """One optimiser step after another."""

    def __init__(self, recipe: Recipe, state: RunState, task: Task) -> None:
        self._recipe, self._state, self._task = recipe, state, task

    def step(self) -> Losses:
        state, recipe = self._state, self._recipe
        stage, inside = recipe.stage_at(state.step)
        rate = learning_rate(stage, inside)
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        loss, parts = self._task.loss(state.model, state.step)
        # The backward pass of grid_sample crashes on coordinates that are not numbers.
        if not math.isfinite(float(loss.detach())):
            raise _diverged(state.step, "loss")
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
        if not math.isfinite(float(norm)):
            raise _diverged(state.step, "gradient")
        state.optimiser.step()
        state.step += 1
        state.average(recipe.average)
        return {**{name: float(value) for name, value in parts.items()}, "rate": rate}


def _diverged(step: int, what: str) -> MotionStudioError:
    return MotionStudioError(
        f"Training diverged at step {step}: the {what} is not finite.",
        "Lower the learning rate; the last saved state is intact.",
    )


def learning_rate(stage: Stage, step: int) -> float:
    """Linear warm-up, then a cosine to 5 % of the peak at the stage's end."""
    if step < stage.warmup:
        return stage.rate * (step + 1) / stage.warmup
    done = (step - stage.warmup) / max(1, stage.steps - stage.warmup)
    return stage.rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))


class _Meter:
    """Means of the losses and the speed between two events."""

    def __init__(self, recipe: Recipe, clock: Callable[[], float], step: int) -> None:
        self._recipe, self._clock = recipe, clock
        self._since, self._seen = clock(), step
        self._values: list[Losses] = []

    def add(self, values: Losses) -> None:
        self._values.append(values)

    def event(self, state: RunState) -> Stepped:
        now, values = self._clock(), self._values
        speed = (state.step - self._seen) / max(now - self._since, 1e-9)
        names = [name for name in values[0] if name != "rate"]
        means = {name: sum(v[name] for v in values) / len(values) for name in names}
        event = Stepped(
            state.step,
            self._recipe.steps,
            means,
            values[-1]["rate"],
            speed,
            (self._recipe.steps - state.step) / max(speed, 1e-9),
        )
        self._since, self._seen, self._values = now, state.step, []
        return event
