"""What is exported, read by other programs' libraries and compared with what is on screen."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load_file

from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.stories.steps import LONG, active, generated, open_clip, settle


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    """An edited clip."""
    window = make_window()
    open_clip(qtbot, window, clip_path)
    window.presenters.latent.type_value((4,), (0,), 1.5)
    settle(qtbot, window)
    return window


def _export(qtbot: Any, window: MainWindow, kind: ExportKind, folder: Path) -> Path:
    path = folder / f"{kind.value}{kind.suffix}"
    exporting = window.presenters.exporting
    with qtbot.waitSignal(exporting.finished, timeout=LONG) as ended:
        exporting.start(active(window), ExportOptions(kind, path))
    assert ended.args == [path]
    return path


def _on_screen(qtbot: Any, window: MainWindow) -> list[Any]:
    """What was painted, frame by frame."""
    found = []
    for frame in range(len(active(window).clip)):
        window.session.view.update(playhead=frame)
        settle(qtbot, window)
        found.append(window.presenters.pictures.shown)
    return found


def _pillow(path: Path) -> NDArray[np.uint8]:
    if path.is_dir():
        return np.stack([np.asarray(Image.open(p).convert("L")) for p in sorted(path.glob("*"))])
    with Image.open(path) as film:
        frames = []
        for number in range(getattr(film, "n_frames", 1)):
            film.seek(number)
            frames.append(np.asarray(film.convert("L")))
    return np.stack(frames)


def test_pictures_are_those_on_screen_pixel_by_pixel(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    shown = np.stack([ready.picture[..., 0] for ready in _on_screen(qtbot, window)])
    assert len(np.unique(shown.reshape(len(shown), -1), axis=0)) > 1
    for kind in (ExportKind.GIF, ExportKind.APNG, ExportKind.PNG):
        np.testing.assert_array_equal(
            _pillow(_export(qtbot, window, kind, tmp_path)), shown, err_msg=kind.value
        )
    still = tmp_path / "still.png"
    window.session.view.update(playhead=6)
    settle(qtbot, window)
    exporting = window.presenters.exporting
    with qtbot.waitSignal(exporting.finished, timeout=LONG):
        exporting.start(active(window), ExportOptions(ExportKind.STILL, still, first=6, last=6))
    np.testing.assert_array_equal(_pillow(still)[0], generated(window)[..., 0])


def test_fields_are_those_behind_the_arrows_value_by_value(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    shown = _on_screen(qtbot, window)
    arrays = np.load(_export(qtbot, window, ExportKind.FIELDS, tmp_path))
    for name in ("displacement", "inverse"):
        behind = np.stack([getattr(ready, name) for ready in shown])
        np.testing.assert_array_equal(arrays[name], behind)
    image: Any = nib.load(_export(qtbot, window, ExportKind.NIFTI, tmp_path))
    volume = np.asanyarray(image.dataobj)
    np.testing.assert_array_equal(volume[:, :, 0].transpose(2, 3, 1, 0), arrays["displacement"])
    jacobian: Any = nib.load(_export(qtbot, window, ExportKind.JACOBIAN, tmp_path))
    values = np.asanyarray(jacobian.dataobj)[:, :, 0].transpose(2, 1, 0)
    np.testing.assert_array_equal(values, arrays["jacobian"])
    # Determined anew from the field, by another library, away from the edges.
    (dx_y, dx_x), (dy_y, dy_x) = (np.gradient(part) for part in arrays["inverse"][6])
    again = (1 + dx_x) * (1 + dy_y) - dx_y * dy_x
    inner = (slice(2, -2), slice(2, -2))
    np.testing.assert_allclose(arrays["jacobian"][6][inner], again[inner], atol=1e-5)


def test_numbers_of_the_matrix_are_those_in_the_document(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    track = active(window).track
    assert track is not None
    rows = track.motion().mean
    with _export(qtbot, window, ExportKind.CSV, tmp_path).open(newline="") as stream:
        head, *lines = csv.reader(stream)
    dims = rows.shape[1]
    table = np.array([[np.float32(cell) for cell in line[-dims:]] for line in lines])
    assert head[-dims:] == [f"z{dim}" for dim in range(dims)]
    np.testing.assert_array_equal(table, rows)
    arrays = np.load(_export(qtbot, window, ExportKind.LATENTS, tmp_path))
    np.testing.assert_array_equal(arrays["mean"], rows)
    tensors = load_file(_export(qtbot, window, ExportKind.SAFETENSORS, tmp_path))
    np.testing.assert_array_equal(tensors["mean"], rows)
