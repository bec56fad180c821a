"""What the temporal network is shown in the gaps."""

from __future__ import annotations

import torch

from motionstudio.models.genlmm import bridge_gaps


def ramp(steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (1, 2, 1 + steps) that grow linearly in phase, and the phase (1, steps)."""
    phase = torch.linspace(0, 1, steps + 2)[None, 1:-1]
    place = torch.cat([torch.zeros(1, 1), phase], 1)
    return torch.stack([place, 3 - 2 * place], 1), phase


def test_kept_frames_keep_their_features_exactly() -> None:
    features, phase = torch.randn(3, 5, 9), torch.rand(3, 8).sort(1).values
    kept = (torch.rand(3, 8) > 0.5).float()
    bridged = bridge_gaps(features, kept, phase, True)
    here = kept[:, None].expand_as(bridged) > 0
    assert torch.equal(bridged[here], features[..., 1:][here])


def test_a_linear_ramp_is_bridged_exactly_between_kept_frames() -> None:
    features, phase = ramp(9)
    kept = torch.tensor([[0.0, 0, 1, 0, 0, 0, 1, 0, 1]])
    bridged = bridge_gaps(features, kept, phase, False)
    torch.testing.assert_close(bridged, features[..., 1:])


def test_after_the_last_kept_frame_an_open_clip_holds_on() -> None:
    features, phase = ramp(6)
    kept = torch.tensor([[1.0, 1, 1, 0, 0, 0]])
    bridged = bridge_gaps(features, kept, phase, False)
    assert torch.equal(bridged[..., 3:], features[..., 3:4].expand(-1, -1, 3))


def test_a_cycle_returns_to_frame_zero() -> None:
    features, phase = ramp(6)
    kept = torch.tensor([[1.0, 1, 1, 0, 0, 0]])
    last = bridge_gaps(features, kept, phase, True)[0, :, -1]
    start, third = features[0, :, 0], features[0, :, 3]
    share = (phase[0, 5] - phase[0, 2]) / (1 - phase[0, 2])
    torch.testing.assert_close(last, third + share * (start - third))


def test_what_stands_at_dropped_frames_is_never_read() -> None:
    features, phase = ramp(6)
    kept = torch.tensor([[0.0, 1, 0, 0, 1, 0]])
    spoiled = features.clone()
    spoiled[..., 1:][kept[:, None].expand(-1, 2, -1) == 0] = float("nan")
    assert torch.equal(
        bridge_gaps(spoiled, kept, phase, True), bridge_gaps(features, kept, phase, True)
    )


def test_nothing_kept_bridges_from_frame_zero_to_itself() -> None:
    features, phase = torch.randn(2, 4, 6), torch.rand(2, 5).sort(1).values
    bridged = bridge_gaps(features, torch.zeros(2, 5), phase, True)
    torch.testing.assert_close(bridged, features[..., :1].expand_as(bridged))
