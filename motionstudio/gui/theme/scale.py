"""The size of everything: one factor for type, controls and icons, changed while running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLayout, QToolBar, QWidget

SMALLEST, LARGEST = 80, 200
"""Per cent."""

# Of the screen: what a dialog takes at most when it opens.
_SHARE = 0.95
_PERCENT = "motionstudioScale"
_BASE = "motionstudioBaseFont"
# Not "baseSize": that is a property that every widget has already.
_FIXED = "motionstudioFixed"
_ICON = "motionstudioIcon"


def factor() -> float:
    """What lengths of 100 per cent are multiplied with."""
    app = QApplication.instance()
    percent = None if app is None else app.property(_PERCENT)
    return 1.0 if percent is None else int(percent) / 100


def scaled(pixels: float) -> int:
    """A length in device-independent pixels at the size in use."""
    return round(pixels * factor())


def open_at(dialog: QWidget, width: int, height: int) -> None:
    """Give a dialog its first size, at the size of everything, as far as the screen has room.

    Args:
        dialog: not yet shown.
        width: pixels at 100 per cent.
        height: the same.
    """
    room = dialog.screen().availableGeometry().size() * _SHARE
    dialog.resize(QSize(scaled(width), scaled(height)).boundedTo(room))


def fix_size(widget: QWidget, *, width: int = 0, height: int = 0, at_least: bool = False) -> None:
    """Fix a widget's width, height or both, now and after every change of the size.

    Args:
        widget: any.
        width: pixels at 100 per cent; 0 leaves it free.
        height: the same.
        at_least: a lower bound instead of a fixed length.
    """
    widget.setProperty(_FIXED, [width, height, int(at_least)])
    _apply_fixed(widget)


def fix_icon(target: QAbstractButton | QToolBar, pixels: int) -> None:
    """Give icons a size that follows the size of everything."""
    target.setProperty(_ICON, pixels)
    target.setIconSize(QSize(scaled(pixels), scaled(pixels)))


@contextmanager
def resized(app: QApplication, percent: int) -> Iterator[None]:
    """Make everything ``percent`` as large as the system has it; dress the window inside.

    Fonts that widgets were given keep their proportion to the interface font, lengths given by
    ``fix_size`` follow, and what is laid out by font metrics follows by itself. A style sheet
    takes the fonts of widgets back to what they were when first shown, so it belongs inside.

    Raises:
        ValueError: ``percent`` is outside 80..200.
    """
    if not SMALLEST <= percent <= LARGEST:
        raise ValueError(f"resized: expected 80..200 per cent, got {percent}")
    before = factor()
    if app.property(_BASE) is None:
        app.setProperty(_BASE, QFont(app.font()))
    own = [w for w in app.allWidgets() if w.testAttribute(Qt.WidgetAttribute.WA_SetFont)]
    fonts = [(widget, QFont(widget.font())) for widget in own]
    app.setProperty(_PERCENT, percent)
    ratio = factor() / before
    if ratio != 1.0:
        app.setFont(_sized(QFont(app.property(_BASE)), factor()))
    yield
    for widget, font in fonts:
        widget.setFont(_sized(font, ratio))
    if ratio != 1.0:
        _lay_out_anew(app.allWidgets(), ratio)


def _lay_out_anew(widgets: list[QWidget], ratio: float) -> None:
    for widget in widgets:
        if not widget.isWindow():
            _stretch(widget, ratio)
        _apply_fixed(widget)
        widget.updateGeometry()
    for widget in widgets:
        # A page that is not shown now would keep the heights that it was given before.
        if (layout := widget.layout()) is not None:
            for inner in layout.findChildren(QLayout):
                inner.invalidate()
            layout.invalidate()


def _stretch(widget: QWidget, ratio: float) -> None:
    """Keep a length that was fixed once, by font metrics mostly, in proportion."""
    least, most = widget.minimumSize(), widget.maximumSize()
    if least.width() > 0 and least.width() == most.width():
        widget.setFixedWidth(round(least.width() * ratio))
    elif least.width() > 0 and isinstance(widget, QLabel):
        widget.setMinimumWidth(ceil(least.width() * ratio) + 2)
    if least.height() > 0 and least.height() == most.height():
        widget.setFixedHeight(round(least.height() * ratio))


def _apply_fixed(widget: QWidget) -> None:
    fixed = widget.property(_FIXED)
    if fixed:
        width, height, at_least = (int(value) for value in fixed)
        if width and at_least:
            widget.setMinimumWidth(scaled(width))
        elif width:
            widget.setFixedWidth(scaled(width))
        if height and at_least:
            widget.setMinimumHeight(scaled(height))
        elif height:
            widget.setFixedHeight(scaled(height))
    icon = widget.property(_ICON)
    if icon and isinstance(widget, QAbstractButton | QToolBar):
        widget.setIconSize(QSize(scaled(int(icon)), scaled(int(icon))))


def _sized(font: QFont, ratio: float) -> QFont:
    made = QFont(font)
    if made.pointSizeF() > 0:
        made.setPointSizeF(max(made.pointSizeF() * ratio, 1.0))
    else:
        made.setPixelSize(max(round(made.pixelSize() * ratio), 1))
    return made
