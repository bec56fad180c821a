"""Text to read and copy."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from motionstudio.gui.reports import own_version
from motionstudio.gui.theme.scale import scaled
from motionstudio.gui.theme.tokens import SPACE_L


class TextDialog(QDialog):
    """A page of text with Copy and Close; it blocks nothing."""

    def __init__(
        self, title: str, text: str, parent: QWidget | None = None, copy: str = "Copy"
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = QPlainTextEdit(text)
        self.page.setReadOnly(True)
        self.page.setAccessibleName(title)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        button = buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        button.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.addWidget(self.page)
        column.addWidget(buttons)
        self.resize(scaled(620), scaled(480))

    def copy(self) -> None:
        """Put the whole text on the clipboard."""
        QGuiApplication.clipboard().setText(self.page.toPlainText())


def show_text(title: str, text: str, parent: QWidget, copy: str = "Copy") -> TextDialog:
    """Show a page beside the work; ``copy`` stands on its button."""
    dialog = TextDialog(title, text, parent, copy)
    dialog.show()
    return dialog


def about_text() -> str:
    """Version and licence."""
    return "\n".join(
        [
            f"MotionStudio {own_version()}",
            "See and shape motion in the latent space of generative models.",
            "",
            "MIT licence.",
            f"Python {platform.python_version()}, Qt {qVersion()}.",
        ]
    )
