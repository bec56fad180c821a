"""Every control of every pane can be reached, has a name, explains itself, and fits."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from motionstudio.gui.theme.apply import apply
from tests.gui.gallery import SIZES, Workbench


@pytest.fixture(params=[True, False], ids=["filled", "empty"])
def bench(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Workbench:
    apply(qapp, "dark")
    made = Workbench()
    qtbot.addWidget(made)
    if request.param:
        made.fill()
    made.resize(*SIZES[0])
    made.show()
    qapp.processEvents()
    return made


def controls(bench: QWidget) -> list[QWidget]:
    """Visible widgets that take the keyboard, without the inner parts of spin boxes."""
    return [
        widget
        for widget in bench.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QLineEdit | QScrollArea)
    ]


def test_every_control_has_a_name(bench: Workbench) -> None:
    found = controls(bench)
    assert len(found) > 10
    nameless = [widget for widget in found if not widget.accessibleName()]
    assert nameless == []


def test_every_icon_button_explains_itself(bench: Workbench) -> None:
    buttons = [b for b in bench.findChildren(QAbstractButton) if b.isVisible() and not b.text()]
    assert buttons
    assert [b for b in buttons if not b.toolTip()] == []


def test_tab_reaches_every_enabled_control(bench: Workbench, qtbot: QtBot) -> None:
    with qtbot.waitActive(bench):
        bench.activateWindow()
    wanted = {id(widget) for widget in controls(bench) if widget.isEnabled()}
    seen: set[int] = set()
    bench.focusNextChild()
    for _ in range(400):
        seen.add(id(bench.focusWidget()))
        bench.focusNextChild()
    assert wanted <= seen


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_at_either_size(bench: Workbench, size: tuple[int, int]) -> None:
    bench.resize(*size)
    QApplication.processEvents()
    assert bench.width() == size[0]
    assert bench.height() == size[1]
    for button in bench.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width() - 1, button.toolTip()


def test_panes_leave_no_object_behind(qtbot: QtBot, qapp: QApplication) -> None:
    import gc
    import weakref

    made = Workbench()
    made.fill()
    made.show()
    gone = [weakref.ref(part) for part in (made, made.timeline, made.matrix.view, made.grid)]
    made.close()
    made.deleteLater()
    del made
    qapp.sendPostedEvents(None, 52)  # QEvent::DeferredDelete
    qapp.processEvents()
    gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)
