"""What belongs to the window itself: preferences, layouts, size, tasks, the tour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.layouts import Layouts
from motionstudio.gui.theme.scale import LARGEST, SMALLEST

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("edit.preferences", "Preferences…", "Edit", "Set how the program looks, plays and "
               "computes, and its shortcuts", ("Ctrl+,",), separated=True),
    ActionSpec("file.copy_command", "Copy as command", "File", "Copy the command line that makes "
               "what the window shows", ()),
    ActionSpec("layout.animate", "Animate", "View/Layouts", "Two pictures, sliders, time and "
               "motion: for making things move", ()),
    ActionSpec("layout.inspect", "Inspect", "View/Layouts", "Four pictures and figures: for "
               "looking closely", ()),
    ActionSpec("layout.train", "Train", "View/Layouts", "Two pictures and the training runs: for "
               "watching a model learn", ()),
    ActionSpec("layout.save", "Save layout…", "View/Layouts", "Keep the present arrangement of "
               "panes under a name", (), separated=True),
    ActionSpec("view.larger", "Larger", "View/Size", "Make type, controls and icons larger",
               ("Ctrl+=", "Ctrl++")),
    ActionSpec("view.smaller", "Smaller", "View/Size", "Make type, controls and icons smaller",
               ("Ctrl+-",)),
    ActionSpec("view.normal_size", "Normal size", "View/Size", "Type, controls and icons as the "
               "system has them", ("Ctrl+0",)),
    ActionSpec("pane.float", "Float or dock pane", "View/Panes", "Take the pane that has the "
               "keyboard out of the window, or put it back", (), separated=True),
    ActionSpec("task.list", "Tasks under way", "Help", "Show everything that is being computed, "
               "with Cancel", ()),
    ActionSpec("help.tour", "Take a tour", "Help", "See in six steps where things are", (),
               separated=True),
    ActionSpec("help.tip", "Show a tip", "Help", "Say something useful, with the keys in use", ()),
)  # fmt: skip


class ShellActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)
        self.layouts = Layouts(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        return {
            "edit.preferences": Behaviour(self.preferences),
            "file.copy_command": Behaviour(self.copy_command, self._no_command),
            "layout.animate": Behaviour(self.layouts.animate),
            "layout.inspect": Behaviour(self.layouts.inspect),
            "layout.train": Behaviour(self.layouts.train),
            "layout.save": Behaviour(self.layouts.ask_name),
            "view.larger": Behaviour(lambda: self.resize(+10), self._largest),
            "view.smaller": Behaviour(lambda: self.resize(-10), self._smallest),
            "view.normal_size": Behaviour(lambda: self._set_scale(100), self._normal),
            "pane.float": Behaviour(self.float_pane),
            "task.list": Behaviour(self._window.status.open_tasks, self._no_tasks),
            "help.tour": Behaviour(self._window.tour.start),
            "help.tip": Behaviour(self._window.tips.show_next),
        }

    def preferences(self) -> None:
        """Everything that can be set."""
        from motionstudio.gui.dialogs.preferences import PreferencesDialog

        window = self._window
        PreferencesDialog(window.session.settings, window.actions_, window).show()

    def copy_command(self) -> None:
        """Copy the command line that makes what the window shows."""
        from motionstudio.gui.command_line import command_for

        with self._window.session.reported():
            line = command_for(self._window.session)
            QApplication.clipboard().setText(line.text)
            self._window.session.notices.say(f"Copied: {line.text}", line.remark)

    def resize(self, step: int) -> None:
        """Make everything larger or smaller by ``step`` per cent of the system's size."""
        self._set_scale(self._scale + step)

    def float_pane(self) -> None:
        """Take the pane that has the keyboard out of the window, or put it back."""
        focus, bench = self._window.focusWidget(), self._window.bench
        inside = (d for d in bench.docks.values() if focus is not None and d.isAncestorOf(focus))
        dock = next(inside, bench.docks["sliders"])
        dock.setFloating(not dock.isFloating())

    @property
    def _scale(self) -> int:
        return int(self._window.session.settings.value.ui_scale)

    def _set_scale(self, percent: int) -> None:
        self._window.session.settings.update(ui_scale=min(max(percent, SMALLEST), LARGEST))

    def _largest(self) -> str:
        return "It cannot be larger." if self._scale >= LARGEST else ""

    def _smallest(self) -> str:
        return "It cannot be smaller." if self._scale <= SMALLEST else ""

    def _normal(self) -> str:
        return "This is the normal size." if self._scale == 100 else ""

    def _no_tasks(self) -> str:
        return "" if self._window.presenters.tasks.running else "Nothing is being computed."

    def _no_command(self) -> str:
        from motionstudio.gui.command_line import why_no_command

        return self._can.no_motion() or why_no_command(self._window.session)
