"""What a person does in the window, one step each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QDeadlineTimer, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from motionstudio.document.subject import Subject
from motionstudio.gui.main_window import MainWindow

LONG = 60_000


def open_clip(qtbot: Any, window: MainWindow, path: Path) -> Subject:
    """Open a file without questions and wait until its motion is known and drawn."""
    count = len(window.session.project.subjects)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: len(window.session.project.subjects) > count, timeout=LONG)
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    settle(qtbot, window)
    return active(window)


def active(window: MainWindow) -> Subject:
    """The subject that is shown."""
    subject = window.session.active
    assert subject is not None
    return subject


def is_encoded(window: MainWindow) -> bool:
    """Whether the subject that is shown has an up-to-date motion."""
    subject = window.session.active
    return subject is not None and subject.track is not None and not subject.needs_encoding


def settle(qtbot: Any, window: MainWindow) -> None:
    """Wait until the picture that was asked for is on screen at full quality."""

    def done() -> bool:
        pictures = window.presenters.pictures
        shown = pictures.shown
        return bool(
            pictures.up_to_date
            and shown is not None
            and not shown.preview
            and shown.scale.value == "full"
            and is_encoded(window)
            and window.actions_up_to_date
        )

    qtbot.waitUntil(done, timeout=LONG)


def generated(window: MainWindow) -> np.ndarray:
    """The generated picture on screen."""
    shown = window.presenters.pictures.shown
    assert shown is not None
    return shown.picture


def frame_point(window: MainWindow, frame: int) -> QPoint:
    """The middle of a frame's cell in the timeline."""
    strip = window.bench.timeline.strip
    return QPoint(round(strip.axis.centre(frame)), strip.height() - 6)


def do(window: MainWindow, name: str) -> None:
    """An action, as soon as the window knows that it can be done."""
    action, patience = window.actions_[name], QDeadlineTimer(LONG)
    while not action.isEnabled() and not patience.hasExpired():
        QApplication.processEvents()
    assert action.isEnabled(), f"{name}: {window.actions_.why_not(name)}"
    action.trigger()


def click_frame(
    window: MainWindow,
    frame: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Click the cell of a frame."""
    strip = window.bench.timeline.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, modifier, frame_point(window, frame))


def key(window: MainWindow, sequence: str) -> None:
    """Press keys in the timeline, as ``Ctrl+Z``."""
    strip = window.bench.timeline.strip
    strip.setFocus()
    QTest.keySequence(strip, sequence)
