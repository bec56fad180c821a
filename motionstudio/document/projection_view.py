"""How the projection pane shows motions: saved with a project, never undone."""

from __future__ import annotations

from dataclasses import dataclass, field

from motionstudio.core.embedding import EmbeddingOptions
from motionstudio.core.projection import FitOptions

FIRST_ANGLES = (-0.6, 0.5)


@dataclass(frozen=True, slots=True)
class ProjectionView:
    """The settings of the projection pane.

    Attributes:
        axes: indices of the components on the axes: two, or three of a view in three dimensions.
        angles: azimuth and elevation of that view, radians.
        by_time: whether points are coloured by time, else by subject.
        fit: what components are fitted on, and how.
        embedding: settings of the map that is shown instead of components, or None.
        quantiles: whether axes that are latent dimensions count shares of the standard normal.
    """

    axes: tuple[int, ...] = (0, 1)
    angles: tuple[float, float] = FIRST_ANGLES
    by_time: bool = True
    fit: FitOptions = field(default_factory=FitOptions)
    embedding: EmbeddingOptions | None = None
    quantiles: bool = False

    def __post_init__(self) -> None:
        if len(self.axes) not in (2, 3) or min(self.axes) < 0:
            raise ValueError(f"ProjectionView: expected two or three axes >= 0, got {self.axes}")
