"""Strength, blending, new motions, variations, live refining and uncertainty in the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.draws import Draw
from motionstudio.document.commands import EditLatent, SetReference
from motionstudio.document.latent_commands import SetMuted
from motionstudio.document.schema import from_plain, parse_manifest, to_plain
from motionstudio.engine.fit_responses import Refining, UncertaintyReady
from motionstudio.gui.dialogs.variations import COUNT
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.fitting import Progressed
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click, double_click
from tests.gui.small_model import SmallModel
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, is_encoded, open_clip, settle

COUNT_FRAMES, FRAME = 12, 4


def clip_at(folder: Path, name: str, count: int = COUNT_FRAMES) -> Path:
    path = folder / f"{name}.npz"
    write_clip(Clip(blob_frames(count, 48), uniform_times(count, 20), cyclic=True), path)
    return path


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    made = make_window()
    open_clip(qtbot, made, clip_at(tmp_path, "beat"))
    made.presenters.playback.go(FRAME)
    settle(qtbot, made)
    return made


def values(window: MainWindow) -> np.ndarray:
    return active(window).track.values.copy()


class TestStrength:
    def test_zero_is_exactly_the_picture_at_rest(self, qtbot: Any, window: MainWindow) -> None:
        window.presenters.playback.go(0)
        settle(qtbot, window)
        rest = generated(window).copy()
        window.presenters.shaping.tools.amplitude.number.setValue(0)
        assert not values(window).any()
        for frame in (1, FRAME, COUNT_FRAMES - 1):
            window.presenters.playback.go(frame)
            settle(qtbot, window)
            np.testing.assert_array_equal(generated(window), rest)

    def test_it_can_go_to_zero_and_come_back(self, window: MainWindow) -> None:
        before = values(window)
        slider = window.presenters.shaping.tools.amplitude
        for percent in (30, 0, 170):
            slider.number.setValue(percent)
            np.testing.assert_allclose(values(window), before * percent / 100, atol=1e-5)
            assert window.session.project.history.undo_label == f"Amplitude {percent} %"
        slider.number.setValue(100)
        np.testing.assert_array_equal(values(window), before)
        assert not active(window).track.is_edited

    def test_a_drag_of_the_slider_is_one_step(self, window: MainWindow) -> None:
        before = values(window)
        slider = window.presenters.shaping.tools.amplitude.slider
        slider.setSliderDown(True)
        for step in (450, 300, 200):
            slider.setSliderPosition(step)
        slider.setSliderDown(False)
        np.testing.assert_allclose(values(window), before * 0.4, atol=1e-5)
        window.session.project.history.undo()
        np.testing.assert_array_equal(values(window), before)

    def test_after_another_edit_it_counts_from_there(self, window: MainWindow) -> None:
        slider = window.presenters.shaping.tools.amplitude
        slider.number.setValue(50)
        block = np.full((1, 1), 0.7, np.float32)
        window.session.push(EditLatent(active(window).id, (FRAME,), (2,), block))
        assert slider.value == 100
        before = values(window)
        slider.number.setValue(50)
        np.testing.assert_allclose(values(window), before / 2, atol=1e-5)

    def test_escape_takes_it_back(self, window: MainWindow) -> None:
        before = values(window)
        slider = window.presenters.shaping.tools.amplitude.slider
        slider.setSliderDown(True)
        slider.setSliderPosition(100)
        window.behaviours.helps.cancel()
        np.testing.assert_array_equal(values(window), before)
        slider.setSliderDown(False)
        np.testing.assert_array_equal(values(window), before)


class TestBlend:
    @pytest.fixture
    def two(self, qtbot: Any, window: MainWindow, tmp_path: Path) -> MainWindow:
        open_clip(qtbot, window, clip_at(tmp_path, "longer", 18))
        return window

    def test_one_clip_alone_says_what_is_missing(self, window: MainWindow) -> None:
        tools = window.presenters.shaping.tools
        assert not tools.blend.isEnabled()
        assert "second clip" in tools.blend_words.text()

    def test_the_ends_are_the_two_motions(self, two: MainWindow) -> None:
        tools, own = two.presenters.shaping.tools, values(two)
        tools.blend.number.setValue(100)
        other = two.session.project.subjects[0].track.values
        arrived = values(two)
        assert arrived.shape == own.shape != other.shape
        # 18 frames for 12: every third of the long one lies on every second of the short one.
        np.testing.assert_allclose(arrived[::3], other[::2], atol=1e-4)
        assert two.session.project.history.undo_label == "Blend two motions"
        tools.blend.number.setValue(0)
        np.testing.assert_allclose(values(two), own, atol=1e-6)

    def test_half_way_lies_between(self, two: MainWindow) -> None:
        tools, own = two.presenters.shaping.tools, values(two)
        tools.blend.number.setValue(100)
        whole = values(two)
        tools.blend.number.setValue(50)
        np.testing.assert_allclose(values(two), (own + whole) / 2, atol=1e-5)


class TestNewMotion:
    def test_the_seed_is_kept_shown_and_undone(self, qtbot: Any, window: MainWindow) -> None:
        window.presenters.fitting.sample(mode="learned", temperature=0.5, seed=7)
        qtbot.waitUntil(lambda: not window.presenters.fitting.running, timeout=10_000)
        subject = active(window)
        assert subject.draws == (Draw(7, 0.5),)
        assert window.session.project.history.undo_label == "New motion, seed 7, temperature 0.5"
        assert window.presenters.shaping.tools.drawn.text() == (
            "Drawn last: seed 7, temperature 0.5"
        )
        window.session.project.history.undo()
        assert active(window).draws == ()
        assert not active(window).track.is_edited

    def test_what_is_drawn_during_a_gesture_waits_for_its_end(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        fitting, project = window.presenters.fitting, window.session.project
        with qtbot.waitSignal(fitting.ended, timeout=10_000):
            fitting.sample(mode="learned", temperature=0.5, seed=7)
            project.begin("Drag")
        assert project.in_transaction
        project.rollback()
        qtbot.waitUntil(lambda: project.history.undo_label.startswith("New motion"), timeout=10_000)

    def test_the_seed_is_saved_with_the_project(self, qtbot: Any, window: MainWindow) -> None:
        window.presenters.fitting.sample(mode="prior", temperature=1.0, seed=11)
        qtbot.waitUntil(lambda: not window.presenters.fitting.running, timeout=10_000)
        subject = active(window)
        plain, arrays = to_plain(window.session.project.state)
        again = from_plain(parse_manifest(plain), arrays, lambda _media, _facts: subject.clip)
        assert again.subjects[0].draws == (Draw(11, 1.0, "prior"),)

    def test_a_single_picture_gets_a_motion_of_its_own(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path
    ) -> None:
        import cv2

        path = tmp_path / "still.png"
        assert cv2.imwrite(str(path), blob_frames(1, 48)[0])
        window = make_window()
        window.open_paths([path], ask=False)
        qtbot.waitUntil(lambda: window.session.active is not None, timeout=10_000)
        qtbot.waitUntil(
            lambda: window.session.media.facts(active(window)) is not None, timeout=10_000
        )
        window.refresh_actions()
        assert window.actions_["model.draw"].isEnabled()
        window.actions_["model.draw"].trigger()
        qtbot.waitUntil(lambda: active(window).held, timeout=10_000)
        assert len(active(window).clip) == 24
        assert active(window).draws == (Draw(1),)
        window.session.project.history.undo()
        assert len(active(window).clip) == 1


class TestVariations:
    def ready(self, qtbot: Any, window: MainWindow) -> Any:
        sheet = window.presenters.shaping.variations.sheet
        qtbot.waitUntil(lambda: all(tile.ready for tile in sheet.tiles), timeout=20_000)
        return sheet

    def open(self, qtbot: Any, window: MainWindow) -> Any:
        window.refresh_actions()
        window.actions_["model.variations"].trigger()
        return self.ready(qtbot, window)

    def test_a_click_shows_it_on_the_subject_and_closing_takes_it_off(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        before, picture = values(window), generated(window).copy()
        sheet = self.open(qtbot, window)
        click(sheet.tiles[3], (20, 20))
        qtbot.waitUntil(lambda: not np.array_equal(generated(window), picture), timeout=10_000)
        np.testing.assert_array_equal(values(window), before)
        sheet.close()
        qtbot.waitUntil(lambda: np.array_equal(generated(window), picture), timeout=10_000)
        assert not window.session.project.history.can_redo
        assert window.session.project.history.undo_label == "Add beat"

    def test_a_double_click_takes_it_in_one_step(self, qtbot: Any, window: MainWindow) -> None:
        sheet = self.open(qtbot, window)
        double_click(sheet.tiles[2], (20, 20))
        assert not sheet.isVisible()
        assert active(window).draws == (Draw(3),)
        drawn = values(window)
        window.session.project.history.undo()
        assert not active(window).track.is_edited
        window.presenters.fitting.sample(mode="learned", temperature=1.0, seed=3)
        qtbot.waitUntil(lambda: not window.presenters.fitting.running, timeout=10_000)
        np.testing.assert_allclose(values(window), drawn, atol=1e-6)

    def test_more_like_this_stays_near_the_chosen_one(self, qtbot: Any, window: MainWindow) -> None:
        sheet = self.open(qtbot, window)
        presenter = window.presenters.shaping.variations
        far = {r.place: r.motion.mean for r in presenter._ready.values()}
        sheet.select(5)
        sheet.more.click()
        self.ready(qtbot, window)
        near = {r.place: r.motion.mean for r in presenter._ready.values()}
        np.testing.assert_array_equal(near[0], far[5])
        spread = [np.abs(near[i] - far[5]).mean() for i in range(1, COUNT)]
        apart = [np.abs(far[i] - far[5]).mean() for i in range(COUNT) if i != 5]
        assert 0 < np.mean(spread) < 0.6 * np.mean(apart)

    def test_another_seed_gives_others(self, qtbot: Any, window: MainWindow) -> None:
        sheet = self.open(qtbot, window)
        first = sheet.tiles[0].accessibleName()
        sheet.new.click()
        self.ready(qtbot, window)
        assert first == "Variation, seed 1"
        assert sheet.tiles[0].accessibleName() == f"Variation, seed {1 + COUNT}"

    def test_stop_ends_the_drawing_at_the_next_picture(
        self, qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
    ) -> None:
        model = small_models[active(window).model]
        model.gate.clear()
        before = model.decodes
        window.refresh_actions()
        window.actions_["model.variations"].trigger()
        sheet = window.presenters.shaping.variations.sheet
        qtbot.waitUntil(lambda: model.decodes > before, timeout=10_000)
        sheet.stop.click()
        under_way = model.decodes
        model.gate.set()
        assert window.engine.wait_idle(20_000)
        assert model.decodes <= under_way + 1
        assert not any(tile.ready for tile in sheet.tiles)
        assert not sheet.stop.isEnabled()

    def test_it_closes_with_its_subject(self, qtbot: Any, window: MainWindow) -> None:
        sheet = self.open(qtbot, window)
        window.session.project.history.undo()
        assert not sheet.isVisible()

    def test_it_closes_where_what_it_shows_is_no_longer_the_subject(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        sheet = self.open(qtbot, window)
        window.session.push(SetReference(active(window).id, 3))
        assert not sheet.isVisible()


class TestRefine:
    def live(self, window: MainWindow) -> tuple[list[Progressed], list[Refining]]:
        told: list[Progressed] = []
        heard: list[Refining] = []
        window.presenters.fitting.progressed.connect(told.append)
        window.engine.responseReady.connect(
            lambda r: heard.append(r) if isinstance(r, Refining) else None
        )
        return told, heard

    def test_the_error_falls_and_the_picture_follows_before_the_document_changes(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        told, heard = self.live(window)
        revision, before = window.session.project.revision, generated(window).copy()
        pictures: list[np.ndarray] = []

        def note() -> None:
            if window.presenters.fitting.running:
                assert window.session.project.revision == revision
                pictures.append(generated(window).copy())

        window.presenters.pictures.pictureChanged.connect(note)
        window.presenters.fitting.refine()
        qtbot.waitUntil(lambda: not window.presenters.fitting.running, timeout=20_000)
        errors = [where.error for where in told]
        assert errors == sorted(errors, reverse=True)
        assert errors[-1] < errors[0]
        assert heard[0].frame == FRAME, "the frame on screen comes first"
        assert any(not np.array_equal(one, before) for one in pictures)
        assert window.session.project.history.undo_label == "Refine motion"
        assert window.presenters.shaping.tools.plot.values[0] == told[0].error_before

    def test_cancelling_restores_and_what_was_reached_can_be_kept(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        before, picture = values(window), generated(window).copy()
        fitting, (_, heard) = window.presenters.fitting, self.live(window)
        stop = lambda _p: fitting.cancel()  # noqa: E731
        fitting.progressed.connect(stop)
        fitting.refine()
        qtbot.waitUntil(lambda: not fitting.running, timeout=20_000)
        fitting.progressed.disconnect(stop)
        np.testing.assert_array_equal(values(window), before)
        qtbot.waitUntil(lambda: np.array_equal(generated(window), picture), timeout=10_000)
        assert heard
        if window.session.project.history.undo_label == "Add beat":
            fitting.keep_reached()
            assert window.session.project.history.undo_label == "Refine in part"
            assert not np.array_equal(values(window), before)
            assert fitting.why_not_keep() == "No refinement was cancelled."

    def test_only_the_selected_frames_are_asked_for(self, qtbot: Any, window: MainWindow) -> None:
        before = values(window)
        window.presenters.drop.paint((3,), False)
        qtbot.waitUntil(lambda: is_encoded(window), timeout=10_000)
        before = values(window)
        window.presenters.fitting.refine((2, 3, 5))
        qtbot.waitUntil(lambda: not window.presenters.fitting.running, timeout=10_000)
        changed = np.flatnonzero((values(window) != before).any(1))
        assert changed.tolist() == [2, 5], "a dropped frame is not looked at"

    def test_nothing_but_dropped_frames_says_so(self, qtbot: Any, window: MainWindow) -> None:
        window.presenters.drop.paint((3,), False)
        qtbot.waitUntil(lambda: is_encoded(window), timeout=10_000)
        with qtbot.waitSignal(window.session.notices.posted) as said:
            window.presenters.fitting.refine((3,))
        assert "Only kept frames" in said.args[0].text


class TestUncertainty:
    def show(self, window: MainWindow) -> Any:
        window.refresh_actions()
        window.actions_["view.uncertainty"].trigger()
        return next(v for v in window.bench.viewports.shown if v.content is Content.UNCERTAINTY)

    def test_a_viewport_shows_it_with_its_scale(self, qtbot: Any, window: MainWindow) -> None:
        viewport = self.show(window)
        qtbot.waitUntil(lambda: viewport.canvas.layers.legend is not None, timeout=10_000)
        legend = viewport.canvas.layers.legend
        assert legend.high.endswith("grey levels")
        assert "16 posterior samples" in legend.words

    def test_it_repeats_and_follows_the_playhead(self, qtbot: Any, window: MainWindow) -> None:
        heard: list[UncertaintyReady] = []
        window.engine.responseReady.connect(
            lambda r: heard.append(r) if isinstance(r, UncertaintyReady) else None
        )
        self.show(window)
        for frame in (FRAME, 7, FRAME):
            window.presenters.playback.go(frame)
            qtbot.waitUntil(lambda f=frame: bool(heard) and heard[-1].frame == f, timeout=10_000)
        same = [r.std for r in heard if r.frame == FRAME]
        np.testing.assert_array_equal(same[0], same[-1])

    def test_an_edit_takes_the_map_of_the_motion_before_off(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        viewport = self.show(window)
        qtbot.waitUntil(lambda: viewport._inputs.uncertainty is not None, timeout=10_000)
        window.presenters.latent.type_value((FRAME,), (0, 1), 1.5)
        assert viewport._inputs.uncertainty is None
        qtbot.waitUntil(lambda: viewport._inputs.uncertainty is not None, timeout=10_000)
        window.presenters.playback.go(7)
        assert viewport._inputs.uncertainty is None

    def test_muted_dimensions_are_not_uncertain(self, window: MainWindow) -> None:
        dims = tuple(range(active(window).track.base.dims))
        window.session.push(SetMuted(active(window).id, dims))
        motion = active(window).track.motion()
        assert motion.std is not None
        assert not motion.std.any()

    def test_more_samples_are_asked_for(self, qtbot: Any, window: MainWindow) -> None:
        viewport = self.show(window)
        window.presenters.shaping.tools.samples.setValue(24)
        qtbot.waitUntil(
            lambda: (
                viewport.canvas.layers.legend is not None
                and "24 posterior" in viewport.canvas.layers.legend.words
            ),
            timeout=10_000,
        )

    def test_without_a_std_it_says_why(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path,
        small_models: dict[str, SmallModel], monkeypatch: Any,
    ) -> None:  # fmt: skip
        from dataclasses import replace

        encode = SmallModel.encode
        monkeypatch.setattr(
            SmallModel, "encode", lambda self, *a, **k: replace(encode(self, *a, **k), std=None)
        )
        window = make_window()
        open_clip(qtbot, window, clip_at(tmp_path, "beat"))
        window.refresh_actions()
        action = window.actions_["view.uncertainty"]
        assert not action.isEnabled()
        assert "no uncertainty" in action.toolTip()
