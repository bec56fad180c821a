"""Autosaved versions of the document, to look at or go back to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from motionstudio.document.autosave import Version
from motionstudio.gui.theme.scale import open_at
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S

_PATH = Qt.ItemDataRole.UserRole


class VersionsDialog(QDialog):
    """A list of versions; it blocks nothing.

    Signals:
        openRequested: the ``Path`` of a version that is to be opened as a copy.

    Args:
        versions: the newest first.
        folder: where they lie.
        parent: the window.
    """

    openRequested = Signal(object)

    def __init__(
        self, versions: Sequence[Version], folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self.setWindowTitle("Autosave versions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setProperty("roomy", True)
        self.list.setAccessibleName("Versions, the newest first")
        for version in versions:
            self.list.addItem(_item(version))
        self.copy = QPushButton("Open as a copy")
        self.copy.setToolTip("Show this version; your own file stays as it is")
        self.copy.setProperty("primary", True)
        self.show_folder = QPushButton("Show folder")
        self.show_folder.setToolTip("Show where the versions lie")
        for button in (self.copy, self.show_folder):
            button.setAccessibleName(button.text())
        self._lay_out(bool(versions))
        self.list.setCurrentRow(0)
        self.copy.setEnabled(bool(versions))
        self.show_folder.setEnabled(folder.exists())
        self.copy.clicked.connect(self._open)
        self.list.itemActivated.connect(self._open)
        self.show_folder.clicked.connect(self._show)

    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            path = Path(str(item.data(_PATH)))
            self.close()
            self.openRequested.emit(path)

    def _show(self) -> None:
        show_folder(self._folder)

    def _lay_out(self, some: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_S)
        words = "While there are unsaved changes, a version is kept every minute; three at most."
        if not some:
            words = f"There are none: nothing has changed for a minute since the last save. {words}"
        text = QLabel(words)
        text.setWordWrap(True)
        text.setProperty("muted", True)
        column.addWidget(text)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addWidget(self.show_folder)
        row.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.close)
        row.addWidget(close)
        column.addLayout(row)
        open_at(self, 460, 280)


def _item(version: Version) -> QListWidgetItem:
    item = QListWidgetItem(f"{version.name}, {moment(version.saved)}")
    item.setData(_PATH, str(version.path))
    item.setToolTip(str(version.path))
    return item


def moment(seconds: float) -> str:
    """A time for people, of seconds since the epoch: ``14:02``, with the day if not today."""
    then = datetime.fromtimestamp(seconds)
    today = then.date() == datetime.now().date()
    return then.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def show_folder(folder: Path) -> None:
    """Show a folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
