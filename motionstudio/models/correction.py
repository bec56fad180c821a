"""Refining: rows fitted to their frames, and a velocity that corrects what no row can express.

D numbers describe how hearts move in general, not every twist of this one. Refining therefore
finds, for each kept frame, the best row and a small coarse velocity beside it. The correction
belongs to the refined row on its own source: it fades as the row is edited away from it, is
interpolated between refined rows, is zero at rest, and is left out on another source, so that
transport carries nothing but the row.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.motion import Float
from motionstudio.models.genlmm import GenLMM
from motionstudio.models.warp import warp

# Adam's first rates, the weight of the pull towards the encoded row, and of the correction's
# roughness and size.
ROW_RATE, VELOCITY_RATE = 0.1, 0.2
PULL, ROUGHNESS, SIZE = 2e-4, 0.1, 0.01

# Somebody may watch every so many steps: several times a second on a CPU.
_WATCHED = 6

# A row this share of its own length away from the refined one is another motion.
_REACH = 0.5
# A certain row (width 0) would make the pull 0 / 0, and torch crashes on fields of NaN.
_NARROWEST = 1e-3
_ROWS, _VELOCITY, _SOURCE = "refined.rows", "refined.velocity", "refined.source"


@dataclass(frozen=True, slots=True)
class Correction:
    """Velocities that go with refined rows.

    Attributes:
        rows: (n, D) float32 refined rows.
        velocity: (n, 2, g, g) float32, in pixels of the velocity's grid.
        source: (16,) uint8, digest of the picture that they were fitted on.
    """

    rows: Float
    velocity: Float
    source: NDArray[np.uint8]

    @classmethod
    def read(cls, state: Mapping[str, NDArray[Any]]) -> Self | None:
        """The correction in a motion's state, whatever its source; None where there is none."""
        if _ROWS not in state:
            return None
        return cls(state[_ROWS], state[_VELOCITY], state[_SOURCE])

    @classmethod
    def of(cls, state: Mapping[str, NDArray[Any]], source: Float) -> Self | None:
        """The correction in a motion's state, None where there is none for this source."""
        found = cls.read(state)
        return found if found is not None and found.is_for(source) else None

    def is_for(self, source: Float) -> bool:
        """Whether it was fitted on the picture ``source`` (C, S, S)."""
        return bool(np.array_equal(self.source, digest(source)))

    def state(self) -> dict[str, NDArray[Any]]:
        """The arrays that ``of`` reads."""
        return {_ROWS: self.rows, _VELOCITY: self.velocity, _SOURCE: self.source}

    def at(self, row: Float) -> Float:
        """(2, g, g) for ``row`` (D,): exact at a refined row, between them by distance."""
        distance = np.linalg.norm(self.rows - row, axis=1)
        nearest = int(np.argmin(distance))
        if distance[nearest] == 0:
            exact: Float = self.velocity[nearest]
            return exact
        reach = _REACH * float(np.linalg.norm(self.rows[nearest]))
        # Not a quotient: a refined row may be zero, and then reaches nowhere.
        if distance[nearest] >= reach:
            return np.zeros_like(self.velocity[0])
        fade = 1 - float(distance[nearest]) / reach
        weights = (distance[nearest] / distance) ** 4
        mixed = np.tensordot(weights / weights.sum(), self.velocity, 1)
        return np.asarray(fade * mixed, np.float32)


def digest(source: Float) -> NDArray[np.uint8]:
    """(16,) uint8 that name a picture's content."""
    name = hashlib.blake2b(np.ascontiguousarray(source).data, digest_size=16).digest()
    return np.frombuffer(name, np.uint8).copy()


def grid_size(network: GenLMM) -> int:
    """g: a quarter of the velocity's grid, but not below 16."""
    return min(network.config.velocity_size, max(16, network.config.velocity_size // 4))


def on_velocity_grid(network: GenLMM, correction: Tensor) -> Tensor:
    """(n, 2, g, g) brought to the velocity's grid and smoothed as velocities are."""
    side = (network.config.velocity_size,) * 2
    wide = F.interpolate(correction, size=side, mode="bilinear", align_corners=False)
    smooth: Tensor = network.decoder.smooth(wide)
    return smooth


@dataclass(frozen=True, slots=True)
class RowFit:
    """What one row is fitted to.

    Attributes:
        pair: (2, C, S, S), reference and frame.
        row: (D,), where it starts and is pulled to; ``width`` (D,) >= 0 scales the pull.
        correction: (2, g, g), where that starts.
    """

    pair: Float
    row: Float
    width: Float
    correction: Float


@torch.enable_grad()
def fit_row(
    network: GenLMM,
    decode: Callable[[Tensor], Tensor],
    fit: RowFit,
    steps: int,
    tick: Callable[[float], None],
    watch: Callable[[Float, Float, float], None],
) -> tuple[Float, Float]:
    """The row (D,) and correction (2, g, g) that bend the reference into the frame best.

    Minimises 100 MSE in both directions, a pull towards the row that it starts from, and the
    correction's roughness and size, by Adam with falling rates.

    Args:
        network: gives the smoothing and the integration.
        decode: (1, D) row to (1, 2, h, h) velocity on the source.
        fit: where to start and what to reach.
        steps: of the optimiser.
        tick: receives progress in [0, 1].
        watch: receives row, correction and mean squared error every few steps and at the end.
    """
    device = next(network.parameters()).device
    pair, origin, width = (torch.from_numpy(a).to(device) for a in (fit.pair, fit.row, fit.width))
    row = origin.clone().requires_grad_(True)
    extra = torch.from_numpy(fit.correction[None].copy()).to(device).requires_grad_(True)
    optimiser = torch.optim.Adam([{"params": [row]}, {"params": [extra]}])
    for step in range(steps):
        falling = 0.1 + 0.45 * (1 + math.cos(math.pi * step / steps))
        for group, rate in zip(optimiser.param_groups, (ROW_RATE, VELOCITY_RATE), strict=True):
            group["lr"] = rate * falling
        velocity = decode(row[None]) + on_velocity_grid(network, extra)
        fields = network.displacement(torch.cat([velocity, -velocity]))
        squares = (warp(pair, fields) - pair.flip(0)).square().mean((1, 2, 3))
        if step and step % _WATCHED == 0:
            watch(_plain(row), _plain(extra[0]), float(squares[0].detach()))
        pull = ((row - origin) / width.clamp_min(_NARROWEST)).square().sum()
        optimiser.zero_grad()
        (100 * squares.mean() + PULL * pull + _cost(extra)).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        tick((step + 1) / steps)
    return _plain(row), _plain(extra[0])


def _plain(tensor: Tensor) -> Float:
    """A copy that later steps leave alone."""
    values: Float = tensor.detach().cpu().numpy().copy()
    return values


def _cost(extra: Tensor) -> Tensor:
    across = (extra[..., 1:] - extra[..., :-1]).square().mean()
    down = (extra[..., 1:, :] - extra[..., :-1, :]).square().mean()
    return ROUGHNESS * (across + down) + SIZE * extra.square().mean()
