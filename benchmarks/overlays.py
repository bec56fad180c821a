"""What scrubbing costs with everything on: ``python -m benchmarks.overlays [CLIP]``.

The real window, offscreen, with four viewports, onion skin, label outlines and trails of points on
the generated heart: processor time of the window's thread from a frame to its paint, beside the
same with one plain viewport in the same run, which moves with the machine.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from benchmarks.budget import HEAD, Row
from motionstudio.core.locations import resources_dir

if TYPE_CHECKING:
    from benchmarks.studio import Studio

SAMPLE = resources_dir() / "samples" / "heart_a.npz"
LIMIT = 16.0
SIZES = ((1280, 720), (1920, 1080))
_POINTS = ((0.4, 0.4), (0.5, 0.35), (0.6, 0.45), (0.45, 0.6), (0.55, 0.55))


def measure(studio: Studio, rounds: int, sizes: Sequence[tuple[int, int]] = SIZES) -> list[Row]:
    """A row with one plain viewport and one with everything, for each size of the window."""
    made = []
    for size in sizes:
        studio.window.resize(*size)
        words = f"at {size[0]} x {size[1]}"
        made.append(_scrub(studio, rounds, f"scrub, one viewport, {words}"))
        with _everything(studio):
            name = f"scrub, four, onion, labels, trails, {words}"
            made.append(_scrub(studio, rounds, name))
    return made


@contextmanager
def _everything(studio: Studio) -> Iterator[None]:
    window, on = studio.window, studio.window.presenters.overlays
    before = window.session.view.state
    on.arrangement.set_layout("2x2")
    on.arrangement.toggle_onion()
    for x, y in _POINTS:
        subject = window.session.active
        assert subject is not None
        height, width = subject.clip.size
        on.trails.place(0, x * width, y * height)
    for name in ("labels", "trails"):
        if not getattr(window.session.view.state.viewports, name):
            on.arrangement.toggle(name)
    studio.rest()
    studio.until(lambda: len(on.regions.measured) >= len(on.trails.paths[0]) > 0)
    yield
    window.session.view.set(replace(window.session.view.state, viewports=before.viewports))
    on.arrangement.set_layout(before.layout)
    studio.rest()


def _scrub(studio: Studio, rounds: int, name: str) -> Row:
    row = Row(name, LIMIT, LIMIT, by="cpu")
    go, grid = studio.window.presenters.playback.go, studio.window.bench.viewports
    for number in range(rounds + 5):
        frame = studio.frame()
        with row.taking():
            go(frame)
            grid.repaint()
            studio.app.processEvents()
        studio.until(studio.is_final)
        if number < 5:  # The first ones fill caches.
            row.cpu.clear()
            row.wall.clear()
    return row


def main() -> None:
    """Print the table."""
    from PySide6.QtWidgets import QApplication

    from benchmarks.studio import Studio
    from motionstudio.gui.theme.apply import apply

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    application = QApplication([])
    apply(application, "dark")
    found = measure(Studio(chosen.clip, application), chosen.rounds)
    print(HEAD)
    for row in found:
        print(row.line(0.0))
    sys.stdout.flush()
    os._exit(0)  # Threads of the window would be waited for.


if __name__ == "__main__":
    main()
