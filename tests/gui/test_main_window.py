"""The window and its parts, with a small model behind it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.commands import EditLatent, SetFraming
from motionstudio.document.opening import OpenSettings
from motionstudio.document.subject import Framing
from motionstudio.gui.actions.table import SPECS
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.reopening import ClipChanges, reopen
from motionstudio.io import write_clip
from motionstudio.models.base import Capability
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel, small_card
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, is_encoded, key, open_clip, settle


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(12, 48), uniform_times(12, 20), cyclic=True), path)
    return path


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    made = make_window()
    open_clip(qtbot, made, clip_path)
    return made


class TestActions:
    def test_every_action_is_in_a_menu_and_says_what_it_does(self, window: MainWindow) -> None:
        shown: set[str] = set()

        def visit(menu: Any) -> None:
            for action in menu.actions():
                shown.add(action.objectName())
                if action.menu() is not None:
                    visit(action.menu())

        visit(window.menuBar())
        assert {spec.name for spec in SPECS} <= shown
        assert all(action.toolTip() for action in window.actions_.all.values())

    def test_shortcuts_are_unique(self, window: MainWindow) -> None:
        taken: dict[str, str] = {}
        for spec in SPECS:
            for text in spec.keys:
                sequence = QKeySequence(text).toString()
                assert sequence, f"{spec.name} has a key that Qt does not know: {text}"
                assert sequence not in taken, f"{spec.name} and {taken.get(sequence)}"
                taken[sequence] = spec.name

    def test_disabled_actions_say_why(self, make_window: MakeWindow) -> None:
        window = make_window()
        window.refresh_actions()
        off = [name for name, action in window.actions_.all.items() if not action.isEnabled()]
        assert len(off) > 20
        for name in off:
            reason = window.actions_.why_not(name)
            assert reason.endswith(".")
            assert window.actions_[name].toolTip().endswith(reason)

    def test_a_model_without_refine_disables_it_with_the_reason(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path
    ) -> None:
        without = small_card("heart", 1, Capability.ENCODE | Capability.DECODE | Capability.EDIT)
        window = make_window(cards=(without,))
        open_clip(qtbot, window, clip_path)
        window.refresh_actions()
        assert not window.actions_["model.refine"].isEnabled()
        assert "heart cannot" in window.actions_["model.refine"].toolTip()

    def test_letters_go_into_text_fields(self, window: MainWindow) -> None:
        window.actions_["help.commands"].trigger()
        from motionstudio.gui.dialogs.palette import Palette

        palette = window.findChild(Palette)
        QTest.keyClicks(palette.field, "drop n")
        assert palette.field.text() == "drop n"
        assert active(window).kept.all()
        palette.close()

    def test_the_palette_finds_and_runs(self, qtbot: Any, window: MainWindow) -> None:
        from motionstudio.gui.dialogs.palette import Palette

        window.actions_["help.commands"].trigger()
        palette = window.findChild(Palette)
        QTest.keyClicks(palette.field, "keep every 3")
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
        assert active(window).kept.tolist() == [t % 3 == 0 for t in range(12)]


class TestLayout:
    def test_pictures_keep_two_fifths_at_the_smallest_size(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path
    ) -> None:
        window = make_window((1280, 720))
        open_clip(qtbot, window, clip_path)
        view = window.bench.viewports
        qtbot.waitUntil(lambda: view.width() * view.height() >= 0.4 * 1280 * 720)

    def test_curves_in_a_small_window_leave_rows_of_the_matrix_in_sight(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path
    ) -> None:
        window = make_window((1280, 720))
        open_clip(qtbot, window, clip_path)
        bench = window.bench
        before = bench.centre.height()
        window.actions_["view.curves"].trigger()
        qtbot.waitUntil(lambda: bench.time.matrix.height() >= 90 <= bench.time.curves.height())
        assert bench.time.matrix.view.height() >= 55
        assert bench.centre.height() >= 0.45 * 720
        window.actions_["view.curves"].trigger()
        qtbot.waitUntil(lambda: abs(bench.centre.height() - before) <= 2)

    def test_a_column_of_the_matrix_lies_under_its_frame(self, window: MainWindow) -> None:
        bench = window.bench
        bench.show_curves(True)
        QApplication.processEvents()
        strip, matrix, curves = bench.timeline.strip, bench.time.matrix.view, bench.time.curves.view
        left = [w.mapTo(window, w.rect().topLeft()).x() for w in (strip, matrix, curves)]
        assert len(set(left)) == 1
        assert strip.axis is bench.time.errors.axis
        assert matrix.axis is curves.axis
        rows = range(len(active(window).clip))
        assert [strip.axis.left(t) for t in rows] == [matrix.axis.left(t) for t in rows]

    def test_reset_brings_closed_panes_back(self, window: MainWindow) -> None:
        window.bench.docks["library"].close()
        window.bench.docks["sliders"].setFloating(True)
        window.actions_["view.reset_layout"].trigger()
        shown = {name for name, dock in window.bench.docks.items() if dock.isVisible()}
        assert shown == {"library", "time", "sliders"}
        assert not window.bench.docks["sliders"].isFloating()

    def test_the_layout_is_remembered(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path
    ) -> None:
        first = make_window()
        open_clip(qtbot, first, clip_path)
        first.bench.docks["library"].close()
        first.close()
        again = make_window()
        qtbot.waitUntil(lambda: again.bench.docks["library"].isHidden(), timeout=5000)
        assert str(clip_path) in again.session.settings.value.recent

    def test_every_control_has_a_name(self, window: MainWindow) -> None:
        unnamed = [
            widget
            for widget in window.findChildren(QWidget)
            if widget.isVisible()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not (widget.accessibleName() or _text_of(widget))
            and not widget.objectName().startswith("qt_")
        ]
        assert [f"{type(w).__name__} in {type(w.parent()).__name__}" for w in unnamed] == []

    @pytest.mark.parametrize("mode", ["light", "dark"])
    def test_the_theme_switches_while_a_clip_is_open(self, window: MainWindow, mode: str) -> None:
        window.actions_[f"view.theme_{mode}"].trigger()
        assert window.session.settings.value.theme == mode
        light = window.palette().color(window.backgroundRole()).lightness() > 127
        assert light == (mode == "light")
        assert window.actions_[f"view.theme_{mode}"].isChecked()


class TestOpening:
    def test_a_dropped_file_opens(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path
    ) -> None:
        window = make_window()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(clip_path))])
        event = QDropEvent(
            QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        window.dropEvent(event)
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)

    def test_good_files_open_when_others_fail(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path, tmp_path: Path
    ) -> None:
        bad, gone = tmp_path / "bad.gif", tmp_path / "gone.mp4"
        bad.write_bytes(b"no picture at all")
        window = make_window()
        said: list[Any] = []
        window.session.notices.posted.connect(said.append)
        window.open_paths([bad, clip_path, gone], ask=False)
        qtbot.waitUntil(lambda: is_encoded(window) and bool(said), timeout=20_000)
        assert [s.name for s in window.session.project.subjects] == ["beat"]
        text = said[-1].details
        assert "bad.gif" in text
        assert "gone.mp4" in text

    def test_one_bad_file_gives_one_sentence(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path
    ) -> None:
        bad = tmp_path / "bad.npz"
        bad.write_bytes(b"no archive")
        window = make_window()
        with qtbot.waitSignal(window.session.notices.posted, timeout=10_000) as said:
            window.open_paths([bad])
        assert "bad.npz" in said.args[0].text
        assert window.toast.isVisible()

    def test_choices_are_asked_for_and_used(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path
    ) -> None:
        from motionstudio.gui.presenters.opening import Choice

        path = tmp_path / "long.npz"
        write_clip(Clip(blob_frames(100, 32), uniform_times(100, 25)), path)
        asked: list[Any] = []

        def choose(probed: Any) -> Choice:
            asked.append(probed)
            return Choice(OpenSettings(start=10, stop=50, stride=4, cyclic=True))

        window = make_window(choose=choose)
        window.open_paths([path])
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
        assert asked[0].info.frames == 100
        assert len(active(window).clip) == 10
        assert active(window).cyclic

    def test_what_can_be_done_is_said_after_opening(self, window: MainWindow) -> None:
        words = window.status.read_out.text()
        for part in ("Space plays", "changes the motion", "drops a frame"):
            assert part in words

    def test_a_still_picture_says_that_it_has_no_motion(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path
    ) -> None:
        path = tmp_path / "one.png"
        write_clip(Clip(blob_frames(1, 40), uniform_times(1, 1)), path)
        window = make_window()
        window.open_paths([path], ask=False)
        qtbot.waitUntil(lambda: window.session.active is not None, timeout=20_000)
        qtbot.waitUntil(
            lambda: "no motion" in window.bench.time.matrix.empty.accessibleName(), timeout=10_000
        )

    def test_a_still_picture_still_says_so_when_it_is_shown_again(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        path = tmp_path / "one.png"
        write_clip(Clip(blob_frames(1, 40), uniform_times(1, 1)), path)
        clip = active(window)
        window.open_paths([path], ask=False)
        qtbot.waitUntil(lambda: active(window) is not clip, timeout=20_000)
        still = active(window)
        window.session.show(clip.id)
        window.session.show(still.id)
        for pane in (window.bench.time.matrix, window.bench.sliders):
            assert "no motion" in pane.empty.accessibleName()
        assert "single picture" in window.actions_.why_not("file.export")

    def test_colour_clips_get_the_colour_model(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path
    ) -> None:
        path = tmp_path / "colour.npz"
        write_clip(Clip(blob_frames(6, 40, 3), uniform_times(6, 10)), path)
        window = make_window()
        assert open_clip(qtbot, window, path).model == "figures"
        window.presenters.library.choose_model("heart")
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
        settle(qtbot, window)
        assert active(window).track.base.model == "heart"
        assert generated(window).shape[2] == 3


class TestDocument:
    def test_removing_and_undoing_brings_everything_back(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        before = active(window)
        window.actions_["file.remove"].trigger()
        assert window.session.active is None
        assert window.bench.library.subjects.count() == 0
        window.actions_["edit.undo"].trigger()
        qtbot.waitUntil(lambda: window.session.active is not None, timeout=5000)
        settle(qtbot, window)
        assert active(window).id == before.id

    def test_another_crop_encodes_again(self, qtbot: Any, window: MainWindow) -> None:
        old = active(window).track.base.mean.copy()
        framing = Framing("crop", (4, 4, 30, 30))
        window.session.push(SetFraming(active(window).id, framing))
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
        assert not np.array_equal(active(window).track.base.mean, old)

    def test_clip_settings_change_the_frames_as_one_step(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        subject = active(window)
        reopen(window.session, subject, ClipChanges(OpenSettings(stride=2), subject.model))
        qtbot.waitUntil(lambda: len(active(window).clip) == 6, timeout=10_000)
        settle(qtbot, window)
        window.actions_["edit.undo"].trigger()
        qtbot.waitUntil(lambda: len(active(window).clip) == 12, timeout=10_000)

    def test_another_reference_is_taken_as_the_source(
        self, qtbot: Any, window: MainWindow, clip_path: Path
    ) -> None:
        window.presenters.drop.make_reference(3)
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
        window.presenters.playback.go(3)
        settle(qtbot, window)
        assert np.array_equal(generated(window), blob_frames(12, 48)[3])

    def test_values_are_copied_and_pasted_as_a_table(self, qtbot: Any, window: MainWindow) -> None:
        matrix = window.bench.time.matrix
        matrix.set_selection((2, 3), (0, 1))
        matrix.selectionChanged.emit((2, 3), (0, 1))
        window.refresh_actions()
        window.actions_["edit.copy"].trigger()
        lines = QApplication.clipboard().text().splitlines()
        assert len(lines) == 2
        QApplication.clipboard().setText("0.25\t-0.5")
        window.actions_["edit.paste"].trigger()
        assert active(window).track.values[2, :2].tolist() == [0.25, -0.5]

    def test_refine_is_one_step_below_the_edits(self, qtbot: Any, window: MainWindow) -> None:
        subject = active(window)
        block = np.full((1, 8), 0.4, np.float32)
        window.session.push(EditLatent(subject.id, (4,), tuple(range(8)), block))
        before, base = active(window).track.values, active(window).track.base
        steps = len(window.session.project.history.steps)
        window.refresh_actions()
        with qtbot.waitSignal(window.presenters.fitting.ended, timeout=20_000):
            window.actions_["model.refine"].trigger()
        refined = active(window).track
        assert len(window.session.project.history.steps) == steps + 1
        assert np.allclose(refined.base.mean[1:], base.mean[1:] * 1.002**60, rtol=1e-4)
        assert set(refined.base.state) == {"note"}
        assert np.array_equal(refined.offset[4], block[0])
        window.actions_["edit.undo"].trigger()
        assert np.array_equal(active(window).track.values, before)

    def test_equal_seeds_draw_equal_motions(self, qtbot: Any, window: MainWindow) -> None:
        drawn = []
        for _ in range(2):
            with qtbot.waitSignal(window.presenters.fitting.ended, timeout=20_000):
                window.presenters.fitting.sample(mode="learned", temperature=1.0, seed=4)
            drawn.append(active(window).track.values.copy())
            window.session.project.history.undo()
        assert np.allclose(*drawn)


class TestEngine:
    def test_many_moves_start_few_decodes_and_show_the_last(
        self, qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
    ) -> None:
        model = small_models["heart"]
        window.presenters.playback.go(5)
        settle(qtbot, window)
        model.gate.clear()
        model.decodes = 0
        slider = window.bench.sliders
        slider.editStarted.emit()
        for move in range(200):
            slider.valuesDragged.emit((5,), (0,), move / 200, 0.0)
            QApplication.processEvents()
        slider.editFinished.emit()
        during = model.decodes
        model.gate.set()
        settle(qtbot, window)
        assert active(window).track.offset[5, 0] == pytest.approx(199 / 200)
        assert during <= 2
        assert window.presenters.pictures.up_to_date

    def test_no_picture_of_an_older_document_is_painted(
        self, qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
    ) -> None:
        gate = small_models["heart"].gate
        session, pictures = window.session, window.presenters.pictures
        painted: list[tuple[int, int]] = []
        newest = session.project.revision

        def note() -> None:
            if pictures.shown is not None:
                painted.append((pictures.shown.revision, newest))

        pictures.pictureChanged.connect(note)
        window.presenters.playback.go(4)
        settle(qtbot, window)
        for value in np.linspace(0.1, 1, 6):
            gate.clear()
            for part in (value, value + 0.05):
                block = np.array([[part]], np.float32)
                session.push(EditLatent(active(window).id, (4,), (1,), block))
                newest = session.project.revision
                qtbot.waitUntil(lambda: pictures.under_way, timeout=10_000)
            gate.set()
            qtbot.waitUntil(lambda: pictures.up_to_date, timeout=10_000)
        settle(qtbot, window)
        assert painted
        assert all(made >= wanted for made, wanted in painted)

    def test_closing_while_busy_leaves_nothing(
        self, qtbot: Any, make_window: MakeWindow, clip_path: Path, tmp_path: Path,
        small_models: dict[str, SmallModel],
    ) -> None:  # fmt: skip
        from motionstudio.export import ExportKind, ExportOptions

        window = make_window()
        open_clip(qtbot, window, clip_path)
        before = {path.name for path in tmp_path.iterdir()}
        gate = small_models["heart"].gate
        gate.clear()
        options = ExportOptions(ExportKind.MP4, tmp_path / "film.mp4")
        window.presenters.exporting.start(active(window), options)
        key(window, "Space")
        threading.Timer(0.1, gate.set).start()
        shown: list[bool] = []
        window.closed.connect(lambda: shown.append(window.isVisible()))
        window.close()
        assert shown == [False]
        assert {path.name for path in tmp_path.iterdir()} - before <= {"settings.json"}

    def test_a_closed_window_asks_for_nothing(self, qtbot: Any, window: MainWindow) -> None:
        window.presenters.playback.go(4)
        window.close()
        posted: list[object] = []
        window.engine.post = posted.append
        rest = window.presenters.pictures._rest
        qtbot.waitUntil(lambda: not rest.isActive(), timeout=5000)
        window.presenters.playback.go(5)
        assert posted == []

    def test_cancel_is_acknowledged_at_once(
        self, qtbot: Any, window: MainWindow, tmp_path: Path, small_models: dict[str, SmallModel]
    ) -> None:
        from motionstudio.export import ExportKind, ExportOptions

        gate = small_models["heart"].gate
        gate.clear()
        window.session.push(
            EditLatent(active(window).id, tuple(range(12)), (0,), np.full((12, 1), 0.3, np.float32))
        )
        exporting = window.presenters.exporting
        exporting.start(active(window), ExportOptions(ExportKind.GIF, tmp_path / "a.gif"))
        qtbot.waitUntil(lambda: window.status.cancel.isVisible(), timeout=10_000)
        with qtbot.waitSignal(exporting.finished, timeout=10_000) as ended:
            QTest.mouseClick(window.status.cancel, Qt.MouseButton.LeftButton)
            assert window.status.cancel.text().startswith("Cancelling")
            gate.set()
        assert ended.args == [None]
        assert not (tmp_path / "a.gif").exists()

    def test_dropping_one_frame_leaves_far_pictures_alone(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        settle(qtbot, window)
        before = active(window).track.base.mean.copy()
        window.presenters.drop.paint((6,), False)
        qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
        changed = np.flatnonzero((active(window).track.base.mean != before).any(1))
        assert changed.tolist() == [6]

    def test_a_failing_model_becomes_one_sentence_and_the_window_lives(
        self, qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
    ) -> None:
        def broken() -> None:
            raise ValueError("no luck")

        small_models["heart"]._on_decode = broken
        with qtbot.waitSignal(window.session.notices.posted, timeout=10_000) as said:
            window.session.push(
                EditLatent(active(window).id, (2,), (0,), np.array([[0.7]], np.float32))
            )
            window.presenters.playback.go(2)
        assert "no luck" in said.args[0].details
        small_models["heart"]._on_decode = lambda: None
        window.presenters.playback.go(3)
        settle(qtbot, window)


class TestPlayback:
    @pytest.mark.parametrize("fps", [5.0, 12.0, 24.0, 30.0])
    def test_real_time_keeps_to_an_injected_clock(self, window: MainWindow, fps: float) -> None:
        playback = window.presenters.playback
        seconds = 0.0
        playback._now = lambda: seconds
        playback._renew()
        playback.set_fps(fps)
        playback.toggle(True)
        playback._timer.stop()
        start, passed, last = window.session.playhead, 0, window.session.playhead
        while seconds < 10:
            seconds += 0.008
            playback.tick()
            passed += (window.session.playhead - last) % 12
            last = window.session.playhead
        assert start == 0
        assert abs(passed - 10 * fps) <= 0.02 * 10 * fps + 1

    def test_space_plays_and_pauses(self, qtbot: Any, window: MainWindow) -> None:
        key(window, "Space")
        assert window.session.view.state.playing
        qtbot.waitUntil(lambda: window.session.playhead > 1, timeout=10_000)
        key(window, "Space")
        assert not window.session.view.state.playing

    def test_steps_and_marks(self, qtbot: Any, window: MainWindow) -> None:
        key(window, ".")
        key(window, ".")
        assert window.session.playhead == 2
        key(window, ",")
        assert window.session.playhead == 1
        window.presenters.drop.paint((7,), False)
        window.actions_["motion.next_mark"].trigger()
        assert window.session.playhead == 7


def _text_of(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""
