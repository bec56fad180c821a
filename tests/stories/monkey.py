"""Somebody who tries everything: seeded random gestures on a whole window, dialogs kept shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDrag, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QColorDialog,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QMenu,
    QMenuBar,
    QMessageBox,
    QToolButton,
    QWidget,
)

from motionstudio.gui.actions.table import SPECS
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.loading import LoadingPresenter
from tests.gui import gestures

# Leaving the window, and what reaches beyond it: the desktop, files, another document.
SHUT = (
    "file.quit", "file.new", "file.open", "file.save", "file.sample", "file.recover", "help.",
    "file.export", "file.figure", "file.screenshot", "model.sample", "edit.preferences",
    "model.train", "model.compare", "model.live",
)  # fmt: skip
KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space,
    Qt.Key.Key_Delete, Qt.Key.Key_Escape, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return,
    Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_Minus, Qt.Key.Key_D, Qt.Key.Key_N, Qt.Key.Key_Q,
    Qt.Key.Key_W, Qt.Key.Key_H, Qt.Key.Key_Tab, Qt.Key.Key_PageDown, Qt.Key.Key_F,
)  # fmt: skip
MODIFIERS = (
    gestures.NONE, gestures.NONE, gestures.NONE, gestures.SHIFT, gestures.CTRL, gestures.ALT,
)  # fmt: skip


def keep_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would wait for a person answers at once that nothing was chosen."""

    def nothing(*_args: Any, **_more: Any) -> int:
        return 0

    for kind in (QDialog, QMessageBox, QFileDialog, QColorDialog):
        monkeypatch.setattr(kind, "exec", nothing)
        monkeypatch.setattr(kind, "open", nothing)
    # Another document has another history.
    monkeypatch.setattr(LoadingPresenter, "open", nothing)
    monkeypatch.setattr(QDrag, "exec", lambda *_a, **_k: Qt.DropAction.IgnoreAction)
    monkeypatch.setattr(QMenu, "exec", nothing)
    monkeypatch.setattr(QMenu, "popup", nothing)
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    for name, answer in (("getText", ""), ("getInt", 0), ("getDouble", 0.0), ("getItem", "")):
        monkeypatch.setattr(QInputDialog, name, lambda *_a, _none=answer, **_k: (_none, False))
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_a, **_k: QColor())
    for name in ("question", "information", "warning", "critical", "about"):
        monkeypatch.setattr(QMessageBox, name, nothing)


class Monkey:
    """Does one random thing after another.

    Args:
        window: on screen.
        seed: equal seeds try the same things in the same order.
    """

    def __init__(self, window: MainWindow, seed: int) -> None:
        self._window = window
        self._rng = np.random.default_rng(seed)
        self._actions = [
            spec.name for spec in SPECS
            if not spec.name.startswith(SHUT) and not spec.text.endswith("…")
        ]  # fmt: skip
        self.done: list[str] = []
        doings: tuple[tuple[Callable[[], str], float], ...] = (
            (self._click, 0.2), (self._drag, 0.25), (self._wheel, 0.1), (self._key, 0.2),
            (self._action, 0.2), (self._hover, 0.05),
        )  # fmt: skip
        self._doings = [doing for doing, _ in doings]
        self._weights = [weight for _, weight in doings]

    def act(self) -> None:
        """One gesture, and what the window makes of it."""
        doing = self._doings[int(self._rng.choice(len(self._doings), p=self._weights))]
        self.done.append(doing())
        QApplication.processEvents()

    def _widget(self) -> QWidget:
        found = [w for w in self._window.findChildren(QWidget) if self._usable(w)]
        # Panes that are painted as a whole have no children: they would hardly ever be met.
        large = [w for w in found if w.width() * w.height() > 20_000]
        chosen = large if large and self._rng.random() < 0.6 else found
        return chosen[int(self._rng.integers(len(chosen)))]

    def _usable(self, widget: QWidget) -> bool:
        return (
            widget.isVisible()
            and widget.isEnabled()
            and widget.window() is self._window
            and widget.width() > 2
            and widget.height() > 2
            # Qt itself waits there until a menu is closed.
            and not isinstance(widget, QMenuBar | QMenu | QComboBox)
            and not (isinstance(widget, QToolButton) and widget.menu() is not None)
        )

    def _place(self, widget: QWidget) -> gestures.Place:
        return (
            float(self._rng.integers(widget.width())),
            float(self._rng.integers(widget.height())),
        )

    def _keys(self) -> Qt.KeyboardModifier:
        return MODIFIERS[int(self._rng.integers(len(MODIFIERS)))]

    def _click(self) -> str:
        widget, keys = self._widget(), self._keys()
        place = self._place(widget)
        if self._rng.random() < 0.2:
            gestures.double_click(widget, place)
        else:
            gestures.click(widget, place, keys)
        return f"click {_named(widget)} {place} {keys.name}"

    def _drag(self) -> str:
        widget, keys = self._widget(), self._keys()
        places = [self._place(widget) for _ in range(int(self._rng.integers(2, 6)))]
        button = gestures.MIDDLE if self._rng.random() < 0.15 else gestures.LEFT
        gestures.drag(widget, places, keys, button)
        return f"drag {_named(widget)} {places} {keys.name}"

    def _hover(self) -> str:
        widget = self._widget()
        gestures.hover(widget, self._place(widget))
        return f"hover {_named(widget)}"

    def _wheel(self) -> str:
        widget, keys = self._widget(), self._keys()
        gestures.wheel(widget, self._place(widget), float(self._rng.choice([-1, 1])), keys)
        return f"wheel {_named(widget)} {keys.name}"

    def _key(self) -> str:
        focus = self._window.focusWidget()
        target = focus if focus is not None and self._usable(focus) else self._window
        key = KEYS[int(self._rng.integers(len(KEYS)))]
        text = chr(key.value).lower() if 32 <= key.value < 127 else ""
        # With Ctrl letters leave the window, save or open: those are actions, tried as such.
        keys = gestures.NONE if text.isalpha() else self._keys()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key.value, keys, text))
        return f"key {key.name} {keys.name} on {_named(target)}"

    def _action(self) -> str:
        name = self._actions[int(self._rng.integers(len(self._actions)))]
        action = self._window.actions_[name]
        if action.isEnabled():
            action.trigger()
        return f"action {name}{'' if action.isEnabled() else ' (disabled)'}"


def _named(widget: QWidget) -> str:
    where = widget.mapTo(widget.window(), QPoint())
    name = widget.accessibleName() or widget.objectName()
    return f"{type(widget).__name__} '{name}' at {QPointF(where).toTuple()}"
