"""Painting of the ruler and of single frame cells."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPolygonF

from motionstudio.gui.items.frame_states import FrameStates, Mask, runs
from motionstudio.gui.items.ink import diamond, dot, hatch, mix, outline, padlock, pen
from motionstudio.gui.items.time_axis import TimeAxis
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_M, SPACE_XS, Tokens

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)


def label_step(scale: float, label_width: float) -> int:
    """Every how many frames a ruler label has room."""
    return next((s for s in _STEPS if s * scale >= label_width), _STEPS[-1])


def paint_ruler(
    painter: QPainter, area: QRectF, axis: TimeAxis, states: FrameStates, tokens: Tokens
) -> None:
    """Ticks at every frame that has room, frame numbers and true times."""
    painter.setFont(font("caption", tabular=True))
    metrics = QFontMetricsF(painter.font())
    longest = f"{states.times[-1]:.2f} s"
    number_width = metrics.horizontalAdvance(str(states.count)) + SPACE_XS
    room = number_width + metrics.horizontalAdvance(longest) + SPACE_M
    step = label_step(axis.scale, room)
    tick_step = label_step(axis.scale, SPACE_XS)
    shown = axis.visible()
    painter.setPen(pen(tokens.line))
    painter.drawLines(
        [
            QLineF(axis.left(f), area.bottom() - 3, axis.left(f), area.bottom())
            for f in shown
            if f % tick_step == 0
        ]
    )
    for frame in range(shown.start - shown.start % step, shown.stop, step):
        x = axis.left(frame)
        painter.setPen(pen(tokens.disabled))
        painter.drawLine(QLineF(x, area.top() + SPACE_XS, x, area.bottom()))
        place = QRectF(x + SPACE_XS, area.top(), room, area.height())
        painter.setPen(QColor(tokens.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, str(frame))
        painter.setPen(QColor(tokens.muted))
        place.translate(metrics.horizontalAdvance(str(frame)) + SPACE_XS, 0)
        time = f"{states.times[frame]:.2f} s"
        if place.left() + metrics.horizontalAdvance(time) <= axis.end:
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, time)


def paint_range(
    painter: QPainter, area: QRectF, axis: TimeAxis, span: tuple[int, int], tokens: Tokens
) -> None:
    """The play range as a bar along the bottom of the ruler, with two end stops."""
    left, right = axis.left(span[0]), axis.right(span[1])
    painter.fillRect(QRectF(left, area.bottom() - 3, right - left, 3), QColor(tokens.muted))
    for x in (left, right - 2):
        painter.fillRect(QRectF(x, area.top() + 3, 2, area.height() - 3), QColor(tokens.muted))


def paint_playhead_handle(painter: QPainter, x: float, area: QRectF, tokens: Tokens) -> None:
    """The pointed tab by which the playhead hangs in the ruler."""
    half, low = SPACE_XS + 1.0, area.bottom()
    top = low - 2 * half
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.accent))
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x - half, top),
                QPointF(x + half, top),
                QPointF(x + half, low - half),
                QPointF(x, low),
                QPointF(x - half, low - half),
            ]
        )
    )
    painter.restore()


def paint_cell(
    painter: QPainter,
    area: QRectF,
    states: FrameStates,
    frame: int,
    tokens: Tokens,
    thumbnail: QImage | None = None,
) -> None:
    """One frame cell with every mark that applies to it."""
    inner = area.adjusted(0, 0, -1 if area.width() >= 4 else 0, 0)
    if states.kept[frame]:
        painter.fillRect(inner, mix(tokens.surface, tokens.muted, 0.45))
    else:
        painter.fillRect(inner, QColor(tokens.dropped_fill))
    if thumbnail is not None and not thumbnail.isNull():
        _paint_thumbnail(painter, inner, thumbnail, faded=not states.kept[frame])
    if not states.kept[frame]:
        hatch(painter, inner, tokens.dropped, 0.9 if thumbnail is None else 0.6)
    if states.filled[frame] and inner.width() >= 4:
        outline(painter, inner, tokens.dropped)
    _paint_marks(painter, inner, states, frame, tokens)
    if frame == states.reference:
        _paint_lock(painter, inner, tokens, plated=thumbnail is not None)


def paint_runs(
    painter: QPainter, place: QRectF, axis: TimeAxis, states: FrameStates, tokens: Tokens
) -> None:
    """All cells at once where each is too narrow for marks of its own.

    Args:
        painter: clipped to the frames.
        place: top and height of the cells.
        axis: where frames lie.
        states: of the frames.
        tokens: colours.
    """
    top, tall, low = place.top(), place.height(), place.bottom()

    def areas(mask: Mask, y: float, height: float) -> list[QRectF]:
        return [
            QRectF(axis.left(a), y, max(axis.left(b) - axis.left(a), 1), height)
            for a, b in runs(mask)
        ]

    for area in areas(states.kept, top, tall):
        painter.fillRect(area, mix(tokens.surface, tokens.muted, 0.45))
    for area in areas(~states.kept, top, tall):
        painter.fillRect(area, QColor(tokens.dropped_fill))
        hatch(painter, area, tokens.dropped, 0.9)
    for area in areas(states.edited, low - 3, 3):
        painter.fillRect(area, QColor(tokens.edited))
    if states.keyed is not None:
        for area in areas(states.keyed, top, 3):
            painter.fillRect(area, QColor(tokens.keyed))


def _paint_thumbnail(painter: QPainter, area: QRectF, image: QImage, *, faded: bool) -> None:
    size = image.size().toSizeF()
    size.scale(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(0, 0, size.width(), size.height())
    place.moveCenter(area.center())
    painter.save()
    painter.setOpacity(0.35 if faded else 1.0)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(place, image)
    painter.restore()


def _paint_lock(painter: QPainter, area: QRectF, tokens: Tokens, *, plated: bool) -> None:
    """The padlock; over a thumbnail in the corner, on a plate that lifts it off."""
    if not plated:
        size = min(9.0, area.width() - 1, area.height() - 1)
        padlock(painter, area.center(), max(size, 4.0), tokens.text)
        return
    plate = QRectF(area.left() + 1, area.top() + 1, SPACE_M, SPACE_M)
    painter.fillRect(plate, QColor(tokens.surface))
    padlock(painter, plate.center(), SPACE_M - SPACE_XS, tokens.text)


def _paint_marks(
    painter: QPainter, area: QRectF, states: FrameStates, frame: int, tokens: Tokens
) -> None:
    room = min(area.width(), area.height())
    if states.edited[frame]:
        radius = min(4.5, max(2.0, room / 2 - 1))
        diamond(painter, QPointF(area.center().x(), area.bottom() - radius - 1), radius, tokens)
    if states.is_keyed(frame):
        radius = min(3.0, max(1.5, room / 4))
        dot(painter, QPointF(area.center().x(), area.top() + radius + 2), radius, tokens)
