"""What people look at and where: saved with a project, never undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from psygnal import Signal

from motionstudio.core.playback import Loop, Pace
from motionstudio.document.projection_view import ProjectionView
from motionstudio.document.viewports import (
    FIRST_CONTENTS,
    Content,
    Layout,
    ViewportSettings,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected cells of the latent matrix: every row of ``rows`` with every one of ``dims``.

    Attributes:
        rows, dims: indices, increasing; either may be empty.
    """

    rows: tuple[int, ...] = ()
    dims: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no cell is selected."""
        return not (self.rows and self.dims)


@dataclass(frozen=True, slots=True)
class ViewState:
    """The view on the document.

    Attributes:
        active: id of the subject that is shown, or None.
        playhead: frame that was asked for, counted from 0.
        selection: selected latent cells.
        play_range: first and last frame to play, both included, or None: all.
        loop, pace: how playback goes on at the end, and whether it may skip frames.
        fps: playback rate, or None: the clip's own.
        speed: times that rate; negative plays backwards.
        upsampling: pictures for each frame: those in between are decoded from interpolated rows.
        part: steps of 1 / upsampling that the picture shown lies after ``playhead``.
        playing: whether playback runs.
        layout: arrangement of the viewports. ``contents``: what each of the four shows.
        viewports: what they show beside it, and how.
        projection: how the projection pane shows motions.
        open_groups: names of groups of dimensions whose single dimensions are listed.
    """

    active: str | None = None
    playhead: int = 0
    selection: Selection = Selection()
    play_range: tuple[int, int] | None = None
    loop: Loop = Loop.LOOP
    pace: Pace = Pace.REAL_TIME
    fps: float | None = None
    speed: float = 1.0
    upsampling: int = 1
    part: int = 0
    playing: bool = False
    layout: Layout = "1|2"
    contents: tuple[Content, ...] = FIRST_CONTENTS
    viewports: ViewportSettings = field(default_factory=ViewportSettings)
    projection: ProjectionView = field(default_factory=ProjectionView)
    open_groups: tuple[str, ...] = ()


class View:
    """Holds the view state and tells who listens.

    Signals:
        changed: (new ViewState, old ViewState), only when they differ.
    """

    changed = Signal(ViewState, ViewState)

    def __init__(self, state: ViewState | None = None) -> None:
        self._state = state or ViewState()

    @property
    def state(self) -> ViewState:
        """The present view."""
        return self._state

    def set(self, state: ViewState) -> None:
        """Replace the view."""
        old, self._state = self._state, state
        if state != old:
            self.changed.emit(state, old)

    def update(self, **fields: Any) -> None:
        """Replace some fields of the view, by name.

        Another frame, subject or up-sampling goes to the frame itself unless ``part`` says more.

        Raises:
            TypeError: a field that a view does not have.
        """
        if {"playhead", "active", "upsampling"} & fields.keys():
            fields.setdefault("part", 0)
        self.set(replace(self._state, **fields))
