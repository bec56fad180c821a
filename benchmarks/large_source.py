"""What a 4K source costs the window: processor time of showing a frame in four viewports.

Run ``python -m benchmarks.large_source``. Times are processor time of the window's own thread in
one run; the ratio to a small source is the figure to trust on a busy machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtWidgets import QApplication

from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.theme.apply import apply

SIZES = ((512, 512), (1080, 1920), (2160, 3840))
HARD_LIMIT_MS = 33.0
REPEATS = 9
_CONTENTS = (Content.SOURCE, Content.GENERATED, Content.GRID, Content.DIFFERENCE)
_MAPS = (Content.MAGNITUDE, Content.JACOBIAN, Content.ARROWS, Content.GENERATED)


def material(size: tuple[int, int]) -> tuple[list[NDArray[np.uint8]], NDArray[np.float32]]:
    """Two RGB frames and a smooth field."""
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = 128 + 100 * np.sin(x / 37) * np.cos(y / 53)
    frames = [
        np.repeat((wave + 20 * shift).clip(0, 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
        for shift in (0, 1)
    ]
    field = np.stack([np.sin(y / 90) * 8, np.cos(x / 90) * 8]).astype(np.float32)
    return frames, field


def spent(work: Callable[[], object]) -> float:
    """Median processor time of the thread in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.thread_time()
        work()
        times.append((time.thread_time() - start) * 1e3)
    return median(times)


def rows(size: tuple[int, int]) -> dict[str, float]:
    """Milliseconds by what is done, for a source of ``size``."""
    frames, field = material(size)
    grid = ViewportGrid()
    grid.resize(1000, 640)
    grid.set_layout("2x2")
    grid.set_contents(_CONTENTS)
    grid.clear_message()
    grid.show()
    turn = [0]

    def scrub() -> None:
        turn[0] += 1
        # New arrays each time, as frames from a file are: nothing may come from a cache.
        picture, made = frames[turn[0] % 2].view(), frames[(turn[0] + 1) % 2].view()
        moved = field.view()
        grid.set_inputs(
            source=picture, generated=made, inverse=moved, displacement=moved, size=size
        )
        for viewport in grid.viewports:
            viewport.canvas.grab()

    def zoom() -> None:
        room, picture = QSizeF(400, 280), QSizeF(size[1], size[0])
        grid.view.zoom_at(QPointF(200, 140), room, picture, 1.4 if turn[0] % 8 else 0.1)
        turn[0] += 1
        for viewport in grid.viewports:
            viewport.canvas.grab()

    def hover() -> None:
        turn[0] += 1
        grid.cross_hair.point(QPointF(0.3 + 0.01 * (turn[0] % 9), 0.4))
        for viewport in grid.viewports:
            viewport.canvas.grab()

    found = {"scrub": spent(scrub), "zoom": spent(zoom), "pointer": spent(hover)}
    grid.fit()
    grid.set_contents(_MAPS)
    found["scrub, maps"] = spent(scrub)
    grid.close()
    return found


def main() -> None:
    """Print the table."""
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        apply(app, "dark")
    tables = {size: rows(size) for size in SIZES}
    small = tables[SIZES[0]]
    print(f"four viewports, processor time of the window's thread; hard limit {HARD_LIMIT_MS} ms")
    print(f"{'source':>12}" + "".join(f"{name:>22}" for name in small))
    for size, found in tables.items():
        cells = "".join(f"{ms:>11.1f} ms ×{ms / small[name]:>6.1f}" for name, ms in found.items())
        print(f"{size[1]:>7}×{size[0]:<4}{cells}")


if __name__ == "__main__":
    main()
