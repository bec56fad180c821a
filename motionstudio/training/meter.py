"""Means of the losses, the speed, and the share of time that was spent waiting for data."""

from __future__ import annotations

from collections.abc import Callable

from motionstudio.training.events import Stepped
from motionstudio.training.recipe import Recipe
from motionstudio.training.state import RunState
from motionstudio.training.task import Losses


class Meter:
    """Between two events.

    Args:
        recipe: tells how many steps there are. ``clock``: seconds. ``step``: steps done.
        waited: seconds spent waiting for data since the beginning; None where nobody knows.
    """

    def __init__(
        self,
        recipe: Recipe,
        clock: Callable[[], float],
        step: int,
        waited: Callable[[], float] | None = None,
    ) -> None:
        self._recipe, self._clock, self._waited = recipe, clock, waited
        self.restart(step)

    @property
    def age(self) -> float:
        """Seconds since the last event."""
        return self._clock() - self._since

    def add(self, values: Losses) -> None:
        """The losses of one more step."""
        self._values.append(values)

    def restart(self, step: int) -> None:
        """Leave a pause out of the speed."""
        self._since, self._seen = self._clock(), step
        self._waited_then = self._waited() if self._waited is not None else 0.0
        self._values: list[Losses] = []

    def event(self, state: RunState) -> Stepped:
        """What to tell now."""
        spent, values = max(self._clock() - self._since, 1e-9), self._values
        speed = (state.step - self._seen) / spent
        # Stages may differ in their terms: each is averaged over the steps that have it.
        names = dict.fromkeys(name for v in values for name in v if name != "rate")
        seen = {name: [v[name] for v in values if name in v] for name in names}
        event = Stepped(
            state.step,
            self._recipe.steps,
            {name: sum(found) / len(found) for name, found in seen.items()},
            values[-1]["rate"],
            speed,
            (self._recipe.steps - state.step) / max(speed, 1e-9),
            self._share(spent),
        )
        self.restart(state.step)
        return event

    def _share(self, spent: float) -> float | None:
        if self._waited is None:
            return None
        return min(1.0, (self._waited() - self._waited_then) / spent)
