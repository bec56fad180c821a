"""Quick ways to draw numbers give the very numbers of numpy's own: seeds keep their results."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.training.vae_pool import chosen_by, running_shares


@pytest.mark.parametrize("weights", [[1.0], [1.0, 1.0], [0.2, 0.3, 0.5], [3.0, 0.0, 4.0]])
def test_what_is_chosen_is_what_numpy_chooses(weights: list[float]) -> None:
    share = np.array(weights) / np.sum(weights)
    shares = running_shares(share)
    for seed in range(50):
        slow, quick = np.random.default_rng([seed, 3]), np.random.default_rng([seed, 3])
        for _ in range(10):
            assert chosen_by(shares, quick) == slow.choice(len(share), p=share)
            # Lists of numbers that are as likely: ``choice`` asks for an index in them.
            gaps = [1, 2, 4][: 1 + seed % 3]
            assert gaps[int(quick.integers(0, len(gaps)))] == slow.choice(gaps)
        assert quick.bit_generator.state == slow.bit_generator.state
