"""A list of cards: what a library shows of subjects and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QWidget,
)
from typing_extensions import override

from motionstudio.document.transfer_plan import SAMPLE
from motionstudio.gui.items.card_delegate import DETAIL, NOTE, TARGET, WARNING, CardDelegate
from motionstudio.gui.items.motion_drag import motion_data, start_drag
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT

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
        warning: one sentence about what is wrong, or empty.
        note: one sentence worth knowing about how it was opened, or empty.
    """

    id: str
    name: str
    detail: str = ""
    thumbnail: QImage | None = None
    warning: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A sample that can be opened at once; fields as in ``SubjectCard``."""

    id: str
    name: str
    detail: str = ""
    thumbnail: QImage | None = None


class CardList(QListWidget):
    """A list of cards with thumbnail, name and detail.

    Args:
        name: accessible name.
        parent: owner.
        prefix: begins the sources that cards which are no subjects stand for.
        forgets: whether such cards can be taken off the list.
    """

    chosen = Signal(str)
    activatedCard = Signal(str)
    renamed = Signal(str, str)
    removeRequested = Signal(str)
    motionRequested = Signal(str)
    hovered = Signal(str)

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        prefix: str = SAMPLE,
        forgets: bool = False,
    ) -> None:
        super().__init__(parent)
        self._prefix, self._forgets = prefix, forgets
        self._editable = False
        self._marked = ""
        self._pressed: str | None = None
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
            before, self._pressed = self._pressed, None
            if before is not None and self._editable:
                self.choose(before)
            image = items[0].data(Qt.ItemDataRole.DecorationRole)
            picture = QPixmap.fromImage(image) if isinstance(image, QImage) else QPixmap()
            start_drag(self, self.mimeData(items), picture)

    def _source(self, item: QListWidgetItem) -> str:
        """What a drag of the card carries: samples are named apart from subjects."""
        identity = str(item.data(_ID))
        return identity if self._editable else f"{self._prefix}{identity}"

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        removes = self._editable or self._forgets
        if event.key() == Qt.Key.Key_Delete and removes and item is not None:
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
        if not self._editable and not self._forgets:
            return menu
        menu.addSeparator()
        if self._editable:
            menu.addAction("Rename (F2)").triggered.connect(lambda: self.editItem(item))
        identity = str(item.data(_ID))
        where = "the project" if self._editable else "this list; the file stays"
        remove = menu.addAction(f"Remove from {where} (Del)")
        remove.triggered.connect(lambda: self.removeRequested.emit(identity))
        return menu

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(i) for i in range(self.count())]

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A press may begin a drag onto the subject that is shown: that one must stay shown.
        self._pressed = self.current_id()
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        before, self._pressed = self._pressed, None
        super().mouseReleaseEvent(event)
        if before is not None and before != self.current_id():
            self._tell_chosen(self.currentItem())

    def _tell_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and self._editable and self._pressed is None:
            self.chosen.emit(str(item.data(_ID)))

    def tell_activated(self, item: QListWidgetItem) -> None:
        """A card was clicked or Return was pressed on it."""
        self.activatedCard.emit(str(item.data(_ID)))

    def _tell_renamed(self, item: QListWidgetItem) -> None:
        self.renamed.emit(str(item.data(_ID)), item.text())

    def _tell_hovered(self, item: QListWidgetItem) -> None:
        parts = (item.text(), item.data(DETAIL), item.data(WARNING), item.data(NOTE))
        self.hovered.emit(" · ".join(part for part in parts if part))


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
    warning, note = (card.warning, card.note) if isinstance(card, SubjectCard) else ("", "")
    shown = (card, id(card.thumbnail))
    if item.data(_SHOWN) == shown and item.text() == card.name:
        return
    item.setData(_SHOWN, shown)
    item.setText(card.name)
    item.setData(DETAIL, card.detail)
    if card.thumbnail is not None:
        item.setData(Qt.ItemDataRole.DecorationRole, card.thumbnail)
    item.setData(WARNING, warning)
    item.setData(NOTE, note)
    item.setToolTip("\n".join(part for part in (card.name, card.detail, warning, note) if part))
    spoken = " ".join(part for part in (card.detail, warning, note) if part)
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, spoken)
