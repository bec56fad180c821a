"""The pictures of a film as they are written: panels, size, marks; composed one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from motionstudio.core import display
from motionstudio.core.clip import Clip, FrameSource, uniform_times
from motionstudio.core.motion import Float, Rendered
from motionstudio.core.picture import Transform, as_shown, convert_channels, intensity_range
from motionstudio.core.turned import TurnedBox
from motionstudio.core.upsampling import Positions
from motionstudio.export.options import ExportOptions, Panel

Picture = NDArray[np.uint8]
GAP = 4
_PLATE = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What the pictures of a film are made from.

    Attributes:
        rendered: the generated pictures, P positions, all of one size.
        places: positions and frames. ``shown``: position of each rendered picture.
        kept: (T,) bool, False where dropped.
        transform: of the source.
        truth: (T, H, W, C) true frames, or None.
        source: (H, W, C) the picture that is animated, or None.
        driver: the clip that drives it, or None. ``followed``: its frame for each frame.
    """

    rendered: Rendered
    places: Positions
    shown: range
    kept: NDArray[np.bool_]
    transform: Transform
    truth: FrameSource | None = None
    source: NDArray[Any] | None = None
    driver: Clip | None = None
    followed: NDArray[np.intp] | None = None

    def frame_of(self, index: int) -> tuple[int, int]:
        """The frame of rendered picture ``index``, and the steps after it."""
        return self.places.frame_of(self.shown[index])


