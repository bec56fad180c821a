"""Early stopping: a run ends when a held-out figure gets no better, and its best weights stay."""

from __future__ import annotations

from collections.abc import Mapping

from motionstudio.training.recipe import WATCHED, Recipe
from motionstudio.training.state import Best, RunState


class Patience:
    """Asked after every measurement.

    Args:
        recipe: says which figure counts, and how many measurements may pass without a better one.
        state: keeps the best weights, so that a run that goes on remembers them.
    """

    def __init__(self, recipe: Recipe, state: RunState) -> None:
        self._recipe, self._state = recipe, state
        self._validated = False

    @property
    def over(self) -> bool:
        """Whether the run ends now."""
        best = self._state.best
        return bool(self._recipe.patience) and best is not None and (
            best.waited >= self._recipe.patience
        )  # fmt: skip

    @property
    def words(self) -> str:
        """Why the run ended, or which weights are shipped; empty where patience played no part."""
        best = self._state.best
        if best is None or best.step >= self._state.step:
            return ""
        ended = f"No better for {best.waited} measurements: training ends. " if self.over else ""
        return f"{ended}Kept are the weights of step {best.step}, {best.name} {best.figure:.4g}."

    def validated(self, figures: Mapping[str, float]) -> None:
        """Figures of the system on held-out sequences."""
        self._validated = self._validated or bool(figures)
        wanted = self._recipe.stop_by or next(iter(figures), "")
        if wanted in figures:
            self._judge(wanted, figures[wanted])

    def watched(self, error: float) -> None:
        """How the watched clip is made; counts where the system measures nothing itself."""
        if self._recipe.stop_by == WATCHED or not (self._recipe.stop_by or self._validated):
            self._judge(WATCHED, error)

    def _judge(self, name: str, figure: float) -> None:
        if not self._recipe.patience:
            return
        state, best = self._state, self._state.best
        if best is None or best.name != name or figure < best.figure:
            weights = {key: value.clone() for key, value in state.averaged.items()}
            state.best = Best(name, figure, state.step, 0, weights)
        elif state.step > best.step:
            best.waited += 1
