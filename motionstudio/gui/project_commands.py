"""New, open, save and the rest that concerns the project file: questions before presenters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from motionstudio.core.locations import resources_dir
from motionstudio.document.change import ProjectState
from motionstudio.document.project_file import OpenedProject
from motionstudio.document.project_zip import SUFFIX
from motionstudio.document.relink_commands import CollectMedia
from motionstudio.gui.dialogs.unsaved import Answer, OverAnswer, Questions

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SAMPLE_PROJECT = Path("samples") / "first_steps.motion"
_ODD = re.compile(r'[<>:"/\\|?*\x00-\x1f]')  # what some system forbids in names of files
_EMPTY = "There is nothing to save yet."


class ProjectCommands(QObject):
    """What people do with the document as a whole in one window.

    Args:
        window: the window.
        questions: how people are asked.
    """

    def __init__(self, window: MainWindow, questions: Questions | None = None) -> None:
        super().__init__(window)
        self._window = window
        self.questions = questions or Questions()
        window.presenters.loading.leaving.connect(self._on_leaving)

    def _on_leaving(self) -> None:
        """What went wrong with a document goes with it; at the start there was none yet."""
        if self._window.session.project.subjects:
            self._window.toast.close_errors()

    def new(self) -> None:
        """Begin an empty document."""
        loading = self._window.presenters.loading
        self.when_ready(lambda: loading.show(OpenedProject(ProjectState()), None))

    def open(self, path: Path) -> None:
        """Open a project in place of the document."""
        loading = self._window.presenters.loading
        self.when_ready(lambda: loading.open(path, document=path))

    def open_all(self, projects: Sequence[Path], clips: Sequence[Path]) -> None:
        """Open a project, then add clips to it; only one project can be open."""
        if len(projects) > 1:
            self._window.session.notices.say(
                f"One project is open at a time: {projects[0].name} was opened.",
                "Open the others in windows of their own.",
            )
        add = (lambda: self._window.open_paths(clips)) if clips else None
        loading, path = self._window.presenters.loading, projects[0]
        self.when_ready(lambda: loading.open(path, document=path, then=add))

    def open_copy(self, path: Path) -> None:
        """Open a project as a document that has no file yet."""
        loading = self._window.presenters.loading
        self.when_ready(lambda: loading.open(path, changed=True))

    def open_sample(self) -> None:
        """Open the sample project as a document that has no file yet."""
        with self._window.session.reported():
            path = resources_dir() / SAMPLE_PROJECT
            loading = self._window.presenters.loading
            self.when_ready(lambda: loading.open(path))

    def save(self) -> None:
        """Write the document to its file; ask for one where it has none."""
        self.save_then(None)

    def save_as(self) -> None:
        """Ask for a file and write the document there; that is its file from then on."""
        path = self._ask_path()
        if path is not None:
            self._window.presenters.saving.save(path)

    def collect(self) -> None:
        """Put the media into the project file."""
        self._window.session.push(CollectMedia())
        self.save()

    def save_then(self, then: Callable[[bool], object] | None) -> None:
        """Save, then tell whether it worked; not at all where nobody named a file."""
        path = self._window.session.project.path
        if path is not None and self._window.presenters.saving.changed_elsewhere:
            answer = self.questions.over(self._window, path.name)
            if answer is OverAnswer.CANCEL:
                return
            path = path if answer is OverAnswer.REPLACE else None
        path = path or self._ask_path()
        if path is not None:
            self._window.presenters.saving.save(path, then)

    def when_ready(self, then: Callable[[], None]) -> None:
        """Do ``then`` once the document may be left: saved, given up, or without changes."""
        if self.may_leave(then):
            then()

    def may_leave(self, after_saving: Callable[[], object]) -> bool:
        """Whether the document may be left now; otherwise ``after_saving`` follows, or nothing."""
        window = self._window
        window.presenters.cancel_gesture()
        saving = window.presenters.saving
        if not saving.unsaved and not saving.busy:
            return True
        answer = self.questions.unsaved(window, saving.name)
        if answer is Answer.SAVE:
            self.save_then(lambda written: written and after_saving())
        return answer is Answer.DISCARD

    def relink(self) -> None:
        """Look for missing media."""
        from motionstudio.gui.dialogs.relink import RelinkDialog

        RelinkDialog(self._window.presenters.relinking, parent=self._window).show()

    def versions(self) -> None:
        """Show the autosaved versions of this document."""
        from motionstudio.gui.dialogs.versions import VersionsDialog

        autosave = self._window.presenters.saving.autosave
        dialog = VersionsDialog(autosave.versions(), autosave.folder, self._window)
        dialog.openRequested.connect(self.open_copy)
        dialog.show()

    def show_history(self) -> None:
        """Show the list of steps."""
        self._window.bench.show_pane("history")
        self._window.bench.history.list.setFocus()

    def nothing_to_save(self) -> str:
        """Why it cannot be saved now."""
        project = self._window.session.project
        if self._window.presenters.saving.busy:
            return "The project is being saved."
        return _EMPTY if not project.subjects and project.history.clean else ""

    def nothing_changed(self) -> str:
        """Why saving again makes no sense now."""
        project = self._window.session.project
        if reason := self.nothing_to_save():
            return reason
        same = project.path is not None and not self._window.presenters.saving.unsaved
        return "Nothing has changed since it was saved." if same else ""

    def nothing_to_collect(self) -> str:
        """Why no media can be collected."""
        subjects = self._window.session.project.subjects
        if not subjects:
            return "Open a clip first."
        if gone := [s.name for s in subjects if s.media_problem]:
            return f"Find the missing media of {gone[0]} first."
        outside = [s for s in subjects if s.media.path and not s.media.embedded]
        return "" if outside else "The project carries all of its media already."

    def nothing_missing(self) -> str:
        """Why there is nothing to find."""
        return "" if self._window.presenters.relinking.missing else "No media are missing."

    def _ask_path(self) -> Path | None:
        session = self._window.session
        now = session.project.path
        name = _ODD.sub("_", self._window.presenters.saving.name)
        folder = Path(session.settings.value.open_folder or Path.home())
        path = self.questions.save_path(self._window, now or folder / f"{name}{SUFFIX}")
        if path is not None and path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        return path
