"""Small charts as SVG text: points and lines on linear or logarithmic axes, with a legend.

``Dots`` compares named rows: a disc for each figure, with its error as a bar.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 720, 340
# The legend stands at the right, where it covers no point.
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 210, 34, 46
_ROW, _LETTER, _NARROWEST = 24, 6.9, 300
_TRUE = ("true ", "floor", "recorded")
_GREY = "#777777"
_DECADES = 2.5
# Distinguishable without colour vision too (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x, y); ``line`` joins them (``dash``: broken), ``marks`` puts a disc at each."""

    name: str
    points: Sequence[tuple[float, float]]
    line: bool = True
    marks: bool = True
    dash: bool = False
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; ``log`` uses logarithmic axes."""

    title: str
    across: str
    up: str
    series: Sequence[Series]
    log: bool = False

    def svg(self) -> str:
        """The whole picture."""
        xs = [x for one in self.series for x, _ in one.points]
        ys = [y for one in self.series for _, y in one.points]
        across, up = _Axis(xs, self.log), _Axis(ys, self.log)
        width = WIDTH - _RIGHT + max(_RIGHT, _legend_width([one.name for one in self.series]))
        parts = [
            _head(width, HEIGHT),
            _text(_LEFT, 18, self.title, weight="bold"),
            *_grid(across, up),
            _text((WIDTH + _LEFT - _RIGHT) / 2, HEIGHT - 8, self.across, anchor="middle"),
            f'<text transform="translate(14 {(HEIGHT + _TOP - _BOTTOM) / 2}) rotate(-90)" '
            f'text-anchor="middle" fill="#333333">{escape(self.up)}</text>',
        ]
        for place, one in enumerate(self.series):
            parts += _drawn(one, one.colour or COLOURS[place % len(COLOURS)], across, up)
        return "\n".join([*parts, *_legend(self.series), "</svg>"]) + "\n"

    def write(self, path: Path) -> Path:
        """Write the picture; the folder is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.svg(), encoding="utf-8")
        return path


