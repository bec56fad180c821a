"""Asks whose motion a subject is to have, how and how strongly; the ghost shows it meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QWidget,
)

from motionstudio.core.transfer import TransferMode
from motionstudio.document.transfer_plan import BLEND_FIRST, Offer
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S

Names = tuple[tuple[str, str], ...]
"""(id, name for people) of what can be chosen."""


class TransferDialog(QDialog):
    """Source, target, mode and strength.

    Args:
        sources: whose motion can be carried.
        targets: where to.
        first: what is chosen first.
        why_not: why an offer cannot be carried out, one sentence, or empty.
        parent: the window.

    Signals:
        considered: an ``Offer`` that is looked at.
    """

    considered = Signal(object)

    def __init__(
        self,
        sources: Names,
        targets: Names,
        first: Offer,
        why_not: Callable[[Offer], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Transfer motion")
        self._why_not = why_not
        self.source, self.target, self.mode = QComboBox(), QComboBox(), QComboBox()
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self._value, self._reason = QLabel(), QLabel()
        for box, names in ((self.source, sources), (self.target, targets)):
            for identity, name in names:
                box.addItem(name, identity)
        for mode in TransferMode:
            self.mode.addItem(mode.label, mode.value)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        move = self.buttons.addButton("Transfer", QDialogButtonBox.ButtonRole.AcceptRole)
        move.setProperty("primary", True)
        self._move = move
        self._lay_out()
        self._choose(first)
        self._connect()
        self._on_mode()

    def offer(self) -> Offer:
        """What was chosen."""
        mode = TransferMode(self.mode.currentData())
        return Offer(
            str(self.source.currentData() or ""),
            str(self.target.currentData() or ""),
            mode,
            self.strength.value() / 100,
        )

    def _choose(self, first: Offer) -> None:
        self.source.setCurrentIndex(max(self.source.findData(first.source), 0))
        self.target.setCurrentIndex(max(self.target.findData(first.target), 0))
        self.mode.setCurrentIndex(max(self.mode.findData(first.mode.value), 0))

    def _connect(self) -> None:
        self.source.currentIndexChanged.connect(self._refresh)
        self.target.currentIndexChanged.connect(self._refresh)
        self.mode.currentIndexChanged.connect(self._on_mode)
        self.strength.valueChanged.connect(self._refresh)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _on_mode(self) -> None:
        mode = TransferMode(self.mode.currentData())
        self.strength.setRange(0, round(100 * mode.strongest))
        blend = mode is TransferMode.BLEND
        self.strength.setValue(round(100 * (BLEND_FIRST if blend else 1.0)))
        self.strength.setToolTip(
            "Share of the arriving motion" if blend else "Amplitude: 100 % is as it is, 0 % is rest"
        )
        self._refresh()

    def _refresh(self) -> None:
        offer = self.offer()
        self._value.setText(f"{self.strength.value()} %")
        reason = self._why_not(offer)
        self._reason.setText(reason)
        self._move.setEnabled(not reason)
        self._move.setToolTip(reason or "Carry the motion over as one step (Return)")
        self.considered.emit(offer)

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row = QHBoxLayout()
        row.addWidget(self.strength, 1)
        row.addWidget(self._value)
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance("200 %") + SPACE_S)
        for name, widget in (
            ("Motion of", self.source),
            ("onto", self.target),
            ("How", self.mode),
        ):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        self.strength.setAccessibleName("Strength")
        form.addRow("Strength", row)
        self._reason.setWordWrap(True)
        self._reason.setProperty("tone", "warn")
        self._reason.setMinimumHeight(2 * self._reason.fontMetrics().height())
        form.addRow(self._reason)
        form.addRow(self.buttons)
        self.setMinimumWidth(scaled(380))
