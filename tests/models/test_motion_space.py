from __future__ import annotations

import numpy as np
import pytest

from motionstudio.models.motion_space import PHASES, MotionSpace, at_phases


def _motions(count: int = 60) -> np.ndarray:
    """Motions that differ in amplitude along one direction, and a little noise."""
    rng = np.random.default_rng(0)
    wave = np.sin(np.pi * np.arange(PHASES) / PHASES)[:, None] * np.array([1.0, -2.0, 0.5])
    noise = 0.01 * rng.standard_normal((count, PHASES, 3))
    return (rng.normal(2, 1, (count, 1, 1)) * wave + noise).astype(np.float32)


def test_the_first_component_is_the_amplitude() -> None:
    space = MotionSpace.fit(_motions(), 5)
    assert space.scales[0] > 20 * space.scales[1]
    lengths = np.linalg.norm(space.components.reshape(5, -1), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


def test_samples_move_like_the_data() -> None:
    motions = _motions()
    space = MotionSpace.fit(motions)
    position = (np.arange(PHASES) / PHASES).astype(np.float32)
    rng = np.random.default_rng(1)
    drawn = np.stack([space.sample(rng, position, 1.0, True) for _ in range(400)])
    np.testing.assert_allclose(drawn.mean(0), motions.mean(0), atol=0.4)
    np.testing.assert_allclose(drawn.std(0).max(), motions.std(0).max(), rtol=0.2)


def test_temperature_zero_is_the_mean() -> None:
    space = MotionSpace.fit(_motions())
    position = (np.arange(PHASES) / PHASES).astype(np.float32)
    drawn = space.sample(np.random.default_rng(0), position, 0.0, False)
    np.testing.assert_allclose(drawn, space.mean, atol=1e-6)


def test_arrays_come_back() -> None:
    space = MotionSpace.fit(_motions())
    again = MotionSpace.from_arrays(space.arrays())
    np.testing.assert_array_equal(again.components, space.components)


@pytest.mark.parametrize("cyclic", [False, True])
def test_between_two_phases_lies_their_mean(cyclic: bool) -> None:
    motion = np.arange(PHASES, dtype=np.float32)[:, None] ** 2
    middle = at_phases(motion, np.array([3.5 / PHASES], np.float32), cyclic)
    assert float(middle[0, 0]) == pytest.approx((9 + 16) / 2)


def test_after_the_last_phase_a_cycle_returns_and_a_clip_stays() -> None:
    motion = np.arange(PHASES, dtype=np.float32)[:, None]
    late = np.array([(PHASES - 0.5) / PHASES], np.float32)
    assert float(at_phases(motion, late, True)[0, 0]) == pytest.approx((PHASES - 1) / 2)
    assert float(at_phases(motion, late, False)[0, 0]) == pytest.approx(PHASES - 1)


def test_fewer_motions_than_components() -> None:
    space = MotionSpace.fit(_motions(3), 12)
    assert len(space.scales) == len(space.components) <= 3
