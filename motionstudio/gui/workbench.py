"""The panes of the window and how they lie: library, pictures, numbers, time."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.error_strip import ErrorStrip
from motionstudio.gui.panes.inspector import Inspector
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.panes.library import Library
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.panes.viewport_grid import ViewportGrid

_STATE_VERSION = 1
_LIBRARY_WIDTH, _SIDE_WIDTH = 176, 248
# Share of the window's height for time and motion: at 1280 x 720 the pictures keep 40 % of the
# window, at 1920 x 1080 there is room for the curves as well.
_TIME_SHARE = 0.278
_TIME_SHARE_TALL = 0.36
_TALL = 860
_SMALLEST_PART = 60


class TimePane(QWidget):
    """Timeline, error strip, matrix and curves over one time axis, so that frames line up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = TimeAxis(self)
        self.timeline = Timeline(self.axis)
        self.errors = ErrorStrip(self.axis)
        self.matrix = LatentMatrix(self.axis)
        self.curves = LatentCurves(self.axis)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.timeline, 1)
        column.addWidget(self.errors)
        for part in (top, self.matrix, self.curves):
            self.splitter.addWidget(part)
        for part in (self.matrix, self.curves):
            part.setMinimumHeight(_SMALLEST_PART)
        self.splitter.setChildrenCollapsible(True)
        self.splitter.setCollapsible(0, False)
        self.splitter.setHandleWidth(1)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setStretchFactor(2, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)


class Workbench:
    """All panes of one window, in docks that can be moved, closed and put back.

    Args:
        window: gets the viewports in its middle and the rest as docks.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.viewports = ViewportGrid()
        self.library = Library()
        self.inspector = Inspector()
        self.sliders = LatentSliders()
        self.time = TimePane()
        window.setCentralWidget(self.viewports)
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.docks = {
            "library": self._dock("library", "Library", self.library, self.library.header),
            "sliders": self._dock("sliders", "Sliders", self.sliders, self.sliders.header),
            "inspector": self._dock(
                "inspector", "Inspector", self.inspector, self.inspector.header
            ),
            "time": self._dock("time", "Time and motion", self.time, self.time.timeline.tools),
        }
        self._place()
        self._first_state = window.saveState(_STATE_VERSION)

    @property
    def timeline(self) -> Timeline:
        """The timeline."""
        return self.time.timeline

    def reset(self) -> None:
        """Put every pane back where it was."""
        for dock in self.docks.values():
            dock.setFloating(False)
            dock.show()
        self._window.restoreState(self._first_state, _STATE_VERSION)
        self.size_panes()

    def size_panes(self) -> None:
        """Give the panes their first sizes: most of the window is for the pictures."""
        height = self._window.height()
        tall = height >= _TALL
        self.time.curves.setVisible(tall)
        docks, horizontal = self.docks, Qt.Orientation.Horizontal
        wide = self._window.width() > 1500
        widths = [_LIBRARY_WIDTH + 48 * wide, _SIDE_WIDTH + 92 * wide]
        self._window.resizeDocks([docks["library"], docks["sliders"]], widths, horizontal)
        room = round(height * (_TIME_SHARE_TALL if tall else _TIME_SHARE))
        self._window.resizeDocks([docks["time"]], [room], Qt.Orientation.Vertical)
        top = self.time.timeline.sizeHint().height() + self.time.errors.sizeHint().height()
        rest = max(room - top, 2 * _SMALLEST_PART)
        curves = round(rest * 0.4) if tall else 0
        self.time.splitter.setSizes([top, rest - curves, curves])
        docks["sliders"].raise_()

    def show_curves(self, on: bool) -> None:
        """Show or hide the curves, and share the room between matrix and curves."""
        self.time.curves.setVisible(on)
        top, matrix, curves = self.time.splitter.sizes()
        rest = matrix + curves
        self.time.splitter.setSizes([top, rest // 2, rest - rest // 2] if on else [top, rest, 0])

    def state(self) -> str:
        """Places and sizes of the docks as text."""
        return bytes(self._window.saveState(_STATE_VERSION).toBase64().data()).decode()

    def parts(self) -> tuple[int, ...]:
        """Heights of timeline, matrix and curves; 0 for what is hidden."""
        timeline, matrix, curves = self.time.splitter.sizes()
        return timeline, matrix, curves if self.time.curves.isVisibleTo(self.time) else 0

    def restore(self, state: str, parts: tuple[int, ...]) -> bool:
        """Put docks and parts where they were; tells whether that worked."""
        saved = QByteArray.fromBase64(QByteArray(state.encode()))
        if not self._window.restoreState(saved, _STATE_VERSION) or len(parts) != 3:
            return False
        self.time.curves.setVisible(parts[2] > 0)
        self.time.splitter.setSizes(list(parts))
        return True

    def _dock(self, name: str, title: str, pane: QWidget, header: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(pane)
        if isinstance(header, PaneHeader):
            close = ToolButton("close", f"Close this pane (View › {title} brings it back)")
            close.clicked.connect(dock.close)
            header.add_tool(close)
        # The pane's own header is what the dock is dragged by: no second title above it.
        dock.setTitleBarWidget(header)
        return dock

    def _place(self) -> None:
        window, docks, area = self._window, self.docks, Qt.DockWidgetArea
        window.addDockWidget(area.LeftDockWidgetArea, docks["library"])
        window.addDockWidget(area.RightDockWidgetArea, docks["sliders"])
        window.tabifyDockWidget(docks["sliders"], docks["inspector"])
        window.addDockWidget(area.BottomDockWidgetArea, docks["time"])
        docks["sliders"].raise_()
        for bar in window.findChildren(QTabBar):
            bar.setAccessibleName("Panes at the side")
        for scroll in self.inspector.findChildren(QScrollArea):
            scroll.setAccessibleName("Facts about clip and model")
