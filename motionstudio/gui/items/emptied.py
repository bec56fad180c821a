"""Layouts whose rows are made anew."""

from __future__ import annotations

from PySide6.QtWidgets import QLayout


def emptied(layout: QLayout) -> None:
    """Hide the widgets of a layout and let them be deleted, as soon as no event needs them.

    ``QLayout.takeAt`` would hand out items that nobody deletes.
    """
    for index in reversed(range(layout.count())):
        item = layout.itemAt(index)
        widget = None if item is None else item.widget()
        if widget is not None:
            layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
