"""Opening, exporting and the rest of the File menu: dialogs in front of presenters.

Dialogs are imported when they are first shown: the window is on screen sooner.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from motionstudio.core.locations import resources_dir
from motionstudio.document.project_zip import SUFFIX
from motionstudio.gui.dialogs.unsaved import PROJECTS
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.presenters.reopening import reopen

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SAMPLE = Path("samples") / "heart_a.npz"


class FileCommands(QObject):
    """What people do with files in one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.recent = QMenu("Open recent", window)
        self.recent.aboutToShow.connect(self.fill_recent)
        self.recent.triggered.connect(self.open_recent)

    def open(self) -> None:
        """Ask for files and open them."""
        from motionstudio.io import file_dialog_filter, readable_suffixes

        folder = self._window.session.settings.value.open_folder
        suffixes = " ".join(f"*{suffix}" for suffix in (SUFFIX, *readable_suffixes()))
        kinds = f"Projects and clips ({suffixes});;{PROJECTS};;{file_dialog_filter()}"
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", folder, kinds)
        self._open([Path(name) for name in names])

    def open_folder(self) -> None:
        """Ask for a folder and open it as one clip."""
        folder = self._window.session.settings.value.open_folder
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder as a clip", folder)
        self._open([Path(name)] if name else [])

    def open_sample(self, name: str = "") -> None:
        """Open a sample of the program; empty: the heart."""
        with self._window.session.reported():
            path = resources_dir() / SAMPLE if not name else resources_dir() / "samples" / name
            self._window.open_paths([path], ask=False)

    def fill_recent(self) -> None:
        """The files opened lately that are still there."""
        self.recent.clear()
        for name in self._window.session.settings.value.recent:
            path = Path(name)
            action = self.recent.addAction(path.name)
            action.setData(name)
            action.setToolTip(name)
            action.setEnabled(os.path.exists(name))
        if self.recent.isEmpty():
            self.recent.addAction("Nothing was opened yet").setEnabled(False)

    def open_recent(self, action: QAction) -> None:
        """Open a file of the list."""
        if action.data():
            self._open([Path(str(action.data()))])

    def _open(self, paths: list[Path]) -> None:
        if paths:
            self._window.session.settings.update(open_folder=str(paths[0].parent))
            self._window.open_paths(paths)

    def export(self) -> None:
        """Ask what to export and start."""
        from motionstudio.gui.dialogs.export_choices import from_plain, to_plain
        from motionstudio.gui.dialogs.export_names import exportable
        from motionstudio.gui.dialogs.export_options import ExportContext, ask_export

        session, exporting = self._window.session, self._window.presenters.exporting
        subject, kept = session.active, session.settings.value
        if subject is None:
            return
        others = exportable(session.project.subjects)
        context = ExportContext(
            session.card(subject),
            tuple(one for one in others if one.id != subject.id),
            from_plain(kept.export_choices) if kept.export_choices else None,
            session.project.path,
            session.playhead,
            session.view.state.upsampling,
            exporting.pace,
            session.project.subjects,
        )
        wanted = ask_export(
            subject, session.view.state.play_range, kept.export_folder, self._window, context
        )
        if wanted:
            session.settings.update(export_choices=to_plain(wanted[0][1]))
            exporting.start_all(wanted)

    def why_not_show(self) -> str:
        """Why there is no export to show; empty when there is."""
        last = self._window.presenters.exporting.last
        return "" if last is not None else "Nothing was exported yet."

    def show_exported(self) -> None:
        """Open the folder of the last export in the system's file manager."""
        last = self._window.presenters.exporting.last
        if last is None:
            return
        if not os.path.isdir(last.parent):
            self._window.session.notices.say(f"The folder {last.parent} is not there any more.")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(last.parent))):
            self._window.session.notices.say(
                "This desktop has no program that shows folders.", f"The export lies in {last}."
            )

    def copy_frame(self) -> None:
        """Put the generated picture on the clipboard."""
        shown = self._window.presenters.pictures.shown
        if shown is not None:
            QApplication.clipboard().setImage(to_image(shown.picture))
            self._window.session.notices.say(f"Frame {shown.frame} was copied.")

    def remove(self) -> None:
        """Take the active subject out of the library."""
        active = self._window.session.view.state.active
        if active is not None:
            self._window.presenters.library.remove(active)

    def clip_settings(self) -> None:
        """Change range, framing, cycle and model of the active subject."""
        from motionstudio.gui.dialogs.clip_settings import ask_clip_settings

        session, subject = self._window.session, self._window.session.active
        if subject is None:
            return
        with session.reported():
            cards = tuple(session.catalogue.cards.values())
            changes = ask_clip_settings(subject, cards, self._window)
            if changes is not None:
                reopen(session, subject, changes)
