"""The form in which people say which part of a clip they want, for opening and afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from motionstudio.core.picture import Box
from motionstudio.document.opening import OpenSettings, default_stride
from motionstudio.gui.dialogs.crop_view import CropView
from motionstudio.gui.items.grouped_choice import Choice, fill
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S
from motionstudio.models.base import ModelCard

_SHORTEST, _PICTURE_WIDTH = 24, 320


@dataclass(frozen=True, slots=True, eq=False)
class ClipFacts:
    """What the form must know of a file.

    Attributes:
        count: frames of the whole file. ``size``: (H, W).
        picture: (H, W, 1|3) uint8 first frame.
        slices: how many slices or clips the file offers; ``slice_label`` what one is.
        default_slice: which one is read where nobody chose.
        strip_frames: square frames in a sprite strip, else 0.
        seconds: duration of the whole file.
        part: (y, x, height, width) of a square around what moves, or None.
    """

    count: int
    size: tuple[int, int]
    picture: NDArray[np.uint8]
    slices: int = 1
    slice_label: str = "slice"
    strip_frames: int = 0
    seconds: float = 0.0
    default_slice: int = 0
    part: Box | None = None


class ClipForm(QWidget):
    """Range, stride, slice, framing, cycle and model.

    Args:
        facts: of the file.
        start: what the form shows first.
        cards: checkpoints to choose from. ``model``: the one chosen first.
        parent: Qt parent.
    """

    def __init__(
        self,
        facts: ClipFacts,
        start: OpenSettings,
        cards: tuple[ModelCard, ...],
        model: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._facts, self._start = facts, start
        self.slice, self.strip = QComboBox(), QCheckBox()
        self.first, self.last, self.stride = QSpinBox(), QSpinBox(), QSpinBox()
        self.framing, self.cyclic, self.model = QComboBox(), QCheckBox(), QComboBox()
        self.angle, self.find_part = QDoubleSpinBox(), QPushButton("Frame what moves")
        self.summary = QLabel()
        self.crop = CropView(facts.picture)
        self._fill(start, cards, model)
        self._lay_out()
        self._connect()
        self._refresh()

    def settings(self) -> OpenSettings:
        """What was chosen."""
        stop = self.last.value() + 1
        cropped = self.framing.currentData() == "crop"
        height, width = self._facts.size
        centred = self.crop.crop == CropView(self._facts.picture).crop
        return OpenSettings(
            start=self.first.value(),
            stop=None if stop == self._facts.count != self._start.stop else stop,
            stride=self.stride.value(),
            mode="crop" if cropped else "letterbox",
            crop=self.crop.crop if cropped and (not centred or height != width) else None,
            slice_index=self._slice(),
            cyclic=self.cyclic.isChecked(),
            fps=self._start.fps,
            angle=self.angle.value() if cropped else 0.0,
        )

    def model_name(self) -> str:
        """The chosen checkpoint."""
        return str(self.model.currentData() or "")

    def wants_strip(self) -> bool:
        """Whether one picture is to be cut into frames."""
        return self._facts.strip_frames > 1 and self.strip.isChecked()

    def _slice(self) -> int | None:
        """The slice, None as long as nobody chose another than the file's default."""
        index = self.slice.currentIndex()
        untouched = self._start.slice_index is None and index == self._facts.default_slice
        return None if untouched or self._facts.slices < 2 else index

    def _fill(self, start: OpenSettings, cards: tuple[ModelCard, ...], model: str) -> None:
        count = self._facts.count
        label = self._facts.slice_label
        self.slice.addItems([f"{label} {index}" for index in range(self._facts.slices)])
        chosen = start.slice_index
        self.slice.setCurrentIndex(self._facts.default_slice if chosen is None else chosen)
        self.strip.setText(f"{self._facts.strip_frames} square frames side by side")
        for box in (self.first, self.last):
            box.setRange(0, count - 1)
        self.first.setValue(start.start)
        self.last.setValue(count - 1 if start.stop is None else start.stop - 1)
        self.stride.setRange(1, max(1, count - 1))
        self.stride.setValue(start.stride or default_stride(count))
        self.framing.addItem("Letterbox: everything, padded", "letterbox")
        self.framing.addItem("Crop: the square on the picture", "crop")
        self.framing.setCurrentIndex(1 if start.mode == "crop" else 0)
        if start.crop is not None:
            self.crop.set_crop(start.crop)
        self.angle.setRange(-180.0, 180.0)
        self.angle.setDecimals(1)
        self.angle.setWrapping(True)
        self.angle.setSuffix("°")
        self.angle.setToolTip("How far the square is turned, clockwise; the model sees it upright")
        self.angle.setValue(start.angle)
        self.crop.set_angle(start.angle)
        part = self._facts.part
        self.find_part.setToolTip(
            "Put the square around what changes over time"
            if part is not None
            else "Nothing smaller than the picture moves by itself"
        )
        self.find_part.setEnabled(part is not None)
        self.cyclic.setText("The sequence is one closed cycle")
        self.cyclic.setChecked(bool(start.cyclic))
        fill(self.model, [_model_choice(card) for card in cards])
        self.model.setCurrentIndex(max(self.model.findData(model), 0))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_L)
        form.setVerticalSpacing(SPACE_S)
        if self._facts.slices > 1:
            form.addRow(self._facts.slice_label.capitalize(), self.slice)
        if self._facts.strip_frames > 1:
            form.addRow("Picture", self.strip)
        form.addRow("First frame", self.first)
        form.addRow("Last frame", self.last)
        form.addRow("Every n-th frame", self.stride)
        form.addRow("", self.summary)
        form.addRow("Framing", self.framing)
        form.addRow("Turned by", self.angle)
        form.addRow("", self.find_part)
        form.addRow("", self.cyclic)
        # A single picture has no time, and nothing in it moves.
        for over_time in (self.first, self.last, self.stride, self.summary, self.find_part,
                          self.cyclic):  # fmt: skip
            form.setRowVisible(over_time, self._facts.count > 1)
        if self.model.count():
            form.addRow("Model", self.model)
        self.summary.setProperty("muted", True)
        # Long titles of models must not take the room that the picture needs.
        for box in (self.slice, self.framing, self.model):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(_SHORTEST)
        self.crop.setMinimumWidth(_PICTURE_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_L)
        row.addWidget(self.crop, 1)
        row.addLayout(form)
        for widget in (self.first, self.last, self.stride, self.framing, self.angle, self.model,
                       self.slice):  # fmt: skip
            label = form.labelForField(widget)
            if isinstance(label, QLabel):
                widget.setAccessibleName(label.text())

    def _connect(self) -> None:
        self.first.valueChanged.connect(self._refresh)
        self.last.valueChanged.connect(self._refresh)
        self.stride.valueChanged.connect(self._refresh)
        self.framing.currentIndexChanged.connect(self._refresh)
        self.angle.valueChanged.connect(self.crop.set_angle)
        self.crop.angleChanged.connect(self.angle.setValue)
        self.find_part.clicked.connect(self._frame_what_moves)

    def _frame_what_moves(self) -> None:
        if self._facts.part is not None:
            self.framing.setCurrentIndex(self.framing.findData("crop"))
            self.angle.setValue(0.0)
            self.crop.set_crop(self._facts.part)

    def _refresh(self) -> None:
        self.first.setMaximum(self.last.value())
        self.last.setMinimum(self.first.value())
        used = len(range(self.first.value(), self.last.value() + 1, self.stride.value()))
        share = used / max(self._facts.count, 1) * self.stride.value()
        seconds = f", {self._facts.seconds * share:.1f} s" if self._facts.seconds else ""
        self.summary.setText(f"{used} of {self._facts.count} frames{seconds}")
        cropped = self.framing.currentData() == "crop"
        self.crop.set_square(cropped)
        self.angle.setEnabled(cropped)


def _model_choice(card: ModelCard) -> Choice:
    colour = "grey" if card.channels == 1 else "colour"
    return Choice(f"{card.name} — {card.title}, {colour}", card.name, card.family)
