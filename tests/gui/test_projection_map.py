"""UMAP in the projection pane, made by a child process; and settings that a project keeps."""

from __future__ import annotations

import csv
import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel

from motionstudio import embed
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.embedding import EmbeddingOptions
from motionstudio.core.projection import FitOptions
from motionstudio.document.change import ProjectState
from motionstudio.document.projection_view import ProjectionView
from motionstudio.document.schema import to_plain, view_from_plain
from motionstudio.document.view import ViewState
from motionstudio.gui.items.fit_form import FitForm
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.mapping import MapMaker
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click, move, press, release
from tests.gui.test_projection_pane import plot
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle

FAKE = """
import sys
import numpy as np
held = np.load(sys.argv[1])
rows, seed = held["rows"], int(held["seed"])
if seed == 13:
    sys.exit("it is thirteen")
if seed == 14:
    sys.stdin.read()
    import threading
    threading.Event().wait()
across = np.arange(len(rows)) * float(held["min_dist"])
points = np.stack([across, across % 7 + seed], axis=1)
np.savez(sys.argv[2], points=points, method="UMAP fake")
"""


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    made = make_window((1440, 900))
    for name, count in (("beat", 12), ("slow", 9)):
        path = tmp_path / f"{name}.npz"
        write_clip(Clip(blob_frames(count, 48), uniform_times(count, 20)), path)
        open_clip(qtbot, made, path)
    fake = tmp_path / "fake.py"
    fake.write_text(FAKE)
    maps(made).command = (sys.executable, str(fake))
    maps(made).installed = lambda: True
    made.bench.show_pane("projection")
    qtbot.waitUntil(lambda: bool(plot(made).state.trajectories), timeout=20_000)
    settle(qtbot, made)
    made.presenters.explore.projection.refresh()
    return made


def maps(window: MainWindow) -> MapMaker:
    return window.presenters.explore.maps


def choose(qtbot: Any, window: MainWindow, seed: int = 0) -> None:
    form = window.presenters.explore.projection_pane.form
    form.seed.setValue(seed)
    form.method.setCurrentIndex(form.method.findData("umap"))
    qtbot.waitUntil(lambda: not maps(window).busy, timeout=20_000)


def test_the_map_is_shown_with_all_its_settings(qtbot: Any, window: MainWindow) -> None:
    choose(qtbot, window, seed=3)
    pane = window.presenters.explore.projection_pane
    state = plot(window).state
    assert (state.x_name, state.y_name) == ("UMAP 1", "UMAP 2")
    beat = next(t for t in state.trajectories if t.name == "beat")
    assert np.allclose(beat.points[:, 0], np.arange(12) * 0.1)
    assert np.allclose(beat.points[0, 1], 3)
    words = pane.caption.text()
    assert "15 neighbours" in words
    assert "seed 3" in words
    assert "21 frames" in words
    assert not pane.grid.isEnabled()
    assert "no way back" in pane.grid.toolTip()
    pane.form.method.setCurrentIndex(0)
    assert plot(window).state.x_name.startswith("PC 1")
    assert pane.grid.isEnabled()


def test_points_of_a_map_lead_to_frames_but_stay(qtbot: Any, window: MainWindow) -> None:
    choose(qtbot, window)
    said: list[Any] = []
    window.session.notices.posted.connect(said.append)
    trajectory = plot(window).state.active
    assert trajectory is not None
    x, y = trajectory.points[5]
    pixel = plot(window).pixel_of((float(x), float(y)))
    start = pixel.x(), pixel.y()
    click(plot(window).viewport(), start)
    assert window.session.playhead == 5
    view = plot(window).viewport()
    press(view, start)
    move(view, (start[0] + 30, start[1]))
    release(view, (start[0] + 30, start[1]))
    track = active(window).track
    assert track is not None
    assert not track.is_edited
    words = "cannot be dragged"
    qtbot.waitUntil(lambda: any(words in notice.text for notice in said), timeout=5000)


def test_a_map_that_fails_says_why_and_components_stay(qtbot: Any, window: MainWindow) -> None:
    choose(qtbot, window, seed=13)
    pane = window.presenters.explore.projection_pane
    assert "UMAP stopped: it is thirteen" in pane.note.text()
    assert plot(window).state.x_name.startswith("PC 1")


