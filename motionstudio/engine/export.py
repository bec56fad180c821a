"""Writes the frames of a motion to a file: rendered one at a time, then handed to a writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from motionstudio.engine.call import Call
from motionstudio.engine.frames import FrameMaker
from motionstudio.engine.gather import gather
from motionstudio.engine.requests import DecodeRequest, ExportRequest
from motionstudio.engine.responses import FrameReady, Progress


def export(request: ExportRequest, maker: FrameMaker, call: Call) -> Path:
    """Render the frames of ``request`` and write them; return the path.

    Large pictures wait in a temporary file, so memory stays bounded whatever the length.

    Raises:
        Cancelled: the call was cancelled between two frames; nothing was written.
        MotionStudioError: the file cannot be written, or the motion is another model's.
    """
    from motionstudio.io import write_clip

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
    )
    frames = maker.frames(decode, call, size=request.size)
    times = request.motion.times[list(request.frames)]
    rendered = gather(_watched(frames, len(request.frames), call), times)
    call.check()
    write_clip(rendered, request.path)
    return request.path


def _watched(frames: Iterator[FrameReady], count: int, call: Call) -> Iterator[FrameReady]:
    """The same frames, with ``Progress`` for each."""
    for number, ready in enumerate(frames, start=1):
        fraction = number / (count + 1)
        call.emit(Progress(ticket=call.ticket, fraction=fraction, text="rendering"))
        yield ready
