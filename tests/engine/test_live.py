"""Driving live: the calibrated pose is rest, settings act at once, what was driven is recorded."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from motionstudio.engine.live import KeypointModel, LiveDriver, LiveSettings
from motionstudio.models.fomm_model import FOMMModel
from tests.models import tiny_fomm

PLAIN = LiveSettings(adapt_scale=False, smoothing=None, fast=False)


@pytest.fixture(scope="module")
def model() -> FOMMModel:
    return tiny_fomm.fresh()


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """(4, 48, 48, 3): a bright square that wanders."""
    found = np.zeros((4, 48, 48, 3), np.uint8)
    for number, picture in enumerate(found):
        picture[8 + 6 * number : 24 + 6 * number, 10:30] = 220
    return found


def _driver(model: FOMMModel, settings: LiveSettings = PLAIN) -> LiveDriver:
    source = np.random.default_rng(0).random((1, 32, 32), np.float32)
    ticks = itertools.count()
    return LiveDriver(model, source, settings, clock=lambda: next(ticks) / 1000)


def test_fomm_is_a_live_model(model: FOMMModel) -> None:
    assert isinstance(model, KeypointModel)


def test_the_first_frame_is_rest_and_the_next_ones_move(
    model: FOMMModel, pictures: np.ndarray
) -> None:
    driver = _driver(model)
    assert not driver.calibrated
    rest = driver.drive(pictures[0], 0.0)
    assert driver.calibrated
    assert np.abs(rest.row).max() < 1e-6
    moved = driver.drive(pictures[2], 0.1)
    assert np.abs(moved.row).max() > 1e-4
    assert rest.picture.shape == (32, 32, 1)
    assert set(moved.milliseconds) == {"prepare", "keypoints", "picture"}
    assert all(value > 0 for value in moved.milliseconds.values())


def test_calibrating_again_makes_the_next_frame_rest(
    model: FOMMModel, pictures: np.ndarray
) -> None:
    driver = _driver(model)
    driver.drive(pictures[0], 0.0)
    driver.calibrate()
    assert np.abs(driver.drive(pictures[3], 0.1).row).max() < 1e-6


def test_strength_zero_and_settings_act_at_once(model: FOMMModel, pictures: np.ndarray) -> None:
    driver = _driver(model)
    driver.drive(pictures[0], 0.0)
    full = driver.drive(pictures[2], 0.1).row
    driver.set(replace(PLAIN, strength=0.5))
    np.testing.assert_allclose(driver.drive(pictures[2], 0.2).row, full / 2, atol=1e-6)
    driver.set(replace(PLAIN, remove_mean=True))
    steady = driver.drive(pictures[2], 0.3).row.reshape(4, 6)
    np.testing.assert_allclose(steady[:, :2].mean(0), 0, atol=1e-6)
    driver.set(replace(PLAIN, relative=False))
    assert not np.allclose(driver.drive(pictures[0], 0.4).row, 0)


def test_smoothing_lags_behind(model: FOMMModel, pictures: np.ndarray) -> None:
    rough, smooth = _driver(model), _driver(model, LiveSettings(adapt_scale=False, fast=False))
    for driver in (rough, smooth):
        driver.drive(pictures[0], 0.0)
    one, other = (d.drive(pictures[3], 0.05).row for d in (rough, smooth))
    assert np.abs(other).max() < np.abs(one).max()


def test_what_was_driven_can_be_recorded(model: FOMMModel, pictures: np.ndarray) -> None:
    driver = _driver(model)
    driver.drive(pictures[0], 10.0)
    assert driver.recorded() is None
    driver.record(True)
    rows = [driver.drive(pictures[i], 10.0 + i / 10).row for i in (1, 2, 3)]
    motion = driver.recorded()
    assert motion is not None
    np.testing.assert_array_equal(motion.mean[1:], np.stack(rows))
    assert not motion.mean[0].any()
    np.testing.assert_allclose(motion.times, [0, 0.1, 0.2, 0.3])
    assert driver.recorded() is None
