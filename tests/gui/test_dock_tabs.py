"""Tabs of panes that share a place: named, and safe to drag after a layout was restored."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar

from motionstudio.gui.main_window import MainWindow
from tests.gui import gestures
from tests.gui.conftest import MakeWindow


def _tab_bars(window: MainWindow) -> list[QTabBar]:
    return [bar for bar in window.findChildren(QTabBar) if bar.isVisible() and bar.count() > 1]


def _drag_first_tab(bar: QTabBar) -> None:
    before = [bar.tabText(index) for index in range(bar.count())]
    y = bar.height() / 2
    first, last = bar.tabRect(0).center().x(), bar.tabRect(bar.count() - 1).center().x()
    gestures.drag(bar, [(float(x), y) for x in range(first, last, 15)])
    assert [bar.tabText(index) for index in range(bar.count())] == before
    assert bar.accessibleName() == "Panes in this place"


def test_dragging_a_tab_of_a_restored_layout_leaves_the_tabs_in_order(
    qtbot: Any, make_window: MakeWindow
) -> None:
    window = make_window()
    for name in ("library", "inspector", "history", "motion"):
        window.bench.docks[name].show()
    QApplication.processEvents()
    for _ in range(2):
        assert window.bench.restore(window.bench.state(), window.bench.parts())
        QApplication.processEvents()
    bars = _tab_bars(window)
    assert bars
    for bar in bars:
        _drag_first_tab(bar)


def test_tab_stops_at_no_bar_that_nobody_sees(qtbot: Any, make_window: MakeWindow) -> None:
    window = make_window()
    together, other = window.bench.docks["sliders"], window.bench.docks["inspector"]
    window.tabifyDockWidget(together, other)
    for dock in (together, other):
        dock.show()
    qtbot.wait_until(lambda: any(not bar.visibleRegion().isEmpty() for bar in _tab_bars(window)))
    seen = next(bar for bar in _tab_bars(window) if not bar.visibleRegion().isEmpty())
    assert seen.focusPolicy() == Qt.FocusPolicy.TabFocus
    other.close()
    bars = window.findChildren(QTabBar)
    qtbot.wait_until(lambda: all(bar.visibleRegion().isEmpty() for bar in bars))
    window.bench.timeline.strip.setFocus()
    for _ in range(80):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        assert not isinstance(window.focusWidget(), QTabBar)
