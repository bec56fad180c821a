"""Motion dragged between subjects in the whole window, with a small model behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.locations import resources_dir
from motionstudio.core.transfer import TransferMode
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import SetFraming
from motionstudio.document.subject import Framing, Subject
from motionstudio.document.transfer_plan import SAMPLE, Arriving, Offer, plan
from motionstudio.gui.dialogs.clip_settings import settings_of
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.reopening import ClipChanges, reopen
from motionstudio.io import read_clip, write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import ALT, CTRL
from tests.gui.motion_drops import MotionDrag
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, is_encoded, key, open_clip, settle

LONG = 15_000


def write(folder: Path, name: str, frames: np.ndarray, fps: float = 20) -> Path:
    path = folder / f"{name}.npz"
    write_clip(Clip(frames, uniform_times(len(frames), fps), cyclic=True), path)
    return path


def shaking(count: int, size: int = 48) -> np.ndarray:
    """The disc of the blob shifted to and fro instead of growing."""
    still = blob_frames(1, size)[0]
    shifts = np.rint(4 * np.sin(2 * np.pi * np.arange(count) / count)).astype(int)
    return np.stack([np.roll(still, shift, axis=1) for shift in shifts])


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    """The active subject is ``beat`` (12 frames); ``shake`` (16 frames) is beside it."""
    made = make_window()
    open_clip(qtbot, made, write(tmp_path, "shake", shaking(16)))
    open_clip(qtbot, made, write(tmp_path, "beat", blob_frames(12, 48)))
    return made


def named(window: MainWindow, name: str) -> Subject:
    return next(s for s in window.session.project.subjects if s.name == name)


def canvas(window: MainWindow) -> Any:
    return window.bench.viewports.viewports[1].canvas


def ghost_overlay(window: MainWindow) -> Any:
    return next(
        overlay
        for viewport, overlay in window.presenters.transfer_views.overlays.items()
        if viewport.canvas is canvas(window)
    )


def wait_for_ghost(qtbot: Any, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: ghost_overlay(window).has_picture, timeout=LONG)


def test_statement_15_hovering_shows_a_ghost_and_leaving_changes_nothing(
    qtbot: Any, window: MainWindow
) -> None:
    state, steps = window.session.project.state, window.session.project.history.steps
    before = generated(window)
    drag = MotionDrag(named(window, "shake").id)
    assert drag.over(canvas(window))
    wait_for_ghost(qtbot, window)
    assert ghost_overlay(window).words == "Drop to replace the motion of beat by that of shake"
    assert "Alt adds" in window.status.read_out.text()
    drag.leave(canvas(window))
    assert ghost_overlay(window).words == ""
    assert not ghost_overlay(window).has_picture
    assert window.session.project.state is state
    assert window.session.project.history.steps == steps
    assert generated(window) is before


def test_statement_15_escape_leaves_document_and_history_unchanged(
    qtbot: Any, window: MainWindow
) -> None:
    state = window.session.project.state
    undo = window.session.project.history.undo_label
    drag = MotionDrag(named(window, "shake").id)
    drag.over(canvas(window), keys=CTRL)
    wait_for_ghost(qtbot, window)
    # Qt ends a drag at Esc itself and tells the widget below that it was left.
    drag.leave(canvas(window))
    assert window.presenters.transfer.ghost is None
    assert window.session.project.state is state
    assert window.session.project.history.undo_label == undo


def test_statement_15_a_drop_is_one_undo_step(qtbot: Any, window: MainWindow) -> None:
    before = active(window).track.values
    picture = generated(window)
    steps = len(window.session.project.history.steps)
    drag = MotionDrag(named(window, "shake").id)
    drag.over(canvas(window))
    assert drag.drop(canvas(window))
    assert len(window.session.project.history.steps) == steps + 1
    assert window.session.project.history.undo_label == "Move shake onto beat"
    assert not np.array_equal(active(window).track.values, before)
    assert (active(window).track.values[0] == 0).all()
    settle(qtbot, window)
    key(window, "Ctrl+Z")
    key(window, "Home")  # Undo looks at what changed.
    settle(qtbot, window)
    assert active(window).track.values.tobytes() == before.tobytes()
    assert np.array_equal(generated(window), picture)


def test_the_ghost_is_what_the_drop_makes(qtbot: Any, window: MainWindow) -> None:
    key(window, "Right")
    key(window, "Right")
    key(window, "Right")
    settle(qtbot, window)
    drag = MotionDrag(named(window, "shake").id)
    drag.over(canvas(window))
    transfer = window.presenters.transfer
    qtbot.waitUntil(lambda: transfer.ghost.picture is not None, timeout=LONG)
    promised = transfer.ghost.picture
    drag.drop(canvas(window))
    settle(qtbot, window)
    got = generated(window)
    if promised.shape == got.shape:
        assert np.abs(promised.astype(int) - got).max() <= 2
    else:
        assert promised.shape[0] == (got.shape[0] + 1) // 2


def test_alt_adds_to_the_motion(window: MainWindow) -> None:
    own = active(window).track.values.copy()
    MotionDrag(named(window, "shake").id).drop(canvas(window), keys=ALT)
    added = active(window).track.values - own
    MotionDrag(named(window, "shake").id).drop(canvas(window))
    np.testing.assert_allclose(active(window).track.values, added, atol=1e-4)


def test_ctrl_blends_and_the_slider_belongs_to_the_same_step(window: MainWindow) -> None:
    own = active(window).track.values.copy()
    steps = len(window.session.project.history.steps)
    MotionDrag(named(window, "shake").id).drop(canvas(window), keys=CTRL)
    popover = window.presenters.transfer_views.popover
    assert popover is not None
    half = active(window).track.values.copy()
    popover.slider.setValue(0)
    np.testing.assert_allclose(active(window).track.values, own, atol=1e-6)
    popover.slider.setValue(100)
    full = active(window).track.values.copy()
    np.testing.assert_allclose(half[1:], (own + full)[1:] / 2, atol=1e-5)
    popover.keep.click()
    assert len(window.session.project.history.steps) == steps + 1
    window.session.project.history.undo()
    assert active(window).track.values.tobytes() == own.tobytes()


def test_a_blend_that_is_taken_back_leaves_nothing(window: MainWindow) -> None:
    before = window.session.project.state
    label = window.session.project.history.undo_label
    MotionDrag(named(window, "shake").id).drop(canvas(window), keys=CTRL)
    popover = window.presenters.transfer_views.popover
    popover.slider.setValue(80)
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert window.session.project.history.undo_label == label
    own = before.subject(active(window).id).track.values
    assert active(window).track.values.tobytes() == own.tobytes()


def test_a_subject_dropped_on_itself_does_nothing(window: MainWindow) -> None:
    steps = len(window.session.project.history.steps)
    drag = MotionDrag(active(window).id)
    drag.over(canvas(window))
    assert "already" in window.status.read_out.text()
    drag.drop(canvas(window))
    assert len(window.session.project.history.steps) == steps


@pytest.mark.parametrize("place", ["timeline", "matrix"])
def test_the_track_takes_motion_too(window: MainWindow, place: str) -> None:
    widget = window.bench.timeline if place == "timeline" else window.bench.time.matrix
    drag = MotionDrag(named(window, "shake").id)
    assert drag.over(widget)
    assert drag.drop(widget)
    assert window.session.project.history.undo_label == "Move shake onto beat"


def test_a_card_takes_motion_and_says_so_before(window: MainWindow) -> None:
    cards = window.bench.library.subjects
    item = next(i for i in cards._items() if i.text() == "shake")
    place = cards.visualItemRect(item).center()
    drag = MotionDrag(active(window).id)
    assert drag.over(cards.viewport(), place)
    assert window.status.read_out.text().startswith(
        "Drop to replace the motion of shake by that of beat"
    )
    assert drag.drop(cards.viewport(), place)
    assert window.session.project.history.undo_label == "Move beat onto shake"
    assert active(window).name == "shake"


def test_the_card_menu_uses_its_motion_on_the_active_subject(window: MainWindow) -> None:
    cards = window.bench.library.subjects
    item = next(i for i in cards._items() if i.text() == "shake")
    menu = cards.card_menu(item)
    assert menu.actions()[0].text() == "Use this motion on beat"
    menu.actions()[0].trigger()
    assert window.session.project.history.undo_label == "Move shake onto beat"


def test_without_a_mouse_the_dialog_does_the_same(window: MainWindow) -> None:
    transfer = window.presenters.transfer
    shake, beat = named(window, "shake").id, active(window).id
    own = active(window).track.values.copy()
    transfer.drop_settled(Offer(shake, beat, TransferMode.REPLACE, 0.0))
    assert (active(window).track.values == 0).all()
    window.session.project.history.undo()
    assert active(window).track.values.tobytes() == own.tobytes()
    assert window.presenters.transfer_views.popover is None


def test_the_dialog_says_why_not_and_shows_the_ghost(qtbot: Any, window: MainWindow) -> None:
    from motionstudio.gui.dialogs.transfer_options import TransferDialog

    transfer = window.presenters.transfer
    sources, targets, first = window.behaviours.transfers._choices()
    dialog = TransferDialog(sources, targets, first, transfer.why_not, window)
    qtbot.addWidget(dialog)
    dialog.considered.connect(transfer.hover)
    dialog.mode.setCurrentIndex(1)
    assert transfer.ghost is not None
    assert dialog.offer().mode is TransferMode.ADD
    dialog.source.setCurrentIndex(dialog.source.findData(active(window).id))
    assert not dialog._move.isEnabled()
    assert "already" in dialog._move.toolTip()
    transfer.leave()


def test_another_models_motion_is_refused_with_an_offer(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    open_clip(qtbot, window, write(tmp_path, "colour", blob_frames(10, 48, 3)))
    target = active(window)
    assert target.model == "figures"
    steps = len(window.session.project.history.steps)
    MotionDrag(named(window, "shake").id).drop(canvas(window))
    assert len(window.session.project.history.steps) == steps
    qtbot.waitUntil(lambda: bool(window.session.notices.recent), timeout=LONG)
    notice = window.session.notices.recent[-1]
    assert "their numbers mean different things" in notice.text
    assert notice.actions == ("transfer.encode",)
    # The button of the message triggers it, and nobody else has it looked at again.
    qtbot.waitUntil(window.actions_["transfer.encode"].isEnabled, timeout=LONG)
    window.actions_["transfer.encode"].trigger()
    qtbot.waitUntil(
        lambda: window.session.project.history.undo_label == "Move shake onto colour", timeout=LONG
    )
    assert named(window, "shake").model == "heart"
    foreign = window.presenters.transfer.foreign
    assert len(foreign._found) == 1
    window.session.project.load(ProjectState())
    assert foreign._found == {}, "a clip that is closed leaves no motion behind"


def test_a_sample_can_be_dragged_without_opening_it(qtbot: Any, window: MainWindow) -> None:
    count = len(window.session.project.subjects)
    MotionDrag(f"{SAMPLE}heart_b.npz").drop(canvas(window))
    qtbot.waitUntil(
        lambda: window.session.project.history.undo_label.startswith("Move heart_b"), timeout=LONG
    )
    assert len(window.session.project.subjects) == count


def test_a_motion_that_is_found_during_a_gesture_waits_for_its_end(
    qtbot: Any, window: MainWindow
) -> None:
    project, transfer = window.session.project, window.presenters.transfer
    with qtbot.waitSignal(transfer.foreign.ready, timeout=LONG):
        MotionDrag(f"{SAMPLE}heart_b.npz").drop(canvas(window))
        project.begin("Drag")
    project.rollback()
    qtbot.waitUntil(lambda: project.history.undo_label.startswith("Move heart_b"), timeout=LONG)


def test_a_strength_that_was_chosen_is_not_asked_for_again(qtbot: Any, window: MainWindow) -> None:
    project, transfer = window.session.project, window.presenters.transfer
    offer = Offer(f"{SAMPLE}heart_b.npz", active(window).id, TransferMode.BLEND, 0.25)
    with qtbot.waitSignal(transfer.foreign.ready, timeout=LONG):
        transfer.drop_settled(offer)
    assert not transfer.adjusting
    assert window.presenters.transfer_views.popover is None
    assert project.history.undo_label.startswith("Move heart_b")


class TestStills:
    @pytest.fixture
    def still(self, qtbot: Any, window: MainWindow, tmp_path: Path) -> Subject:
        path = tmp_path / "statue.png"
        Image.fromarray(blob_frames(1, 40)[0, ..., 0]).save(path)
        window.open_paths([path], ask=False)
        qtbot.waitUntil(lambda: active(window).name == "statue", timeout=LONG)
        facts = window.session.media.facts
        qtbot.waitUntil(lambda: facts(active(window)) is not None, timeout=LONG)
        return active(window)

    def animate(self, qtbot: Any, window: MainWindow) -> None:
        MotionDrag(named(window, "beat").id).drop(window.bench.viewports.shown[0].canvas)
        qtbot.waitUntil(lambda: len(active(window).clip) == 12, timeout=LONG)
        window.presenters.playback.toggle(False)
        window.presenters.playback.start()
        settle(qtbot, window)

    def test_it_plays_at_once_and_nothing_claims_to_play_once_that_is_undone(
        self, qtbot: Any, window: MainWindow, still: Subject
    ) -> None:
        MotionDrag(named(window, "beat").id).drop(window.bench.viewports.shown[0].canvas)
        qtbot.waitUntil(lambda: window.session.playhead > 0, timeout=LONG)
        play = window.bench.timeline.transport.play
        assert play.accessibleName() == "Pause"
        assert window.session.view.state.playing
        key(window, "Ctrl+Z")
        assert len(active(window).clip) == 1
        assert play.accessibleName() == "Play"

    def test_a_motion_makes_it_move(self, qtbot: Any, window: MainWindow, still: Subject) -> None:
        self.animate(qtbot, window)
        at_rest = generated(window)
        assert np.array_equal(at_rest[..., 0], blob_frames(1, 40)[0, ..., 0])
        key(window, "Right")
        key(window, "Right")
        settle(qtbot, window)
        assert not np.array_equal(generated(window), at_rest)
        source = window.bench.viewports.viewports[0]._inputs.source
        assert np.array_equal(source, at_rest)

    @pytest.mark.parametrize("beside", [False, True])
    def test_its_labels_stay_on_it_and_move(
        self, qtbot: Any, window: MainWindow, tmp_path: Path, beside: bool
    ) -> None:
        frames, regions = blob_frames(1, 40), window.presenters.overlays.regions
        masks = (frames[..., 0] > 120).astype(np.uint8)
        clip = Clip(frames, np.zeros(1), masks=None if beside else masks)
        write_clip(clip, tmp_path / "labelled.npz")
        window.open_paths([tmp_path / "labelled.npz"], ask=False)
        qtbot.waitUntil(lambda: active(window).name == "labelled", timeout=LONG)
        facts = window.session.media.facts
        qtbot.waitUntil(lambda: facts(active(window)) is not None, timeout=LONG)
        if beside:
            np.save(tmp_path / "labels.npy", masks)
            window.presenters.overlays.labels.load(active(window), tmp_path / "labels.npy")
        qtbot.waitUntil(lambda: regions.labels is not None, timeout=LONG)
        self.animate(qtbot, window)
        qtbot.waitUntil(lambda: len(regions.measured) == 12, timeout=LONG)
        assert regions.labels.frames == (active(window).reference,)
        np.testing.assert_array_equal(regions.labels.masks[active(window).reference], masks[0])
        assert len({measured.regions[1].area for measured in regions.measured.values()}) > 3

    def test_undo_returns_the_still(self, qtbot: Any, window: MainWindow, still: Subject) -> None:
        self.animate(qtbot, window)
        key(window, "Ctrl+Z")
        assert len(active(window).clip) == 1
        assert window.bench.timeline.strip.states.count == 1

    def test_its_frames_cannot_be_dropped_and_it_says_why(
        self, qtbot: Any, window: MainWindow, still: Subject
    ) -> None:
        self.animate(qtbot, window)
        window.refresh_actions()
        for name in ("drop.toggle", "drop.every_2nd", "drop.reference", "model.refine"):
            assert "no true frames" in window.actions_.why_not(name)
        window.presenters.drop.paint((3,), kept=False)
        assert active(window).kept.all()
        assert "no truth" in window.bench.time.errors._message

    def test_a_still_has_no_motion_to_carry(
        self, qtbot: Any, window: MainWindow, still: Subject
    ) -> None:
        window.session.show(named(window, "beat").id)
        assert "no motion" in window.presenters.transfer.why_not(Offer(still.id, active(window).id))


def test_pictures_of_one_folder_can_become_one_clip(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    frames = blob_frames(4, 48)
    paths = [tmp_path / f"frame{t}.png" for t in range(4)]
    for path, frame in zip(paths, frames, strict=True):
        Image.fromarray(frame[..., 0]).save(path)
    window.open_paths(paths[1:], ask=False)
    qtbot.waitUntil(lambda: len(window.session.project.subjects) == 3, timeout=LONG)
    qtbot.waitUntil(lambda: not window.presenters.joining.why_not(), timeout=LONG)
    qtbot.waitUntil(lambda: bool(window.session.notices.recent), timeout=LONG)
    assert window.session.notices.recent[-1].actions == ("file.join",)
    window.refresh_actions()
    window.actions_["file.join"].trigger()
    qtbot.waitUntil(lambda: len(window.session.project.subjects) == 1, timeout=LONG)
    assert len(active(window).clip) == 3
    assert np.array_equal(active(window).clip.frames[0], frames[1])
    qtbot.waitUntil(lambda: is_encoded(window), timeout=LONG)
    window.session.project.history.undo()
    assert len(window.session.project.subjects) == 3


def test_pictures_of_different_sizes_stay_apart(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path, size in zip(paths, (32, 40), strict=True):
        Image.fromarray(blob_frames(1, size)[0, ..., 0]).save(path)
    window.open_paths(paths, ask=False)
    qtbot.waitUntil(lambda: len(window.session.project.subjects) == 2, timeout=LONG)
    assert window.presenters.joining.why_not()


class TestAligning:
    @pytest.fixture
    def turned(self, qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
        """``heart`` and, active, one like it that is turned and beats otherwise."""
        made = make_window()
        frames = np.asarray(read_clip(resources_dir() / "samples" / "heart_a.npz").frames[:12])
        open_clip(qtbot, made, write(tmp_path, "heart", frames))
        halves = np.concatenate([frames[:1], frames[2:8:2], frames[8::-2]])
        copy = np.ascontiguousarray(np.rot90(halves, 1, axes=(1, 2)))
        open_clip(qtbot, made, write(tmp_path, "copy", copy))
        return made

    def test_another_pose_is_warned_of_and_aligned_by_one_click(
        self, qtbot: Any, turned: MainWindow
    ) -> None:
        aligning = turned.presenters.aligning
        assert aligning.why_not()
        MotionDrag(named(turned, "heart").id).drop(canvas(turned))
        qtbot.waitUntil(lambda: aligning.found is not None, timeout=LONG)
        notices = turned.session.notices
        qtbot.waitUntil(lambda: bool(notices.recent), timeout=LONG)
        assert "copy lies differently" in notices.recent[-1].text
        assert notices.recent[-1].actions == ("transfer.align",)
        turned.refresh_actions()
        turned.actions_["transfer.align"].trigger()
        assert abs(abs(active(turned).framing.angle) - 90) < 4
        label = "Move heart onto copy"
        history = turned.session.project.history
        qtbot.waitUntil(lambda: history.undo_label == label, timeout=LONG)
        settle(qtbot, turned)
        offer = Offer(named(turned, "heart").id, active(turned).id)
        again = plan(active(turned), Arriving.of(named(turned, "heart")), offer.mode, 1.0)
        np.testing.assert_allclose(active(turned).track.values, again.motion.mean, atol=1e-5)
        history.undo()
        assert history.undo_label == "Align copy"
        history.undo()
        assert active(turned).framing.angle == 0

    def test_other_frames_keep_a_crop_that_leaves_the_picture(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        framing = Framing("crop", (-6, -4, 50, 50), 12.0)
        window.session.push(SetFraming(active(window).id, framing))
        settings = replace(settings_of(active(window)), stride=2)
        reopen(window.session, active(window), ClipChanges(settings, active(window).model))
        qtbot.waitUntil(lambda: len(active(window).clip) == 6, timeout=LONG)
        assert active(window).framing == framing

    def test_aligning_that_is_undone_at_once_carries_nothing(
        self, qtbot: Any, turned: MainWindow
    ) -> None:
        aligning, history = turned.presenters.aligning, turned.session.project.history
        own = active(turned).track.values
        MotionDrag(named(turned, "heart").id).drop(canvas(turned))
        qtbot.waitUntil(lambda: aligning.found is not None, timeout=LONG)
        aligning.align()
        history.undo()
        settle(qtbot, turned)
        assert history.redo_label == "Align copy"
        assert active(turned).framing.angle == 0
        np.testing.assert_array_equal(active(turned).track.values, own)

    def test_clips_that_lie_alike_are_not_warned_of(self, qtbot: Any, window: MainWindow) -> None:
        MotionDrag(named(window, "shake").id).drop(canvas(window))
        done: list[bool] = []
        window.session.media.submit(lambda: True, done.append)
        qtbot.waitUntil(lambda: bool(done), timeout=LONG)
        assert window.presenters.aligning.why_not()
