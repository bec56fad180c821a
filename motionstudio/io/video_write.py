"""Pictures to MP4 (H.264, else AV1) and WebM (VP9), with their true times."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.atomic import Tick
from motionstudio.io.encoders import encoder_for, options_of
from motionstudio.io.problems import plain_reason
from motionstudio.io.provenance import Provenance
from motionstudio.io.sequence import Sequence
from motionstudio.io.sound import Sound
from motionstudio.io.sound_track import SoundTrack

# What players assume; divides all usual frame rates, and 1/90000 s is far below a frame.
_TIME_BASE = Fraction(1, 90000)
_H264_SIDE = 16384


def write_video(
    pictures: Sequence,
    path: Path,
    quality: int,
    tick: Tick,
    provenance: Provenance | None = None,
    sound: Sound | None = None,
) -> None:
    """Encode to ``path``; sides are padded to even numbers by repeating the edge.

    Args:
        pictures: what to write.
        path: .mp4, .m4v, .mov, .mkv or .webm.
        quality: constant rate factor, 0 (largest) to 51 (smallest); 18 looks lossless.
        tick: progress and cancellation.
        provenance: goes into the comment.
        sound: what is heard, or None.

    Raises:
        MotionStudioError: a side is too long or the encoder fails.
        Cancelled: the tick answered False.
    """
    height, width, _ = pictures.shape
    if max(height, width) > _H264_SIDE:
        raise MotionStudioError(
            f"{path.name} cannot be written: video is at most {_H264_SIDE} pixels wide and high, "
            f"the pictures are {width} x {height}.",
            "Export a PNG sequence, or scale down.",
        )
    try:
        with av.open(str(path), "w") as container:
            if provenance is not None:
                container.metadata["comment"] = provenance.comment()
                container.metadata["description"] = provenance.sentence()
            _encode(container, path, pictures, quality, tick, sound)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
            raise OSError(error.errno, error.strerror) from error
        raise MotionStudioError(
            f"{path.name} could not be written: {plain_reason(error)}."
        ) from error


def _encode(
    container: Any,
    path: Path,
    pictures: Sequence,
    quality: int,
    tick: Tick,
    sound: Sound | None,
) -> None:
    stream = _video_stream(container, path, pictures, quality)
    track = None if sound is None else SoundTrack(container, path.suffix.lower(), sound)
    ticks = np.rint(pictures.times / float(_TIME_BASE)).astype(np.int64)
    lengths = np.maximum(1, np.rint(pictures.durations() / float(_TIME_BASE))).astype(np.int64)
    for index, picture in enumerate(pictures.ticking(tick)):
        frame = av.VideoFrame.from_ndarray(_even(picture), format="rgb24")
        frame.pts, frame.time_base = int(ticks[index]), _TIME_BASE
        frame.duration = int(lengths[index])
        if track is not None:
            track.write_until(float(pictures.times[index]))
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
    if track is not None:
        track.finish()


def _video_stream(container: Any, path: Path, pictures: Sequence, quality: int) -> Any:
    height, width, _ = pictures.shape
    encoder = encoder_for(path.suffix)
    if encoder is None:
        raise MotionStudioError(
            f"{path.name} cannot be written: this FFmpeg has no encoder for it.",
            "Export a GIF or a PNG sequence.",
        )
    stream = container.add_stream(encoder, rate=_rate(pictures))
    stream.width, stream.height = width + width % 2, height + height % 2
    stream.pix_fmt = "yuv420p"
    _tag(stream.codec_context)
    stream.codec_context.time_base = _TIME_BASE
    stream.options = options_of(encoder, quality)
    return stream


def _tag(context: Any) -> None:
    """Say how colours are stored: players take films of 720 lines and more for BT.709 otherwise."""
    context.colorspace, context.color_range = Colorspace.ITU601, ColorRange.MPEG


def _rate(pictures: Sequence) -> Fraction:
    """A nominal rate for players that ask for one; the time stamps are what counts."""
    step = float(np.median(pictures.durations()))
    return Fraction(1 / step).limit_denominator(1001) if 1e-3 <= step <= 60 else Fraction(25)


def _even(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, C) as RGB with even sides."""
    height, width, channels = picture.shape
    padded = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(np.repeat(padded, 3, axis=2) if channels == 1 else padded)
