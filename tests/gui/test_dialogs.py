"""Dialogs: values in, values out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.export import ExportKind
from motionstudio.gui.dialogs.clip_form import ClipFacts, ClipForm
from motionstudio.gui.dialogs.clip_settings import ClipSettings, facts_of
from motionstudio.gui.dialogs.crop_view import CropView, moved_box, resized_box
from motionstudio.gui.dialogs.export_options import ExportDialog
from motionstudio.gui.dialogs.open_options import OpenOptions
from motionstudio.gui.dialogs.sample_options import SampleDialog
from motionstudio.gui.presenters.opening import has_choice, probe_file
from motionstudio.gui.presenters.reopening import same_frames
from motionstudio.io import read_clip, write_clip
from motionstudio.io.image_write import write_png
from tests.gui.gestures import move, press, release
from tests.gui.small_model import small_card


def frames(count: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, height, width, 1), dtype=np.uint8)


class TestCrop:
    def test_it_starts_as_the_largest_centred_square(self, qtbot: Any) -> None:
        view = CropView(frames(1, 60, 100)[0])
        qtbot.addWidget(view)
        assert view.crop == (0, 20, 60, 60)

    def test_dragging_moves_it_inside_the_frame(self, qtbot: Any) -> None:
        view = CropView(frames(1, 60, 100)[0])
        qtbot.addWidget(view)
        view.resize(200, 120)
        middle = view.crop_rect().center().toPoint()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseMove(view, middle + QPoint(20, 0))
        assert view.crop == (0, 30, 60, 60)
        QTest.mouseMove(view, middle + QPoint(500, 90))
        assert view.crop == (0, 40, 60, 60)

    def test_the_corner_resizes_and_it_stays_square(self, qtbot: Any) -> None:
        view = CropView(frames(1, 60, 100)[0])
        qtbot.addWidget(view)
        view.resize(200, 120)
        corner = view.crop_rect().bottomRight().toPoint() - QPoint(1, 1)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corner)
        QTest.mouseMove(view, corner - QPoint(40, 40))
        y, x, height, width = view.crop
        assert (y, x) == (0, 20)
        assert height == width == 40

    def test_keys_move_and_resize(self, qtbot: Any) -> None:
        view = CropView(frames(1, 60, 100)[0])
        qtbot.addWidget(view)
        QTest.keyClick(view, Qt.Key.Key_Minus)
        QTest.keyClick(view, Qt.Key.Key_Right)
        assert view.crop == (0, 21, 58, 58)

    @pytest.mark.parametrize("step", [-1000, -3, 0, 3, 1000])
    def test_boxes_never_leave_the_frame(self, step: int) -> None:
        for box in (moved_box((5, 5, 20, 20), (60, 100), step, step),
                    resized_box((5, 5, 20, 20), (60, 100), step)):  # fmt: skip
            y, x, height, width = box
            assert y >= 0
            assert x >= 0
            assert y + height <= 60
            assert x + width <= 100
            assert min(height, width) >= 1


class TestForm:
    def form(self, qtbot: Any, **facts: Any) -> ClipForm:
        picture = frames(1, 60, 100)[0]
        form = ClipForm(
            ClipFacts(200, (60, 100), picture, **facts), OpenSettings(), (small_card(),), "small"
        )
        qtbot.addWidget(form)
        return form

    def test_defaults_leave_at_most_64_frames(self, qtbot: Any) -> None:
        form = self.form(qtbot)
        settings = form.settings()
        assert (settings.start, settings.stop, settings.stride) == (0, None, 4)
        assert settings.mode == "letterbox"
        assert form.summary.text().startswith("50 of 200")

    def test_range_and_crop_are_given_out(self, qtbot: Any) -> None:
        form = self.form(qtbot)
        form.first.setValue(10)
        form.last.setValue(49)
        form.stride.setValue(2)
        form.framing.setCurrentIndex(1)
        form.crop.set_crop((0, 5, 50, 50))
        settings = form.settings()
        assert (settings.start, settings.stop, settings.stride) == (10, 50, 2)
        assert (settings.mode, settings.crop) == ("crop", (0, 5, 50, 50))
        assert form.summary.text().startswith("20 of 200")

    def test_first_and_last_never_cross(self, qtbot: Any) -> None:
        form = self.form(qtbot)
        form.last.setValue(20)
        form.first.setValue(90)
        assert form.first.value() == 20

    def test_slices_start_where_the_reader_does(self, qtbot: Any) -> None:
        form = self.form(qtbot, slices=9, default_slice=4)
        assert form.slice.currentIndex() == 4
        assert form.settings().slice_index is None
        form.slice.setCurrentIndex(2)
        assert form.settings().slice_index == 2

    def test_settings_that_nobody_touched_use_the_frames_that_are_open(
        self, qtbot: Any, tmp_path: Path
    ) -> None:
        path = tmp_path / "clips.npz"
        np.savez(path, frames=np.stack([frames(6, 40, 40)[..., 0]] * 5))
        for chosen in (OpenSettings(), OpenSettings(stop=6, slice_index=3)):
            subject = subject_from_clip(read_clip(path, slice_index=chosen.slice_index), chosen)
            dialog = ClipSettings(subject, facts_of(subject), (small_card(),))
            qtbot.addWidget(dialog)
            assert same_frames(subject, dialog.changes().settings)


class TestOpenOptions:
    def test_a_long_oblong_file_offers_a_choice(self, qtbot: Any, tmp_path: Path) -> None:
        path = tmp_path / "long.npz"
        write_clip(Clip(frames(90, 40, 60), uniform_times(90, 10)), path)
        probed = probe_file(path)
        assert has_choice(probed)
        dialog = OpenOptions(probed, (small_card(),), "small")
        qtbot.addWidget(dialog)
        choice = dialog.choice()
        assert choice.model == "small"
        assert choice.settings.stride == 2

    def test_a_short_square_file_does_not(self, tmp_path: Path) -> None:
        path = tmp_path / "short.npz"
        write_clip(Clip(frames(9, 40, 40), uniform_times(9, 10)), path)
        assert not has_choice(probe_file(path))

    def test_an_oblong_picture_is_opened_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "photo.png"
        write_png(frames(1, 40, 72)[0], path)
        assert not has_choice(probe_file(path))

    def test_the_form_of_a_picture_has_no_time(self, qtbot: Any) -> None:
        for count in (1, 9):
            facts = ClipFacts(count, (40, 72), frames(1, 40, 72)[0])
            form = ClipForm(facts, OpenSettings(), (small_card(),), "small")
            qtbot.addWidget(form)
            form.show()
            timed = (form.first, form.last, form.stride, form.cyclic)
            assert {widget.isVisible() for widget in timed} == {count > 1}
            assert form.framing.isVisible()


class TestExportDialog:
    def dialog(self, qtbot: Any, tmp_path: Path) -> ExportDialog:
        subject = subject_from_clip(Clip(frames(9, 40, 60), uniform_times(9, 10), name="walk"))
        dialog = ExportDialog(subject, (2, 5), str(tmp_path))
        qtbot.addWidget(dialog)
        return dialog

    def test_it_starts_with_the_play_range_beside_the_last_export(
        self, qtbot: Any, tmp_path: Path
    ) -> None:
        options = self.dialog(qtbot, tmp_path).options()
        assert options.kind is ExportKind.MP4
        assert options.path == tmp_path / "walk_motion.mp4"
        assert (options.first, options.last, options.fps) == (2, 5, None)

    @pytest.mark.parametrize("kind", list(ExportKind))
    def test_each_kind_names_its_file_and_disables_what_it_cannot(
        self, qtbot: Any, tmp_path: Path, kind: ExportKind
    ) -> None:
        dialog = self.dialog(qtbot, tmp_path)
        form = dialog.form
        form.kind.setCurrentIndex(form.kind.findData(kind.value))
        assert dialog.options().path.name == f"walk_motion{kind.suffix}"
        for widget in (form.scale, form.first, form.true_times, form.plays, form.between):
            assert widget.isEnabled() or widget.toolTip()
        assert dialog.go.isEnabled()

    def test_a_missing_folder_cannot_be_exported_to(self, qtbot: Any, tmp_path: Path) -> None:
        dialog = self.dialog(qtbot, tmp_path)
        dialog.form.path.setText(str(tmp_path / "nowhere" / "a.mp4"))
        assert not dialog.go.isEnabled()
        assert dialog.go.toolTip()

    def test_an_existing_file_says_that_it_will_be_replaced(
        self, qtbot: Any, tmp_path: Path
    ) -> None:
        dialog = self.dialog(qtbot, tmp_path)
        (tmp_path / "old.mp4").write_bytes(b"old")
        dialog.form.path.setText(str(tmp_path / "old.mp4"))
        assert dialog.go.text() == "Replace"

    def test_a_name_that_was_typed_stays_when_something_else_is_written(
        self, qtbot: Any, tmp_path: Path
    ) -> None:
        form = (dialog := self.dialog(qtbot, tmp_path)).form
        form.path.setText(str(tmp_path / "mine.mp4"))
        form.kind.setCurrentIndex(form.kind.findData(ExportKind.NIFTI.value))
        assert dialog.options().path == tmp_path / "mine.nii.gz"

    @pytest.mark.parametrize("typed", ["film", "film.gif", "film.MP4", "film.mp4"])
    def test_what_was_chosen_is_written_whatever_suffix_was_typed(
        self, qtbot: Any, tmp_path: Path, typed: str
    ) -> None:
        dialog = self.dialog(qtbot, tmp_path)
        dialog.form.path.setText(str(tmp_path / typed))
        path = dialog.options().path
        assert (path.stem, path.suffix.lower()) == ("film", ".mp4")
        path.write_bytes(b"old")
        dialog.form.path.setText("")
        dialog.form.path.setText(str(tmp_path / typed))
        assert dialog.go.text() == "Replace"

    def test_names_that_no_disk_takes_are_refused_before_rendering(
        self, qtbot: Any, tmp_path: Path
    ) -> None:
        dialog = self.dialog(qtbot, tmp_path)
        dialog.form.path.setText(str(tmp_path / ("ä" * 130)))
        assert not dialog.go.isEnabled()
        assert "too long" in dialog.go.toolTip()

    def test_a_clip_with_a_very_long_name_gets_one_that_can_be_written(
        self, qtbot: Any, tmp_path: Path
    ) -> None:
        clip = Clip(frames(3, 40, 60), uniform_times(3, 10), name="ä" * 200)
        dialog = ExportDialog(subject_from_clip(clip), None, str(tmp_path))
        qtbot.addWidget(dialog)
        assert dialog.go.isEnabled()
        dialog.options().path.write_bytes(b"")


def test_sampling_gives_its_choice(qtbot: Any) -> None:
    dialog = SampleDialog()
    qtbot.addWidget(dialog)
    dialog.mode.setCurrentIndex(1)
    dialog.temperature.setValue(0.5)
    dialog.seed.setValue(7)
    choice = dialog.choice()
    assert (choice.mode, choice.temperature, choice.seed) == ("prior", 0.5, 7)


def test_every_field_of_every_dialog_has_a_name(qtbot: Any, tmp_path: Path) -> None:
    subject = subject_from_clip(Clip(frames(9, 40, 60), uniform_times(9, 10)))
    for dialog in (ExportDialog(subject, None, str(tmp_path)), SampleDialog()):
        qtbot.addWidget(dialog)
        dialog.show()
        for widget in dialog.findChildren(QWidget):
            reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
            text = getattr(widget, "text", lambda: "")()
            inner = widget.objectName().startswith("qt_")
            assert not reachable or inner or widget.accessibleName() or text


class TestTurnedCrop:
    @pytest.fixture
    def crop(self, qtbot: Any) -> Any:
        view = CropView(np.zeros((100, 100, 1), np.uint8))
        qtbot.addWidget(view)
        view.resize(200, 200)
        view.set_crop((30, 30, 40, 40))
        view.show()
        return view

    def test_the_knob_turns_the_square(self, crop: Any) -> None:
        turned: list[float] = []
        crop.angleChanged.connect(turned.append)
        knob, middle = crop.knob(), crop.corners().boundingRect().center()
        press(crop, (knob.x(), knob.y()))
        move(crop, (middle.x() + 60, middle.y()))
        release(crop, (middle.x() + 60, middle.y()))
        assert crop.angle == 90
        assert turned == [90]
        assert crop.crop == (30, 30, 40, 40)

    def test_corners_resize_about_the_middle_while_turned(self, crop: Any) -> None:
        crop.set_angle(45)
        corner = crop.corners().at(1)
        press(crop, (corner.x(), corner.y()))
        move(crop, (corner.x() + 20, corner.y()))
        release(crop, (corner.x() + 20, corner.y()))
        y, x, height, width = crop.crop
        assert height == width > 40
        assert abs(y + height / 2 - 50) <= 1
        assert abs(x + width / 2 - 50) <= 1

    def test_brackets_turn_by_a_degree(self, crop: Any, qtbot: Any) -> None:
        qtbot.keyClick(crop, Qt.Key.Key_BracketRight)
        assert crop.angle == 1
        qtbot.keyClick(crop, Qt.Key.Key_BracketLeft)
        assert crop.angle == 0
