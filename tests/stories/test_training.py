"""Training from the window: what is asked, what is shown, and a real run in its process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QWidget

from motionstudio.core.errors import MotionStudioError
from motionstudio.gui.dialogs.train_options import TrainChoice, TrainDialog
from motionstudio.gui.dialogs.unsaved import RunsAnswer
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.panes.training import TrainingPane, state_text, time_text
from motionstudio.gui.training.form import TrainForm
from motionstudio.gui.training.loss_plot import LossPlot
from motionstudio.gui.training.material import write_subjects
from motionstudio.gui.training.progress import Phase, Progress
from motionstudio.gui.training.reasons import explain
from motionstudio.gui.training.runs import Runs
from motionstudio.io import read_clip
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import read_card
from motionstudio.training.events import (
    Event,
    Failed,
    Finished,
    Paused,
    Said,
    Stepped,
    Watched,
    to_line,
)
from motionstudio.training.loop import train
from motionstudio.training.orders import Orders
from motionstudio.training.own_clips import Wish, recipe_for, write_recipe
from motionstudio.training.run_folder import Order, RunFolder
from tests.gui.conftest import MakeWindow
from tests.stories.steps import active, open_clip
from tests.training import small

LONG_MS = 60_000


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    """A checkpoint that can be trained on, hardly trained itself."""
    folder = tmp_path_factory.mktemp("template")
    chosen = small.recipe(folder)
    train(chosen, folder / "work", folder / "small", tell=lambda _event: None)
    write_recipe(chosen, folder / "small" / "recipe.toml")
    return read_card(folder / "small")


def _film(path: Path) -> Path:
    y, x = np.mgrid[:32, :32].astype(np.float32)
    films = [np.exp(-((x - 10 - t) ** 2 + (y - 16) ** 2) / 30) for t in range(8)]
    np.savez(path, frames=np.round(255 * np.stack(films))[..., None].astype(np.uint8))
    return path


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As in the processes of runs: more threads add up in another order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _step(step: int, **losses: float) -> Stepped:
    return Stepped(step, 100, losses, 1e-3, 4.0, 90.0, 0.04)


@pytest.fixture
def runs(qtbot: Any, tmp_path: Path) -> Iterator[Runs]:
    made = Runs(tmp_path / "runs", tmp_path / "checkpoints")
    yield made
    for name in made.living:
        made.give(name, Order.DISCARD)
    qtbot.waitUntil(lambda: not made.living, timeout=LONG_MS)
    made.stop()


def test_progress_grows_with_events_and_repeated_steps_replace() -> None:
    progress = Progress()
    events: tuple[Event, ...] = (
        Said("generator"), _step(10, fit=1.0), _step(20, fit=0.5), Paused(25),
        _step(20, fit=0.4), Watched(20, "a.png", 0.1, 0.2, False, "film"), Finished(30, "x"),
    )  # fmt: skip
    for event in events:
        progress.take(event)
    assert progress.losses == {"fit": [(10, 1.0), (20, 0.4)]}
    assert progress.held_out == {"watched clip": [(20, 0.1)]}
    assert (progress.phase, progress.step, progress.over) == (Phase.FINISHED, 30, True)


def test_a_failure_is_said_with_what_to_do() -> None:
    progress = Progress()
    progress.take(Failed("The disk is full.", "Make room."))
    assert (progress.phase, progress.words, progress.hint) == (
        Phase.FAILED, "The disk is full.", "Make room.",
    )  # fmt: skip


def test_times_are_said_in_fitting_units() -> None:
    assert [time_text(s) for s in (0.2, 45, 240, 9000)] == ["1 s", "45 s", "4 min", "2.5 h"]


def test_the_plot_smooths_training_and_leaves_held_out_figures_alone(qtbot: Any) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.set_points({"fit": [(0, 1.0), (1, 0.0)]}, {"1 - LCC": [(0, 0.5), (1, 0.25)]})
    plot.set_manner(log=False, smoothing=0.5)
    assert plot.curves["1 - LCC"][:, 1].tolist() == [0.5, 0.25]
    np.testing.assert_allclose(plot.curves["fit"][:, 1], [1.0, 1 / 3])
    plot.set_manner(log=True, smoothing=0.0)
    assert plot.curves["fit"][:, 1].tolist() == [1.0, 0.0]


def test_the_pane_shows_buttons_that_fit_the_phase(qtbot: Any, tmp_path: Path) -> None:
    pane = TrainingPane()
    qtbot.addWidget(pane)
    pane.set_runs(("mine",), "mine")
    pane.show()
    progress = Progress()
    QImage(8, 4, QImage.Format.Format_RGB32).save(str(tmp_path / "a.png"))
    progress.take(_step(10, fit=1.0))
    progress.take(Watched(0, "a.png", 0.2, 0.3, True, "film"))
    pane.show_progress(progress, True, tmp_path)
    assert pane.plot is not None
    assert "step 10 of 100" in pane.state.text()
    assert "4% waiting for data" in pane.state.text()
    assert "never trained on" in pane.clip.text()
    assert not pane.sheet.image.isNull()
    shown = {b.text() for b in (pane.pause, pane.keep, pane.discard, pane.use) if b.isVisible()}
    assert shown == {"Pause", "Stop and keep", "Discard…"}
    with qtbot.waitSignal(pane.pauseRequested):
        pane.pause.click()
    progress.take(Paused(12))
    pane.show_progress(progress, True, tmp_path)
    with qtbot.waitSignal(pane.resumeRequested):
        pane.pause.click()
    progress.take(Finished(100, "mine"))
    pane.show_progress(progress, False, tmp_path)
    shown = {b.text() for b in (pane.pause, pane.keep, pane.discard, pane.use) if b.isVisible()}
    assert shown == {"Use it", "Remove…"}
    assert state_text(progress) == "Finished · step 100 of 100"


def _wish(template: ModelCard, tmp_path: Path, name: str, steps: int) -> Wish:
    return Wish(name, (_film(tmp_path / "film.npz"),), template, steps=steps)


def test_statement_23_the_plot_follows_a_run_and_stop_and_keep_leaves_a_checkpoint(
    qtbot: Any, runs: Runs, template: ModelCard, tmp_path: Path
) -> None:
    runs.start(recipe_for(_wish(template, tmp_path, "mine", 100_000)))
    run = runs.run("mine")
    assert run is not None
    qtbot.waitUntil(lambda: bool(run.progress.losses), timeout=LONG_MS)
    # An event that is written appears in what is shown at the next look, within a second.
    seen = run.progress.step
    qtbot.waitUntil(lambda: run.progress.step > seen, timeout=LONG_MS)
    runs.give("mine", Order.PAUSE)
    qtbot.waitUntil(lambda: run.progress.phase is Phase.PAUSED, timeout=LONG_MS)
    assert run.folder.state.is_file()
    runs.resume("mine")
    qtbot.waitUntil(lambda: run.progress.phase is Phase.RUNNING, timeout=LONG_MS)
    with qtbot.waitSignal(runs.finished, timeout=LONG_MS):
        runs.give("mine", Order.KEEP)
    assert read_card(tmp_path / "checkpoints" / "mine").title.startswith("mine, after")


def test_a_killed_run_is_said_and_goes_on(
    qtbot: Any, runs: Runs, template: ModelCard, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "runs" / "cut")
    recipe = recipe_for(_wish(template, tmp_path, "cut", 4))
    write_recipe(recipe, folder.recipe)
    with Orders(folder) as orders:
        runs.find()
        orders.tell(_step(2, fit=1.0))
        run = runs.run("cut")
        assert run is not None
        qtbot.waitUntil(lambda: run.progress.phase is Phase.RUNNING, timeout=LONG_MS)
        with qtbot.waitSignal(runs.failed, timeout=LONG_MS) as told:
            orders.__exit__(None, None, None)  # As when the process is killed.
    assert told.args[0] == "cut"
    assert run.progress.phase is Phase.INTERRUPTED
    with qtbot.waitSignal(runs.finished, timeout=LONG_MS):
        runs.resume("cut")
    assert (tmp_path / "checkpoints" / "cut").is_dir()


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_of_the_window_that_is_killed_goes_on_with_the_same_losses(
    qtbot: Any, runs: Runs, template: ModelCard, tmp_path: Path
) -> None:
    recipe = recipe_for(_wish(template, tmp_path, "killed", 150))
    whole: list[Event] = []
    train(recipe, tmp_path / "whole", tmp_path / "model", data=tmp_path, tell=whole.append)
    runs.start(recipe)
    run = runs.run("killed")
    assert run is not None
    # At once, so that most steps are left when it is killed, however busy the machine is.
    runs.give("killed", Order.PAUSE)
    qtbot.waitUntil(lambda: run.progress.phase is Phase.PAUSED, timeout=LONG_MS)
    runs.give("killed", Order.GO)
    paused = run.progress.step
    qtbot.waitUntil(lambda: run.progress.step > paused, timeout=LONG_MS)
    os.kill(int((run.folder.path / "lock.json").read_text()), signal.SIGKILL)
    qtbot.waitUntil(lambda: run.progress.phase is Phase.INTERRUPTED, timeout=LONG_MS)
    with qtbot.waitSignal(runs.finished, timeout=LONG_MS):
        runs.resume("killed")
    told, _ = run.folder.read()
    seen = [{e.step: e.error for e in found if isinstance(e, Watched)} for found in (whole, told)]
    assert len(seen[0]) > 10
    assert seen[0] == seen[1]
    states = (tmp_path / "model", tmp_path / "checkpoints" / "killed")
    assert read_card(states[0]).hash == read_card(states[1]).hash


def test_long_stories_of_old_runs_are_read_bit_by_bit(
    qtbot: Any, runs: Runs, template: ModelCard, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "runs" / "old")
    write_recipe(recipe_for(_wish(template, tmp_path, "old", 4)), folder.recipe)
    lines = [to_line(_step(step, fit=1.0)) for step in range(1, 1001)]
    folder.events.write_text("\n".join([*lines, to_line(Finished(1000, "old"))]) + "\n")
    told: list[str] = []
    runs.finished.connect(told.append)
    runs.find()
    run = runs.run("old")
    assert run is not None
    assert run.progress.step < 1000
    qtbot.waitUntil(lambda: not run.behind, timeout=LONG_MS)
    assert len(run.progress.losses["fit"]) == 1000
    assert run.progress.phase is Phase.FINISHED
    # What ended before this window was there is no news.
    assert told == []


@pytest.mark.parametrize("yes", [True, False])
def test_a_finished_run_is_removed_when_people_mean_it(
    qtbot: Any, make_window: MakeWindow, template: ModelCard, tmp_path: Path, yes: bool
) -> None:
    training = make_window().presenters.training
    folder = RunFolder(training._folder / "old")
    write_recipe(recipe_for(_wish(template, tmp_path, "old", 4)), folder.recipe)
    folder.events.write_text(to_line(Finished(4, "old")) + "\n")
    training.runs.find()
    qtbot.waitUntil(lambda: training.usable, timeout=LONG_MS)
    asked: list[tuple[str, bool]] = []

    def ask(_parent: QWidget, name: str, finished: bool) -> bool:
        asked.append((name, finished))
        return yes

    training.ask_discard = ask
    training._pane.discard.click()
    assert asked == [("old", True)]
    assert folder.path.exists() is not yes
    assert (training.runs.names == ()) is yes


def test_names_are_free_and_fit_a_folder(runs: Runs, tmp_path: Path) -> None:
    assert runs.free_name("My clip!") == "My_clip"
    (tmp_path / "checkpoints" / "My_clip").mkdir(parents=True)
    assert runs.free_name("My clip!") == "My_clip_2"
    assert runs.free_name("") == "mine"


def test_a_discarded_dead_run_leaves_nothing(
    qtbot: Any, runs: Runs, template: ModelCard, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "runs" / "old")
    write_recipe(recipe_for(_wish(template, tmp_path, "old", 4)), folder.recipe)
    runs.find()
    runs.give("old", Order.DISCARD)
    assert runs.names == ()
    assert not folder.path.exists()


def test_subjects_are_written_as_their_model_sees_them(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    subject = active(window)
    (path,) = write_subjects((subject,), tmp_path / "out")
    clip = read_clip(path)
    assert (len(clip), clip.size) == (len(subject.clip), (256, 256))
    np.testing.assert_allclose(clip.times, subject.clip.times, atol=1e-6)


def _dialog(window: MainWindow, template: ModelCard, scratch: Path) -> TrainDialog:
    subject = active(window)
    return TrainDialog(
        window.session.project.subjects, subject.id, (template,), "", lambda wish: wish or "mine",
        scratch, window.session.media.submit, window,
    )  # fmt: skip


def test_the_dialog_says_the_cost_before_it_starts(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, template: ModelCard, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    dialog = _dialog(window, template, tmp_path / "scratch")
    dialog.show()
    with qtbot.waitSignal(dialog.costing.measured, timeout=LONG_MS):
        pass
    assert "About" in dialog.form.cost.text()
    assert "300 steps" in dialog.form.cost.text()
    dialog.form.effort.setCurrentIndex(1)
    dialog.form.effort.activated.emit(1)
    assert "1,500 steps" in dialog.form.cost.text()
    dialog.add_files([tmp_path / "another.mp4"])
    assert "1 clip is only looked at" in dialog.form.split.text()
    choice = dialog.choice()
    assert choice is not None
    assert (len(choice.subjects), choice.files) == (1, (tmp_path / "another.mp4",))
    assert not dialog.form.pixels.isEnabled()
    assert "start anew" in dialog.form.pixels.toolTip()
    dialog.form.anew.setChecked(True)
    dialog.form.pixels.setCurrentIndex(dialog.form.pixels.findData(64))
    dialog.form.every.setCurrentIndex(dialog.form.every.findData(0))
    dialog.form.augment.setCurrentIndex(dialog.form.augment.findData(0.0))
    dialog.form.stops.setChecked(True)
    assert "All clips are trained on" in dialog.form.split.text()
    choice = dialog.choice()
    assert choice is not None
    recipe = choice.recipe(())
    assert (recipe.model["size"], recipe.patience, recipe.stop_by) == (64, 3, "watched clip")
    assert (recipe.stages[0].turn, recipe.stages[0].flip) == (0.0, False)
    assert recipe.start_from == ""
    dialog.reject()
    assert not dialog.costing.running


def test_files_dropped_on_the_dialog_are_clips(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, template: ModelCard, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    dialog = _dialog(window, template, tmp_path / "scratch")
    assert not dialog.form.fit.isEnabled()
    assert "this is for files" in dialog.form.fit.toolTip()
    (tmp_path / "films").mkdir()
    for name in ("a.npz", "b.npz"):
        _film(tmp_path / "films" / name)
    (tmp_path / "films" / "notes.md").write_text("no clip")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "films"))])
    dialog.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    choice = dialog.choice()
    assert choice is not None
    assert [path.name for path in choice.files] == ["a.npz", "b.npz"]
    assert dialog.form.fit.isEnabled()
    assert dialog.form.every.isEnabled()
    dialog.reject()


def test_fields_without_effect_say_why(qtbot: Any, template: ModelCard) -> None:
    form = TrainForm()
    qtbot.addWidget(form)
    form.stops.setChecked(True)
    explain(form, template.model_copy(update={"system": "recomposing"}))
    assert not form.stops.isEnabled()
    assert not form.stops.isChecked()
    assert "no pictures" in form.stops.toolTip()
    assert "as they are" in form.augment.toolTip()
    explain(form, template)
    assert form.stops.isEnabled()
    assert form.augment.isEnabled()


def test_without_a_clip_nothing_can_be_started(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, template: ModelCard, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    dialog = _dialog(window, template, tmp_path / "scratch")
    dialog.form.clips.item(0).setCheckState(type(dialog.form.clips.item(0).checkState()).Unchecked)
    assert dialog.choice() is None
    assert not dialog.train.isEnabled()
    assert "Choose at least one clip" in dialog.form.cost.text()
    dialog.reject()


def test_a_run_that_ended_becomes_a_model_of_the_window(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, template: ModelCard, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    training = window.presenters.training
    subject = active(window)
    choice = TrainChoice((subject,), (), template, True, 4, False, "own")
    with qtbot.waitSignal(training.runs.finished, timeout=LONG_MS):
        training.begin(choice)
    assert training.usable
    assert not window.bench.docks["training"].isHidden()

    def said() -> bool:
        return any("own is trained" in notice.text for notice in window.session.notices.recent)

    qtbot.waitUntil(said, timeout=LONG_MS)


@pytest.mark.parametrize(
    ("answer", "order", "closes"),
    [
        (RunsAnswer.GO_ON, Order.GO, True),
        (RunsAnswer.KEEP, Order.KEEP, True),
        (RunsAnswer.DISCARD, Order.DISCARD, True),
        (RunsAnswer.CANCEL, Order.GO, False),
    ],
)
def test_statement_05_closing_asks_what_becomes_of_runs(
    qtbot: Any,
    make_window: MakeWindow,
    template: ModelCard,
    tmp_path: Path,
    answer: RunsAnswer,
    order: Order,
    closes: bool,
) -> None:
    window = make_window()
    training = window.presenters.training
    folder = RunFolder(tmp_path / "runs" / "mine")
    write_recipe(recipe_for(_wish(template, tmp_path, "mine", 4)), folder.recipe)
    asked: list[tuple[str, ...]] = []

    def ask(_parent: QWidget, names: tuple[str, ...]) -> RunsAnswer:
        asked.append(names)
        return answer

    with Orders(folder):
        training.runs.find()
        assert training.may_close(ask) is closes
        assert asked == [("mine",)]
        assert folder.order() is order
    qtbot.waitUntil(lambda: not training.runs.living, timeout=LONG_MS)


def test_a_folder_that_cannot_be_written_is_said(
    runs: Runs, template: ModelCard, tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("in the way")
    with pytest.raises(MotionStudioError, match="cannot be written"):
        runs.start(recipe_for(_wish(template, tmp_path, "mine", 4)))


def test_a_dialog_that_closed_hears_no_more_of_its_measurement(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, template: ModelCard, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    submitted: list[Any] = []
    subject = active(window)
    dialog = TrainDialog(
        (subject,), subject.id, (template,), "", lambda wish: wish or "mine",
        tmp_path / "scratch", lambda _work, deliver: submitted.append(deliver), window,
    )  # fmt: skip
    dialog.show()
    qtbot.waitUntil(lambda: bool(submitted), timeout=LONG_MS)
    dialog.reject()
    dialog.deleteLater()
    with qtbot.waitSignal(dialog.destroyed):
        pass
    submitted[0](OSError("gone"))  # Touches nothing of the dialog.


def test_a_cost_of_other_choices_is_not_shown(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, template: ModelCard, tmp_path: Path
) -> None:
    window = make_window()
    open_clip(qtbot, window, clip_path)
    dialog = _dialog(window, template, tmp_path / "scratch")
    dialog.show()
    qtbot.waitUntil(lambda: dialog.costing.running, timeout=LONG_MS)
    dialog.form.generated.setChecked(True)
    assert not dialog.costing.running
    assert "Measuring" in dialog.form.cost.text()
    dialog.reject()


def test_the_list_of_runs_stays_open_while_one_of_them_gets_on(qtbot: Any) -> None:
    pane = TrainingPane()
    qtbot.addWidget(pane)
    pane.set_runs(("new", "old"), "new")
    told: list[int] = []
    pane.runs.model().rowsInserted.connect(lambda *_what: told.append(1))
    pane.set_runs(("new", "old"), "old")
    assert pane.runs.currentText() == "old"
    assert told == []


def test_the_part_of_the_plot_that_is_looked_at_stays(qtbot: Any) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    points = [(step, 1 / (1 + step)) for step in range(1000)]
    plot.set_points({"fit": points[:900]}, {})
    plot.getPlotItem().setXRange(100, 200, padding=0)
    plot.set_points({"fit": points}, {})
    assert plot.getPlotItem().viewRange()[0] == [100, 200]
    assert len(plot.curves["fit"]) == 1000


def test_using_a_trained_model_says_what_is_missing(qtbot: Any, make_window: MakeWindow) -> None:
    window = make_window()
    assert window.presenters.training.why_not_use() == "No finished run is shown."
    assert not window.actions_["model.use"].isEnabled()
