"""Asks before a training run is thrown away."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget


def ask_discard(parent: QWidget, name: str, finished: bool) -> bool:
    """Whether the run ``name`` is to be removed; of a finished one the model stays."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Remove a run" if finished else "Discard a run")
    box.setText(f"Remove {name} from the list?" if finished else f"Stop and discard {name}?")
    box.setInformativeText(
        "Its curves and pictures are deleted; the model it trained stays in the list of models."
        if finished
        else "What it has learned so far is lost. Stop and keep would leave a model."
    )
    roles = QMessageBox.ButtonRole
    yes = box.addButton("Remove" if finished else "Discard", roles.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    box.deleteLater()
    return box.clickedButton() is yes
