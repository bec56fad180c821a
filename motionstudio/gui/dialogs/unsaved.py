"""The questions that stop people who leave: what becomes of unsaved changes and of runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from motionstudio.document.project_zip import SUFFIX

PROJECTS = f"MotionStudio projects (*{SUFFIX})"


class Answer(Enum):
    """What becomes of unsaved changes."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


def ask_unsaved(parent: QWidget, name: str) -> Answer:
    """Ask about the changes of the document ``name``."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Unsaved changes")
    box.setText(f"Save the changes to {name}?")
    box.setInformativeText("Otherwise they are lost.")
    button = QMessageBox.StandardButton
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    chosen = box.exec()
    box.deleteLater()
    answers = {button.Save: Answer.SAVE, button.Discard: Answer.DISCARD}
    return answers.get(button(chosen), Answer.CANCEL)


class OverAnswer(Enum):
    """What becomes of a file that somebody else wrote since."""

    REPLACE = "replace"
    SAVE_AS = "save as"
    CANCEL = "cancel"


def ask_over(parent: QWidget, name: str) -> OverAnswer:
    """Ask whether the file ``name``, which another window or program wrote since, is replaced."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Changed elsewhere")
    box.setText(f"{name} was changed by another window or program since it was opened here.")
    box.setInformativeText("Replacing it loses those changes.")
    roles = QMessageBox.ButtonRole
    apart = box.addButton("Save as…", roles.AcceptRole)
    answers = {
        apart: OverAnswer.SAVE_AS,
        box.addButton("Replace", roles.DestructiveRole): OverAnswer.REPLACE,
    }
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(apart)
    box.exec()
    box.deleteLater()
    return next((a for b, a in answers.items() if b is box.clickedButton()), OverAnswer.CANCEL)


class RunsAnswer(Enum):
    """What becomes of training runs when the window closes."""

    GO_ON = "go on"
    KEEP = "keep"
    DISCARD = "discard"
    CANCEL = "cancel"


def ask_runs(parent: QWidget, names: tuple[str, ...]) -> RunsAnswer:
    """Ask about runs that are at work."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Training is under way")
    box.setText(f"Let {' and '.join(names)} go on without the window?")
    box.setInformativeText("The next window shows how far it has come.")
    roles = QMessageBox.ButtonRole
    buttons = {
        box.addButton("Go on", roles.AcceptRole): RunsAnswer.GO_ON,
        box.addButton("Stop and keep", roles.ActionRole): RunsAnswer.KEEP,
        box.addButton("Stop and discard", roles.DestructiveRole): RunsAnswer.DISCARD,
    }
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    box.deleteLater()
    return next((a for b, a in buttons.items() if b is box.clickedButton()), RunsAnswer.CANCEL)


def ask_save_path(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask where a project is to be saved; the system asks before it replaces a file."""
    dialog = QFileDialog(parent, "Save project as", str(suggestion.parent), PROJECTS)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
    dialog.selectFile(suggestion.name)
    chosen = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    return Path(chosen[0]) if chosen else None


@dataclass(frozen=True, slots=True)
class Questions:
    """How people are asked; tests put answers in their place.

    Attributes:
        unsaved: what becomes of the changes of the document of this name.
        save_path: where to save, with a suggestion; None: nowhere.
        runs: what becomes of the training runs of these names.
        over: what becomes of the file of this name, which somebody else wrote since.
    """

    unsaved: Callable[[QWidget, str], Answer] = ask_unsaved
    save_path: Callable[[QWidget, Path], Path | None] = ask_save_path
    runs: Callable[[QWidget, tuple[str, ...]], RunsAnswer] = ask_runs
    over: Callable[[QWidget, str], OverAnswer] = ask_over
