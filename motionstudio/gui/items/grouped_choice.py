"""Entries of a drop-down list under headings that cannot be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStandardItemModel
from PySide6.QtWidgets import QComboBox

_ROOM = 24
_WIDEST = 420


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry.

    Attributes:
        text: what people read.
        data: what it stands for.
        family: its heading; empty: it stands above all headings.
        tip: tooltip.
    """

    text: str
    data: str
    family: str = ""
    tip: str = ""


def fill(box: QComboBox, choices: Sequence[Choice]) -> None:
    """Put ``choices`` into ``box``, those of a family by the numbers in their texts."""
    box.clear()
    for family in sorted({choice.family for choice in choices}):
        if family:
            _add_heading(box, family)
        for choice in _of(choices, family):
            box.addItem(choice.text, choice.data)
            box.setItemData(box.count() - 1, choice.tip, Qt.ItemDataRole.ToolTipRole)
    # Headings may be longer than the box; entries of a dialog as wide as a page may not.
    wanted = box.view().sizeHintForColumn(0) + _ROOM
    box.view().setMinimumWidth(min(wanted, _WIDEST))


def _of(choices: Iterable[Choice], family: str) -> list[Choice]:
    chosen = [choice for choice in choices if choice.family == family]
    return sorted(chosen, key=lambda choice: _natural(choice.text)) if family else chosen


def _natural(text: str) -> list[tuple[int, str]]:
    """Sorts a5 before a10."""
    parts = re.split(r"(\d+)", text.lower())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _add_heading(box: QComboBox, text: str) -> None:
    box.addItem(text)
    model = box.model()
    if isinstance(model, QStandardItemModel):
        item = model.item(box.count() - 1)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = QFont(box.font())
        font.setBold(True)
        item.setFont(font)
