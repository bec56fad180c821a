"""Tokens, palette, style sheet, icons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction, QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.theme.apply import apply, font, tokens_for
from motionstudio.gui.theme.icons import icon, icon_names, pixmap, program_icon, set_icon
from motionstudio.gui.theme.tokens import DARK, LIGHT, Tokens, contrast

THEMES = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[QApplication]:
    apply(qapp, "dark")
    yield qapp
    apply(qapp, "dark")


@THEMES
def test_text_can_be_read_on_every_surface(tokens: Tokens) -> None:
    for ground in (tokens.surface, tokens.raised):
        assert contrast(tokens.text, ground) >= 4.5
        assert contrast(tokens.muted, ground) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.text, tokens.held) >= 4.5


@THEMES
def test_states_and_curves_stand_out_from_panes(tokens: Tokens) -> None:
    for mark in (tokens.edited, tokens.dropped, tokens.accent, tokens.error, *tokens.series):
        assert contrast(mark, tokens.surface) >= 3.0
    assert len(set(tokens.series)) == len(tokens.series)


@THEMES
def test_canvas_is_neutral_grey(tokens: Tokens) -> None:
    assert QColor(tokens.canvas).hslSaturation() <= 16


def test_apply_sets_the_palette_that_panes_read_their_tokens_from(dark: QApplication) -> None:
    assert tokens_for(dark.palette()) is DARK
    assert apply(dark, "light") is LIGHT
    assert tokens_for(dark.palette()) is LIGHT
    disabled = dark.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled.name() == LIGHT.disabled


def test_apply_refuses_an_unknown_mode(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="system, dark or light"):
        apply(qapp, "sepia")  # type: ignore[arg-type]


def test_every_icon_draws_something_in_the_colour_asked_for(qapp: QApplication) -> None:
    assert len(icon_names()) >= 25
    for name in icon_names():
        image = pixmap(name, "#ff0000", 16, 2.0).toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 200
        ]
        assert inked, name
        assert all(colour.red() > 200 and colour.green() < 40 for colour in inked), name


def test_an_unknown_icon_is_named(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="'spoon'"):
        icon("spoon", DARK)


def test_buttons_and_actions_are_recoloured_by_a_change_of_theme(
    dark: QApplication, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button, action = ToolButton("play", "Play", parent=window), QAction(window)
    set_icon(action, "play", DARK)
    assert _ink(button.icon().pixmap(16).toImage()) == DARK.text
    apply(dark, "light")
    assert _ink(button.icon().pixmap(16).toImage()) == LIGHT.text
    assert _ink(action.icon().pixmap(16).toImage()) == LIGHT.text


def test_the_three_type_sizes_differ_and_figures_can_be_tabular(qapp: QApplication) -> None:
    sizes = [font(role).pointSizeF() for role in ("caption", "body", "title")]
    assert sizes == sorted(set(sizes))
    assert font("body", tabular=True).featureTags()


def _ink(image: QImage) -> str:
    """The colour of the most opaque pixel."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=lambda colour: colour.alpha()).name()


def test_the_program_has_an_icon_of_its_own(qapp: QApplication) -> None:
    for side in (16, 48, 256):
        picture = program_icon().pixmap(side, side).toImage()
        assert picture.pixelColor(side // 2, side // 4).alpha() == 255
        assert picture.pixelColor(0, 0).alpha() < 40  # Round corners.
