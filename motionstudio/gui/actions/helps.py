"""The Help menu: help, messages and cancelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.notifications import Notice
from motionstudio.gui.reports import report_text

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("help.commands", "All commands…", "Help", "Find anything by name",
               ("Ctrl+Shift+P",), "search"),
    ActionSpec("help.shortcuts", "Keyboard and mouse", "Help", "The keys and gestures of "
               "the pane that you are in, and all others", ("F1",)),
    ActionSpec("help.notices", "Messages…", "Help", "What was said lately, with details", ()),
    ActionSpec("help.report", "Copy diagnostics", "Help", "Copy versions and the last messages for "
               "a report", ()),
    ActionSpec("help.about", "About MotionStudio", "Help", "Version and licence", ()),
    ActionSpec("task.cancel", "Cancel", "Help", "Cancel a drag or the running task, else close "
               "the message, put the tool away, or clear the selection",
               ("Esc",)),
)  # fmt: skip

_MODES = ("view.place_points", "view.draw_label", "crop.box", "handle.tool")
"""Tools that stay in hand until they are put away."""


class HelpActions:
    """What the actions of the Help menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        return {
            "help.commands": Behaviour(self.commands),
            "help.shortcuts": Behaviour(self.shortcuts),
            "help.notices": Behaviour(self.notices),
            "help.report": Behaviour(self.copy_report),
            "help.about": Behaviour(self.about),
            "task.cancel": Behaviour(self.cancel),
        }

    def commands(self) -> None:
        """The command palette."""
        from motionstudio.gui.dialogs.palette import Palette

        Palette(self._window.actions_, self._window.session.settings, self._window).open()

    def shortcuts(self) -> None:
        """The sheet of all shortcuts."""
        from motionstudio.gui.dialogs.shortcuts import ShortcutSheet

        ShortcutSheet(self._window.actions_, self._place(), self._window).show()

    def _place(self) -> str:
        """Name of the part of the window that has the keyboard."""
        focus, bench = self._window.focusWidget(), self._window.bench
        parts = {
            "pictures": bench.viewports, "timeline": bench.timeline, "matrix": bench.time.matrix,
            "curves": bench.time.curves, **bench.panes,
        }  # fmt: skip
        inside = (
            name
            for name, part in parts.items()
            if focus is not None and (part is focus or part.isAncestorOf(focus))
        )
        return next(inside, "")

    def about(self) -> None:
        """Version and licence."""
        from motionstudio.gui.dialogs.texts import about_text

        self.show_text("About", about_text())

    def show_text(self, title: str, text: str) -> None:
        """A text in a dialog, to read and copy."""
        from motionstudio.gui.dialogs.texts import show_text

        show_text(title, text, self._window)

    def notices(self) -> None:
        """What was said lately."""
        said = self._window.session.notices.recent
        parts = ("\n".join((f"{n.text} {n.hint}".strip(), n.details)).strip() for n in said)
        text = "\n\n".join(parts) or "Nothing was said yet."
        self.show_text("Messages", text)

    def show_details(self, notice: Notice) -> None:
        """The whole text of a notice, to copy."""
        from motionstudio.gui.dialogs.texts import show_text

        device = self._window.status.device.toolTip()
        text = report_text(notice, device)
        show_text("Details", text, self._window, "Copy report")

    def copy_report(self) -> None:
        """Copy versions and the last messages."""
        said = self._window.session.notices.recent
        device = self._window.status.device.toolTip()
        text = "\n\n".join(report_text(n, device) for n in said[-5:]) or report_text(
            Notice("No messages."), device
        )
        QApplication.clipboard().setText(text)
        self._window.session.notices.say("Diagnostics were copied.")

    def cancel(self) -> None:
        """Cancel a drag or the task, else close the message, leave a mode, or select nothing."""
        window = self._window
        if window.presenters.cancel_gesture() or window.presenters.tasks.cancel():
            return
        if window.toast.isVisible():
            window.toast.hide()
        elif not self._leave_mode():
            window.behaviours.numbers.select(everything=False)

    def _leave_mode(self) -> bool:
        """Put the tool away that clicks go to now; tells whether there was one."""
        table, bench = self._window.actions_, self._window.bench
        held = next((table[name] for name in _MODES if table[name].isChecked()), None)
        if held is not None:
            held.trigger()
            return True
        buttons = (bench.timeline.drop_mode, bench.time.matrix.pencil)
        pressed = next((button for button in buttons if button.isChecked()), None)
        if pressed is not None:
            pressed.click()
        return pressed is not None
