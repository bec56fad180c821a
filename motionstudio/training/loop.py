"""The training loop of GenLMM: draw, step, average, tell, save."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.genlmm import GenLMM
from motionstudio.models.genlmm_objective import SequenceBatch, objective
from motionstudio.training.batches import BatchDrawer
from motionstudio.training.configuration import configuration
from motionstudio.training.events import Event, Finished, Said, Saved, Stepped
from motionstudio.training.export import export_checkpoint
from motionstudio.training.pool import Sequence, cached_pool
from motionstudio.training.recipe import Recipe, Stage
from motionstudio.training.state import RunState, fresh_state, load_state, save_state
from motionstudio.training.validation import Validator

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
    config = configuration(recipe)
    pool = cached_pool(recipe, config, data, work, lambda text: tell(Said(text)))
    torch.manual_seed(recipe.seed)
    model = GenLMM(config).to(torch.device(device)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    state = fresh_state(model)
    text = recipe.model_dump_json()
    state_path = work / "state.pt"
    if state_path.exists():
        load_state(state, state_path, text)
        tell(Said(f"continued from step {state.step}"))
    runner = _Runner(recipe, state, pool, device)
    validator = Validator(recipe, config, device)
    saved, meter = clock(), _Meter(recipe, clock, state.step)
    while state.step < recipe.steps and not stop():
        meter.add(runner.step())
        if state.step % 50 == 0:
            tell(meter.event(state))
        if state.step % 1000 == 0:
            tell(validator.event(state))
        if clock() - saved > save_every:
            save_state(state, state_path, text)
            tell(Saved(state.step, state_path.name))
            saved = clock()
    save_state(state, state_path, text)
    export_checkpoint(recipe, config, state, pool, out)
    tell(Finished(state.step, out.name))
    return out


class _Runner:
    """One optimiser step after another."""

    def __init__(self, recipe: Recipe, state: RunState, pool: Many[Sequence], device: str) -> None:
        self._recipe, self._state, self._device = recipe, state, device
        self._drawer = BatchDrawer(recipe, pool)

    def step(self) -> dict[str, float]:
        state, recipe = self._state, self._recipe
        stage, inside = recipe.stage_at(state.step)
        batch, noise = self._drawer.draw(state.step)
        model = state.model
        assert isinstance(model, GenLMM)
        rate = learning_rate(stage, inside)
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        loss, parts = objective(
            model,
            on_device(batch, self._device),
            noise[:, : model.config.dims].to(self._device),
            kl_weight=recipe.kl_weight * self._kl_ramp(),
            similarity=recipe.similarity,
            stride=recipe.stride,
            field_weight=recipe.field_weight,
            bridge=stage.bridge,
        )
        # The backward pass of grid_sample crashes on coordinates that are not numbers.
        if not math.isfinite(float(loss.detach())):
            raise _diverged(state.step, "loss")
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if not math.isfinite(float(norm)):
            raise _diverged(state.step, "gradient")
        state.optimiser.step()
        state.step += 1
        state.average(recipe.average)
        return {"fit": float(parts["fit"]), "kl": float(parts["kl"]), "rate": rate}

    def _kl_ramp(self) -> float:
        ramp = self._recipe.kl_warmup * self._recipe.stages[0].steps
        return min(1.0, self._state.step / ramp) if ramp else 1.0


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


def on_device(batch: SequenceBatch, device: str) -> SequenceBatch:
    """The batch with its tensors on ``device``."""
    if device == "cpu":
        return batch
    moved: dict[str, Any] = {
        item.name: value.to(device)
        for item in fields(batch)
        if isinstance(value := getattr(batch, item.name), Tensor)
    }
    return replace(batch, **moved)


class _Meter:
    """Means of the losses and the speed between two events."""

    def __init__(self, recipe: Recipe, clock: Callable[[], float], step: int) -> None:
        self._recipe, self._clock = recipe, clock
        self._since, self._seen = clock(), step
        self._values: list[dict[str, float]] = []

    def add(self, values: dict[str, float]) -> None:
        self._values.append(values)

    def event(self, state: RunState) -> Stepped:
        now, values = self._clock(), self._values
        speed = (state.step - self._seen) / max(now - self._since, 1e-9)
        means = {k: sum(v[k] for v in values) / len(values) for k in ("fit", "kl")}
        event = Stepped(
            state.step,
            self._recipe.steps,
            means["fit"],
            means["kl"],
            values[-1]["rate"],
            speed,
            (self._recipe.steps - state.step) / max(speed, 1e-9),
        )
        self._since, self._seen, self._values = now, state.step, []
        return event
