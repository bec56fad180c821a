"""Peers give backward displacement in our convention."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.warp import warp
from motionstudio.evaluation.peers import PEERS, Peer, in_time, shifted

SHIFT = (3.0, -2.0)


def texture(height: int = 80, width: int = 112) -> np.ndarray:
    """A smooth random picture (1, H, W), not square, so that swapped axes show."""
    rng = np.random.default_rng(5)
    coarse = rng.random((height // 8 + 2, width // 8 + 2)).astype(np.float32)
    y = np.linspace(0, coarse.shape[0] - 1.01, height)
    x = np.linspace(0, coarse.shape[1] - 1.01, width)
    iy, ix = y.astype(int), x.astype(int)
    fy, fx = (y - iy)[:, None], (x - ix)[None]
    fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
    rows = coarse[iy] * (1 - fy) + coarse[iy + 1] * fy
    return (rows[:, ix] * (1 - fx) + rows[:, ix + 1] * fx).astype(np.float32)[None]


@pytest.fixture(scope="module")
def shifted_pair() -> tuple[np.ndarray, np.ndarray]:
    reference = texture()
    u = np.broadcast_to(np.array(SHIFT, np.float32)[:, None, None], (2, *reference.shape[1:]))
    moved = warp(np.moveaxis(reference, 0, -1), np.ascontiguousarray(u))
    return reference, np.moveaxis(moved, -1, 0)


@pytest.mark.parametrize("peer", [p for p in PEERS if p.name != "identity"], ids=lambda p: p.name)
def test_a_known_shift_is_found_with_its_signs_and_axes(
    peer: Peer, shifted_pair: tuple[np.ndarray, np.ndarray]
) -> None:
    if not peer.installed:
        pytest.skip(f"{peer.package} is not installed")
    u = peer.register(*shifted_pair)
    assert u.shape == (2, 80, 112)
    assert u.dtype == np.float32
    inner = u[:, 16:-16, 16:-16]
    assert np.median(inner[0]) == pytest.approx(SHIFT[0], abs=0.4)
    assert np.median(inner[1]) == pytest.approx(SHIFT[1], abs=0.4)


def test_identity_does_nothing() -> None:
    picture = texture()
    assert not PEERS[0].register(picture, picture[:, ::-1]).any()


def test_an_absent_package_makes_a_peer_not_installed() -> None:
    absent = Peer("x", PEERS[0].register, "no-such-package-anywhere")
    assert not absent.installed


def _linear_fields(times: np.ndarray) -> np.ndarray:
    fields = np.zeros((len(times), 2, 3, 4), np.float32)
    fields[:, 0] = times[:, None, None]
    return fields


def test_in_time_follows_uneven_times_and_ignores_unknown_frames() -> None:
    times = np.array([0.0, 0.1, 0.5, 0.8, 1.0])
    fields = _linear_fields(times)
    spoiled = fields.copy()
    spoiled[[1, 3]] = 99.0
    found = in_time(spoiled, np.array([0, 2, 4]), times, None)
    np.testing.assert_allclose(found, fields, atol=1e-6)


def test_in_time_returns_to_frame_zero_in_a_closed_cycle_and_stays_in_an_open_clip() -> None:
    times = np.array([0.0, 1.0, 2.0, 3.0])
    fields = _linear_fields(times)
    closed = in_time(fields, np.array([0, 2]), times, 4.0)
    np.testing.assert_allclose(closed[:, 0, 0, 0], [0, 1, 2, 1])
    opened = in_time(fields, np.array([0, 2]), times, None)
    np.testing.assert_allclose(opened[:, 0, 0, 0], [0, 1, 2, 2])


def test_in_time_with_only_the_reference_known_stays_at_rest() -> None:
    times = np.arange(4.0)
    assert not in_time(_linear_fields(times), np.array([0]), times, None).any()


def test_shifted_moves_the_field_not_its_values() -> None:
    u = np.zeros((2, 20, 30), np.float32)
    u[:, 8, 10] = [1.5, -2.5]
    moved = shifted(u, (5.0, 3.0))
    np.testing.assert_allclose(moved[:, 11, 15], [1.5, -2.5], atol=1e-5)
    assert np.abs(moved).sum() == pytest.approx(4.0, abs=1e-4)
