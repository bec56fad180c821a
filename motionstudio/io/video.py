"""Video through FFmpeg's libraries: any frame rate, true frame times, streamed when long.

A video whose frames fit into a bounded amount of memory is decoded once, whole, which also copes
with damaged files. A longer one is indexed by the time stamps of its packets and decoded from the
nearest key frame on demand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.io.info import ClipInfo, ReadOptions
from motionstudio.io.lazy import LazyFrames
from motionstudio.io.limits import MAX_FRAMES, check_count, check_frame
from motionstudio.io.problems import plain_reason, reading
from motionstudio.io.timing import nominal_times, stated_times
from motionstudio.io.video_frames import Picture, picture_of, to_array

# Only containers of video: FFmpeg also knows playlists and scripts that open other files.
_CONTAINERS = (
    "mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,ogg,flv,asf,h264,hevc,m4v,mjpeg,yuv4mpegpipe"
)
_OPEN = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}

_COUNTED_BYTES = 64 << 20

EAGER_BYTES = 256 << 20
"""Videos that take less than this decoded are held in memory; longer ones are streamed."""


@dataclass(slots=True)
class _Index:
    """Packets in presentation order: time stamps, and for each frame where to start decoding."""

    pts: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    discarded: int = 0
    sound: bool = True


def _open(path: Path) -> tuple[Any, Any]:
    container = av.open(str(path), container_options=dict(_OPEN), metadata_errors="replace")
    if not container.streams.video:
        container.close()
        raise MotionStudioError(f"{path.name} holds no video, only sound or text.")
    stream = container.streams.video[0]
    # Frame threads would reorder errors and keep frames in flight after a seek.
    stream.thread_type = "SLICE"
    check_frame(path, stream.codec_context.height, stream.codec_context.width)
    return container, stream


def probe(path: Path) -> ClipInfo:
    """What a video holds, from its header and first frame."""
    with reading(path):
        container, stream = _open(path)
        with container:
            first = next(_decoded(container, stream), None)
            if first is None:
                raise MotionStudioError(f"{path.name} holds no frame that can be decoded.")
            picture = picture_of(first, stream)
            rate = stream.average_rate or stream.base_rate
            frames = _frame_count(path, container, stream)
    return ClipInfo(
        kind=f"{stream.codec_context.name} video",
        frames=frames,
        size=picture.size,
        channels=picture.channels,
        dtype=picture.dtype.name,
        fps=float(rate) if rate else None,
        warnings=picture.notes(path.name),
    )


def _frame_count(path: Path, container: Any, stream: Any) -> int | None:
    """As a reliable header states it, counted where the file is small, or None."""
    if stream.frames > 0 and container.format.name.startswith("mov"):
        return int(stream.frames)
    if path.stat().st_size > _COUNTED_BYTES:
        return None
    return len(_index(path).pts) or None


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Frames in presentation order from where the container stands.

    After damage nothing is trusted before the next key frame: what refers to a lost frame is
    rubbish that looks like a picture.
    """
    packets = container.demux(stream)
    damaged = False
    while (packet := _next_packet(packets)) is not None:
        if damaged and not packet.is_keyframe:
            continue
        damaged = False
        try:
            yield from packet.decode()
        except av.FFmpegError:
            damaged = True
            stream.codec_context.flush_buffers()


def _next_packet(packets: Iterator[Any]) -> Any:
    """The next packet, or None at the end or where the container is damaged."""
    try:
        return next(packets, None)
    except av.FFmpegError:
        return None


def read(path: Path, options: ReadOptions) -> Clip:
    """All frames of a video that can be decoded, with their times."""
    with reading(path):
        container, stream = _open(path)
        with container:
            first = next(_decoded(container, stream), None)
            if first is None:
                raise MotionStudioError(f"{path.name} holds no frame that can be decoded.")
            picture = picture_of(first, stream)
            index = _index(path)
            expected = _announced(container, stream, index)
        count = max(len(index.pts), 1)
        check_count(path, count)
        if count * picture.nbytes <= EAGER_BYTES:
            return _read_whole(path, picture, expected, options)
        return _read_streamed(path, picture, index, expected, options)


def _index(path: Path) -> _Index:
    """Time stamps of all packets, without decoding; opened anew, for not every file can seek."""
    container, stream = _open(path)
    index = _Index()
    with container:
        packets = container.demux(stream)
        while (packet := _next_packet(packets)) is not None and len(index.pts) <= MAX_FRAMES:
            index.discarded += int(packet.is_discard)
            if packet.size == 0 or packet.is_discard:
                continue
            index.sound &= packet.pts is not None
            index.pts.append(int(packet.pts or 0))
            if packet.is_keyframe:
                index.keys.append(int(packet.pts or 0))
    index.sound &= len(set(index.pts)) == len(index.pts) and bool(index.keys)
    index.pts.sort()
    index.keys.sort()
    return index


def _clip(
    path: Path,
    picture: Picture,
    frames: Any,
    stamps: list[float | None],
    fps: float | None,
    notes: tuple[str, ...],
) -> Clip:
    if any(stamp is None for stamp in stamps):
        times, assumed = nominal_times(len(stamps), fps, path.name)
    else:
        times, assumed = stated_times([s for s in stamps if s is not None], path.name)
    return Clip(
        frames,
        times,
        path.stem,
        path,
        provenance={"format": "video", "codec": picture.codec},
        warnings=picture.notes(path.name) + notes + assumed,
    )


# --- whole -----------------------------------------------------------------------------------


