"""What can be read off a set of numbers: ridge probes, tested on clips they were not fitted on.

Frames of one clip resemble each other, so a probe that has seen one frame of a clip knows much of
the others. Whole clips are therefore held out, in folds; how strong a probe is regularised, and
how wide its kernel is, is chosen among the remaining clips only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]
Whole = NDArray[np.intp]
Mask = NDArray[np.bool_]
Place = Whole | Mask
_View = Callable[[Place, Place, Double], Double]

FOLDS = 5
_INNER = 3
_STRENGTHS = 10.0 ** np.arange(-5.0, 2.0)
_WIDTHS = (0.1, 0.5, 2.0)
_STILL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Predictions for rows that the probe was not fitted on.

    Attributes:
        wrong: (G, K) sum of squared errors of each clip and target.
        total: (G, K) the same of the mean of the clips that it was fitted on.
    """

    wrong: Double
    total: Double

    @property
    def r2(self) -> Double:
        """(K,) 1 - errors / errors of the mean; NaN where nothing varies."""
        return share(self.wrong.sum(0), self.total.sum(0))

    def resampled(self, count: int, seed: int = 0) -> Double:
        """(count, K) R2 of clips drawn with replacement, the probes left as they are."""
        rng = np.random.default_rng(seed)
        drawn = rng.integers(0, len(self.wrong), (count, len(self.wrong)))
        weights = np.stack([np.bincount(d, minlength=len(self.wrong)) for d in drawn])
        return share(weights @ self.wrong, weights @ self.total)


def share(wrong: Double, total: Double) -> Double:
    """``1 - wrong / total``, NaN where ``total`` is 0."""
    known = total > 0
    return np.where(known, 1 - wrong / np.where(known, total, 1), np.nan)


def linear_probe(latents: Double, targets: Double, groups: Whole, folds: int = FOLDS) -> Probe:
    """Ridge regression of every target on all columns.

    Args:
        latents: (n, D).
        targets: (n, K).
        groups: (n,) clip of each row; at least two clips.
        folds: parts into which the clips are divided.

    Raises:
        ValueError: shapes that do not belong together, or a single clip.
    """
    return _probe(latents, targets, groups, folds, (None,))


def curved_probe(latents: Double, targets: Double, groups: Whole, folds: int = FOLDS) -> Probe:
    """As ``linear_probe``, by kernel ridge regression with a linear or Gaussian kernel.

    Which kernel, how wide and how strong is chosen for each target among the clips fitted on.
    What it finds and the linear probe does not is there, but bent.
    """
    return _probe(latents, targets, groups, folds, (None, *_WIDTHS))


def component_probe(
    values: Double, targets: Double, groups: Whole, components: int, folds: int = FOLDS
) -> Probe:
    """As ``linear_probe`` on principal components (at most so many) of the clips fitted on."""
    fold = _checked(values, targets, groups, folds)
    found = np.zeros_like(targets), np.zeros_like(targets)
    for part in np.unique(fold):
        test, rest = fold == part, fold != part
        mean = values[rest].mean(0)
        axes = _axes(values[rest] - mean, components)
        scores = (values - mean) @ axes.T
        _fill(found, scores, targets, groups, test, (None,))
    return _gathered(*found, targets, groups)


def best_dimension_probe(
    latents: Double, targets: Double, groups: Whole, folds: int = FOLDS
) -> tuple[Probe, Whole]:
    """As ``linear_probe`` from the one dimension that tells most where it is fitted.

    Returns:
        The probe, and (folds, K) which dimension each fold chose.
    """
    fold = _checked(latents, targets, groups, folds)
    guess, level = np.zeros_like(targets), np.zeros_like(targets)
    chosen = []
    for part in np.unique(fold):
        test, rest = fold == part, fold != part
        scaled = _scaled(latents, rest)
        mean = targets[rest].mean(0)
        slopes = scaled[rest].T @ (targets[rest] - mean) / rest.sum()
        best = np.abs(slopes).argmax(0)
        # A standardised column's least-squares slope is its covariance with the target.
        guess[test] = mean + scaled[test][:, best] * slopes[best, np.arange(len(best))]
        level[test] = mean
        chosen.append(best)
    return _gathered(guess, level, targets, groups), np.asarray(chosen, np.intp)


def folds_of(groups: Whole, folds: int = FOLDS) -> Whole:
    """(n,) part of each row; rows of one clip share it, and parts hold equally many clips."""
    known = np.unique(groups)
    return np.asarray(np.searchsorted(known, groups) % min(folds, len(known)), np.intp)


def _probe(
    latents: Double, targets: Double, groups: Whole, folds: int, widths: Sequence[float | None]
) -> Probe:
    fold = _checked(latents, targets, groups, folds)
    found = np.zeros_like(targets), np.zeros_like(targets)
    for part in np.unique(fold):
        _fill(found, latents, targets, groups, fold == part, widths)
    return _gathered(*found, targets, groups)


