"""Timeline: transport, ruler, play range and frame cells over the shared time axis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from motionstudio.core.playback import Loop
from motionstudio.gui.items.drop_choice import DropChoice
from motionstudio.gui.items.frame_states import Mask
from motionstudio.gui.items.frame_strip import FrameStrip
from motionstudio.gui.items.legend import StateLegend
from motionstudio.gui.items.overview_bar import OverviewBar
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.items.transport import Transport
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

__all__ = ["DropChoice", "Timeline"]


class Timeline(QWidget):
    """Where people go through time and say which frames the model may see.

    Mouse: drag the ruler to scrub; Shift-drag it to set the play range, double-click clears the
    range; click a cell to go there; Alt-click or Alt-drag cells (or plainly in drop mode) to
    drop and restore, the first cell decides; right-click for the menu. Keys on the strip: left,
    right, Home, End, plus and minus zoom, Return toggles the current frame, Menu opens the menu.

    Signals:
        scrubbed: show this frame, latest wins.
        frameClicked: a cell was clicked, with the keyboard modifiers.
        keptPainted: keep (True) or drop (False) this tuple of frames.
        dropMenuRequested: a ``DropChoice`` for the whole clip, and the frame under the menu.
        referenceRequested: make this frame the one that is animated.
        playToggled: play or pause.
        loopChosen: a ``Loop``: what happens at the end.
        realTimeToggled: keep to the clock or show every frame.
        fpsChanged: frames per second, or None for the clip's own rate.
        upsamplingChosen: pictures for each frame.
        stepRequested: go this many frames on.
        startRequested: go to the start of the range.
        endRequested: go to its end.
        rangeChanged: ``(first, last)`` or None for all.
        hovered: read-out for the status bar.
    """

    scrubbed = Signal(int)
    frameClicked = Signal(int, object)
    keptPainted = Signal(object, bool)
    dropMenuRequested = Signal(str, int)
    referenceRequested = Signal(int)
    playToggled = Signal(bool)
    loopChosen = Signal(object)
    upsamplingChosen = Signal(int)
    realTimeToggled = Signal(bool)
    fpsChanged = Signal(object)
    stepRequested = Signal(int)
    startRequested = Signal()
    endRequested = Signal()
    rangeChanged = Signal(object)
    hovered = Signal(str)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self._no_dropping = ""
        self.transport = Transport()
        self.overview = OverviewBar(axis)
        self.strip = FrameStrip(axis)
        self.legend = StateLegend()
        self.drop_mode = ToolButton(
            "drop", "Drop frames by clicking or painting on them", checkable=True, text="Drop"
        )
        self.every_second = ToolButton(
            "every-second", "Drop every second frame (Shift+D)", text="Every 2nd"
        )
        self.restore = ToolButton("restore", "Restore all dropped frames")
        self.fit = ToolButton("fit", "Show all frames (Ctrl+wheel zooms)")
        self.tools = self._header()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.overview)
        column.addWidget(self.strip, 1)
        self._connect()
        self._refresh()

    def set_times(self, times: NDArray[np.float64]) -> None:
        """Another clip: (T,) true times in seconds. Masks, range and thumbnails start afresh."""
        self.strip.set_times(times)
        self.transport.set_count(len(times))
        self.overview.set_range(None)
        self._show_frame()
        self._refresh()

    def set_current(self, frame: int) -> None:
        """Move the playhead and the read-outs."""
        self.strip.set_current(frame)
        self.strip.set_part(0.0)
        self.overview.set_current(frame)
        self._show_frame()

    def set_kept(self, kept: Mask) -> None:
        """(T,) bool: False where a frame is withheld from the model."""
        self._set_mask("kept", kept)

    def set_edited(self, edited: Mask) -> None:
        """(T,) bool: True where the motion was edited."""
        self._set_mask("edited", edited)

    def set_filled(self, filled: Mask) -> None:
        """(T,) bool: True where the model filled the frame in."""
        self._set_mask("filled", filled)

    def set_cached(self, cached: Mask) -> None:
        """(T,) bool: True where the final picture is ready."""
        self._set_mask("cached", cached)

    def set_reference(self, frame: int) -> None:
        """The frame that is animated: marked, and locked against dropping."""
        self.strip.set_states(replace(self.strip.states, reference=frame))
        self.overview.set_states(self.strip.states)

    def set_range(self, span: tuple[int, int] | None) -> None:
        """Play range, first and last frame, or None for all."""
        self.strip.set_range(span)
        self.overview.set_range(span)

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self.transport.set_playing(playing)

    def set_loop(self, loop: Loop) -> None:
        """Show what happens at the end."""
        self.transport.set_loop(loop)

    def set_real_time(self, on: bool) -> None:
        """Show whether playback keeps to the clock."""
        self.transport.set_real_time(on)

    def set_fps(self, fps: float, own: float | None = None) -> None:
        """Show the rate, frames per second, and that of the clip itself."""
        self.transport.set_fps(fps, own)

    def set_speed(self, speed: float) -> None:
        """Show how many times the rate it plays; below zero backwards."""
        self.transport.set_speed(speed)

    def set_part(self, part: int, factor: int, seconds: float) -> None:
        """Show a place between frames: ``part`` steps of 1 / ``factor``, at ``seconds``."""
        self.strip.set_part(part / factor)
        self.overview.set_current(self.strip.current + part / factor)
        self.transport.set_part(part, factor, seconds)

    def set_upsampling(self, factor: int, reason: str) -> None:
        """Show the pictures for each frame, and why there can be no more than one."""
        self.transport.set_upsampling(factor, reason)

    def set_no_dropping(self, reason: str) -> None:
        """Why no frame of this clip can be dropped, one sentence; empty when they can."""
        self._no_dropping = reason
        self._refresh()

    def set_drop_mode(self, on: bool) -> None:
        """Whether plain clicks on cells drop and restore."""
        with QSignalBlocker(self.drop_mode):
            self.drop_mode.setChecked(on)
        self.strip.set_drop_mode(on)

    def set_keyed(self, keyed: Mask) -> None:
        """(T,) bool: True where a curve has a key."""
        self._set_mask("keyed", keyed)

    def set_thumbnail(self, frame: int, image: QImage) -> None:
        """A small picture for a frame, shown where its cell is wide enough."""
        self.strip.set_thumbnail(frame, image)

    def lacking_thumbnails(self) -> tuple[int, ...]:
        """Frames in sight whose cells have room for a small picture that they lack."""
        return self.strip.lacking_thumbnails()

    def hovered_frame(self) -> int | None:
        """The frame cell under the pointer, or None."""
        return self.strip.hovered_frame

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self.strip.update()

    def _header(self) -> QWidget:
        header = QWidget()
        header.setAutoFillBackground(True)
        header.setBackgroundRole(QPalette.ColorRole.Button)
        row = QHBoxLayout(header)
        row.setContentsMargins(SPACE_S, 2, SPACE_S, 2)
        row.setSpacing(SPACE_XS)
        row.addWidget(self.transport)
        row.addSpacing(SPACE_S)
        for button in (self.drop_mode, self.every_second, self.restore):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.legend, 20, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.fit)
        return header

    def _connect(self) -> None:
        for name in (
            "playToggled", "loopChosen", "realTimeToggled", "fpsChanged", "upsamplingChosen",
            "stepRequested", "startRequested", "endRequested",
        ):  # fmt: skip
            getattr(self.transport, name).connect(getattr(self, name))
        for name in (
            "scrubbed", "frameClicked", "keptPainted", "dropMenuRequested", "referenceRequested",
            "stepRequested", "startRequested", "endRequested", "rangeChanged", "hovered",
        ):  # fmt: skip
            getattr(self.strip, name).connect(getattr(self, name))
        self.transport.frameEntered.connect(self.scrubbed)
        self.drop_mode.toggled.connect(self.strip.set_drop_mode)
        self.every_second.clicked.connect(self._ask_every_second)
        self.restore.clicked.connect(self._ask_restore)
        self.fit.clicked.connect(self.axis.fit)

    def _ask_every_second(self) -> None:
        self.dropMenuRequested.emit(DropChoice.EVERY_2ND.value, self.strip.current)

    def _ask_restore(self) -> None:
        self.dropMenuRequested.emit(DropChoice.RESTORE.value, self.strip.current)

    def _set_mask(self, name: str, mask: Mask) -> None:
        self.strip.set_states(self.strip.states.with_mask(name, np.asarray(mask)))
        self._refresh()

    def _show_frame(self) -> None:
        states, current = self.strip.states, self.strip.current
        if 0 <= current < states.count:
            self.transport.set_frame(current, float(states.times[current]))

    def _refresh(self) -> None:
        states = self.strip.states
        self.overview.set_states(states)
        for button in (self.drop_mode, self.every_second):
            few = "" if states.count > 1 else "This needs more than one frame."
            button.set_reason(few or self._no_dropping)
        self.restore.set_reason("No frame is dropped." if bool(states.kept.all()) else "")
