"""Onion skin: which other frames show through, and their pictures as they become known."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor

from motionstudio.core import onion
from motionstudio.core.picture_rows import pictures_of_frames
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.overlay_requests import GhostsRequest
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.gui.items.layers import Ghost
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.overlay_requests import as_kind, final_request
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session

_PAUSE_MS = 20


class GhostsPresenter(QObject):
    """View state, final pictures and true frames -> ghosts in the viewports."""

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid = session, grid
        self._asked: int | None = None
        self._shown = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        session.media.frameReady.connect(self._later)
        session.engine.responseReady.connect(self._on_response)
        pictures.cachedChanged.connect(self._later)
        pictures.rested.connect(self._ask)

    def frames(self) -> tuple[onion.Ghost, ...]:
        """The ghosts that are wanted now."""
        subject, state = self._session.active, self._session.view.state
        if subject is None:
            return ()
        options = state.viewports.onion
        chosen = chosen_frames(subject, options.mode, state.selection.rows)
        return onion.ghosts(options, len(subject.clip), self._session.playhead, chosen)

    def refresh(self) -> None:
        """Show the ghosts whose pictures are at hand."""
        subject, wanted = self._session.active, self.frames()
        if subject is None or not wanted:
            if self._shown:
                self._shown = False
                self._grid.set_inputs(source_ghosts=(), generated_ghosts=())
            return
        self._shown = True
        request = final_request(self._session, subject, inverse=False)
        made: list[Ghost] = []
        true: list[Ghost] = []
        for ghost in wanted:
            tint = _rgb(ghost.colour)
            picture = self._session.media.frame(subject, ghost.frame)
            if picture is not None:
                true.append(Ghost(picture, tint, ghost.strength))
            row = _row(subject, ghost.frame)
            ready = None if request is None else self._session.engine.lookup(request, row)
            if ready is not None:
                made.append(Ghost(ready.picture, tint, ghost.strength))
        self._grid.set_inputs(source_ghosts=tuple(true), generated_ghosts=tuple(made))

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._timer.stop()

    def _later(self, *_what: object) -> None:
        if self._session.view.state.viewports.onion.on and not self._timer.isActive():
            self._timer.start()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.viewports.onion != old.viewports.onion:
            self.refresh()
            self._ask()
        elif new.playhead != old.playhead or new.active != old.active:
            self.refresh()
        elif new.selection != old.selection:
            self._later()

    def _on_change(self, _change: Change) -> None:
        self._later()

    def _ask(self) -> None:
        """Ask for ghosts that nobody has made yet; called when nothing moves."""
        subject, wanted = self._session.active, self.frames()
        if subject is None or not wanted or self._session.view.state.playing:
            return
        near = tuple(_row(subject, ghost.frame) for ghost in reversed(wanted))
        request = final_request(self._session, subject, near, inverse=False)
        if request is None:
            return
        lookup = self._session.engine.lookup
        if any(lookup(request, row) is None for row in near):
            full = final_request(self._session, subject, near)
            if full is not None:
                made = as_kind(GhostsRequest, full)
                self._asked = made.id
                self._session.engine.post(made)

    def _on_response(self, response: Response) -> None:
        if response.id == self._asked and isinstance(response, FrameReady):
            self._later()


def chosen_frames(subject: Subject, mode: onion.Mode, rows: tuple[int, ...]) -> tuple[int, ...]:
    """The frames that a mode of the onion skin counts."""
    if mode == "selected":
        return rows
    if mode != "keyed" or subject.track is None:
        return ()
    edited = np.flatnonzero(np.any(subject.track.offset != 0, axis=1))
    return tuple(sorted({int(t) for t in edited} | set(subject.track.keys.frames)))


def _row(subject: Subject, frame: int) -> int:
    """The row whose picture is that of ``frame``."""
    return frame if subject.track is None else int(pictures_of_frames(subject.track.base)[frame])


def _rgb(name: str) -> tuple[int, int, int]:
    made = QColor(name)
    return made.red(), made.green(), made.blue()
