"""Library: the subjects of the project with their thumbnails, and samples to start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from motionstudio.gui.items.card_delegate import DETAIL, WARNING, CardDelegate
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT

SUBJECT_MIME = "application/x-motionstudio-subject"
"""Drags of subjects carry their id under this type, as UTF-8."""

_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class SubjectCard:
    """One subject of the project.

    Attributes:
        id: its identity.
        name: for people; can be changed.
        detail: frames and size, ``25 frames · 256 × 216``.
        thumbnail: a small picture, or None.
        warning: one sentence about what was odd, or empty.
    """

    id: str
    name: str
    detail: str = ""
    thumbnail: QImage | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A sample that can be opened at once; fields as in ``SubjectCard``."""

    id: str
    name: str
    detail: str = ""
    thumbnail: QImage | None = None


class Library(QWidget):
    """Subjects above, samples below.

    Click or Return activates a subject, F2 renames it, Delete asks for its removal; subjects
    can be dragged out (``SUBJECT_MIME``), files dropped in.

    Signals:
        subjectActivated: id of the subject to show.
        renameRequested: id and new name.
        removeRequested: id.
        sampleActivated: id of the sample to open.
        openRequested: the button for opening was pressed.
        filesDropped: a tuple of paths.
        hovered: read-out for the status bar.
    """

    subjectActivated = Signal(str)
    renameRequested = Signal(str, str)
    removeRequested = Signal(str)
    sampleActivated = Signal(str)
    openRequested = Signal()
    filesDropped = Signal(object)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Library")
        self.open = ToolButton("add", "Open clips, folders or images (Ctrl+O)")
        self.subjects = _CardList("Subjects")
        self.samples = _CardList("Samples")
        self.samples_header = PaneHeader("Samples")
        self.empty = EmptyState(
            "film",
            "No clip yet",
            "Open an image sequence, or drop one anywhere in the window.",
            "Open…",
        )
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self.set_samples(())

    def set_subjects(self, cards: Sequence[SubjectCard]) -> None:
        """The subjects of the project, in order; the active one stays active."""
        active = self.subjects.current_id()
        self.subjects.fill(cards, editable=True)
        self.subjects.choose(active)
        self._stack.setCurrentIndex(0 if cards else 1)
        self.header.set_detail(f"{len(cards)}" if cards else "")

    def set_active(self, subject: str) -> None:
        """Mark the subject that is shown."""
        self.subjects.choose(subject)

    def set_samples(self, cards: Sequence[SampleCard]) -> None:
        """Samples that can be opened; none hides the section."""
        self.samples.fill(cards, editable=False)
        self.samples.setVisible(bool(cards))
        self.samples_header.setVisible(bool(cards))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._accept(event)

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._accept(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = tuple(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            self.filesDropped.emit(paths)

    def _accept(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.hovered.emit("Drop to open as new subjects")

    def _lay_out(self) -> None:
        self.header.add_tool(self.open)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.subjects)
        self._stack.addWidget(self.empty)
        self._stack.setCurrentIndex(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(body, 3)
        column.addWidget(self.samples_header)
        column.addWidget(self.samples, 2)

    def _connect(self) -> None:
        self.open.clicked.connect(self.openRequested)
        self.empty.actionRequested.connect(self.openRequested)
        self.subjects.chosen.connect(self.subjectActivated)
        self.subjects.renamed.connect(self.renameRequested)
        self.subjects.removeRequested.connect(self.removeRequested)
        self.subjects.hovered.connect(self.hovered)
        self.samples.activatedCard.connect(self.sampleActivated)
        self.samples.itemClicked.connect(self.samples.tell_activated)
        self.samples.hovered.connect(self.hovered)


class _CardList(QListWidget):
    """A list of cards with thumbnail, name and detail."""

    chosen = Signal(str)
    activatedCard = Signal(str)
    renamed = Signal(str, str)
    removeRequested = Signal(str)
    hovered = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editable = False
        self.setAccessibleName(name)
        self.setItemDelegate(CardDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(QSize(CONTROL_HEIGHT * 4, CONTROL_HEIGHT * 2))
        self.setDragEnabled(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.currentItemChanged.connect(self._tell_chosen)
        self.itemChanged.connect(self._tell_renamed)
        self.itemEntered.connect(self._tell_hovered)

    def fill(self, cards: Sequence[SubjectCard | SampleCard], *, editable: bool) -> None:
        """Show these cards."""
        self._editable = editable
        with QSignalBlocker(self):
            self.clear()
            for card in cards:
                self.addItem(_item(card, editable=editable))

    def choose(self, wanted: str) -> None:
        """Make a card current without telling."""
        with QSignalBlocker(self):
            found = next((i for i in self._items() if i.data(_ID) == wanted), None)
            self.setCurrentItem(found)  # type: ignore[arg-type]
        self.viewport().update()

    def current_id(self) -> str:
        """Id of the current card, or empty."""
        item = self.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    @override
    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        made = QMimeData()
        if items:
            made.setData(SUBJECT_MIME, str(items[0].data(_ID)).encode())
            made.setText(items[0].text())
        return made

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Delete and self._editable and item is not None:
            self.removeRequested.emit(str(item.data(_ID)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.tell_activated(item)
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item = self.itemAt(event.pos()) or self.currentItem()
        if not self._editable or item is None:
            return
        menu = self.card_menu(item)
        menu.popup(self.viewport().mapToGlobal(QPoint(event.pos())))

    def card_menu(self, item: QListWidgetItem) -> QMenu:
        """Rename and remove."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename (F2)").triggered.connect(lambda: self.editItem(item))
        identity = str(item.data(_ID))
        remove = menu.addAction("Remove from the project (Del)")
        remove.triggered.connect(lambda: self.removeRequested.emit(identity))
        return menu

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(i) for i in range(self.count())]

    def _tell_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and self._editable:
            self.chosen.emit(str(item.data(_ID)))

    def tell_activated(self, item: QListWidgetItem) -> None:
        """A card was clicked or Return was pressed on it."""
        self.activatedCard.emit(str(item.data(_ID)))

    def _tell_renamed(self, item: QListWidgetItem) -> None:
        self.renamed.emit(str(item.data(_ID)), item.text())

    def _tell_hovered(self, item: QListWidgetItem) -> None:
        detail, warning = item.data(DETAIL), item.data(WARNING)
        self.hovered.emit(" · ".join(part for part in (item.text(), detail, warning) if part))


def _item(card: SubjectCard | SampleCard, *, editable: bool) -> QListWidgetItem:
    item = QListWidgetItem(card.name)
    item.setData(_ID, card.id)
    item.setData(DETAIL, card.detail)
    if card.thumbnail is not None:
        item.setData(Qt.ItemDataRole.DecorationRole, card.thumbnail)
    warning = card.warning if isinstance(card, SubjectCard) else ""
    item.setData(WARNING, warning)
    item.setToolTip("\n".join(part for part in (card.name, card.detail, warning) if part))
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{card.detail} {warning}".strip())
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    if editable:
        flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
    item.setFlags(flags)
    return item
