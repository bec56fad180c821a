"""Mouse, wheel and keys sent straight to a widget, with modifiers, as Qt would."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton

Place = tuple[float, float]


def press(
    widget: QWidget, place: Place, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
) -> None:
    _send(widget, QEvent.Type.MouseButtonPress, place, keys, button, button)


def move(
    widget: QWidget, place: Place, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
) -> None:
    _send(widget, QEvent.Type.MouseMove, place, keys, Qt.MouseButton.NoButton, button)


def hover(widget: QWidget, place: Place, keys: Qt.KeyboardModifier = NONE) -> None:
    move(widget, place, keys, Qt.MouseButton.NoButton)


def release(
    widget: QWidget, place: Place, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
) -> None:
    none = Qt.MouseButton.NoButton
    _send(widget, QEvent.Type.MouseButtonRelease, place, keys, button, none)


def click(widget: QWidget, place: Place, keys: Qt.KeyboardModifier = NONE) -> None:
    press(widget, place, keys)
    release(widget, place, keys)


def double_click(widget: QWidget, place: Place) -> None:
    click(widget, place)
    _send(widget, QEvent.Type.MouseButtonDblClick, place, NONE, LEFT, LEFT)
    release(widget, place)


def drag(
    widget: QWidget,
    places: list[Place],
    keys: Qt.KeyboardModifier = NONE,
    button: Qt.MouseButton = LEFT,
) -> None:
    press(widget, places[0], keys, button)
    for place in places[1:]:
        move(widget, place, keys, button)
    release(widget, places[-1], keys, button)


def wheel(widget: QWidget, place: Place, notches: float, keys: Qt.KeyboardModifier = NONE) -> None:
    event = QWheelEvent(
        QPointF(*place),
        QPointF(widget.mapToGlobal(QPoint(round(place[0]), round(place[1])))),
        QPoint(),
        QPoint(0, round(notches * 120)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def centre(area: object) -> Place:
    middle = area.center()  # type: ignore[attr-defined]
    return middle.x(), middle.y()


def _send(
    widget: QWidget,
    kind: QEvent.Type,
    place: Place,
    keys: Qt.KeyboardModifier,
    button: Qt.MouseButton,
    buttons: Qt.MouseButton,
) -> None:
    local = QPointF(*place)
    event = QMouseEvent(
        kind, local, QPointF(widget.mapToGlobal(local.toPoint())), button, buttons, keys
    )
    QApplication.sendEvent(widget, event)
