"""Everything that the window can do, once: menus, keys, tool bar, tooltips and palette read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from motionstudio.gui.theme.icons import set_icon
from motionstudio.gui.theme.tokens import Tokens

Run = Callable[[], object]
Why = Callable[[], str]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that the window can do.

    Attributes:
        name: unique, for tests and settings: ``drop.every_2nd``.
        text: in menus and the palette; an ellipsis where a dialog follows.
        menu: menu it stands in, submenus after ``/``: ``Motion/Drop``.
        tip: one sentence for the tooltip, without the shortcut.
        keys: shortcuts, the one to show first.
        icon: one of our icons, or empty.
        checkable: whether it is on or off.
        separated: a line before it in the menu.
        short: text on its button in the tool bar; empty: not there.
    """

    name: str
    text: str
    menu: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    separated: bool = False
    short: str = ""


SPECS: tuple[ActionSpec, ...] = (
    # File
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
    # Edit
    ActionSpec("edit.undo", "Undo", "Edit", "Take the last step back", ("Ctrl+Z",), "undo",
               short="Undo"),
    ActionSpec("edit.redo", "Redo", "Edit", "Do the step again", ("Ctrl+Shift+Z", "Ctrl+Y"),
               "redo", short="Redo"),
    ActionSpec("edit.copy", "Copy values", "Edit", "Copy the selected cells of the motion matrix "
               "as a table", ("Ctrl+C",), separated=True),
    ActionSpec("edit.paste", "Paste values", "Edit", "Paste a table of numbers from the selected "
               "cell on", ("Ctrl+V",)),
    ActionSpec("edit.clip", "Clip settings…", "Edit", "Change which frames are used, the crop, "
               "the cycle and the model", ("Ctrl+I",), "sliders", separated=True),
    # View
    ActionSpec("view.layout_1", "One viewport", "View/Layout", "Show one picture", ("1",),
               "layout-1"),
    ActionSpec("view.layout_2", "Two viewports", "View/Layout", "Show two pictures side by side",
               ("2",), "layout-2"),
    ActionSpec("view.layout_4", "Four viewports", "View/Layout", "Show four pictures", ("3",),
               "layout-4"),
    ActionSpec("view.grid", "Warped grid", "View", "Show the motion as a bent grid", ("G",),
               "grid"),
    ActionSpec("view.arrows", "Arrows", "View", "Show the motion as arrows", ("V",), "arrows"),
    ActionSpec("view.difference", "Difference to the truth", "View", "Show generated minus true "
               "picture", ("X",), "difference"),
    ActionSpec("view.curves", "Curves", "View", "Show the selected dimensions as curves under the "
               "matrix", ("C",), "curve"),
    ActionSpec("view.fit", "Fit pictures", "View", "Show the whole of every picture", ("Z",),
               "fit"),
    ActionSpec("view.theme_dark", "Dark", "View/Theme", "Dark surroundings", (), "moon",
               checkable=True),
    ActionSpec("view.theme_light", "Light", "View/Theme", "Light surroundings", (), "sun",
               checkable=True),
    ActionSpec("view.theme_system", "As the system", "View/Theme", "Follow the desktop", (),
               checkable=True),
    ActionSpec("view.reset_layout", "Reset layout", "View", "Put all panes back where they were",
               (), separated=True),
    ActionSpec("view.next_pane", "Next pane", "View", "Move the keyboard to the next pane",
               ("F6",)),
    # Motion
    ActionSpec("motion.play", "Play or pause", "Motion", "Play or pause", ("Space", "K"), "play"),
    ActionSpec("motion.slower", "Slower", "Motion", "Play slower", ("J",)),
    ActionSpec("motion.faster", "Faster", "Motion", "Play faster", ("L",)),
    ActionSpec("motion.back", "Previous frame", "Motion", "One frame back", (",",), "step-back",
               separated=True),
    ActionSpec("motion.on", "Next frame", "Motion", "One frame on", (".",), "step-forward"),
    ActionSpec("motion.previous_mark", "Previous dropped or edited frame", "Motion", "Go to the "
               "dropped or edited frame before this one", ("Shift+,", "<")),
    ActionSpec("motion.next_mark", "Next dropped or edited frame", "Motion", "Go to the next "
               "dropped or edited frame", ("Shift+.", ">")),
    ActionSpec("motion.start", "Start of the range", "Motion", "Go to the start of the play range",
               ("Home",), "start"),
    ActionSpec("motion.end", "End of the range", "Motion", "Go to the end of the play range",
               ("End",), "end"),
    ActionSpec("motion.mark_in", "Start the range here", "Motion", "The play range starts at this "
               "frame", ("I",), separated=True),
    ActionSpec("motion.mark_out", "End the range here", "Motion", "The play range ends at this "
               "frame", ("O",)),
    ActionSpec("motion.clear_range", "Play all frames", "Motion", "Remove the play range",
               ("Shift+I", "Shift+O")),
    # Frames
    ActionSpec("drop.toggle", "Drop or restore frame", "Frames", "Withhold the frame under the "
               "pointer, the selected or the current frames from the model, or give them back",
               ("D",), "drop"),
    ActionSpec("drop.every_2nd", "Keep every 2nd frame", "Frames", "Drop every second frame; the "
               "model fills them in", ("Shift+D",), "every-second", separated=True),
    ActionSpec("drop.every_3rd", "Keep every 3rd frame", "Frames", "Keep frames 0, 3, 6, …; the "
               "model fills in the rest", ()),
    ActionSpec("drop.every_4th", "Keep every 4th frame", "Frames", "Keep frames 0, 4, 8, …; the "
               "model fills in the rest", ()),
    ActionSpec("drop.every_8th", "Keep every 8th frame", "Frames", "Keep frames 0, 8, 16, …; the "
               "model fills in the rest", ()),
    ActionSpec("drop.outside", "Drop outside the range", "Frames", "Drop all frames outside the "
               "play range", ()),
    ActionSpec("drop.restore", "Restore all frames", "Frames", "Give every dropped frame back to "
               "the model", ("Ctrl+Shift+D",), "restore", separated=True),
    ActionSpec("drop.reference", "Start all motion here", "Frames", "Make the current frame the "
               "reference that is animated", (), "lock", separated=True),
    # Latent
    ActionSpec("latent.reset", "Reset selection", "Latent", "Put the selected values, or those of "
               "this frame, back to what was encoded", ("R", "Del"), "reset"),
    ActionSpec("latent.reset_all", "Reset all edits", "Latent", "Put every value back to what was "
               "encoded", ("Shift+R",)),
    ActionSpec("latent.neutral", "Neutral", "Latent", "Take the selected values, or those of this "
               "frame, to zero: no motion", ("N",)),
    ActionSpec("latent.smooth", "Smooth", "Latent", "Average the selected dimensions over "
               "neighbouring frames", ("S",), "curve"),
    ActionSpec("latent.select_all", "Select all values", "Latent", "Select the whole matrix",
               ("Ctrl+A",), separated=True),
    ActionSpec("latent.select_none", "Clear the selection", "Latent", "Select nothing", ()),
    # Model
    ActionSpec("model.refine", "Refine", "Model", "Fit the motion to the kept frames, step by "
               "step; one undo takes it back", ("Ctrl+R",), "model", short="Refine"),
    ActionSpec("model.sample", "New motion…", "Model", "Draw a new motion for this picture from "
               "what the model has learned", ("Ctrl+Shift+N",), "film"),
    ActionSpec("model.info", "About this model…", "Model", "What the model is, was made from and "
               "can do", (), "info", separated=True),
    # Help
    ActionSpec("help.commands", "All commands…", "Help", "Find anything by name",
               ("Ctrl+Shift+P",), "search"),
    ActionSpec("help.shortcuts", "Keyboard and mouse", "Help", "All shortcuts on one sheet",
               ("F1",)),
    ActionSpec("help.notices", "Messages…", "Help", "What was said lately, with details", ()),
    ActionSpec("help.report", "Copy diagnostics", "Help", "Copy versions and the last messages for "
               "a report", ()),
    ActionSpec("help.about", "About MotionStudio", "Help", "Version and licence", ()),
    ActionSpec("task.cancel", "Cancel", "Help", "Cancel the running task, else clear the selection",
               ("Esc",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an action does, and why it cannot now.

    Attributes:
        run: does it.
        why_not: one sentence why it is disabled now; empty when it can be done.
    """

    run: Run
    why_not: Why = lambda: ""


class ActionTable(QObject):
    """The actions of one window, made from ``SPECS``.

    Args:
        behaviours: one for each spec, by name.
        tokens: theme of the icons.
        parent: Qt parent.

    Raises:
        ValueError: a spec has no behaviour, or a behaviour no spec.
    """

    def __init__(
        self, behaviours: dict[str, Behaviour], tokens: Tokens, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        odd = {spec.name for spec in SPECS} ^ set(behaviours)
        if odd:
            raise ValueError(f"ActionTable: specs and behaviours differ in {sorted(odd)}")
        self._behaviours = behaviours
        self._actions = {spec.name: self._make(spec, tokens) for spec in SPECS}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def all(self) -> dict[str, QAction]:
        """Every action by name, in the order of the table."""
        return dict(self._actions)

    def why_not(self, name: str) -> str:
        """Why an action cannot be done now; empty when it can."""
        return self._behaviours[name].why_not()

    def refresh(self) -> None:
        """Enable what can be done; disabled actions say why in their tooltip."""
        for spec in SPECS:
            reason = self._behaviours[spec.name].why_not()
            action, tip = self._actions[spec.name], tooltip(spec, reason)
            if action.toolTip() != tip:
                action.setToolTip(tip)
                action.setEnabled(not reason)

    def _make(self, spec: ActionSpec, tokens: Tokens) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip("")
        if spec.short:
            action.setIconText(spec.short)
        if spec.icon:
            set_icon(action, spec.icon, tokens)
        action.triggered.connect(self._run)
        return action

    def _run(self) -> None:
        # One bound method instead of a closure for each action: nothing keeps the window alive.
        sender = self.sender()
        if sender is not None:
            self._behaviours[sender.objectName()].run()


def tooltip(spec: ActionSpec, reason: str = "") -> str:
    """The tooltip: what it does, its key, and why it cannot be done now."""
    native = QKeySequence.SequenceFormat.NativeText
    keys = QKeySequence(spec.keys[0]).toString(native) if spec.keys else ""
    text = f"{spec.tip} ({keys})" if keys else spec.tip
    return f"{text}\n{reason}" if reason else text
