"""Projection: all motions in the plane of two components, with pictures of what lies where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.fit_form import FitForm
from motionstudio.gui.items.hover_card import HoverCard
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import either, under_header
from motionstudio.gui.items.picture_strip import PictureStrip
from motionstudio.gui.items.projection_data import PlotState
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT, SPACE_S, SPACE_XS

if TYPE_CHECKING:
    from motionstudio.gui.items.projection_plot import ProjectionPlot

_FORWARDED = (
    "pointHovered", "placeHovered", "left", "pointActivated", "dragStarted", "dragged",
    "dragFinished", "dragCancelled", "refused", "boxSelected", "explored", "turned",
    "rangeChanged",
)  # fmt: skip
_NARROWEST_AXIS = 64
"""Pixels of a chooser of components at 100 per cent."""


class Projection(QWidget):
    """The plot with its choosers, settings and strips; the plot is made when first shown.

    Signals:
        axesChosen: components of the axes, two of them or three.
        optionsChanged: ``FitOptions``. embeddingChanged: ``EmbeddingOptions``, or None: PCA.
        recomputeRequested: fit again on what is there now. exportRequested: write the points.
        gridToggled: show decoded pictures behind the plot, or not.
        colourToggled: colour by time (True) or by subject.
        stripChosen: ``component``, ``motions`` or ``frames`` and, for the first, its index.
        stripActivated: place in the strip that was clicked.
        appeared, disappeared: the pane is shown or hidden.
        hovered: read-out for the status bar.
        The others are those of ``ProjectionPlot``.
    """

    axesChosen = Signal(object)
    optionsChanged = Signal(object)
    embeddingChanged = Signal(object)
    recomputeRequested = Signal()
    exportRequested = Signal()
    gridToggled = Signal(bool)
    colourToggled = Signal(bool)
    stripChosen = Signal(str, int)
    stripActivated = Signal(int)
    appeared = Signal()
    disappeared = Signal()
    hovered = Signal(str)
    pointHovered = Signal(str, int)
    placeHovered = Signal(float, float)
    left = Signal()
    pointActivated = Signal(str, int)
    dragStarted = Signal(str, int)
    dragged = Signal(float, float)
    dragFinished = Signal()
    dragCancelled = Signal()
    refused = Signal(str, int)
    boxSelected = Signal(object)
    explored = Signal(float, float)
    turned = Signal(float, float)
    rangeChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot: ProjectionPlot | None = None
        self._state = PlotState()
        self._card: HoverCard | None = None
        self.header = PaneHeader("Projection")
        self.axes = tuple(QComboBox() for _ in range(3))
        self.solid = ToolButton("cube", "Three components (drag turns the view)", checkable=True)
        self.by_time = ToolButton("clock", "Colour by time (else by subject)", checkable=True)
        self.grid = ToolButton("tiles", "Decoded pictures behind the plot", checkable=True)
        self.explore = ToolButton(
            "explore", "Explore: drag empty space to see what lies there", checkable=True
        )
        self.fit_view = ToolButton("fit", "Show all points (0, double-click)")
        self.export = ToolButton("export", "Export points and parameters")
        self.settings = ToolButton("settings", "What the components are fitted on", checkable=True)
        self.form = FitForm()
        self.caption = MutedLabel()
        self.note = MutedLabel()
        self.recompute = QPushButton("Recompute")
        self.strip_choice = QComboBox()
        self.strip = PictureStrip("Pictures along the component")
        self.empty = EmptyState(
            "projection", "No motions yet", "Open clips: every motion becomes a line here."
        )
        self._lay_out()
        self._connect()
        self.by_time.setChecked(True)
        self.form.hide()

    @property
    def plot(self) -> ProjectionPlot | None:
        """The plot, or None before the pane was first shown."""
        return self._plot

    @property
    def plot_aspect(self) -> float:
        """Width by height of the plot's plane in pixels; 1 before there is one."""
        return 1.0 if self._plot is None else self._plot.aspect

    def set_state(self, state: PlotState) -> None:
        """Show trajectories."""
        moved = (
            state.trajectories is self._state.trajectories
            and state.playhead != self._state.playhead
        )
        self._state = state
        self._stack.setCurrentIndex(0 if state.trajectories else 1)
        none = "" if state.trajectories else "There is nothing to show yet."
        for tool in (self.fit_view, self.settings, self.export):
            tool.set_reason(none)
        if self._plot is not None:
            (self._plot.set_playhead if moved else self._plot.set_state)(state)

    def set_components(self, names: Sequence[str], chosen: Sequence[int]) -> None:
        """Names of the components for the choosers, and which are on the axes."""
        for place, box in enumerate(self.axes):
            with QSignalBlocker(box):
                if [box.itemText(i) for i in range(box.count())] != list(names):
                    box.clear()
                    box.addItems(list(names))
                box.setCurrentIndex(chosen[place] if place < len(chosen) else -1)
            box.setVisible(place < len(chosen) and bool(names))
        with QSignalBlocker(self.solid):
            self.solid.setChecked(len(chosen) == 3)
        with QSignalBlocker(self.strip_choice):
            kept = max(self.strip_choice.currentIndex(), 0)
            self.strip_choice.clear()
            self.strip_choice.addItems([f"Along {name}" for name in names])
            self.strip_choice.addItem("Nearest motions")
            self.strip_choice.addItem("Nearest frames")
            self.strip_choice.setCurrentIndex(min(kept, self.strip_choice.count() - 1))

    def set_by_time(self, on: bool) -> None:
        """Whether points are coloured by time, without telling."""
        with QSignalBlocker(self.by_time):
            self.by_time.setChecked(on)

    def set_mapped(self, reason: str) -> None:
        """Why nothing that needs components can be done on the plot; empty where it can."""
        words = f"{reason}: choose PCA in the settings." if reason else ""
        for tool in (self.solid, self.grid, self.explore):
            tool.set_reason(words)
        if self._plot is not None:
            self._plot.set_tool("explore" if self.explore.isChecked() and not reason else "select")

    def set_caption(self, words: str, note: str = "", *, stale: str = "") -> None:
        """What the fit was made from; a note; and what it does not contain yet, or empty."""
        self.caption.setText(words)
        self.caption.setToolTip(words)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.recompute.setVisible(bool(stale))
        self.recompute.setToolTip(stale)

    def set_message(self, title: str, text: str) -> None:
        """Say why there is nothing to show."""
        self.empty.set_words(title, text)
        self.set_state(PlotState())

    def set_mosaic(
        self, picture: NDArray[np.uint8] | None, bounds: tuple[float, float, float, float]
    ) -> None:
        """Decoded pictures behind the trajectories, over a part of the plane."""
        if self._plot is not None:
            self._plot.set_mosaic(picture, bounds)

    def show_card(
        self,
        place: tuple[float, float],
        words: str,
        picture: NDArray[np.uint8] | None,
        *,
        keep: bool = False,
    ) -> None:
        """A card with a picture beside a place of the plane."""
        if self._plot is not None and self._card is not None:
            pixel = self._plot.pixel_of(place)
            self._card.show_at(QPoint(int(pixel.x()), int(pixel.y())), words, picture, keep=keep)

    def hide_card(self) -> None:
        """Away with it."""
        if self._card is not None:
            self._card.hide()

    @property
    def card(self) -> HoverCard | None:
        """The card, or None before the pane was first shown."""
        return self._card

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plot is None:
            self._make_plot()
        self.appeared.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.disappeared.emit()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.hide_card()
        self.hovered.emit("")

    def _make_plot(self) -> None:
        # pyqtgraph takes a quarter of a second to import: only those who look at it wait.
        from motionstudio.gui.items.projection_plot import ProjectionPlot

        plot = ProjectionPlot(self._host)
        self._plot = plot
        self._layers.addWidget(plot, 0, 0)
        self.recompute.raise_()
        self._card = HoverCard(plot)
        for name in _FORWARDED:
            getattr(plot, name).connect(getattr(self, name))
        plot.set_tool("explore" if self.explore.isChecked() else "select")
        plot.set_state(self._state)

    def _lay_out(self) -> None:
        self.header.add_tool(self.fit_view)
        self.header.add_tool(self.settings)
        self.header.add_tool(self.export)
        for place, box in enumerate(self.axes):
            name = ("Horizontal axis", "Vertical axis", "Third axis")[place]
            box.setAccessibleName(name)
            box.setToolTip(f"{name}: component and its share of the variance")
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(4)
            # Three of them stand side by side in the narrowest pane.
            fix_size(box, width=_NARROWEST_AXIS, at_least=True)
        self.axes[2].hide()
        self.strip_choice.setAccessibleName("Pictures below")
        self.strip_choice.setToolTip("A walk along one component, or what is most alike")
        self.strip_choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.recompute.setAccessibleName("Recompute the components")
        fix_size(self.recompute, height=CONTROL_HEIGHT)
        self.recompute.hide()
        self.note.setWordWrap(True)
        self.note.hide()
        self.caption.setWordWrap(True)
        self._host = QWidget()
        self._layers = QGridLayout(self._host)
        self._layers.setContentsMargins(0, 0, 0, 0)
        # Over the plot's corner: nothing else moves when it comes and goes.
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        self._layers.addWidget(self.recompute, 0, 0, corner)
        body, self._stack = either(self._filled(), self.empty)
        under_header(self, self.header, body)

    def _filled(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, SPACE_XS, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(_row(*self.axes))
        tools = _row(self.solid, self.by_time, self.grid, self.explore)
        tools.addStretch(1)
        column.addLayout(tools)
        column.addWidget(self.form)
        for label in (self.caption, self.note):
            label.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
            column.addWidget(label)
        column.addWidget(self._host, 1)
        column.addLayout(_row(self.strip_choice))
        column.addWidget(self.strip)
        return whole

    def _connect(self) -> None:
        for box in self.axes:
            box.activated.connect(self._choose_axes)
        self.solid.toggled.connect(self._toggle_solid)
        self.by_time.toggled.connect(self.colourToggled)
        self.grid.toggled.connect(self.gridToggled)
        self.explore.toggled.connect(self._toggle_explore)
        self.fit_view.clicked.connect(self.fit)
        self.settings.toggled.connect(self.form.setVisible)
        self.export.clicked.connect(self.exportRequested)
        self.form.optionsChanged.connect(self.optionsChanged)
        self.form.embeddingChanged.connect(self.embeddingChanged)
        self.recompute.clicked.connect(self.recomputeRequested)
        self.strip_choice.activated.connect(self._choose_strip)
        self.strip.activated.connect(self.stripActivated)
        self.strip.hovered.connect(self.hovered)

    def fit(self) -> None:
        """Show all points."""
        if self._plot is not None:
            self._plot.fit()

    def _choose_axes(self) -> None:
        count = 3 if self.solid.isChecked() else 2
        self.axesChosen.emit(tuple(box.currentIndex() for box in self.axes[:count]))

    def _toggle_solid(self, on: bool) -> None:
        chosen = [box.currentIndex() for box in self.axes[:2]]
        if on:
            free = [i for i in range(self.axes[0].count()) if i not in chosen]
            chosen.append(free[0] if free else 0)
        self.axesChosen.emit(tuple(chosen))

    def _toggle_explore(self, on: bool) -> None:
        if self._plot is not None:
            self._plot.set_tool("explore" if on else "select")
            self._plot.viewport().setCursor(
                Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor
            )

    def _choose_strip(self, place: int) -> None:
        components = self.strip_choice.count() - 2
        kind = "component" if place < components else ("motions", "frames")[place - components]
        self.stripChosen.emit(kind, place if kind == "component" else 0)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
    row.setSpacing(SPACE_XS)
    for widget in widgets:
        row.addWidget(widget)
    return row
