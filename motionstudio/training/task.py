"""What a training loop needs to know of a system: one task for each, all run by one loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, runtime_checkable

from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import ModelCard
from motionstudio.training.recipe import Recipe

Losses = Mapping[str, float]

# By system; imported when asked for, because each brings its own networks and data.
_TASKS = {
    "draw": "motionstudio.training.draw_task:DrawTask",
    "fomm": "motionstudio.training.fomm_task:FOMMTask",
    "genlmm": "motionstudio.training.genlmm_task:GenLMMTask",
    "inbetween": "motionstudio.training.vae_task:VAETask",
    "recomposing": "motionstudio.training.recomposing_task:RecomposingTask",
    "stae": "motionstudio.training.stae_task:STAETask",
    "vae": "motionstudio.training.vae_task:VAETask",
    "visual_dynamics": "motionstudio.training.visual_dynamics_task:VisualDynamicsTask",
    "vpn": "motionstudio.training.vpn_task:VPNTask",
}


class Task(Protocol):
    """One recipe of one system, with its data at hand."""

    @property
    def betas(self) -> tuple[float, float]:
        """Decay rates of Adam's moments."""

    def network(self) -> nn.Module:
        """A freshly initialised network on the device."""

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """What ``step`` minimises, a pure function of weights and step, and its terms."""

    def validate(self, averaged: Mapping[str, Tensor]) -> Losses:
        """Figures of these weights on held-out sequences, by name; none where none are held out."""

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the checkpoint."""


@runtime_checkable
class SharedTask(Protocol):
    """What a task has besides whose batches can be divided among processes."""

    def share(self, rank: int, size: int) -> None:
        """From now on ``loss`` sees every ``size``-th sequence of a batch, from ``rank`` on.

        Raises:
            MotionStudioError: the batches of the recipe cannot be divided evenly.
        """


def check_share(recipe: Recipe, size: int) -> None:
    """Whether all batches of a recipe can be divided into ``size`` equal parts.

    Raises:
        MotionStudioError: they cannot.
    """
    for stage in recipe.stages:
        if stage.batch % size:
            raise MotionStudioError(
                f"A batch of {stage.batch} cannot be divided among {size} processes.",
                "Choose a batch that is a multiple of their number.",
            )


@runtime_checkable
class AdversarialTask(Protocol):
    """What a task has besides where a second network is trained against the first."""

    def opponent(self) -> nn.Module | None:
        """A freshly initialised second network on the device; None where the recipe wants none."""

    def opponent_loss(self) -> Tensor | None:
        """What the second network minimises, about what the first has just made in ``loss``.

        None where the first made nothing in this step.
        """


def open_task(
    recipe: Recipe, data: Path | None, work: Path, device: str, tell: Callable[[str], None]
) -> Task:
    """The task of ``recipe``; its pool of sequences is kept in ``work``.

    Raises:
        MotionStudioError: the recipe asks for what its system does not have.
    """
    module, name = _TASKS[recipe.system].split(":")
    make: Callable[..., Task] = getattr(import_module(module), name)
    return make(recipe, data, work, device, tell)
