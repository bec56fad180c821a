"""One story: own clips, a real training run, and everything that is done with its model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.dialogs.train_options import TrainDialog
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.training.progress import Phase
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import read_card
from motionstudio.models.registry import load_model
from motionstudio.training.loop import train
from motionstudio.training.own_clips import write_recipe
from tests.gui.conftest import MakeWindow
from tests.gui.motion_drops import MotionDrag
from tests.gui.small_model import SmallModel
from tests.stories.steps import LONG, active, do, generated, is_encoded, open_clip, settle
from tests.training import small

NAME, STEPS = "own", 80


@pytest.fixture
def template(tmp_path: Path) -> ModelCard:
    """A checkpoint that can be trained on, hardly trained itself."""
    (tmp_path / "made").mkdir()
    chosen = small.recipe(tmp_path / "made")
    train(chosen, tmp_path / "made" / "work", tmp_path / "small", tell=lambda _event: None)
    write_recipe(chosen, tmp_path / "small" / "recipe.toml")
    return read_card(tmp_path / "small")


def _film(path: Path, top: int) -> Path:
    y, x = np.mgrid[:32, :32].astype(np.float32)
    films = [np.exp(-((x - 8 - t) ** 2 + (y - top) ** 2) / 30) for t in range(8)]
    np.savez(path, frames=np.round(255 * np.stack(films))[..., None].astype(np.uint8))
    return path


def _train(window: MainWindow) -> None:
    """Choose in the dialog and press its button."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, TrainDialog):
            QTimer.singleShot(20, answer)
            return
        form = dialog.form
        for row in range(form.clips.count()):
            form.clips.item(row).setCheckState(Qt.CheckState.Checked)
        form.steps.setValue(STEPS)
        form.name.setText(NAME)
        QTest.mouseClick(dialog.train, Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, answer)
    do(window, "model.train")


def _wait(qtbot: Any, window: MainWindow, phase: Phase) -> None:
    runs = window.presenters.training.runs

    def reached() -> bool:
        run = runs.run(NAME)
        return run is not None and run.progress.phase is phase

    qtbot.waitUntil(reached, timeout=LONG)


@pytest.mark.slow
def test_own_clips_are_trained_on_and_the_model_is_used_to_the_end(
    qtbot: Any,
    make_window: MakeWindow,
    small_models: dict[str, SmallModel],
    template: ModelCard,
    tmp_path: Path,
) -> None:
    small_models[template.name] = load_model(tmp_path / "small")  # type: ignore[assignment]
    window = make_window(cards=(template,))
    for number, top in enumerate((12, 20)):
        open_clip(qtbot, window, _film(tmp_path / f"film{number}.npz", top))
    pane = window.presenters.training._pane

    _train(window)
    # At once: so small a model is trained before a busy machine has shown that it has begun.
    qtbot.waitUntil(pane.pause.isVisible, timeout=LONG)
    QTest.mouseClick(pane.pause, Qt.MouseButton.LeftButton)
    _wait(qtbot, window, Phase.PAUSED)
    QTest.mouseClick(pane.pause, Qt.MouseButton.LeftButton)
    _wait(qtbot, window, Phase.FINISHED)
    run = window.presenters.training.runs.run(NAME)
    assert run is not None
    assert run.progress.losses["fit"]
    assert run.progress.step == STEPS
    assert not pane.sheet.image.isNull()
    assert run.progress.held_out["watched clip"][-1][0] == STEPS

    made = tmp_path / "checkpoints" / NAME
    small_models[NAME] = load_model(made)  # type: ignore[assignment]
    cards = (template, read_card(made))
    window.session.catalogue._find = lambda: cards
    window.session.catalogue.preload()
    for subject in window.session.project.subjects:
        window.session.show(subject.id)
        do(window, "model.use")
        qtbot.waitUntil(lambda: active(window).model == NAME and is_encoded(window), timeout=LONG)
        settle(qtbot, window)

    first, second = window.session.project.subjects
    window.session.show(first.id)
    window.presenters.latent.type_value((5,), (0,), 2.0)
    settle(qtbot, window)
    window.session.show(second.id)
    settle(qtbot, window)
    MotionDrag(first.id).drop(window.bench.viewports.shown[0].canvas)
    settle(qtbot, window)
    track, source = active(window).track, window.session.project.subject(first.id).track
    assert track is not None
    assert source is not None
    np.testing.assert_allclose(track.motion().mean, source.motion().mean, atol=1e-5)

    window.session.view.update(playhead=5)
    settle(qtbot, window)
    shown = generated(window).copy()
    exporting = window.presenters.exporting
    film = tmp_path / "out.mp4"
    with qtbot.waitSignal(exporting.finished, timeout=LONG):
        exporting.start(active(window), ExportOptions(ExportKind.MP4, film))
    with av.open(str(film)) as container:
        read = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(read) == 8
    assert np.abs(read[5].mean(2) - shown[..., 0]).mean() < 4

    project = tmp_path / "story.motion"
    window.presenters.saving.save(project)
    qtbot.waitUntil(lambda: not window.presenters.saving.unsaved, timeout=LONG)
    again = make_window(cards=cards)
    again.open_paths([project], ask=False)
    qtbot.waitUntil(lambda: len(again.session.project.subjects) == 2, timeout=LONG)
    settle(qtbot, again)
    assert [subject.model for subject in again.session.project.subjects] == [NAME, NAME]
    assert np.array_equal(generated(again), shown)
