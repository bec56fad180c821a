"""Moving and resizing the box of a crop: inside the frame, square where wanted, edges snapping.

Boxes are (y, x, height, width) in whole pixels of a frame (H, W).
"""

from __future__ import annotations

from motionstudio.core.picture import Box, Fit

Size = tuple[int, int]
Grip = tuple[int, int]
"""What is dragged: -1, 0 or 1 down and across; (-1, -1) the upper left corner, (0, 1) the right
side, (0, 0) the whole box."""

SMALLEST = 16
GRIPS: tuple[Grip, ...] = (
    (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1),
)  # fmt: skip


def shown_box(size: Size, mode: Fit, crop: Box | None) -> Box:
    """The part of a frame that a model sees: of ``crop`` (None: all) the largest square, or all."""
    y, x, height, width = crop or (0, 0, *size)
    if mode == "letterbox":
        return y, x, height, width
    side = min(height, width)
    return y + (height - side) // 2, x + (width - side) // 2, side, side


def moved(box: Box, size: Size, down: float, across: float, snap: float = 0.0) -> Box:
    """``box`` moved by pixels, kept inside the frame; edges within ``snap`` go onto the frame's."""
    y, x, height, width = box
    return (
        _start(y + down, height, size[0], snap),
        _start(x + across, width, size[1], snap),
        height,
        width,
    )


def resized(
    box: Box,
    size: Size,
    grip: Grip,
    down: float,
    across: float,
    *,
    square: bool,
    snap: float = 0.0,
) -> Box:
    """``box`` with a side or corner dragged by pixels; the opposite one stays where it is.

    A square dragged by a side grows evenly to both sides of the other axis, as far as there is
    room.

    Args:
        box: inside the frame.
        size: of the frame.
        grip: what is dragged, not (0, 0).
        down: by how many pixels.
        across: by how many pixels.
        square: whether height and width stay equal.
        snap: pixels within which edges go onto the frame's.

    Raises:
        ValueError: the grip is that of the whole box.
    """
    if grip == (0, 0):
        raise ValueError("resized: expected a side or corner, got the whole box")
    rows = _span(box[0], box[2], grip[0], down, size[0], snap)
    columns = _span(box[1], box[3], grip[1], across, size[1], snap)
    if not square:
        return rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0]
    lengths = [end - start for pull, (start, end) in ((grip[0], rows), (grip[1], columns)) if pull]
    wanted = max(lengths) if _grew(box, lengths, grip) else min(lengths)
    room = min(_room(box[0], box[2], grip[0], size[0]), _room(box[1], box[3], grip[1], size[1]))
    side = max(min(wanted, room), min(SMALLEST, room))
    return (
        _anchored(box[0], box[2], grip[0], side, size[0]),
        _anchored(box[1], box[3], grip[1], side, size[1]),
        side,
        side,
    )


def grown(box: Box, size: Size, more: float, *, square: bool) -> Box:
    """``box`` longer by ``more`` pixels about its middle; it may leave the frame, as when turned.

    The longer side is at most twice the frame's.
    """
    y, x, height, width = box
    long = max(height, width)
    wanted = min(max(long + more, SMALLEST), 2 * max(size))
    factor = wanted / long
    tall = max(1, round(height * factor))
    wide = tall if square else max(1, round(width * factor))
    return y + round((height - tall) / 2), x + round((width - wide) / 2), tall, wide


def squared(box: Box, size: Size) -> Box:
    """The smallest square around ``box`` that fits into the frame, else the largest one."""
    y, x, height, width = box
    side = min(max(height, width), *size)
    middle = y + height / 2, x + width / 2
    return moved((0, 0, side, side), size, middle[0] - side / 2, middle[1] - side / 2)


def _start(start: float, length: int, room: int, snap: float) -> int:
    last = room - length
    for edge in (0, last):
        if abs(start - edge) <= snap:
            return edge
    return round(min(max(start, min(0, last)), max(0, last)))


def _span(start: int, length: int, pull: int, by: float, room: int, snap: float) -> tuple[int, int]:
    """First pixel and the one after the last, one of them dragged."""
    end = start + length
    if pull == 0:
        return max(start, 0), min(end, room)
    edge = (start if pull < 0 else end) + by
    for target in (0, room):
        if abs(edge - target) <= snap:
            edge = target
    least = min(SMALLEST, room)
    if pull < 0:
        fixed = min(end, room)
        return round(min(max(edge, 0), max(fixed - least, 0))), max(fixed, least)
    fixed = max(start, 0)
    return min(fixed, room - least), round(max(min(edge, room), min(fixed + least, room)))


def _grew(box: Box, lengths: list[int], grip: Grip) -> bool:
    """Whether a dragged corner goes outwards on either axis."""
    before = [side for pull, side in zip(grip, box[2:], strict=True) if pull]
    return any(new > old for new, old in zip(lengths, before, strict=True))


def _room(start: int, length: int, pull: int, room: int) -> int:
    """How long the box may become along an axis."""
    if pull == 0:
        return room
    return min(start + length, room) if pull < 0 else room - max(start, 0)


def _anchored(start: int, length: int, pull: int, side: int, room: int) -> int:
    if pull < 0:
        return min(start + length, room) - side
    if pull > 0:
        return max(start, 0)
    return _start(start + (length - side) / 2, side, room, 0.0)
