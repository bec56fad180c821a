"""Solving a row of the motion matrix so that points of the picture come where they are wanted.

A damped Gauss-Newton method: a handful of points gives a handful of residuals, so the exact
Jacobian costs two backward passes a point and three or four steps do what Adam needs a hundred
for. Steps are taken in the space in which learned motions have unit variance: directions that
hearts (or figures) really move in are cheap, others dear, and that is the prior.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.handles import HandleGoals, HandleSolution
from motionstudio.core.motion import Float
from motionstudio.models.motion_space import MotionSpace
from motionstudio.models.warp import jacobian_determinant

Velocity = Callable[[Tensor], Tensor]
"""(1, D) row to (1, 2, h, h) velocity, differentiable."""
Displacement = Callable[[Tensor], Tensor]
"""(n, 2, h, h) velocity to (n, 2, S, S) displacement, pixels."""

REACH = 8.0
"""Standard deviations of learned motions that a row goes at most, unless nothing holds it back:
farther out the decoder was never trained, and pictures tear at their borders."""

# Share of the mean variance that every direction keeps: none is forbidden altogether.
_FLOOR = 0.02
_HALVINGS = 6
# Pixels squared: less progress than this in one step is not worth another.
_ENOUGH = 1e-4
_DAMPING = 1e-3


@dataclass(frozen=True, slots=True)
class Metric:
    """What counts as one standard deviation of learned motions.

    Attributes:
        dims: (n,) dimensions that may change.
        factor: (n, n) lower triangular: ``factor @ a`` with a ~ N(0, I) is spread like ``dims``
            of rows of learned motions.
    """

    dims: NDArray[np.intp]
    factor: NDArray[np.float64]

    def deviations(self, away: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) standard deviations of a row's (D,) distance."""
        return np.asarray(np.linalg.solve(self.factor, away[self.dims]), np.float64)

    def change(self, deviations: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """(count,) change of a row for (n,) standard deviations."""
        row = np.zeros(count)
        row[self.dims] = self.factor @ deviations
        return row


def learned_metric(space: MotionSpace, dims: Sequence[int] | None = None) -> Metric:
    """The metric of the space of learned motions, phases pooled, for ``dims`` (None: all)."""
    rows = space.mean.astype(np.float64)
    parts = space.components.astype(np.float64) * space.scales[:, None, None]
    covariance = rows.T @ rows / len(rows)
    covariance += np.einsum("kpi,kpj->ij", parts, parts) / len(rows)
    floor = _FLOOR * max(float(np.trace(covariance)) / len(covariance), 1e-12)
    chosen = np.arange(len(covariance)) if dims is None else np.asarray(sorted(dims), np.intp)
    some = covariance[np.ix_(chosen, chosen)] + floor * np.eye(len(chosen))
    return Metric(chosen, np.asarray(np.linalg.cholesky(some), np.float64))


@dataclass(frozen=True, slots=True)
class _State:
    """A row that was tried; ``reached`` still knows how it depends on ``row``."""

    row: Tensor
    reached: Tensor
    cost: float
    folded: int


@dataclass(frozen=True, slots=True)
class HandleSolver:
    """Solves one row on one source.

    Attributes:
        device: where the network is.
        velocity: decodes a row on the source.
        displacement: integrates a velocity.
        metric: from ``learned_metric``.
        centre: (D,) row that the prior pulls to: the one at the start of the gesture.
        goals: points and targets.
        prior_weight: pixels squared that a learned standard deviation costs.
    """

    device: torch.device
    velocity: Velocity
    displacement: Displacement
    metric: Metric
    centre: Float
    goals: HandleGoals
    prior_weight: float

    @torch.enable_grad()
    def solve(self, start: Float, steps: int, tick: Callable[[float], None]) -> HandleSolution:
        """Improve ``start`` (D,) by at most ``steps`` steps; never ends farther away.

        A step that would fold the displacement or its inverse is shortened until it does not.
        """
        state = self._look(torch.from_numpy(start.copy()).to(self.device))
        allowed, taken = state.folded, 0
        for step in range(steps):
            better = self._improve(state, allowed)
            tick((step + 1) / steps)
            if better is None:
                break
            gained, state, taken = state.cost - better.cost, better, step + 1
            if gained < _ENOUGH:
                break
        return HandleSolution(
            state.row.detach().cpu().numpy().astype(np.float32),
            state.reached.detach().cpu().numpy().astype(np.float32),
            state.folded,
            taken,
        )

    def _improve(self, state: _State, allowed: int) -> _State | None:
        change = self._step(state)
        for _ in range(_HALVINGS):
            found = self._look(state.row.detach() + change)
            if found.cost < state.cost and found.folded <= allowed:
                return found
            change = change / 2
        return None

    def _step(self, state: _State) -> Tensor:
        """The Gauss-Newton step from ``state``, (D,)."""
        reached = state.reached.flatten()
        count = len(reached)
        lines = [
            torch.autograd.grad(reached[k], state.row, retain_graph=k + 1 < count)[0]
            for k in range(count)
        ]
        whole = torch.stack(lines).double().cpu().numpy()
        slope = whole[:, self.metric.dims] @ self.metric.factor
        wanted = self.goals.targets.reshape(-1).astype(np.float64)
        away = reached.detach().double().cpu().numpy() - wanted
        weights = np.repeat(self.goals.weights.astype(np.float64), 2)
        system = slope.T @ (weights[:, None] * slope)
        system += (self.prior_weight + _DAMPING) * np.eye(len(system))
        here = self._deviations(state.row)
        force = slope.T @ (weights * away) + self.prior_weight * here
        there = here + np.asarray(np.linalg.solve(system, -force), np.float64)
        change = self.metric.change(self._within_reach(there) - here, whole.shape[1])
        return torch.from_numpy(change.astype(np.float32)).to(self.device)

    def _within_reach(self, deviations: NDArray[np.float64]) -> NDArray[np.float64]:
        far = float(np.linalg.norm(deviations))
        if self.prior_weight == 0 or far <= REACH:
            return deviations
        return deviations * (REACH / far)

    def _look(self, row: Tensor) -> _State:
        row = row.detach().requires_grad_(True)
        velocity = self.velocity(row[None])
        inverse = self.displacement(-velocity)
        reached = self._carried(inverse)
        with torch.no_grad():
            fields = torch.cat([self.displacement(velocity), inverse])
            folded = int((jacobian_determinant(fields) <= 0).sum())
        away = (reached.detach().cpu().numpy() - self.goals.targets).astype(np.float64)
        cost = float((self.goals.weights[:, None] * away**2).sum())
        cost += self.prior_weight * float((self._deviations(row) ** 2).sum())
        return _State(row, reached, cost, folded)

    def _carried(self, inverse: Tensor) -> Tensor:
        points = torch.from_numpy(self.goals.points).to(self.device)
        height, width = inverse.shape[-2:]
        size = points.new_tensor([width, height])
        grid = ((2 * points + 1) / size - 1)[None, None]
        moved = F.grid_sample(
            inverse, grid, mode="bilinear", padding_mode="border", align_corners=False
        )
        return points + moved[0, :, 0].T

    def _deviations(self, row: Tensor) -> NDArray[np.float64]:
        away = row.detach().double().cpu().numpy() - self.centre.astype(np.float64)
        return self.metric.deviations(away)
