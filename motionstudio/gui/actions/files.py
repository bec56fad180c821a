"""The File menu: what is opened, written and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.file_commands import FileCommands

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("file.new", "New", "File", "Begin an empty project", ("Ctrl+N",)),
    ActionSpec("file.open", "Open…", "File", "Open a project or clips: video, GIF, pictures, "
               "NIfTI, DICOM, arrays", ("Ctrl+O",), "open", short="Open…"),
    ActionSpec("file.open_folder", "Open folder…", "File", "Open a folder of pictures or a DICOM "
               "series as one clip", ("Ctrl+Shift+O",)),
    ActionSpec("file.sample", "Open sample", "File", "Open the sample that comes with the program",
               icon="heart"),
    ActionSpec("file.sample_project", "Open sample project", "File", "Open a small project with "
               "an edited motion and dropped frames"),
    ActionSpec("file.save", "Save", "File", "Write the project to its file", ("Ctrl+S",), "save",
               separated=True),
    ActionSpec("file.save_as", "Save as…", "File", "Write the project to another file",
               ("Ctrl+Shift+S",)),
    ActionSpec("file.collect", "Collect into project", "File", "Let the project file carry its "
               "clips, so that it opens anywhere"),
    ActionSpec("file.versions", "Autosave versions…", "File", "Versions that were kept while you "
               "worked, to open as a copy"),
    ActionSpec("file.relink", "Find missing media…", "File", "Look for clips that are not where "
               "the project was saved"),
    ActionSpec("file.export", "Export…", "File", "Write the generated motion: film, pictures, "
               "fields or numbers", ("Ctrl+E",), "export", separated=True, short="Export…"),
    ActionSpec("file.show_exported", "Show in folder", "File", "Open the folder that the last "
               "export lies in"),
    ActionSpec("file.export_figure", "Export figure…", "File", "Write what the viewports show, "
               "with overlays and a scale bar, as PNG or SVG", ("Ctrl+Shift+E",), "image"),
    ActionSpec("file.screenshot", "Screenshot of the window…", "File", "Write a picture of the "
               "whole window", ()),
    ActionSpec("file.copy_frame", "Copy current frame", "File", "Copy the generated picture to "
               "the clipboard", ("Ctrl+Shift+C",), "image"),
    ActionSpec("file.remove", "Remove from library", "File", "Take the active clip out of the "
               "library; its file stays", (), "remove", separated=True),
    ActionSpec("file.quit", "Quit", "File", "Close the program", ("Ctrl+Q",), separated=True),
)  # fmt: skip


class FileActions:
    """What the actions of the File menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)
        self.commands = FileCommands(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        window, files, projects = self._window, self.commands, self._window.projects
        return {
            "file.new": Behaviour(projects.new),
            "file.open": Behaviour(files.open),
            "file.open_folder": Behaviour(files.open_folder),
            "file.sample": Behaviour(files.open_sample),
            "file.sample_project": Behaviour(projects.open_sample),
            "file.save": Behaviour(projects.save, projects.nothing_changed),
            "file.save_as": Behaviour(projects.save_as, projects.nothing_to_save),
            "file.collect": Behaviour(projects.collect, projects.nothing_to_collect),
            "file.versions": Behaviour(projects.versions),
            "file.relink": Behaviour(projects.relink, projects.nothing_missing),
            "file.export": Behaviour(files.export, self._can.no_export),
            "file.show_exported": Behaviour(files.show_exported, files.why_not_show),
            "file.copy_frame": Behaviour(files.copy_frame, self._can.no_picture),
            "file.remove": Behaviour(files.remove, self._can.no_clip),
            "file.quit": Behaviour(window.close),
        }
