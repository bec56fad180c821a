"""The panes of the window and how they lie: library, pictures, numbers, time."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QByteArray, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from motionstudio.gui.items.cost_strip import CostStrip
from motionstudio.gui.items.match_strip import MatchStrip
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import scrolling
from motionstudio.gui.items.row_axis import RowAxis
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.error_strip import ErrorStrip
from motionstudio.gui.panes.history_list import HistoryList
from motionstudio.gui.panes.inspector import Inspector
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.panes.library import Library
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.panes.welcome import Welcome
from motionstudio.gui.side_strip import SideStrip
from motionstudio.gui.theme.scale import factor, scaled

Area = Literal["left", "side", "below"]

_AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "side": Qt.DockWidgetArea.RightDockWidgetArea,
    "below": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_STATE_VERSION = 2
_LIBRARY_WIDTH, _SIDE_WIDTH = 162, 228
# Share of the window's height for time and motion: at 1280 x 720 the pictures keep 40 % of the
# window, at 1920 x 1080 there is room for the curves as well.
_TIME_SHARE = 0.266
_TIME_SHARE_TALL = 0.335
# At most, for larger type: pictures keep 40 % of the window.
_TIME_SHARE_LARGE = 0.34
_TALL = 860
_SMALLEST_PART = 60
_TALLEST = 1 << 16  # Numbers of a damaged file may be more than Qt can count.
# With curves open: of matrix and curves each, and what of the window's height pictures keep.
_USEFUL_PART = 96
_PICTURES_KEEP = 0.45
# Share of the window's width that pictures keep: where larger type leaves them less, the pane at
# the side begins closed.
_WIDTH_KEEP = 0.55
_GUTTER = 88


class TimePane(QWidget):
    """Timeline, error strip, matrix and curves over one time axis, so that frames line up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = TimeAxis(self)
        self.timeline = Timeline(self.axis)
        self.errors = ErrorStrip(self.axis)
        self.matches = MatchStrip(self.axis)
        self.rows = RowAxis(self.axis, self)
        self.costs = CostStrip(self.rows)
        self.matrix = LatentMatrix(self.rows)
        self.curves = LatentCurves(self.rows)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.timeline, 1)
        column.addWidget(self.errors)
        column.addWidget(self.matches)
        column.addWidget(self.costs)
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

    def show_costs(self, on: bool) -> None:
        """Show or hide the strip of costs; the matrix makes room, not the small pictures."""
        if on == self.costs.isHidden():
            top, matrix, curves = self.splitter.sizes()
            height = self.costs.sizeHint().height() * (1 if on else -1)
            self.costs.setVisible(on)
            self.splitter.setSizes([top + height, matrix - height, curves])


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
        self.welcome = Welcome()
        self.centre = QStackedWidget()
        self.centre.addWidget(self.welcome)
        self.centre.addWidget(self.viewports)
        window.setCentralWidget(self.centre)
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.docks: dict[str, QDockWidget] = {}
        self.panes: dict[str, QWidget] = {}
        self.strip = SideStrip(window)
        window.addToolBar(Qt.ToolBarArea.RightToolBarArea, self.strip)
        self.strip.chosen.connect(self.toggle_pane)
        self._side: list[str] = []
        self._lent = 0
        self.add_pane("library", "Library", self.library, "left", icon="film")
        self.add_pane("time", "Time and motion", self.time, "below", icon="clock")
        self.add_pane("sliders", "Sliders", self.sliders, icon="sliders")
        self.add_pane("inspector", "Inspector", self.inspector, icon="info")
        self.history = HistoryList()
        self.add_pane("history", "History", self.history, icon="undo")

    def add_pane(
        self, name: str, title: str, widget: QWidget, area: Area = "side", *, icon: str = "info"
    ) -> QDockWidget:
        """Put a pane into a dock of its own; everything else follows from that.

        It gets a button in the strip (at the side), an entry in View > Panes and in the palette,
        its read-outs in the status bar if it has a signal ``hovered(str)``, its ``header`` (a
        ``PaneHeader``) as title bar, and a place in the order of F6. Of the panes at the side one
        is shown at a time.

        Args:
            name: unique; for settings, layouts and tests.
            title: for people, in one or two words.
            widget: the pane.
            area: ``side`` (right edge), ``left`` or ``below`` the pictures.
            icon: one of our icons.

        Raises:
            ValueError: there is a pane of this name.
        """
        if name in self.docks:
            raise ValueError(f"add_pane: expected a new name, got {name!r}, which is there")
        dock = self._dock(name, title, widget, area == "side")
        self.docks[name], self.panes[name] = dock, widget
        self._window.addDockWidget(_AREAS[area], dock)
        if area == "side":
            self._add_to_side(name, title, icon)
        self._first_state = self._window.saveState(_STATE_VERSION)
        return dock

    @property
    def timeline(self) -> Timeline:
        """The timeline."""
        return self.time.timeline

    def reset(self) -> None:
        """Put every pane back where it was."""
        for dock in self.docks.values():
            dock.setFloating(False)
        self._window.restoreState(self._first_state, _STATE_VERSION)
        self.size_panes()

    def let_go(self) -> None:
        """End the drag of a pane: Qt 6.11 crashes where its window goes in the middle of one."""
        away, left, none = QPointF(-1, -1), Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        keys = Qt.KeyboardModifier.NoModifier
        for dock in self.docks.values():
            if dock.isFloating():
                release = QMouseEvent(QEvent.Type.MouseButtonRelease, away, away, left, none, keys)
                QApplication.sendEvent(dock, release)

    def show_pane(self, name: str) -> None:
        """Show a pane; of those that share a place at the side, only this one.

        Raises:
            ValueError: there is no such pane.
        """
        if name not in self.docks:
            raise ValueError(f"show_pane: expected one of {', '.join(self.docks)}, got {name!r}")
        dock = self.docks[name]
        self._widen(name)
        dock.show()
        if name in self._side and not dock.isFloating():
            # Only what is shown counts as sharing a place, so this comes afterwards.
            for other in self._window.tabifiedDockWidgets(dock):
                other.hide()
        dock.raise_()

    def toggle_pane(self, name: str) -> None:
        """Show a pane, or close it if it is shown."""
        if self.docks[name].isHidden():
            self.show_pane(name)
        else:
            self.docks[name].close()
        self._mark_shown()

    @property
    def tall(self) -> bool:
        """Whether the window has room for the curves as well."""
        return self._window.height() >= scaled(_TALL)

    def show_pictures(self, on: bool) -> None:
        """Pictures in the middle, or where to begin."""
        self.centre.setCurrentWidget(self.viewports if on else self.welcome)

    def size_panes(self) -> None:
        """Give the panes their first sizes: most of the window is for the pictures."""
        height = self._window.height()
        tall, self._lent = self.tall, 0
        self.time.curves.setVisible(tall)
        docks, horizontal = self.docks, Qt.Orientation.Horizontal
        wide = self._window.width() > 1500
        widths = [_LIBRARY_WIDTH + 38 * wide, _SIDE_WIDTH + 72 * wide]
        # Larger type needs wider panes, but pictures need room more.
        most = self._window.width() // 4
        widths = [min(scaled(width), max(most, width)) for width in widths]
        side = next((docks[name] for name in self._side if not docks[name].isHidden()), None)
        pictures = self._window.width() - sum(widths) - self.strip.sizeHint().width()
        if side is not None and factor() > 1 and pictures < _WIDTH_KEEP * self._window.width():
            # Its button in the strip opens it again, over the width that pictures need.
            side.hide()
            side = None
        wanted = [(docks["library"], widths[0]), *([(side, widths[1])] if side else [])]
        for name in self._side:
            self._widen(name)
        self._window.resizeDocks([d for d, _ in wanted], [w for _, w in wanted], horizontal)
        self.time.axis.set_gutter(max(scaled(_GUTTER), self.time.axis.gutter))
        self.fit_width()
        share = _TIME_SHARE_TALL if tall else _TIME_SHARE
        room = round(height * max(share, min(share * factor(), _TIME_SHARE_LARGE)))
        self._window.resizeDocks([docks["time"]], [room], Qt.Orientation.Vertical)
        top = self.time.timeline.sizeHint().height() + self.time.errors.sizeHint().height()
        rest = max(room - top, 2 * _SMALLEST_PART)
        curves = round(rest * 0.4) if tall else 0
        self.time.splitter.setSizes([top, rest - curves, curves])
        self.time.matrix.fit_header()

    def _widen(self, name: str) -> None:
        """Let a page that scrolls up and down only have the width of its widest line."""
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        # From the inside out: an outer page is as wide as what is in it.
        for area in reversed(self.docks[name].findChildren(QScrollArea)):
            page = area.widget()
            if factor() <= 1:
                area.setMinimumWidth(0)
            elif page is not None and area.horizontalScrollBarPolicy() is off:
                bar = area.verticalScrollBar().sizeHint().width()
                needed = page.minimumSizeHint().width() + bar
                area.setMinimumWidth(min(needed, round(0.36 * self._window.width())))

    def fit_width(self) -> None:
        """Let time and motion have the whole width, and icons for words, where they need it."""
        window, bar = self._window, self.time.timeline.tools
        words = [b for b in bar.findChildren(ToolButton) if b.text()]
        style = Qt.ToolButtonStyle
        for button in words:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon)
        self.timeline.transport.set_brief(False)
        bar.updateGeometry()
        needed = max(part.minimumSizeHint().width() for part in (bar, self.time.matrix))
        room = window.width() - self.strip.sizeHint().width()
        if needed > room:
            for button in words:
                button.setToolButtonStyle(style.ToolButtonIconOnly)
            self.timeline.transport.set_brief(bar.minimumSizeHint().width() > room)
        beside = room - scaled(_SIDE_WIDTH)
        below = Qt.DockWidgetArea.BottomDockWidgetArea
        window.setCorner(Qt.Corner.BottomRightCorner, below if needed > beside else _AREAS["side"])

    def low_time(self) -> None:
        """Give time and motion only the height that a small window gives them."""
        room = round(self._window.height() * _TIME_SHARE)
        self._window.resizeDocks([self.docks["time"]], [room], Qt.Orientation.Vertical)

    def show_curves(self, on: bool) -> None:
        """Show or hide the curves, and share the room between matrix and curves.

        Where that is too little for both, the pictures lend some until the curves are hidden.
        """
        was = not self.time.curves.isHidden()
        self.time.curves.setVisible(on)
        top, matrix, curves = self.time.splitter.sizes()
        rest = matrix + curves + self._borrow(matrix + curves, on=on, was=was)
        self.time.splitter.setSizes([top, rest // 2, rest - rest // 2] if on else [top, rest, 0])

    def _borrow(self, rest: int, *, on: bool, was: bool) -> int:
        """Let time and motion grow for curves, or shrink again; by how many pixels."""
        change = 0
        if on and not was:
            spare = self.centre.height() - round(self._window.height() * _PICTURES_KEEP)
            change = self._lent = max(0, min(2 * scaled(_USEFUL_PART) - rest, spare))
        elif was and not on:
            change, self._lent = -min(self._lent, rest - _SMALLEST_PART), 0
        if change:
            dock = self.docks["time"]
            vertical = Qt.Orientation.Vertical
            self._window.resizeDocks([dock], [dock.height() + change], vertical)
        return change

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
        self._lent = 0
        self.time.curves.setVisible(parts[2] > 0)
        self.time.splitter.setSizes([min(max(part, 0), _TALLEST) for part in parts])
        # What is restored may come from a larger window or from smaller type.
        self.fit_width()
        return True

    def _add_to_side(self, name: str, title: str, icon: str) -> None:
        dock = self.docks[name]
        if self._side:
            self._window.tabifyDockWidget(self.docks[self._side[0]], dock)
            dock.hide()
        self._side.append(name)
        self.strip.add(name, title, icon)
        dock.visibilityChanged.connect(self._mark_shown)

    def _mark_shown(self) -> None:
        if not isValid(self._window):
            return  # Docks tell of being hidden while the window is taken apart.
        for name in self._side:
            self.strip.set_shown(name, not self.docks[name].isHidden())

    def _dock(self, name: str, title: str, pane: QWidget, side: bool) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(_scrollable(pane, title) if side else pane)
        header = getattr(pane, "header", None)
        if pane is self.time:
            header = self.time.timeline.tools
        elif not isinstance(header, PaneHeader):
            header = PaneHeader(title)
        if isinstance(header, PaneHeader):
            close = ToolButton("close", f"Close this pane (View › Panes › {title} brings it back)")
            close.clicked.connect(dock.close)
            header.add_tool(close)
        # The pane's own header is what the dock is dragged by: no second title above it.
        dock.setTitleBarWidget(header)
        return dock


def _scrollable(pane: QWidget, title: str) -> QScrollArea:
    """Scrolls a pane that is taller than its dock, as at large sizes; else it cannot be seen."""
    area = scrolling(pane)
    area.setAccessibleName(title)
    return area
