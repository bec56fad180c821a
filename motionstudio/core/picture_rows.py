"""Which row of a motion matrix shows a frame: what viewports ask for when rows are no frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Motion, RowKind

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
