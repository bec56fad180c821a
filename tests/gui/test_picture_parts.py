"""Parts of large pictures: what is visible, and never less than the screen can show."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from motionstudio.gui.items.picture_parts import LARGE, Part, Reducer, visible_part
from motionstudio.gui.items.picture_view import PictureView


@given(
    st.integers(900, 5000), st.integers(1200, 5000), st.integers(150, 1500), st.integers(150, 900),
    st.floats(1, 40), st.floats(0, 1), st.floats(0, 1), st.sampled_from([1.0, 1.5, 2.0]),
)  # fmt: skip
def test_a_part_holds_all_that_is_visible_at_no_less_than_device_resolution(
    height: int, width: int, wide: int, tall: int, zoom: float, x: float, y: float, ratio: float
) -> None:
    view, room, size = PictureView(), QSizeF(wide, tall), QSizeF(width, height)
    view.zoom_at(QPointF(x * wide, y * tall), room, size, zoom)
    area = view.target(room, size)
    part = visible_part((height, width), area, room, ratio)
    scale = area.width() / width
    assert part.x % part.step == part.y % part.step == 0
    assert 0 <= part.x < part.x + part.width <= width
    assert 0 <= part.y < part.y + part.height <= height
    if height * width <= LARGE:
        assert part == Part.whole((height, width))
        return
    assert part.step == 1 or part.step * scale * ratio <= 1 + 1e-6
    edge = part.step * scale
    assert area.left() + part.x * scale <= max(0, area.left()) + 1e-6
    last = area.left() + (part.x + part.width) * scale
    assert last >= min(wide, area.right()) - edge - 1e-6


def test_parts_are_made_once_and_hold_averages() -> None:
    reducer = Reducer()
    picture = np.arange(8 * 12, dtype=np.uint8).reshape(8, 12, 1)
    part = Part(4, 2, 8, 4, 2)
    made = reducer.picture(picture, part)
    assert made.shape == (2, 4, 1)
    assert abs(made[0, 0, 0] - picture[2:4, 4:6].mean()) <= 0.5
    assert reducer.picture(picture, part) is made
    assert reducer.picture(picture.copy(), part) is not made
    field = np.zeros((2, 8, 12), np.float32)
    field[0] = np.arange(12)
    assert reducer.field(field, part)[0, 0].tolist() == [5, 7, 9, 11]


def test_the_whole_of_a_small_picture_is_itself() -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    assert Reducer().picture(picture, Part.whole((10, 20))) is picture
