"""Panes whose rows are made anew do not grow."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from motionstudio.gui.items.emptied import emptied
from motionstudio.gui.panes.inspector import Fact, Inspector, SubjectFacts


def delete() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_an_emptied_layout_has_no_widgets(qtbot: Any) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    row = QHBoxLayout(box)
    for text in ("a", "b", "c"):
        row.addWidget(QLabel(text))
    emptied(row)
    assert row.count() == 0
    delete()
    assert box.findChildren(QLabel) == []


def test_facts_that_are_shown_again_and_again_need_no_more_rows(qtbot: Any) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    facts = tuple(Fact(f"fact {number}", "so many") for number in range(8))
    sizes = []
    for _ in range(30):
        inspector.set_subject(SubjectFacts("a clip", facts, ("Look at it.",)))
        delete()
        grids = inspector.findChildren(QGridLayout)
        sizes.append((sum(g.rowCount() for g in grids), len(inspector.findChildren(QLabel))))
    assert set(sizes) == {sizes[0]}
