"""Dragging motion: what is carried, what the modifiers mean, and where it may be dropped."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.core.transfer import TransferMode
from motionstudio.document.transfer_plan import BLEND_FIRST, TEMPLATE, Offer
from motionstudio.io.template_file import is_template

SUBJECT_MIME = "application/x-motionstudio-subject"
"""Drags of motion carry the source's id under this type, as UTF-8."""

MODIFIERS = "plain replaces, Alt adds, Ctrl blends"


def motion_data(source: str, name: str) -> QMimeData:
    """What a drag of a motion carries."""
    made = QMimeData()
    made.setData(SUBJECT_MIME, source.encode())
    made.setText(name)
    return made


def start_drag(origin: QWidget, data: QMimeData, picture: QPixmap) -> None:
    """Let a motion be dragged until the button is released."""
    drag = QDrag(origin)
    drag.setMimeData(data)
    if not picture.isNull():
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(picture.width() // 2, picture.height() // 2))
    every = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction | Qt.DropAction.LinkAction
    drag.exec(every, Qt.DropAction.CopyAction)


def source_of(data: QMimeData) -> str:
    """Id of the source that is carried, or empty; a file with a motion is one as well."""
    if not data.hasFormat(SUBJECT_MIME):
        return _template_in(data)
    return bytes(data.data(SUBJECT_MIME).data()).decode()


def _template_in(data: QMimeData) -> str:
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return ""
    path = urls[0].toLocalFile()
    return f"{TEMPLATE}{path}" if _is_template(path) else ""


@lru_cache(maxsize=8)
def _is_template(path: str) -> bool:
    """Kept, because a drag asks again with every move."""
    return is_template(Path(path))


def mode_of(keys: Qt.KeyboardModifier) -> TransferMode:
    """Plain replaces, Alt adds, Ctrl blends."""
    if keys & Qt.KeyboardModifier.AltModifier:
        return TransferMode.ADD
    if keys & Qt.KeyboardModifier.ControlModifier:
        return TransferMode.BLEND
    return TransferMode.REPLACE


def offer_of(source: str, target: str, keys: Qt.KeyboardModifier) -> Offer:
    """What a drop with these keys would do."""
    mode = mode_of(keys)
    return Offer(source, target, mode, BLEND_FIRST if mode is TransferMode.BLEND else None)


class MotionTarget(QObject):
    """Lets motion be dropped on a widget; other drags go on to whoever wants them.

    Args:
        widget: where motion may be dropped.
        target: the id of the subject at a place of the widget, or empty.

    Signals:
        hovered: an ``Offer``, whenever pointer or keys change.
        left: the drag went elsewhere, or was cancelled.
        dropped: an ``Offer``.
    """

    hovered = Signal(object)
    left = Signal()
    dropped = Signal(object)

    def __init__(self, widget: QWidget, target: Callable[[QPoint], str]) -> None:
        super().__init__(widget)
        self._target = target
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DragLeave:
            self.left.emit()
            return False
        if not isinstance(event, QDropEvent) or not source_of(event.mimeData()):
            return False
        source, place = source_of(event.mimeData()), event.position().toPoint()
        target = self._target(place)
        if not target:
            self.left.emit()
            event.ignore()
            return True
        offer = offer_of(source, target, event.modifiers())
        # Accepted whatever it does: a refused drop would not even say why.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(event, QDragEnterEvent | QDragMoveEvent):
            self.hovered.emit(offer)
        else:
            self.dropped.emit(offer)
        return True
