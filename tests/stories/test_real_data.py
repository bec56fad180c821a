"""The main job on real clips, through the same window."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.commands import EditLatent
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.latent_words import busiest
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.tour import run_tour
from motionstudio.io import read_clip
from tests.gui.conftest import MakeWindow
from tests.stories.steps import active, generated, is_encoded, key, open_clip, settle

pytestmark = pytest.mark.real_data

CLIPS = (
    ("cardiac_cine_human/sax_z05.npz", 20, (144, 144), "heart"),
    ("cardiac_cine_human/sax_4d.nii.gz", 20, (144, 144), "heart"),
    ("cardiac_cine_human/dicom_z05", 20, (256, 256), "heart"),
    ("sprites_lpc/walk_left_b.gif", 8, (64, 64), "figures"),
)


@pytest.mark.parametrize(("name", "count", "size", "model"), CLIPS)
def test_the_main_job_on_a_real_clip(
    qtbot: Any,
    make_window: MakeWindow,
    real_data: Path,
    tmp_path: Path,
    name: str,
    count: int,
    size: tuple[int, int],
    model: str,
) -> None:
    window = make_window()
    subject = open_clip(qtbot, window, real_data / name)
    assert (len(subject.clip), subject.clip.size, subject.model) == (count, size, model)
    assert generated(window).shape[:2] == size
    _edit_and_undo(qtbot, window)
    _drop_every_second(qtbot, window)
    _export(qtbot, window, tmp_path)


def _edit_and_undo(qtbot: Any, window: MainWindow) -> None:
    subject = active(window)
    frame = len(subject.clip) // 2
    window.presenters.playback.go(frame)
    settle(qtbot, window)
    before = generated(window)
    dim = busiest(subject.track.base.mean, 1)[0]
    window.session.push(EditLatent(subject.id, (frame,), (dim,), np.array([[1.0]], np.float32)))
    settle(qtbot, window)
    assert not np.array_equal(generated(window), before)
    key(window, "Ctrl+Z")
    settle(qtbot, window)
    assert np.array_equal(generated(window), before)


def _drop_every_second(qtbot: Any, window: MainWindow) -> None:
    key(window, "Shift+D")
    qtbot.waitUntil(lambda: is_encoded(window), timeout=60_000)
    kept = active(window).kept
    assert np.array_equal(active(window).track.base.filled, ~kept)
    errors = window.presenters.errors
    qtbot.waitUntil(lambda: bool(np.isfinite(errors.errors).all()), timeout=60_000)
    assert errors.errors[0] == 0
    assert (errors.errors[~kept] > 0).all()


def _export(qtbot: Any, window: MainWindow, folder: Path) -> None:
    subject, exporting = active(window), window.presenters.exporting
    written = {}
    for kind in (ExportKind.MP4, ExportKind.GIF, ExportKind.NPZ, ExportKind.CSV):
        path = folder / f"out{kind.suffix}"
        with qtbot.waitSignal(exporting.finished, timeout=60_000) as ended:
            exporting.start(subject, ExportOptions(kind, path))
        assert ended.args == [path]
        written[kind] = path
    arrays = np.load(written[ExportKind.NPZ])
    assert np.array_equal(arrays["mean"], subject.track.values)
    assert np.array_equal(arrays["kept"], subject.kept)
    assert arrays["displacement"].shape == (len(subject.clip), 2, *subject.clip.size)
    assert len(read_clip(written[ExportKind.MP4])) == len(subject.clip)
    assert len(written[ExportKind.CSV].read_text().splitlines()) == len(subject.clip) + 1


@pytest.mark.slow
def test_the_tour_with_the_shipped_model(
    qapp: Any, real_data: Path, tmp_path: Path, shipped: Callable[[SettingsStore], MainWindow]
) -> None:
    lines: list[str] = []
    files = run_tour(
        real_data / "cardiac_cine_human/sax_z05.npz", tmp_path / "tour", lines.append, shipped
    )
    assert [f.suffix for f in files].count(".png") >= 6
    assert {"motion.mp4", "motion.csv", "motion.npz"} <= {f.name for f in files}
    assert all(f.stat().st_size > 0 for f in files)
    assert any("withheld truth" in line for line in lines)


@pytest.fixture
def shipped() -> Callable[[SettingsStore], MainWindow]:
    """The real window with the shipped checkpoint, which may not be trained yet."""
    from motionstudio.models.registry import find_checkpoint

    try:
        find_checkpoint("heart")
    except MotionStudioError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    return MainWindow