def _fill(
    found: tuple[Double, Double], latents: Double, targets: Double, groups: Whole,
    test: Mask, widths: Sequence[float | None],
) -> None:  # fmt: skip
    """Guess and level of the rows ``test``, from all others."""
    guess, level = found
    rest = ~test
    scaled = _scaled(latents, rest)
    views = [_view(scaled, width) for width in widths]
    mean = targets[rest].mean(0)
    inner = folds_of(groups[rest], _INNER)
    errors = np.stack([_inner_errors(view, rest, targets, inner) for view in views])
    best = errors.reshape(-1, targets.shape[1]).argmin(0)
    which, strength = np.divmod(best, len(_STRENGTHS))
    for number in np.unique(which):
        mine = which == number
        made = views[number](rest, test, targets[rest][:, mine] - mean[mine])
        picked = made[strength[mine], :, np.arange(mine.sum())]
        guess[np.ix_(test, mine)] = mean[mine] + picked.T
    level[test] = mean


def _inner_errors(view: _View, rest: Mask, targets: Double, inner: Whole) -> Double:
    """(strengths, K) squared errors on clips held out among the rows ``rest``."""
    errors = np.zeros((len(_STRENGTHS), targets.shape[1]))
    places, parts = np.flatnonzero(rest), np.unique(inner)
    for part in parts if len(parts) > 1 else ():
        fit, test = places[inner != part], places[inner == part]
        mean = targets[fit].mean(0)
        made = view(fit, test, targets[fit] - mean)
        errors += np.square(targets[test] - mean - made).sum(1)
    return errors


def _view(scaled: Double, width: float | None) -> _View:
    """Ridge regression for every strength by one eigendecomposition, by the shorter side."""
    used = max(1, int((np.abs(scaled).max(0, initial=0) > 0).sum()))
    if width is None and scaled.shape[1] < len(scaled) // 2:
        return partial(_by_columns, scaled / np.sqrt(used))
    return partial(_by_rows, _kernel(scaled, width, used))


def _by_rows(kernel: Double, fit: Place, test: Place, targets: Double) -> Double:
    """(strengths, tested rows, K) from products of rows (n, n)."""
    fit, test = _places(fit), _places(test)
    values, vectors = np.linalg.eigh(kernel[np.ix_(fit, fit)])
    across = kernel[np.ix_(test, fit)] @ vectors
    return _damped(across, np.maximum(values, 0), vectors.T @ targets, len(fit))


def _by_columns(scaled: Double, fit: Place, test: Place, targets: Double) -> Double:
    """The same from the columns (n, D) themselves."""
    fit, test = _places(fit), _places(test)
    values, vectors = np.linalg.eigh(scaled[fit].T @ scaled[fit])
    seen = vectors.T @ (scaled[fit].T @ targets)
    return _damped(scaled[test] @ vectors, np.maximum(values, 0), seen, len(fit))


def _damped(across: Double, values: Double, seen: Double, count: int) -> Double:
    return np.stack([across @ (seen / (values + s * count)[:, None]) for s in _STRENGTHS])


def _places(chosen: Place) -> Whole:
    return np.flatnonzero(chosen) if chosen.dtype == np.bool_ else np.asarray(chosen, np.intp)


def _kernel(scaled: Double, width: float | None, used: int) -> Double:
    """(n, n): products of rows, or exp(-width d^2 / D) of their distances."""
    products = np.asarray(scaled @ scaled.T, np.float64)
    if width is None:
        return products / used
    norms = np.diag(products)
    away = np.maximum(norms[:, None] + norms - 2 * products, 0)
    return np.asarray(np.exp(-width * away / used))


def _scaled(values: Double, rest: Mask) -> Double:
    """Standardised by the rows ``rest``; a column that stands still there is 0."""
    mean, scale = values[rest].mean(0), values[rest].std(0)
    floor = _STILL * (1 + np.abs(mean))
    return np.asarray((values - mean) / np.where(scale > floor, scale, np.inf), np.float64)


def _axes(centred: Double, components: int) -> Double:
    """(c, D) leading principal axes of (n, D), by whichever side is shorter."""
    n, dims = centred.shape
    if dims <= n:
        _, vectors = np.linalg.eigh(centred.T @ centred)
        return np.asarray(vectors[:, ::-1][:, :components].T)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    kept = min(components, int((values > 1e-9 * values[-1]).sum()))
    axes = vectors[:, ::-1][:, :kept].T @ centred
    return np.asarray(axes / np.linalg.norm(axes, axis=1, keepdims=True))


def _gathered(guess: Double, level: Double, targets: Double, groups: Whole) -> Probe:
    known, place = np.unique(groups, return_inverse=True)
    wrong, total = np.zeros((2, len(known), targets.shape[1]))
    np.add.at(wrong, place, np.square(targets - guess))
    np.add.at(total, place, np.square(targets - level))
    return Probe(wrong, total)


def _checked(latents: Double, targets: Double, groups: Whole, folds: int) -> Whole:
    if latents.ndim != 2 or targets.ndim != 2 or len(latents) != len(targets):
        raise ValueError(
            f"probes: expected (n, D) and (n, K), got {latents.shape}, {targets.shape}"
        )
    if groups.shape != (len(latents),) or len(np.unique(groups)) < 2:
        raise ValueError("probes: expected (n,) groups of at least two sequences")
    return folds_of(groups, folds)
