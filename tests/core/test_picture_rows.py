"""Which row shows which frame, for every kind of row."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture_rows import (
    START,
    frames_shown,
    kept_rows,
    pictures_of_frames,
    row_edges,
    row_names,
    row_of_frame,
    rows_of_frames,
    rows_words,
    seen_at,
)

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


FRAME_ROWS = motion(RowKind.FRAME, [(float(t), float(t)) for t in TIMES])
PAIRS = motion(RowKind.PAIR, [(float(a), float(b)) for a, b in pairwise(TIMES)])
GLIMPSES = motion(RowKind.GLIMPSE, [(float(t), float(t)) for t in TIMES for _ in range(2)])
PREFIXES = motion(RowKind.PREFIX, [(0.0, float(TIMES[1])), (0.0, float(TIMES[2]))])


@pytest.mark.parametrize(
    ("made", "edges"),
    [
        (FRAME_ROWS, [0, 1, 2, 3, 4]),
        (PAIRS, [0, 2, 3, 4]),
        (GLIMPSES, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]),
        (PREFIXES, [0, 2, 4]),
    ],
)
def test_rows_lie_over_what_they_show(made: Motion, edges: list[float]) -> None:
    found = row_edges(made)
    assert found.tolist() == edges
    for frame, row in enumerate(rows_of_frames(made)):
        assert found[row] < frame + 1 <= found[row + 1] or row == len(found) - 2


def test_rows_in_no_order_of_time_share_the_whole() -> None:
    mixed = motion(RowKind.PAIR, [(0.2, 0.3), (0.0, 0.1), (0.1, 0.3)])
    assert np.allclose(row_edges(mixed), [0, 4 / 3, 8 / 3, 4])


@pytest.mark.parametrize("made", [FRAME_ROWS, PAIRS, GLIMPSES, PREFIXES])
def test_the_way_to_a_row_and_back_ends_where_it_began(made: Motion) -> None:
    shown = frames_shown(made)
    for frame in range(shown[0], shown[-1] + 1):
        assert shown[row_of_frame(made, frame)] == frame
    assert row_of_frame(made, -3) == row_of_frame(made, 0)
    assert row_of_frame(made, 99) == row_of_frame(made, 3)


def test_rows_have_names_where_they_are_no_frames() -> None:
    assert row_names(FRAME_ROWS) == ()
    assert row_names(PAIRS) == ("frames 0-1", "frames 1-2", "frames 2-3")
    assert row_names(GLIMPSES)[:3] == ("frame 0, glimpse 0", "frame 0, glimpse 1",
                                       "frame 1, glimpse 0")  # fmt: skip
    assert row_names(PREFIXES) == ("frames 0-1", "frames 0-2")
    assert rows_words(GLIMPSES, [2, 3, 4]) == "frames 1, 2"
    assert rows_words(PAIRS, [1]) == "frame 2"


def test_masks_go_from_rows_to_frames_and_back() -> None:
    edited = np.array([False, True, False])
    assert seen_at(PAIRS, edited).tolist() == [False, False, True, False]
    kept = np.array([True, False, True, True])
    assert kept_rows(PAIRS, kept).tolist() == [False, True, True]
    assert kept_rows(GLIMPSES, kept).tolist() == [True, True, False, False, True, True, True, True]
    assert kept_rows(FRAME_ROWS, kept).tolist() == kept.tolist()


def test_no_step_leads_to_the_first_frame_of_pairs() -> None:
    times = np.arange(4) / 10
    pairs = Motion(
        mean=np.zeros((3, 2), np.float32), std=None, kept=np.ones(4, np.bool_), times=times,
        rows=RowKind.PAIR, row_times=np.stack([times[:-1], times[1:]], 1),
        filled=np.zeros(3, np.bool_),
    )  # fmt: skip
    assert pictures_of_frames(pairs).tolist() == [START, 0, 1, 2]
    assert rows_of_frames(pairs).tolist() == [0, 0, 1, 2]
