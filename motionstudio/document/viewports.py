"""What the viewports show beside the picture itself: saved with a project, never undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from motionstudio.core.onion import OnionSkin

Layout = Literal["1", "1|2", "2x2", "1+3"]
Content = Literal[
    "source", "generated", "grid", "arrows", "streamlines", "magnitude", "jacobian", "difference",
    "uncertainty", "plain copy", "future",
]  # fmt: skip
MapName = Literal[
    "", "heat maps", "sparse motions", "masks", "occlusion", "deformed", "surprise", "saliency",
    "difference image", "kernels", "features before", "features after",
    "flow", "memory", "next frame", "next error",
]  # fmt: skip
MAPS: tuple[MapName, ...] = (
    "heat maps",
    "sparse motions",
    "masks",
    "occlusion",
    "deformed",
    "surprise",
    "saliency",
    "difference image",
    "kernels",
    "features before",
    "features after",
    "flow",
    "memory",
    "next frame",
    "next error",
)
CONTENTS: tuple[Content, ...] = (
    "source", "generated", "grid", "arrows", "streamlines", "magnitude", "jacobian", "difference",
    "uncertainty", "plain copy", "future",
)  # fmt: skip
FIRST_CONTENTS: tuple[Content, ...] = ("source", "generated", "grid", "difference")
Point = tuple[float, float]
Pin = tuple[float, float, bool]
_NO_WIPE: tuple[Content | None, ...] = (None, None, None, None)
_NO_MAPS: tuple[MapName, ...] = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class ViewportSettings:
    """How the viewports show their contents.

    Attributes:
        wipes: for each of the four viewports the content on the right of its divider, or None.
        divider: where dividers stand, as a share of the picture's width.
        linked: whether all viewports zoom and pan together.
        smooth: whether pictures are smooth between pixels.
        cross_hair: whether the place under the pointer is marked in every viewport.
        onion: the onion skin.
        density: grid lines, arrows and curves across the longer side of a picture, 4 to 64.
        arrow_scale: length of arrows, times the true one, 0.25 to 8.
        magnitude_limit: pixels at the top of the scale of magnitudes; 0: what the clip needs.
        labels: whether label outlines are shown.
        label_frames: (subject id, frame whose labels are carried along); others: the reference.
        label_files: (subject id, file whose labels are used instead of the clip's own).
        drawn: (subject id, corners (x, y) of a label drawn on its reference frame).
        trails: whether the paths of tracked points are shown.
        windows: whether it is shown where a model looks and draws.
        points: (subject id, its tracked points (x, y) in pixels of the reference frame).
        handles: (subject id, the points it is dragged by: x, y in pixels of the reference frame,
            whether pinned).
        maps: for each of the four viewports the map of the model over its picture, or empty.
        map_opacity: of those maps, 0.05 to 1.
    """

    wipes: tuple[Content | None, ...] = _NO_WIPE
    divider: float = 0.5
    linked: bool = True
    smooth: bool = True
    cross_hair: bool = True
    onion: OnionSkin = field(default_factory=OnionSkin)
    density: int = 16
    arrow_scale: float = 1.0
    magnitude_limit: float = 0.0
    labels: bool = True
    label_frames: tuple[tuple[str, int], ...] = ()
    label_files: tuple[tuple[str, str], ...] = ()
    drawn: tuple[tuple[str, tuple[Point, ...]], ...] = ()
    trails: bool = True
    windows: bool = True
    points: tuple[tuple[str, tuple[Point, ...]], ...] = ()
    handles: tuple[tuple[str, tuple[Pin, ...]], ...] = ()
    maps: tuple[MapName, ...] = _NO_MAPS
    map_opacity: float = 0.7

    def points_of(self, subject_id: str) -> tuple[Point, ...]:
        """The tracked points of a subject."""
        return dict(self.points).get(subject_id, ())

    def with_points(self, subject_id: str, points: tuple[Point, ...]) -> ViewportSettings:
        """The settings in which a subject has other tracked points."""
        others = tuple(pair for pair in self.points if pair[0] != subject_id)
        return replace(self, points=others + (((subject_id, points),) if points else ()))

    def drawn_of(self, subject_id: str) -> tuple[Point, ...]:
        """The corners of the label that was drawn for a subject; empty: none."""
        return dict(self.drawn).get(subject_id, ())

    def with_drawn(self, subject_id: str, corners: tuple[Point, ...]) -> ViewportSettings:
        """The settings in which a subject has another drawn label; no corners: none."""
        others = tuple(pair for pair in self.drawn if pair[0] != subject_id)
        return replace(self, drawn=others + (((subject_id, corners),) if corners else ()))

    def label_frame(self, subject_id: str) -> int | None:
        """The frame whose labels are carried along, or None: the reference's."""
        return dict(self.label_frames).get(subject_id)

    def with_label_frame(self, subject_id: str, frame: int | None) -> ViewportSettings:
        """The settings in which another frame's labels are carried along."""
        others = tuple(pair for pair in self.label_frames if pair[0] != subject_id)
        added = () if frame is None else ((subject_id, frame),)
        return replace(self, label_frames=others + added)
