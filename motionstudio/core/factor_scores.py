"""Do latent dimensions follow known factors? Linear probes, the mutual information gap, and DCI.

Rows of one sequence resemble each other, so probes are always tested on sequences that they were
not fitted on. Sources: linear probes as usual; MIG: Chen et al. 2018; DCI: Eastwood and Williams
2018, with ridge coefficients as importances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]
Whole = NDArray[np.intp]

_RIDGE = 1e-2
_BINS = 20
_LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class FactorScores:
    """How latents (n, D) tell factors (n, K).

    Attributes:
        r2: (K,) cross-validated R2 of a linear probe from all dimensions; NaN where a factor is
            constant. 1 is perfect, 0 what the mean of the other sequences explains; below: worse.
        best_r2: (K,) the same from the one dimension that tells most in the fit.
        gap: (K,) mutual information gap in [0, 1]; NaN where a factor is constant.
        disentanglement: in [0, 1], 1 where every dimension tells of one factor only.
        completeness: in [0, 1], 1 where every factor is told by one dimension only.
    """

    r2: Double
    best_r2: Double
    gap: Double
    disentanglement: float
    completeness: float


def factor_scores(latents: Double, factors: Double, groups: Whole, folds: int = 5) -> FactorScores:
    """All scores at once.

    Args:
        latents: (n, D).
        factors: (n, K).
        groups: (n,) number of the sequence that a row belongs to; at least two sequences.
        folds: parts into which the sequences are divided.

    Raises:
        ValueError: shapes that do not belong together, or a single sequence.
    """
    _check(latents, factors, groups)
    varies = factors.std(0) > _LEAST * (1 + np.abs(factors).max(0, initial=0))
    r2 = np.full(factors.shape[1], np.nan)
    best, gap = r2.copy(), r2.copy()
    fold = _folds(groups, folds)
    for k in np.flatnonzero(varies):
        r2[k] = probe_r2(latents, factors[:, k], fold)
        best[k] = _best_r2(latents, factors[:, k], fold)
        gap[k] = information_gap(latents, factors[:, k])
    weights = importances(latents, factors[:, varies])
    return FactorScores(r2, best, gap, *_entropies(weights))


def probe_r2(latents: Double, target: Double, fold: Whole) -> float:
    """R2 of ridge regression of ``target`` (n,) on ``latents`` (n, D), on rows of other folds."""
    wrong = total = 0.0
    for part in np.unique(fold):
        test, rest = fold == part, fold != part
        scaled, mean, scale = _standard(latents[rest])
        level = float(target[rest].mean())
        slope = _ridge(scaled, target[rest] - level)
        guess = level + ((latents[test] - mean) / scale) @ slope
        wrong += float(np.square(target[test] - guess).sum())
        total += float(np.square(target[test] - level).sum())
    return 1 - wrong / total if total > 0 else float("nan")


def information_gap(latents: Double, target: Double, bins: int = _BINS) -> float:
    """Gap of mutual information between the two dimensions that tell most of a factor.

    In shares of the factor's entropy, both cut into ``bins`` bins of equal counts. With a single
    dimension the second tells nothing.
    """
    levels = _binned(target, bins)
    entropy = _entropy(np.bincount(levels))
    if entropy <= 0:
        return float("nan")
    told = sorted(_mutual(_binned(column, bins), levels) for column in latents.T)
    second = told[-2] if len(told) > 1 else 0.0
    return float((told[-1] - second) / entropy)


def importances(latents: Double, factors: Double) -> Double:
    """(D, K) absolute ridge coefficients between standardised latents and factors."""
    if not factors.shape[1]:
        return np.zeros((latents.shape[1], 0))
    scaled, _, _ = _standard(latents)
    target, _, _ = _standard(factors)
    return np.abs(_ridge(scaled, target))


def _entropies(weights: Double) -> tuple[float, float]:
    """Disentanglement and completeness of importances (D, K)."""
    if weights.size == 0 or weights.sum() <= 0:
        return float("nan"), float("nan")
    return _concentration(weights), _concentration(weights.T)


def _concentration(weights: Double) -> float:
    """1 minus the entropy of each row in shares of the largest, weighted by the rows' sums."""
    if weights.shape[1] < 2:
        return 1.0
    sums = weights.sum(1)
    used = sums > 0
    shares = weights[used] / sums[used, None]
    entropy = -(shares * np.log(np.clip(shares, 1e-300, None))).sum(1) / np.log(weights.shape[1])
    return float(np.sum((1 - entropy) * sums[used]) / sums[used].sum())


def _best_r2(latents: Double, target: Double, fold: Whole) -> float:
    scaled, _, _ = _standard(latents)
    best = int(np.abs(scaled.T @ (target - target.mean())).argmax())
    return probe_r2(latents[:, [best]], target, fold)


def _ridge(scaled: Double, target: Double) -> Double:
    gram = scaled.T @ scaled + _RIDGE * len(scaled) * np.eye(scaled.shape[1])
    return np.asarray(np.linalg.solve(gram, scaled.T @ target))


def _standard(values: Double) -> tuple[Double, Double, Double]:
    mean, scale = values.mean(0), values.std(0)
    # A dimension that stands still tells nothing, whatever rounding says.
    scale = np.where(scale > _LEAST, scale, np.inf)
    return (values - mean) / scale, mean, scale


def _folds(groups: Whole, folds: int) -> Whole:
    known = np.unique(groups)
    return np.asarray(np.searchsorted(known, groups) % min(folds, len(known)), np.intp)


def _binned(values: Double, bins: int) -> Whole:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.asarray(np.searchsorted(edges, values, side="right"), np.intp)


def _mutual(a: Whole, b: Whole) -> float:
    both = _entropy(np.bincount(a * (int(b.max()) + 1) + b))
    return max(0.0, _entropy(np.bincount(a)) + _entropy(np.bincount(b)) - both)


def _entropy(counts: NDArray[np.intp]) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())


def _check(latents: Double, factors: Double, groups: Whole) -> None:
    if latents.ndim != 2 or factors.ndim != 2 or len(latents) != len(factors):
        raise ValueError(
            f"factor_scores: expected (n, D) and (n, K), got {latents.shape}, {factors.shape}"
        )
    if groups.shape != (len(latents),) or len(np.unique(groups)) < 2:
        raise ValueError("factor_scores: expected (n,) groups of at least two sequences")
