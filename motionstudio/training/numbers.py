"""In which precision a step is computed, and how gradients survive it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.recipe import Recipe

_SMALLEST_SCALE = 1.0


class Numbers:
    """Autocast, and the scale of the loss where gradients would vanish in 16 bits.

    Args:
        recipe: asks for a precision. ``device``: where the network is.
    """

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        self._kind = device.type
        self._dtype = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(recipe.precision)
        scaled = self._dtype is torch.float16
        self._scaler = torch.amp.GradScaler(self._kind, enabled=scaled)

    def region(self) -> AbstractContextManager[Any]:
        """Where the loss is computed."""
        if self._dtype is None:
            return nullcontext()
        return torch.autocast(self._kind, self._dtype)

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of ``loss``."""
        scaled: Tensor = self._scaler.scale(loss)
        scaled.backward()  # type: ignore[no-untyped-call]

    def unscale(self, optimiser: torch.optim.Optimizer) -> None:
        """From now on gradients are those of the loss itself."""
        self._scaler.unscale_(optimiser)

    @property
    def forgives(self) -> bool:
        """Whether gradients that are not finite only say that the scale is too large."""
        return self._scaler.is_enabled() and self._scaler.get_scale() > _SMALLEST_SCALE

    def take_step(self, optimiser: torch.optim.Optimizer) -> None:
        """One step, none where gradients are not finite; the scale follows."""
        self._scaler.step(optimiser)
        self._scaler.update()

    def give_up(self) -> None:
        """No step will be taken with the gradients that were unscaled."""
        if self._scaler.is_enabled():
            self._scaler.update()

    def state(self) -> dict[str, Any]:
        """What a run that goes on needs; empty without a scale."""
        found: dict[str, Any] = self._scaler.state_dict()
        return found

    def take(self, state: dict[str, Any]) -> None:
        """Go on with the scale of another process."""
        if state and self._scaler.is_enabled():
            self._scaler.load_state_dict(state)


def prepare(recipe: Recipe, network: nn.Module) -> None:
    """Set what torch does in this process, and compile the parts of the network."""
    if recipe.deterministic:
        # Read when cuBLAS is used for the first time.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(recipe.deterministic)
    if recipe.compile:
        for part in network.children():
            part.compile()


def not_deterministic(error: BaseException) -> MotionStudioError | None:
    """What to say where an operation has no deterministic form; None for other errors."""
    if "does not have a deterministic implementation" not in str(error):
        return None
    return MotionStudioError(
        f"This recipe asks to be deterministic, but {str(error).split()[0]} is not on this device.",
        "Train on the CPU, or leave deterministic out.",
    )
