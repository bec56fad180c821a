"""The fields of the dialog that begins a training run, and how they lie."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.items.pane_header import MutedLabel
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S

EFFORTS = (("Quick", 300), ("Good", 1500), ("Thorough", 6000))
SPLITS = (("Every fifth clip", 5), ("Every third clip", 3), ("No clip", 0))
AUGMENTS = (("Not at all", 0.0), ("A little", 0.5), ("Much", 1.0))
FITS = (("Fill the square with their middle", "crop"), ("Show all of it", "letterbox"))

_COST_LINES = 4


class TrainForm(QWidget):
    """Every field, named and with a tooltip; what they mean is said elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clips = QListWidget()
        self.add_files, self.add_folder = QPushButton("Add files…"), QPushButton("Add folder…")
        self.system, self.model = QComboBox(), QComboBox()
        self.go_on = QRadioButton("Go on from what it has learned")
        self.anew = QRadioButton("Start anew with its sizes")
        self.pixels, self.fit, self.every, self.augment = (QComboBox() for _ in range(4))
        self.effort, self.steps = QComboBox(), QSpinBox()
        self.stops = QCheckBox("Stop when it gets no better")
        self.generated = QCheckBox("Train on its generated subjects too")
        self.name = QLineEdit()
        self.split, self.cost = MutedLabel(), QLabel()
        self._name()
        self._lay_out()

    def add_clip(self, text: str, data: object, checked: bool, tip: str) -> None:
        """One more clip to choose."""
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, data)
        item.setToolTip(tip)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        self.clips.addItem(item)

    def chosen(self) -> list[object]:
        """Data of the checked clips, in order."""
        items = [self.clips.item(row) for row in range(self.clips.count())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def _name(self) -> None:
        self.clips.setAccessibleName("Clips to train on")
        self.clips.setProperty("roomy", True)
        self.clips.setToolTip("Open subjects as their models see them, and files that you add")
        self.add_files.setToolTip("Choose video, image or array files")
        self.add_folder.setToolTip("Take every readable file of a folder as a clip")
        self.go_on.setChecked(True)
        self.go_on.setToolTip("Fine-tune: little data and few steps suffice")
        self.anew.setToolTip("Random weights: needs many clips and many steps")
        for text, steps in EFFORTS:
            self.effort.addItem(f"{text}, {steps:,} steps", steps)
        self.effort.addItem("Own number", 0)
        self.effort.setToolTip("How long to train")
        self.steps.setRange(10, 1_000_000)
        self.steps.setValue(EFFORTS[0][1])
        self.steps.setGroupSeparatorShown(True)
        for text, every in SPLITS:
            self.every.addItem(text, every)
        self.every.setToolTip("Which clips are never trained on, only looked at")
        for text, amount in AUGMENTS:
            self.augment.addItem(text, amount)
        self.augment.setCurrentIndex(1)
        for text, fit in FITS:
            self.fit.addItem(text, fit)
        self.stops.setToolTip(
            "Ends when the watched clip is made no better three times in a row; the best weights "
            "are kept"
        )
        # Long names of models must not make the dialog as wide as a page.
        for box in (self.system, self.model):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(24)
        self.system.setToolTip("Kind of model")
        self.model.setToolTip("Whose sizes and objective are used")
        self.generated.setToolTip("So that it does not forget what it knew; takes time to prepare")
        self.name.setToolTip("Under this name it will be in the list of models")
        self.cost.setWordWrap(True)
        # A form gives labels that wrap one line.
        self.cost.setMinimumHeight(_COST_LINES * self.cost.fontMetrics().lineSpacing())
        self.cost.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        names = {
            self.system: "System", self.model: "Start from", self.effort: "Effort",
            self.steps: "Steps", self.name: "Name", self.cost: "What it will cost",
            self.pixels: "Picture size", self.fit: "Files", self.every: "Held out",
            self.augment: "Turned and shifted at random",
        }  # fmt: skip
        for widget, name in names.items():
            widget.setAccessibleName(name)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(QLabel("Clips"))
        left.addWidget(self.clips, 1)
        adding = QHBoxLayout()
        adding.addWidget(self.add_files)
        adding.addWidget(self.add_folder)
        adding.addWidget(MutedLabel("or drop them here"))
        adding.addStretch(1)
        left.addLayout(adding)
        below = QFormLayout()
        below.addRow("Files", self.fit)
        below.addRow("Held out", self.every)
        left.addLayout(below)
        left.addWidget(self.split)
        form = QFormLayout()
        form.setVerticalSpacing(SPACE_S)
        form.addRow("System", self.system)
        form.addRow("Start from", self.model)
        beginning = QButtonGroup(self)
        for button in (self.go_on, self.anew):
            beginning.addButton(button)
            form.addRow("", button)
        steps = QHBoxLayout()
        steps.addWidget(self.effort, 1)
        steps.addWidget(self.steps)
        form.addRow("Picture size", self.pixels)
        form.addRow("Turned, shifted", self.augment)
        form.addRow("Effort", steps)
        form.addRow("", self.stops)
        form.addRow("", self.generated)
        form.addRow("Name", self.name)
        form.addRow("Cost", self.cost)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_L)
        row.addLayout(left, 1)
        row.addLayout(form, 1)
