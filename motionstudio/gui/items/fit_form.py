"""The settings of a projection: every parameter, all of them visible."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from motionstudio.core.embedding import MOST_NEIGHBOURS, EmbeddingOptions
from motionstudio.core.projection import FitOptions
from motionstudio.gui.theme.tokens import SPACE_S, SPACE_XS

_SCOPES = (
    ("all", "All subjects of this model"),
    ("active", "This subject"),
    ("rows", "Selected frames"),
    ("dataset", "Training data"),
    ("dimensions", "Nothing: axes are z0, z1, …"),
)
_SPACED = (
    "Equal distances are equal shares of the prior, as Kingma and Welling show it; else latents "
    "are spaced evenly"
)
_METHODS = (("pca", "PCA"), ("umap", "UMAP"))
_CENTRES = (("mean", "Mean of the frames"), ("rest", "Rest (no motion)"))


class FitForm(QWidget):
    """What a projection is fitted on, and how.

    Signals:
        optionsChanged: the new ``FitOptions``.
        embeddingChanged: the new ``EmbeddingOptions``, or None: components.
        quantilesToggled: count shares of the standard normal, or latents.
    """

    optionsChanged = Signal(object)
    embeddingChanged = Signal(object)
    quantilesToggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = QComboBox()
        self.neighbours, self.min_dist, self.seed = QSpinBox(), QDoubleSpinBox(), QSpinBox()
        self.scope = QComboBox()
        self.centre = QComboBox()
        self.reference = QCheckBox("Reference frames count")
        self.whiten = QCheckBox("Whiten: count in σ")
        self.quantiles = QCheckBox("Space by normal quantiles")
        for box, entries in (
            (self.method, _METHODS), (self.scope, _SCOPES), (self.centre, _CENTRES),
        ):  # fmt: skip
            for key, words in entries:
                box.addItem(words, key)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
        for box in (self.scope, self.centre):
            box.currentIndexChanged.connect(self._emit)
        for check in (self.reference, self.whiten):
            check.toggled.connect(self._emit)
        self.quantiles.toggled.connect(self.quantilesToggled)
        self._prepare_map()
        self._name()
        self._form = form = QFormLayout(self)
        form.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        form.setVerticalSpacing(SPACE_XS)
        form.addRow("Method", self.method)
        form.addRow("Neighbours", self.neighbours)
        form.addRow("Min. distance", self.min_dist)
        form.addRow("Seed", self.seed)
        form.addRow("Fit on", self.scope)
        form.addRow("Centre", self.centre)
        form.addRow(self.reference)
        form.addRow(self.whiten)
        form.addRow(self.quantiles)
        self._show_rows()

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
        self._show_rows()

    def set_quantiles(self, on: bool, reason: str = "") -> None:
        """Whether axes count shares of the normal, without telling; why they cannot, or empty."""
        blocker = QSignalBlocker(self.quantiles)
        self.quantiles.setChecked(on)
        self.quantiles.setEnabled(not reason)
        self.quantiles.setToolTip(f"{_SPACED}. {reason}" if reason else _SPACED)
        blocker.unblock()

    @property
    def embedding(self) -> EmbeddingOptions | None:
        """Settings of the map, or None where components are chosen."""
        if self.method.currentData() == "pca":
            return None
        return EmbeddingOptions(self.neighbours.value(), self.min_dist.value(), self.seed.value())

    def set_embedding(self, options: EmbeddingOptions | None) -> None:
        """Show the method and its settings without telling."""
        numbers = (self.neighbours, self.min_dist, self.seed)
        blocked = [QSignalBlocker(w) for w in (self.method, *numbers)]
        self.method.setCurrentIndex(self.method.findData("pca" if options is None else "umap"))
        if options is not None:
            self.neighbours.setValue(options.neighbours)
            self.min_dist.setValue(options.min_dist)
            self.seed.setValue(options.seed)
        for blocker in blocked:
            blocker.unblock()
        self._show_rows()

    def set_reason(self, scope: str, reason: str) -> None:
        """Why ``rows`` or ``dataset`` cannot be chosen now; empty when it can."""
        _explain(self.scope, scope, reason)

    def set_method_reason(self, reason: str) -> None:
        """Why UMAP cannot be chosen; empty when it can."""
        _explain(self.method, "umap", reason)
        about = "Components can be walked along; UMAP shows which frames are alike"
        self.method.setToolTip(f"{about}. {reason}" if reason else about)

    def _prepare_map(self) -> None:
        first = EmbeddingOptions()
        self.neighbours.setRange(2, MOST_NEIGHBOURS)
        self.neighbours.setValue(first.neighbours)
        self.min_dist.setRange(0.0, 1.0)
        self.min_dist.setSingleStep(0.05)
        self.min_dist.setValue(first.min_dist)
        self.seed.setRange(0, 2**31 - 1)
        for number in (self.neighbours, self.min_dist, self.seed):
            # As wide as there is room: the largest seed must not make the pane wider.
            number.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.method.currentIndexChanged.connect(self._emit_map)
        for number in (self.neighbours, self.min_dist, self.seed):
            number.setKeyboardTracking(False)
            number.valueChanged.connect(self._emit_map)

    def _show_rows(self) -> None:
        mapped = self.method.currentData() == "umap"
        plain = self.scope.currentData() == "dimensions"
        shown: dict[QWidget, bool] = dict.fromkeys(
            (self.neighbours, self.min_dist, self.seed), mapped
        ) | dict.fromkeys((self.centre, self.reference, self.whiten), not mapped and not plain)
        shown[self.quantiles] = plain and not mapped
        for widget, visible in shown.items():
            self._form.setRowVisible(widget, visible)

    def _name(self) -> None:
        for widget, name, tip in (
            (self.method, "Method", "Components can be walked along; UMAP shows what is alike"),
            (self.neighbours, "Neighbours",
             "n_neighbors: how many frames count as near; more keep the large, fewer the small"),
            (self.min_dist, "Smallest distance", "min_dist: how close points may lie in the map"),
            (self.seed, "Seed", "random_state: the same seed makes the same map"),
            (self.scope, "Fit on", "Whose frames decide where the components lie"),
            (self.centre, "Centre", "What the components run through"),
            (self.reference, "Reference frames count",
             "Rows of reference frames are zero in every clip; they pull the mean towards rest"),
            (self.quantiles, "Space by normal quantiles",
             _SPACED),
            (self.whiten, "Whiten", "Every component is counted in its own standard deviations"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _emit(self) -> None:
        self._show_rows()
        self.optionsChanged.emit(self.options)

    def _emit_map(self) -> None:
        self._show_rows()
        self.embeddingChanged.emit(self.embedding)


def _explain(box: QComboBox, key: str, reason: str) -> None:
    model = box.model()
    if isinstance(model, QStandardItemModel):
        item = model.item(box.findData(key))
        item.setEnabled(not reason)
        item.setToolTip(reason)
