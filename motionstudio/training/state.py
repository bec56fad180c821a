"""The resumable state of a run: weights, their running mean, the optimiser, the step."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.torch_archive import is_archive, load_tensors
from motionstudio.training.recipe import Recipe

_UNREADABLE = (
    OSError, RuntimeError, EOFError, LookupError, ValueError, UnpicklingError, TypeError,
    AttributeError, AssertionError,
)  # fmt: skip
"""What torch says of a damaged archive."""


@dataclass(slots=True)
class Opponent:
    """A second network that is trained against the first, by an optimiser of its own."""

    network: nn.Module
    optimiser: torch.optim.Optimizer


@dataclass(slots=True)
class Best:
    """The best weights so far, see ``patience``.

    Attributes:
        name: of the figure. ``figure``: its value, the smallest so far. ``step``: when.
        waited: measurements since then.
        weights: the running mean of the weights then.
    """

    name: str
    figure: float
    step: int
    waited: int
    weights: dict[str, Tensor]


@dataclass(slots=True)
class RunState:
    """Everything that the next step depends on; random draws are keyed by the step.

    Attributes:
        model, averaged: the network, and the running mean of its weights.
        optimiser: of the network. ``opponent``: what is trained against it, or None.
        step: steps done.
        slowed: how often the learning rate was halved because the run diverged.
        parts: in how many parts a batch is computed, more than the recipe says where memory did
            not suffice; 0: as the recipe says.
        scale: of losses in 16 bits. ``best``: the best weights so far, where the recipe asks.
    """

    model: nn.Module
    averaged: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    opponent: Opponent | None = None
    slowed: int = 0
    parts: int = 0
    scale: dict[str, Any] = field(default_factory=dict)
    best: Best | None = None

    @property
    def shipped(self) -> tuple[dict[str, Tensor], int]:
        """The weights of the checkpoint, and the step that made them."""
        return (self.averaged, self.step) if self.best is None else (
            self.best.weights, self.best.step
        )  # fmt: skip

    def average(self, decay: float) -> None:
        """Move the running mean of the weights towards the weights; of frozen ones it stays."""
        # A short run would else ship mostly its initial values.
        decay = min(decay, (1 + self.step) / (10 + self.step))
        frozen = {
            name.rpartition(".")[0]
            for name, value in self.model.named_parameters()
            if not value.requires_grad
        }
        means, values = [], []
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                if name.rpartition(".")[0] in frozen:
                    continue
                if value.is_floating_point():
                    means.append(self.averaged[name])
                    values.append(value)
                else:
                    self.averaged[name].copy_(value)
            # One call for all of them: small networks feel the difference.
            if means:
                torch._foreach_lerp_(means, values, 1 - decay)


def fresh_state(
    model: nn.Module,
    betas: tuple[float, float] = (0.9, 0.999),
    opponent: nn.Module | None = None,
) -> RunState:
    """The state before the first step of Adam with these decay rates."""
    averaged = {name: value.clone() for name, value in model.state_dict().items()}
    state = RunState(model, averaged, torch.optim.Adam(model.parameters(), 0.0, betas))
    if opponent is not None:
        state.opponent = Opponent(opponent, torch.optim.Adam(opponent.parameters(), 0.0, betas))
    return state


def save_state(state: RunState, path: Path, recipe_text: str) -> None:
    """Write atomically: a killed run leaves the previous state whole.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    temporary = path.with_suffix(".part")
    stored = {
        "recipe": recipe_text,
        "step": state.step,
        "slowed": state.slowed,
        "parts": state.parts,
        "scale": state.scale,
        "best": None if state.best is None else asdict(state.best),
        "model": state.model.state_dict(),
        "averaged": state.averaged,
        "optimiser": state.optimiser.state_dict(),
    }
    if state.opponent is not None:
        stored["opponent"] = state.opponent.network.state_dict()
        stored["opponent_optimiser"] = state.opponent.optimiser.state_dict()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(stored, temporary)
        # A power cut must not leave the new name without its content.
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise OSError(f"{path.name} could not be written: {_reason(error)}.") from error


def _reason(error: OSError | RuntimeError) -> str:
    """Why torch could not write, which it says in words of C++ where the disk is full."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    known = re.search(r"strerror: (.+)", str(error))
    return known[1].rstrip(". ") if known else "the disk is full or fails"


def load_state(state: RunState, path: Path, recipe_text: str) -> None:
    """Continue from ``path``, on whichever device; refuses the state of another recipe.

    Raises:
        MotionStudioError: the file is damaged, or the state belongs to another recipe or to
            networks that this version no longer builds.
    """
    stored = _read(path)
    if not _same(stored["recipe"], recipe_text):
        raise MotionStudioError(
            f"The saved state {path.name} belongs to another recipe.",
            "Give another --work folder, or remove that file to start anew.",
        )
    try:
        _take(state, stored)
    except (LookupError, ValueError, RuntimeError, TypeError, AttributeError) as error:
        raise MotionStudioError(
            f"The saved state {path.name} does not fit the networks of this version.",
            "Go on with the version that wrote it, or remove that file to start anew.",
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        # What is no archive, torch takes for an old format and fails in any way.
        if not is_archive(path):
            raise _damaged(path)
        # A state may come from another device than the one that goes on.
        stored = load_tensors(path)
    except _UNREADABLE as error:
        raise _damaged(path) from error
    if not isinstance(stored, dict) or not isinstance(stored.get("recipe"), str):
        raise _damaged(path)
    return stored


def _damaged(path: Path) -> MotionStudioError:
    return MotionStudioError(
        f"The saved state {path.name} is damaged.", "Remove that file to start anew."
    )


def _take(state: RunState, stored: dict[str, Any]) -> None:
    weights = state.model.state_dict()
    state.model.load_state_dict(stored["model"])
    state.averaged = {
        name: stored["averaged"][name].to(value.device) for name, value in weights.items()
    }
    state.optimiser.load_state_dict(stored["optimiser"])
    if state.opponent is not None:
        state.opponent.network.load_state_dict(stored["opponent"])
        state.opponent.optimiser.load_state_dict(stored["opponent_optimiser"])
    state.step = int(stored["step"])
    state.slowed = int(stored.get("slowed", 0))
    state.parts = int(stored.get("parts", 0))
    state.scale = dict(stored.get("scale", {}))
    best = stored.get("best")
    state.best = None if best is None else Best(**{**best, "weights": _placed(best, weights)})


def _placed(best: dict[str, Any], weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: best["weights"][name].to(value.device) for name, value in weights.items()}


def _same(stored: str, recipe_text: str) -> bool:
    # A state of an older version lacks what recipes learned since; defaults mean what was then.
    try:
        then, now = (Recipe.model_validate_json(text) for text in (stored, recipe_text))
    except ValidationError:
        return False
    # How many processes draw batches changes nothing of them.
    return then == now.model_copy(update={"workers": then.workers})
