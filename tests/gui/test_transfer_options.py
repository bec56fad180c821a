"""Options of a transfer in the whole window, with a small FOMM of random weights behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest

from motionstudio.core.carrying import Transfer
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.keypoints import from_rows, rest_of
from motionstudio.document.change import ProjectState
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import TEMPLATE, Offer
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.panes.transfer_options import OptionsView, TransferOptions
from motionstudio.gui.presenters.carry_defaults import Defaults, read_defaults
from motionstudio.io import write_clip
from motionstudio.io.template_file import load_template
from tests.gui.conftest import MakeWindow
from tests.gui.motion_drops import MotionDrag
from tests.gui.small_model import SmallModel, small_card
from tests.models import tiny_fomm
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle

LONG = 20_000
FRAMES = 6


@pytest.fixture
def small_models() -> dict[str, Any]:
    """A model with keypoints and one without."""
    fomm = tiny_fomm.fresh()
    return {fomm.card.name: fomm, "heart": SmallModel(small_card("heart", 1))}


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, small_models: Any, tmp_path: Path) -> MainWindow:
    """A clip ``walk`` and a picture ``statue``, both seen by FOMM; the picture is shown."""
    made = make_window(cards=tuple(model.card for model in small_models.values()))
    write_clip(Clip(shifted(FRAMES), uniform_times(FRAMES, 10)), tmp_path / "walk.npz")
    Image.fromarray(shifted(3)[2, ..., 0]).save(tmp_path / "statue.png")
    open_clip(qtbot, made, tmp_path / "walk.npz")
    choose(qtbot, made, "fresh_fomm")
    made.open_paths([tmp_path / "statue.png"], ask=False)
    qtbot.waitUntil(lambda: len(made.session.project.subjects) == 2, timeout=LONG)
    choose(qtbot, made, "fresh_fomm")
    return made


def shifted(count: int) -> np.ndarray:
    still = blob_frames(1, 48)[0]
    return np.stack([np.roll(still, (t, 2 * t), (0, 1)) for t in range(count)])


def choose(qtbot: Any, window: MainWindow, model: str) -> None:
    window.presenters.library.choose_model(model)
    subject = window.session.active
    assert subject is not None
    if len(subject.clip) > 1:
        qtbot.waitUntil(lambda: active(window).has_motion, timeout=LONG)


def named(window: MainWindow, name: str) -> Subject:
    return next(s for s in window.session.project.subjects if s.name == name)


def carry(qtbot: Any, window: MainWindow) -> None:
    target = named(window, "statue").id
    assert window.presenters.transfer.drop(Offer(named(window, "walk").id, target))
    qtbot.waitUntil(lambda: named(window, "statue").held, timeout=LONG)
    resting = window.presenters.transfer.resting
    qtbot.waitUntil(lambda: resting.get(named(window, "statue")) is not None, timeout=LONG)
    window.presenters.playback.toggle(False)


def pane(window: MainWindow) -> TransferOptions:
    window.bench.show_pane("transfer")
    return window.presenters.carry.pane


def how(window: MainWindow) -> Transfer:
    carried = active(window).carried
    assert carried is not None
    return carried.how


def click(widget: Any) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("calm", [False, True])
def test_a_picture_with_keypoints_plays_once_these_are_known(
    qtbot: Any, window: MainWindow, calm: bool
) -> None:
    window.session.settings.update(reduced_motion=calm)
    resting, target = window.presenters.transfer.resting, named(window, "statue").id
    with qtbot.waitSignal(resting.ready, timeout=LONG):
        assert window.presenters.transfer.drop(Offer(named(window, "walk").id, target))
        assert not window.session.view.state.playing
    assert resting.get(active(window)) is not None, "the options wait for nothing"
    assert window.session.view.state.playing is not calm
    if not calm:
        qtbot.waitUntil(lambda: window.session.playhead > 0, timeout=LONG)
    window.session.project.load(ProjectState())
    assert resting._found == {}, "a picture that is closed leaves no keypoints behind"


def test_whoever_goes_to_another_frame_meanwhile_is_not_overtaken(
    qtbot: Any, window: MainWindow
) -> None:
    resting, target = window.presenters.transfer.resting, named(window, "statue").id
    with qtbot.waitSignal(resting.ready, timeout=LONG):
        assert window.presenters.transfer.drop(Offer(named(window, "walk").id, target))
        window.presenters.playback.step(1)
    assert not window.session.view.state.playing


def test_taking_places_over_reaches_the_clips_own_keypoints(
    qtbot: Any, window: MainWindow, small_models: Any
) -> None:
    carry(qtbot, window)
    shown = pane(window)
    for combo in (shown.positions, shown.matrices):
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Down)
    assert not how(window).relative_positions
    assert not how(window).relative_jacobians
    walk, track = named(window, "walk").track, active(window).track
    assert walk is not None
    assert track is not None
    rest = rest_of(track.base)
    driving = rest_of(walk.base)
    assert rest is not None
    assert driving is not None
    found, expected = from_rows(track.values, rest), from_rows(walk.values, driving)
    np.testing.assert_allclose(found.value, expected.value, atol=1e-5)
    np.testing.assert_allclose(found.jacobian, expected.jacobian, atol=1e-4)
    assert not shown.scale.isEnabled()
    assert window.session.project.history.undo_label == "Take matrices over of statue"
    settle(qtbot, window)


def test_a_slider_is_live_and_one_step(qtbot: Any, window: MainWindow) -> None:
    carry(qtbot, window)
    shown, project = pane(window), window.session.project
    before, steps = active(window).track.values.copy(), len(project.history.steps)
    shown.strength.slider.sliderPressed.emit()
    for step in (400, 300, 250):
        shown.strength.slider.setValue(step)
        np.testing.assert_allclose(active(window).track.values, before * (step / 500), atol=1e-6)
    shown.strength.slider.sliderReleased.emit()
    assert len(project.history.steps) == steps + 1
    assert project.history.undo_label == "Strength of statue"
    project.history.undo()
    assert active(window).track.values.tobytes() == before.tobytes()
    assert shown.strength.value == 100


def test_escape_takes_a_slider_back(qtbot: Any, window: MainWindow) -> None:
    carry(qtbot, window)
    shown, before = pane(window), active(window).track.values.copy()
    shown.strength.slider.sliderPressed.emit()
    shown.strength.slider.setValue(0)
    assert window.presenters.cancel_gesture()
    assert active(window).track.values.tobytes() == before.tobytes()
    shown.strength.slider.sliderReleased.emit()
    assert active(window).track.values.tobytes() == before.tobytes()


def test_keypoints_are_switched_and_weighted(qtbot: Any, window: MainWindow) -> None:
    carry(qtbot, window)
    weights = pane(window).weights
    assert len(weights.rows) == 4
    before = active(window).track.values.copy().reshape(FRAMES, 4, 6)
    click(weights.rows[1].on)
    assert how(window).off == (1,)
    now = active(window).track.values.reshape(FRAMES, 4, 6)
    assert not now[:, 1].any()
    np.testing.assert_array_equal(now[:, 0], before[:, 0])
    assert not weights.rows[1].weight.isEnabled()
    click(weights.invert)
    assert how(window).off == (0, 2, 3)
    click(weights.all)
    assert how(window).off == ()
    assert not weights.all.isEnabled()
    weights.rows[2].weight.number.setValue(50)
    np.testing.assert_allclose(
        active(window).track.values.reshape(FRAMES, 4, 6)[:, 2], before[:, 2] / 2, atol=1e-6
    )
    assert window.session.project.history.undo_label == "Weight of keypoint 2 of statue"
    click(weights.none)
    assert not active(window).track.values.any()


def test_the_best_frame_is_found_and_used(qtbot: Any, window: MainWindow) -> None:
    carry(qtbot, window)
    match, strip = window.presenters.carry.match, window.bench.time.matches
    qtbot.waitUntil(lambda: match.scores is not None, timeout=LONG)
    assert strip.isVisible()
    assert not window.bench.time.errors.isVisible()
    best = match.scores.best
    assert strip.scores[best] == strip.scores.min()
    assert f"best {strip.scores[best]:.2f} (frame {best})" in strip.describe(1)
    if match.why_not():
        assert best == match.scores.reference
        window.presenters.drop.make_reference(FRAMES - 1)
        assert active(window).reference == FRAMES - 1
    window.refresh_actions()
    window.actions_["transfer.best"].trigger()
    assert active(window).reference == best
    assert not active(window).track.values[best].any()
    assert "already" in match.why_not()
    settle(qtbot, window)


def test_a_driver_is_compared_with_the_picture_that_was_shown(
    qtbot: Any, window: MainWindow
) -> None:
    window.session.show(named(window, "walk").id)
    shown = pane(window)
    match = window.presenters.carry.match
    qtbot.waitUntil(lambda: match.scores is not None, timeout=LONG)
    assert shown.against.currentText() == "statue"
    assert "Pose distance now" in shown.match.text()
    best = match.scores.best
    if best:
        match.use_best()
        assert active(window).reference == best
        qtbot.waitUntil(lambda: not active(window).needs_encoding, timeout=LONG)


def test_options_without_a_carried_motion_are_for_the_next_one(
    qtbot: Any, window: MainWindow
) -> None:
    shown = pane(window)
    click(shown.mean)
    shown.strength.number.setValue(50)
    assert window.presenters.transfer.defaults.value.how == Transfer(remove_mean=True, strength=0.5)
    assert not window.session.project.history.undo_label.startswith("Remove")
    plain = window.session.settings.value.transfer
    assert read_defaults(plain) == Defaults(Transfer(remove_mean=True, strength=0.5))
    carry(qtbot, window)
    assert how(window) == Transfer(remove_mean=True, strength=0.5)
    places = active(window).track.values.reshape(FRAMES, 4, 6)[..., :2]
    np.testing.assert_allclose(places.mean(1), 0, atol=1e-6)
    click(shown.reset)
    assert how(window) == Transfer()
    click(shown.keep)
    assert window.presenters.transfer.defaults.value.how == Transfer()


def test_the_next_motion_starts_from_the_best_frame(qtbot: Any, window: MainWindow) -> None:
    shown = pane(window)
    click(shown.best)
    assert window.presenters.transfer.defaults.value.best
    carry(qtbot, window)
    match = window.presenters.carry.match
    qtbot.waitUntil(lambda: match.scores is not None, timeout=LONG)
    assert match.scores.reference == match.scores.best


def test_what_means_nothing_to_a_model_is_not_there(qtbot: Any, window: MainWindow) -> None:
    choose(qtbot, window, "heart")
    shown = pane(window)
    assert shown.strength.isVisible()
    for widget in (shown.positions, shown.mean, shown.weights, shown.best):
        assert not widget.isVisible()
    assert "none of" in window.actions_.why_not("transfer.best")
    assert not window.bench.time.matches.isVisible()


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
def test_a_template_is_dropped_from_outside(
    qtbot: Any, window: MainWindow, tmp_path: Path, suffix: str
) -> None:
    window.session.show(named(window, "walk").id)
    path, templates = tmp_path / f"wave{suffix}", window.presenters.carry.templates
    templates.save(path)
    qtbot.waitUntil(lambda: len(window.bench.library.motions.names()) == 1, timeout=LONG)
    assert load_template(path).motion.model == "fresh_fomm"
    window.session.show(named(window, "statue").id)
    drag = MotionDrag("")
    drag.data = QMimeData()
    drag.data.setUrls([QUrl.fromLocalFile(str(path))])
    canvas = window.bench.viewports.viewports[1].canvas
    assert drag.over(canvas)
    assert drag.drop(canvas)
    qtbot.waitUntil(lambda: named(window, "statue").held, timeout=LONG)
    walk = named(window, "walk").track
    assert walk is not None
    np.testing.assert_array_equal(active(window).track.values, walk.values)
    settle(qtbot, window)


def test_a_template_is_opened_onto_what_is_shown(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    window.session.show(named(window, "walk").id)
    path = tmp_path / "wave.json"
    window.presenters.carry.templates.save(path)
    qtbot.waitUntil(lambda: path.exists(), timeout=LONG)
    window.session.show(named(window, "statue").id)
    window.open_paths([path])
    qtbot.waitUntil(lambda: named(window, "statue").held, timeout=LONG)
    assert len(window.session.project.subjects) == 2
    window.presenters.carry.templates.forget(str(path.resolve()))
    qtbot.waitUntil(lambda: not window.bench.library.motions.names(), timeout=LONG)
    assert path.exists()
    settle(qtbot, window)


def test_a_template_of_another_model_is_refused_in_words(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    window.session.show(named(window, "walk").id)
    path = tmp_path / "wave.safetensors"
    window.presenters.carry.templates.save(path)
    qtbot.waitUntil(lambda: path.exists(), timeout=LONG)
    window.session.show(named(window, "statue").id)
    choose(qtbot, window, "heart")
    said: list[str] = []
    window.session.notices.posted.connect(lambda notice: said.append(notice.text))
    window.presenters.transfer.drop(Offer(f"{TEMPLATE}{path}", named(window, "statue").id))
    qtbot.waitUntil(lambda: bool(said), timeout=LONG)
    qtbot.waitUntil(lambda: any("fresh_fomm" in text for text in said), timeout=LONG)
    assert not named(window, "statue").held


def test_every_part_of_the_pane_has_a_name(qtbot: Any) -> None:
    shown = TransferOptions()
    qtbot.addWidget(shown)
    shown.set_view(OptionsView("walk", count=3, share=0.5, best=False))
    shown.set_match("words", (("a", "clip a"),), "a")
    shown.resize(228, 900)
    shown.show()
    controls = (shown.positions, shown.matrices, shown.scale, shown.mean, shown.turn, shown.best,
                shown.against, shown.weights.rows[0].on, shown.keep, shown.reset)  # fmt: skip
    for control in controls:
        assert control.isVisible()
        assert control.accessibleName()
        assert control.toolTip()


def test_broken_settings_count_as_never_chosen() -> None:
    for plain in ({}, {"strength": 9}, {"weights": "x"}, {"off": [-1]}, {"still": 1, "best": 1}):
        assert isinstance(read_defaults(plain), Defaults)
    assert read_defaults({"strength": 9}) == Defaults()
