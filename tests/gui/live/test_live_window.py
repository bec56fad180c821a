"""The live window as people use it: keys, buttons, mouse, with a camera wound by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.project_file import read_project
from motionstudio.engine.live_requests import GainReady
from motionstudio.gui.live.desk import LiveDesk
from motionstudio.gui.live.drivers import Drivers
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from motionstudio.io.cameras import CameraInfo
from motionstudio.io.capture import ClipCapture
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import double_click, drag, wheel
from tests.gui.live.doubles import LIVE, LiveModel, WoundCamera
from tests.gui.small_model import SmallModel, small_card
from tests.gui.survivors import Survivors, watched
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, open_clip, settle
from tests.stories.walking import controls, cut_texts, name_of

LONG = 15_000


def write(folder: Path, name: str, frames: np.ndarray) -> Path:
    path = folder / f"{name}.npz"
    write_clip(Clip(frames, uniform_times(len(frames), 20)), path)
    return path


class Studio:
    """A window with a clip and a still, and a camera that the test winds."""

    def __init__(self, qtbot: Any, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window
        self.camera = WoundCamera()
        self.cameras: tuple[CameraInfo, ...] = (CameraInfo(0, "Desk"),)
        live = window.presenters.live
        live.make_drivers = lambda: Drivers(lambda: self.cameras, self._plug)
        self.busy = False

    def _plug(self, _index: int, name: str) -> WoundCamera:
        if self.busy:
            raise MotionStudioError(f"{name} cannot be opened.", "Close other programs.")
        return self.camera

    @property
    def desk(self) -> LiveDesk:
        desk = self.window.presenters.live.desk
        assert desk is not None
        return desk

    def open(self) -> None:
        """Open the live window by its action and wait until the cameras are known."""
        self.window.refresh_actions()
        self.window.actions_["model.live"].trigger()
        self.qtbot.waitUntil(lambda: not self.desk.drivers.searching, timeout=LONG)
        self.qtbot.waitUntil(lambda: self.desk._points is not None, timeout=LONG)

    def begin(self) -> None:
        """Open it and start the camera."""
        self.open()
        assert self.desk.window.drivers.currentText() == "Camera: Desk"
        self.desk.window.start.click()

    def wind(self, *places: int) -> None:
        """Give pictures one by one, each driven before the next."""
        for place in places:
            number = self.desk.loop.newest + 1
            self.camera.wind(place)
            shown: list[int] = []
            self.desk.loop.pictured.connect(lambda made, shown=shown: shown.append(made.number))
            self.qtbot.waitUntil(lambda: number in shown, timeout=LONG)  # noqa: B023

    def key(self, sequence: str) -> None:
        """Press keys in the live window."""
        self.desk.window.activateWindow()
        self.desk.window.driver.setFocus()
        QTest.keySequence(self.desk.window.driver, sequence)


@pytest.fixture
def studio(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> Studio:
    window = make_window()
    open_clip(qtbot, window, write(tmp_path, "beat", blob_frames(12, 48)))
    return Studio(qtbot, window)


def result(studio: Studio) -> Any:
    image = studio.desk.window.result.image
    assert image is not None
    return image.copy()


def test_it_cannot_be_opened_where_no_model_works_frame_by_frame(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> None:
    cards = (small_card("heart", 1), small_card("figures", 3))
    window = make_window(cards=cards)
    action = window.actions_["model.live"]
    assert not action.isEnabled()
    assert "Open a clip or a picture first." in action.toolTip()
    small_models["heart"].card = cards[0]
    open_clip(qtbot, window, write(tmp_path, "beat", blob_frames(8, 48)))
    window.refresh_actions()
    assert not action.isEnabled()
    assert "frame by itself" in action.toolTip()


def test_a_camera_moves_the_source_and_the_first_picture_is_rest(studio: Studio) -> None:
    studio.begin()
    rest = result(studio)
    studio.wind(20)
    assert result(studio) == rest
    studio.wind(44)
    assert result(studio) != rest
    assert studio.desk.window.driver.image is not None

    def told() -> bool:
        studio.camera.wind(30)
        return "Driver" in studio.desk.window.figures.text()

    studio.qtbot.waitUntil(told, timeout=LONG)
    assert "detector" in studio.desk.window.figures.text()


def test_x_calibrates_and_means_difference_in_the_main_window_only(studio: Studio) -> None:
    studio.begin()
    rest = result(studio)
    studio.wind(20, 44)
    contents = studio.window.session.view.state.contents
    studio.key("X")
    studio.wind(44)
    assert result(studio) == rest
    assert studio.window.session.view.state.contents == contents


def test_a_recording_is_a_new_subject_in_one_undo_step(studio: Studio, tmp_path: Path) -> None:
    studio.begin()
    studio.wind(20)
    before = studio.window.session.project.state
    studio.key("R")
    assert studio.desk.window.controls.record.text() == "Stop and keep"
    studio.wind(24, 30, 40, 36)
    studio.key("R")
    session = studio.window.session
    studio.qtbot.waitUntil(lambda: len(session.project.subjects) == 2, timeout=LONG)
    made = active(studio.window)
    assert made.name == "beat live"
    assert made.held
    assert made.track is not None
    assert not made.track.values[0].any()
    assert made.track.values[1:].any()
    assert made.clip.fps == pytest.approx(25)
    settle(studio.qtbot, studio.window)
    assert session.project.history.undo_label.startswith("Record beat live")
    path = tmp_path / "kept.motion"
    studio.window.presenters.saving.save(path)
    studio.qtbot.waitUntil(lambda: path.exists() and not studio.window.presenters.saving.busy)
    again = read_project(path, shelf=tmp_path / "shelf").state.subject(made.id)
    np.testing.assert_array_equal(again.track.values, made.track.values)
    np.testing.assert_array_equal(again.clip.frames[0], made.clip.frames[0])
    session.project.history.undo()
    assert session.project.state.subjects == before.subjects


def test_a_recording_can_become_the_motion_of_the_clip_itself(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    target = studio.desk.window.controls.target
    target.setCurrentIndex(target.findData("this"))
    target.activated.emit(target.currentIndex())
    before = active(studio.window)
    picture = generated(studio.window)
    studio.desk.toggle_recording()
    studio.wind(44, 10, 40)
    studio.desk.toggle_recording()
    studio.qtbot.waitUntil(lambda: active(studio.window) is not before, timeout=LONG)
    after = active(studio.window)
    assert (after.id, len(after.clip)) == (before.id, 12)
    assert after.track is not None
    assert after.track.is_edited
    studio.window.session.view.update(playhead=6)
    settle(studio.qtbot, studio.window)
    assert np.any(generated(studio.window) != picture)
    studio.window.session.project.history.undo()
    assert active(studio.window).track.is_edited is False


def test_an_unplugged_camera_is_said_and_what_was_recorded_is_kept(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    studio.desk.toggle_recording()
    studio.wind(30, 40)
    studio.camera.unplug()
    session = studio.window.session
    studio.qtbot.waitUntil(lambda: len(session.project.subjects) == 2, timeout=LONG)
    assert "no more pictures" in studio.desk.window.words.text()
    assert studio.desk.window.driver.message[0] == "The camera gives no more pictures."
    assert studio.desk.window.start.text() == "Start"
    studio.camera = WoundCamera()
    studio.desk.window.start.click()
    studio.wind(20)


def test_a_recording_goes_on_while_both_windows_are_minimised(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    studio.desk.toggle_recording()
    before = result(studio)
    for window in (studio.desk.window, studio.window):
        window.showMinimized()
    studio.wind(30, 40, 44)
    studio.desk.window.showNormal()
    studio.wind(10)
    assert result(studio) != before
    studio.desk.toggle_recording()
    session = studio.window.session
    studio.qtbot.waitUntil(lambda: len(session.project.subjects) == 2, timeout=LONG)
    track = session.project.subjects[1].track
    assert track is not None
    assert track.values.any()


def test_no_camera_and_a_busy_one_are_plain_sentences(studio: Studio) -> None:
    studio.cameras = ()
    studio.open()
    assert "No camera was found" in studio.desk.window.words.text()
    studio.cameras, studio.busy = (CameraInfo(0, "Desk"),), True
    studio.desk.window.refresh.click()
    drivers = studio.desk.window.drivers
    studio.qtbot.waitUntil(lambda: drivers.findText("Camera: Desk") >= 0, timeout=LONG)
    drivers.setCurrentIndex(drivers.findText("Camera: Desk"))
    drivers.activated.emit(drivers.currentIndex())
    studio.qtbot.waitUntil(
        lambda: studio.desk.window.driver.message[0] == "Desk cannot be opened.", timeout=LONG
    )
    assert not studio.desk.loop.running


def test_an_open_clip_drives_and_can_be_paused_and_sought(studio: Studio) -> None:
    studio.open()
    drivers = studio.desk.window.drivers
    drivers.setCurrentIndex(drivers.findText("Clip: beat"))
    drivers.activated.emit(drivers.currentIndex())
    window = studio.desk.window
    studio.qtbot.waitUntil(lambda: window.place.maximum() == 11, timeout=LONG)
    window.pause.click()
    capture = studio.desk.loop.capture
    assert isinstance(capture, ClipCapture)
    window.place.setValue(7)
    studio.qtbot.waitUntil(lambda: window.frame.text() == "7 / 11", timeout=LONG)
    window.place.setValue(2)
    studio.qtbot.waitUntil(lambda: window.frame.text() == "2 / 11", timeout=LONG)


def test_a_file_drives_and_one_that_cannot_be_read_says_why(studio: Studio, tmp_path: Path) -> None:
    studio.open()
    studio.desk.ask_file = lambda _parent: write(tmp_path, "other", blob_frames(5, 48))
    studio.desk.choose_driver("file")
    studio.qtbot.waitUntil(lambda: studio.desk.window.place.maximum() == 4, timeout=LONG)
    assert studio.desk.window.drivers.currentText() == "File: other.npz"
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"nothing")
    studio.desk.ask_file = lambda _parent: bad
    studio.desk.choose_driver("file")
    studio.qtbot.waitUntil(lambda: not studio.desk.loop.running, timeout=LONG)
    assert "bad.npz" in studio.desk.window.words.text()


def test_mouse_wheel_and_keys_move_the_square(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    picture, loop = studio.desk.window.driver, studio.desk.loop
    assert loop.framing.mirror, "cameras are mirrors"
    middle = (picture.width() / 2, picture.height() / 2)
    wheel(picture, middle, 3)
    assert loop.framing.zoom > 1.2
    drag(picture, [middle, (middle[0] + 60, middle[1] - 40)])
    assert loop.framing.pan[0] > 0 > loop.framing.pan[1]
    assert studio.desk.choices.zoom == loop.framing.zoom
    studio.key("M")
    assert not loop.framing.mirror
    double_click(picture, middle)
    assert (loop.framing.zoom, loop.framing.pan) == (1.0, (0.0, 0.0))
    QTest.keyClick(picture, Qt.Key.Key_Plus)
    QTest.keyClick(picture, Qt.Key.Key_Left)
    assert loop.framing.pan[0] < 0
    studio.desk.window.controls.reset.click()
    assert loop.framing.zoom == 1.0


def test_numbers_and_page_keys_choose_the_source(studio: Studio, tmp_path: Path) -> None:
    open_clip(studio.qtbot, studio.window, write(tmp_path, "grow", blob_frames(9, 48)[::-1]))
    studio.begin()
    first, second = (s.id for s in studio.window.session.project.subjects)
    assert studio.desk.source is not None
    assert studio.desk.source.id == second
    studio.key("1")
    assert studio.desk.source.id == first
    assert studio.desk.window.gallery.buttons[first].isChecked()
    studio.key("PgDown")
    assert studio.desk.source.id == second
    studio.key("PgDown")
    assert studio.desk.source.id == first
    studio.wind(20)


def test_switches_act_and_are_remembered(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    controls, drive = studio.desk.window.controls, studio.desk.loop.drive
    controls.checks["remove_mean"].click()
    controls.strength.number.setValue(150)
    controls.checks["smooth"].click()
    controls.movement.setCurrentIndex(1)
    controls.movement.activated.emit(1)
    assert drive.settings.remove_mean
    assert drive.settings.strength == 1.5
    assert drive.settings.smoothing is None
    assert not drive.settings.relative
    assert not controls.steadiness.isEnabled()
    controls.opacity.number.setValue(40)
    plain = studio.desk.window.result.grab().toImage()
    studio.wind(20)
    assert studio.desk.window.result.grab().toImage() != plain
    studio.key("P")
    studio.wind(21)
    assert studio.desk.window.driver._points is None
    studio.desk.window.close()
    studio.camera = WoundCamera()
    studio.open()
    assert studio.desk.choices.strength == 150
    assert studio.desk.window.controls.opacity.value == 40
    assert studio.desk.choices.driver == "camera 0 Desk"


def test_the_fast_preview_is_offered_only_where_it_is_faster(studio: Studio) -> None:
    studio.open()
    fast, desk = studio.desk.window.controls.checks["fast"], studio.desk
    studio.qtbot.waitUntil(lambda: bool(desk._gains), timeout=LONG)

    def measured(plain: float, quick: float) -> GainReady:
        known = next(iter(desk._gains.values()))
        return GainReady(ticket=known.ticket, plain=plain, fast=quick)

    desk._on_gain(measured(100, 98))
    assert not fast.isEnabled()
    assert "not faster here" in fast.toolTip()
    desk._on_gain(measured(100, 25))
    assert fast.isEnabled()
    assert desk.window.controls.gain.text().startswith("4.0 times as fast")
    fast.click()
    assert desk.loop.fast


def test_a_model_without_keypoints_drives_and_says_what_it_cannot(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> None:
    small_models["heart"] = SmallModel(small_card("heart", 1, LIVE))
    window = make_window()
    open_clip(qtbot, window, write(tmp_path, "beat", blob_frames(8, 48)))
    studio = Studio(qtbot, window)
    studio.begin()
    rest = result(studio)
    studio.wind(20)
    assert result(studio) == rest
    studio.wind(28)
    assert result(studio) != rest
    controls = studio.desk.window.controls
    for name in ("best", "keypoints", "adapt_scale", "remove_mean"):
        assert not controls.checks[name].isEnabled()
        assert "no keypoints" in controls.checks[name].toolTip()
    assert not controls.movement.isEnabled()
    studio.key("X")
    studio.wind(28)
    assert result(studio) == rest


def test_a_source_that_is_removed_makes_room_for_another(studio: Studio, tmp_path: Path) -> None:
    open_clip(studio.qtbot, studio.window, write(tmp_path, "grow", blob_frames(9, 48)[::-1]))
    studio.begin()
    studio.wind(20)
    gone = active(studio.window)
    studio.window.session.project.history.undo()
    assert studio.window.session.find(gone.id) is None
    assert studio.desk.source is not None
    assert studio.desk.source.name == "beat"
    studio.wind(21)


def test_every_control_has_a_name_a_tooltip_and_room_for_its_words(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    window = studio.desk.window
    for width, height in ((1180, 664), (820, 480), (1620, 900)):
        window.resize(width, height)
        studio.qtbot.wait(1)
        assert (window.width(), window.height()) == (width, height)
        assert cut_texts(window) == []
        pictures = window.driver.width() * window.driver.height() * 2
        assert pictures >= (0.4 if width > 1000 else 0.25) * width * height
    for widget in controls(window):
        assert name_of(widget), widget
        assert widget.toolTip(), name_of(widget)


@pytest.mark.parametrize("which", ["live", "studio"])
def test_closing_leaves_no_thread_timer_or_camera(
    studio: Studio, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(monkeypatch) as started:
        studio.begin()
        studio.wind(20)
        studio.camera.wind(21)
        model = studio.desk._session.active
        assert model is not None
        if which == "live":
            studio.desk.window.close()
            assert studio.window.presenters.live.desk is None
            studio.qtbot.waitUntil(studio.camera.closed.is_set, timeout=LONG)
        studio.window.projects.may_leave = lambda _then: True  # type: ignore[method-assign]
        studio.window.close()
        assert studio.camera.closed.is_set()
        survivors_gone(started)


def test_closing_the_studio_keeps_what_is_recorded_before_it_asks(studio: Studio) -> None:
    studio.begin()
    studio.wind(20)
    studio.desk.toggle_recording()
    studio.wind(30, 40)
    asked: list[int] = []
    project = studio.window.session.project

    def stay(_then: object) -> bool:
        asked.append(len(project.subjects))
        return False

    studio.window.projects.may_leave = stay  # type: ignore[method-assign]
    studio.window.close()
    assert asked == [2]
    assert studio.window.isVisible()
    studio.wind(20)
    studio.window.projects.may_leave = lambda _then: True  # type: ignore[method-assign]


def survivors_gone(started: Survivors) -> None:
    import gc

    gc.collect()
    assert started.still_there() == []


def test_the_model_finds_each_picture_once(
    studio: Studio, small_models: dict[str, SmallModel]
) -> None:
    model = small_models["heart"]
    assert isinstance(model, LiveModel)
    studio.begin()
    studio.wind(20)
    before = model.seen
    studio.wind(21, 22, 23)
    assert model.seen - before == 3


def test_sources_that_nobody_looked_at_yet_get_their_picture(
    studio: Studio, tmp_path: Path
) -> None:
    session = studio.window.session
    open_clip(studio.qtbot, studio.window, write(tmp_path, "shake", blob_frames(8, 48)))
    other = next(s for s in session.project.subjects if s.name == "beat")
    session.media._facts.pop(other.id)  # As right after a project was opened.
    session.media._asked.clear()
    studio.open()
    gallery = studio.desk.window.gallery
    studio.qtbot.waitUntil(lambda: not gallery.buttons[other.id].icon().isNull(), timeout=LONG)
