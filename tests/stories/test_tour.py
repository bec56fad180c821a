"""The tour drives the real window and leaves pictures, a film and the motion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from motionstudio.core.errors import MotionStudioError
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.runner import Runner
from motionstudio.gui.engine_bridge import EngineBridge
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.catalogue import Catalogue
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.tour import run_tour
from motionstudio.io import read_clip
from tests.gui.small_model import SmallModel

Make = Callable[[SettingsStore], MainWindow]


@pytest.fixture
def make(small_models: dict[str, SmallModel]) -> Make:
    def handler(gallery: Gallery) -> Runner:
        return Runner(load=lambda name, _device: small_models[name], gallery=gallery)

    def window(settings: SettingsStore) -> MainWindow:
        cards = tuple(model.card for model in small_models.values())
        return MainWindow(
            settings,
            engine=EngineBridge(make_handler=handler),
            catalogue=Catalogue(lambda: cards),
        )

    return window


def test_the_tour_writes_every_step(qapp: Any, make: Make, clip_path: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    out = tmp_path / "tour"
    files = run_tour(clip_path, out, lines.append, make)
    pictures = [file for file in files if file.suffix == ".png"]
    assert [file.name[:2] for file in pictures] == [f"{i + 1:02d}" for i in range(len(pictures))]
    assert all(QImage(str(file)).width() == 1440 for file in pictures)
    assert len(read_clip(out / "motion.mp4")) == 16
    arrays = np.load(out / "motion.npz")
    assert arrays["kept"].tolist() == [t % 2 == 0 for t in range(16)]
    assert (out / "motion.csv").read_text().count("\n") == 17
    assert len(lines) == len(files)


def test_the_tour_runs_on_the_sample(qapp: Any, make: Make, tmp_path: Path) -> None:
    assert len(run_tour(None, tmp_path / "tour", make_window=make)) >= 9


def test_the_tour_names_a_broken_clip(qapp: Any, make: Make, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gif"
    broken.write_bytes(b"nothing")
    with pytest.raises(MotionStudioError, match=r"broken\.gif"):
        run_tour(broken, tmp_path / "tour", make_window=make)
