"""From poses of a live driver to rows: reference, matching, smoothing, recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core.keypoints import KeypointTrack, from_rows
from motionstudio.core.live_drive import DriveSettings, LiveDrive, LivePose, Recording
from motionstudio.core.motion import RowKind
from motionstudio.core.one_euro import OneEuro

PLAIN = DriveSettings(adapt_scale=False)
SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]], np.float32)


def track(value: np.ndarray) -> KeypointTrack:
    count = len(value)
    eyes = np.tile(np.eye(2, dtype=np.float32), (1, count, 1, 1))
    return KeypointTrack(value[np.newaxis].astype(np.float32), eyes)


def pose(value: np.ndarray) -> LivePose:
    return LivePose(track(value))


def driven(settings: DriveSettings = PLAIN, rest: np.ndarray = SQUARE) -> LiveDrive:
    drive = LiveDrive(settings)
    drive.set_source(track(rest))
    return drive


def test_the_first_pose_is_rest_and_later_ones_move_as_the_driver_does() -> None:
    drive = driven()
    assert not drive.calibrated
    assert not drive.drive(pose(0.3 * SQUARE), 0.0).any()
    assert drive.calibrated
    row = drive.drive(pose(0.3 * SQUARE + [0.1, -0.2]), 0.1).reshape(4, 6)
    np.testing.assert_allclose(row[:, :2], np.tile([0.1, -0.2], (4, 1)), atol=1e-6)
    np.testing.assert_allclose(row[:, 2:], 0, atol=1e-6)


def test_calibrating_makes_the_next_pose_rest() -> None:
    drive = driven()
    drive.drive(pose(SQUARE), 0.0)
    drive.calibrate()
    assert not drive.calibrated
    assert not drive.drive(pose(SQUARE + 0.3), 0.1).any()


def test_settings_act_at_once() -> None:
    drive = driven()
    drive.drive(pose(0.5 * SQUARE), 0.0)
    moved = pose(0.5 * SQUARE + [0.2, 0.0])
    full = drive.drive(moved, 0.1)
    drive.set(replace(PLAIN, strength=0.5))
    np.testing.assert_allclose(drive.drive(moved, 0.2), full / 2, atol=1e-6)
    drive.set(replace(PLAIN, adapt_scale=True))
    np.testing.assert_allclose(drive.drive(moved, 0.3)[0], 0.4, atol=1e-6)
    drive.set(replace(PLAIN, remove_mean=True))
    np.testing.assert_allclose(drive.drive(moved, 0.4), 0, atol=1e-6)


def test_absolute_brings_the_source_where_the_driver_is() -> None:
    drive = driven(replace(PLAIN, relative=False))
    there = 0.4 * SQUARE + [0.1, 0.3]
    row = drive.drive(pose(there), 0.0)
    np.testing.assert_allclose(from_rows(row[None], track(SQUARE)).value[0], there, atol=1e-6)


def test_the_best_reference_is_found_by_itself_and_only_where_it_is_asked_for() -> None:
    crooked = SQUARE * [1.0, 0.3]
    for best in (False, True):
        drive = driven(replace(PLAIN, best=best))
        drive.drive(pose(crooked), 0.0)
        row = drive.drive(pose(0.7 * SQUARE), 0.1)
        assert drive.match is not None
        assert drive.match.now == pytest.approx(0, abs=1e-6)
        assert bool(row.any()) is not best
        assert (drive.match.reference < 1e-6) is best


def test_smoothing_lags_behind_and_starts_anew_with_the_reference() -> None:
    rough, smooth = driven(), driven(replace(PLAIN, smoothing=OneEuro(cutoff=0.5, speed=0)))
    for drive in (rough, smooth):
        drive.drive(pose(SQUARE), 0.0)
    one, other = (d.drive(pose(SQUARE + 0.4), 0.05) for d in (rough, smooth))
    assert 0 < np.abs(other).max() < np.abs(one).max()
    smooth.calibrate()
    assert not smooth.drive(pose(SQUARE - 0.4), 0.1).any()


def test_moments_that_do_not_rise_do_no_harm() -> None:
    drive = driven(replace(PLAIN, smoothing=OneEuro()))
    for moment in (1.0, 1.0, 0.5, 1.0):
        assert np.isfinite(drive.drive(pose(SQUARE), moment)).all()


def test_another_source_keeps_the_driver_s_reference_where_the_keypoints_are_alike() -> None:
    drive = driven()
    drive.drive(pose(SQUARE), 0.0)
    drive.set_source(track(0.2 * SQUARE))
    assert drive.calibrated
    drive.set_source(track(SQUARE[:3]))
    assert not drive.calibrated


def test_models_without_keypoints_give_rows_themselves() -> None:
    drive = LiveDrive(DriveSettings(strength=2.0))
    drive.set_source(None)
    row = np.array([0.5, -1.0], np.float32)
    np.testing.assert_array_equal(drive.drive(LivePose(None, row), 0.0), 2 * row)
    assert drive.match is None
    with pytest.raises(ValueError, match="either"):
        LivePose(None)


def test_what_was_driven_is_recorded_with_its_own_moments() -> None:
    drive = driven()
    assert drive.recorded() is None
    drive.drive(pose(SQUARE), 10.0)
    drive.record()
    assert drive.recording
    moments = (10.1, 10.15, 10.4)
    rows = [drive.drive(pose(SQUARE + m - 10), m) for m in moments]
    assert drive.recorded_seconds == pytest.approx(0.3)
    recording = drive.recorded()
    assert recording is not None
    assert not drive.recording
    np.testing.assert_allclose(recording.times, [0, 0.05, 0.3])
    np.testing.assert_array_equal(recording.rows, np.stack(rows))
    drive.record()
    drive.drive(pose(SQUARE), 11.0)
    assert drive.recorded() is None, "one row is no motion"


def test_a_recording_ends_by_itself_when_it_is_long() -> None:
    drive = driven()
    drive.record()
    for moment in (0.0, 299.0, 301.0, 400.0):
        drive.drive(pose(SQUARE), moment)
    assert drive.recorded_seconds == 299.0


def test_a_recording_becomes_a_motion_at_an_even_rate_that_starts_at_rest() -> None:
    times = np.array([0.0, 0.05, 0.3, 0.4])
    recording = Recording(times, np.stack([times, 1 - times], 1).astype(np.float32))
    motion = recording.motion(10, "fomm", "abc")
    assert motion.rows is RowKind.FRAME
    assert (motion.model, motion.model_hash) == ("fomm", "abc")
    np.testing.assert_allclose(motion.times, np.arange(6) / 10)
    assert not motion.mean[0].any()
    np.testing.assert_allclose(motion.mean[1:, 0], [0, 0.1, 0.2, 0.3, 0.4], atol=1e-6)
    assert motion.kept.all()
    assert not motion.filled.any()
    np.testing.assert_allclose(recording.at(np.array([9.0]))[0], [0.4, 0.6], atol=1e-6)
    with pytest.raises(ValueError, match="fps > 0"):
        recording.motion(0, "", "")
    with pytest.raises(ValueError, match="n >= 2"):
        Recording(np.zeros(1), np.zeros((1, 2), np.float32))


@given(
    steps=st.lists(st.floats(0.001, 0.5), min_size=1, max_size=20),
    fps=st.floats(1, 120),
    rows=st.data(),
)
def test_resampling_never_leaves_what_was_recorded(
    steps: list[float], fps: float, rows: st.DataObject
) -> None:
    times = np.concatenate([[0.0], np.cumsum(steps)])
    values = rows.draw(arrays(np.float32, (len(times), 2), elements=st.floats(-9, 9, width=32)))
    motion = Recording(times, values).motion(fps, "", "")
    assert motion.times[-1] <= times[-1] + 1 / fps + 1e-5
    assert motion.mean[1:].min() >= values.min() - 1e-5
    assert motion.mean[1:].max() <= values.max() + 1e-5
    np.testing.assert_allclose(motion.mean[1], values[0], atol=1e-6)
