"""Our own line icons: SVG files in ``resources/icons``, recoloured from the tokens at load."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from motionstudio.core.locations import resources_dir
from motionstudio.gui.theme.tokens import DARK, ICON_LARGE, ICON_SMALL, LINE_CURVE, THEMES, Tokens

_NAME = "iconName"
_SCALES = (1, 2, 3)
_PROGRAM_SIDES = (16, 24, 32, 48, 64, 128, 256)
_STROKE = 'stroke-width="1.5"'


def icon_names() -> tuple[str, ...]:
    """Names of all icons that were installed, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.svg")))


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """One icon as a picture.

    Args:
        name: file name without suffix.
        colour: ``#rrggbb`` of the lines.
        size: side in device-independent pixels.
        ratio: device pixels per device-independent pixel.

    Raises:
        ValueError: there is no such icon.
    """
    side = round(size * ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    svg = _source(name).replace("currentColor", colour)
    svg = svg.replace(_STROKE, f'stroke-width="{LINE_CURVE * ICON_LARGE / size:.3f}"')
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, tokens: Tokens) -> QIcon:
    """One icon for buttons and menus, sharp at one to three device pixels per pixel.

    Raises:
        ValueError: there is no such icon.
    """
    return QIcon(_icon(name, tokens.name))


@cache
def program_icon() -> QIcon:
    """The program's own icon, for windows and the task bar."""
    renderer = QSvgRenderer(str(resources_dir() / "packaging" / "motionstudio.svg"))
    made = QIcon()
    for side in _PROGRAM_SIDES:
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, side, side))
        painter.end()
        made.addPixmap(picture)
    return made


def set_icon(target: QAction | QAbstractButton, name: str, tokens: Tokens | None = None) -> None:
    """Give an action or button an icon that later changes of theme recolour.

    Raises:
        ValueError: there is no such icon.
    """
    target.setProperty(_NAME, name)
    target.setIcon(icon(name, tokens or DARK))


def refresh_icons(root: QObject, tokens: Tokens) -> None:
    """Recolour every icon given by ``set_icon`` to ``root`` or anything below it."""
    for target in (root, *root.findChildren(QAction), *root.findChildren(QAbstractButton)):
        name = target.property(_NAME)
        if name and isinstance(target, QAction | QAbstractButton):
            target.setIcon(icon(name, tokens))


@cache
def _icon(name: str, theme: str) -> QIcon:
    tokens = next(tokens for tokens in THEMES if tokens.name == theme)
    made = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, tokens.text),
        (QIcon.Mode.Disabled, tokens.disabled),
    ):
        for size in (ICON_SMALL, ICON_LARGE):
            for ratio in _SCALES:
                made.addPixmap(pixmap(name, colour, size, ratio), mode)
    return made


@cache
def _source(name: str) -> str:
    path = _folder() / f"{name}.svg"
    if not path.is_file():
        raise ValueError(f"icon: expected one of {', '.join(icon_names())}, got {name!r}")
    return path.read_text(encoding="utf-8")


@cache
def _folder() -> Path:
    return resources_dir() / "icons"
