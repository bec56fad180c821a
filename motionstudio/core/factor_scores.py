"""Does each latent dimension mean one thing? The mutual information gap, and DCI.

Sources: MIG: Chen et al. 2018, "Isolating Sources of Disentanglement in VAEs"; DCI: Eastwood and
Williams 2018, "A Framework for the Quantitative Evaluation of Disentangled Representations", whose
informativeness is the R2 of ``probes.linear_probe`` here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.probes import folds_of

Double = NDArray[np.float64]
Whole = NDArray[np.intp]

BINS = 10
_PENALTIES = 10.0 ** np.arange(-3.0, 0.1, 0.5)
_SWEEPS, _SETTLED = 200, 1e-6
_STILL = 1e-9


def information_gaps(latents: Double, factors: Double, bins: int = BINS) -> Double:
    """(K,) mutual information gap of each factor; NaN for a factor that stands still.

    ``(I(z_1; f) - I(z_2; f)) / H(f)`` of the two dimensions that tell most of it. Both are cut
    into ``bins`` bins of equal counts; a variable with fewer values keeps one bin for each. The
    bias of entropies of few samples is taken off after Miller and Madow, which puts information
    between independent variables near 0. A single dimension has no rival: the second is 0.

    Args:
        latents: (n, D).
        factors: (n, K).
        bins: of each variable.
    """
    columns = [_binned(column, bins) for column in latents.T]
    return np.array([_gap(columns, _binned(factor, bins)) for factor in factors.T])


def importances(latents: Double, factors: Double, groups: Whole) -> Double:
    """(D, K) absolute coefficients of a lasso from standardised latents to standardised factors.

    Its penalty is chosen for each factor by the error on clips that it was not fitted on.

    Args:
        latents: (n, D).
        factors: (n, K), none of which stands still.
        groups: (n,) clip of each row.
    """
    fold, errors = folds_of(groups, 3), np.zeros((len(_PENALTIES), factors.shape[1]))
    for part in np.unique(fold):
        rest, test = fold != part, fold == part
        z, f = _standard(latents, rest), _standard(factors, rest)
        for place, penalty in enumerate(_PENALTIES):
            errors[place] += np.square(f[test] - z[test] @ lasso(z[rest], f[rest], penalty)).sum(0)
    everything = np.ones(len(latents), np.bool_)
    z, f = _standard(latents, everything), _standard(factors, everything)
    best = _PENALTIES[errors.argmin(0)]
    found = np.zeros((latents.shape[1], factors.shape[1]))
    for penalty in np.unique(best):
        chosen = best == penalty
        found[:, chosen] = np.abs(lasso(z, f[:, chosen], float(penalty)))
    return found


def lasso(z: Double, f: Double, penalty: float) -> Double:
    """(D, K) minimum of ``|f - z b|^2 / 2n + penalty |b|_1``, by coordinate descent.

    Args:
        z: (n, D) without a mean.
        f: (n, K) without a mean.
        penalty: weight of the absolute coefficients.
    """
    gram, reach = z.T @ z / len(z), z.T @ f / len(z)
    slopes, towards = np.zeros_like(reach), reach.copy()
    used = np.flatnonzero(np.diag(gram) > _STILL)
    for _ in range(_SWEEPS):
        largest = 0.0
        for d in used:
            pull = towards[d] + gram[d, d] * slopes[d]
            new = np.sign(pull) * np.maximum(np.abs(pull) - penalty, 0) / gram[d, d]
            step = new - slopes[d]
            if np.any(step):
                towards -= np.outer(gram[:, d], step)
                slopes[d] = new
                largest = max(largest, float(np.abs(step).max()))
        if largest < _SETTLED:
            break
    return slopes


def disentanglement(weights: Double) -> float:
    """How far every dimension tells of one factor only, of importances (D, K): in [0, 1].

    Dimensions count by their share of all importance; NaN with a single factor, of which every
    dimension tells alone.
    """
    return _concentration(weights) if weights.shape[1] > 1 else float("nan")


def completeness(weights: Double) -> float:
    """How far every factor is told by one dimension only, of importances (D, K): in [0, 1].

    Factors count by their share of all importance; NaN with a single dimension.
    """
    return _concentration(weights.T) if weights.shape[0] > 1 else float("nan")


def _concentration(weights: Double) -> float:
    sums = weights.sum(1)
    if sums.sum() <= 0:
        return float("nan")
    used = np.flatnonzero(sums)
    purity = np.array([_purity(weights[d] / sums[d]) for d in used])
    return float((purity * sums[used]).sum() / sums[used].sum())


def _purity(shares: Double) -> float:
    """1 minus the entropy of shares relative to the largest that there can be."""
    known = shares[shares > 0]
    return float(1 + (known * np.log(known)).sum() / np.log(len(shares)))


def _gap(columns: list[Whole], factor: Whole) -> float:
    entropy = _entropy(np.bincount(factor))
    if len(np.unique(factor)) < 2 or entropy <= 0:
        return float("nan")
    told = sorted(_mutual(column, factor) for column in columns)
    second = told[-2] if len(told) > 1 else 0.0
    return float(min(1.0, (told[-1] - second) / entropy))


def _standard(values: Double, rest: NDArray[np.bool_]) -> Double:
    mean, scale = values[rest].mean(0), values[rest].std(0)
    floor = _STILL * (1 + np.abs(mean))
    return np.asarray((values - mean) / np.where(scale > floor, scale, np.inf), np.float64)


def _binned(values: Double, bins: int) -> Whole:
    # Rounding noise on a constant would otherwise be cut into equal bins.
    level = np.round((values - values.mean()) / (_STILL * (1 + np.abs(values).max())))
    known, place = np.unique(level, return_inverse=True)
    if len(known) <= bins:
        return np.asarray(place, np.intp)
    edges = np.unique(np.quantile(level, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.asarray(np.searchsorted(edges, level, side="right"), np.intp)


def _mutual(a: Whole, b: Whole) -> float:
    both = _entropy(np.bincount(a * (int(b.max()) + 1) + b))
    return max(0.0, _entropy(np.bincount(a)) + _entropy(np.bincount(b)) - both)


def _entropy(counts: NDArray[np.intp]) -> float:
    """Nats, with the correction of Miller and Madow for few samples."""
    known = counts[counts > 0]
    part = known / known.sum()
    return float(-(part * np.log(part)).sum() + (len(known) - 1) / (2 * known.sum()))
