"""The estimate of displacement that the pair network is given."""

from __future__ import annotations

import torch

from motionstudio.models.lucas_kanade import lucas_kanade
from motionstudio.models.warp import warp


def _texture(height: int = 64, width: int = 64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    coarse = torch.rand(1, 1, height // 8, width // 8, generator=generator)
    return torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic").clamp(0, 1)


def test_a_shift_is_found_backward_with_its_signs_and_axes() -> None:
    reference = _texture()
    shift = torch.tensor([3.0, -2.0]).view(1, 2, 1, 1).expand(1, 2, 64, 64)
    flow, confidence = lucas_kanade(reference, warp(reference, shift), finest=2)
    assert flow.shape == (1, 2, 32, 32)
    assert confidence.shape == (1, 1, 32, 32)
    inner = flow[0, :, 8:-8, 8:-8].flatten(1).median(1).values * 2
    torch.testing.assert_close(inner, torch.tensor([3.0, -2.0]), atol=0.5, rtol=0)


def test_equal_pictures_give_no_flow() -> None:
    picture = _texture()
    flow, _ = lucas_kanade(picture, picture, finest=4)
    assert float(flow.abs().max()) == 0.0


def test_flat_pictures_give_no_confidence_and_finite_flow() -> None:
    flat = torch.full((2, 3, 64, 64), 0.4)
    flow, confidence = lucas_kanade(flat, flat + 0.1, finest=2)
    assert bool(torch.isfinite(flow).all())
    assert float(confidence.max()) < 1e-6
