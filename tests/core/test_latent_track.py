from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core.latent_track import LatentTrack, frames_of_rows
from motionstudio.core.motion import Motion, RowKind

R, D = 5, 3
finite = st.floats(-1e3, 1e3, width=32)
matrices = arrays(np.float32, (R, D), elements=finite)


def motion(mean: np.ndarray, rows: RowKind = RowKind.FRAME, frames: int = R) -> Motion:
    times = np.arange(frames, dtype=np.float64)
    spread = np.linspace(0, frames - 1, len(mean))
    return Motion(
        mean=mean,
        std=None,
        kept=np.ones(frames, np.bool_),
        times=times,
        rows=rows,
        row_times=np.stack([spread, spread], axis=1),
        filled=np.zeros(len(mean), np.bool_),
    )


@given(matrices)
def test_an_unedited_track_is_the_encoding_itself(mean: np.ndarray) -> None:
    base = motion(mean)
    track = LatentTrack.unedited(base)
    assert track.values is base.mean
    assert track.motion() is base
    assert not track.edited.any()


@given(matrices, matrices, st.integers(0, R - 1))
def test_values_are_encoding_plus_edit_except_on_the_locked_row(
    mean: np.ndarray, offset: np.ndarray, reference: int
) -> None:
    track = LatentTrack(motion(mean), offset, reference)
    expected = mean + offset
    expected[reference] = mean[reference]
    assert np.array_equal(track.values, expected)
    assert np.array_equal(track.motion().mean, expected)
    assert not track.edited[reference].any()


@given(matrices, matrices)
def test_putting_an_old_block_back_is_exact(mean: np.ndarray, offset: np.ndarray) -> None:
    track = LatentTrack(motion(mean), offset)
    rows, dims = (1, 3, 4), (0, 2)
    before = track.block(rows, dims)
    moved = track.with_offset(rows, dims, before + 1)
    back = moved.with_offset(rows, dims, before)
    assert back.offset.tobytes() == track.offset.tobytes()
    untouched = np.ones((R, D), bool)
    untouched[np.ix_(rows, dims)] = False
    assert np.array_equal(moved.offset[untouched], track.offset[untouched])


def test_a_new_encoding_keeps_the_edit() -> None:
    track = LatentTrack.unedited(motion(np.zeros((R, D), np.float32)))
    edited = track.with_offset((2,), (1,), np.array([[0.5]], np.float32))
    fresh = motion(np.full((R, D), 2, np.float32))
    assert edited.rebased(fresh).values[2, 1] == 2.5
    with pytest.raises(ValueError, match=r"\(4, 3\), got \(5, 3\)"):
        edited.rebased(motion(np.zeros((4, D), np.float32), frames=4))


def test_rows_that_are_no_frames_have_no_lock() -> None:
    track = LatentTrack.unedited(motion(np.zeros((R, D), np.float32), RowKind.PAIR))
    assert track.locked_row is None
    assert track.with_offset((0,), (0,), np.ones((1, 1), np.float32)).edited[0, 0]


def test_offsets_cannot_be_written_to_nor_from_outside() -> None:
    offset = np.zeros((R, D), np.float32)
    track = LatentTrack(motion(np.zeros((R, D), np.float32)), offset)
    offset[1, 1] = 5
    assert not track.is_edited
    with pytest.raises(ValueError, match="read-only"):
        track.offset[1, 1] = 5


@pytest.mark.parametrize(
    ("rows", "dims", "block", "named"),
    [
        ((1,), (0,), np.zeros((2, 1)), r"shape \(1, 1\), got \(2, 1\)"),
        ((5,), (0,), np.zeros((1, 1)), r"rows: expected indices in \[0, 5\)"),
        ((-1,), (0,), np.zeros((1, 1)), "rows"),
        ((1,), (3,), np.zeros((1, 1)), r"dims: expected indices in \[0, 3\)"),
        ((1,), (0,), np.full((1, 1), np.nan), "finite"),
        ((1,), (0,), np.full((1, 1), np.inf), "finite"),
    ],
)
def test_wrong_blocks_are_refused(
    rows: tuple[int, ...], dims: tuple[int, ...], block: np.ndarray, named: str
) -> None:
    track = LatentTrack.unedited(motion(np.zeros((R, D), np.float32)))
    with pytest.raises(ValueError, match=named):
        track.with_offset(rows, dims, block.astype(np.float32))


def test_an_offset_of_another_shape_is_refused() -> None:
    base = motion(np.zeros((R, D), np.float32))
    with pytest.raises(ValueError, match=r"expected offset of shape \(5, 3\), got \(3, 5\)"):
        LatentTrack(base, np.zeros((D, R), np.float32))
    with pytest.raises(ValueError, match="expected reference"):
        LatentTrack.unedited(base, 5)


def test_rows_know_their_frames() -> None:
    frames = motion(np.zeros((R, D), np.float32))
    assert frames_of_rows(frames, (3, 1, 1)) == (1, 3)
    glimpses = motion(np.zeros((6, D), np.float32), RowKind.GLIMPSE, frames=3)
    times = np.repeat([0.0, 1.0, 2.0], 2)
    object.__setattr__(glimpses, "row_times", np.stack([times, times], axis=1))
    assert frames_of_rows(glimpses, (2, 3)) == (1,)
    assert frames_of_rows(glimpses, (1, 4)) == (0, 2)


def test_bytes_are_counted() -> None:
    base = motion(np.zeros((R, D), np.float32))
    expected = 2 * R * D * 4 + R * 2 * 8
    assert LatentTrack.unedited(base).nbytes == expected
