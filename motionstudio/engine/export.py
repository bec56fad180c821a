"""Writes the frames of a motion to a file: rendered one at a time, then handed to a writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.engine.call import Call
from motionstudio.engine.frames import FrameMaker
from motionstudio.engine.gather import gather
from motionstudio.engine.requests import DecodeRequest, ExportRequest
from motionstudio.engine.responses import FrameReady, Progress
from motionstudio.io import write_clip

# Share of the progress bar that rendering takes; writing takes the rest.
_RENDERING = 0.7


def export(request: ExportRequest, maker: FrameMaker, call: Call) -> Path:
    """Render the frames of ``request`` and write them; return the path.

    Large pictures wait in a temporary file, so memory stays bounded whatever the length.

    Raises:
        Cancelled: the call was cancelled between two frames; nothing was written.
        MotionStudioError: the file cannot be written, or the motion is another model's.
    """
    decode = DecodeRequest(
        lane=request.lane,
        subject=request.subject,
        revision=request.revision,
        model=request.model,
        motion=request.motion,
        source=request.source,
        transform=request.transform,
        frames=request.frames,
        fields=request.fields,
        inverse=request.inverse,
    )
    frames = maker.frames(decode, call, size=request.size)
    watched = _watched(frames, len(request.frames), call)
    rendered = gather(watched, film_times(request.motion.times, request.frames))
    tick = call.tick("writing")
    return write_clip(
        rendered,
        request.path,
        motion=request.motion,
        fps=request.fps,
        quality=request.quality,
        loop=request.loop,
        tick=lambda fraction: tick(_RENDERING + (1 - _RENDERING) * fraction),
    )


def film_times(times: NDArray[np.float64], frames: Sequence[int]) -> NDArray[np.float64]:
    """(n,) seconds from 0 of ``frames`` shown in that order.

    The frames' own times where they run forward; else, as when the film goes back and forth,
    the median distance between frames.
    """
    own = times[list(frames)]
    if np.all(np.diff(own) > 0):
        return np.asarray(own - own[0], np.float64)
    distance = float(np.median(np.diff(times)))
    return np.arange(len(own), dtype=np.float64) * distance


def _watched(frames: Iterator[FrameReady], count: int, call: Call) -> Iterator[FrameReady]:
    """The same frames, with ``Progress`` for each."""
    for number, ready in enumerate(frames, start=1):
        fraction = _RENDERING * number / count
        call.emit(Progress(ticket=call.ticket, fraction=fraction, text="rendering"))
        yield ready
