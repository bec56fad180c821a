"""The training loop of every system: draw, step, average, tell, save."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.build_limit import BuildLimit
from motionstudio.training.events import Event, Finished, Paused, Said, Saved, Validated
from motionstudio.training.group import Group
from motionstudio.training.loader import BatchedTask
from motionstudio.training.memory import TooLarge, device_lost
from motionstudio.training.meter import Meter
from motionstudio.training.own_clips import RECIPE, write_recipe
from motionstudio.training.patience import Patience
from motionstudio.training.recipe import Recipe
from motionstudio.training.start_from import take_weights
from motionstudio.training.state import RunState, fresh_state, load_state, save_state
from motionstudio.training.stepping import Diverged, Runner
from motionstudio.training.task import AdversarialTask, Task, open_task
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
            memory does not suffice, or the state belongs to another recipe.
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
    patience = Patience(recipe, state)
    watch = _Watch(recipe, task, data, work, tell, group, patience)
    with _hired(task, recipe):
        run = _Run(recipe, task, state, work, tell, pace or Pace(), group, patience)
        watch.look(state)
        while state.step < recipe.steps and not group.agreed(stop() or patience.over):
            run.step()
            watch.look(state)
            run.save_at_times()
            if group.agreed(hold is not None and hold.asked()):
                run.wait(hold, stop)
    run.save()
    watch.look(state, at_the_end=True)
    if patience.words:
        tell(Said(patience.words))
    if group.first:
        _ship(task, recipe, state, out)
    tell(Finished(state.step, out.name))
    group.leave()
    return out


def _ship(task: Task, recipe: Recipe, state: RunState, out: Path) -> None:
    weights, step = state.shipped
    task.export(weights, step, out)
    if not (out / RECIPE).exists():
        # With it, people may go on from this checkpoint as from those that come along.
        write_recipe(recipe, out / RECIPE)


@contextmanager
def _hired(task: Task, recipe: Recipe) -> Iterator[None]:
    """Workers draw batches ahead meanwhile, where the recipe wants some and the task lets them."""
    deterministic = torch.are_deterministic_algorithms_enabled()
    try:
        if isinstance(task, BatchedTask) and recipe.workers:
            task.batches.hire(recipe.workers, recipe.steps)
        yield
    finally:
        torch.use_deterministic_algorithms(deterministic)
        if isinstance(task, BatchedTask):
            task.batches.dismiss()


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
    network, path = _built(task), work / STATE
    if recipe.start_from and not path.exists():
        take_weights(network, recipe)
    state = fresh_state(network, task.betas, _opponent(task))
    if path.exists():
        load_state(state, path, recipe.model_dump_json())
        return state, True
    return state, False


def _built(task: Task) -> nn.Module:
    """A fresh network.

    Raises:
        MotionStudioError: the recipe makes it larger than any machine.
    """
    try:
        with BuildLimit():
            return task.network()
    except (ValueError, MemoryError) as error:
        raise MotionStudioError(
            f"The network of the recipe cannot be built: {error}.", "Give it smaller sizes."
        ) from error


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
        patience: Patience,
    ) -> None:
        self._recipe, self._task, self._state, self._tell = recipe, task, state, tell
        self._path, self._pace, self._group = work / STATE, pace, group
        self._patience = patience
        self._runner = Runner(recipe, state, task, group, tell)
        self._saved = pace.clock()
        batches = task.batches if isinstance(task, BatchedTask) else None
        waited = None if batches is None else lambda: batches.waited
        self._meter = Meter(recipe, pace.clock, state.step, waited)

    def step(self) -> None:
        """One step, told with others; or back to the last saved state, with a smaller rate."""
        state, pace, meter = self._state, self._pace, self._meter
        try:
            meter.add(self._runner.step())
        except Diverged as error:
            self._go_back(error)
            return
        except TooLarge:
            self._saves()
            raise
        except RuntimeError as error:
            if not device_lost(error):
                raise
            # What is on the device is out of reach: the state that was saved last counts.
            raise MotionStudioError(
                f"The device stopped computing in step {state.step}.",
                "Start the run again: it goes on from the state that was saved last.",
            ) from error
        often = pace.tell_every < math.inf
        if state.step % 50 == 0 or (often and meter.age >= pace.tell_every):
            self._tell(meter.event(state))
        if state.step % self._recipe.validate_every == 0 and self._group.first:
            figures = dict(self._task.validate(state.averaged))
            self._patience.validated(figures)
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
        patience: Patience,
    ) -> None:
        self._recipe, self._task, self._work, self._tell = recipe, task, work, tell
        self._patience = patience
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
                self._patience.watched(seen.error)


def probe_steps(recipe: Recipe, task: Task, count: int) -> Iterator[nn.Module]:
    """Make ``count`` steps from the beginning; the network after each, nothing saved."""
    torch.manual_seed(recipe.seed)
    state = fresh_state(_built(task), task.betas, _opponent(task))
    runner = Runner(recipe, state, task, Group(), _unheard)
    for _ in range(min(count, recipe.steps)):
        runner.step()
        yield state.model
