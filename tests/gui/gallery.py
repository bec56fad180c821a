"""Every pane with synthetic data, saved as pictures to be looked at: not a test.

Run ``python -m tests.gui.gallery FOLDER``; without FOLDER a temporary one is made and named.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from motionstudio.core.warp import warp
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.panes.error_strip import ErrorStrip
from motionstudio.gui.panes.inspector import Fact, Inspector, ModelFacts, SubjectFacts
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.panes.library import Library, SampleCard, SubjectCard
from motionstudio.gui.panes.timeline import Timeline
from motionstudio.gui.panes.viewport import Content
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.theme.apply import Mode, apply

FRAMES, DIMS, SIDE = 25, 16, 128
SIZES = ((1280, 720), (1920, 1080))
MODES: tuple[Mode, ...] = ("dark", "light")


class Workbench(QWidget):
    """All panes laid out about as the main window does."""

    def __init__(self) -> None:
        super().__init__()
        self.axis = TimeAxis(self)
        self.timeline, self.errors = Timeline(self.axis), ErrorStrip(self.axis)
        self.matrix, self.curves = LatentMatrix(self.axis), LatentCurves(self.axis)
        self.grid, self.library = ViewportGrid(), Library()
        self.inspector, self.sliders = Inspector(), LatentSliders()
        right = _split(Qt.Orientation.Vertical, self.inspector, self.sliders, shares=(3, 4))
        top = _split(Qt.Orientation.Horizontal, self.library, self.grid, right, shares=(3, 13, 4))
        motion = _split(Qt.Orientation.Vertical, self.matrix, self.curves, shares=(3, 2))
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.timeline, 2)
        column.addWidget(self.errors, 1)
        column.addWidget(motion, 8)
        self.whole = _split(Qt.Orientation.Vertical, top, below, shares=(10, 9))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.whole)

    def fill(self) -> None:
        """Show a clip with dropped frames, an edit, a selection."""
        base, values, kept = latent_motion()
        edited = np.asarray(np.any(values != base, axis=1))
        locked = np.arange(FRAMES) == 0
        clip = [ring(0.8 * np.sin(np.pi * t / FRAMES) ** 2) for t in range(FRAMES)]
        self._fill_time(kept, edited, clip)
        self.matrix.set_matrix(values, base)
        self.matrix.set_std(np.full_like(values, 0.12))
        self.curves.set_curves(values, base, np.full_like(values, 0.12))
        for pane in (self.matrix, self.curves):
            pane.set_locked(locked)
            pane.set_filled(~kept)
            pane.set_current(8)
        self.matrix.set_selection((8, 9, 10), (3, 8))
        self.curves.set_dims((3, 8))
        self.sliders.set_limit(2.0)
        self.sliders.set_frame(8, values[8], base[8], False)
        self._fill_pictures()
        self._fill_facts(clip)

    def _fill_time(
        self, kept: NDArray[np.bool_], edited: NDArray[np.bool_], clip: list[NDArray[np.uint8]]
    ) -> None:
        rng = np.random.default_rng(0)
        self.timeline.set_times(np.arange(FRAMES) * 0.04)
        self.timeline.set_kept(kept)
        self.timeline.set_filled(~kept)
        self.timeline.set_edited(edited)
        self.timeline.set_cached(np.arange(FRAMES) < 16)
        for frame, picture in enumerate(clip):
            self.timeline.set_thumbnail(frame, thumbnail(picture))
        self.timeline.set_current(8)
        self.timeline.set_range((2, 20))
        self.errors.set_errors(3 + 3 * rng.random(FRAMES) * (1 + ~kept), ~kept)
        self.errors.set_current(8)

    def _fill_pictures(self) -> None:
        inverse, backward = contraction(0.25), contraction(-0.28)
        source = ring(0.0)
        self.grid.set_frame(ring(0.5), warp(source, backward), backward, inverse)
        self.grid.set_spacing((1.4, 1.4))
        self.grid.clear_message()

    def _fill_facts(self, clip: list[NDArray[np.uint8]]) -> None:
        cards = [
            SubjectCard("a", "sax_z05", "25 frames · 256 × 216", thumbnail(clip[0])),
            SubjectCard("b", "a rather long name of a clip", "8 frames", thumbnail(clip[9]), "odd"),
            SubjectCard("c", "walk.gif", "12 frames · 64 × 64"),
        ]
        self.library.set_subjects(cards)
        self.library.set_active("a")
        self.library.set_samples(
            [SampleCard("heart", "Beating heart", "generated", thumbnail(clip[0]))]
        )
        self.inspector.set_models(("heart", "figures"), "heart")
        self.inspector.set_subject(
            SubjectFacts(
                "sax_z05",
                (
                    Fact("format", "NPZ, uint16"),
                    Fact("frames", "25 at 25.0 fps"),
                    Fact("spacing", "1.40 × 1.40 mm"),
                ),
                ("Frame times were missing; 25 fps is assumed.",),
            )
        )
        self.inspector.set_model(
            ModelFacts(
                "heart",
                "GenLMM, after Krebs et al. 2021",
                ("encode", "decode", "refine", "sample"),
                (Fact("Dice", "0.86", "LV, test subjects"), Fact("end-point error", "0.61 px")),
                (Fact("input", "128 × 128 grey"), Fact("licence", "MIT")),
            )
        )


def latent_motion() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Encoded (T, D), edited (T, D) and kept (T,)."""
    rng = np.random.default_rng(1)
    phase, size = rng.uniform(0, 6.3, DIMS), rng.gamma(1.5, 0.5, DIMS)
    base = (size * np.sin(np.linspace(0, 6.28, FRAMES)[:, None] + phase)).astype(np.float32)
    base -= base[0]
    values = base.copy()
    values[7:10, 3] += 0.8
    kept = np.ones(FRAMES, np.bool_)
    kept[[3, 4, 5, 12, 13]] = False
    return base, values, kept


