"""Which frames the model sees: pure functions on (T,) bool masks, False where dropped.

The reference frame is never dropped. Frames are counted from 0, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError

Mask = NDArray[np.bool_]


def all_kept(count: int) -> Mask:
    """(count,) bool: nothing dropped."""
    return np.ones(count, np.bool_)


def with_frames(kept: Mask, frames: Iterable[int], value: bool, *, reference: int = 0) -> Mask:
    """The mask in which ``frames`` are kept (``value`` True) or dropped; the reference is kept.

    Raises:
        ValueError: a frame outside [0, T).
    """
    index = np.fromiter(frames, np.intp)
    if index.size and not (index.min() >= 0 and index.max() < len(kept)):
        raise ValueError(f"with_frames: expected frames in [0, {len(kept)}), got {index.tolist()}")
    mask = kept.copy()
    mask[index] = value
    return _protected(mask, reference)


def drop_every(kept: Mask, n: int, *, reference: int = 0) -> Mask:
    """Every ``n``-th frame dropped, counted from the reference; all others kept.

    Args:
        kept: (T,) bool; the pattern replaces what was dropped before.
        n: at least 2; with 2 and reference 0 the frames 1, 3, 5, ... are dropped.
        reference: never dropped.

    Raises:
        ValueError: ``n`` below 2.
    """
    steps = _steps_from(reference, len(kept), n)
    return _protected(steps % n != n - 1, reference)


def keep_every(kept: Mask, n: int, *, reference: int = 0) -> Mask:
    """Only every ``n``-th frame kept, counted from the reference: 0, n, 2n, ...

    Args:
        kept: (T,) bool; the pattern replaces what was dropped before.
        n: at least 2.
        reference: always kept.

    Raises:
        ValueError: ``n`` below 2.
    """
    return _protected(_steps_from(reference, len(kept), n) % n == 0, reference)


def keep_only_range(kept: Mask, first: int, last: int, *, reference: int = 0) -> Mask:
    """Frames outside ``first`` to ``last`` (both included) dropped; inside nothing changes."""
    frames = np.arange(len(kept))
    return _protected(kept & (frames >= first) & (frames <= last), reference)


def restore(kept: Mask, frames: Iterable[int] | None = None) -> Mask:
    """``frames`` kept again; all of them with None."""
    return all_kept(len(kept)) if frames is None else with_frames(kept, frames, True)


def paint(kept: Mask, frames: Sequence[int], *, reference: int = 0) -> Mask:
    """A stroke over ``frames``: the first one is toggled and decides for all others.

    A stroke that starts on the reference, which cannot be dropped, drops the others.
    """
    if not len(frames):
        return kept
    return with_frames(kept, frames, not kept[frames[0]], reference=reference)


def dropped_frames(kept: Mask) -> tuple[int, ...]:
    """The dropped frames, increasing."""
    return tuple(int(t) for t in np.flatnonzero(~kept))


def describe_frames(frames: Iterable[int]) -> str:
    """Frames as people write them: ``"3, 7-9"``; empty for none."""
    runs: list[list[int]] = []
    for frame in sorted(set(frames)):
        if runs and frame == runs[-1][1] + 1:
            runs[-1][1] = frame
        else:
            runs.append([frame, frame])
    return ", ".join(_run_text(first, last) for first, last in runs)


def describe(kept: Mask) -> str:
    """The dropped frames as people write them: ``"3, 7-9"``; empty when nothing is dropped."""
    return describe_frames(dropped_frames(kept))


def parse(text: str, count: int, *, reference: int = 0) -> Mask:
    """The mask in which the frames of ``text`` are dropped.

    Args:
        text: numbers and ranges, ``"3,7-9"``; spaces do not matter; empty drops nothing.
        count: T.
        reference: a frame that may not be named.

    Returns:
        (T,) bool, False where dropped.

    Raises:
        MotionStudioError: a part that is no frame, lies outside the sequence, runs backwards or
            names the reference; the message quotes it.
    """
    mask = all_kept(count)
    for token in (part.strip() for part in text.split(",")):
        if not token:
            if text.strip():
                raise MotionStudioError(f"The list of frames '{text}' has an empty part.", _HINT)
            continue
        first, last = _range_of(token, count)
        if first <= reference <= last:
            raise MotionStudioError(
                f"'{token}' would drop frame {reference}, which is the reference.",
                "Leave the reference frame out, or choose another reference first.",
            )
        mask[first : last + 1] = False
    return mask


_HINT = "Write frames and ranges with commas between them, such as 3,7-9."


def _range_of(token: str, count: int) -> tuple[int, int]:
    first, dash, last = (part.strip() for part in token.partition("-"))
    ends = (first, last) if dash else (first, first)
    if not all(end.isascii() and end.isdigit() and len(end) <= 12 for end in ends):
        raise MotionStudioError(f"'{token}' is neither a frame nor a range of frames.", _HINT)
    low, high = int(ends[0]), int(ends[1])
    if low > high:
        raise MotionStudioError(f"The range '{token}' runs backwards.", f"Write {high}-{low}.")
    if high >= count:
        raise MotionStudioError(
            f"'{token}' lies outside the sequence, whose frames are 0 to {count - 1}.",
            "Name frames of the sequence only.",
        )
    return low, high


def _run_text(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first}, {last}" if last == first + 1 else f"{first}-{last}"


def _steps_from(reference: int, count: int, n: int) -> NDArray[np.intp]:
    if n < 2:
        raise ValueError(f"expected a step n of at least 2, got {n}")
    return np.arange(count) - reference


def _protected(mask: Mask, reference: int) -> Mask:
    mask[reference] = True
    return mask
