"""The sound of one film into another: cut to its frames, as often as it plays.

Sound is decoded and encoded anew, as 48 kHz stereo: only so can it begin and end with the frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.problems import plain_reason
from motionstudio.io.sound import Sound

RATE = 48_000
_CODECS = {".webm": "libopus"}
_BITS = 160_000
_CHUNK = 4096
_OPEN = {"protocol_whitelist": "file"}
_SAMPLES = Fraction(1, RATE)

Samples = NDArray[np.float32]


def has_sound(path: str | Path) -> bool:
    """Whether a file holds sound; False as well where it cannot be opened."""
    try:
        with av.open(str(path), container_options=dict(_OPEN), metadata_errors="replace") as file:
            return bool(file.streams.audio)
    except (av.FFmpegError, OSError, ValueError):
        return False


class SoundTrack:
    """Encodes a ``Sound`` beside the pictures of a film.

    Args:
        container: open for writing, its pictures' stream added.
        suffix: of the film: it chooses the codec.
        sound: what is heard.
    """

    def __init__(self, container: Any, suffix: str, sound: Sound) -> None:
        self._container, self._sound = container, sound
        codec = _CODECS.get(suffix, "aac")
        self._stream = container.add_stream(codec, rate=RATE, layout="stereo")
        self._stream.bit_rate = _BITS
        self._pieces = _repeated(sound)
        self._written = 0
        self._ended = False

    def write_until(self, seconds: float) -> None:
        """Encode what is heard before ``seconds`` of the film.

        Raises:
            MotionStudioError: the sound cannot be read.
        """
        while not self._ended and self._written < seconds * RATE:
            samples = next(self._pieces, None)
            if samples is None:
                self._ended = True
                self._container.mux(self._stream.encode(None))
                return
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.time_base = RATE, _SAMPLES
            frame.pts = self._written
            self._container.mux(self._stream.encode(frame))
            self._written += samples.shape[1]

    def finish(self) -> None:
        """Encode the rest."""
        self.write_until(float("inf"))


def read_samples(sound: Sound) -> Samples:
    """(2, n) samples of one play in [-1, 1], all of them; for short pieces.

    Raises:
        MotionStudioError: the sound cannot be read.
    """
    return np.concatenate(list(_once(sound)), axis=1)


def _repeated(sound: Sound) -> Iterator[Samples]:
    for _ in range(sound.plays):
        yield from _once(sound)


def _once(sound: Sound) -> Iterator[Samples]:
    """One play in chunks, exactly as long as it should be."""
    left = round(sound.length * RATE)
    try:
        for samples in _decoded(sound):
            piece = samples[:, :left]
            left -= piece.shape[1]
            if piece.shape[1]:
                yield piece
            if not left:
                return
    except (av.FFmpegError, OSError) as error:
        reason = plain_reason(error) if isinstance(error, av.FFmpegError) else error.strerror
        raise MotionStudioError(
            f"The sound of {sound.path.name} cannot be read: {reason}.", "Export without sound."
        ) from error
    while left:
        silent = min(left, _CHUNK)
        left -= silent
        yield np.zeros((2, silent), np.float32)


def _decoded(sound: Sound) -> Iterator[Samples]:
    """Everything from ``sound.start`` on; silence where the sound begins later than that."""
    with av.open(str(sound.path), container_options=dict(_OPEN)) as container:
        if not container.streams.audio:
            raise MotionStudioError(f"{sound.path.name} holds no sound.", "Export without it.")
        stream = container.streams.audio[0]
        first = _first_picture(container, stream) + sound.start
        if first > 1:
            container.seek(int((first - 1) * av.time_base))
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        place: int | None = None
        for frame in chain(container.decode(stream), (None,)):
            for made in resampler.resample(frame):
                samples = np.asarray(made.to_ndarray(), np.float32)
                if place is None:
                    place = _begin(frame, first)
                    if place > 0:
                        yield np.zeros((2, place), np.float32)
                skipped = min(max(-place, 0), samples.shape[1])
                place += samples.shape[1]
                if skipped < samples.shape[1]:
                    yield samples[:, skipped:]


def _begin(frame: Any, first: float) -> int:
    """Samples from ``first`` to the beginning of the first decoded frame; negative before it."""
    stated = 0.0 if frame is None or frame.pts is None else float(frame.pts * frame.time_base)
    return round((stated - first) * RATE)


def _first_picture(container: Any, sound: Any) -> float:
    """When the first picture is shown, seconds of the file's own clock."""
    stream = container.streams.video[0] if container.streams.video else sound
    return float((stream.start_time or 0) * stream.time_base)
