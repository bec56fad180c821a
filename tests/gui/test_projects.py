"""Projects in the window: save, open, prompts, autosave, recovery, missing media, history."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.transfer import TransferMode
from motionstudio.document.autosave import Autosave
from motionstudio.document.commands import EditLatent, Rename, SetKept
from motionstudio.document.project_file import read_manifest, read_project
from motionstudio.document.transfer_plan import Offer
from motionstudio.gui.dialogs.relink import RelinkDialog
from motionstudio.gui.dialogs.unsaved import Answer, Questions
from motionstudio.gui.dialogs.versions import VersionsDialog
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.document.builders import everything
from tests.gui.conftest import MakeWindow, folders
from tests.gui.small_model import SmallModel, small_card
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, open_clip, settle

LONG = 15_000


class Asked:
    """Answers questions as told, and remembers what was asked."""

    def __init__(self, answer: Answer = Answer.DISCARD, path: Path | None = None) -> None:
        self.answer, self.path = answer, path
        self.names: list[str] = []
        self.suggested: list[Path] = []

    @property
    def questions(self) -> Questions:
        return Questions(self._unsaved, self._save_path)

    def _unsaved(self, _parent: object, name: str) -> Answer:
        self.names.append(name)
        return self.answer

    def _save_path(self, _parent: object, suggestion: Path) -> Path | None:
        self.suggested.append(suggestion)
        return self.path


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    path = tmp_path / "clips" / "beat.npz"
    path.parent.mkdir()
    write_clip(Clip(blob_frames(12, 48), uniform_times(12, 20), cyclic=True), path)
    return path


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(path=tmp_path / "work.motion")


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path, asked: Asked) -> MainWindow:
    made = make_window(questions=asked.questions)
    open_clip(qtbot, made, clip_path)
    return made


def edit(window: MainWindow, value: float = 0.5) -> None:
    block = np.full((2, 1), value, np.float32)
    window.session.push(EditLatent(active(window).id, (3, 4), (1,), block))


def save(qtbot: Any, window: MainWindow) -> Path:
    """Save and wait until it is written."""
    saving = window.presenters.saving
    window.actions_["file.save"].trigger()
    qtbot.waitUntil(lambda: not saving.busy and not saving.unsaved, timeout=LONG)
    path = window.session.project.path
    assert path is not None
    return path


def drained(qtbot: Any, window: MainWindow) -> None:
    """Wait until everything that was asked of the background so far has been delivered."""
    done: list[object] = []
    window.presenters.background.submit(lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=LONG)


def open_project(qtbot: Any, window: MainWindow, path: Path) -> None:
    with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
        window.open_paths([path])


class TestSaving:
    def test_saving_asks_once_and_marks_clean(
        self, qtbot: Any, window: MainWindow, asked: Asked, tmp_path: Path
    ) -> None:
        edit(window)
        window.refresh_actions()
        assert window.windowTitle().startswith("● beat")
        assert window.status.saved.text() == "● unsaved"
        assert save(qtbot, window) == tmp_path / "work.motion"
        assert [path.name for path in asked.suggested] == ["beat.motion"]
        window.refresh_actions()
        assert window.windowTitle().startswith("work — ")
        assert window.status.saved.text().startswith("saved ")
        assert not window.actions_["file.save"].isEnabled()
        assert str(tmp_path / "work.motion") in window.session.settings.value.recent
        edit(window, 0.7)
        save(qtbot, window)
        assert len(asked.suggested) == 1

    def test_a_name_without_suffix_gets_it(
        self, qtbot: Any, window: MainWindow, asked: Asked, tmp_path: Path
    ) -> None:
        asked.path = tmp_path / "plain"
        edit(window)
        assert save(qtbot, window).name == "plain.motion"

    def test_work_goes_on_while_it_is_written(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        edit(window, 0.25)
        window.actions_["file.save"].trigger()
        edit(window, 0.75)
        saving = window.presenters.saving
        qtbot.waitUntil(lambda: not saving.busy, timeout=LONG)
        assert saving.unsaved
        stored = read_project(tmp_path / "work.motion", shelf=tmp_path / "shelf").state
        track = stored.subjects[0].track
        assert track is not None
        assert track.offset[3, 1] == 0.25
        window.session.project.history.undo()
        assert not saving.unsaved

    def test_a_place_that_cannot_be_written_to_is_named(
        self, qtbot: Any, window: MainWindow, asked: Asked, tmp_path: Path
    ) -> None:
        asked.path = tmp_path / "nowhere" / "p.motion"
        edit(window)
        window.actions_["file.save"].trigger()
        qtbot.waitUntil(lambda: bool(window.session.notices.recent), timeout=LONG)
        assert "p.motion could not be written" in window.session.notices.recent[-1].text
        assert window.presenters.saving.unsaved
        assert window.session.project.path is None

    def test_a_clip_that_joins_a_saved_project_is_a_change(
        self, qtbot: Any, window: MainWindow, clip_path: Path
    ) -> None:
        edit(window)
        save(qtbot, window)
        open_clip(qtbot, window, clip_path)
        assert window.presenters.saving.unsaved
        assert window.session.project.history.undo_label == "Add beat"

    def test_collected_projects_open_without_their_clips(
        self, qtbot: Any, window: MainWindow, clip_path: Path
    ) -> None:
        before = active(window).clip.frames[:]
        window.actions_["file.collect"].trigger()
        saving = window.presenters.saving
        qtbot.waitUntil(lambda: not saving.busy and not saving.unsaved, timeout=LONG)
        path = window.session.project.path
        assert path is not None
        shutil.rmtree(clip_path.parent)
        open_project(qtbot, window, path)
        settle(qtbot, window)
        assert np.array_equal(active(window).clip.frames[:], before)
        window.refresh_actions()
        assert "carries all" in window.actions_["file.collect"].toolTip()

    def test_a_save_that_ends_after_a_new_document_began_does_not_name_it(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        edit(window)
        saving, path = window.presenters.saving, tmp_path / "work.motion"
        window.actions_["file.save"].trigger()
        window.presenters.saving.save(path)  # waits for the first
        window.projects.new()
        assert not window.session.project.subjects
        drained(qtbot, window)
        assert window.session.project.path is None
        assert not saving.busy
        assert not saving.unsaved
        assert len(read_project(path, shelf=tmp_path / "shelf").state.subjects) == 1


def test_a_clip_that_is_read_during_a_gesture_is_no_part_of_it(
    qtbot: Any, window: MainWindow, clip_path: Path
) -> None:
    project = window.session.project
    with qtbot.waitSignal(window.presenters.opening.busyChanged, timeout=LONG):
        window.open_paths([clip_path], ask=False)
    project.begin("Drag")
    read: list[object] = []
    for _ in range(3):
        window.session.media.submit(lambda: None, read.append)
        qtbot.waitUntil(lambda: bool(read), timeout=LONG)
        read.clear()
    assert len(project.subjects) == 1
    project.rollback()
    qtbot.waitUntil(lambda: len(project.subjects) == 2, timeout=LONG)
    assert project.history.undo_label == "Add beat"


class TestOpening:
    def test_what_is_done_while_a_project_is_read_is_not_lost(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        edit(window)
        path = save(qtbot, window)
        window.projects.open(path)
        edit(window, 0.75)
        drained(qtbot, window)
        assert active(window).track.offset[3, 1] == 0.75
        assert window.session.project.history.can_undo
        qtbot.waitUntil(lambda: bool(window.session.notices.recent), timeout=LONG)
        assert "was not opened" in window.session.notices.recent[-1].text

    def test_of_two_projects_in_quick_succession_the_last_is_shown(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        edit(window)
        first = save(qtbot, window)
        second = tmp_path / "second.motion"
        shutil.copyfile(first, second)
        shown: list[object] = []
        window.presenters.loading.loaded.connect(shown.append)
        window.projects.open(first)
        window.projects.open(second)
        drained(qtbot, window)
        assert window.session.project.path == second
        assert len(shown) == 1

    def test_a_project_that_arrives_during_a_gesture_leaves_it_alone(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        edit(window)
        path = save(qtbot, window)
        window.projects.open(path)
        window.session.project.begin("Drag")
        drained(qtbot, window)
        assert window.session.project.in_transaction
        qtbot.waitUntil(lambda: bool(window.session.notices.recent), timeout=LONG)
        assert "was not opened" in window.session.notices.recent[-1].text
        window.session.project.rollback()

    def test_a_blend_whose_strength_is_being_chosen_is_taken_back(
        self, qtbot: Any, window: MainWindow, clip_path: Path
    ) -> None:
        open_clip(qtbot, window, clip_path)
        first, second = window.session.project.subjects
        transfer = window.presenters.transfer
        assert transfer.drop(Offer(first.id, second.id, TransferMode.BLEND, 0.5))
        assert window.session.project.in_transaction
        window.projects.new()
        assert not window.session.project.in_transaction
        assert not window.session.project.subjects

    def test_statement_09_the_window_writes_what_it_read(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        edit(window)
        window.session.push(SetKept(active(window).id, (2, 5), False))
        settle(qtbot, window)
        window.session.view.update(playhead=4, play_range=(2, 9))
        path = save(qtbot, window)
        first = read_manifest(path)
        state, picture = window.session.project.state, generated(window)
        open_project(qtbot, window, path)
        settle(qtbot, window)
        assert everything(window.session.project.state) == everything(
            _with_hashes(state, window.session.project.state)
        )
        assert window.session.view.state.playhead == 4
        assert window.session.view.state.play_range == (2, 9)
        assert np.array_equal(generated(window), picture)
        assert not window.presenters.saving.unsaved
        again = tmp_path / "again.motion"
        with qtbot.waitSignal(window.presenters.saving.changed, timeout=LONG):
            window.presenters.saving.save(again)
        qtbot.waitUntil(lambda: not window.presenters.saving.busy, timeout=LONG)
        assert read_manifest(again) == first

    def test_nothing_is_encoded_anew(
        self, qtbot: Any, window: MainWindow, small_models: dict[str, SmallModel]
    ) -> None:
        edit(window)
        path = save(qtbot, window)
        encoded: list[str] = []
        window.presenters.encoding.started.connect(encoded.append)
        open_project(qtbot, window, path)
        settle(qtbot, window)
        window.presenters.encoding.started.disconnect(encoded.append)
        assert encoded == []

    def test_a_dropped_project_takes_the_place_of_the_document(
        self, qtbot: Any, window: MainWindow, asked: Asked
    ) -> None:
        edit(window)
        path = save(qtbot, window)
        window.session.push(Rename(active(window).id, "other"))
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(
            QPointF(50, 50), Qt.DropAction.CopyAction, data,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
            window.dropEvent(event)
        assert asked.names == ["work"]
        assert active(window).name == "beat"
        assert window.session.project.history.steps == ()

    def test_another_document_with_other_subjects(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        edit(window)
        path = save(qtbot, window)
        window.actions_["file.new"].trigger()
        assert window.session.project.subjects == ()
        assert window.session.active is None
        assert window.windowTitle() == "MotionStudio"
        assert window.session.project.path is None
        other = tmp_path / "other.npz"
        write_clip(Clip(blob_frames(7, 40), uniform_times(7, 10)), other)
        open_clip(qtbot, window, other)
        assert len(window.bench.timeline.strip.states.kept) == 7
        open_project(qtbot, window, path)
        settle(qtbot, window)
        assert len(window.bench.timeline.strip.states.kept) == 12
        assert active(window).name == "beat"

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"text"])
    def test_statement_24_a_damaged_project_leaves_the_document(
        self, qtbot: Any, window: MainWindow, tmp_path: Path, content: bytes
    ) -> None:
        state = window.session.project.state
        path = tmp_path / "broken.motion"
        path.write_bytes(content)
        window.open_paths([path])
        qtbot.waitUntil(
            lambda: any("broken.motion" in n.text for n in window.session.notices.recent),
            timeout=LONG,
        )
        said = window.session.notices.recent[-1].text
        assert said.count(". ") == 0
        assert window.session.project.state is state

    def test_a_project_opens_without_its_model(
        self, qtbot: Any, make_window: MakeWindow, window: MainWindow
    ) -> None:
        edit(window)
        path = save(qtbot, window)
        other = make_window(cards=(small_card("other", 1),))
        open_project(qtbot, other, path)
        one = active(other)
        assert one.track is not None
        assert one.track.is_edited
        other.session.push(SetKept(one.id, (3,), False))
        assert other.session.project.history.can_undo
        qtbot.waitUntil(lambda: bool(other.session.notices.recent), timeout=LONG)
        texts = [notice.text for notice in other.session.notices.recent]
        assert any("model heart is not at hand; everything but" in text for text in texts)


def _with_hashes(state: Any, other: Any) -> Any:
    """The document as it is after its media were named in a file."""
    from dataclasses import replace

    pairs = zip(state.subjects, other.subjects, strict=True)
    return replace(
        state,
        subjects=tuple(replace(s, media=replace(s.media, sha256=o.media.sha256)) for s, o in pairs),
    )


class TestPrompt:
    def test_without_changes_nobody_is_asked(
        self, qtbot: Any, window: MainWindow, asked: Asked
    ) -> None:
        with qtbot.waitSignal(window.closed):
            window.close()
        assert asked.names == []

    def test_cancel_keeps_the_window(self, window: MainWindow, asked: Asked) -> None:
        asked.answer = Answer.CANCEL
        edit(window)
        assert not window.close()
        assert window.isVisible()
        assert asked.names == ["beat"]
        asked.answer = Answer.DISCARD

    def test_save_closes_once_it_is_written(
        self, qtbot: Any, window: MainWindow, asked: Asked, tmp_path: Path
    ) -> None:
        asked.answer = Answer.SAVE
        edit(window)
        with qtbot.waitSignal(window.closed, timeout=LONG):
            assert not window.close()
        stored = read_project(tmp_path / "work.motion", shelf=tmp_path / "shelf").state
        assert stored.subjects[0].track is not None
        assert stored.subjects[0].track.is_edited

    def test_a_save_that_fails_keeps_the_window(
        self, qtbot: Any, window: MainWindow, asked: Asked, tmp_path: Path
    ) -> None:
        asked.answer, asked.path = Answer.SAVE, tmp_path / "nowhere" / "p.motion"
        edit(window)
        window.close()
        qtbot.waitUntil(lambda: bool(window.session.notices.recent), timeout=LONG)
        assert window.isVisible()
        asked.answer = Answer.DISCARD

    def test_a_save_without_a_name_keeps_the_window(self, window: MainWindow, asked: Asked) -> None:
        asked.answer, asked.path = Answer.SAVE, None
        edit(window)
        window.close()
        assert window.isVisible()
        asked.answer = Answer.DISCARD


class TestAutosave:
    def test_a_change_is_kept_after_a_while(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        saving = window.presenters.saving
        saving.set_interval(0.02)
        with qtbot.waitSignal(saving.autosaved, timeout=LONG):
            edit(window)
        (version,) = saving.autosave.versions()
        kept = read_project(version.path, shelf=tmp_path / "shelf").state
        assert everything(kept) == everything(_with_hashes(window.session.project.state, kept))
        assert version.document is None

    def test_nothing_is_kept_of_what_is_saved(self, qtbot: Any, window: MainWindow) -> None:
        saving = window.presenters.saving
        edit(window)
        with qtbot.waitSignal(saving.autosaved, timeout=LONG):
            saving.autosave_now()
        save(qtbot, window)
        qtbot.waitUntil(lambda: saving.autosave.versions() == (), timeout=LONG)
        saving.autosave_now()
        qtbot.waitUntil(lambda: not saving.busy, timeout=LONG)
        assert saving.autosave.versions() == ()

    def test_a_window_that_closes_leaves_nothing(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        edit(window)
        with qtbot.waitSignal(window.presenters.saving.autosaved, timeout=LONG):
            window.presenters.saving.autosave_now()
        window.close()
        assert list((tmp_path / "autosave").iterdir()) == []

    def test_a_gesture_under_way_is_not_kept_in_halves(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        edit(window)
        window.session.project.begin("Edit")
        window.presenters.saving.autosave_now()
        window.session.project.rollback()
        with qtbot.waitSignal(window.presenters.saving.autosaved, timeout=LONG):
            window.presenters.saving.autosave_now()
        assert len(window.presenters.saving.autosave.versions()) == 1

    def test_a_copy_is_kept_at_once_in_place_of_the_versions_before(
        self, qtbot: Any, window: MainWindow
    ) -> None:
        saving = window.presenters.saving
        with qtbot.waitSignal(saving.autosaved, timeout=LONG):
            edit(window, 0.25)
            saving.autosave_now()
        (version,) = saving.autosave.versions()
        with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
            window.projects.open_copy(version.path)
        drained(qtbot, window)
        assert saving.unsaved
        assert len(saving.autosave.versions()) == 1

    def test_versions_open_as_a_copy(self, qtbot: Any, window: MainWindow) -> None:
        edit(window, 0.5)
        save(qtbot, window)
        edit(window, 0.9)
        with qtbot.waitSignal(window.presenters.saving.autosaved, timeout=LONG):
            window.presenters.saving.autosave_now()
        window.actions_["file.versions"].trigger()
        dialog = window.findChild(VersionsDialog)
        assert dialog.list.count() == 1
        assert dialog.list.item(0).text().startswith("work, ")
        with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
            dialog.copy.click()
        assert window.session.project.path is None
        assert window.presenters.saving.unsaved
        track = active(window).track
        assert track is not None
        assert track.offset[3, 1] == np.float32(0.9)


class TestRecovery:
    @pytest.fixture
    def left(self, qtbot: Any, window: MainWindow, tmp_path: Path) -> Any:
        """Versions of an edited document whose window is gone without closing."""
        edit(window)
        state = window.session.project.state
        saving = window.presenters.saving
        with qtbot.waitSignal(saving.autosaved, timeout=LONG):
            saving.autosave_now()
        shutil.copytree(saving.autosave.folder, tmp_path / "autosave" / "4-crashed")
        return state

    def test_recover_gives_the_edited_document_back(
        self, qtbot: Any, make_window: MakeWindow, left: Any
    ) -> None:
        window = make_window()
        window.recovery.look()
        bar = window.recovery._bar
        assert bar.isVisible()
        assert "ended unexpectedly. beat was kept" in bar.text.text()
        with qtbot.waitSignal(window.presenters.saving.autosaved, timeout=LONG):
            bar.recover.click()
        assert not bar.isVisible()
        state = window.session.project.state
        assert everything(state) == everything(_with_hashes(left, state))
        assert window.presenters.saving.unsaved
        # It is in this window's own versions now, so what was left may go.
        assert window.presenters.saving.autosave.versions()
        assert list(window.presenters.saving.autosave.abandoned()) == []

    def test_discard_deletes_it(self, make_window: MakeWindow, left: Any, tmp_path: Path) -> None:
        window = make_window()
        window.recovery.look()
        window.recovery._bar.discard.click()
        assert not window.recovery._bar.isVisible()
        assert not (tmp_path / "autosave" / "4-crashed").exists()

    def test_two_windows_do_not_offer_the_same(self, make_window: MakeWindow, left: Any) -> None:
        one, two = make_window(), make_window()
        one.recovery.look()
        two.recovery.look()
        assert one.recovery.offered is not None
        assert two.recovery.offered is None
        assert not two.recovery._bar.isVisible()
        one.close()
        two.recovery.look()
        assert two.recovery.offered is not None
        two.recovery.discard()

    def test_nothing_is_offered_where_nothing_was_left(self, window: MainWindow) -> None:
        window.recovery.look()
        assert not window.recovery._bar.isVisible()


class TestMissingMedia:
    @pytest.fixture
    def project(self, qtbot: Any, window: MainWindow, tmp_path: Path) -> Path:
        second = tmp_path / "clips" / "other.npz"
        write_clip(Clip(blob_frames(9, 40), uniform_times(9, 10)), second)
        open_clip(qtbot, window, second)
        edit(window)
        path = save(qtbot, window)
        window.actions_["file.new"].trigger()
        return path

    def test_the_document_opens_and_says_so(
        self, qtbot: Any, window: MainWindow, project: Path, clip_path: Path
    ) -> None:
        shutil.rmtree(clip_path.parent)
        open_project(qtbot, window, project)
        one = active(window)
        assert one.media_problem
        assert "file.relink" not in {
            name for name in window.actions_.all if window.actions_.why_not(name)
        } & {"file.relink"}
        for name in ("model.refine", "file.export"):
            assert "is not where it was" in window.actions_.why_not(name)
        edit(window, 0.3)
        window.session.push(SetKept(one.id, (2,), False))
        assert window.bench.timeline.strip.states.kept.tolist().count(False) == 1
        qtbot.waitUntil(
            lambda: any("2 subjects are missing" in n.text for n in window.session.notices.recent),
            timeout=LONG,
        )
        card = window.presenters.library._card(active(window))
        assert "is not where it was" in card.warning
        assert "missing" in window.bench.time.errors.message
        assert card.thumbnail is not None
        assert save(qtbot, window) == project

    def test_a_search_finds_all_in_one_step(
        self, qtbot: Any, window: MainWindow, project: Path, clip_path: Path, tmp_path: Path
    ) -> None:
        moved = tmp_path / "deep" / "down"
        moved.parent.mkdir()
        clip_path.parent.rename(moved)
        (moved / "beat.npz").rename(moved / "renamed.npz")
        open_project(qtbot, window, project)
        window.refresh_actions()
        window.actions_["file.relink"].trigger()
        dialog = window.findChild(RelinkDialog)
        dialog._ask_folder = lambda *_: tmp_path / "deep"
        assert dialog.list.count() == 2
        dialog.folder.click()
        qtbot.waitUntil(lambda: not window.presenters.relinking.missing, timeout=LONG)
        assert "Found" in dialog.words.text()
        assert dialog.list.count() == 0
        assert window.session.project.history.steps == ("Find 2 media",)
        encoded: list[str] = []
        window.presenters.encoding.started.connect(encoded.append)
        settle(qtbot, window)
        window.presenters.encoding.started.disconnect(encoded.append)
        assert encoded == []
        assert Path(active(window).media.path).parent == moved
        window.session.project.history.undo()
        assert len(window.presenters.relinking.missing) == 2
        window.session.project.history.redo()
        dialog.close()

    def test_what_is_found_during_a_gesture_waits_for_its_end(
        self, qtbot: Any, window: MainWindow, project: Path, clip_path: Path, tmp_path: Path
    ) -> None:
        clip_path.parent.rename(tmp_path / "moved")
        open_project(qtbot, window, project)
        relinking, document = window.presenters.relinking, window.session.project
        relinking.search(tmp_path / "moved")
        document.begin("Drag")
        drained(qtbot, window)
        assert relinking.missing
        document.rollback()
        qtbot.waitUntil(lambda: not relinking.missing, timeout=LONG)

    def test_another_file_is_encoded_anew(
        self, qtbot: Any, window: MainWindow, project: Path, clip_path: Path, tmp_path: Path
    ) -> None:
        clip_path.unlink()
        open_project(qtbot, window, project)
        other = tmp_path / "else.npz"
        write_clip(Clip(blob_frames(12, 48)[::-1].copy(), uniform_times(12, 20)), other)
        (gone,) = window.presenters.relinking.missing
        window.session.show(gone.id)
        with qtbot.waitSignal(window.presenters.encoding.started, timeout=LONG):
            window.presenters.relinking.choose(gone.id, other)
        settle(qtbot, window)
        assert "another file" in window.presenters.relinking.words
        assert not active(window).media_problem

    def test_a_file_that_does_not_fit_is_refused(
        self, qtbot: Any, window: MainWindow, project: Path, clip_path: Path, tmp_path: Path
    ) -> None:
        clip_path.unlink()
        open_project(qtbot, window, project)
        (gone,) = window.presenters.relinking.missing
        wrong = tmp_path / "clips" / "other.npz"
        window.presenters.relinking.choose(gone.id, wrong)
        qtbot.waitUntil(lambda: not window.presenters.relinking.busy, timeout=LONG)
        assert "gives 9 frames, but beat has 12" in window.presenters.relinking.words
        assert window.session.project.history.steps == ()

    def test_files_that_changed_are_named(
        self, qtbot: Any, window: MainWindow, project: Path, clip_path: Path
    ) -> None:
        write_clip(Clip(blob_frames(12, 48)[::-1].copy(), uniform_times(12, 20)), clip_path)
        open_project(qtbot, window, project)
        qtbot.waitUntil(
            lambda: any("beat.npz has changed" in n.text for n in window.session.notices.recent),
            timeout=LONG,
        )


class TestHistory:
    def test_the_list_goes_to_any_step(self, window: MainWindow) -> None:
        window.actions_["edit.history"].trigger()
        pane = window.bench.history
        assert pane.isVisible()
        edit(window, 0.5)
        window.session.push(SetKept(active(window).id, (2,), False))
        rows = [pane.list.item(row).text() for row in range(pane.list.count())]
        assert rows[1] == "Add beat"
        assert rows[3] == "Drop frame 2"
        assert pane.list.currentRow() == 3
        pane.list.setCurrentRow(1)
        assert active(window).kept.all()
        assert window.session.project.history.position == 1
        assert "undone" in pane.list.item(3).toolTip()
        pane.list.setCurrentRow(3)
        assert not active(window).kept[2]

    def test_undo_looks_at_what_changed(
        self, qtbot: Any, window: MainWindow, tmp_path: Path
    ) -> None:
        first = active(window).id
        edit(window)
        other = tmp_path / "other.npz"
        write_clip(Clip(blob_frames(7, 40), uniform_times(7, 10)), other)
        open_clip(qtbot, window, other)
        window.session.show(first)
        window.session.push(SetKept(first, (9,), False))
        window.session.show(window.session.project.subjects[1].id)
        window.session.project.history.undo()
        assert window.session.view.state.active == first
        assert window.session.view.state.playhead == 9

    def test_the_memory_is_shown(self, window: MainWindow) -> None:
        edit(window)
        assert "of 256 MB" in window.bench.history.header._detail.text()

    def test_undo_of_opening_can_be_redone(self, qtbot: Any, window: MainWindow) -> None:
        track = active(window).track
        history = window.session.project.history
        assert history.undo_label == "Add beat"
        history.undo()
        assert window.session.active is None
        history.redo()
        assert track is not None
        restored = active(window).track
        assert restored is not None
        assert restored.base.mean.tobytes() == track.base.mean.tobytes()


def test_a_new_project_leaves_no_time_or_rate_of_the_old_one(window: MainWindow) -> None:
    window.presenters.playback.go(7)
    transport = window.bench.timeline.transport
    assert transport.time.text() != "0.000 s"
    window.actions_["file.new"].trigger()
    assert not transport.isEnabled()
    assert (transport.frame.value(), transport.time.text()) == (0, "0.000 s")
    assert transport.total.text() == "no frames"
    assert transport.fps.text() == "–"


def test_a_clip_after_a_new_project_shows_its_own_rate(
    qtbot: Any, window: MainWindow, clip_path: Path
) -> None:
    window.actions_["file.new"].trigger()
    open_clip(qtbot, window, clip_path)
    transport = window.bench.timeline.transport
    assert transport.fps.text() == "20.0 fps"
    assert transport.total.text() == "of 0-11"


def test_errors_of_a_project_go_with_it(qtbot: Any, window: MainWindow) -> None:
    notices, toast = window.session.notices, window.toast
    notices.report(MotionStudioError("The clip is damaged."))
    notices.report(ZeroDivisionError("a fault of the program"))
    qtbot.waitUntil(lambda: len(toast.notices) == 2)
    window.actions_["file.new"].trigger()
    assert ["a fault" in notice.text for notice in toast.notices] == [True]
    assert "The clip is damaged." in [notice.text for notice in notices.recent]
    notices.report(MotionStudioError("No engine starts here."))
    qtbot.waitUntil(lambda: len(toast.notices) == 2)
    window.actions_["file.new"].trigger()
    assert len(toast.notices) == 2, "nothing was open that it could be about"


def test_points_and_handles_are_worth_a_save_and_come_back(
    qtbot: Any, window: MainWindow, asked: Asked
) -> None:
    path = save(qtbot, window)
    saving, presenter = window.presenters.saving, window.presenters.shaping.handles
    playback = window.presenters.playback
    playback.go(4)
    settle(qtbot, window)
    assert window.actions_.why_not("file.save")
    presenter.add_in_middle()
    presenter.toggle_pin()
    assert saving.unsaved
    assert not window.actions_.why_not("file.save")
    settings = window.session.view.state.viewports
    window.session.view.update(viewports=settings.with_points(active(window).id, ((3.0, 4.0),)))
    pins = presenter.handles.pins
    assert [pinned for _, _, pinned in pins] == [True]
    qtbot.waitUntil(window.actions_["file.save"].isEnabled)
    save(qtbot, window)
    assert not saving.unsaved
    window.actions_["file.new"].trigger()
    assert not presenter.handles.handles
    open_project(qtbot, window, path)
    assert presenter.handles.pins == pins
    assert window.session.view.state.viewports.points_of(active(window).id) == ((3.0, 4.0),)
    assert not saving.unsaved


def test_folders_of_tests_are_their_own(tmp_path: Path) -> None:
    assert Autosave(folders(tmp_path).autosave).root.parent == tmp_path
