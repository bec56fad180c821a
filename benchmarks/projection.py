"""What 500 subjects of 100 frames cost the projection pane: ``python -m benchmarks.projection``.

Everything runs in one window without a screen and without a model; the figure to trust is the
processor time of the window's own thread. The limit is 16 ms for whatever happens under the hand.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from PySide6.QtCore import QEventLoop, QPointF, QTimer
from PySide6.QtWidgets import QApplication

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.projection import FitOptions, fit
from motionstudio.document.commands import AddSubjects, EditLatent
from motionstudio.document.subject import Framing, MediaRef, Subject
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme import apply as theme

DIMS = 32


def subject(index: int, frames: int) -> Subject:
    """A smooth random motion that counts as encoded."""
    rng = np.random.default_rng(index)
    angle = np.linspace(0, 2 * np.pi, frames)[:, None]
    mean = np.sin(angle * rng.integers(1, 4, DIMS) + rng.uniform(0, 6, DIMS))
    mean = (mean * np.exp(-np.arange(DIMS) / 6)).astype(np.float32)
    mean[0] = 0
    times = uniform_times(frames, 25.0)
    kept = np.ones(frames, np.bool_)
    motion = Motion(
        mean=mean, std=None, kept=kept, times=times, rows=RowKind.FRAME,
        row_times=np.stack([times, times], axis=1), filled=~kept, model="heart",
    )  # fmt: skip
    made = Subject(
        id=f"s{index}", name=f"subject {index}", media=MediaRef(), framing=Framing(),
        clip=Clip(np.zeros((frames, 8, 8, 1), np.uint8), times), kept=kept, model="heart",
    )  # fmt: skip
    track = LatentTrack.unedited(motion)
    return replace(made, track=track, encoded_with=made.encoding_key)


def wait(ms: int) -> None:
    """Run the event loop."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def row(name: str, step: Callable[[int], object], times: int = 30, limit: float = 16.0) -> None:
    """Print the median and the 95th percentile of a step."""
    step(0)
    took = []
    for turn in range(times):
        start = time.thread_time()
        step(turn)
        took.append((time.thread_time() - start) * 1e3)
    middle, late = np.percentile(took, [50, 95])
    print(f"{name:<46}{middle:9.2f}{late:9.2f}{limit:9.0f}")


def window_with(count: int, frames: int) -> MainWindow:
    """A window that shows the projection of ``count`` subjects."""
    application = QApplication.instance() or QApplication([])
    theme.apply(application, "dark")  # type: ignore[arg-type]
    folder = Path(tempfile.mkdtemp())
    made = MainWindow(SettingsStore(folder / "settings.json"))
    made.resize(1600, 1000)
    made.show()
    made.session.project.push(AddSubjects(tuple(subject(i, frames) for i in range(count))))
    made.session.show("s0")
    made.bench.show_pane("projection")
    for _ in range(100):
        wait(50)
        pane = made.presenters.explore.projection_pane
        if pane.plot is not None and pane.plot.state.trajectories:
            return made
    raise SystemExit("the projection was not fitted within five seconds")


def gestures(window: MainWindow) -> None:
    """Everything that happens under the hand."""
    explore = window.presenters.explore
    plot = explore.projection_pane.plot
    session = window.session
    track = session.project.subjects[0].track
    assert plot is not None
    assert track is not None
    rows = range(1, len(track.offset))

    def edit(turn: int) -> None:
        line = rows[turn % len(rows)]
        offset = np.full((1, DIMS), 0.01 * (turn + 1), np.float32)
        session.project.push(EditLatent("s0", (line,), tuple(range(DIMS)), offset))

    row("paint the plot", lambda _: plot.viewport().repaint())
    row("move the playhead", lambda turn: explore.projection_pane.set_state(
        replace(plot.state, playhead=turn)))  # fmt: skip
    row("find the point under the pointer", lambda turn: plot._point_at(QPointF(100 + turn, 200)))
    row("edit a frame and show the plot", edit)
    row("zoom", lambda turn: (plot.zoom(0.99), plot.viewport().repaint()))
    row("other axes (once, not under the hand)", lambda turn: (
        explore.projection._choose_axes((turn % 3, 3))), times=6, limit=50.0)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=500)
    parser.add_argument("--frames", type=int, default=100)
    chosen = parser.parse_args(arguments)
    print(f"{chosen.subjects} subjects of {chosen.frames} frames")
    print(f"{'step':<46}{'median':>9}{'p95':>9}{'limit':>9}   ms of processor time")
    cloud = np.random.default_rng(0).standard_normal((512, 256))
    row("fit of 512 x 256 (in the background)", lambda _: fit(cloud, FitOptions()), 9, 50.0)
    window = window_with(chosen.subjects, chosen.frames)
    gestures(window)
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
