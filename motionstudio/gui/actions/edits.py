"""The Edit menu: history and the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.presenters import clipboard

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("edit.undo", "Undo", "Edit", "Take the last step back", ("Ctrl+Z",), "undo",
               short="Undo"),
    ActionSpec("edit.redo", "Redo", "Edit", "Do the step again", ("Ctrl+Shift+Z", "Ctrl+Y"),
               "redo", short="Redo"),
    ActionSpec("edit.history", "History…", "Edit", "List every step, and go to any of them",
               ("Ctrl+Alt+Z",), "clock"),
    ActionSpec("edit.copy", "Copy values", "Edit", "Copy the selected cells of the motion matrix "
               "as a table", ("Ctrl+C",), separated=True),
    ActionSpec("edit.copy_named", "Copy values with names", "Edit", "Copy the selected cells with "
               "frame numbers and names of dimensions, for a spreadsheet", ("Ctrl+Alt+C",)),
    ActionSpec("edit.cut", "Cut values", "Edit", "Copy the selected cells and put them back to "
               "what was encoded", ("Ctrl+X",)),
    ActionSpec("edit.paste", "Paste values", "Edit", "Paste a table of numbers into the selected "
               "cells, also those of another subject", ("Ctrl+V",)),
    ActionSpec("edit.clip", "Clip settings…", "Edit", "Change which frames are used, the crop, "
               "the cycle and the model", ("Ctrl+I",), "sliders", separated=True),
)  # fmt: skip


class EditActions:
    """What the actions of the Edit menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        history = self._window.session.project.history
        return {
            "edit.undo": Behaviour(
                self.undo, lambda: "" if history.can_undo else "Nothing to undo."
            ),
            "edit.redo": Behaviour(
                self.redo, lambda: "" if history.can_redo else "Nothing to redo."
            ),
            "edit.history": Behaviour(self._window.projects.show_history),
            "edit.copy": Behaviour(self.copy_values, self._can.nothing_selected),
            "edit.copy_named": Behaviour(self.copy_named, self._can.nothing_selected),
            "edit.cut": Behaviour(self.cut_values, self._can.nothing_selected),
            "edit.paste": Behaviour(self.paste_values, self._can.nothing_selected),
            "edit.clip": Behaviour(self.clip_settings, self._can.no_clip),
        }

    def undo(self) -> None:
        """Take the last step back; a drag under way counts as one."""
        if not self._window.presenters.cancel_gesture():
            self._window.session.project.history.undo()

    def redo(self) -> None:
        """Do the step again."""
        self._window.session.project.history.redo()

    def clip_settings(self) -> None:
        """Change range, framing, cycle and model of the active subject."""
        self._window.behaviours.files.commands.clip_settings()

    def copy_values(self) -> None:
        """Copy the selected cells as a tab-separated table."""
        subject, chosen = self._window.session.active, self._window.session.selection
        if subject is not None and subject.track is not None:
            text = clipboard.to_table(subject.track.values, chosen.rows, chosen.dims)
            QApplication.clipboard().setText(text)

    def copy_named(self) -> None:
        """Copy the selected cells with frame numbers and names."""
        subject, chosen = self._window.session.active, self._window.session.selection
        if subject is not None and subject.track is not None:
            names = [subject.dim_name(dim) for dim in chosen.dims]
            values, rows, dims = subject.track.values, chosen.rows, chosen.dims
            text = clipboard.to_named_table(values, rows, dims, names)
            QApplication.clipboard().setText(text)

    def cut_values(self) -> None:
        """Copy the selected cells and reset them."""
        self.copy_values()
        self._window.presenters.latent.reset_selection()

    def paste_values(self) -> None:
        """Paste a table of numbers into the selected cells."""
        session = self._window.session
        subject, chosen = session.active, session.selection
        with session.reported():
            if subject is not None and subject.track is not None:
                table = clipboard.from_table(QApplication.clipboard().text())
                clipboard.paste(session, subject, table, chosen.rows, chosen.dims)
