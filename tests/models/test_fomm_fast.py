"""The fast decoder gives the pictures of the plain one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from motionstudio.models.fomm import FOMM, Keypoints
from motionstudio.models.fomm_fast import PhaseUp, RoughDecoder, bfloat16_pays, quickened
from motionstudio.models.fomm_layers import ConvBlock
from tests.models.test_fomm import TINY


def _used(module: nn.Module) -> nn.Module:
    """With batch statistics that are not the initial ones."""
    generator = torch.Generator().manual_seed(3)
    for norm in (m for m in module.modules() if isinstance(m, nn.BatchNorm2d)):
        for tensor in (norm.weight, norm.running_var):
            assert tensor is not None
            tensor.data.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
        for tensor in (norm.bias, norm.running_mean):
            assert tensor is not None
            tensor.data.copy_(torch.randn(tensor.shape, generator=generator) * 0.3)
    return module.eval()


@torch.no_grad()
@pytest.mark.parametrize("size", [(4, 4), (3, 5), (1, 1)])
def test_phases_equal_doubling_and_convolving(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    block = _used(ConvBlock(5, 7, resize=2))
    assert isinstance(block, ConvBlock)
    x = torch.randn(2, 5, *size)
    torch.testing.assert_close(PhaseUp(block)(x), block(x), atol=1e-5, rtol=1e-5)


def _network() -> FOMM:
    torch.manual_seed(0)
    network = FOMM(replace(TINY, bottleneck_blocks=3, down_blocks=2))
    _used(network)
    return network


@torch.no_grad()
def test_the_quick_network_equals_the_plain_one() -> None:
    network, quick = _network(), quickened(_network())
    pictures = torch.rand(2, 3, 64, 64)
    points, found = network.kp_detector(pictures), quick.kp_detector(pictures)
    torch.testing.assert_close(found.value, points.value, atol=1e-5, rtol=0)
    turned = Keypoints(points.value.flip(0), points.jacobian)
    plain, _ = network.generator(pictures, points, turned)
    made, _ = quick.generator(pictures, points, turned)
    torch.testing.assert_close(made, plain, atol=1e-5, rtol=0)


@torch.no_grad()
def test_what_was_quickened_stays_as_it_was() -> None:
    network = _network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    features = torch.rand(1, 8, 16, 16)
    kept = features.clone()
    quickened(network).generator.decode(features)
    torch.testing.assert_close(network.state_dict(), before)
    torch.testing.assert_close(features, kept)


@torch.no_grad()
def test_bfloat16_stays_near() -> None:
    quick, features = quickened(_network()).generator, torch.rand(1, 8, 8, 8)
    rough = RoughDecoder(quick)(features)
    assert rough.dtype is torch.float32
    assert 0 < float((rough - quick.decode(features)).abs().max()) < 0.03
    assert isinstance(bfloat16_pays(), bool)
