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
    QPixmap,
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

from motionstudio.document.transfer_plan import SAMPLE
from motionstudio.gui.items.card_delegate import DETAIL, TARGET, WARNING, CardDelegate
from motionstudio.gui.items.motion_drag import SUBJECT_MIME, motion_data, start_drag
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT

__all__ = ["SUBJECT_MIME", "Library", "SampleCard", "SubjectCard"]

_ID = Qt.ItemDataRole.UserRole
_SHOWN = Qt.ItemDataRole.UserRole + 16


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
    and samples can be dragged (``SUBJECT_MIME``), onto other cards too; files dropped in.

    Signals:
        subjectActivated: id of the subject to show.
        renameRequested: id and new name.
        removeRequested: id.
        sampleActivated: id of the sample to open.
        openRequested: the button for opening was pressed.
        filesDropped: a tuple of paths.
        motionRequested: id of the subject or sample whose motion the active one is to have.
        hovered: read-out for the status bar.
    """

    motionRequested = Signal(str)
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

    def update_subject(self, card: SubjectCard) -> None:
        """Show another name, picture or detail of one subject; cheap among many."""
        self.subjects.update_card(card)

    def set_target(self, subject: str, *, allowed: bool = True) -> None:
        """Mark the card that a motion would be dropped on; empty: none."""
        self.subjects.set_target(subject, allowed=allowed)

    def sample_names(self) -> tuple[tuple[str, str], ...]:
        """(id, name) of the samples on offer."""
        return self.samples.names()

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
        self.subjects.motionRequested.connect(self.motionRequested)
        self.samples.motionRequested.connect(self.motionRequested)
        self.samples.activatedCard.connect(self.sampleActivated)
        self.samples.itemClicked.connect(self.samples.tell_activated)
        self.samples.hovered.connect(self.hovered)


class _CardList(QListWidget):
    """A list of cards with thumbnail, name and detail."""

    chosen = Signal(str)
    activatedCard = Signal(str)
    renamed = Signal(str, str)
    removeRequested = Signal(str)
    motionRequested = Signal(str)
    hovered = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editable = False
        self._marked = ""
        self._receiver = ""
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
        """Show these cards; those that are there already are only brought up to date."""
        self._editable = editable
        with QSignalBlocker(self):
            wanted = {card.id for card in cards}
            for place in range(self.count() - 1, -1, -1):
                if self.item(place).data(_ID) not in wanted:
                    self.takeItem(place)
            for place, card in enumerate(cards):
                self._put(place, card)
            for _ in range(self.count() - len(cards)):
                self.takeItem(self.count() - 1)

    def update_card(self, card: SubjectCard | SampleCard) -> None:
        """Show one card anew without telling."""
        item = self._find(card.id)
        if item is not None:
            with QSignalBlocker(self):
                _fill(item, card)

    def set_target(self, identity: str, *, allowed: bool) -> None:
        """Mark the card that something would be dropped on."""
        with QSignalBlocker(self):
            for wanted, mark in ((self._marked, None), (identity, allowed)):
                item = self._find(wanted) if wanted else None
                if item is not None:
                    item.setData(TARGET, mark)
        self._marked = identity
        self.viewport().update()

    def set_receiver(self, name: str) -> None:
        """Name of the active subject, for the menu; empty: there is none."""
        self._receiver = name

    def names(self) -> tuple[tuple[str, str], ...]:
        """(id, name) of all cards."""
        return tuple((str(item.data(_ID)), item.text()) for item in self._items())

    def id_at(self, place: QPoint) -> str:
        """Id of the card at a place of the viewport, or empty."""
        item = self.itemAt(place)
        return "" if item is None else str(item.data(_ID))

    def _put(self, place: int, card: SubjectCard | SampleCard) -> None:
        """Let ``card`` be at ``place``; what is there moves on."""
        here = self.item(place)
        if here is not None and here.data(_ID) == card.id:
            _fill(here, card)
            return
        self.insertItem(place, _item(card, editable=self._editable))

    def _find(self, wanted: str) -> QListWidgetItem | None:
        return next((item for item in self._items() if item.data(_ID) == wanted), None)

    def choose(self, wanted: str) -> None:
        """Make a card current without telling."""
        with QSignalBlocker(self):
            self.setCurrentItem(self._find(wanted))  # type: ignore[arg-type]
        self.viewport().update()

    def current_id(self) -> str:
        """Id of the current card, or empty."""
        item = self.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    @override
    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        if not items:
            return QMimeData()
        return motion_data(self._source(items[0]), items[0].text())

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        items = self.selectedItems() or [self.currentItem()]
        if items and items[0] is not None:
            image = items[0].data(Qt.ItemDataRole.DecorationRole)
            picture = QPixmap.fromImage(image) if isinstance(image, QImage) else QPixmap()
            start_drag(self, self.mimeData(items), picture)

    def _source(self, item: QListWidgetItem) -> str:
        """What a drag of the card carries: samples are named apart from subjects."""
        identity = str(item.data(_ID))
        return identity if self._editable else f"{SAMPLE}{identity}"

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
        if not self.count():
            return
        menu = self.card_menu(self.itemAt(event.pos()) or self.currentItem() or self.item(0))
        menu.popup(self.viewport().mapToGlobal(QPoint(event.pos())))

    def card_menu(self, item: QListWidgetItem) -> QMenu:
        """Use the motion elsewhere; rename and remove what belongs to the project."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        source = self._source(item)
        use = menu.addAction(f"Use this motion on {self._receiver or 'the active subject'}")
        use.setToolTip("Replace the motion of the subject that is shown by this one")
        use.triggered.connect(lambda: self.motionRequested.emit(source))
        if not self._receiver or (item is self.currentItem() and self._editable):
            use.setEnabled(False)
            use.setToolTip("Show another subject first: this one would get its own motion.")
        if not self._editable:
            return menu
        menu.addSeparator()
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
    _fill(item, card)
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    flags |= Qt.ItemFlag.ItemIsDragEnabled
    if editable:
        flags |= Qt.ItemFlag.ItemIsEditable
    item.setFlags(flags)
    return item


def _fill(item: QListWidgetItem, card: SubjectCard | SampleCard) -> None:
    """What a card shows; only what differs is written, as each write repaints."""
    warning = card.warning if isinstance(card, SubjectCard) else ""
    shown = (card, id(card.thumbnail))
    if item.data(_SHOWN) == shown and item.text() == card.name:
        return
    item.setData(_SHOWN, shown)
    item.setText(card.name)
    item.setData(DETAIL, card.detail)
    if card.thumbnail is not None:
        item.setData(Qt.ItemDataRole.DecorationRole, card.thumbnail)
    item.setData(WARNING, warning)
    item.setToolTip("\n".join(part for part in (card.name, card.detail, warning) if part))
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{card.detail} {warning}".strip())
