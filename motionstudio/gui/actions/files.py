"""The File menu: what is opened, written and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.file_commands import FileCommands

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("file.open", "Open…", "File", "Open clips: video, GIF, pictures, NIfTI, DICOM, "
               "arrays", ("Ctrl+O",), "open", short="Open…"),
    ActionSpec("file.open_folder", "Open folder…", "File", "Open a folder of pictures or a DICOM "
               "series as one clip", ("Ctrl+Shift+O",)),
    ActionSpec("file.sample", "Open sample", "File", "Open the sample that comes with the program",
               icon="heart"),
    ActionSpec("file.export", "Export…", "File", "Write the generated motion: film, pictures, "
               "fields or numbers", ("Ctrl+E",), "export", separated=True, short="Export…"),
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
        window, files = self._window, self.commands
        return {
            "file.open": Behaviour(files.open),
            "file.open_folder": Behaviour(files.open_folder),
            "file.sample": Behaviour(files.open_sample),
            "file.export": Behaviour(files.export, self._can.no_export),
            "file.copy_frame": Behaviour(files.copy_frame, self._can.no_picture),
            "file.remove": Behaviour(files.remove, self._can.no_clip),
            "file.quit": Behaviour(window.close),
        }
