"""How panes are laid out: a header, below it what is shown, or why there is nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from motionstudio.gui.theme.apply import font


def under_header(pane: QWidget, header: QWidget, body: QWidget, stretch: int = 1) -> QVBoxLayout:
    """Lay out ``pane`` with ``body`` below its header; more can be added below that.

    Args:
        pane: a widget without a layout.
        header: keeps its height.
        body: takes the rest.
        stretch: its share of the room where more follows.
    """
    column = QVBoxLayout(pane)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(header)
    column.addWidget(body, stretch)
    return column


def either(filled: QWidget, empty: QWidget) -> tuple[QWidget, QStackedLayout]:
    """A widget that shows ``empty`` at first, index 1 of its stack, and ``filled`` at index 0."""
    body = QWidget()
    stack = QStackedLayout(body)
    stack.addWidget(filled)
    stack.addWidget(empty)
    stack.setCurrentIndex(1)
    return body, stack


def scrolling(body: QWidget, name: str = "") -> QScrollArea:
    """A page that scrolls up and down only.

    Args:
        body: the page.
        name: what people with a screen reader hear; without one it does not take the keyboard.
    """
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    if not name:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(body)
    return area


def quiet_words() -> QLabel:
    """An empty label for captions of any length, which wrap."""
    label = QLabel()
    label.setWordWrap(True)
    label.setFont(font("caption", tabular=True))
    label.setProperty("muted", True)
    return label