def _read_whole(path: Path, picture: Picture, expected: int, options: ReadOptions) -> Clip:
    """Decode everything at once; what cannot be decoded is left out and said."""
    frames: list[NDArray[Any]] = []
    stamps: list[float | None] = []
    note = ""
    container, stream = _open(path)
    with container:
        for decoded in _decoded(container, stream):
            if (decoded.height, decoded.width) != picture.stored or len(frames) >= MAX_FRAMES:
                note = (
                    f"{path.name} changes its picture size after frame {len(frames)}; "
                    "the rest is left out."
                )
                break
            if (len(frames) + 1) * picture.nbytes > 2 * EAGER_BYTES:
                note = f"{path.name} is longer than its index says; the rest is left out."
                break
            frames.append(to_array(decoded, picture))
            stamps.append(_stamp(decoded))
    if not frames:
        raise MotionStudioError(f"{path.name} holds no frame that can be decoded.")
    notes = (note,) if note else _damage_note(path, len(frames), expected)
    return _clip(path, picture, np.stack(frames), stamps, options.fps or picture.fps, notes)


def _announced(container: Any, stream: Any, index: _Index) -> int:
    """How many frames there should be, by what the kind of container can be trusted to say."""
    if container.format.name.startswith("mov"):
        return int(stream.frames) - index.discarded
    alone = len(container.streams) == 1 and container.duration and stream.average_rate
    if not alone or container.format.name.startswith("avi"):
        return len(index.pts)
    # A Matroska header states the length, to within a frame or two.
    return max(len(index.pts), int(container.duration / av.time_base * stream.average_rate) - 2)


def _stamp(frame: Any) -> float | None:
    if frame.pts is None or frame.time_base is None:
        return None
    return float(frame.pts * frame.time_base)


# --- streamed --------------------------------------------------------------------------------


class _Cursor:
    """Decodes single frames of a long video; stays open and moves forward without seeking."""

    def __init__(self, path: Path, picture: Picture, pts: list[int], keys: list[int]) -> None:
        self._path = path
        self._picture = picture
        self._pts = pts
        self._keys = np.array(keys)
        self._container: Any = None
        self._frames: Iterator[Any] = iter(())
        self._at: int | None = None

    def load(self, index: int) -> NDArray[Any]:
        """Frame ``index`` as (H, W, C)."""
        wanted = self._pts[index]
        with reading(self._path):
            for attempt in range(3):
                if attempt or not self._can_walk_to(wanted):
                    self._seek(wanted, attempt)
                frame = self._walk_to(wanted)
                if frame is not None:
                    return to_array(frame, self._picture)
        raise MotionStudioError(
            f"Frame {index} of {self._path.name} is damaged and cannot be decoded.",
            "Choose a range without it.",
        )

    def _can_walk_to(self, wanted: int) -> bool:
        """Whether ``wanted`` lies ahead and no key frame lies between that would save work."""
        if self._at is None or wanted <= self._at:
            return False
        between = np.searchsorted(self._keys, wanted, "right") - np.searchsorted(
            self._keys, self._at, "right"
        )
        return bool(between == 0) or wanted - self._at <= 2 * (self._pts[1] - self._pts[0])

    def _seek(self, wanted: int, attempt: int) -> None:
        """Go to the key frame before ``wanted``; to earlier ones where that did not do."""
        if self._container is None:
            self._container, _ = _open(self._path)
        stream = self._container.streams.video[0]
        place = int(np.searchsorted(self._keys, wanted, "right")) - 1 - attempt
        target = self._pts[0] if attempt == 2 or place < 0 else int(self._keys[place])
        try:
            self._container.seek(target, stream=stream, backward=True)
            stream.codec_context.flush_buffers()
        except av.FFmpegError:
            self._container.close()
            self._container, stream = _open(self._path)
        self._frames = _decoded(self._container, stream)
        self._at = None

    def _walk_to(self, wanted: int) -> Any:
        for frame in self._frames:
            if frame.pts is None:
                continue
            self._at = frame.pts
            if frame.pts == wanted:
                same = (frame.height, frame.width) == self._picture.stored
                return frame if same else None
            if frame.pts > wanted:
                return None
        self._at = None
        return None


def _read_streamed(
    path: Path, picture: Picture, index: _Index, expected: int, options: ReadOptions
) -> Clip:
    if not index.sound:
        raise MotionStudioError(
            f"{path.name} states no usable time stamps and is too long to be held in memory.",
            "Save it as MP4 or MKV, or cut it into clips of a minute.",
        )
    pts = _readable(path, index)
    note = _damage_note(path, len(pts), expected)
    cursor = _Cursor(path, picture, pts, index.keys)
    shape = (len(pts), *picture.size, picture.channels)
    keys = np.flatnonzero(np.isin(pts, index.keys)).tolist()
    frames = LazyFrames(shape, picture.dtype, cursor.load, cheap=keys)
    stamps: list[float | None] = [float(p * picture.time_base) for p in pts]
    return _clip(path, picture, frames, stamps, options.fps or picture.fps, note)


def _damage_note(path: Path, count: int, expected: int) -> tuple[str, ...]:
    if count >= expected:
        return ()
    return (f"{path.name} is damaged or cut short: {count} of {expected} frames could be read.",)


def _readable(path: Path, index: _Index) -> list[int]:
    """Time stamps up to the last frame that really decodes: files are mostly cut at their end."""
    keys = list(index.keys)
    for key in reversed(keys[-3:]):
        container, stream = _open(path)
        with container:
            try:
                container.seek(key, stream=stream, backward=True)
            except av.FFmpegError:
                return index.pts
            shown = {frame.pts for frame in _decoded(container, stream) if frame.pts is not None}
        good = [p for p in index.pts if p < key or p in shown]
        if shown:
            return good
    raise MotionStudioError(
        f"{path.name} could not be read: {plain_reason(EOFError())}.", "Copy or export it again."
    )
