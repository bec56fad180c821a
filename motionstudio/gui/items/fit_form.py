"""The settings of a projection: every parameter, all of them visible."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QWidget

from motionstudio.core.projection import FitOptions
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_SCOPES = (
    ("all", "All subjects of this model"),
    ("active", "This subject"),
    ("rows", "Selected frames"),
    ("dataset", "Training data"),
)
_CENTRES = (("mean", "Mean of the frames"), ("rest", "Rest (no motion)"))


class FitForm(QWidget):
    """What a projection is fitted on, and how.

    Signals:
        optionsChanged: the new ``FitOptions``.
    """

    optionsChanged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope = QComboBox()
        self.centre = QComboBox()
        self.reference = QCheckBox("Reference frames count")
        self.whiten = QCheckBox("Whiten: count in σ")
        for box, entries in ((self.scope, _SCOPES), (self.centre, _CENTRES)):
            for key, words in entries:
                box.addItem(words, key)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
            box.currentIndexChanged.connect(self._emit)
        for check in (self.reference, self.whiten):
            check.toggled.connect(self._emit)
        self._name()
        form = QFormLayout(self)
        form.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        form.setVerticalSpacing(SPACE_XS)
        form.addRow("Fit on", self.scope)
        form.addRow("Centre", self.centre)
        form.addRow(self.reference)
        form.addRow(self.whiten)

    @property
    def options(self) -> FitOptions:
        """What is set."""
        return FitOptions(
            scope=self.scope.currentData(),
            reference=self.reference.isChecked(),
            centre=self.centre.currentData(),
            whiten=self.whiten.isChecked(),
        )

    def set_options(self, options: FitOptions) -> None:
        """Show options without telling."""
        blocked = [
            QSignalBlocker(w) for w in (self.scope, self.centre, self.reference, self.whiten)
        ]
        self.scope.setCurrentIndex(self.scope.findData(options.scope))
        self.centre.setCurrentIndex(self.centre.findData(options.centre))
        self.reference.setChecked(options.reference)
        self.whiten.setChecked(options.whiten)
        for blocker in blocked:
            blocker.unblock()

    def set_reason(self, scope: str, reason: str) -> None:
        """Why ``rows`` or ``dataset`` cannot be chosen now; empty when it can."""
        place = self.scope.findData(scope)
        model = self.scope.model()
        if isinstance(model, QStandardItemModel):
            item = model.item(place)
            item.setEnabled(not reason)
            item.setToolTip(reason)

    def _name(self) -> None:
        for widget, name, tip in (
            (self.scope, "Fit on", "Whose frames decide where the components lie"),
            (self.centre, "Centre", "What the components run through"),
            (self.reference, "Reference frames count",
             "Rows of reference frames are zero in every clip; they pull the mean towards rest"),
            (self.whiten, "Whiten", "Every component is counted in its own standard deviations"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _emit(self) -> None:
        self.optionsChanged.emit(self.options)
