"""Design tokens: every colour, distance and type size of the window, once."""

from __future__ import annotations

from dataclasses import dataclass, replace

SPACE_XS, SPACE_S, SPACE_M, SPACE_L = 4, 8, 12, 16
"""Distances in device-independent pixels."""
RADIUS = 4
CONTROL_HEIGHT = 26
ICON_SMALL, ICON_LARGE = 16, 20
LINE_THIN, LINE_CURVE, LINE_SELECTED = 1.0, 1.5, 2.5

TYPE_SCALE = {"caption": 0.85, "body": 1.0, "title": 1.2}
"""Type sizes as factors of the interface font."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as ``#rrggbb``.

    Attributes:
        name: ``dark`` or ``light``, with `` contrast`` where it is stronger.
        canvas: behind pictures, neutral.
        surface: panes.
        raised: headers, menus, cards.
        line: separators.
        held: ground of a tool that is pressed, switched on or under the pointer.
        text: what is read first.
        muted: what is read second; at least 4.5 : 1 on ``surface``.
        disabled: what cannot be used now.
        accent: selection, playhead, focus ring, primary button and nothing else.
        on_accent: text on ``accent``.
        dropped_fill: cell of a withheld frame, under the hatch.
        dropped: hatch of a withheld frame, outline of a filled-in one.
        edited: diamond of an edited frame or cell.
        keyed: dot of a keyed frame.
        good: a success.
        warn: something to know.
        error: something to mend.
        series: hues that tell curves apart.
    """

    name: str
    canvas: str
    surface: str
    raised: str
    line: str
    held: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    dropped_fill: str
    dropped: str
    edited: str
    keyed: str
    good: str
    warn: str
    error: str
    series: tuple[str, ...]


DARK = Tokens(
    name="dark",
    canvas="#1b1c1e",
    surface="#242528",
    raised="#2d2f33",
    line="#3a3c41",
    held="#3a3c41",
    text="#e8e8ea",
    muted="#a2a5ab",
    disabled="#6b6e75",
    accent="#4f9dde",
    on_accent="#101114",
    dropped_fill="#4a3b2a",
    dropped="#e0a458",
    edited="#c586ff",
    keyed="#f2d45c",
    good="#63b37c",
    warn="#e0a458",
    error="#e0625a",
    series=("#6cb6f5", "#f2b366", "#6fcf97", "#f28b82", "#c4a5ff", "#5fd3d3", "#f59ac8", "#d0d36a"),
)

LIGHT = Tokens(
    name="light",
    canvas="#e4e5e7",
    surface="#f6f6f7",
    raised="#ffffff",
    line="#d3d5d9",
    held="#d3d5d9",
    text="#1d1e20",
    muted="#5c6067",
    disabled="#9a9ea5",
    accent="#1f6fb2",
    on_accent="#ffffff",
    dropped_fill="#f3e3cf",
    dropped="#b46a13",
    edited="#7d3cc2",
    keyed="#a37e00",
    good="#2f7d4a",
    warn="#a35f00",
    error="#b3261e",
    series=("#1f6fb2", "#b35c00", "#2a7a48", "#b3342b", "#6d3fc0", "#0f7480", "#a8327c", "#6a6d00"),
)

DARK_CONTRAST = replace(
    DARK,
    name="dark contrast",
    canvas="#000000",
    surface="#0b0b0c",
    raised="#161618",
    line="#8a8c92",
    text="#ffffff",
    muted="#dcdde0",
    disabled="#9b9da3",
    accent="#7cc4ff",
    on_accent="#000000",
)

LIGHT_CONTRAST = replace(
    LIGHT,
    name="light contrast",
    canvas="#ffffff",
    surface="#ffffff",
    raised="#ffffff",
    line="#6b6d72",
    text="#000000",
    muted="#2b2d30",
    disabled="#66696f",
    accent="#0a4a8a",
    on_accent="#ffffff",
)

THEMES = (DARK, LIGHT, DARK_CONTRAST, LIGHT_CONTRAST)
"""Every theme there is."""


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours after WCAG 2, from 1 to 21."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
