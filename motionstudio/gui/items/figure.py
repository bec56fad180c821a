"""Figures: what viewports show as a picture of its own, with vectors where the format has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from motionstudio.core.scale_bar import scale_bar
from motionstudio.gui.items.ink import pen
from motionstudio.gui.items.layers import Layers
from motionstudio.gui.items.overlays import paint_caption, paint_legend
from motionstudio.gui.items.picture_painting import Manner, image_of, paint_layers
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S, Tokens

_GAP, _FOOT = 8.0, 44.0
_READABLE = 420.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a figure.

    Attributes:
        layers: what to paint; ``right``: what is right of the divider, or None.
        title: its name for people.
        divider: share of the width at which ``right`` begins.
    """

    layers: Layers
    title: str = ""
    right: Layers | None = None
    divider: float = 0.5


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """How a figure is made.

    Attributes:
        scale: pixels of the figure per pixel of the picture, 1 to 8.
        scale_bar, legend, titles: what is added.
        overlays: whether lines, arrows and marks are painted.
        smooth: whether enlarged pixels are blended.
        spacing: (row, column) mm of a pixel, or None: the scale bar is in pixels.
        frame: words for the frame shown, or empty: none.
    """

    scale: int = 2
    scale_bar: bool = True
    legend: bool = True
    titles: bool = True
    overlays: bool = True
    smooth: bool = False
    spacing: tuple[float, float] | None = None
    frame: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.scale <= 8:
            raise ValueError(f"FigureOptions: expected a scale of 1 to 8, got {self.scale}")


def figure_size(panels: tuple[Panel, ...], options: FigureOptions) -> QSize:
    """Width and height of a figure in pixels."""
    boxes = _boxes(panels, options)
    foot = _foot(panels, options)
    return QSize(round(boxes[-1].right()), round(max(box.bottom() for box in boxes) + foot))


def figure_image(panels: tuple[Panel, ...], options: FigureOptions, tokens: Tokens) -> QImage:
    """A figure as an image; at scale 1 without additions, the picture's own pixels."""
    image = QImage(figure_size(panels, options), QImage.Format.Format_RGB888)
    image.fill(QColor(tokens.surface))
    painter = QPainter(image)
    paint_figure(painter, panels, options, tokens)
    painter.end()
    return image


def write_svg(
    path: Path, panels: tuple[Panel, ...], options: FigureOptions, tokens: Tokens
) -> None:
    """A figure as SVG: pictures embedded, everything over them as vectors and text."""
    size = figure_size(panels, options)
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(" · ".join(panel.title for panel in panels if panel.title))
    generator.setDescription("Made with MotionStudio")
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(tokens.surface))
    paint_figure(painter, panels, options, tokens)
    painter.end()


def paint_figure(
    painter: QPainter, panels: tuple[Panel, ...], options: FigureOptions, tokens: Tokens
) -> None:
    """Paint the panels side by side from the painter's origin.

    Raises:
        ValueError: there are no panels, or one has no picture.
    """
    for panel, box in zip(panels, _boxes(panels, options), strict=True):
        weight = _weight(box)
        _paint_picture(painter, panel, box, options, tokens, weight)
        if options.scale_bar:
            _paint_bar(painter, panel, box, options, weight)
        if options.titles:
            words = " · ".join(part for part in (panel.title, options.frame) if part)
            _scaled(painter, box, weight, partial(_title, words=words, tokens=tokens))
        if options.legend and panel.layers.legend is not None:
            foot = QRectF(box.left(), box.bottom(), box.width(), _foot(panels, options))
            paint = partial(paint_legend, legend=panel.layers.legend, tokens=tokens, brief=False)
            _scaled(painter, foot, weight, paint)


def _paint_picture(
    painter: QPainter,
    panel: Panel,
    box: QRectF,
    options: FigureOptions,
    tokens: Tokens,
    weight: float,
) -> None:
    manner = Manner(smooth=options.smooth, weight=weight, frame=False)
    painter.save()
    painter.setClipRect(box)
    for layers, left in ((panel.layers, 0.0), (panel.right, panel.divider)):
        if layers is None or layers.picture is None:
            continue
        x = box.left() + left * box.width()
        painter.setClipRect(QRectF(x, box.top(), box.right() - x, box.height()))
        shown = layers if options.overlays else _bare(layers)
        paint_layers(painter, box, shown, image_of(layers.picture), tokens, manner)
    painter.restore()
    if panel.right is not None:
        x = box.left() + panel.divider * box.width()
        painter.setPen(pen(tokens.accent, 2 * weight))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))


def _bare(layers: Layers) -> Layers:
    return Layers(picture=layers.picture, size=layers.size, extent=layers.extent)


def _paint_bar(
    painter: QPainter, panel: Panel, box: QRectF, options: FigureOptions, weight: float
) -> None:
    bar = scale_bar(panel.layers.native[1], options.spacing)
    length = bar.pixels * box.width() / panel.layers.native[1]
    painter.save()
    made = font("caption", tabular=True)
    made.setPixelSize(max(7, round(12 * weight)))
    painter.setFont(made)
    metrics = QFontMetricsF(painter.font())
    right, bottom = box.right() - SPACE_S * weight, box.bottom() - SPACE_S * weight
    thick = 3 * weight
    line = QRectF(right - length, bottom - thick, length, thick)
    wide = metrics.horizontalAdvance(bar.text)
    x = min(line.center().x() - wide / 2, box.right() - wide - 2 * weight)
    place = QPointF(x, line.top() - metrics.descent() - 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(line.adjusted(-weight, -weight, weight, weight), QColor(0, 0, 0, 150))
    painter.fillRect(line, QColor("#ffffff"))
    painter.setPen(QColor(0, 0, 0, 190))
    painter.drawText(place + QPointF(weight, weight), bar.text)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(place, bar.text)
    painter.restore()


def _title(painter: QPainter, room: QRectF, words: str, tokens: Tokens) -> None:
    if words:
        paint_caption(painter, room.topLeft() + QPointF(4, 4), words, tokens)


def _scaled(
    painter: QPainter, room: QRectF, weight: float, paint: Callable[[QPainter, QRectF], None]
) -> None:
    """Paint with text ``weight`` times its size on screen; ``paint`` gets painter and room."""
    painter.save()
    painter.translate(room.topLeft())
    painter.scale(weight, weight)
    paint(painter, QRectF(0, 0, room.width() / weight, room.height() / weight))
    painter.restore()


def _boxes(panels: tuple[Panel, ...], options: FigureOptions) -> list[QRectF]:
    """Where the pictures lie, from left to right."""
    if not panels or any(panel.layers.picture is None for panel in panels):
        raise ValueError("figure: expected at least one panel, each with a picture")
    boxes: list[QRectF] = []
    x = 0.0
    for panel in panels:
        height, width = panel.layers.native
        boxes.append(QRectF(x, 0, width * options.scale, height * options.scale))
        x = boxes[-1].right() + _GAP * options.scale
    return boxes


def _foot(panels: tuple[Panel, ...], options: FigureOptions) -> float:
    """Room below the pictures for legends."""
    has = any(panel.layers.legend is not None for panel in panels)
    if not (options.legend and has):
        return 0.0
    return _FOOT * max(_weight(box) for box in _boxes(panels, options))


def _weight(box: QRectF) -> float:
    """How much larger than on screen text and lines are, so that they fit the picture."""
    return max(0.6, min(box.width() / _READABLE, 8.0))
