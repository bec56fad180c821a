"""The plane of two components: trajectories to look at, to walk along and to drag."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from motionstudio.core.nearest import within
from motionstudio.gui.items.ink import colour, outline
from motionstudio.gui.items.plane_view import PlaneView
from motionstudio.gui.items.projection_data import Cloud, PlotState, Tool
from motionstudio.gui.items.projection_layers import Layers, dress
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.tokens import Tokens

_REACH = 10.0
_CLICK = 4.0
_NOTCH = 120.0
_ZOOM = 1.2
_TURN = 0.01
_AT_ONCE = 5_000  # points

_KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return,
    Qt.Key.Key_Enter, Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0,
)  # fmt: skip

Gesture = Literal["press", "point", "box", "explore", "turn", "pan"]


class ProjectionPlot(PlaneView):
    """Trajectories in a plane, or of three components seen from the side.

    Mouse: click a point to go there, drag it to edit; drag empty space to select a box of frames
    (in explore mode to show what a place decodes to, in three dimensions to turn); Shift-drag
    always selects; wheel zooms at the pointer, middle-drag pans, double-click fits. Keys: left
    and right walk along the frames, up and down to another subject, Return goes there, plus and
    minus zoom, 0 fits, Esc takes a drag back.

    Signals:
        pointHovered: subject, frame.
        placeHovered: x, y of empty space under the pointer.
        left: the pointer left points and plot.
        pointActivated: subject, frame: go there.
        dragStarted: subject, frame. dragged: total change of x and y. dragFinished, dragCancelled.
        refused: subject, frame of a point that somebody tried to drag and that stays.
        boxSelected: frames of the active subject inside the box.
        explored: x, y that is to be decoded.
        turned: change of azimuth and elevation in radians.
        rangeChanged: another part of the plane is visible.
    """

    pointHovered = Signal(str, int)
    placeHovered = Signal(float, float)
    left = Signal()
    pointActivated = Signal(str, int)
    dragStarted = Signal(str, int)
    dragged = Signal(float, float)
    dragFinished = Signal()
    dragCancelled = Signal()
    refused = Signal(str, int)
    boxSelected = Signal(object)
    explored = Signal(float, float)
    turned = Signal(float, float)
    rangeChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = PlotState()
        self._cloud = Cloud()
        self._tool: Tool = "select"
        self._gesture: Gesture | None = None
        self._from = self._last = QPointF()
        self._grabbed: int | None = None
        self._cursor: tuple[str, int] | None = None
        self._fitted = False
        self._parts = Layers(self.getPlotItem())
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._draw)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(False, False)
        self.setFrameShape(self.frameShape().NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Projection of the motion")
        self.viewport().setAccessibleName("Projection of the motion")
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item.getViewBox().sigRangeChanged.connect(self._on_range)
        self._dress()

    @property
    def tokens(self) -> Tokens:
        """The colours of the theme in use."""
        return tokens_for(self.palette())

    @property
    def state(self) -> PlotState:
        """What is shown."""
        return self._state

    def set_state(self, state: PlotState) -> None:
        """Show ``state``; the visible part stays unless the axes are others."""
        same = (state.x_name, state.y_name, state.solid, state.extent is None) == (
            self._state.x_name, self._state.y_name, self._state.solid, self._state.extent is None,
        ) and bool(self._state.trajectories)  # fmt: skip
        self._state = state
        self._cloud = Cloud.of(state.trajectories)
        self._fitted = self._fitted and same
        # Where other axes move a great many points, finding their places took long enough.
        if not same and len(self._cloud.points) > _AT_ONCE:
            self._later.start()
        else:
            self._draw()

    def _draw(self) -> None:
        """Show the state as it is now."""
        self._later.stop()
        state, item = self._state, self.getPlotItem()
        self._parts.show(state, self.tokens)
        for side, name in (("bottom", state.x_name), ("left", state.y_name)):
            item.setLabel(side, name)
            item.showAxis(side, not state.solid)
        item.getViewBox().setAspectLocked(state.solid or state.extent is not None)
        if not self._fitted:
            self.fit()
        self._show_cursor()

    def set_playhead(self, state: PlotState) -> None:
        """Show ``state``, of which only the playhead is another."""
        self._state = state
        self._parts.move_playhead(state, self.tokens)

    def set_tool(self, tool: Tool) -> None:
        """What dragging empty space does."""
        self._tool = tool

    def set_mosaic(
        self, picture: NDArray[np.uint8] | None, bounds: tuple[float, float, float, float]
    ) -> None:
        """Decoded pictures behind the trajectories, over a part of the plane."""
        self._parts.show_mosaic(picture, bounds)

    @property
    def mosaic_shown(self) -> bool:
        """Whether there are pictures behind the trajectories."""
        return bool(self._parts.mosaic.isVisible() and self._parts.mosaic.image is not None)

    def fit(self) -> None:
        """Show all points."""
        bounds = self._state.bounds()
        self._fitted = bounds is not None
        self.untouched = True
        if bounds is not None:
            left, right, bottom, top = bounds
            box = self.getPlotItem().getViewBox()
            right = max(right, self._parts.room_for_names(left, box.width()))
            box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Names need their room anew, unless somebody chose what part to look at.
        if getattr(self, "_fitted", False) and self.untouched and self._gesture is None:
            self.fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(140, 120)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._from = self._last = event.position()
        if event.button() is Qt.MouseButton.MiddleButton:
            self._gesture = "pan"
        elif event.button() is Qt.MouseButton.LeftButton:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._grabbed = None if shift else self._point_at(event.position())
            self._gesture = "press"
            if self._grabbed is None and self._tool == "explore" and not shift:
                self._gesture = "explore"
                self.explored.emit(*self.place_of(event.position()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._gesture is None:
            self._hover(here)
            return
        away = here - self._from
        if self._gesture == "press" and max(abs(away.x()), abs(away.y())) >= _CLICK:
            self._begin(event)
        moved, self._last = here - self._last, here
        if self._gesture == "point":
            (x, y), (x0, y0) = self.place_of(here), self.place_of(self._from)
            self.dragged.emit(x - x0, y - y0)
        elif self._gesture == "explore":
            self.explored.emit(*self.place_of(here))
        elif self._gesture == "turn":
            self.turned.emit(moved.x() * _TURN, moved.y() * _TURN)
        elif self._gesture == "pan":
            self.pan(moved)
        elif self._gesture == "box":
            self.viewport().update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture == "press" and self._grabbed is not None:
            self.pointActivated.emit(*self._named(self._grabbed))
        elif gesture == "point":
            self.dragFinished.emit()
        elif gesture == "box":
            self._choose(event.position())
        elif gesture == "explore":
            self.left.emit()
        self._grabbed = None
        self.viewport().update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._point_at(event.position()) is None:
            self.fit()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        self.zoom(_ZOOM**-notches, event.position())
        event.accept()

    @override
    def event(self, event: QEvent) -> bool:
        # Keys that mean something here must not reach the window's shortcuts first.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
            )  # fmt: skip
            busy = self._gesture in ("point", "box")
            if plain and (event.key() in _KEYS or (event.key() == Qt.Key.Key_Escape and busy)):
                event.accept()
                return True
        return bool(super().event(event))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        if key == Qt.Key.Key_Escape and self._gesture in ("point", "box"):
            self._abandon()
        elif key in steps:
            self._walk(*steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self.pointActivated.emit(*self._cursor)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            event.ignore()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._cursor = None
        self._show_cursor()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_parts"):
            self._dress()
            self._parts.show(self._state, self.tokens)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self._gesture == "box":
            box = QRectF(self._from, self._last).normalized()
            painter.fillRect(box, colour(self.tokens.accent, 0.15))
            outline(painter, box, self.tokens.accent, 1)
        if self.hasFocus():
            outline(painter, QRectF(self.viewport().rect()), self.tokens.accent, 1.5)
        painter.end()

    def _begin(self, event: QMouseEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if self._grabbed is None:
            self._gesture = "turn" if self._state.solid and not shift else "box"
            return
        subject, frame = self._named(self._grabbed)
        trajectory = self._state.find(subject)
        if self._state.fixed or (trajectory is not None and trajectory.locked == frame):
            self._gesture = None
            self.refused.emit(subject, frame)
            return
        self._gesture = "point"
        self.dragStarted.emit(subject, frame)

    def _abandon(self) -> None:
        gesture, self._gesture, self._grabbed = self._gesture, None, None
        if gesture == "point":
            self.dragCancelled.emit()
        self.viewport().update()

    def _choose(self, end: QPointF) -> None:
        active = self._state.active
        if active is not None:
            corners = self.place_of(self._from), self.place_of(end)
            inside = within(active.points, *corners)
            self.boxSelected.emit(tuple(int(frame) for frame in inside))

    def _hover(self, pixel: QPointF) -> None:
        found = self._point_at(pixel)
        if found is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.pointHovered.emit(*self._named(found))
        else:
            self.unsetCursor()
            self.left.emit()
            self.placeHovered.emit(*self.place_of(pixel))

    def _point_at(self, pixel: QPointF) -> int | None:
        return self._cloud.nearest(self.place_of(pixel), self.per_pixel(), _REACH)

    def _named(self, index: int) -> tuple[str, int]:
        owner = self._state.trajectories[int(self._cloud.owner[index])]
        return owner.id, int(self._cloud.frame[index])

    def _walk(self, frames: int, subjects: int) -> None:
        shown = self._state.trajectories
        active = self._state.active
        if not shown or active is None:
            return
        subject, frame = self._cursor or (active.id, self._state.playhead)
        place = next((i for i, each in enumerate(shown) if each.id == subject), len(shown) - 1)
        place = (place + subjects) % len(shown)
        last = len(shown[place].points) - 1
        self._cursor = shown[place].id, min(max(frame + frames, 0), last)
        self._show_cursor()
        self.pointHovered.emit(*self._cursor)

    def _show_cursor(self) -> None:
        place = None
        if self._cursor is not None:
            owner = self._state.find(self._cursor[0])
            if owner is None or self._cursor[1] >= len(owner.points):
                self._cursor = None
            else:
                x, y = owner.points[self._cursor[1]]
                place = float(x), float(y)
        self._parts.show_cursor(place, self.tokens)

    def _dress(self) -> None:
        self.setBackground(QColor(self.tokens.canvas))
        dress(self.getPlotItem(), self.tokens)

    def _on_range(self, *_: object) -> None:
        self.rangeChanged.emit()
