"""What is particular to Visual Dynamics: cross convolution, roll-out, the bank, the bound."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from motionstudio.core.motion import FORCED, TRUTH, Motion, RowKind
from motionstudio.models.base import Capability, Unsupported
from motionstudio.models.prediction import Futures
from motionstudio.models.visual_dynamics import (
    KINDS,
    bound,
    cross_convolve,
    importance,
)
from motionstudio.models.visual_dynamics_bank import Bank
from tests.models import tiny
from tests.models import tiny_visual_dynamics as small


def clip(count: int = 5) -> np.ndarray:
    return tiny.pictures(count, 3, 16)


def encoded(kind: str = "conditional", count: int = 5) -> Motion:
    return small.fresh(kind).encode(clip(count), np.ones(count, bool), np.arange(count) / 5)


def test_every_picture_is_convolved_with_its_own_kernels() -> None:
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(3, 2, 6, 7, generator=generator)
    kernels = torch.randn(3, 2, 5, 5, generator=generator)
    found = cross_convolve(maps, kernels)
    for picture in range(3):
        for channel in range(2):
            alone = F.conv2d(
                maps[picture, channel][None, None], kernels[picture, channel][None, None], padding=2
            )
            torch.testing.assert_close(found[picture, channel], alone[0, 0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_rows_that_make_pictures(kind: str) -> None:
    model = small.fresh(kind)
    motion = encoded(kind)
    assert (motion.rows, motion.mean.shape) == (RowKind.PAIR, (4, 3))
    np.testing.assert_array_equal(motion.row_times[1], [0.2, 0.4])
    made = model.decode(motion, clip()[0], [0, 3]).frames
    assert made is not None
    assert made.shape == (2, 3, 16, 16)
    assert ((made >= 0) & (made <= 1)).all()
    assert not np.array_equal(made[0], made[1])


def test_a_roll_out_goes_on_from_what_was_made() -> None:
    model, motion, source = small.fresh(), encoded(), clip()[0]
    whole = model.decode(motion, source, range(4)).frames
    assert whole is not None
    later = replace(motion, mean=motion.mean[2:], std=None, row_times=motion.row_times[2:],
                    filled=motion.filled[2:], state={})  # fmt: skip
    rest = small.fresh().decode(later, whole[1], [1]).frames
    assert rest is not None
    np.testing.assert_array_equal(rest[0], whole[3])


def test_rows_alone_in_any_order_equal_rows_in_company() -> None:
    motion, source = encoded(), clip()[0]
    whole = small.fresh().decode(motion, source, range(4)).frames
    model = small.fresh()
    for row in (3, 0, 2, 1):
        alone = model.decode(motion, source, [row]).frames
        assert whole is not None
        assert alone is not None
        np.testing.assert_array_equal(alone[0], whole[row])


def test_forced_steps_start_from_the_true_frames() -> None:
    model, motion, frames = small.fresh(), encoded(), clip()
    forced = replace(motion, state={**motion.state, FORCED: np.ones(1, bool)})
    made = model.decode(forced, frames[0], [2]).frames
    start = np.asarray(motion.state[TRUTH][2], np.float32) / np.float32(255)
    alone = replace(motion, mean=motion.mean[2:3], std=None, row_times=motion.row_times[2:3],
                    filled=motion.filled[2:3], state={})  # fmt: skip
    expected = model.decode(alone, start, [0]).frames
    assert made is not None
    assert expected is not None
    np.testing.assert_array_equal(made[0], expected[0])
    rolled = model.decode(motion, frames[0], [2]).frames
    assert rolled is not None
    assert not np.array_equal(made[0], rolled[0])


def test_a_step_over_dropped_frames_is_shared_among_its_rows() -> None:
    kept = np.array([True, False, True, True, False])
    motion = small.fresh().encode(clip(), kept, np.arange(5) / 5)
    np.testing.assert_array_equal(motion.filled, [True, True, False, True])
    np.testing.assert_array_equal(motion.mean[0], motion.mean[1])
    direct = small.fresh().encode(clip()[[0, 2]], np.ones(2, bool), np.arange(2.0))
    np.testing.assert_allclose(motion.mean[0] * 2, direct.mean[0], rtol=1e-6)
    np.testing.assert_array_equal(motion.mean[3], 0)
    assert not motion.state[TRUTH][1].any()


def test_the_deterministic_kind_sees_the_first_frame_only_and_has_one_future() -> None:
    model, frames = small.fresh("deterministic"), clip()
    other = frames.copy()
    other[-1] = 0
    first, second = (
        model.encode(f, np.ones(5, bool), np.arange(5.0)).mean for f in (frames, other)
    )
    np.testing.assert_array_equal(first, second)
    assert model.card.one_future
    futures = model.predict(frames, 3, futures=2, seed=1).frames
    np.testing.assert_array_equal(futures[0], futures[1])
    with pytest.raises(Unsupported):
        model.sample(frames[0], np.arange(3.0), seed=0)
    with pytest.raises(Unsupported):
        model.score(frames, samples=1, seed=0)


def test_the_prior_kind_adds_the_same_difference_to_every_picture() -> None:
    network = small.network("prior")
    latent = torch.randn(1, 3, generator=torch.Generator().manual_seed(0))
    pictures = torch.from_numpy(clip(2))
    with torch.no_grad():
        first, second = (network(pictures[n : n + 1], latent) for n in range(2))
        seen = small.network()
        assert not torch.equal(seen(pictures[:1], latent), seen(pictures[1:2], latent))
    assert torch.equal(first, second)


def test_futures_start_from_the_last_frame_and_tell_their_rows() -> None:
    model, frames = small.fresh(), clip()
    told: list[Futures] = []
    found = model.predict(frames, 3, futures=4, seed=5, reveal=told.append)
    assert found.frames.shape == (4, 3, 3, 16, 16)
    assert found.rows is not None
    seen = [one.known for one in told]
    assert [None if one is None else int(one[0, :, 0, 0].sum()) for one in seen] == [1, 2, 3]
    again = model.predict(frames[-1:], 3, futures=4, seed=5)
    np.testing.assert_array_equal(found.frames, again.frames)
    rows = replace(encoded(count=4), mean=found.rows[2], std=None, state={})
    made = model.decode(rows, frames[-1], [2]).frames
    assert made is not None
    np.testing.assert_allclose(found.frames[2, 2], made[0], atol=1e-5)
    calm = model.predict(frames, 1, futures=2, temperature=0.0).frames
    np.testing.assert_allclose(calm[0], calm[1], atol=1e-6)


def test_the_bank_draws_runs_that_follow_each_other() -> None:
    bank = small.bank()
    still = Bank(bank.mean, np.zeros_like(bank.std))
    rows = still.draw(np.random.default_rng(3), 4)
    follows = {tuple(run[0]): tuple(run[1]) for run in bank.mean.round(5)}
    known = [tuple(row) for row in rows.round(5)]
    assert any(follows.get(a) == b for a, b in itertools.pairwise(known))
    np.testing.assert_allclose(
        bank.draw(np.random.default_rng(3), 4, temperature=0.0),
        np.repeat(bank.mean.mean((0, 1))[None], 4, 0), atol=1e-6,
    )  # fmt: skip
    with pytest.raises(ValueError, match="Bank"):
        Bank.from_arrays({"bank.mean": bank.mean, "bank.std": bank.std[:2]})


def test_a_sample_of_prior_is_normal_and_of_the_bank_is_not() -> None:
    model = small.fresh()
    times = np.arange(200.0)
    prior = model.sample(clip()[0], times, seed=0, mode="prior").mean
    assert abs(float(prior.std()) - 1) < 0.1
    assert prior.shape == (199, 3)
    with pytest.raises(ValueError, match="mode"):
        model.sample(clip()[0], times, seed=0, mode="other")


def test_weighted_bounds_lie_above_the_bound_and_rise() -> None:
    network = small.network()
    frames = torch.from_numpy(clip(2))
    noise = torch.randn(200, 3, generator=torch.Generator().manual_seed(1))
    first, second = (frames[n : n + 1].expand(200, -1, -1, -1) for n in range(2))
    with torch.no_grad():
        terms = bound(network, first, second, noise)
        elbo = -(terms.reconstruction + terms.divergence).mean()
        parts = [slice(n, n + 5) for n in range(0, 200, 5)]
        few = [float(importance(network, first[p], second[p], noise[p])) for p in parts]
        many = float(importance(network, first, second, noise))
    assert float(elbo) <= np.mean(few) + 1e-3
    assert np.mean(few) <= many + 1e-3


def test_maps_are_those_of_the_step_that_leads_to_the_frame() -> None:
    model, motion, source = small.fresh(), encoded(), clip()[0]
    names = model.card.overlays
    maps = model.overlays(motion, source, 1, names)
    assert maps["kernels"].shape == (2, 3, 5, 5)
    assert maps["features before"].shape == maps["features after"].shape == (2, 3, 16, 16)
    before, after = (model.decode(motion, source, [row]).frames for row in (0, 1))
    assert before is not None
    assert after is not None
    expected = np.clip(before[0] + maps["difference image"], 0, 1)
    np.testing.assert_allclose(after[0], expected, atol=1e-5)
    assert small.fresh("prior").card.overlays == ("difference image",)


def test_embeddings_have_unit_length() -> None:
    assert abs(float(np.linalg.norm(small.fresh().embed(clip()))) - 1) < 1e-5


def test_what_a_kind_can_do_is_on_its_card() -> None:
    flags = {kind: small.fresh(kind).card.capabilities for kind in KINDS}
    assert Capability.LIKELIHOOD in flags["conditional"] & flags["prior"]
    assert Capability.LIKELIHOOD not in flags["deterministic"] | flags["autoencoder"]
    assert Capability.SAMPLE in flags["autoencoder"]
    assert Capability.SAMPLE not in flags["deterministic"]
