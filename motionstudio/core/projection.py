"""Latent motion seen in its principal components, and back: what the projection pane computes.

Principal components are counted from 1, as everywhere in statistics; their indices from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, plain_dim_name
from motionstudio.core.pca import PCA, Double, pca, pca_of_covariance

Scope = Literal["all", "active", "rows", "dataset", "dimensions"]
Centre = Literal["mean", "rest"]

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class FitOptions:
    """Everything that decides how components are found.

    Attributes:
        scope: frames of all subjects, of the active one, its selected ones, or the distribution
            that the model was trained on; ``dimensions``: nothing is fitted, the axes are the
            latent dimensions themselves.
        reference: whether the rows of reference frames, which are zero, count.
        centre: components run through the mean of the frames, or through rest (zero motion).
        whiten: scores count standard deviations instead of latent units.
    """

    scope: Scope = "all"
    reference: bool = False
    centre: Centre = "mean"
    whiten: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Components of a cloud of latent rows, and how scores are counted.

    Attributes:
        axes: mean (D,), components (K, D), variance (K,), share (K,).
        options: what they were found with.
        count: rows that took part; 0 where a distribution was given.
    """

    axes: PCA
    options: FitOptions
    count: int

    @property
    def plain(self) -> bool:
        """Whether the axes are the latent dimensions themselves."""
        return self.options.scope == "dimensions"

    @property
    def components(self) -> int:
        """K, how many components there are."""
        return len(self.axes.components)

    @property
    def std(self) -> Double:
        """(K,) standard deviation along each component, in latent units."""
        return np.asarray(np.sqrt(self.axes.variance))

    @property
    def unit(self) -> Double:
        """(K,) latent units in one unit of score: 1, or the standard deviation when whitened."""
        if not self.options.whiten:
            return np.ones(self.components)
        return np.where(self.std > _TINY, self.std, 1.0)

    @property
    def spread(self) -> Double:
        """(K,) standard deviation along each component, in units of score."""
        return np.asarray(self.std / self.unit)

    def scores(self, rows: Float | Double) -> Double:
        """(n, D) latent rows to (n, K) scores."""
        return np.asarray(self.axes.project(rows) / self.unit)

    def scores_on(self, components: Sequence[int], rows: Float | Double) -> Double:
        """(n, D) latent rows to (n, k) scores along some components only, as ``scores`` has them.

        Args:
            components: k indices in [0, K).
            rows: what is projected.
        """
        chosen = np.asarray(components, np.intp)
        along = (rows - self.axes.mean) @ self.axes.components[chosen].T
        return np.asarray(along / self.unit[chosen])

    def rows(self, scores: Double) -> Double:
        """(n, K) scores to the (n, D) latent rows in the span of the components."""
        return self.axes.reconstruct(np.asarray(scores) * self.unit)

    def step(self, components: Sequence[int], change: Sequence[float] | Double) -> Double:
        """(D,) latent change that moves the scores of some components and of no others.

        Args:
            components: indices in [0, K), each once.
            change: of the score of each.
        """
        chosen = np.asarray(components, np.intp)
        amount = np.asarray(change, np.float64) * self.unit[chosen]
        return np.asarray(amount @ self.axes.components[chosen])

    def short(self, component: int) -> str:
        """``PC 1``, counted from 1; a latent dimension as it is called everywhere: ``z0``."""
        return plain_dim_name(component) if self.plain else f"PC {component + 1}"

    def name(self, component: int) -> str:
        """``PC 1 (63 %)``, with its share of the whole variance; ``z0``."""
        if self.plain:
            return self.short(component)
        return f"PC {component + 1} ({self.axes.share[component] * 100:.0f} %)"


def fit(rows: Float | Double, options: FitOptions) -> Projection:
    """Components of (n, D) latent rows, n >= 1, finite.

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    rest = np.zeros(rows.shape[-1]) if options.centre == "rest" else None
    return Projection(pca(rows, centre=rest), options, len(rows))


def fit_distribution(mean: Double, covariance: Double, options: FitOptions) -> Projection:
    """Components of a distribution with mean (D,) and covariance (D, D)."""
    if options.centre == "rest":
        return Projection(
            pca_of_covariance(np.zeros_like(mean), covariance + np.outer(mean, mean)), options, 0
        )
    return Projection(pca_of_covariance(mean, covariance), options, 0)


def dimensions(origin: Float | Double, options: FitOptions) -> Projection:
    """The latent dimensions as axes: scores are absolute latents.

    Args:
        origin: (D,) latent that rows are relative to; zeros where rows are absolute.
        options: kept; spread is that of the prior, one.
    """
    count = len(origin)
    centre = -np.asarray(origin, np.float64)
    return Projection(
        PCA(centre, np.eye(count), np.ones(count), np.full(count, 1 / count)), options, 0
    )


def traversal(projection: Projection, component: int, count: int, reach: float = 2.0) -> Float:
    """(count, D) latent rows from ``-reach`` to ``+reach`` std of one component through the centre.

    Args:
        projection: the components.
        component: index in [0, K).
        count: odd, so that the middle row is the centre.
        reach: standard deviations, > 0.
    """
    ends = reach * projection.std[component]
    steps = np.linspace(-ends, ends, count)[:, None]
    rows = projection.axes.mean + steps * projection.axes.components[component]
    return np.asarray(rows, np.float32)


def plane_grid(
    projection: Projection,
    components: tuple[int, int],
    bounds: tuple[float, float, float, float],
    tiles: tuple[int, int],
    to_scores: Callable[[Double], Double] = np.asarray,
) -> Float:
    """(across * up, D) latent rows at the middles of the tiles of a part of a plane.

    Args:
        projection: the components.
        components: indices of the horizontal and the vertical one.
        bounds: left, right, bottom, top of the part, in scores or what ``to_scores`` takes.
        tiles: how many across and up.
        to_scores: from places to scores.

    Returns:
        Line by line from the top left; all other scores are zero.
    """
    left, right, bottom, top = bounds
    across, up = tiles
    x = left + (right - left) * (np.arange(across) + 0.5) / across
    y = top + (bottom - top) * (np.arange(up) + 0.5) / up
    scores = np.zeros((across * up, projection.components))
    scores[:, components[0]] = to_scores(np.tile(x, up))
    scores[:, components[1]] = to_scores(np.repeat(y, across))
    return np.asarray(projection.rows(scores), np.float32)


def turned(azimuth: float, elevation: float) -> Double:
    """(2, 3) orthographic view of three components: rows are the screen's right and up.

    Args:
        azimuth: radians around the third component.
        elevation: radians above the plane of the first two; pi / 2 looks straight at it.
    """
    ca, sa = np.cos(azimuth), np.sin(azimuth)
    ce, se = np.cos(elevation), np.sin(elevation)
    return np.array([[ca, -sa, 0.0], [sa * se, ca * se, ce]])


def used_rows(
    count: int, reference: int | None, *, with_reference: bool, chosen: Sequence[int] | None = None
) -> NDArray[np.intp]:
    """Indices of the rows of a subject that take part in a fit, increasing.

    Args:
        count: R.
        reference: row of the reference frame, or None.
        with_reference: whether it takes part.
        chosen: only these rows; None: all.
    """
    rows = np.arange(count) if chosen is None else np.unique(np.asarray(chosen, np.intp))
    if reference is not None and not with_reference:
        rows = rows[rows != reference]
    return rows.astype(np.intp)
