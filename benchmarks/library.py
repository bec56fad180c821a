"""What a library of 500 subjects costs the GUI thread: ``python -m benchmarks.library [COUNT]``.

The window's own slots are timed on the thread's processor clock and set beside the same with ten
subjects in the same run, in turn, so that noise of the machine falls on both.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from motionstudio.gui.panes.library import Library, SubjectCard
from motionstudio.gui.theme.apply import apply

LIMIT_MS = 16.0
"""No single step may keep the GUI thread longer."""
REPEATS = 15


class Shelf:
    """A library pane with ``count`` subjects."""

    def __init__(self, count: int) -> None:
        self.pane = Library()
        self.pane.resize(220, 640)
        image = QImage(96, 96, QImage.Format.Format_RGB888)
        image.fill(Qt.GlobalColor.darkGray)
        self.cards = [
            SubjectCard(f"{i}", f"subject {i}", "25 frames · 256 × 216", image.copy())
            for i in range(count)
        ]
        self.pane.set_subjects(self.cards)
        self.pane.show()
        self._turn = 0
        QApplication.processEvents()

    def open(self) -> None:
        """All cards shown for the first time."""
        fresh = Library()
        fresh.set_subjects(self.cards)
        fresh.deleteLater()

    def again(self) -> None:
        """The same cards once more, as after undo."""
        self.pane.set_subjects(self.cards)

    def scroll(self) -> None:
        """A page down, painted."""
        bar = self.pane.subjects.verticalScrollBar()
        bar.setValue((bar.value() + bar.pageStep()) % max(bar.maximum(), 1))
        self.pane.subjects.viewport().repaint()

    def select(self) -> None:
        """Another subject becomes active."""
        self._turn = (self._turn + 37) % len(self.cards)
        self.pane.set_active(self.cards[self._turn].id)
        self.pane.subjects.viewport().repaint()

    def rename(self) -> None:
        """One card changes its name."""
        self._turn = (self._turn + 1) % len(self.cards)
        self.pane.update_subject(replace(self.cards[self._turn], name=f"renamed {time.time_ns()}"))
        self.pane.subjects.viewport().repaint()

    def add(self) -> None:
        """One subject comes, and goes again."""
        more = replace(self.cards[0], id="one more")
        self.pane.set_subjects([*self.cards, more])
        self.pane.set_subjects(self.cards)

    def key(self) -> None:
        """The arrow key to the next card."""
        QTest.keyClick(self.pane.subjects, Qt.Key.Key_Down)

    def drag(self) -> None:
        """A motion is dragged over the cards."""
        self._turn = (self._turn + 1) % len(self.cards)
        self.pane.set_target(self.cards[self._turn].id)
        self.pane.subjects.viewport().repaint()


STEPS = ("open", "again", "scroll", "select", "rename", "add", "key", "drag")


def measure(step: Callable[[], None]) -> float:
    """Milliseconds of the thread's processor time."""
    start = time.thread_time()
    step()
    return (time.thread_time() - start) * 1e3


def main(arguments: list[str]) -> int:
    """Print one row for each step; 1 where a step is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=500)
    count = parser.parse_args(arguments).count
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply(application, "dark")
    many, few = Shelf(count), Shelf(10)
    print(f"{'step':<8} {f'{count} ms':>9} {'p95':>7} {'10 ms':>7} {'ratio':>7}")
    worst = 0.0
    for name in STEPS:
        pairs = [
            (measure(getattr(many, name)), measure(getattr(few, name))) for _ in range(REPEATS)
        ]
        large, small = np.array(pairs).T
        middle, ratio = float(np.median(large)), float(np.median(large) / np.median(small))
        tail = float(np.percentile(large, 95))
        print(f"{name:<8} {middle:9.2f} {tail:7.2f} {np.median(small):7.2f} {ratio:7.1f}")
        if name != "open":
            worst = max(worst, middle)
    print(f"largest but opening: {worst:.2f} ms, limit {LIMIT_MS:g} ms")
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