@dataclass(frozen=True, slots=True)
class Dot:
    """One figure: in which row, its value, its error or 0, and what it belongs to."""

    row: str
    value: float
    error: float = 0.0
    series: str = ""


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows with a name each and a disc for every figure; ``log``: a logarithmic axis.

    Attributes:
        title: with what it shows.
        across: heading of the axis, with unit and which way is better.
        dots: figures; rows and series come in the order in which they are met.
        log: logarithmic axis.
        strong: rows whose names are printed bold: ours.
    """

    title: str
    across: str
    dots: Sequence[Dot]
    log: bool = False
    strong: Sequence[str] = ()

    def svg(self) -> str:
        """The whole picture."""
        known = [d for d in self.dots if math.isfinite(d.value) and (d.value > 0 or not self.log)]
        rows = list(dict.fromkeys(d.row for d in known))
        names = list(dict.fromkeys(d.series for d in known))
        colours = dict(zip(names, _cycled(len(names)), strict=True))
        width = _legend_width(names)
        ends = [e for d in known for e in (d.value, d.value - d.error, d.value + d.error)]
        axis = _Axis(ends if self.log else [0.0, *ends], self.log)
        left = 20 + round(_LETTER * max((len(row) for row in rows), default=0))
        foot = _TOP + _ROW * len(rows)
        right = max(WIDTH - width, left + _NARROWEST)
        frame = _Frame(axis, left, right, foot)
        parts = [
            _head(right + width, foot + _BOTTOM),
            _text(16, 18, self.title, weight="bold"),
            *frame.grid(),
            _text((left + right) / 2, foot + 36, self.across, anchor="middle"),
        ]
        for place, row in enumerate(rows):
            here = [d for d in known if d.row == row]
            parts += frame.row(place, row, row in self.strong)
            for k, dot in enumerate(here):
                y = _TOP + _ROW * (place + 0.5) + 3.0 * (k - (len(here) - 1) / 2)
                parts += frame.dot(dot, y, colours[dot.series] if any(names) else self._role(row))
        legend = [Series(name, (), colour=colours[name]) for name in names if name]
        return "\n".join([*parts, *_legend(legend, right), "</svg>"]) + "\n"

    def write(self, path: Path) -> Path:
        """Write the picture; the folder is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.svg(), encoding="utf-8")
        return path

    def _role(self, row: str) -> str:
        """Ours stand out, what is true by construction has its own colour, rivals are grey."""
        if row in self.strong:
            return COLOURS[0]
        return COLOURS[2] if row.startswith(_TRUE) else _GREY


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the rows of ``Dots`` lie, between ``left`` and ``right``, down to ``foot``."""

    axis: _Axis
    left: float
    right: float
    foot: float

    def x(self, value: float) -> float:
        return self.left + self.axis.at(value) * (self.right - self.left)

    def grid(self) -> list[str]:
        parts = []
        for tick in self.axis.ticks:
            x = self.x(tick)
            parts += [
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{self.foot}" stroke="#e4e4e4"/>',
                _text(x, self.foot + 16, _label(tick), anchor="middle"),
            ]
        return parts

    def row(self, place: int, name: str, strong: bool) -> list[str]:
        y = _TOP + _ROW * (place + 0.5)
        line = (
            f'<line x1="{self.left}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}" '
            'stroke="#cccccc" stroke-dasharray="1 3"/>'
        )
        weight = "bold" if strong else "normal"
        return [line, _text(self.left - 8, y + 4, name, anchor="end", weight=weight)]

    def dot(self, dot: Dot, y: float, colour: str) -> list[str]:
        parts = []
        if dot.error > 0:
            floor = 10.0**self.axis.low if self.axis.log else self.axis.low
            low, high = self.x(max(dot.value - dot.error, floor)), self.x(dot.value + dot.error)
            parts.append(
                f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}" '
                f'stroke="{colour}" stroke-width="2"/>'
            )
        x = self.x(dot.value)
        return [*parts, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>']


class _Axis:
    """Where values lie between 0 and 1, and which are written."""

    def __init__(self, values: Sequence[float], log: bool) -> None:
        known = [v for v in values if math.isfinite(v) and (v > 0 or not log)] or [0.1, 1.0]
        low, high = min(known), max(known)
        self.log = log
        if log:
            self.low, self.high = math.log10(low) - 0.08, math.log10(high) + 0.08
            whole = range(math.floor(self.low), math.ceil(self.high) + 1)
            # Over many decades the fives and twos would run into each other.
            steps = (1, 2, 5) if self.high - self.low < _DECADES else (1,)
            ticks = [m * 10.0**e for e in whole for m in steps]
            self.ticks = [t for t in ticks if self.low <= math.log10(t) <= self.high]
        else:
            step = _step((high - low) or abs(high) or 1.0)
            self.low = math.floor(low / step + 1e-9) * step
            self.high = max(math.ceil(high / step - 1e-9) * step, self.low + step)
            count = round((self.high - self.low) / step)
            self.ticks = [self.low + k * step for k in range(count + 1)]

    def at(self, value: float) -> float:
        """Share of the way from the low end to the high one."""
        place = math.log10(max(value, 1e-300)) if self.log else value
        return (place - self.low) / max(self.high - self.low, 1e-12)


def _legend_width(names: Sequence[str]) -> int:
    longest = max((len(name) for name in names), default=0)
    return 44 + round(_LETTER * longest) if longest else 24


def _head(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    )


def _cycled(count: int) -> list[str]:
    return [COLOURS[place % len(COLOURS)] for place in range(count)]


def _step(span: float) -> float:
    raw = span / 5
    base = 10.0 ** math.floor(math.log10(raw))
    return next(m * base for m in (1, 2, 5, 10) if m * base >= raw)


def _x(axis: _Axis, value: float) -> float:
    return _LEFT + axis.at(value) * (WIDTH - _LEFT - _RIGHT)


def _y(axis: _Axis, value: float) -> float:
    return HEIGHT - _BOTTOM - axis.at(value) * (HEIGHT - _TOP - _BOTTOM)


def _grid(across: _Axis, up: _Axis) -> list[str]:
    parts = []
    for tick in up.ticks:
        y = _y(up, tick)
        parts += [
            f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
            'stroke="#dddddd"/>',
            _text(_LEFT - 6, y + 4, _label(tick), anchor="end"),
        ]
    for tick in across.ticks:
        x = _x(across, tick)
        foot = HEIGHT - _BOTTOM
        parts += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{foot}" stroke="#eeeeee"/>',
            _text(x, foot + 16, _label(tick), anchor="middle"),
        ]
    return parts


def _drawn(one: Series, colour: str, across: _Axis, up: _Axis) -> list[str]:
    places = [
        (_x(across, x), _y(up, y)) for x, y in one.points if math.isfinite(x) and math.isfinite(y)
    ]
    parts = []
    if one.line and len(places) > 1:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dash = ' stroke-dasharray="6 4"' if one.dash else ""
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        )
    if one.marks:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
    return parts


def _legend(series: Sequence[Series], left: float = WIDTH - _RIGHT) -> list[str]:
    named = [(one.colour or COLOURS[n % len(COLOURS)], one.name) for n, one in enumerate(series)]
    named = [(colour, name) for colour, name in named if name]
    parts = []
    for line, (colour, name) in enumerate(named):
        y = _TOP + 14 + 16 * line
        parts += [
            f'<rect x="{left + 12}" y="{y - 9}" width="12" height="10" fill="{colour}"/>',
            _text(left + 30, y, name),
        ]
    return parts


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="#333333">{escape(words)}</text>'
    )


def _label(value: float) -> str:
    if value >= 1e4 and value == round(value):
        return f"{value:.0f}"
    return f"{0.0 if abs(value) < 1e-12 else value:.4g}"
