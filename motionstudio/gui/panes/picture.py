"""Picture: what the model sees of the frame, how its pictures are put back, its maps over them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from motionstudio.core.rendering import MOST_FEATHER, Rendering
from motionstudio.document.viewports import MAPS
from motionstudio.gui.items.map_names import map_title
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import scrolling, under_header
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_BY = (("model", "Generator"), ("field", "Motion field"))


class PicturePane(QWidget):
    """Controls for the crop, the rendering and the maps; each acts at once.

    Signals:
        cropToggled: show the crop box on the pictures, or take it off.
        squareToggled: whether the box stays square.
        aroundRequested: crop around what moves.
        wholeRequested: use the whole picture.
        renderingChanged: a ``Rendering``.
        mapChosen: name of the map over the viewport that was clicked last, or empty.
        opacityChanged: of maps, 0 to 1.
    """

    cropToggled = Signal(bool)
    squareToggled = Signal(bool)
    aroundRequested = Signal()
    wholeRequested = Signal()
    renderingChanged = Signal(object)
    mapChosen = Signal(str)
    opacityChanged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Picture")
        self.crop, self.square = QPushButton("Crop box"), QCheckBox("Square")
        self.around, self.whole = QPushButton("Around motion"), QPushButton("Whole")
        self.seen = QLabel()
        self.by, self.fill = QComboBox(), QCheckBox("Fill hidden parts")
        self.feather = QDoubleSpinBox()
        self.map, self.opacity = QComboBox(), QDoubleSpinBox()
        self._fill_in()
        self._name()
        self._lay_out()
        self._connect()

    def set_crop(self, *, on: bool, square: bool, seen: str, reasons: tuple[str, str, str]) -> None:
        """Show the state of the crop.

        Args:
            on: whether the box is shown.
            square: whether it stays square.
            seen: what the model sees, in words.
            reasons: why there is no box, no moving part, nothing to take away; empty: there is.
        """
        for box, value in ((self.crop, on), (self.square, square)):
            with QSignalBlocker(box):
                box.setChecked(value)
        self.seen.setText(seen)
        for widget, reason in zip(
            (self.crop, self.square, self.around, self.whole),
            (reasons[0], reasons[0], reasons[1], reasons[2]),
            strict=True,
        ):
            _allow(widget, reason)

    def set_rendering(self, rendering: Rendering, reasons: tuple[str, str, str]) -> None:
        """Show how pictures are made; why the choice, filling and the border cannot be set."""
        with QSignalBlocker(self.by), QSignalBlocker(self.fill), QSignalBlocker(self.feather):
            self.by.setCurrentIndex(max(self.by.findData(rendering.by), 0))
            self.fill.setChecked(rendering.fill)
            self.feather.setValue(100 * rendering.feather)
        for widget, reason in zip((self.by, self.fill, self.feather), reasons, strict=True):
            _allow(widget, reason)

    def set_map(self, name: str, opacity: float, reason: str) -> None:
        """Show which map lies over the viewport clicked last; ``reason``: why there are none."""
        with QSignalBlocker(self.map), QSignalBlocker(self.opacity):
            self.map.setCurrentIndex(max(self.map.findData(name), 0))
            self.opacity.setValue(100 * opacity)
        for widget in (self.map, self.opacity):
            _allow(widget, reason)

    def _fill_in(self) -> None:
        self.crop.setCheckable(True)
        for value, text in _BY:
            self.by.addItem(text, value)
        self.map.addItem("Nothing", "")
        for name in MAPS:
            self.map.addItem(map_title(name), name)
        for box, least, most in ((self.feather, 0, 100 * MOST_FEATHER), (self.opacity, 5, 100)):
            box.setRange(least, most)
            box.setDecimals(0)
            box.setSuffix(" %")
        self.feather.setSpecialValueText("hard edge")
        for combo in (self.by, self.map):
            combo.setMinimumContentsLength(6)
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            combo.setSizeAdjustPolicy(policy)
        self.seen.setWordWrap(True)
        self.seen.setFont(font("caption", tabular=True))
        self.seen.setProperty("muted", True)

    def _name(self) -> None:
        for widget, name, tip in (
            (self.crop, "Crop box on the pictures",
             "Drag the box on the pictures; what lies outside stays as it is"),
            (self.square, "Square crop",
             "A square fills the model's picture; any other box is padded, never squeezed"),
            (self.around, "Crop around the motion",
             "Find what moves in this clip and leave room around it"),
            (self.whole, "Use the whole picture", "Take the crop away"),
            (self.by, "Render by",
             "What the model draws, or the source itself moved by the model's motion field"),
            (self.fill, "Fill hidden parts from the generator",
             "Where the occlusion map says that the source is hidden, show what the model draws"),
            (self.feather, "Soft border of the crop",
             "How wide the generated crop fades into the full picture, of its shorter side"),
            (self.map, "Map of the model over the viewport",
             "What the model finds on its way to the picture, over the viewport clicked last"),
            (self.opacity, "Opacity of maps", "Of the maps in all viewports"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
            widget.setProperty("tip", tip)

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        column.setSpacing(SPACE_XS)
        column.addWidget(_title("What the model sees"))
        column.addLayout(_row(self.crop, self.square))
        column.addLayout(_row(self.around, self.whole))
        column.addWidget(self.seen)
        column.addWidget(_title("Back into the full picture"))
        column.addLayout(_form(("Render", self.by), ("Border", self.feather)))
        column.addWidget(self.fill)
        column.addWidget(_title("Maps of the model"))
        column.addLayout(_form(("Show", self.map), ("Opacity", self.opacity)))
        column.addStretch(1)
        under_header(self, self.header, scrolling(body, "Settings of the picture"))

    def _connect(self) -> None:
        self.crop.toggled.connect(self.cropToggled)
        self.square.toggled.connect(self.squareToggled)
        self.around.clicked.connect(self.aroundRequested)
        self.whole.clicked.connect(self.wholeRequested)
        self.by.activated.connect(self._tell_rendering)
        self.fill.toggled.connect(self._tell_rendering)
        self.feather.valueChanged.connect(self._tell_rendering)
        self.map.activated.connect(self._tell_map)
        self.opacity.valueChanged.connect(self._tell_opacity)

    def _tell_rendering(self) -> None:
        made = Rendering(self.by.currentData(), self.fill.isChecked(), self.feather.value() / 100)
        self.renderingChanged.emit(made)

    def _tell_map(self) -> None:
        self.mapChosen.emit(self.map.currentData())

    def _tell_opacity(self, percent: float) -> None:
        self.opacityChanged.emit(percent / 100)


def _allow(widget: QWidget, reason: str) -> None:
    widget.setEnabled(not reason)
    tip = str(widget.property("tip"))
    widget.setToolTip(f"{tip}\n{reason}" if reason else tip)


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font("caption"))
    label.setProperty("muted", True)
    label.setContentsMargins(0, SPACE_S, 0, 0)
    return label


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_XS)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setSpacing(SPACE_XS)
    for text, widget in rows:
        form.addRow(text, widget)
    return form
