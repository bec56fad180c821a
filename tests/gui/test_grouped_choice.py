"""Models under headings: headings cannot be chosen, and what is chosen is the model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from motionstudio.gui.items.grouped_choice import Choice, fill

CHOICES = (
    Choice("heart", "heart"),
    Choice("b_a0", "b_a0", "Family B"),
    Choice("a_a0", "a_a0", "Family A", "a tip"),
    Choice("b_a10", "b_a10", "Family B"),
    Choice("b_a5", "b_a5", "Family B"),
)


def _texts(box: QComboBox) -> list[str]:
    return [box.itemText(place) for place in range(box.count())]


def test_families_stand_below_those_without(qtbot: Any) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    fill(box, CHOICES)
    assert _texts(box) == ["heart", "Family A", "a_a0", "Family B", "b_a0", "b_a5", "b_a10"]
    assert box.itemData(2, Qt.ItemDataRole.ToolTipRole) == "a tip"
    fill(box, CHOICES[:1])
    assert _texts(box) == ["heart"]


def test_arrow_keys_pass_over_headings(qtbot: Any) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    fill(box, CHOICES)
    box.show()
    chosen: list[str] = []
    box.textActivated.connect(chosen.append)
    for _ in range(5):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert chosen[:4] == ["a_a0", "b_a0", "b_a5", "b_a10"]
    assert not {"Family A", "Family B"} & set(chosen)
