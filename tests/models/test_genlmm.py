"""The networks of GenLMM and their objective."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from motionstudio.models.genlmm import GenLMM, _pad_time
from motionstudio.models.genlmm_objective import SequenceBatch, objective
from tests.models import tiny


@pytest.fixture
def network() -> GenLMM:
    network = GenLMM(tiny.config())
    state = {
        k: torch.from_numpy(v) for k, v in tiny.weights().items() if not k.startswith("space.")
    }
    network.load_state_dict(state)
    return network.eval()


def _batch(steps: int = 5) -> SequenceBatch:
    frames = torch.from_numpy(np.stack([tiny.pictures(steps + 1, seed=s) for s in range(2)]))
    kept = torch.ones(2, steps)
    kept[:, 2] = 0
    return SequenceBatch(
        reference=frames[:, 0], frames=frames[:, 1:], source=frames[:, 0],
        target_reference=frames[:, 0],
        target_frames=frames[:, 1:], kept=kept, valid=torch.ones(2, steps),
        phase=torch.arange(1, steps + 1).repeat(2, 1) / (steps + 1),
        decoded=torch.arange(steps), cyclic=False,
    )  # fmt: skip


def _loss(network: GenLMM, batch: SequenceBatch, **options: object) -> float:
    noise = torch.zeros(2, 6, batch.frames.shape[1])
    loss, _ = objective(network, batch, noise, kl_weight=2e-4, **options)  # type: ignore[arg-type]
    return float(loss.detach())


def test_a_zero_row_gives_exactly_no_velocity(network: GenLMM) -> None:
    anatomy = network.anatomy(torch.from_numpy(tiny.pictures(2)))
    velocity = network.velocity(torch.zeros(2, 6, 3), anatomy)
    assert float(velocity.detach().abs().max()) < 1e-6


def test_velocity_is_bounded_whatever_the_row(network: GenLMM) -> None:
    anatomy = network.anatomy(torch.from_numpy(tiny.pictures(1)))
    velocity = network.velocity(torch.full((1, 6, 1), 1e4), anatomy)
    # The anchor that is subtracted is bounded as well.
    assert float(velocity.detach().abs().max()) <= 2 * tiny.config().velocity_limit + 1e-4


@pytest.mark.parametrize("reach", [1, 2, 4, 8])
@pytest.mark.parametrize("steps", [1, 2, 3, 5])
def test_cyclic_padding_wraps_even_when_it_reaches_beyond_the_cycle(steps: int, reach: int) -> None:
    x = torch.arange(float(steps)).view(1, 1, -1)
    expected = np.pad(np.arange(float(steps)), reach, mode="wrap")
    np.testing.assert_array_equal(_pad_time(x, reach, True)[0, 0].numpy(), expected)


def test_a_turned_cycle_gives_the_turned_posterior_when_time_channels_agree(
    network: GenLMM,
) -> None:
    features, kept = torch.randn(1, 6, 7), torch.ones(1, 7)
    phase = torch.full((1, 7), 0.3)
    mean, _ = network.temporal(features, kept, phase, True)
    turned, _ = network.temporal(features.roll(3, 2), kept, phase, True)
    torch.testing.assert_close(turned, mean.roll(3, 2), atol=1e-5, rtol=1e-4)
    opened, _ = network.temporal(features, kept, phase, False)
    assert not torch.allclose(opened, mean)


def test_a_dropped_feature_does_not_reach_the_posterior_but_its_flag_does(
    network: GenLMM,
) -> None:
    features, phase = torch.randn(1, 6, 5), torch.arange(1, 6)[None] / 6
    kept = torch.tensor([[1.0, 0, 1, 1, 1]])
    mean, _ = network.temporal(features, kept, phase, False)
    other = features.clone()
    other[..., 1] = 100.0
    assert torch.equal(network.temporal(other, kept, phase, False)[0], mean)
    # A zero feature of a kept frame is an observation, not an absence.
    zero = features.clone()
    zero[..., 1] = 0.0
    assert not torch.allclose(network.temporal(zero, torch.ones(1, 5), phase, False)[0], mean)


def test_the_loss_covers_frames_that_the_encoder_did_not_see(network: GenLMM) -> None:
    batch = _batch()
    changed = batch.target_frames.clone()
    changed[:, 2] = changed[:, 2].flip(-1)
    assert _loss(network, replace(batch, target_frames=changed)) != _loss(network, batch)


def test_the_encoder_does_not_see_them(network: GenLMM) -> None:
    batch = _batch()
    changed = batch.frames.clone()
    changed[:, 2] = 0.5
    assert _loss(network, replace(batch, frames=changed)) == _loss(network, batch)


def test_padding_is_neither_compared_nor_in_the_divergence(network: GenLMM) -> None:
    batch = _batch()
    padded = replace(batch, valid=batch.valid.clone(), kept=batch.kept.clone())
    padded.valid[:, 4] = 0
    padded.kept[:, 4] = 0
    changed = padded.target_frames.clone()
    changed[:, 4] = 0.5
    assert _loss(network, replace(padded, target_frames=changed)) == _loss(network, padded)


@pytest.mark.parametrize("similarity", ["lcc", "mse", "mixed"])
def test_gradient_steps_on_one_batch_lower_the_loss(network: GenLMM, similarity: str) -> None:
    batch, noise = _batch(), torch.zeros(2, 6, 5)
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    before = _loss(network, batch, similarity=similarity)
    for _ in range(12):
        loss, _ = objective(network, batch, noise, kl_weight=2e-4, similarity=similarity)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert _loss(network, batch, similarity=similarity) < before


def test_an_unknown_similarity_is_refused_by_name(network: GenLMM) -> None:
    with pytest.raises(ValueError, match="mutual"):
        _loss(network, _batch(), similarity="mutual")


def test_the_state_holds_no_smoothing_kernel() -> None:
    assert not [name for name in GenLMM(tiny.config()).state_dict() if "kernel" in name]
