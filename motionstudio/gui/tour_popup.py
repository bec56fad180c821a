"""The tour for people: six small pop-ups that point at the real panes and block nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import LINE_SELECTED, RADIUS, SPACE_M, SPACE_S, SPACE_XS

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow
    from motionstudio.gui.workbench import Workbench

_WIDTH = 340


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the tour.

    Attributes:
        title, text: what is said; names of actions in braces become the keys in use.
        where: finds what is pointed at.
        pane: name of the pane that must be shown first, or empty.
    """

    title: str
    text: str
    where: Callable[[Workbench], QWidget]
    pane: str = ""


STEPS: tuple[Step, ...] = (
    Step("1 of 6: Clips come in here", "Drop pictures, films or folders anywhere in the window, "
         "or press {file.open}. The samples below are one click away.",
         lambda bench: bench.library, "library"),
    Step("2 of 6: What is, and what is made", "At the left the clip as it was read, at the right "
         "what the model makes of its motion. {view.grid} shows the motion itself.",
         lambda bench: bench.centre),
    Step("3 of 6: Time", "{motion.play} plays; drag on the ruler to scrub. Alt-click a frame to "
         "drop it: the model fills it in, and the strip below shows how well.",
         lambda bench: bench.timeline, "time"),
    Step("4 of 6: Motion as numbers", "Each row is one dimension of the motion, each column a "
         "frame. Click cells and drag up or down; the picture follows.",
         lambda bench: bench.time.matrix, "time"),
    Step("5 of 6: Shape it", "The sliders change the current frame; the strip at the edge has "
         "more panes. {help.commands} finds everything by name, {edit.undo} takes it back.",
         lambda bench: bench.sliders, "sliders"),
    Step("6 of 6: Give it away", "Drag a clip of the library onto another one, or onto a still "
         "picture: it moves in the same way. {file.export} writes what you made.",
         lambda bench: bench.library, "library"),
)  # fmt: skip


class TourPopup(QFrame):
    """Shows the steps one after another beside a frame around what they are about.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._place = 0
        self._frame = _Frame(window)
        self._title, self._text = QLabel(), QLabel()
        self.back = QPushButton("Back")
        self.on = QPushButton("Next")
        self.skip = QPushButton("Skip the tour")
        self._lay_out()
        self.back.clicked.connect(self.step_back)
        self.on.clicked.connect(self.step_on)
        self.skip.clicked.connect(self.stop)
        window.installEventFilter(self)
        self.hide()

    @property
    def place(self) -> int:
        """Which step is shown, counted from 0."""
        return self._place

    def start(self) -> None:
        """Begin with the first step."""
        self._go(0)
        self.on.setFocus()

    def step_on(self) -> None:
        """The next step, or the end."""
        if self._place + 1 < len(STEPS):
            self._go(self._place + 1)
        else:
            self.stop()

    def step_back(self) -> None:
        """The step before."""
        self._go(max(self._place - 1, 0))

    def stop(self) -> None:
        """End the tour; it is not offered again."""
        self.hide()
        self._frame.hide()
        self._window.session.settings.update(toured=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside what is pointed at."""
        kinds = (QEvent.Type.Resize, QEvent.Type.LayoutRequest)
        if self.isVisible() and event.type() in kinds:
            self._put()
        return super().eventFilter(watched, event)

    def _go(self, place: int) -> None:
        self._place = place
        step = STEPS[place]
        if step.pane:
            self._window.bench.show_pane(step.pane)
        self._title.setText(step.title)
        self._text.setText(self._window.tips.filled(step.text))
        self.setAccessibleName(f"{step.title}. {self._text.text()}")
        self.back.setEnabled(place > 0)
        self.back.setToolTip("The step before" if place else "This is the first step.")
        last = place + 1 == len(STEPS)
        self.on.setText("Done" if last else "Next")
        self.skip.setVisible(not last)
        self.show()
        self._put()

    def _put(self) -> None:
        target = STEPS[self._place].where(self._window.bench)
        around = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        self._frame.setGeometry(around)
        self._frame.show()
        self._frame.raise_()
        self.setFixedWidth(min(scaled(_WIDTH), self._window.width() - 2 * SPACE_M))
        layout = self.layout()
        if layout is not None:
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))
        self.move(beside(around, self.rect(), self._window.rect()))
        self.raise_()

    def _lay_out(self) -> None:
        self.setObjectName("tour")
        self.setStyleSheet(
            "#tour { background: palette(button); border: 1px solid palette(highlight);"
            " border-radius: 4px; }"
        )
        self._title.setFont(font("title"))
        for label in (self._title, self._text):
            label.setWordWrap(True)
        self.skip.setToolTip("End the tour; Help › Take a tour starts it again")
        self.on.setToolTip("Go on")
        self.on.setProperty("primary", True)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_XS)
        buttons.addWidget(self.skip)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.on)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)


class _Frame(QWidget):
    """A line around what is pointed at; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens_for(self.palette()).accent), LINE_SELECTED))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), RADIUS, RADIUS)


def beside(around: QRect, popup: QRect, window: QRect) -> QPoint:
    """Where a pop-up lies so that it hides as little as possible of ``around``.

    Right of it, left, below or above, whichever has room; else in its middle.
    """
    gap = SPACE_S
    middle = around.center()
    y = middle.y() - popup.height() // 2
    x = middle.x() - popup.width() // 2
    places = (
        QPoint(around.right() + gap, y),
        QPoint(around.left() - popup.width() - gap, y),
        QPoint(x, around.bottom() + gap),
        QPoint(x, around.top() - popup.height() - gap),
        QPoint(x, y),
    )
    for place in places:
        kept = QPoint(
            min(max(place.x(), gap), window.width() - popup.width() - gap),
            min(max(place.y(), gap), window.height() - popup.height() - gap),
        )
        if not QRect(kept, popup.size()).intersects(around):
            return kept
    return QPoint(x, max(around.bottom() - popup.height() - gap, gap))