@dataclass(slots=True, eq=False)
class FilmFrames:
    """A frame source that composes each picture when it is read.

    Attributes:
        material: what from. ``options``: how.
        order: rendered picture of every picture of the film.
    """

    material: Material
    options: ExportOptions
    order: NDArray[np.intp]
    limit: float = field(init=False, default=0.0)
    driven: tuple[float, float] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if Panel.MAGNITUDE in self.options.panels:
            self.limit = self._longest()

    @property
    def shape(self) -> tuple[int, ...]:
        """(pictures of the film, H, W, C)."""
        return (len(self.order), *self[0].shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8."""
        return np.dtype(np.uint8)

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: Any, /) -> Picture:
        if isinstance(index, slice) or np.ndim(index):
            return np.stack([self[int(i)] for i in np.arange(len(self))[index]])
        return self._compose(int(self.order[int(index)]))

    def _compose(self, number: int) -> Picture:
        panels = [self._titled(panel, self._cut(panel, number)) for panel in self.options.panels]
        channels = max(panel.shape[2] for panel in panels)
        height, width = panels[0].shape[:2]
        wide = len(panels) * (width + GAP) - GAP
        picture = np.zeros((height, wide, channels), np.uint8)
        for place, panel in enumerate(panels):
            left = place * (width + GAP)
            picture[:, left : left + width] = convert_channels(panel, channels)
        return self._marked(picture, number)

    def _titled(self, panel: Panel, picture: Picture) -> Picture:
        scaled = self._scaled(picture)
        return _stamped(scaled, panel.short, top=True) if self.options.titles else scaled

    def _cut(self, panel: Panel, number: int) -> Picture:
        """What a panel shows, of the size of all of them."""
        picture = self._panel(panel, number)
        if self.options.crop_only and panel is not Panel.DRIVER:
            return crop_of(picture, self.material.transform)
        return picture

    def _panel(self, panel: Panel, number: int) -> Picture:
        rendered = self.material.rendered
        generated = rendered.frames[number]
        if panel is Panel.DRIVER:
            return self._driving(number)
        if panel is Panel.GENERATED:
            return np.asarray(generated, np.uint8)
        if panel is Panel.SOURCE:
            return self._still(generated)
        if panel is Panel.ORIGINAL:
            return self._true(number, generated)
        if panel is Panel.DIFFERENCE:
            truth = self._true(number, generated)
            difference = display.difference(generated, truth).astype(np.float32)
            return display.colourise(difference, display.diverging(), -64, 64)
        inverse = _field(rendered.inverse, rendered.displacement, number)
        if panel is Panel.MAGNITUDE:
            length = display.magnitude(inverse)
            return display.colourise(length, display.sequential(), 0, self.limit)
        if panel is Panel.JACOBIAN:
            return display.jacobian(inverse).picture
        return _with_grid(display.to_rgb(self._still(generated)), inverse)

    def _driving(self, number: int) -> Picture:
        """The driver's frame in the room of the other pictures, nothing cut off nor squeezed."""
        driver, followed = self.material.driver, self.material.followed
        if driver is None or followed is None:
            raise ValueError("FilmFrames: expected a driver for this panel, got None")
        if self.driven is None:
            deep = driver.frames.dtype != np.uint8
            self.driven = intensity_range(driver) if deep else (0.0, 255.0)
        frame = np.asarray(driver.frames[int(followed[self.material.frame_of(number)[0]])])
        like = np.asarray(self.material.rendered.frames[number], np.uint8)
        if self.options.crop_only:
            like = crop_of(like, self.material.transform)
        return _letterboxed(as_shown(frame, self.driven), like.shape[:2])

    def _still(self, like: Picture) -> Picture:
        source = self.material.source
        if source is None:
            raise ValueError("FilmFrames: expected the source for this panel, got None")
        return _fitted(as_shown(np.asarray(source), self.material.transform.range), like)

    def _true(self, number: int, like: Picture) -> Picture:
        truth = self.material.truth
        if truth is None:
            raise ValueError("FilmFrames: expected true frames for this panel, got None")
        frame = np.asarray(truth[self.material.frame_of(number)[0]])
        return _fitted(as_shown(frame, self.material.transform.range), like)

    def _scaled(self, picture: Picture) -> Picture:
        if self.options.scale == 100:
            return picture
        height, width = (max(1, round(s * self.options.scale / 100)) for s in picture.shape[:2])
        how = cv2.INTER_AREA if self.options.scale < 100 else cv2.INTER_CUBIC
        sized = cv2.resize(picture, (width, height), interpolation=how)
        return np.asarray(sized, np.uint8).reshape(height, width, picture.shape[2])

    def _marked(self, picture: Picture, number: int) -> Picture:
        frame, part = self.material.frame_of(number)
        dropped = self.options.drops and part == 0 and not self.material.kept[frame]
        words = []
        if self.options.number:
            between = f"+{part}/{self.material.places.factor}" if part else ""
            words.append(f"{frame}{between}")
        if dropped:
            words.append("dropped")
        if self.options.show_ai:
            words.append("AI-generated")
        if not words and not dropped:
            return picture
        return _stamped(picture, "  ".join(words), hatched=dropped)

    def _longest(self) -> float:
        rendered = self.material.rendered
        count = len(rendered.frames)
        longest = max(
            float(display.magnitude(_field(rendered.inverse, rendered.displacement, n)).max())
            for n in range(count)
        )
        return max(longest, 1e-6)


def film(material: Material, options: ExportOptions) -> Clip:
    """The pictures of a film with their times, composed when they are read.

    Raises:
        MotionStudioError: the range holds no frame.
    """
    order = options.order(len(material.rendered.frames))
    frames = FilmFrames(material, options, order)
    return Clip(frames=frames, times=film_times(material, options, order), name="film")


def film_times(
    material: Material, options: ExportOptions, order: NDArray[np.intp]
) -> NDArray[np.float64]:
    """(pictures of the film,) seconds: even at the chosen rate, else as long as each one lasts."""
    if options.fps is not None:
        return uniform_times(len(order), options.fps * material.places.factor)
    times = material.rendered.times
    steps = np.diff(times)
    lasts = np.append(steps, np.median(steps) if len(steps) else 0.1)
    return np.concatenate([[0.0], np.cumsum(lasts[order])[:-1]])


def crop_of(picture: Picture, transform: Transform) -> Picture:
    """The part of a full picture, of any size, that the model sees, upright."""
    height, width = picture.shape[:2]
    down, across = height / transform.frame_size[0], width / transform.frame_size[1]
    y, x, tall, wide = transform.crop
    box = (
        round(y * down), round(x * across), max(1, round(tall * down)), max(1, round(wide * across))
    )  # fmt: skip
    inside = min(box[:2]) >= 0 and box[0] + box[2] <= height and box[1] + box[3] <= width
    if inside and not transform.angle:
        return picture[box[0] : box[0] + box[2], box[1] : box[1] + box[3]]
    return np.asarray(TurnedBox(box, transform.angle).cut(picture), np.uint8)


def _letterboxed(picture: Picture, size: tuple[int, ...]) -> Picture:
    """A picture in the middle of a black room of another shape."""
    factor = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
    tall, wide = (max(1, round(side * factor)) for side in picture.shape[:2])
    room = np.zeros((size[0], size[1], picture.shape[2]), np.uint8)
    top, left = (size[0] - tall) // 2, (size[1] - wide) // 2
    like = np.empty((min(tall, size[0]), min(wide, size[1]), 1), np.uint8)
    fitted = _fitted(picture, like)
    room[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return room


def _field(inverse: Float | None, displacement: Float | None, number: int) -> Float:
    if inverse is not None:
        return np.asarray(inverse[number], np.float32)
    if displacement is not None:
        return np.asarray(-displacement[number], np.float32)
    raise ValueError("FilmFrames: expected a field for this panel, got None")


def _fitted(picture: Picture, like: Picture) -> Picture:
    if picture.shape[:2] == like.shape[:2]:
        return picture
    shrinking = like.shape[0] < picture.shape[0]
    how = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    sized = cv2.resize(picture, (like.shape[1], like.shape[0]), interpolation=how)
    return np.asarray(sized, np.uint8).reshape(*like.shape[:2], picture.shape[2])


def _with_grid(picture: Picture, inverse: Float) -> Picture:
    spacing = max(8.0, max(picture.shape[:2]) / 16)
    lines = display.warped_grid(inverse, spacing)
    drawn = picture.copy()
    ends = np.flatnonzero(np.isnan(lines[:, 0]))
    for line in np.split(lines, ends):
        points = line[~np.isnan(line[:, 0])]
        if len(points) > 1:
            path = np.rint(points * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(drawn, [path], False, (255, 214, 92), 1, cv2.LINE_AA, 4)
    return drawn


def _stamped(picture: Picture, text: str, *, hatched: bool = False, top: bool = False) -> Picture:
    """White words on a dark plate in the lower left corner, or the upper; a hatched mark first."""
    height = max(11, round(picture.shape[0] * 0.055))
    mark = _words(text, height, hatched)
    rows, columns = min(mark.shape[0], picture.shape[0]), min(mark.shape[1], picture.shape[1])
    stamped = picture.copy()
    place = slice(0, rows) if top else slice(picture.shape[0] - rows, None)
    corner = stamped[place, :columns].astype(np.float32)
    ink = mark[:rows, :columns, None]
    stamped[place, :columns] = np.rint(corner * (1 - _PLATE) * (1 - ink) + 255 * ink)
    return stamped


@lru_cache(maxsize=256)
def _words(text: str, height: int, hatched: bool) -> NDArray[np.float32]:
    """(h, w) ink in [0, 1]."""
    font = ImageFont.load_default(height)
    pad = max(2, height // 4)
    box = height if hatched else 0
    length = int(font.getlength(text)) + 1
    size = (length + 2 * pad + (box + pad if box else 0), height + 2 * pad)
    image = Image.new("L", size, 0)
    draw = ImageDraw.Draw(image)
    if box:
        draw.rectangle((pad, pad, pad + box - 1, pad + box - 1), outline=255)
        for start in range(-box, box, max(3, box // 4)):
            for y in range(box):
                if 0 <= start + y < box:
                    image.putpixel((pad + start + y, pad + box - 1 - y), 255)
    left = pad + (box + pad if box else 0)
    draw.text((left, pad + height / 2), text, fill=255, font=font, anchor="lm")
    return np.asarray(np.asarray(image) / 255, np.float32)
