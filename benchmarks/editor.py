"""What the editor costs at 2,000 frames and 256 dimensions, in our own slots' processor time.

    python -m benchmarks.editor

Every figure is the processor time of one gesture step on the window's thread: the slot and the
repaint that follows, best and 95th percentile of many. Ratios are to the same gesture on a motion
of 32 frames and 32 dimensions in the same run: a machine that is busy or slow moves both.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from motionstudio.document.project import Project

LARGE, SMALL = (2000, 256), (32, 32)
LIMIT_MS = 16.0
_REPEATS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """Times of one gesture step in milliseconds of processor time.

    Attributes:
        name: what was done.
        median, p95: over the repeats.
    """

    name: str
    median: float
    p95: float


def measure(frames: int, dims: int, repeats: int = _REPEATS) -> list[Row]:
    """Time the gestures of the matrix, the curves and the sliders on one motion.

    Args:
        frames: R.
        dims: D.
        repeats: steps of each gesture.
    """
    from PySide6.QtCore import QCoreApplication

    bench = _Bench(frames, dims)
    rows = []
    for name, step in bench.steps().items():
        step(0)
        QCoreApplication.processEvents()
        taken = []
        for n in range(1, repeats + 1):
            before = time.thread_time()
            step(n)
            bench.repaint()
            taken.append(1000 * (time.thread_time() - before))
        rows.append(Row(name, float(np.median(taken)), float(np.percentile(taken, 95))))
    bench.close()
    return rows


class _Bench:
    def __init__(self, frames: int, dims: int) -> None:
        from motionstudio.gui.items.time_axis import TimeAxis
        from motionstudio.gui.panes.latent_curves import LatentCurves
        from motionstudio.gui.panes.latent_matrix import LatentMatrix
        from motionstudio.gui.panes.latent_sliders import LatentSliders

        rng = np.random.default_rng(0)
        self.base = np.cumsum(rng.normal(0, 0.1, (frames, dims)), axis=0).astype(np.float32)
        self.values = self.base + np.float32(0.1)
        self.axis = TimeAxis()
        self.axis.set_count(frames)
        self.matrix, self.curves = LatentMatrix(self.axis), LatentCurves(self.axis)
        self.sliders = LatentSliders()
        self.matrix.resize(1600, 420)
        self.curves.resize(1600, 240)
        self.sliders.resize(320, 700)
        for pane in (self.matrix, self.curves):
            pane.show()
        self.sliders.show()
        self.matrix.set_matrix(self.values, self.base)
        self.curves.set_curves(self.values, self.base, np.full_like(self.base, 0.1))
        self.curves.set_dims((0, 1, 2))
        self.sliders.set_frame(0, self.values[0], self.base[0], False)
        self.project = _project(self.base)

    def steps(self) -> dict[str, Callable[[int], None]]:
        """Gesture steps by name; each gets the number of the step."""
        return {
            "drag a value (matrix and curves)": self._drag_one,
            "drag the whole matrix, every cell edited": self._drag_all,
            "select a growing box": self._select,
            "scroll through dimensions": self._scroll,
            "zoom in time": self._zoom,
            "zoom in time, all dimensions in sight": self._zoom_thin,
            "scrub (playhead and sliders)": self._scrub,
            "document: a step of dragging one value": self._edit_one,
            "document: a step of dragging every value": self._edit_all,
        }

    def repaint(self) -> None:
        """Paint what changed, now."""
        for pane in (self.matrix, self.curves):
            pane.view.repaint()
        self.sliders.repaint()

    def close(self) -> None:
        """Put the panes away."""
        for pane in (self.matrix, self.curves, self.sliders):
            pane.close()
            pane.deleteLater()

    def _show(self, values: np.ndarray) -> None:
        self.matrix.set_matrix(values, self.base)
        self.curves.set_curves(values, self.base, self.curves.view.data.std)

    def _drag_one(self, n: int) -> None:
        values = self.values.copy()
        values[len(values) // 2, 0] += 0.01 * n
        self._show(values)

    def _drag_all(self, n: int) -> None:
        self._show(self.values + np.float32(0.01 * n))

    def _select(self, n: int) -> None:
        frames, dims = self.values.shape
        rows = range(1 + n * (frames - 1) // (_REPEATS + 1))
        self.matrix.set_selection(rows, range(1 + n * (dims - 1) // (_REPEATS + 1)))

    def _scroll(self, n: int) -> None:
        bar = self.matrix.view._scroll
        bar.setValue((n * 37) % max(1, bar.maximum()))

    def _zoom(self, n: int) -> None:
        self.axis.zoom_at(800.0, 1.2 if n % 8 < 4 else 1 / 1.2)

    def _zoom_thin(self, n: int) -> None:
        self.matrix.set_compact(True)
        self._zoom(n)

    def _edit_one(self, n: int) -> None:
        self._edit((len(self.values) // 2,), (0,), n)

    def _edit_all(self, n: int) -> None:
        frames, dims = self.values.shape
        self._edit(tuple(range(frames)), tuple(range(dims)), n)

    def _edit(self, rows: tuple[int, ...], dims: tuple[int, ...], n: int) -> None:
        from motionstudio.document.commands import EditLatent

        block = np.full((len(rows), len(dims)), 0.01 * n, np.float32)
        self.project.push(EditLatent("a", rows, dims, block))

    def _scrub(self, n: int) -> None:
        row = (n * 13) % len(self.values)
        self.matrix.set_current(row)
        self.curves.set_current(row)
        self.sliders.set_frame(row, self.values[row], self.base[row], False)


def _project(mean: np.ndarray) -> Project:
    """A document with one subject whose motion is ``mean``."""
    from motionstudio.core.clip import Clip, uniform_times
    from motionstudio.core.latent_track import LatentTrack
    from motionstudio.core.motion import Motion, RowKind
    from motionstudio.document.change import ProjectState
    from motionstudio.document.project import Project
    from motionstudio.document.subject import Framing, MediaRef, Subject

    times, kept = uniform_times(len(mean), 25), np.ones(len(mean), np.bool_)
    motion = Motion(mean, None, kept, times, RowKind.FRAME, np.stack([times, times], 1), ~kept)
    subject = Subject(
        id="a",
        name="a",
        clip=Clip(np.zeros((len(mean), 2, 2, 1), np.uint8), times),
        media=MediaRef(),
        framing=Framing(),
        kept=kept,
        track=LatentTrack.unedited(motion),
    )
    return Project(ProjectState((subject,)))


def report(large: list[Row], small: list[Row]) -> str:
    """A table of both, with their ratio."""
    head = f"{'processor time, ms':42} {'32 x 32':>9} {'2000 x 256':>11} {'p95':>6} {'ratio':>6}"
    lines = [head]
    for big, little in zip(large, small, strict=True):
        ratio = big.median / max(little.median, 1e-3)
        mark = "" if big.p95 <= LIMIT_MS else "  over 16 ms"
        times = f"{little.median:9.2f} {big.median:11.2f} {big.p95:6.1f} {ratio:6.1f}"
        lines.append(f"{big.name:42} {times}{mark}")
    return "\n".join(lines)


def main() -> None:
    """Measure both sizes in one run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=_REPEATS)
    repeats = parser.parse_args().repeats
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from motionstudio.gui.theme.apply import apply

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply(application, "dark")
    small = measure(*SMALL, repeats)
    large = measure(*LARGE, repeats)
    print(report(large, small))


if __name__ == "__main__":
    main()
