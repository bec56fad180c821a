"""What scores of factors mean, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.probes import Probe

Double = NDArray[np.float64]

READABLE, CHANCE = 0.5, 0.05
OWN, APART = 0.7, 0.2
DRAWS = 1000
"""How often sequences are drawn anew for an interval."""

_ENDS = (0.025, 0.975)
Beside = Literal["", "less", "alike", "more"]
_RIVALS = {"pixels": "pixels tell", "flow": "optical flow tells"}
RULE = (
    f"Readable: R2 of at least {READABLE} with p of at most {CHANCE}; bent: that R2 only by the "
    f"probe that is not linear. A dimension of its own: R2 of at least {OWN} from one dimension, "
    f"and MIG of at least {APART}. Yes: at least three quarters of the factors; some: at least "
    "one. On the edge: factors of which the 95 % interval over sequences of an R2 that counts here "
    "holds its threshold, so that other sequences may say otherwise."
)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Scores of the factors ``names``; arrays are (K,).

    Attributes:
        names: of the factors.
        probe: of all dimensions, linear. ``shuffled`` (P, K): its R2 by chance.
        curved: R2 of the probe that is not linear.
        best: probe of the best single dimension.
        gap: MIG.
        disentanglement, completeness: of all factors together.
    """

    names: tuple[str, ...]
    probe: Probe
    shuffled: Double
    curved: Double
    best: Probe
    gap: Double
    disentanglement: float
    completeness: float

    @property
    def p(self) -> Double:
        """(K,) share of shufflings that did as well, the true order counted as one."""
        better = (self.shuffled >= self.probe.r2 - 1e-12).sum(0)
        return np.asarray((1 + better) / (1 + len(self.shuffled)))

    @property
    def p_of_mean(self) -> float:
        """The same of the mean over factors."""
        better = (self.shuffled.mean(1) >= self.probe.r2.mean() - 1e-12).sum()
        return float((1 + better) / (1 + len(self.shuffled)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many factors are told, and how.

    Attributes:
        factors: how many there are.
        readable: those that all dimensions tell linearly; ``bent``: only not linearly.
        own: those that have a dimension of their own.
        learned: whether the trained network tells more than the untrained one; None: not known.
        best_rival: the baseline that tells most, and whether it tells at least as much.
        rival_tells_more: see above, by the means.
        rival: whether the baseline tells less or more by the interval of the difference over
            sequences, or neither (alike); empty: not known.
        edge: factors near a threshold, see ``RULE``.
    """

    factors: int
    readable: int
    bent: int
    own: int
    learned: bool | None
    best_rival: str
    rival_tells_more: bool
    rival: Beside = ""
    edge: int = 0

    @property
    def dimensions(self) -> str:
        """Whether single dimensions have a meaning: yes, some or no."""
        return _word(self.own, self.factors)

    @property
    def linear(self) -> str:
        """Whether factors can be read off linearly: yes, some or no."""
        return _word(self.readable, self.factors)

    @property
    def words(self) -> str:
        """For a cell of a table."""
        bent = f", {self.bent} more bent" if self.bent else ""
        parts = [
            f"meaningful dimensions: {self.dimensions} ({self.own} of {self.factors})",
            f"linearly readable: {self.linear} ({self.readable} of {self.factors}{bent})",
        ]
        if self.learned is not None:
            parts.append(f"more than untrained: {'yes' if self.learned else 'no'}")
        parts += [self.beside] if self.beside else []
        parts += [f"{self.edge} on the edge"] if self.edge else []
        return "; ".join(parts)

    @property
    def beside(self) -> str:
        """What tells as much without a model, or more; empty: nothing that was tried."""
        by_means = "at least as much" if self.rival_tells_more else ""
        much = {"": by_means, "less": "", "alike": "as much, as far as told", "more": "more"}
        words = much[self.rival]
        return f"{_RIVALS[self.best_rival]} {words}" if words else ""

    @property
    def sentence(self) -> str:
        """For a note below a table."""
        return f"{self.words[:1].upper()}{self.words[1:]}."

    def plain(self) -> dict[str, Any]:
        """Plain values for a file; ``Verdict(**plain)`` is the same again."""
        return asdict(self)


def verdict(told: Told, base: Mapping[str, Probe], learned: bool | None) -> Verdict:
    """Count what is told.

    Args:
        told: scores of the model.
        base: probes of what tells without it on the same rows, by name.
        learned: whether it tells more than untrained.
    """
    readable = (told.probe.r2 >= READABLE) & (told.p <= CHANCE)
    bent = ~readable & (told.curved >= READABLE)
    own = (told.best.r2 >= OWN) & (told.gap >= APART)
    near = _holds(told.probe, READABLE) | (_holds(told.best, OWN) & (told.gap >= APART))
    rivals = {k: float(np.nanmean(v.r2)) for k, v in base.items() if k != "untrained"}
    best = max(rivals, key=lambda name: rivals[name]) if rivals else ""
    more = bool(best) and rivals[best] >= float(np.nanmean(told.probe.r2))
    return Verdict(
        len(told.names), int(readable.sum()), int(bent.sum()), int(own.sum()), learned, best, more,
        beside(base[best], told.probe) if best else "", int(near.sum()),
    )  # fmt: skip


def beside(probe: Probe, other: Probe) -> Beside:
    """Whether ``probe`` tells less or more than ``other``, by the same sequences drawn anew."""
    gain = np.nanmean(probe.resampled(DRAWS), 1) - np.nanmean(other.resampled(DRAWS), 1)
    low, high = np.quantile(gain, _ENDS)
    return "more" if low > 0 else "less" if high < 0 else "alike"


def _holds(probe: Probe, threshold: float) -> NDArray[np.bool_]:
    """(K,) whether the interval of R2 holds the threshold."""
    low, high = np.nanquantile(probe.resampled(DRAWS), _ENDS, axis=0)
    return np.asarray((low < threshold) & (threshold < high))


def _word(count: int, of: int) -> str:
    if not count:
        return "no"
    return "yes" if count >= 0.75 * of else "some"
