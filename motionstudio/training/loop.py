"""The training loop of every system: draw, step, average, tell, save."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.events import (
    Event,
    Finished,
    Paused,
    Said,
    Saved,
    Stepped,
    Validated,
)
from motionstudio.training.group import Group, GroupLoss
from motionstudio.training.recipe import Recipe, Stage
from motionstudio.training.start_from import take_weights
from motionstudio.training.state import (
    Opponent,
    RunState,
    fresh_state,
    load_state,
    save_state,
)
from motionstudio.training.task import AdversarialTask, Losses, Task, open_task
from motionstudio.training.watched_clip import choose, look

Tell = Callable[[Event], None]
STATE = "state.pt"
_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a run saves and tells; never influences the losses.

    Attributes:
        save_every: seconds between resumable states.
        tell_every: seconds after which losses are told, besides every 50 steps.
        clock: seconds.
    """

    save_every: float = 180.0
    tell_every: float = math.inf
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause in the middle of a run, whose state is saved then.

    Attributes:
        asked: whether to wait.
        rest: lets some time pass.
    """

    asked: Callable[[], bool]
    rest: Callable[[], None]


def train(
    recipe: Recipe,
    work: Path,
    out: Path,
    *,
    data: Path | None = None,
    device: str = "cpu",
    tell: Tell,
    stop: Callable[[], bool] = lambda: False,
    hold: Hold | None = None,
    pace: Pace | None = None,
) -> Path:
    """Run ``recipe`` to its end and write the checkpoint.

    Args:
        recipe: what to train.
        work: folder of the resumable state and the pool; a state of this recipe is continued.
        out: folder of the checkpoint, made if absent.
        data: folder of the real clips, or None to train on the generated part alone.
        device: torch device.
        tell: receives events.
        stop: asked after every step; True saves the state and the checkpoint and returns.
        hold: asked after every step whether to wait.
        pace: how often what is saved and told.

    Returns:
        ``out``.

    Raises:
        MotionStudioError: the run diverged again and again though the learning rate was halved,
            or the state belongs to another recipe.
        OSError: the last state or the checkpoint cannot be written.
        Cancelled: ``stop`` raised it; nothing is saved or written then.
    """
    group = Group.join()
    tell = tell if group.first else _unheard
    task = _open(recipe, data, work, device, tell, group)
    torch.manual_seed(recipe.seed)
    state, goes_on = _begin(recipe, task, work)
    if goes_on:
        tell(Said(f"continued from step {state.step}"))
    run = _Run(recipe, task, state, work, tell, pace or Pace(), group)
    watch = _Watch(recipe, task, data, work, tell, group)
    watch.look(state)
    while state.step < recipe.steps and not group.agreed(stop()):
        run.step()
        watch.look(state)
        run.save_at_times()
        if group.agreed(hold is not None and hold.asked()):
            run.wait(hold, stop)
    run.save()
    watch.look(state, at_the_end=True)
    if group.first:
        task.export(state.averaged, state.step, out)
    tell(Finished(state.step, out.name))
    group.leave()
    return out


def _unheard(_event: Event) -> None:
    """Where the events of all processes but the first go."""


def _open(
    recipe: Recipe, data: Path | None, work: Path, device: str, tell: Tell, group: Group
) -> Task:
    """The task; the first process prepares the sequences that the others then find."""
    if not group.first:
        group.wait()
    task = open_task(recipe, data, work, device, lambda text: tell(Said(text)))
    if group.first:
        group.wait()
    return task


def _begin(recipe: Recipe, task: Task, work: Path) -> tuple[RunState, bool]:
    """The state to train on, and whether it is one that was saved."""
    network, path = task.network(), work / STATE
    if recipe.start_from and not path.exists():
        take_weights(network, recipe)
    state = fresh_state(network, task.betas, _opponent(task))
    if path.exists():
        load_state(state, path, recipe.model_dump_json())
        return state, True
    return state, False


def _opponent(task: Task) -> nn.Module | None:
    return task.opponent() if isinstance(task, AdversarialTask) else None


class _Run:
    """What is done again and again: a step, what is told of it, and saving."""

    def __init__(
        self,
        recipe: Recipe,
        task: Task,
        state: RunState,
        work: Path,
        tell: Tell,
        pace: Pace,
        group: Group,
    ) -> None:
        self._recipe, self._task, self._state, self._tell = recipe, task, state, tell
        self._path, self._pace, self._group = work / STATE, pace, group
        self._runner = _Runner(recipe, state, task, group)
        self._saved = pace.clock()
        self._meter = _Meter(recipe, pace.clock, state.step)

    def step(self) -> None:
        """One step, told with others; or back to the last saved state, with a smaller rate."""
        state, pace, meter = self._state, self._pace, self._meter
        try:
            meter.add(self._runner.step())
        except Diverged as error:
            self._go_back(error)
            return
        often = pace.tell_every < math.inf
        if state.step % 50 == 0 or (often and meter.age >= pace.tell_every):
            self._tell(meter.event(state))
        if state.step % 1000 == 0 and self._group.first:
            figures = dict(self._task.validate(state.averaged))
            if figures:
                self._tell(Validated(state.step, figures))

    def save_at_times(self) -> None:
        """Save when the last time is long ago."""
        if self._group.agreed(self._pace.clock() - self._saved > self._pace.save_every):
            self._saved = self._pace.clock()
            if self._saves():
                self._tell(Saved(self._state.step, self._path.name))

    def save(self) -> None:
        """Save the resumable state; all processes meet here, also where that fails."""
        try:
            if self._group.first:
                save_state(self._state, self._path, self._recipe.model_dump_json())
        finally:
            self._group.wait()

    def _saves(self) -> bool:
        """Save in the middle of a run, which goes on where the disk is full."""
        try:
            self.save()
        except OSError as error:
            self._tell(Said(f"The state was not saved, training goes on: {error}"))
            return False
        return True

    def _go_back(self, error: Diverged) -> None:
        state, slowed = self._state, self._state.slowed + 1
        if slowed > _RETRIES or not self._path.exists():
            raise error
        load_state(state, self._path, self._recipe.model_dump_json())
        state.slowed = slowed
        self._saves()
        self._meter.restart(state.step)
        self._tell(
            Said(
                f"{error.message} Went back to step {state.step}, on with 1/{2**slowed} of the "
                "learning rate."
            )
        )

    def wait(self, hold: Hold | None, stop: Callable[[], bool]) -> None:
        """Save, and rest until told to go on or to stop."""
        self._saves()
        self._tell(Paused(self._state.step))
        while self._group.agreed(hold is not None and hold.asked() and not stop()):
            if hold is not None:
                hold.rest()
        self._meter.restart(self._state.step)


class _Watch:
    """Looks at one clip from time to time, once for each step."""

    def __init__(
        self,
        recipe: Recipe,
        task: Task,
        data: Path | None,
        work: Path,
        tell: Tell,
        group: Group,
    ) -> None:
        self._recipe, self._task, self._work, self._tell = recipe, task, work, tell
        self._clip = choose(recipe, data) if recipe.watch_every and group.first else None
        self._seen = -1

    def look(self, state: RunState, at_the_end: bool = False) -> None:
        if self._clip is None or state.step == self._seen:
            return
        if at_the_end or state.step % self._recipe.watch_every == 0:
            self._seen = state.step
            try:
                seen = look(self._clip, self._task, state.averaged, state.step, self._work)
            except (OSError, MotionStudioError) as error:
                # A clip that is gone or a full disk costs a picture, not the run.
                self._tell(Said(f"Step {state.step} shows no picture of a clip: {error}"))
                return
            if seen is not None:
                self._tell(seen)


def probe_steps(recipe: Recipe, task: Task, count: int) -> Iterator[nn.Module]:
    """Make ``count`` steps from the beginning; the network after each, nothing saved."""
    torch.manual_seed(recipe.seed)
    state = fresh_state(task.network(), task.betas, _opponent(task))
    runner = _Runner(recipe, state, task, Group())
    for _ in range(min(count, recipe.steps)):
        runner.step()
        yield state.model


class _Runner:
    """One optimiser step after another."""

    def __init__(self, recipe: Recipe, state: RunState, task: Task, group: Group) -> None:
        self._recipe, self._state, self._task, self._group = recipe, state, task, group
        self._loss = GroupLoss(task, state.model, group)

    def step(self) -> Losses:
        state, recipe = self._state, self._recipe
        stage, inside = recipe.stage_at(state.step)
        rate = learning_rate(stage, inside) / 2**state.slowed
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        loss, parts = self._loss(state.step)
        # The backward pass of grid_sample crashes on coordinates that are not numbers.
        if self._group.any(not math.isfinite(float(loss.detach()))):
            raise _diverged(state.step, "loss")
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
        if not math.isfinite(float(norm)):
            raise _diverged(state.step, "gradient")
        state.optimiser.step()
        if state.opponent is not None:
            parts = {**parts, **self._step_opponent(state.opponent, rate)}
        state.step += 1
        state.average(recipe.average)
        return {**{name: float(value) for name, value in parts.items()}, "rate": rate}

    def _step_opponent(self, opponent: Opponent, rate: float) -> dict[str, Tensor]:
        assert isinstance(self._task, AdversarialTask)
        for group in opponent.optimiser.param_groups:
            group["lr"] = rate
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


class Diverged(MotionStudioError):
    """A loss or a gradient is not a number."""


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


class _Meter:
    """Means of the losses and the speed between two events."""

    def __init__(self, recipe: Recipe, clock: Callable[[], float], step: int) -> None:
        self._recipe, self._clock = recipe, clock
        self._since, self._seen = clock(), step
        self._values: list[Losses] = []

    @property
    def age(self) -> float:
        """Seconds since the last event."""
        return self._clock() - self._since

    def add(self, values: Losses) -> None:
        self._values.append(values)

    def restart(self, step: int) -> None:
        """Leave a pause out of the speed."""
        self._since, self._seen, self._values = self._clock(), step, []

    def event(self, state: RunState) -> Stepped:
        now, values = self._clock(), self._values
        speed = (state.step - self._seen) / max(now - self._since, 1e-9)
        # Stages may differ in their terms: each is averaged over the steps that have it.
        names = dict.fromkeys(name for v in values for name in v if name != "rate")
        seen = {name: [v[name] for v in values if name in v] for name in names}
        means = {name: sum(found) / len(found) for name, found in seen.items()}
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
