"""What people set in the live window, as one value that is remembered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from motionstudio.core.live_drive import DriveSettings
from motionstudio.core.one_euro import OneEuro


class LiveChoices(BaseModel):
    """The controls of the live window.

    Attributes:
        driver: key of the driver that was used last, ``camera 0 Name``; empty: none.
        mirror: the driver's picture as in a mirror.
        zoom: of the square that counts, 1 to 4.
        keypoints: whether they are shown.
        relative: move as the driver does; else go where it is.
        strength: in per cent, 0 to 200.
        adapt_scale, remove_mean, best: as in ``DriveSettings``.
        smooth: whether jitter is smoothed; ``steadiness``: how much, 0 to 100.
        opacity: of the driver over the result, in per cent.
        fast: whether pictures of lower precision may be shown.
        target: ``new`` or ``this`` subject takes what is recorded; ``fps``: its frame rate.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    driver: str = ""
    mirror: bool = True
    zoom: Annotated[float, Field(ge=1, le=4)] = 1.0
    keypoints: bool = True
    relative: bool = True
    strength: Annotated[float, Field(ge=0, le=200)] = 100.0
    adapt_scale: bool = True
    remove_mean: bool = False
    best: bool = False
    smooth: bool = True
    steadiness: Annotated[float, Field(ge=0, le=100)] = 50.0
    opacity: Annotated[float, Field(ge=0, le=100)] = 0.0
    fast: bool = False
    target: Literal["new", "this"] = "new"
    fps: Annotated[float, Field(ge=1, le=120)] = 25.0

    @property
    def drive(self) -> DriveSettings:
        """How the driver drives."""
        return DriveSettings(
            relative=self.relative,
            adapt_scale=self.adapt_scale,
            remove_mean=self.remove_mean,
            strength=self.strength / 100,
            smoothing=steady(self.steadiness) if self.smooth else None,
            best=self.best,
        )


def steady(steadiness: float) -> OneEuro:
    """The filter for a steadiness of 0 (follows at once) to 100 (very calm)."""
    return OneEuro(cutoff=8.0 * 0.02 ** (steadiness / 100), speed=5.0)
