"""A chart of every clip: one line for each method, a dot for each clip, its mean and interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from motionstudio.core.intervals import interval_of

_WIDTH, _LEFT, _RIGHT, _TOP, _LINE, _FOOT = 760, 270, 24, 40, 34, 44
_INK, _FAINT, _OWN, _OTHER = "#333333", "#dddddd", "#0072B2", "#666666"


def dot_chart(
    title: str, heading: str, methods: Mapping[str, Sequence[float]], main: Sequence[str]
) -> str:
    """SVG; the methods of ``main`` stand out.

    Args:
        title: of the chart.
        heading: of the figure, with its unit.
        methods: finite figures of each clip.
        main: names of the model's own rows.
    """
    known = [value for values in methods.values() for value in values]
    scale = _Scale(min(known), max(known))
    height = _TOP + _LINE * len(methods) + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(12, 20, title, weight="bold"),
        *_grid(scale, height),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, height - 8, heading, anchor="middle"),
    ]
    for place, (name, values) in enumerate(methods.items()):
        y = _TOP + _LINE * (place + 0.5)
        parts += _line(name, values, y, scale, _OWN if name in main else _OTHER)
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """Values to pixels, with round ticks."""

    def __init__(self, low: float, high: float) -> None:
        span = (high - low) or abs(high) or 1.0
        base = 10.0 ** math.floor(math.log10(span / 5))
        step = next(m * base for m in (1, 2, 5, 10) if m * base >= span / 5)
        first, last = math.floor(low / step), math.ceil(high / step)
        self.ticks = [k * step for k in range(first, max(last, first + 1) + 1)]

    def at(self, value: float) -> float:
        share = (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return _LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT)


def _grid(scale: _Scale, height: int) -> list[str]:
    foot = height - _FOOT
    return [
        part
        for tick in scale.ticks
        for part in (
            f'<line x1="{scale.at(tick):.1f}" x2="{scale.at(tick):.1f}" y1="{_TOP}" y2="{foot}" '
            f'stroke="{_FAINT}"/>',
            _text(scale.at(tick), foot + 16, f"{tick:.4g}", anchor="middle"),
        )
    ]


def _line(name: str, values: Sequence[float], y: float, scale: _Scale, colour: str) -> list[str]:
    parts = [_text(_LEFT - 12, y + 4, name, anchor="end")]
    parts += [
        f'<circle cx="{scale.at(value):.1f}" cy="{y:.1f}" r="3" fill="{colour}" '
        'fill-opacity="0.45"/>'
        for value in values
    ]
    mean = scale.at(sum(values) / len(values))
    found = interval_of(values)
    if found is not None:
        parts.append(
            f'<line x1="{scale.at(found.low):.1f}" x2="{scale.at(found.high):.1f}" '
            f'y1="{y + 10:.1f}" y2="{y + 10:.1f}" stroke="{colour}" stroke-width="2"/>'
        )
        # Of two or three clips it is often wider than the chart.
        if found.low < scale.ticks[0]:
            parts.append(_text(_LEFT, y + 14, "\u25c2", anchor="middle"))
        if found.high > scale.ticks[-1]:
            parts.append(_text(_WIDTH - _RIGHT, y + 14, "\u25b8", anchor="middle"))
    parts.append(
        f'<line x1="{mean:.1f}" x2="{mean:.1f}" y1="{y - 8:.1f}" y2="{y + 13:.1f}" '
        f'stroke="{colour}" stroke-width="2.5"/>'
    )
    return parts


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{_INK}">{escape(words)}</text>'
    )
