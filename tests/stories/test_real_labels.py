"""Labels, trails and figures on real clips with the shipped heart model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.locations import resources_dir
from motionstudio.gui.engine_bridge import EngineBridge
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.catalogue import Catalogue
from motionstudio.gui.settings import SettingsStore
from tests.gui.conftest import _put_away
from tests.stories.steps import active, open_clip


@pytest.fixture
def window(qtbot: Any, tmp_path: Path) -> Any:
    made = MainWindow(
        SettingsStore(tmp_path / "settings.json"), engine=EngineBridge(), catalogue=Catalogue()
    )
    made.resize(1280, 720)
    made.show()
    made.start()
    yield made
    _put_away(made)


def measured(qtbot: Any, window: MainWindow, path: Path) -> np.ndarray:
    """(T,) Dice of label 1 carried from the reference to every labelled frame, NaN elsewhere."""
    subject = open_clip(qtbot, window, path)
    regions = window.presenters.overlays.regions
    qtbot.waitUntil(lambda: len(regions.measured) == len(subject.clip), timeout=60_000)
    return np.array([regions.measured[t].regions[1].dice for t in range(len(subject.clip))])


@pytest.mark.real_data
def test_labels_of_a_real_cine_stay_on_their_ventricle(
    qtbot: Any, window: MainWindow, real_data: Path
) -> None:
    overlap = measured(qtbot, window, real_data / "cardiac_cine_pig" / "sax_z09.npz")
    known = overlap[np.isfinite(overlap)]
    assert len(known) >= 2
    assert known.mean() > 0.75
    assert known.min() > 0.5
    assert "mm²" in window.presenters.overlays.measurements.words.text()


def test_the_sample_heart_shrinks_and_its_wall_is_shortened_around(
    qtbot: Any, window: MainWindow
) -> None:
    overlap = measured(qtbot, window, resources_dir() / "samples" / "heart_a.npz")
    assert overlap.min() > 0.9
    pane, measuring = (
        window.presenters.overlays.measurements, window.presenters.overlays.measuring
    )  # fmt: skip
    assert pane.label.currentText() == "left ventricle"
    assert "Change of area 2" in pane.words.text()
    pane.labelChanged.emit(2)
    pane.quantityChanged.emit("strain")
    assert measuring.label == 2
    around = pane.chart.series[1]
    assert around.name == "circumferential"
    assert np.nanmin(around.values) < -4
    assert abs(around.values[active(window).reference]) < 1e-3


def test_of_many_labels_it_outlines_only_the_one_that_is_measured(
    qtbot: Any, window: MainWindow
) -> None:
    open_clip(qtbot, window, resources_dir() / "samples" / "figure_walk.npz")
    overlays, viewport = window.presenters.overlays, window.bench.viewports.viewports[0]
    qtbot.waitUntil(lambda: len(viewport.inputs.source_marks) == 1, timeout=60_000)
    labels = overlays.regions.labels
    assert labels is not None
    assert len(labels.present) == 10
    first = viewport.inputs.source_marks[0]
    overlays.measurements.labelChanged.emit(labels.present[-1])

    def another() -> bool:
        marks = viewport.inputs.source_marks
        return len(marks) == 1 and marks[0].colour != first.colour

    qtbot.waitUntil(another, timeout=60_000)


def test_few_labels_are_all_outlined(qtbot: Any, window: MainWindow) -> None:
    open_clip(qtbot, window, resources_dir() / "samples" / "heart_a.npz")
    viewport = window.bench.viewports.viewports[0]
    qtbot.waitUntil(lambda: len(viewport.inputs.source_marks) == 3, timeout=60_000)
