"""Ruler and frame cells: where people scrub, go to frames, and drop them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from motionstudio.gui.items.axis_widget import AxisWidget
from motionstudio.gui.items.drop_choice import CHOICES, DropChoice
from motionstudio.gui.items.frame_painting import (
    paint_cell,
    paint_playhead_handle,
    paint_range,
    paint_ruler,
    paint_runs,
)
from motionstudio.gui.items.frame_states import FrameStates, runs, same_but_cached, states_of
from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S

_CACHE_BAND, _THUMBNAIL = 2, 20
_ZOOM_STEP = 1.5
_NARROW = 3.0
"""Pixels below which a cell has no marks of its own."""
_EMPTY = "The frames of the clip appear here: go through time, drop frames, set a play range."


class FrameStrip(AxisWidget):
    """Ruler above, frame cells below; see ``Timeline`` for what the signals mean."""

    scrubbed = Signal(int)
    frameClicked = Signal(int, object)
    keptPainted = Signal(object, bool)
    dropMenuRequested = Signal(str, int)
    referenceRequested = Signal(int)
    rangeChanged = Signal(object)
    startRequested = Signal()
    endRequested = Signal()

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self._states = states_of(np.zeros(0))
        self._range: tuple[int, int] | None = None
        self._thumbnails: dict[int, QImage] = {}
        self._drop_mode = False
        self._gesture = ""
        self._anchor = 0
        self._stroke: dict[int, bool] = {}
        self._hovered: int | None = None
        self.setAccessibleName("Timeline: ruler and frames")

    @property
    def states(self) -> FrameStates:
        """What the strip shows."""
        return self._states

    @property
    def ruler_height(self) -> int:
        """Pixels of the ruler above the cells."""
        return self.line_height(1.4)

    @property
    def hovered_frame(self) -> int | None:
        """The frame cell under the pointer, or None."""
        return self._hovered

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.ruler_height + self.line_height(2.4))

    @override
    def minimumSizeHint(self) -> QSize:
        # Asked for anew, not set once: the size of type changes while the window is open.
        return QSize(0, self.ruler_height + self.line_height(1.4))

    def set_times(self, times: NDArray[np.float64]) -> None:
        """Another clip: (T,) seconds. Masks, range and thumbnails start afresh."""
        self._states = states_of(times)
        self._range, self._thumbnails, self._stroke, self._gesture = None, {}, {}, ""
        self.axis.set_count(len(times))
        self.refresh()

    def set_states(self, states: FrameStates) -> None:
        """Other states of the same frames."""
        only_cached = same_but_cached(states, self._states)
        self._states = states
        if only_cached:
            self.update()
            return
        self._tell_current()
        if self._hovered is not None and self._hovered < states.count:
            self.hovered.emit(states.describe(self._hovered))
        self.refresh()

    @override
    def set_current(self, frame: int) -> None:
        super().set_current(frame)
        self._tell_current()

    def set_range(self, span: tuple[int, int] | None) -> None:
        """Play range, first and last frame, or None for all."""
        self._range = span
        self.refresh()

    def set_thumbnail(self, frame: int, image: QImage) -> None:
        """A small picture for the cell of a frame, shown where it is wide enough."""
        self._thumbnails[frame] = image
        self.refresh()

    def lacking_thumbnails(self) -> tuple[int, ...]:
        """Frames in sight whose cells have room for a small picture that they lack."""
        if not self._states.count or not self._has_room(self.cell_rect(0)):
            return ()
        return tuple(f for f in self.axis.visible() if f not in self._thumbnails)

    def set_drop_mode(self, on: bool) -> None:
        """Whether a plain click or drag on cells drops and restores."""
        self._drop_mode = on
        self.refresh()

    def cell_rect(self, frame: int) -> QRectF:
        """The whole pixels of a frame's cell."""
        top = self.ruler_height + _CACHE_BAND
        left = self.axis.left(frame)
        return QRectF(left, top, self.axis.right(frame) - left, self.height() - top - 2)

    def shown_kept(self, frame: int) -> bool:
        """Kept or not, a stroke in progress included."""
        return self._stroke.get(frame, bool(self._states.kept[frame]))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or not self._states.count:
            return
        x, y = event.position().x(), event.position().y()
        frame, keys = self.axis.frame_at(x), event.modifiers()
        self._anchor = frame
        if y < self.ruler_height:
            if keys & Qt.KeyboardModifier.ShiftModifier:
                self._gesture = "range"
            else:
                self._begin_scrub(frame)
        elif keys & Qt.KeyboardModifier.AltModifier or self._drop_mode:
            self._gesture = "paint"
            self._paint_to(frame)
        else:
            self.frameClicked.emit(frame, keys)
            self._begin_scrub(frame, emit=False)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._states.count:
            return
        x = event.position().x()
        frame = self.axis.frame_at(x)
        self._hovered = frame if self.axis.gutter <= x < self.axis.end else None
        if self._gesture == "scrub":
            self.axis.ensure_visible(frame)
            if frame != self._anchor:
                self._anchor = frame
                self.scrubbed.emit(frame)
        elif self._gesture == "paint":
            self._paint_to(frame)
        elif self._gesture == "range":
            self.set_range((min(self._anchor, frame), max(self._anchor, frame)))
        self.hovered.emit(self._states.describe(frame))
        self._show_cursor(event.position().y(), event.modifiers())
        self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        gesture, self._gesture = self._gesture, ""
        if gesture == "range":
            self.rangeChanged.emit(self._range)
        elif gesture == "paint":
            self._finish_stroke()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        on_ruler = event.position().y() < self.ruler_height
        if on_ruler and event.button() is Qt.MouseButton.LeftButton:
            self._range = None
            self.rangeChanged.emit(None)
            self.refresh()
        else:
            self.mousePressEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.hovered.emit("")
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Left:
            self.stepRequested.emit(-1)
        elif key == Qt.Key.Key_Right:
            self.stepRequested.emit(1)
        elif key == Qt.Key.Key_Home:
            self.startRequested.emit()
        elif key == Qt.Key.Key_End:
            self.endRequested.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._may_drop(self._current):
            self.keptPainted.emit((self._current,), not self._states.kept[self._current])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.axis.zoom_at(self.axis.centre(self._current), _ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.axis.zoom_at(self.axis.centre(self._current), 1 / _ZOOM_STEP)
        elif key == Qt.Key.Key_Escape and self._gesture:
            self._gesture, self._stroke = "", {}
            self.refresh()
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._states.count:
            return
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        frame = self.axis.frame_at(event.x()) if by_mouse else self._current
        menu = self.drop_menu(frame)
        menu.popup(event.globalPos() if by_mouse else self.mapToGlobal(self._below(frame)))

    def drop_menu(self, frame: int) -> QMenu:
        """The menu of the frame cells, for one frame."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        kept = bool(self._states.kept[frame])
        verb = "Drop" if kept else "Restore"
        toggle = menu.addAction(f"{verb} frame {frame} (Alt+click)")
        toggle.setEnabled(self._may_drop(frame))
        toggle.triggered.connect(lambda: self.keptPainted.emit((frame,), not kept))
        menu.addSeparator()
        for choice, words in CHOICES:
            action = menu.addAction(words)
            action.setData(choice.value)
            action.triggered.connect(
                lambda _=False, name=choice.value: self.dropMenuRequested.emit(name, frame)
            )
            if choice is DropChoice.OUTSIDE_RANGE and self._range is None:
                action.setEnabled(False)
                action.setText(f"{words} (Shift+drag on the ruler sets it)")
            if choice is DropChoice.NOT_KEYED and not self._has_keys():
                action.setEnabled(False)
                action.setText(f"{words} (no curve has keys)")
            if choice is DropChoice.RESTORE:
                action.setEnabled(not bool(self._states.kept.all()))
        menu.addSeparator()
        reference = menu.addAction(f"Make frame {frame} the reference")
        reference.setEnabled(frame != self._states.reference)
        reference.triggered.connect(lambda: self.referenceRequested.emit(frame))
        return menu

    @override
    def paint_still(self, painter: QPainter) -> None:
        ruler = QRectF(0, 0, self.width(), self.ruler_height)
        painter.fillRect(ruler, QColor(self.tokens.raised))
        cells = self.cell_rect(0)
        gutter = QRectF(0, 0, self.axis.gutter, ruler.height())
        self.paint_label(painter, gutter, "Frame, time")
        self.paint_label(painter, QRectF(0, cells.top(), gutter.width(), cells.height()), "Frames")
        if self._states.count:
            self.clip_to_frames(painter)
            self._paint_frames(painter, ruler)
        else:
            painter.setFont(font("caption"))
            painter.setPen(QColor(self.tokens.muted))
            place = QRectF(self.axis.gutter + SPACE_S, cells.top(), self.width(), cells.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, _EMPTY)

    @override
    def paint_moving(self, painter: QPainter) -> None:
        if not self._states.count:
            return
        axis, tokens = self.axis, self.tokens
        ruler = QRectF(0, 0, self.width(), self.ruler_height)
        self.clip_to_frames(painter)
        for first, last in runs(self._states.cached):
            left, right = axis.left(first), axis.left(last)
            band = QRectF(left, ruler.height(), right - left, _CACHE_BAND)
            painter.fillRect(band, QColor(tokens.good))
        if self._hovered is not None:
            painter.fillRect(self.cell_rect(self._hovered), colour(tokens.text, 0.14))
        self.paint_playhead(painter, ruler.bottom(), self.height())
        if self._current in axis.visible():
            x = min(axis.centre(self._current + self._part), axis.end - 1.0)
            paint_playhead_handle(painter, x, ruler, tokens)

    def _paint_frames(self, painter: QPainter, ruler: QRectF) -> None:
        tokens, axis = self.tokens, self.axis
        paint_ruler(painter, ruler, axis, self._states, tokens)
        shown = self._states
        if self._stroke:
            kept = shown.kept.copy()
            kept[list(self._stroke)] = list(self._stroke.values())
            shown = shown.with_mask("kept", kept)
        if axis.scale < _NARROW:
            paint_runs(painter, self.cell_rect(0), axis, shown, tokens)
        else:
            for frame in axis.visible():
                area = self.cell_rect(frame)
                paint_cell(painter, area, shown, frame, tokens, self._thumbnail(frame, area))
        self._paint_over(painter, ruler)

    def _paint_over(self, painter: QPainter, ruler: QRectF) -> None:
        axis, tokens = self.axis, self.tokens
        if self._range is not None:
            paint_range(painter, ruler, axis, self._range, tokens)
            left, right = axis.left(self._range[0]), axis.right(self._range[1])
            shade = colour(tokens.surface, 0.6)
            painter.fillRect(QRectF(axis.gutter, 0, left - axis.gutter, self.height()), shade)
            painter.fillRect(QRectF(right, 0, axis.end - right, self.height()), shade)
        painter.setPen(pen(tokens.line))
        painter.drawLine(QLineF(0, ruler.bottom(), self.width(), ruler.bottom()))

    def _thumbnail(self, frame: int, area: QRectF) -> QImage | None:
        return self._thumbnails.get(frame) if self._has_room(area) else None

    def _has_room(self, area: QRectF) -> bool:
        return area.width() >= self.line_height(1.5) and area.height() >= _THUMBNAIL

    def _has_keys(self) -> bool:
        return self._states.keyed is not None and bool(self._states.keyed.any())

    def _begin_scrub(self, frame: int, *, emit: bool = True) -> None:
        self._gesture, self._anchor = "scrub", frame
        if emit:
            self.scrubbed.emit(frame)

    def _may_drop(self, frame: int) -> bool:
        return 0 <= frame < self._states.count and frame != self._states.reference

    def _paint_to(self, frame: int) -> None:
        """Extend the stroke; its first cell decides whether it drops or restores."""
        if not self._stroke and self._may_drop(frame):
            self._stroke[frame] = not bool(self._states.kept[frame])
        if self._stroke:
            keep = next(iter(self._stroke.values()))
            low, high = sorted((self._anchor, frame))
            for touched in range(low, high + 1):
                if self._may_drop(touched):
                    self._stroke[touched] = keep
        self._anchor = frame
        self.refresh()

    def _finish_stroke(self) -> None:
        stroke, self._stroke = self._stroke, {}
        if stroke:
            self.keptPainted.emit(tuple(sorted(stroke)), next(iter(stroke.values())))
        self.refresh()

    def _show_cursor(self, y: float, keys: Qt.KeyboardModifier) -> None:
        if self._pan_from is not None:
            return
        dropping = self._drop_mode or bool(keys & Qt.KeyboardModifier.AltModifier)
        on_ruler = y < self.ruler_height
        if on_ruler:
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        elif dropping:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _below(self, frame: int) -> QPoint:
        return QPoint(round(self.axis.centre(frame)), self.ruler_height)

    def _tell_current(self) -> None:
        if 0 <= self._current < self._states.count:
            self.setAccessibleDescription(self._states.describe(self._current))
