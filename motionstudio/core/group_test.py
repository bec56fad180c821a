"""Do groups of subjects differ? Left-out subjects classified, against shuffled group names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]
Whole = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class GroupTest:
    """What leaving out one subject after another found.

    Attributes:
        accuracy: balanced: mean over groups of the share that was recognised.
        chance: mean of the same over shuffled group names.
        p: share of shufflings that did at least as well, the true names counted as one.
        count: subjects; ``permutations`` shufflings.
        guessed: (n,) group that each subject was given when it was left out.
    """

    accuracy: float
    chance: float
    p: float
    count: int
    permutations: int
    guessed: Whole


def group_test(
    features: Double, groups: Whole, *, components: int = 3, permutations: int = 999, seed: int = 0
) -> GroupTest:
    """Nearest group mean in the space of principal components, one subject left out at a time.

    Components and scales are fitted without the subject that is left out, and never see groups.

    Args:
        features: (n, D), one row for each subject.
        groups: (n,) number of the group of each.
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
    guessed = np.stack([_left_out(features, orders, i, components) for i in range(len(own))], 1)
    scores = _balanced(guessed, orders, len(names))
    better = int((scores[1:] >= scores[0] - 1e-12).sum())
    return GroupTest(
        accuracy=float(scores[0]),
        chance=float(scores[1:].mean()) if permutations else 1 / len(names),
        p=(1 + better) / (1 + permutations),
        count=len(own),
        permutations=permutations,
        guessed=names[guessed[0]].astype(np.intp),
    )


def _left_out(features: Double, orders: Whole, subject: int, components: int) -> Whole:
    """(P,) group that subject ``subject`` is given under each of the orders (P, n)."""
    rest = np.arange(len(features)) != subject
    mean = features[rest].mean(0)
    _, spread, axes = np.linalg.svd(features[rest] - mean, full_matrices=False)
    used = min(components, int((spread > 1e-9 * max(spread[0], 1e-300)).sum()))
    scaled = (features - mean) @ axes[:used].T / np.maximum(spread[:used], 1e-300)
    names = np.arange(orders.max() + 1)
    member = (orders[:, rest, None] == names).astype(np.float64)
    counts = np.maximum(member.sum(1), 1)
    centres = np.einsum("pnk,nd->pkd", member, scaled[rest]) / counts[..., None]
    away = np.square(centres - scaled[subject]).sum(-1)
    return np.asarray(away.argmin(1), np.intp)


def _balanced(guessed: Whole, orders: Whole, count: int) -> Double:
    """(P,) mean over groups of the share of their subjects that was recognised."""
    right = guessed == orders
    shares = [(right & (orders == k)).sum(1) / (orders == k).sum(1) for k in range(count)]
    return np.asarray(np.mean(shares, 0), np.float64)
