"""Put a theme on the application: Fusion style, palette, short style sheet, icons."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from motionstudio.gui.theme.icons import refresh_icons
from motionstudio.gui.theme.scale import factor, resized
from motionstudio.gui.theme.style_sheet import style_sheet
from motionstudio.gui.theme.tokens import (
    DARK,
    DARK_CONTRAST,
    LIGHT,
    LIGHT_CONTRAST,
    THEMES,
    TYPE_SCALE,
    Tokens,
)

Mode = Literal["system", "dark", "light"]
Contrast = Literal["system", "normal", "high"]

_MODE = "motionstudioThemeMode"
_CONTRAST = "motionstudioContrast"
_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "dark": Qt.ColorScheme.Dark,
    "light": Qt.ColorScheme.Light,
}


def apply(
    app: QApplication,
    mode: Mode = "system",
    *,
    scale: int = 100,
    contrast: Contrast = "system",
) -> Tokens:
    """Give the whole application one theme, at once; ``system`` follows the desktop from now on.

    Args:
        app: the running application.
        mode: ``system``, ``dark`` or ``light``. A desktop that does not say counts as dark.
        scale: size of type, controls and icons in per cent, 80..200.
        contrast: ``high``, ``normal``, or what the desktop prefers.

    Returns:
        The tokens in use.

    Raises:
        ValueError: ``mode`` is none of the three, or ``scale`` out of range.
    """
    if mode not in _SCHEMES:
        raise ValueError(f"apply: expected system, dark or light, got {mode!r}")
    first = app.property(_MODE) is None
    app.setProperty(_MODE, mode)
    app.setProperty(_CONTRAST, contrast)
    hints = app.styleHints()
    hints.setColorScheme(_SCHEMES[mode])
    if first:
        app.setStyle("Fusion")
        hints.colorSchemeChanged.connect(_follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(_follow_system)
    tokens = _tokens(app)
    with resized(app, scale):
        _dress(app, tokens)
    return tokens


def tokens_for(palette: QPalette) -> Tokens:
    """The tokens a widget's palette was made from; lets a pane repaint without any global state."""
    return _tokens_of(palette.color(QPalette.ColorRole.Window).rgba())


@lru_cache(maxsize=16)
def _tokens_of(surface: int) -> Tokens:
    """The tokens of a theme by the colour of its windows: every paint of every control asks."""
    colour = QColor.fromRgba(surface)
    for tokens in THEMES:
        if QColor(tokens.surface) == colour:
            return tokens
    return LIGHT if colour.lightness() > 127 else DARK


def font(role: Literal["caption", "body", "title"], *, tabular: bool = False) -> QFont:
    """The interface font in one of the three sizes; ``tabular`` gives figures of equal width."""
    made = QFont(QApplication.font())
    size = made.pointSizeF()
    if size > 0:
        made.setPointSizeF(size * TYPE_SCALE[role])
    else:
        made.setPixelSize(round(made.pixelSize() * TYPE_SCALE[role]))
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette_of(tokens: Tokens) -> QPalette:
    """The Qt palette of a theme."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, tokens.surface),
        (role.WindowText, tokens.text),
        (role.Base, tokens.canvas),
        (role.AlternateBase, tokens.raised),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.raised),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.error),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Accent, tokens.accent),
        (role.Link, tokens.accent),
        (role.Mid, tokens.line),
        (role.Midlight, tokens.raised),
        (role.Dark, tokens.line),
        (role.Light, tokens.raised),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.disabled))
    return palette


def _dress(app: QApplication, tokens: Tokens) -> None:
    app.setPalette(palette_of(tokens))
    app.setStyleSheet(style_sheet(tokens))
    for window in app.topLevelWidgets():
        refresh_icons(window, tokens)


def _follow_system(_what: object = None) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        with resized(app, round(100 * factor())):
            _dress(app, _tokens(app))


def _tokens(app: QApplication) -> Tokens:
    """What mode, contrast and desktop come to."""
    mode, contrast = app.property(_MODE), app.property(_CONTRAST)
    hints = app.styleHints()
    light = mode == "light" or (mode == "system" and hints.colorScheme() is Qt.ColorScheme.Light)
    wanted = hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
    if contrast == "high" or (contrast == "system" and wanted):
        return LIGHT_CONTRAST if light else DARK_CONTRAST
    return LIGHT if light else DARK
