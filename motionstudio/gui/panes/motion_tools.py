"""The pane Motion: drag the picture, change a motion as a whole, draw new ones, refine."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.falling_plot import FallingPlot
from motionstudio.gui.items.gesture_slider import GestureSlider
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import quiet_words, scrolling, under_header
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

FEWEST, MOST = 8, 32
"""Posterior samples of the uncertainty."""
HANDLE_ACTIONS = ("handle.tool", "handle.pin", "handle.remove", "handle.clear")
KEYPOINT_ACTIONS = ("keypoint.all", "keypoint.reset")
DRAW_ACTIONS = ("model.draw", "model.variations")
REFINE_ACTIONS = ("model.refine", "model.refine_selected")
_SHORT = {
    "handle.tool": "Drag",
    "handle.pin": "Pin",
    "handle.remove": "Remove",
    "handle.clear": "Clear",
    "keypoint.all": "All points",
    "keypoint.reset": "Reset",
    "model.draw": "Draw",
    "model.variations": "Variations…",
    "view.uncertainty": "Show in a viewport",
    "model.refine": "Refine",
    "model.refine_selected": "Selected",
}


class MotionTools(QWidget):
    """Sections with a few controls each; buttons are the window's own actions.

    Signals:
        spreadChanged: frames that follow a drag to either side.
        priorChanged: how strongly learned motions hold a drag back.
        samplesChanged: posterior samples of the uncertainty.
        endsChanged: ids of the two subjects to blend between.
        hovered: read-out for the status bar.
    """

    spreadChanged = Signal(float)
    priorChanged = Signal(float)
    samplesChanged = Signal(int)
    endsChanged = Signal(str, str)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Motion")
        self.buttons: dict[str, QToolButton] = {}
        self.spread, self.prior = QDoubleSpinBox(), QDoubleSpinBox()
        self.handles = quiet_words()
        self.amplitude = GestureSlider(
            "Amplitude", "How strong the whole motion is; 0 % is the picture at rest", 0, 200,
            suffix=" %",
        )  # fmt: skip
        self.first, self.second = QComboBox(), QComboBox()
        self.blend = GestureSlider(
            "Share of the second motion", "0 % is the first motion, 100 % the second", 0, 100,
            suffix=" %",
        )  # fmt: skip
        self.blend_words = quiet_words()
        self.temperature = GestureSlider(
            "Temperature", "0: the mean motion; 1: the spread that was learned; more: wilder", 0, 2,
            decimals=2,
        )  # fmt: skip
        self.mode, self.seed = QComboBox(), QSpinBox()
        self.drawn = quiet_words()
        self.samples = QSpinBox()
        self.plot = FallingPlot("Error on kept frames", " grey levels")
        self.refining = quiet_words()
        self._lay_out()
        self._connect()

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Give the buttons their actions, by name."""
        for name, button in self.buttons.items():
            action = actions[name]
            button.setDefaultAction(action)
            # Short words beside an icon; the action's own text is for menus.
            button.setText(_SHORT[name])
            action.changed.connect(self._keep_short)

    def set_spread(self, rows: float) -> None:
        """Show the spread."""
        with QSignalBlocker(self.spread):
            self.spread.setValue(rows)

    def set_samples(self, count: int) -> None:
        """Show the number of posterior samples."""
        with QSignalBlocker(self.samples):
            self.samples.setValue(count)

    def set_prior(self, weight: float) -> None:
        """Show how strongly learned motions hold back."""
        with QSignalBlocker(self.prior):
            self.prior.setValue(weight)

    def set_ends(
        self, choices: tuple[tuple[str, str], ...], first: str, second: str, reason: str
    ) -> None:
        """Motions to blend between as (id, name), the two chosen, and why there is no blending."""
        for combo, chosen in ((self.first, first), (self.second, second)):
            with QSignalBlocker(combo):
                combo.clear()
                for subject_id, name in choices:
                    combo.addItem(name, subject_id)
                combo.setCurrentIndex(max(combo.findData(chosen), 0))
            combo.setEnabled(not reason)
        self.blend.set_reason(reason)
        self.blend_words.setText(reason)
        self.blend_words.setVisible(bool(reason))

    def set_keypoints(self, on: bool) -> None:
        """Whether the model's keypoints are dragged: only what belongs to them is offered."""
        for name in (*HANDLE_ACTIONS[1:], *KEYPOINT_ACTIONS):
            self.buttons[name].setVisible(on == (name in KEYPOINT_ACTIONS))
        self.prior.setVisible(not on)
        self._prior_label.setVisible(not on)

    def set_handles(self, words: str, *, warn: bool) -> None:
        """What the handles do; ``warn`` where one cannot reach its target."""
        self.handles.setText(words)
        tone = "warn" if warn else ""
        if tone != self.handles.property("tone"):
            self.handles.setProperty("tone", tone)
            self.handles.style().unpolish(self.handles)
            self.handles.style().polish(self.handles)

    def set_drawn(self, words: str) -> None:
        """Which draw the motion came from, or why none can be drawn."""
        self.drawn.setText(words)

    def set_refining(self, words: str) -> None:
        """How the refinement is doing."""
        self.refining.setText(words)

    def _keep_short(self) -> None:
        for name, button in self.buttons.items():
            button.setText(_SHORT[name])

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_L)
        column.setSpacing(SPACE_XS)
        self._lay_out_drag(column)
        _section(column, "Fit to the frames", first=False)
        column.addLayout(self._row(REFINE_ACTIONS))
        column.addWidget(self.plot)
        column.addWidget(self.refining)
        _section(column, "Strength", first=False)
        column.addWidget(self.amplitude)
        self._lay_out_blend(column)
        self._lay_out_draw(column)
        self._lay_out_doubt(column)
        column.addStretch(1)
        under_header(self, self.header, scrolling(body))

    def _lay_out_drag(self, column: QVBoxLayout) -> None:
        _section(column, "Drag the picture", first=True)
        column.addLayout(self._row(HANDLE_ACTIONS[:2]))
        column.addLayout(self._row(HANDLE_ACTIONS[2:]))
        column.addLayout(self._row(KEYPOINT_ACTIONS))
        grid = QGridLayout()
        grid.setSpacing(SPACE_XS)
        self.spread.setRange(0.0, 20.0)
        self.spread.setSingleStep(0.5)
        self.spread.setDecimals(1)
        self.spread.setSuffix(" frames")
        self.prior.setRange(0.0, 5.0)
        self.prior.setDecimals(2)
        self.prior.setSingleStep(0.05)
        _labelled(grid, 0, "Spread", self.spread, "How many frames before and after follow a drag "
                  "(Alt and wheel over the picture)")  # fmt: skip
        self._prior_label = _labelled(
            grid, 1, "Hold back", self.prior, "How strongly learned motions hold a drag back; 0 "
            "follows the hand at any price",
        )  # fmt: skip
        column.addLayout(grid)
        column.addWidget(self.handles)

    def _lay_out_blend(self, column: QVBoxLayout) -> None:
        _section(column, "Between two motions", first=False)
        grid = QGridLayout()
        grid.setSpacing(SPACE_XS)
        _labelled(grid, 0, "From", self.first, "The motion at 0 %")
        _labelled(grid, 1, "To", self.second, "The motion at 100 %")
        column.addLayout(grid)
        column.addWidget(self.blend)
        column.addWidget(self.blend_words)

    def _lay_out_draw(self, column: QVBoxLayout) -> None:
        _section(column, "New motion", first=False)
        self.mode.addItem("Like learned motions", "learned")
        self.mode.addItem("From the prior", "prior")
        self.seed.setRange(0, 1_000_000)
        self.seed.setValue(1)
        grid = QGridLayout()
        grid.setSpacing(SPACE_XS)
        _labelled(grid, 0, "Draw", self.mode, "Where new motions come from")
        _labelled(grid, 1, "Seed", self.seed, "Equal seeds give equal motions")
        self.temperature.set_value(1.0)
        column.addLayout(grid)
        column.addWidget(MutedLabel("Temperature"))
        column.addWidget(self.temperature)
        column.addLayout(self._row(DRAW_ACTIONS))
        column.addWidget(self.drawn)

    def _lay_out_doubt(self, column: QVBoxLayout) -> None:
        _section(column, "Uncertainty", first=False)
        self.samples.setRange(FEWEST, MOST)
        self.samples.setSuffix(" samples")
        grid = QGridLayout()
        grid.setSpacing(SPACE_XS)
        _labelled(grid, 0, "Std over", self.samples, "How many motions are drawn from what the "
                  "model knows; a viewport shows how far their pictures differ")  # fmt: skip
        column.addLayout(grid)
        column.addLayout(self._row(("view.uncertainty",)))

    def _row(self, names: tuple[str, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_XS)
        for name in names:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(_SHORT[name].rstrip("…"))
            button.setText(_SHORT[name])
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.spread.valueChanged.connect(self.spreadChanged)
        self.prior.valueChanged.connect(self.priorChanged)
        self.samples.valueChanged.connect(self.samplesChanged)
        for combo in (self.first, self.second):
            combo.currentIndexChanged.connect(self._tell_ends)

    def _tell_ends(self) -> None:
        self.endsChanged.emit(self.first.currentData() or "", self.second.currentData() or "")


def _section(column: QVBoxLayout, title: str, *, first: bool) -> None:
    if not first:
        column.addSpacing(SPACE_S)
        column.addWidget(_Rule())
        column.addSpacing(SPACE_XS)
    label = QLabel(title)
    label.setFont(font("caption"))
    column.addWidget(label)


class _Rule(QWidget):
    """A hairline between sections."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(tokens_for(self.palette()).line))


def _labelled(grid: QGridLayout, row: int, name: str, widget: QWidget, tip: str) -> QLabel:
    label = MutedLabel(name)
    label.setBuddy(widget)
    widget.setAccessibleName(name)
    widget.setToolTip(tip)
    if isinstance(widget, QComboBox):
        widget.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        widget.setMinimumContentsLength(6)
    grid.addWidget(label, row, 0)
    grid.addWidget(widget, row, 1)
    grid.setColumnStretch(1, 1)
    return label
