"""Find missing media: which are missing and why, and where to look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.presenters.relinking import RelinkPresenter
from motionstudio.gui.theme.scale import open_at
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S

ChoosePath = Callable[[QWidget, str], Path | None]
_ID = Qt.ItemDataRole.UserRole


def choose_file(parent: QWidget, name: str) -> Path | None:
    """Ask for one file."""
    found, _ = QFileDialog.getOpenFileName(parent, f"Where is {name}?")
    return Path(found) if found else None


def choose_folder(parent: QWidget, name: str) -> Path | None:
    """Ask for a folder."""
    found = QFileDialog.getExistingDirectory(parent, f"Look for {name} in")
    return Path(found) if found else None


class RelinkDialog(QDialog):
    """Beside the work: it blocks nothing.

    Args:
        presenter: knows what is missing, and finds it.
        ask_file, ask_folder: ask people.
        parent: the window.
    """

    def __init__(
        self,
        presenter: RelinkPresenter,
        ask_file: ChoosePath = choose_file,
        ask_folder: ChoosePath = choose_folder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._presenter, self._ask_file, self._ask_folder = presenter, ask_file, ask_folder
        self.setWindowTitle("Find missing media")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setProperty("roomy", True)
        self.list.setAccessibleName("Subjects whose media are missing")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What was found")
        self.file = self._button("Choose file…", "Choose the file of the selected subject")
        self.folder = self._button(
            "Search folder…", "Look for all of them in a folder and below, by name and content"
        )
        self.folder.setProperty("primary", True)
        self._lay_out()
        self.file.clicked.connect(self._on_file)
        self.folder.clicked.connect(self._on_folder)
        self.list.currentItemChanged.connect(self._enable)
        presenter.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is missing now."""
        chosen = self._chosen()
        self.list.clear()
        for subject in self._presenter.missing:
            item = QListWidgetItem(f"{subject.name}\n{subject.media_problem}")
            item.setData(_ID, subject.id)
            self.list.addItem(item)
            if subject.id == chosen:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0 and self.list.count():
            self.list.setCurrentRow(0)
        done = "" if self.list.count() else "Nothing is missing."
        self.words.setText(" ".join(part for part in (self._presenter.words, done) if part))
        self._enable()

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_ID))

    def _enable(self) -> None:
        ready = not self._presenter.busy and bool(self.list.count())
        for button in (self.file, self.folder):
            button.setEnabled(ready)

    def _on_file(self) -> None:
        subject_id = self._chosen()
        item = self.list.currentItem()
        if not subject_id or item is None:
            return
        path = self._ask_file(self, item.text().splitlines()[0])
        if path is not None:
            self._presenter.choose(subject_id, path)

    def _on_folder(self) -> None:
        path = self._ask_folder(self, "what is missing")
        if path is not None:
            self._presenter.search(path)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(text.rstrip("…"))
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_S)
        text = QLabel(
            "The document is complete but for these pictures. What is found is taken over as one "
            "step that can be undone."
        )
        text.setWordWrap(True)
        text.setProperty("muted", True)
        column.addWidget(text)
        column.addWidget(self.list, 1)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.addWidget(self.file)
        row.addWidget(self.folder)
        row.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.close)
        row.addWidget(close)
        column.addLayout(row)
        open_at(self, 520, 340)
