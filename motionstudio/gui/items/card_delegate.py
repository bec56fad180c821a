"""Painting of cards in the library: thumbnail, name, detail, a mark for warnings and notes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from motionstudio.gui.items.ink import colour, pen
from motionstudio.gui.theme.apply import font, tokens_for
from motionstudio.gui.theme.icons import pixmap
from motionstudio.gui.theme.tokens import ICON_SMALL, RADIUS, SPACE_S, SPACE_XS, Tokens

DETAIL = Qt.ItemDataRole.UserRole + 1
WARNING = Qt.ItemDataRole.UserRole + 2
NOTE = Qt.ItemDataRole.UserRole + 4
TARGET = Qt.ItemDataRole.UserRole + 3
"""True while a motion would be dropped on the card, False while it could not be."""

_BETWEEN = " · "
_Index = QModelIndex | QPersistentModelIndex


class CardDelegate(QStyledItemDelegate):
    """Two lines of text beside a square thumbnail."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(self._side() * 2, self._side() + 2 * SPACE_XS)

    @override
    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        rect = option.rect
        left = rect.left() + self._side() + 2 * SPACE_S
        height = editor.sizeHint().height()
        editor.setGeometry(left, rect.top() + SPACE_XS, rect.right() - left - SPACE_XS, height)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens = tokens_for(option.palette)
        state = option.state
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(tokens.raised) if chosen else colour(tokens.raised, 0.6))
            painter.drawRect(area)
        if chosen:
            painter.fillRect(
                QRectF(area.left(), area.top(), 2, area.height()), QColor(tokens.accent)
            )
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(pen(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        target = index.data(TARGET)
        if target is not None:
            painter.setPen(pen(tokens.accent if target else tokens.warn, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        side = self._side()
        frame = QRectF(area.left() + SPACE_S, area.top() + SPACE_XS, side, side)
        _paint_thumbnail(painter, frame, index.data(Qt.ItemDataRole.DecorationRole), tokens)
        self._paint_words(painter, area.adjusted(side + 2 * SPACE_S, 0, 0, 0), index, tokens)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRectF, index: _Index, tokens: Tokens) -> None:
        room = int(area.width()) - SPACE_XS
        icon = mark_of(index)
        if icon:
            room -= ICON_SMALL + SPACE_XS
            ink = tokens.warn if icon == "warning" else tokens.muted
            mark = pixmap(icon, ink, ICON_SMALL, painter.device().devicePixelRatioF())
            painter.drawPixmap(
                int(area.right()) - ICON_SMALL - SPACE_XS,
                int(area.center().y()) - ICON_SMALL // 2,
                mark,
            )
        half = area.height() / 2
        for words, role, hex_name, top in (
            (index.data(Qt.ItemDataRole.DisplayRole), "body", tokens.text, area.top() + SPACE_XS),
            (index.data(DETAIL), "caption", tokens.muted, area.top() + half),
        ):
            painter.setFont(font(role, tabular=True))  # type: ignore[arg-type]
            painter.setPen(QColor(hex_name))
            metrics, text = painter.fontMetrics(), str(words or "")
            if role == "caption":
                text = whole_facts(metrics, text, room)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
            place = QRectF(area.left(), top, room, half - SPACE_XS)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _side(self) -> int:
        return QFontMetrics(font("body")).height() * 2 + SPACE_S


def mark_of(index: _Index) -> str:
    """Name of the icon at the end of a card: what is wrong before what is worth knowing."""
    if index.data(WARNING):
        return "warning"
    return "info" if index.data(NOTE) else ""


def whole_facts(metrics: QFontMetrics, detail: str, room: int) -> str:
    """As many facts of a card as there is room for, rather than parts of all; at least one.

    Args:
        metrics: of the font they are painted with.
        detail: facts between middle dots, the most important first, ``25 frames · 256 × 216``.
        room: width in pixels.
    """
    facts = detail.split(_BETWEEN)
    while len(facts) > 1 and metrics.horizontalAdvance(_BETWEEN.join(facts)) > room:
        facts.pop()
    return _BETWEEN.join(facts)


def _paint_thumbnail(painter: QPainter, frame: QRectF, image: object, tokens: Tokens) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.canvas))
    painter.drawRoundedRect(frame, RADIUS, RADIUS)
    if isinstance(image, QImage) and not image.isNull():
        size = image.size().toSizeF().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(frame.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(place, image)
        return
    ratio = painter.device().devicePixelRatioF()
    mark = pixmap("film", tokens.muted, ICON_SMALL, ratio)
    painter.drawPixmap(
        int(frame.center().x()) - ICON_SMALL // 2, int(frame.center().y()) - ICON_SMALL // 2, mark
    )
