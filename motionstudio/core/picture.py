"""From the pictures of a file to what a model sees, and the model's fields back to the file.

A point or pixel index counts pixel centres: index 0 is the centre of the first pixel, which
covers [-0.5, 0.5]. Resampling keeps the covered extent (align_corners False).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.labels import resized
from motionstudio.core.turned import TurnedBox, outside
from motionstudio.core.warp import resize_field

Float = NDArray[np.float32]
Fit = Literal["crop", "letterbox"]
Box = tuple[int, int, int, int]

# ITU-R BT.601, what cameras and PIL's "L" mode use.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_SAMPLE_FRAMES = 32
_SAMPLE_PIXELS = 1 << 20


@dataclass(frozen=True, slots=True)
class Transform:
    """How frames of one clip become a model's pictures, and the way back.

    Built by :meth:`fit`. The part ``crop`` of the frame is resampled evenly in x and y onto the
    part ``content`` of the model's picture; the rest of that picture repeats edge pixels. With an
    angle the part is the crop turned about its middle; what of it leaves the frame repeats edges.

    Attributes:
        frame_size: (H, W) of the frames.
        model_size: (h, w) of the model's picture.
        crop: (y, x, height, width), the part of the frame that the model sees.
        content: (y, x, height, width), where that part lies in the model's picture.
        range: intensities that become 0 and 1.
        angle: degrees by which the seen part is turned in the frame, clockwise on the screen; the
            model sees it upright. At 0 nothing is interpolated that was not before.
    """

    frame_size: tuple[int, int]
    model_size: tuple[int, int]
    crop: Box
    content: Box
    range: tuple[float, float]
    angle: float = 0.0

    @classmethod
    def fit(
        cls,
        frame_size: tuple[int, int],
        model_size: int | tuple[int, int],
        *,
        mode: Fit = "crop",
        crop: Box | None = None,
        range: tuple[float, float] = (0.0, 255.0),
        angle: float = 0.0,
        beyond: bool = False,
    ) -> Self:
        """Choose how frames fill the model's picture; nothing is ever squeezed.

        Args:
            frame_size: (H, W) of the frames.
            model_size: side S of the model's picture, or (h, w).
            mode: "crop" fills the picture with the largest centred part of its shape;
                "letterbox" shows everything and pads by repeating edge pixels.
            crop: (y, x, height, width) inside the frame that ``mode`` applies to; None: all.
            range: intensities that become 0 and 1; the second must be larger.
            angle: degrees by which the seen part is turned about its middle, clockwise.
            beyond: whether the crop may leave the frame, whose edge pixels go on there.

        Raises:
            ValueError: the crop leaves the frame, a size is not positive, the range is empty or
                the angle is not finite.
        """
        size = (model_size, model_size) if isinstance(model_size, int) else model_size
        _check_fit(frame_size, size, mode, None if beyond else crop, range, angle)
        seen = crop or (0, 0, *frame_size)
        if mode == "crop":
            seen = _largest_part(seen, size)
        return cls(frame_size, size, seen, _centred_content(seen, size), range, float(angle))

    @property
    def scale(self) -> tuple[float, float]:
        """(x, y) model pixels per frame pixel; equal but for rounding to whole pixels."""
        return self.content[3] / self.crop[3], self.content[2] / self.crop[2]

    def apply(self, frames: NDArray[Any], channels: int | None = None) -> Float:
        """Frames as the model sees them.

        Args:
            frames: (n, H, W, C) of any real dtype, C = 1 or 3; NaN counts as the range's start.
            channels: 1 or 3 of the result (grey by BT.601 luma, or grey repeated); None: as is.

        Returns:
            (n, C, h, w) float32 in [0, 1]; areas are averaged when shrinking.

        Raises:
            ValueError: the shape of ``frames`` or ``channels`` is another.
        """
        if (
            frames.ndim != 4
            or frames.shape[1:3] != self.frame_size
            or frames.shape[3] not in (1, 3)
        ):
            raise ValueError(
                f"Transform.apply: expected (n, {self.frame_size[0]}, {self.frame_size[1]}, 1|3), "
                f"got {frames.shape}"
            )
        wanted = frames.shape[3] if channels is None else channels
        out = np.empty((len(frames), wanted, *self.model_size), np.float32)
        for frame, target in zip(frames, out, strict=True):
            seen = self._upright(frame)
            target[:] = np.moveaxis(self._place(convert_channels(seen, wanted)), -1, 0)
        return out

    def mask_to_model(self, masks: NDArray[np.integer[Any]]) -> NDArray[Any]:
        """Label maps on the model's grid: the label that covers most of each pixel.

        Args:
            masks: (n, H, W) integer labels.

        Returns:
            (n, h, w), same dtype; 0 in letterbox padding, which nobody labelled.

        Raises:
            ValueError: the shape is another.
        """
        if masks.ndim != 3 or masks.shape[1:] != self.frame_size:
            raise ValueError(
                f"Transform.mask_to_model: expected (n, {self.frame_size[0]}, "
                f"{self.frame_size[1]}), got {masks.shape}"
            )
        top, left, rows, columns = self.content
        out = np.zeros((len(masks), *self.model_size), masks.dtype)
        for mask, target in zip(masks, out, strict=True):
            seen = self._upright_labels(mask)
            target[top : top + rows, left : left + columns] = resized(seen, rows, columns)
        return out

    def field_to_native(self, u: Float) -> Float:
        """Fields on the frame's own grid, in its pixels.

        Outside the crop the model saw nothing, so nothing there may move: repeating the border
        would drag unseen material along. A step from the border's motion to none would tear the
        picture, so the border's motion fades out over a quarter of the crop's shorter side,
        which folds nothing while the border moves less than a sixth of that side.

        Args:
            u: (n, 2, h, w) float32, model pixels.

        Returns:
            (n, 2, H, W) float32, frame pixels.

        Raises:
            ValueError: the shape is another.
        """
        if u.ndim != 4 or u.shape[1:] != (2, *self.model_size):
            raise ValueError(
                f"Transform.field_to_native: expected (n, 2, {self.model_size[0]}, "
                f"{self.model_size[1]}), got {u.shape}"
            )
        top, left, rows, columns = self.content
        y, x, height, width = self.crop
        inside = u[..., top : top + rows, left : left + columns]
        native = resize_field(inside, height, width)
        if not self._is_plain:
            return self._turned_back(native)
        if (height, width) == self.frame_size:
            return native
        bottom, right = self.frame_size[0] - y - height, self.frame_size[1] - x - width
        widened = np.pad(native, ((0, 0), (0, 0), (y, bottom), (x, right)), mode="edge")
        return np.asarray(widened * self._fade(), dtype=np.float32)

    def points_to_native(self, points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """(..., 2) points (x, y) in model pixels as (..., 2) points in frame pixels."""
        shift, origin = self._origins()
        upright = (np.asarray(points, np.float64) + 0.5 - shift) / self.scale - 0.5 + origin
        return self.turned.to_frame(upright)

    def points_to_model(self, points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """(..., 2) points (x, y) in frame pixels as (..., 2) points in model pixels."""
        shift, origin = self._origins()
        upright = self.turned.to_upright(points)
        return (upright + 0.5 - origin) * self.scale - 0.5 + shift

    def _origins(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        content = np.array([self.content[1], self.content[0]], np.float64)
        return content, np.array([self.crop[1], self.crop[0]], np.float64)

    @property
    def turned(self) -> TurnedBox:
        """The crop with its angle."""
        return TurnedBox(self.crop, self.angle)

    @property
    def _is_plain(self) -> bool:
        """Whether the crop is straight and inside, so that its pixels are pixels of the frame."""
        y, x, height, width = self.crop
        inside = y + height <= self.frame_size[0] and x + width <= self.frame_size[1]
        return not self.angle and min(y, x) >= 0 and inside

    def paste(self, base: NDArray[Any], upright: NDArray[Any]) -> NDArray[Any]:
        """A copy of ``base`` (H, W, C) with the seen part replaced by ``upright``.

        Args:
            base: of ``frame_size``.
            upright: (height, width, C) as the crop, same dtype as ``base``.
        """
        y, x, height, width = self.crop
        picture = base.copy()
        if self._is_plain:
            picture[y : y + height, x : x + width] = upright
            return picture
        inside = self.turned.distance(self.frame_size) <= 0.5
        picture[inside] = self.turned.spread(upright, self.frame_size)[inside]
        return picture

    def _upright(self, frame: NDArray[Any]) -> Float:
        """(height, width, C) float32 in [0, 1]: the crop, turned upright."""
        y, x, height, width = self.crop
        if self._is_plain:
            return _unit(frame[y : y + height, x : x + width], self.range)
        return np.asarray(self.turned.cut(_unit(frame, self.range)), np.float32)

    def _upright_labels(self, mask: NDArray[Any]) -> NDArray[Any]:
        y, x, height, width = self.crop
        if self._is_plain:
            return mask[y : y + height, x : x + width]
        cut = self.turned.cut(mask.astype(np.float32)[..., np.newaxis], nearest=True)
        return np.asarray(cut[..., 0].astype(mask.dtype))

    def _turned_back(self, upright: Float) -> Float:
        """(n, 2, height, width) fields of the upright crop as (n, 2, H, W) of the frame."""
        fade = self._fade()
        return np.stack([self.turned.spread_field(u, self.frame_size) * fade for u in upright])

    def _place(self, seen: Float) -> Float:
        """(height, width, C) of the crop resampled and padded to (h, w, C)."""
        top, left, rows, columns = self.content
        shrinking = rows < seen.shape[0] or columns < seen.shape[1]
        how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        if seen.shape[:2] != (rows, columns):
            resized = cv2.resize(seen, (columns, rows), interpolation=how)
            seen = np.asarray(resized, np.float32).reshape(rows, columns, seen.shape[2])
        bottom, right = self.model_size[0] - top - rows, self.model_size[1] - left - columns
        return np.pad(seen, ((top, bottom), (left, right), (0, 0)), mode="edge")

    def _fade(self) -> Float:
        """(H, W) float32: 1 in the crop, falling smoothly to 0 outside."""
        y, x, height, width = self.crop
        margin = max(1.0, min(height, width) / 4)
        if not self._is_plain:
            return _ramp(self.turned.distance(self.frame_size) / margin)
        rows = outside(np.arange(self.frame_size[0]), y, height)
        columns = outside(np.arange(self.frame_size[1]), x, width)
        return _ramp(np.hypot(rows[:, np.newaxis], columns[np.newaxis]) / margin)


def intensity_range(clip: Clip, low: float = 1, high: float = 99) -> tuple[float, float]:
    """One range of intensities for the whole clip, from a bounded sample of its frames.

    Args:
        clip: any clip; at most 32 frames, evenly spread, are read.
        low: percentile that becomes 0, in [0, 100).
        high: percentile that becomes 1, in (low, 100].

    Returns:
        (lo, hi) with lo < hi; where nearly all pixels are alike the extremes count instead, and
        a clip of one value gives (0, 255) when uint8, else a range of width 1 around it.

    Raises:
        ValueError: the percentiles are not increasing within [0, 100].
    """
    if not 0 <= low < high <= 100:
        raise ValueError(f"intensity_range: expected 0 <= low < high <= 100, got {low}, {high}")
    values = _sample(clip)
    if not values.size:
        return 0.0, 1.0
    start, stop = (float(v) for v in np.percentile(values, [low, high]))
    if start == stop:
        start, stop = float(values.min()), float(values.max())
    if start < stop:
        return start, stop
    return (0.0, 255.0) if clip.frames.dtype == np.uint8 else (start - 0.5, start + 0.5)


def to_uint8(frame: NDArray[Any], range: tuple[float, float]) -> NDArray[np.uint8]:
    """A picture for people: (H, W, C) of any dtype to uint8, ``range`` becoming 0 and 255.

    A uint8 picture with the range (0, 255) comes back bit for bit.
    """
    if frame.dtype == np.uint8 and tuple(range) == (0, 255):
        return frame.copy()
    return np.asarray(np.rint(_unit(frame, range) * 255), dtype=np.uint8)


def as_shown(frame: NDArray[Any], range: tuple[float, float]) -> NDArray[np.uint8]:
    """A frame for people, (H, W, C) uint8.

    8-bit frames are shown as they are, so that an export keeps the colours of its source; others
    through ``range``, the one range of intensities of their sequence.
    """
    return to_uint8(frame, (0, 255) if frame.dtype == np.uint8 else range)


def convert_channels(picture: NDArray[Any], channels: int) -> NDArray[Any]:
    """(H, W, 1|3) picture as grey (BT.601 luma) or RGB (grey repeated), same dtype.

    Raises:
        ValueError: ``picture`` or ``channels`` has neither 1 nor 3 channels.
    """
    if picture.ndim != 3 or picture.shape[2] not in (1, 3) or channels not in (1, 3):
        raise ValueError(
            f"convert_channels: expected (H, W, 1|3) and 1|3, got {picture.shape}, {channels}"
        )
    if picture.shape[2] == channels:
        return picture
    if channels == 3:
        return np.repeat(picture, 3, axis=2)
    grey = picture.astype(np.float32) @ _LUMA
    if picture.dtype.kind in "iu":
        grey = np.rint(grey)
    return np.asarray(grey[..., np.newaxis].astype(picture.dtype))


def _check_fit(
    frame_size: tuple[int, int],
    model_size: tuple[int, int],
    mode: str,
    crop: Box | None,
    range: tuple[float, float],
    angle: float,
) -> None:
    if min(*frame_size, *model_size) < 1:
        raise ValueError(f"Transform.fit: expected sizes > 0, got {frame_size}, {model_size}")
    if mode not in ("crop", "letterbox"):
        raise ValueError(f"Transform.fit: expected mode crop or letterbox, got {mode!r}")
    if not range[0] < range[1] or not np.isfinite(angle):
        raise ValueError(f"Transform.fit: expected a rising range, finite angle: {range}, {angle}")
    if crop is None:
        return
    y, x, height, width = crop
    inside = y >= 0 and x >= 0 and y + height <= frame_size[0] and x + width <= frame_size[1]
    if not inside or height < 1 or width < 1:
        raise ValueError(f"Transform.fit: expected a crop inside {frame_size}, got {crop}")


def _largest_part(box: Box, shape: tuple[int, int]) -> Box:
    """The largest centred part of ``box`` with the aspect ratio of ``shape``, whole pixels."""
    y, x, height, width = box
    unit = min(height / shape[0], width / shape[1])
    rows = max(1, min(height, round(shape[0] * unit)))
    columns = max(1, min(width, round(shape[1] * unit)))
    return y + (height - rows) // 2, x + (width - columns) // 2, rows, columns


def _centred_content(crop: Box, size: tuple[int, int]) -> Box:
    factor = min(size[0] / crop[2], size[1] / crop[3])
    rows = max(1, min(size[0], round(crop[2] * factor)))
    columns = max(1, min(size[1], round(crop[3] * factor)))
    return (size[0] - rows) // 2, (size[1] - columns) // 2, rows, columns


def _unit(picture: NDArray[Any], range: tuple[float, float]) -> Float:
    """Intensities as float32 in [0, 1], NaN as 0."""
    lo, hi = range
    exact: type[np.floating[Any]] = np.float64 if picture.dtype.itemsize > 2 else np.float32
    unit: NDArray[Any] = (picture.astype(exact) - exact(lo)) / exact(hi - lo)
    return np.asarray(np.nan_to_num(unit, nan=0.0).clip(0, 1), dtype=np.float32)


def _ramp(distance: NDArray[np.float64]) -> Float:
    """1 at distance 0, falling smoothly to 0 at 1."""
    ramp = np.clip(1 - distance, 0, 1)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)


def _sample(clip: Clip) -> NDArray[np.float64]:
    """At most about a million finite intensities from evenly spread frames."""
    count = min(len(clip), _SAMPLE_FRAMES)
    height, width = clip.size
    stride = max(1, int(np.ceil(np.sqrt(count * height * width / _SAMPLE_PIXELS))))
    chosen = np.linspace(0, len(clip) - 1, count).round().astype(int)
    parts = [np.asarray(clip.frames[int(t)])[::stride, ::stride].ravel() for t in chosen]
    values = np.concatenate(parts).astype(np.float64)
    return values[np.isfinite(values)]
