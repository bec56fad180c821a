"""Statement 19: every control changes pixels or state, or says why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QColorDialog,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QTabBar,
    QToolButton,
    QWidget,
)

from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import QUIET as QUIET_ANSWERS
from tests.gui.conftest import MakeWindow
from tests.stories.steps import is_encoded, open_clip, settle
from tests.stories.walking import controls, described, settle_events

# What cannot change anything in the state that the walk has, each with the reason.
QUIET = {
    "Fit": "the pictures fit already",
    "Show all": "everything is shown already",
    "Go to the first frame": "the walk may be at the first frame",
    "Go to the last frame": "the walk may be at the last frame",
    "Frame number": "typing a number is tested with the transport",
    "Quit": "ends the window",
}
# Panes are read-only surfaces or lists with a single line here.
SURFACES = (QAbstractItemView, QTabBar)


class Doings:
    """Counts what a control may do beside the window: dialogs, menus, messages."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for kind in (QFileDialog, QColorDialog):
            for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName",
                         "getExistingDirectory", "getColor"):  # fmt: skip
                if hasattr(kind, name):
                    patch.setattr(kind, name, staticmethod(self._answer(name)))
        patch.setattr(QDialog, "exec", self._shown)
        patch.setattr(QMenu, "exec", self._shown)

    def _shown(self, *_what: object) -> int:
        self.count += 1
        return 0

    def asked_for_a_file(self, *_what: object) -> None:
        """Somebody who is asked where to save, and names nothing."""
        self.count += 1

    def _answer(self, name: str) -> Any:
        def answer(*_what: object, **_named: object) -> Any:
            self.count += 1
            if name == "getOpenFileNames":
                return [], ""
            if name == "getColor":
                from PySide6.QtGui import QColor

                return QColor()
            return "" if name == "getExistingDirectory" else ("", "")

        return answer


@pytest.fixture
def doings(monkeypatch: pytest.MonkeyPatch) -> Doings:
    return Doings(monkeypatch)


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path, doings: Doings) -> MainWindow:
    made = make_window(
        (1440, 900), questions=replace(QUIET_ANSWERS, save_path=doings.asked_for_a_file)
    )
    made.projects.may_leave = lambda _then: True  # type: ignore[method-assign]
    open_clip(qtbot, made, clip_path)
    return made


def state(window: MainWindow, doings: Doings) -> tuple[object, ...]:
    """All that a control may change."""
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    return (
        window.session.view.state,
        window.session.project.revision,
        window.session.settings.value,
        tuple(dock.isHidden() for dock in window.bench.docks.values()),
        window.presenters.tasks.running,
        len(window.session.notices.recent),
        len(shown),
        QApplication.clipboard().text(),
        doings.count,
        window.grab().toImage(),
    )


def use(widget: QWidget) -> None:
    """Work a control as a person would, in the way that changes it."""
    if isinstance(widget, QToolButton) and widget.menu() is not None:
        widget.menu().setProperty("used", True)
        widget.menu().popup(widget.mapToGlobal(widget.rect().bottomLeft()))
    elif isinstance(widget, QAbstractButton):
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    elif isinstance(widget, QComboBox):
        widget.setFocus()
        other = (widget.currentIndex() + 1) % max(widget.count(), 1)
        widget.setCurrentIndex(other)
        widget.activated.emit(other)
        widget.textActivated.emit(widget.currentText())
    elif isinstance(widget, QAbstractSpinBox):
        widget.stepBy(1)
        widget.editingFinished.emit()
    elif isinstance(widget, QLineEdit):
        QTest.keyClicks(widget, "z1")
        QTest.keyClick(widget, Qt.Key.Key_Return)
    else:
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_Right)


def tidy(qtbot: Any, window: MainWindow) -> None:
    """Close what was opened and go back to the document as it was."""
    for top in QApplication.topLevelWidgets():
        if top is not window and top.isVisible():
            top.close()
    window.presenters.playback.toggle(False)
    for key in window.presenters.tasks.running:
        if not key.startswith("encode"):
            window.presenters.tasks.cancel(key)
    qtbot.waitUntil(lambda: not window.presenters.tasks.running, timeout=20_000)
    history = window.session.project.history
    while history.position > 1:
        history.undo()
    if history.position < 1 and history.can_redo:
        history.redo()
    while window.toast.isVisible():
        window.toast.hide()
    if window.session.active is None and window.session.project.subjects:
        window.session.show(window.session.project.subjects[0].id)
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)


def explains(widget: QWidget) -> bool:
    """Whether a tooltip has a sentence beside the name of the control."""
    tip = widget.toolTip().replace(widget.accessibleName(), "")
    return "\n" in tip or len(tip.split()) >= 4


def walk(qtbot: Any, window: MainWindow, doings: Doings, root: QWidget) -> Iterator[str]:
    """What is wrong with the controls in ``root``."""
    for widget in list(controls(root)):
        window.presenters.playback.go(3)
        settle(qtbot, window)  # What can be done is known from here on.
        try:
            name = described(widget)
            shown = widget.isVisible()
        except RuntimeError:  # the control was rebuilt by another one
            continue
        if not shown or isinstance(widget, SURFACES):
            continue
        if not widget.isEnabled():
            if not explains(widget):
                yield f"disabled without a reason: {name}: {widget.toolTip()!r}"
            continue
        if any(name.startswith(word) for word in QUIET):
            continue
        before = state(window, doings)
        use(widget)
        settle_events()
        if state(window, doings) == before:
            qtbot.wait(60)
            if state(window, doings) == before:
                yield f"nothing happens: {name}"
        tidy(qtbot, window)


@pytest.mark.slow
@pytest.mark.parametrize("pane", ["sliders", "inspector", "history", "motion", "overlays",
                                  "measurements", "picture", "projection", "components",
                                  "statistics"])  # fmt: skip
def test_statement_19_every_control_at_the_side_acts_or_says_why(
    qtbot: Any, window: MainWindow, doings: Doings, pane: str
) -> None:
    if pane not in window.bench.docks:
        pytest.fail(f"there is no pane {pane}; there are {sorted(window.bench.docks)}")
    window.bench.show_pane(pane)
    settle_events()
    assert list(walk(qtbot, window, doings, window.bench.docks[pane])) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["tools", "strip", "library", "time", "viewports"])
def test_statement_19_every_control_of_the_window_acts_or_says_why(
    qtbot: Any, window: MainWindow, doings: Doings, part: str
) -> None:
    roots: dict[str, QWidget] = {
        "tools": window.tools, "strip": window.bench.strip,
        "library": window.bench.docks["library"], "time": window.bench.docks["time"],
        "viewports": window.bench.viewports,
    }  # fmt: skip
    assert list(walk(qtbot, window, doings, roots[part])) == []


def test_statement_19_every_disabled_action_says_why(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    for _ in range(2):
        window.refresh_actions()
        for name, action in window.actions_.all.items():
            reason = window.actions_.why_not(name)
            assert action.isEnabled() == (not reason), name
            if reason:
                assert reason.endswith("."), name
                assert action.toolTip().endswith(reason), name
        if window.session.active is None:
            open_clip(qtbot, window, clip_path)
