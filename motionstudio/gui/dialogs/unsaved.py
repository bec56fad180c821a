"""The one question that stops people: what becomes of unsaved changes."""

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
    """

    unsaved: Callable[[QWidget, str], Answer] = ask_unsaved
    save_path: Callable[[QWidget, Path], Path | None] = ask_save_path