def ring(squeeze: float) -> NDArray[np.uint8]:
    """(128, 128, 1) a bright ring whose hole shrinks, on a dim disc."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    radius = np.hypot(x * 1.1, y)
    inner = 20 * (1 - 0.5 * squeeze)
    wall = (radius > inner) & (radius < inner + 12 + 4 * squeeze)
    picture = 30.0 + 40 * (radius < 52) + 70 * wall + 110 * (radius <= inner)
    picture += np.random.default_rng(3).normal(0, 6, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)[..., None]


def contraction(amount: float) -> NDArray[np.float32]:
    """(2, H, W) displacement towards the middle that fades outwards."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - (SIDE - 1) / 2
    weight = -amount * np.exp(-(x**2 + y**2) / (2 * 26.0**2))
    return np.stack([x * weight, y * weight]).astype(np.float32)


def thumbnail(picture: NDArray[np.uint8]) -> QImage:
    """A grey picture as a QImage."""
    solid = np.ascontiguousarray(picture[..., 0])
    side = solid.shape[1]
    return QImage(
        solid.tobytes(), side, solid.shape[0], side, QImage.Format.Format_Grayscale8
    ).copy()


def _split(way: Qt.Orientation, *panes: QWidget, shares: tuple[int, ...]) -> QSplitter:
    splitter = QSplitter(way)
    splitter.setHandleWidth(1)
    for place, (pane, share) in enumerate(zip(panes, shares, strict=True)):
        splitter.addWidget(pane)
        splitter.setStretchFactor(place, share)
    splitter.setSizes([share * 1000 for share in shares])
    return splitter


def save_all(folder: Path) -> None:
    """Write every picture into ``folder``."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    for mode in MODES:
        apply(app, mode)
        for filled in (True, False):
            bench = Workbench()
            if filled:
                bench.fill()
            for width, height in SIZES:
                bench.resize(width, height)
                bench.show()
                app.processEvents()
                kind = "filled" if filled else "empty"
                bench.grab().save(str(folder / f"{kind}-{mode}-{width}.png"))
            if filled:
                _save_contents(app, bench, folder, mode)
            bench.close()
            bench.deleteLater()


def _save_contents(app: QApplication, bench: Workbench, folder: Path, mode: str) -> None:
    bench.grid.set_layout("2x2")
    for name, contents in (
        ("fields", (Content.GRID, Content.ARROWS, Content.MAGNITUDE, Content.JACOBIAN)),
        ("pictures", (Content.SOURCE, Content.GENERATED, Content.GRID, Content.DIFFERENCE)),
    ):
        bench.grid.set_contents(contents)
        app.processEvents()
        bench.grid.grab().save(str(folder / f"viewports-{name}-{mode}.png"))


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    target.mkdir(parents=True, exist_ok=True)
    save_all(target)
    print(target)
