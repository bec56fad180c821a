"""Which row of a motion matrix shows a frame, and the other way: the one place that maps them.

Models give a row to each frame, to each pair of frames, to each of several glimpses of a frame,
or to each prefix of the sequence. People go through frames; what they edit are rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.glimpses import is_drawing
from motionstudio.core.kept import describe_frames
from motionstudio.core.motion import Motion, RowKind

START = -1
"""In the place of a row: the picture that the first step starts from."""

# Seconds that two stored times of one frame may differ by.
_SAME = 1e-6


def rows_of_frames(motion: Motion) -> NDArray[np.intp]:
    """(T,) the row whose picture is that of each frame.

    A frame row shows its own frame. Other rows show the last frame that they cover: a pair its
    second, a glimpse the frame that it looks at (the last glimpse has seen all), a prefix its
    end. Frames before the end of every row, as the first one of pairs, are shown by the row
    that ends first.
    """
    count = len(motion.times)
    if motion.rows is RowKind.FRAME:
        return np.arange(count)
    ends = motion.row_times[:, 1]
    ended = ends[None, :] <= motion.times[:, None] + _SAME
    # The last of the rows that end latest before the frame does.
    last = np.where(ended, ends, -np.inf)
    latest = last.shape[1] - 1 - np.argmax(last[:, ::-1], axis=1)
    return np.where(ended.any(axis=1), latest, int(np.argmin(ends))).astype(np.intp)


def pictures_of_frames(motion: Motion) -> NDArray[np.intp]:
    """(T,) as ``rows_of_frames``, and ``START`` for frames that no step between frames leads to.

    Requests for pictures may name ``START``: the source itself, as the model sees it.
    """
    rows = rows_of_frames(motion)
    if motion.rows is not RowKind.PAIR or not len(motion.row_times):
        return rows
    first = float(motion.row_times[:, 1].min())
    return np.where(motion.times < first - _SAME, START, rows).astype(np.intp)


def row_of_frame(motion: Motion, frame: int) -> int:
    """The row whose picture is that of ``frame``, which is clamped to the sequence."""
    if motion.rows is RowKind.FRAME:
        return min(max(frame, 0), len(motion.mean) - 1)
    rows = rows_of_frames(motion)
    return int(rows[min(max(frame, 0), len(rows) - 1)])


def frames_shown(motion: Motion) -> NDArray[np.intp]:
    """(R,) the frame at which the picture of each row is seen: the last one that it covers."""
    if motion.rows is RowKind.FRAME:
        return np.arange(len(motion.mean))
    last = np.searchsorted(motion.times, motion.row_times[:, 1] + _SAME, side="right") - 1
    return np.clip(last, 0, len(motion.times) - 1).astype(np.intp)


def row_edges(motion: Motion) -> NDArray[np.float64]:
    """(R + 1,) where rows begin and end along the frames, so that each lies over what it shows.

    Row r reaches from ``edges[r]`` to ``edges[r + 1]``, in frames from 0 to T. Rows that show the
    same frame share it evenly; frames that no row ends at belong to the next row, and those
    after every row to the last. Rows in no order of time share the whole evenly.
    """
    rows, count = len(motion.mean), len(motion.times)
    shown = frames_shown(motion)
    if not rows or (np.diff(shown) < 0).any():
        return np.linspace(0, count, rows + 1)
    edges = np.empty(rows + 1)
    frames, first, sharing = np.unique(shown, return_index=True, return_counts=True)
    start = 0.0
    for frame, place, n in zip(frames, first, sharing, strict=True):
        stop = count if place + n == rows else frame + 1
        edges[place : place + n] = start + (stop - start) * np.arange(n) / n
        start = float(stop)
    edges[rows] = count
    return edges


def row_names(motion: Motion) -> tuple[str, ...]:
    """R names for people: ``frames 3-4`` of a pair, ``frame 2, glimpse 1``; empty for frame rows.

    In the drawing of one picture frames are glimpses: ``glimpse 1``.

    Frames and glimpses count from 0.
    """
    if motion.rows is RowKind.FRAME:
        return ()
    if is_drawing(motion):
        return tuple(f"glimpse {row}" for row in range(len(motion.mean)))
    shown = frames_shown(motion).tolist()
    if motion.rows is RowKind.GLIMPSE:
        places = [row - shown.index(frame) for row, frame in enumerate(shown)]
        return tuple(f"frame {f}, glimpse {n}" for f, n in zip(shown, places, strict=True))
    early = np.searchsorted(motion.times, motion.row_times[:, 0] - _SAME).tolist()
    spans = zip(early, shown, strict=True)
    return tuple(f"frames {a}-{b}" if a < b else f"frame {b}" for a, b in spans)


def rows_words(motion: Motion, rows: Sequence[int]) -> str:
    """``frame 5`` or ``frames 5-9``: the frames at which these rows are seen, for people."""
    frames = sorted(set(frames_shown(motion)[list(rows)].tolist()))
    return f"frame{'s' if len(frames) != 1 else ''} {describe_frames(frames)}"


def seen_at(motion: Motion, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(T,) True for frames that show one of the ``rows`` (R,) that are True."""
    if motion.rows is RowKind.FRAME:
        return rows
    mask = np.zeros(len(motion.times), np.bool_)
    mask[frames_shown(motion)[rows]] = True
    return mask


def kept_rows(motion: Motion, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(R,) True for rows whose picture is that of a frame that is kept, of the mask (T,)."""
    return np.asarray(kept[frames_shown(motion)], np.bool_)