def test_a_map_is_cancelled_at_once(qtbot: Any, window: MainWindow) -> None:
    form = window.presenters.explore.projection_pane.form
    form.seed.setValue(14)
    form.method.setCurrentIndex(form.method.findData("umap"))
    qtbot.waitUntil(lambda: maps(window).busy, timeout=5_000)
    assert "map" in window.presenters.tasks.running
    window.presenters.tasks.cancel("map")
    assert not maps(window).busy
    assert "map" not in window.presenters.tasks.running
    assert "cancelled" in window.presenters.explore.projection_pane.note.text()


def test_without_umap_its_entry_says_how_to_get_it(window: MainWindow) -> None:
    maps(window).installed = lambda: False
    window.presenters.explore.projection.refresh()
    box = window.presenters.explore.projection_pane.form.method
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    item = model.item(box.findData("umap"))
    assert not item.isEnabled()
    assert "pip install umap-learn" in item.data(Qt.ItemDataRole.ToolTipRole)


def test_the_map_is_exported_with_its_settings(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    choose(qtbot, window, seed=2)
    export = window.presenters.explore.projection_export
    export.write_points(tmp_path / "points.csv")
    facts = json.loads((tmp_path / "points.json").read_text())["map"]
    assert (facts["n_neighbors"], facts["min_dist"], facts["random_state"]) == (15, 0.1, 2)
    with (tmp_path / "points.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 21
    assert float(lines[3]["umap1"]) == pytest.approx(0.3)
    export.write_points(tmp_path / "points.npz")
    with np.load(tmp_path / "points.npz") as held:
        assert held["umap"].shape == (21, 2)
        assert held["umap"][3, 0] == pytest.approx(0.3)


def test_axes_colours_and_fit_are_part_of_the_view(qtbot: Any, window: MainWindow) -> None:
    pane = window.presenters.explore.projection_pane
    pane.by_time.click()
    pane.axesChosen.emit((1, 2))
    pane.form.whiten.click()
    qtbot.waitUntil(lambda: "whitened" in pane.caption.text(), timeout=10_000)
    kept = window.session.view.state.projection
    assert kept == ProjectionView((1, 2), by_time=False, fit=FitOptions(whiten=True))
    window.session.view.update(projection=ProjectionView())
    qtbot.waitUntil(lambda: "whitened" not in pane.caption.text(), timeout=10_000)
    assert pane.by_time.isChecked()
    assert not pane.form.whiten.isChecked()
    assert plot(window).state.x_name.startswith("PC 1")
    window.session.view.update(projection=kept)
    qtbot.waitUntil(lambda: "whitened" in pane.caption.text(), timeout=10_000)
    assert not pane.by_time.isChecked()
    assert plot(window).state.x_name.startswith("PC 2")


def test_a_project_file_keeps_them() -> None:
    shown = ProjectionView(
        (2, 0, 1), (0.25, -0.5), False, FitOptions("active", True, "rest", True),
        EmbeddingOptions(30, 0.25, 9),
    )  # fmt: skip
    plain, _ = to_plain(ProjectState(()), ViewState(projection=shown))
    read = view_from_plain(json.loads(json.dumps(plain)))
    assert read is not None
    assert read.projection == shown


def test_the_child_asks_umap_for_what_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    class Fake:
        def __init__(self, **settings: Any) -> None:
            asked.update(settings)

        def fit_transform(self, rows: Any) -> Any:
            return rows[:, :2].astype(np.float32)

    module = types.ModuleType("umap")
    module.UMAP = Fake  # type: ignore[attr-defined]
    module.__version__ = "1.2"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "umap", module)
    rows = np.arange(24, dtype=np.float32).reshape(8, 3)
    np.savez(tmp_path / "in.npz", rows=rows, neighbours=15, min_dist=0.2, seed=4)
    assert embed.main([str(tmp_path / "in.npz"), str(tmp_path / "out.npz")]) == 0
    assert asked["n_neighbors"] == 7  # one fewer than there are rows
    assert (asked["min_dist"], asked["random_state"], asked["n_jobs"]) == (0.2, 4, 1)
    with np.load(tmp_path / "out.npz") as held:
        assert np.array_equal(held["points"], rows[:, :2])
        assert str(held["method"]) == "UMAP 1.2"


def test_the_form_of_a_map_is_no_wider_than_that_of_components(qtbot: Any) -> None:
    form = FitForm()
    qtbot.addWidget(form)
    before = form.minimumSizeHint().width()
    form.set_embedding(EmbeddingOptions())
    assert form.minimumSizeHint().width() <= before + 40
