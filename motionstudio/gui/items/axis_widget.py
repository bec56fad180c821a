"""Base of every strip over the time axis: zoom, pan, step, playhead, labels in the gutter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import outline
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import SPACE_S, Tokens

_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.2


class AxisWidget(QWidget):
    """A painted strip whose frames lie where the shared ``TimeAxis`` says.

    The wheel steps through time, with Ctrl it zooms at the pointer, with Shift (or sideways) it
    pans; dragging with the middle button pans.

    Signals:
        hovered: read-out of what is under the pointer, for the status bar.
        stepRequested: go this many frames on.
    """

    hovered = Signal(str)
    stepRequested = Signal(int)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self._current = 0
        self._part = 0.0
        self._pan_from: float | None = None
        self._wheel_rest = 0.0
        self._still: QPixmap | None = None
        axis.changed.connect(self._on_axis_changed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def tokens(self) -> Tokens:
        """The colours of the theme in use."""
        return tokens_for(self.palette())

    @property
    def current(self) -> int:
        """The frame under the playhead."""
        return self._current

    def set_current(self, frame: int) -> None:
        """Move the playhead."""
        if frame != self._current:
            self._current = frame
            self.update()

    def set_part(self, part: float) -> None:
        """Move the playhead ``part`` of a frame, in [0, 1), on from the current one."""
        if part != self._part:
            self._part = part
            self.update()

    def refresh(self) -> None:
        """Paint everything again; ``update`` alone repaints only what moves."""
        self._still = None
        self.update()

    def paint_still(self, painter: QPainter) -> None:
        """Paint what stays while time passes; kept as a picture until ``refresh``."""

    def paint_moving(self, painter: QPainter) -> None:
        """Paint what moves with time or pointer, over what stays."""
        self.clip_to_frames(painter)
        self.paint_playhead(painter, 0, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.size().isEmpty():
            return
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            still = QPainter(self._still)
            self.paint_ground(still)
            self.paint_still(still)
            still.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        self.paint_moving(painter)
        self.paint_focus(painter)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self.refresh()

    def line_height(self, lines: float = 1.0) -> int:
        """Pixels of ``lines`` lines of caption text."""
        return round(QFontMetrics(font("caption")).height() * lines)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.axis.gutter + 320, self.line_height(3))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_axis()
        self.refresh()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_axis()

    def _fit_axis(self) -> None:
        """Tell the axis how wide its strips are; one that is put away has some other width."""
        if self.parentWidget() is None or self.isVisibleTo(self.window()):
            self.axis.set_width(self.width())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways, down = event.angleDelta().x(), event.angleDelta().y()
        keys = event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.axis.zoom_at(event.position().x(), _ZOOM_PER_NOTCH ** (down / _NOTCH))
        elif keys & Qt.KeyboardModifier.ShiftModifier or abs(sideways) > abs(down):
            self.axis.pan(-(sideways or down) / _NOTCH * self.fontMetrics().height() * 3)
        else:
            self._step_by_wheel(down)
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.MiddleButton:
            self._pan_from = event.position().x()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self.axis.pan(self._pan_from - event.position().x())
            self._pan_from = event.position().x()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.MiddleButton:
            self._pan_from = None
            self.unsetCursor()

    def paint_ground(self, painter: QPainter) -> None:
        """Fill the widget with the colour of panes."""
        painter.fillRect(self.rect(), QColor(self.tokens.surface))

    def paint_label(self, painter: QPainter, area: QRectF, text: str, hex_name: str = "") -> None:
        """A label in the gutter, right-aligned, elided if it must be."""
        painter.setFont(font("caption"))
        painter.setPen(QColor(hex_name or self.tokens.muted))
        room = area.adjusted(SPACE_S, 0, -SPACE_S, 0)
        elided = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(place), elided)

    def paint_playhead(self, painter: QPainter, top: float, bottom: float) -> None:
        """The line that crosses every pane at the current frame."""
        if self._current not in self.axis.times_visible():
            return
        centre = self.axis.time_centre(self._current + self._part)
        left = min(round(centre), self.axis.end - 1) - 1
        painter.fillRect(QRectF(left, top, 2, bottom - top), QColor(self.tokens.accent))

    def paint_focus(self, painter: QPainter) -> None:
        """A ring around the widget while it has the keyboard."""
        if self.hasFocus():
            painter.setClipping(False)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            outline(painter, QRectF(self.rect()), self.tokens.accent, 1)

    def clip_to_frames(self, painter: QPainter) -> None:
        """From here on, paint only in the area of frames."""
        axis = self.axis
        painter.setClipRect(QRectF(axis.gutter, 0, axis.end - axis.gutter, self.height()))

    def _step_by_wheel(self, angle: float) -> None:
        self._wheel_rest -= angle
        notches = int(self._wheel_rest / _NOTCH)
        if notches:
            self._wheel_rest -= notches * _NOTCH
            self.stepRequested.emit(notches)

    def _on_axis_changed(self) -> None:
        self.refresh()
