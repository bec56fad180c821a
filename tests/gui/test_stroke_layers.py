"""Strokes that are kept as they were painted look as if painted anew, and do not pile up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from motionstudio.gui.items import stroke_layers
from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.items.overlays import paint_strokes
from motionstudio.gui.items.stroke_layers import FEW, StrokeLayers
from motionstudio.gui.theme.tokens import DARK, LIGHT

WIDE, TALL = 160, 120
AREA = QRectF(20, 10.5, 100, 100)
SCALE = 100 / 64


def ring(middle: float, radius: float, count: int = 2 * FEW) -> NDArray[np.float32]:
    angle = np.linspace(0, 2 * np.pi, count)
    round_ = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return (middle + radius * round_).astype(np.float32)


def outlines(middle: float = 30.0) -> tuple[Stroke, ...]:
    gap = np.full((1, 2), np.nan, np.float32)
    two = np.concatenate([ring(middle, 12), gap, ring(middle + 8, 9)])
    return (
        Stroke(two, "#6cb6f5", 1.5),
        Stroke(ring(middle, 20), "#f28b82", 1.2, 0.45),
        Stroke(np.array([[middle, middle]]), "#f2d45c", 4.0, dots=True),
    )


def canvas(ratio: float) -> QImage:
    """Noise of 160 x 120 places, ``ratio`` pixels to each."""
    shape = (round(TALL * ratio), round(WIDE * ratio))
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    shared = QImage(noise.data, shape[1], shape[0], shape[1], QImage.Format.Format_Grayscale8)
    made = shared.convertToFormat(QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    return made


def pixels(image: QImage) -> NDArray[np.int64]:
    whole = np.frombuffer(image.constBits(), np.uint8)
    return whole.reshape(image.height(), image.width(), 4)[..., :3].astype(np.int64)


def direct(strokes: tuple[Stroke, ...], ratio: float = 1.0) -> NDArray[np.int64]:
    image = canvas(ratio)
    painter = QPainter(image)
    paint_strokes(painter, AREA, SCALE, strokes, DARK)
    painter.end()
    return pixels(image)


def kept(
    layers: StrokeLayers, strokes: tuple[Stroke, ...], ratio: float = 1.0
) -> NDArray[np.int64]:
    image = canvas(ratio)
    painter = QPainter(image)
    layers.set_room(WIDE, TALL, ratio)
    layers.paint(painter, AREA, SCALE, strokes, DARK)
    painter.end()
    return pixels(image)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("middle", [30.0, 2.0, 90.0])
def test_kept_strokes_look_as_if_painted(qtbot: QtBot, ratio: float, middle: float) -> None:
    layers, strokes = StrokeLayers(), outlines(middle)
    truth = direct(strokes, ratio)
    for _ in range(2):
        assert np.abs(kept(layers, strokes, ratio) - truth).max() <= 3  # Rounding to 8 bits twice.
    assert (truth != pixels(canvas(ratio))).any() or middle > 64


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Stroke, ...]]:
    """The strokes that were really painted."""
    found: list[tuple[Stroke, ...]] = []

    def paint(painter: QPainter, area: QRectF, scale: float, strokes: tuple[Stroke, ...],
              *how: object) -> None:  # fmt: skip
        found.append(strokes)
        paint_strokes(painter, area, scale, strokes, *how)  # type: ignore[arg-type]

    monkeypatch.setattr(stroke_layers, "paint_strokes", paint)
    return found


def test_strokes_that_come_again_are_not_painted_again(
    qtbot: QtBot, painted: list[tuple[Stroke, ...]]
) -> None:
    layers = StrokeLayers()
    frames = [outlines(20.0 + number) for number in range(4)]
    for _ in range(3):
        for number, strokes in enumerate(frames):
            # As a presenter makes them: new objects of the same content each time.
            again = tuple(replace(s, points=s.points.copy()) for s in strokes)
            np.testing.assert_array_equal(kept(layers, again), kept(layers, frames[number]))
    assert len(painted) == 4


@pytest.mark.parametrize("change", ["points", "colour", "width", "alpha", "dots"])
def test_another_look_is_painted(
    qtbot: QtBot, painted: list[tuple[Stroke, ...]], change: str
) -> None:
    first, *rest = outlines()
    other = {
        "points": first.points + 1, "colour": "#f2d45c", "width": 2.5, "alpha": 0.5, "dots": True,
    }  # fmt: skip
    changed = (replace(first, **{change: other[change]}), *rest)  # type: ignore[arg-type]
    layers = StrokeLayers()
    kept(layers, (first, *rest))
    assert np.abs(kept(layers, changed) - direct(changed)).max() <= 3
    assert len(painted) == 2


def test_another_place_size_or_theme_forgets(qtbot: QtBot) -> None:
    layers, image = StrokeLayers(), canvas(1.0)
    painter = QPainter(image)
    layers.set_room(WIDE, TALL, 1.0)
    for area, scale, tokens in (
        (AREA, SCALE, DARK), (AREA.translated(1, 0), SCALE, DARK), (AREA, 2 * SCALE, DARK),
        (AREA, SCALE, LIGHT),
    ):  # fmt: skip
        layers.paint(painter, area, scale, outlines(), tokens)
        assert len(layers) == 1
    painter.end()


def test_no_more_is_kept_than_allowed(qtbot: QtBot) -> None:
    layers = StrokeLayers(budget=100_000)
    for number in range(20):
        kept(layers, outlines(20.0 + number))
        assert layers.held <= 100_000
    assert len(layers) > 1
    layers.clear()
    assert (len(layers), layers.held) == (0, 0)


def test_few_points_are_painted_and_not_kept(qtbot: QtBot) -> None:
    layers, few = StrokeLayers(), (Stroke(ring(30, 12, FEW - 1), QColor("red").name()),)
    np.testing.assert_array_equal(kept(layers, few), direct(few))
    assert len(layers) == 0
