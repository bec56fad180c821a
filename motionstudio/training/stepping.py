"""One optimiser step: in parts where memory asks for it, checked before it is taken."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.events import Event, Said
from motionstudio.training.group import Group, GroupLoss
from motionstudio.training.memory import divide, out_of_memory, too_large
from motionstudio.training.numbers import Numbers, not_deterministic, prepare
from motionstudio.training.recipe import Recipe, Stage
from motionstudio.training.state import Opponent, RunState
from motionstudio.training.task import AdversarialTask, Losses, Task

Tell = Callable[[Event], None]


class Diverged(MotionStudioError):
    """A loss or a gradient is not a number."""


class Runner:
    """One optimiser step after another.

    Args:
        recipe: says how. ``state``: what is stepped. ``task``: tells the loss.
        group: the processes that share it.
        tell: hears when memory does not suffice.
    """

    def __init__(
        self, recipe: Recipe, state: RunState, task: Task, group: Group, tell: Tell
    ) -> None:
        self._recipe, self._state, self._task, self._group = recipe, state, task, group
        self._tell = tell
        prepare(recipe, state.model)
        self._loss = GroupLoss(task, state.model, group)
        self._numbers = Numbers(recipe, next(state.model.parameters()).device)
        self._numbers.take(state.scale)
        if self._parts > 1:
            self._divide(0)

    def step(self) -> Losses:
        """Make one step; the terms of its loss.

        Raises:
            Diverged: the loss or a gradient is not finite; nothing is changed then.
            TooLarge: memory does not suffice; nothing is changed then.
        """
        state, recipe = self._state, self._recipe
        stage, inside = recipe.stage_at(state.step)
        rate = learning_rate(stage, inside) / 2**state.slowed
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        parts = self._gradients()
        self._numbers.unscale(state.optimiser)
        norm = nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
        if not math.isfinite(float(norm)) and not self._numbers.forgives:
            self._numbers.give_up()
            raise _diverged(state.step, "gradient")
        self._numbers.take_step(state.optimiser)
        state.scale = self._numbers.state()
        if state.opponent is not None:
            parts = {**parts, **self._step_opponent(state.opponent, rate)}
        state.step += 1
        state.average(recipe.average)
        return {**{name: float(value) for name, value in parts.items()}, "rate": rate}

    @property
    def _parts(self) -> int:
        return max(self._state.parts, self._recipe.accumulate)

    def _gradients(self) -> dict[str, Tensor]:
        """Gradients of the whole batch; in more parts from now on where memory is short."""
        while True:
            try:
                return self._add_gradients()
            except (MemoryError, RuntimeError) as error:
                said = not_deterministic(error)
                if said is not None:
                    raise said from error
                if not out_of_memory(error):
                    raise
                # Others wait in the middle of their step: torchrun starts all of them again.
                if self._group.size > 1:
                    raise too_large(self._state.step) from error
            self._halve()

    def _halve(self) -> None:
        stage, _ = self._recipe.stage_at(self._state.step)
        parts = self._parts * 2
        while parts <= stage.batch and stage.batch % parts:
            parts += 1
        if parts > stage.batch:
            raise too_large(self._state.step)
        self._state.optimiser.zero_grad(set_to_none=True)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._state.parts = parts
        self._divide(0)
        self._tell(
            Said(f"Memory does not suffice: each batch is now computed in {parts} parts, slower.")
        )

    def _divide(self, number: int) -> None:
        divide(self._task, self._parts, self._group.rank, self._group.size, number)

    def _add_gradients(self) -> dict[str, Tensor]:
        state, count = self._state, self._parts
        state.optimiser.zero_grad(set_to_none=True)
        sums: dict[str, Tensor] = {}
        for number in range(count):
            if count > 1:
                self._divide(number)
            with self._numbers.region():
                loss, parts = self._loss(state.step)
            # The backward pass of grid_sample crashes on coordinates that are not numbers.
            if self._group.any(not math.isfinite(float(loss.detach()))):
                raise _diverged(state.step, "loss")
            self._numbers.backward(loss / count)
            for name, value in parts.items():
                sums[name] = sums.get(name, 0) + value.detach() / count
        return sums

    def _step_opponent(self, opponent: Opponent, rate: float) -> dict[str, Tensor]:
        assert isinstance(self._task, AdversarialTask)
        for group in opponent.optimiser.param_groups:
            group["lr"] = rate
        with self._numbers.region():
            loss = self._task.opponent_loss()
        if loss is None:
            return {}
        if not math.isfinite(float(loss.detach())):
            raise _diverged(self._state.step, "discriminator's loss")
        # The first network's loss went through this one, too.
        opponent.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        opponent.optimiser.step()
        return {"discriminator": loss.detach()}


def _diverged(step: int, what: str) -> Diverged:
    return Diverged(
        f"Training diverged at step {step}: the {what} is not finite.",
        "Lower the learning rate; the last saved state is intact.",
    )


def learning_rate(stage: Stage, step: int) -> float:
    """Linear warm-up, then a cosine to 5 % of the peak at the stage's end."""
    if step < stage.warmup:
        return stage.rate * (step + 1) / stage.warmup
    done = (step - stage.warmup) / max(1, stage.steps - stage.warmup)
    return stage.rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))
