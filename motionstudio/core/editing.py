"""Edits of a latent motion matrix as pure functions on arrays; rows are time.

Every function takes whole matrices and returns a new one; only the named cells differ. The
caller turns the result into a command.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float

# Standard deviations beyond which a Gaussian is below the precision of float32.
_REACH = 6.0
# Rows that are averaged at once.
_BLOCK = 128


def soft_weights(count: int, rows: Sequence[int], width: float, *, cyclic: bool = False) -> Float:
    """How much each row follows an edit of ``rows``: a Gaussian in time.

    Args:
        count: R.
        rows: edited rows, at least one.
        width: standard deviation in rows; 0: nothing but ``rows`` moves.
        cyclic: whether the last row is next to the first.

    Returns:
        (R,) float32: 1 on ``rows``, falling to 0 with the distance from the nearest of them;
        weights below 0.01 are 0, so that far rows stay exactly as they are.
    """
    if not len(rows):
        raise ValueError("soft_weights: expected at least one row, got none")
    known = np.unique(np.asarray(rows, np.intp))
    if cyclic:
        known = np.concatenate([known - count, known, known + count])
    here = np.arange(count)
    after = np.searchsorted(known, here)
    above = np.abs(known[np.minimum(after, len(known) - 1)] - here)
    distance = np.minimum(above, np.abs(here - known[np.maximum(after - 1, 0)]))
    if width <= 0:
        return np.asarray(distance == 0, np.float32)
    weights = np.exp(-0.5 * (distance / width) ** 2)
    return np.asarray(np.where(weights < 0.01, 0.0, weights), np.float32)


def drag(
    offset: Float,
    rows: Sequence[int],
    dims: Sequence[int],
    delta: float,
    *,
    width: float = 0.0,
    cyclic: bool = False,
) -> Float:
    """Offsets (R, D) after moving cells by ``delta``; rows nearby follow within ``width``."""
    weights = soft_weights(len(offset), rows, width, cyclic=cyclic)
    moved = offset.copy()
    moved[:, list(dims)] += np.float32(delta) * weights[:, None]
    return moved


def smooth(
    values: Float, rows: Sequence[int], dims: Sequence[int], sigma: float, *, cyclic: bool = False
) -> Float:
    """Values (R, D) whose cells ``rows`` x ``dims`` are averaged over time.

    Args:
        values: (R, D).
        rows: rows that change; those beside them are read only.
        dims: dimensions that change.
        sigma: standard deviation of the Gaussian in rows, > 0.
        cyclic: whether the last row is next to the first; otherwise weights are renormalised at
            the ends, so that a constant stays constant.
    """
    if not sigma > 0:
        raise ValueError(f"smooth: expected sigma > 0, got {sigma}")
    columns, chosen = values[:, list(dims)].astype(np.float64), np.asarray(rows, np.intp)
    reach = int(np.ceil(_REACH * sigma))
    if len(values) > 2 * reach + _BLOCK:
        return _put(values, rows, dims, _averaged(columns, sigma, reach, cyclic)[chosen])
    away = np.abs(chosen[:, None] - np.arange(len(values))[None, :])
    if cyclic:
        away = np.minimum(away, len(values) - away)
    kernel = np.exp(-0.5 * (away / sigma) ** 2)
    kernel /= kernel.sum(axis=1, keepdims=True)
    return _put(values, rows, dims, kernel @ columns)


def _averaged(
    columns: NDArray[np.float64], sigma: float, reach: int, cyclic: bool
) -> NDArray[np.float64]:
    """(R, n) Gaussian averages over time, block by block: a long matrix needs no R x R kernel."""
    ones = np.ones((len(columns), 1))
    padded = np.hstack([columns, ones])
    if cyclic:
        padded = np.concatenate([padded[-reach:], padded, padded[:reach]])
    else:
        padded = np.pad(padded, ((reach, reach), (0, 0)))
    away = np.arange(_BLOCK)[:, None] + reach - np.arange(_BLOCK + 2 * reach)[None, :]
    kernel = np.where(np.abs(away) <= reach, np.exp(-0.5 * (away / sigma) ** 2), 0.0)
    made = np.empty((len(columns), padded.shape[1]))
    for start in range(0, len(columns), _BLOCK):
        count = min(_BLOCK, len(columns) - start)
        wide = count + 2 * reach
        made[start : start + count] = kernel[:count, :wide] @ padded[start : start + wide]
    return np.asarray(made[:, :-1] / made[:, -1:])


def gain(
    values: Float,
    rows: Sequence[int],
    dims: Sequence[int],
    factor: float,
    *,
    about_mean: bool = False,
) -> Float:
    """Values (R, D) whose cells are ``factor`` times as far from zero.

    Args:
        values: (R, D).
        rows: rows that change.
        dims: dimensions that change.
        factor: 0 gives zero, 1 changes nothing, 2 doubles the motion.
        about_mean: scale about the mean of the chosen rows of each dimension instead of zero.
    """
    block = values[_cells(rows, dims)].astype(np.float64)
    centre = block.mean(axis=0, keepdims=True) if about_mean else 0.0
    return _put(values, rows, dims, centre + factor * (block - centre))


def snap(values: NDArray[np.floating], sigma: NDArray[np.floating] | float) -> Float:
    """``values`` moved to the nearest of -sigma, 0 and +sigma.

    Args:
        values: any shape.
        sigma: positive, of a shape that broadcasts to the values; 0 gives 0.

    Returns:
        float32 of the shape of ``values``.
    """
    step = np.broadcast_to(np.asarray(sigma, np.float32), values.shape)
    units = np.divide(values, step, out=np.zeros(values.shape), where=step > 0)
    return np.asarray(np.clip(np.round(units), -1, 1) * step, np.float32)


def reset(offset: Float, rows: Sequence[int], dims: Sequence[int]) -> Float:
    """Offsets (R, D) that are zero at ``rows`` x ``dims``: back to what was encoded."""
    return _put(offset, rows, dims, np.zeros((len(rows), len(dims))))


def _put(
    matrix: Float, rows: Sequence[int], dims: Sequence[int], block: NDArray[np.floating]
) -> Float:
    result = matrix.copy()
    result[_cells(rows, dims)] = block.astype(np.float32)
    return result


def _cells(rows: Sequence[int], dims: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.asarray(rows, np.intp)[:, None], np.asarray(dims, np.intp)[None, :]
