"""The subjects that can be driven, as small numbered pictures; keys 1 to 9 choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QWidget

from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_SIDE = 44
NUMBERED = 9


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A subject of the gallery.

    Attributes:
        id: of the subject. ``name``: for people.
        picture: (h, w, 1|3) uint8, or None while it is being read.
        reason: why it cannot be driven; empty where it can.
    """

    id: str
    name: str
    picture: NDArray[np.uint8] | None
    reason: str = ""


class Gallery(QWidget):
    """One button for each subject.

    Signals:
        chosen: id of a subject.
        stepRequested: +1 for the next, -1 for the previous one.
    """

    chosen = Signal(str)
    stepRequested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        self._shown: tuple[tuple[str, str, bool, str], ...] = ()
        self.back = ToolButton("step-back", "Previous source (Page Up)")
        self.on = ToolButton("step-forward", "Next source (Page Down)")
        self._page = QWidget()
        self._row = QHBoxLayout(self._page)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_XS)
        self._row.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidget(self._page)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName("Sources")
        self._area.setFixedHeight(scaled(_SIDE + 26))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        whole.setSpacing(SPACE_XS)
        whole.addWidget(self.back)
        whole.addWidget(self._area, 1)
        whole.addWidget(self.on)
        self.back.clicked.connect(partial(self.stepRequested.emit, -1))
        self.on.clicked.connect(partial(self.stepRequested.emit, 1))

    def show_choices(self, choices: Sequence[Choice], chosen: str) -> None:
        """Show subjects in their order, one of them chosen."""
        shown = tuple((c.id, c.name, c.picture is not None, c.reason) for c in choices)
        if shown != self._shown:
            self._shown = shown
            self._fill(choices)
        for subject_id, button in self.buttons.items():
            button.setChecked(subject_id == chosen)
        can = [c for c in choices if not c.reason]
        for button in (self.back, self.on):
            button.set_reason("" if len(can) > 1 else "There is no other subject to drive.")
        if chosen in self.buttons:
            self._area.ensureWidgetVisible(self.buttons[chosen], 0, 0)

    def _fill(self, choices: Sequence[Choice]) -> None:
        for button in self.buttons.values():
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons.clear()
        number = 0
        for place, choice in enumerate(choices):
            number += not choice.reason
            key = str(number) if not choice.reason and number <= NUMBERED else ""
            button = _button(choice, key)
            button.clicked.connect(partial(self.chosen.emit, choice.id))
            self.buttons[choice.id] = button
            self._row.insertWidget(place, button)


def _button(choice: Choice, key: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setIconSize(QSize(scaled(_SIDE) - 8, scaled(_SIDE) - 8))
    if choice.picture is not None:
        side = scaled(_SIDE)
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        small = QPixmap.fromImage(to_image(choice.picture)).scaled(side, side, keep, smooth)
        button.setIcon(QIcon(small))
    metrics = button.fontMetrics()
    words = f"{key} {choice.name}".strip()
    button.setText(metrics.elidedText(words, Qt.TextElideMode.ElideRight, scaled(104)))
    button.setAccessibleName(f"Drive {choice.name}")
    tip = f"Drive {choice.name} ({key})" if key else f"Drive {choice.name}"
    button.setToolTip(f"{tip}\n{choice.reason}" if choice.reason else tip)
    button.setEnabled(not choice.reason)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
