"""Which row shows which frame, for every kind of row."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture_rows import rows_of_frames

TIMES = np.arange(4) * 0.1


def motion(kind: RowKind, spans: list[tuple[float, float]]) -> Motion:
    count = len(spans)
    return Motion(
        mean=np.zeros((count, 2), np.float32),
        std=None,
        kept=np.ones(4, np.bool_),
        times=TIMES,
        rows=kind,
        row_times=np.array(spans),
        filled=np.zeros(count, np.bool_),
    )


def test_a_frame_row_shows_its_frame() -> None:
    spans = [(float(t), float(t)) for t in TIMES]
    assert rows_of_frames(motion(RowKind.FRAME, spans)).tolist() == [0, 1, 2, 3]


def test_a_pair_shows_its_second_frame() -> None:
    spans = [(float(a), float(b)) for a, b in pairwise(TIMES)]
    assert rows_of_frames(motion(RowKind.PAIR, spans)).tolist() == [0, 0, 1, 2]


def test_the_last_glimpse_shows_its_frame() -> None:
    spans = [(float(t), float(t)) for t in TIMES for _ in range(3)]
    assert rows_of_frames(motion(RowKind.GLIMPSE, spans)).tolist() == [2, 5, 8, 11]


def test_a_prefix_shows_its_end() -> None:
    spans = [(0.0, float(t)) for t in TIMES]
    assert rows_of_frames(motion(RowKind.PREFIX, spans)).tolist() == [0, 1, 2, 3]
