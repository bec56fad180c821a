"""Do groups of subjects differ? Left-out subjects classified, against shuffled group names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]
Whole = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GroupTest:
    """What leaving out one subject after another found.

    Attributes:
        accuracy: balanced: mean over groups of the share that was recognised.
        chance: mean of the same over shuffled group names.
        p: share of shufflings that did at least as well, the true names counted as one.
        count: subjects; ``permutations`` shufflings.
        guessed: (n,) group that each subject was given when it was left out.
        interval: 95 % of the balanced accuracies that the counts allow (Brodersen et al. 2010:
            flat priors on the share recognised of each group).
        explained: share of the spread of the components that lies between groups, all subjects
            together; ``explained_by_chance``: its mean over shuffled names.
    """

    accuracy: float
    chance: float
    p: float
    count: int
    permutations: int
    guessed: Whole
    interval: tuple[float, float]
    explained: float
    explained_by_chance: float


def group_test(
    features: Double,
    groups: Whole,
    *,
    given: Double | None = None,
    alike: bool = False,
    components: int = 3,
    permutations: int = 999,
    seed: int = 0,
) -> GroupTest:
    """Nearest group mean in the space of principal components, one subject left out at a time.

    Scales, components and what ``given`` explains are fitted without the subject that is left out,
    and never see groups. Nothing is chosen by how well it does.

    Args:
        features: (n, D), one row for each subject.
        groups: (n,) number of the group of each.
        given: (n, C) what else is known of each; what a straight line from it tells is taken off
            the features.
        alike: columns count alike, whatever their units: each is scaled to unit variance.
        components: at most so many principal components, each scaled to unit variance.
        permutations: shufflings of the group names.
        seed: of the shufflings.

    Raises:
        ValueError: fewer than two groups, or a group of one subject.
    """
    names, own, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < 2 or sizes.min() < 2 or len(features) != len(groups):
        raise ValueError(
            f"group_test: expected at least two groups of at least two subjects, got sizes {sizes}"
        )
    rng = np.random.default_rng(seed)
    orders = np.stack([own, *(rng.permutation(own) for _ in range(permutations))])
    known = np.zeros((len(own), 0)) if given is None else given
    seen = _Left(features, known, alike, components)
    guessed = np.stack([_left_out(seen, orders, i) for i in range(len(own))], 1)
    between = _between(seen.scores(np.ones(len(own), np.bool_)), orders)
    scores = _balanced(guessed, orders, len(names))
    better = int((scores[1:] >= scores[0] - 1e-12).sum())
    return GroupTest(
        accuracy=float(scores[0]),
        chance=float(scores[1:].mean()) if permutations else 1 / len(names),
        p=(1 + better) / (1 + permutations),
        count=len(own),
        permutations=permutations,
        guessed=names[guessed[0]].astype(np.intp),
        interval=_interval(guessed[0] == own, own, rng),
        explained=float(between[0]),
        explained_by_chance=float(between[1:].mean()) if permutations else float("nan"),
    )


def smallest_difference(first: int, second: int) -> float:
    """Difference of two groups' means, in standard deviations, that is found four times in five.

    For a two-sided t test at 5 %, by the normal approximation: 2.80 sqrt(1 / n + 1 / m).
    """
    return float(2.80 * np.sqrt(1 / first + 1 / second))


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """Features from which components are made, given which subjects may be looked at."""

    features: Double
    given: Double
    alike: bool
    components: int

    def scores(self, rest: Mask) -> Double:
        """(n, c) scores of all subjects on components of unit variance, fitted to ``rest``."""
        design = np.column_stack([np.ones(len(self.features)), self.given])
        slopes = np.linalg.lstsq(design[rest], self.features[rest], rcond=None)[0]
        beyond = self.features - design @ slopes
        if self.alike:
            beyond = beyond / np.maximum(beyond[rest].std(0), 1e-12)
        _, spread, axes = np.linalg.svd(beyond[rest] - beyond[rest].mean(0), full_matrices=False)
        used = min(self.components, int((spread > 1e-9 * max(spread[0], 1e-300)).sum()))
        centred = beyond - beyond[rest].mean(0)
        return np.asarray(centred @ axes[:used].T / np.maximum(spread[:used], 1e-300))


def _left_out(seen: _Left, orders: Whole, subject: int) -> Whole:
    """(P,) group that subject ``subject`` is given under each of the orders (P, n)."""
    rest = np.arange(len(seen.features)) != subject
    scaled = seen.scores(rest)
    names = np.arange(orders.max() + 1)
    member = (orders[:, rest, None] == names).astype(np.float64)
    counts = np.maximum(member.sum(1), 1)
    centres = np.einsum("pnk,nd->pkd", member, scaled[rest]) / counts[..., None]
    away = np.square(centres - scaled[subject]).sum(-1)
    return np.asarray(away.argmin(1), np.intp)


def _between(scores: Double, orders: Whole) -> Double:
    """(P,) share of the spread of scores (n, c) that lies between groups."""
    total = np.square(scores - scores.mean(0)).sum()
    member = (orders[..., None] == np.arange(orders.max() + 1)).astype(np.float64)
    sums = np.einsum("pnk,nd->pkd", member, scores - scores.mean(0))
    return np.asarray((np.square(sums).sum(-1) / member.sum(1)).sum(1) / max(total, 1e-300))


def _interval(right: Mask, own: Whole, rng: np.random.Generator) -> tuple[float, float]:
    draws = [
        rng.beta(right[own == k].sum() + 1, (~right[own == k]).sum() + 1, 4000)
        for k in np.unique(own)
    ]
    low, high = np.quantile(np.mean(draws, 0), (0.025, 0.975))
    return float(low), float(high)


def _balanced(guessed: Whole, orders: Whole, count: int) -> Double:
    """(P,) mean over groups of the share of their subjects that was recognised."""
    right = guessed == orders
    shares = [(right & (orders == k)).sum(1) / (orders == k).sum(1) for k in range(count)]
    return np.asarray(np.mean(shares, 0), np.float64)
