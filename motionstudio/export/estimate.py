"""What an export will be, before it is made: pictures, size, length, and a guess at bytes."""

from __future__ import annotations

from dataclasses import dataclass

from motionstudio.core.upsampling import Positions
from motionstudio.export.kinds import ExportKind
from motionstudio.export.options import ExportOptions
from motionstudio.export.time_left import span

# Bytes for each pixel and channel of natural pictures; numbers are exact.
_BYTES = {
    ExportKind.MP4: 0.05,
    ExportKind.WEBM: 0.03,
    ExportKind.GIF: 0.35,
    ExportKind.APNG: 0.45,
    ExportKind.PNG: 0.5,
    ExportKind.STILL: 0.5,
    ExportKind.NPZ: 7.0,
    ExportKind.FIELDS: 9.0,
    ExportKind.NIFTI: 6.0,
    ExportKind.JACOBIAN: 3.0,
}
# Seconds for each million pixels until one export has been measured.
SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an export will be.

    Attributes:
        rendered: pictures that the model makes. ``written``: pictures in the file.
        size: (H, W) of a picture.
        seconds: length of the film, or 0.
        bytes: a guess. ``wait``: seconds that it takes, a guess.
    """

    rendered: int
    written: int
    size: tuple[int, int]
    seconds: float
    bytes: float
    wait: float

    def text(self) -> str:
        """``75 pictures of 256 × 256, 3.0 s, about 0.7 MB, ready in about 4 s``."""
        height, width = self.size
        many = f"{self.written} pictures" if self.written != 1 else "1 picture"
        length = f", {self.seconds:.1f} s" if self.seconds else ""
        wait = f", ready in about {span(self.wait)}" if self.wait >= 1 else ""
        return f"{many} of {width} × {height}{length}, about {size_text(self.bytes)}{wait}"


def estimate(
    options: ExportOptions,
    places: Positions,
    frame_size: tuple[int, int],
    model_scale: float,
    clip_fps: float,
    pace: float = 0.0,
) -> Estimate:
    """Look ahead.

    Args:
        options: what was chosen.
        places: positions and frames of the clip with the chosen up-sampling.
        frame_size: (H, W) of the source.
        model_scale: from the source's size to the model's.
        clip_fps: of the clip.
        pace: seconds for each million source pixels, measured; 0: unknown.

    Raises:
        MotionStudioError: the range holds no frame.
    """
    rendered = len(options.positions(places))
    written = len(options.order(rendered))
    factor = (1.0 if options.native else model_scale) * (
        options.scale / 100 if options.kind.is_picture else 1.0
    )
    height, width = (max(1, round(side * factor)) for side in frame_size)
    panels = len(options.panels) if options.kind.is_picture else 1
    pixels = written * height * width * panels
    fps = (options.fps or clip_fps) * places.factor
    return Estimate(
        rendered,
        written,
        (height, width * panels),
        written / fps if options.is_film else 0.0,
        _BYTES.get(options.kind, 0.05) * pixels,
        (pace or SECONDS) * rendered * frame_size[0] * frame_size[1] / 1e6,
    )


def size_text(count: float) -> str:
    """Bytes for people: ``0.7 MB``."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= 0.1 * size or unit == "kB":
            return (
                f"{count / size:.2g} {unit}" if count < 10 * size else f"{count / size:.0f} {unit}"
            )
    raise AssertionError("unreachable")
