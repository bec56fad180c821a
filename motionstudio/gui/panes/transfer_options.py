"""Transfer: how the motion of this subject came over, and how the next one will."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.core.carrying import AS_IT_IS, STRENGTH_MAX, Transfer
from motionstudio.gui.items.gesture_slider import GestureSlider
from motionstudio.gui.items.keypoint_weights import KeypointWeights
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import quiet_words, scrolling
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

_PERCENT = 100.0
_WAYS = (("Move along", True), ("Take over", False))
_BUTTONS = {
    "transfer.best": "Use best",
    "transfer.reference": "Use this",
    "transfer.save_template": "Save…",
    "transfer.use_template": "Use…",
}
_SCALE_TIP = "Multiply movement by how much larger this subject's keypoints spread"
_MEAN_TIP = "Take out the mean displacement of the keypoints that are on: the head stays in place"


@dataclass(frozen=True, slots=True)
class OptionsView:
    """What the pane shows.

    Attributes:
        words: whose motion these options are of.
        how: the options.
        count: K, or 0 where dimensions are no keypoints.
        matrices: whether keypoints have matrices.
        share: of a blend, or None where nothing is blended.
        scale: factor of the movement, where it is known.
        best: whether the best frame is found by itself, or None where there is no next motion.
        lasting: whether the options are those for the next motion.
        reason: why they cannot be set at all, or empty.
    """

    words: str
    how: Transfer = AS_IT_IS
    count: int = 0
    matrices: bool = True
    share: float | None = None
    scale: float | None = None
    best: bool | None = None
    lasting: bool = False
    reason: str = ""


class TransferOptions(QWidget):
    """Options of a transfer, live; what means nothing to a model is not there.

    Signals:
        switched: other options, and the step for people.
        started: a slider is taken hold of; name of the step.
        moved: other options, while it is held.
        shared: share of a blend, while it is held.
        finished: it was let go.
        bestToggled: whether the best frame is found by itself.
        againstChosen: id of the subject that poses are compared with.
        keepRequested: use these options for the next motion as well.
        resetRequested: carry over as it is.
        appeared: the pane is shown or hidden.
        hovered: read-out for the status bar.
    """

    switched = Signal(object, str)
    started = Signal(str)
    moved = Signal(object)
    shared = Signal(float)
    finished = Signal()
    bestToggled = Signal(bool)
    againstChosen = Signal(str)
    keepRequested = Signal()
    resetRequested = Signal()
    appeared = Signal()
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Transfer")
        self.keep = ToolButton("pin", "Use these options for the next motion as well")
        self.reset = ToolButton("reset", "Carry the motion over as it is")
        self.words = quiet_words()
        self.strength = GestureSlider(
            "Strength", "How strong the carried motion is; 0 % is rest, 100 % as it is", 0,
            _PERCENT * STRENGTH_MAX, suffix=" %",
        )  # fmt: skip
        self.share = GestureSlider(
            "Share of the carried motion", "0 % is the subject's own motion", 0, _PERCENT,
            suffix=" %",
        )  # fmt: skip
        self.positions, self.matrices = QComboBox(), QComboBox()
        self.scale, self.mean = QCheckBox("Adapt to size"), QCheckBox("Remove head motion")
        self.factor = MutedLabel()
        self.turn = QComboBox()
        self.weights = KeypointWeights()
        self.best = QCheckBox("Find the best frame itself")
        self.against = QComboBox()
        self.match = quiet_words()
        self.buttons: dict[str, QToolButton] = {}
        self._view = OptionsView("")
        self._parts: dict[str, QWidget] = {}
        self._lay_out()
        self._name()
        self._connect()
        self.set_match("", (), "")

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Give the buttons their actions, by name."""
        for name, button in self.buttons.items():
            button.setDefaultAction(actions[name])
            actions[name].changed.connect(self._keep_short)
        self._keep_short()

    def set_view(self, view: OptionsView) -> None:
        """Show options; nothing is signalled."""
        self._view = view
        how, points = view.how, view.count > 0 and not view.reason
        self.words.setText(view.reason or view.words)
        self.header.set_detail("next motion" if view.lasting else "")
        self.strength.set_value(_PERCENT * how.strength)
        self.strength.set_reason(view.reason)
        self.share.set_value(_PERCENT * (view.share or 0.0))
        for name in ("places", "head", "points", "frames"):
            self._parts[name].setVisible(points)
        self._parts["share"].setVisible(view.share is not None)
        self._parts["strength"].setVisible(not view.reason)
        if points:
            self._show_points(view)
        self.best.setVisible(view.best is not None)
        with QSignalBlocker(self.best):
            self.best.setChecked(bool(view.best))
        self.keep.set_reason(view.reason or ("They are." if view.lasting else ""))
        self.reset.set_reason(view.reason or ("It is." if how == AS_IT_IS else ""))

    def set_match(self, words: str, choices: tuple[tuple[str, str], ...], chosen: str) -> None:
        """How far poses are apart, and what they can be compared with as (id, name)."""
        self.match.setText(words)
        self.match.setVisible(bool(words))
        with QSignalBlocker(self.against):
            self.against.clear()
            for identity, name in choices:
                self.against.addItem(name, identity)
            self.against.setCurrentIndex(max(self.against.findData(chosen), 0))
        self._parts["against"].setVisible(bool(choices))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.appeared.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.appeared.emit()

    def _show_points(self, view: OptionsView) -> None:
        how = view.how
        for combo, relative in (
            (self.positions, how.relative_positions),
            (self.matrices, how.relative_jacobians),
        ):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(0 if relative else 1)
        for box, on in ((self.scale, how.adapt_scale), (self.mean, how.remove_mean)):
            with QSignalBlocker(box):
                box.setChecked(on)
        absolute = "" if how.relative_positions else "Places that are taken over have no size."
        self.scale.setEnabled(not absolute)
        self.scale.setToolTip(f"{_SCALE_TIP}\n{absolute}".strip())
        self.factor.setText("" if view.scale is None else f"× {view.scale:.2f}")
        self._show_turns(view)
        self._parts["matrices"].setVisible(view.matrices)
        self._parts["turn"].setVisible(view.matrices)
        self.weights.set_how(how, view.count)

    def _show_turns(self, view: OptionsView) -> None:
        with QSignalBlocker(self.turn):
            if self.turn.count() != view.count + 1:
                self.turn.clear()
                self.turn.addItem("Nothing", -1)
                for keypoint in range(view.count):
                    self.turn.addItem(f"Keypoint {keypoint}", keypoint)
            still = view.how.still
            self.turn.setCurrentIndex(0 if still is None else still + 1)

    def _keep_short(self) -> None:
        for name, button in self.buttons.items():
            button.setText(_BUTTONS[name])

    def _lay_out(self) -> None:
        self.header.add_tool(self.keep)
        self.header.add_tool(self.reset)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(self.words)
        column.addWidget(self._part("strength", _titled("Strength"), self.strength))
        column.addWidget(self._part("share", _titled("Share in the blend"), self.share))
        column.addWidget(self._part("places", *self._places()))
        column.addWidget(self._part("head", *self._head()))
        column.addWidget(self._part("points", _titled("Keypoints"), self.weights))
        column.addWidget(self._part("frames", *self._frames()))
        templates = _titled("Motion template")
        names = ("transfer.save_template", "transfer.use_template")
        column.addWidget(self._part("templates", templates, self._row(names)))
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(scrolling(body), 1)

    def _places(self) -> tuple[QWidget, ...]:
        for combo in (self.positions, self.matrices):
            for text, relative in _WAYS:
                combo.addItem(text, relative)
        scale = QWidget()
        row = QHBoxLayout(scale)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.scale, 1)
        row.addWidget(self.factor)
        matrices = self._part("matrices", _labelled("Matrices", self.matrices))
        return _titled("Where keypoints go"), _labelled("Places", self.positions), matrices, scale

    def _head(self) -> tuple[QWidget, ...]:
        turn = self._part("turn", _labelled("Undo turn of", self.turn))
        return _titled("Head"), self.mean, turn

    def _frames(self) -> tuple[QWidget, ...]:
        against = self._part("against", _labelled("Against", self.against))
        buttons = self._row(("transfer.best", "transfer.reference"))
        return _titled("Reference frame"), self.best, against, self.match, buttons

    def _part(self, name: str, *widgets: QWidget) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for widget in widgets:
            column.addWidget(widget)
        self._parts[name] = part
        return part

    def _row(self, names: tuple[str, ...]) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS)
        for name in names:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(_BUTTONS[name].rstrip("…"))
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        return whole

    def _name(self) -> None:
        ways = "Move along: as the other moved since its reference. Take over: exactly"
        for widget, name, tip in (
            (self.positions, "Places of keypoints", f"{ways} where its keypoints are"),
            (self.matrices, "Matrices of keypoints", f"{ways} as its surroundings are turned"),
            (self.scale, "Adapt movement to size", _SCALE_TIP),
            (self.mean, "Remove head motion", _MEAN_TIP),
            (self.turn, "Undo the turn of", "Multiply all matrices by the inverse of this "
             "keypoint's own: choose one on the head"),
            (self.best, "Find the best frame itself", "Let the next motion start from the frame "
             "whose pose is nearest to the picture's"),
            (self.against, "Compare poses with", "The picture that this clip is to move"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _connect(self) -> None:
        self.positions.activated.connect(self._tell_positions)
        self.matrices.activated.connect(self._tell_matrices)
        self.scale.toggled.connect(self._tell_scale)
        self.mean.toggled.connect(self._tell_mean)
        self.turn.activated.connect(self._tell_turn)
        self.weights.switched.connect(self.switched)
        for source in (self.weights, self.strength, self.share):
            source.finished.connect(self.finished)
        self.weights.started.connect(self.started)
        self.weights.moved.connect(self.moved)
        self.strength.started.connect(self._begin_strength)
        self.strength.moved.connect(self._move_strength)
        self.share.started.connect(self._begin_share)
        self.share.moved.connect(self._move_share)
        self.best.toggled.connect(self.bestToggled)
        self.against.activated.connect(self._tell_against)
        self.keep.clicked.connect(self.keepRequested)
        self.reset.clicked.connect(self.resetRequested)

    def _tell(self, what: str, **fields: object) -> None:
        self.switched.emit(replace(self._view.how, **fields), what)  # type: ignore[arg-type]

    def _tell_positions(self, _index: int) -> None:
        relative = bool(self.positions.currentData())
        what = "Move places along" if relative else "Take places over"
        self._tell(what, relative_positions=relative)

    def _tell_matrices(self, _index: int) -> None:
        relative = bool(self.matrices.currentData())
        what = "Move matrices along" if relative else "Take matrices over"
        self._tell(what, relative_jacobians=relative)

    def _tell_scale(self, on: bool) -> None:
        self._tell("Adapt to size" if on else "Keep the size of movement", adapt_scale=on)

    def _tell_mean(self, on: bool) -> None:
        self._tell("Remove head motion" if on else "Keep head motion", remove_mean=on)

    def _tell_turn(self, _index: int) -> None:
        chosen = int(self.turn.currentData())
        what = "Keep turns" if chosen < 0 else f"Undo the turn of keypoint {chosen}"
        self._tell(what, still=None if chosen < 0 else chosen)

    def _tell_against(self, _index: int) -> None:
        self.againstChosen.emit(str(self.against.currentData() or ""))

    def _begin_strength(self) -> None:
        self.started.emit("Strength")

    def _move_strength(self, percent: float) -> None:
        self.moved.emit(replace(self._view.how, strength=percent / _PERCENT))

    def _begin_share(self) -> None:
        self.started.emit("Share in the blend")

    def _move_share(self, percent: float) -> None:
        self.shared.emit(percent / _PERCENT)


def _titled(title: str) -> QLabel:
    label = QLabel(title)
    label.setFont(font("caption"))
    return label


def _labelled(name: str, combo: QComboBox) -> QWidget:
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    whole = QWidget()
    grid = QGridLayout(whole)
    grid.setContentsMargins(0, 0, 0, 0)
    label = MutedLabel(name)
    label.setBuddy(combo)
    grid.addWidget(label, 0, 0)
    grid.addWidget(combo, 0, 1)
    grid.setColumnStretch(1, 1)
    return whole
