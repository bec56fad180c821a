"""FOMM for running, not for training: the same numbers with less work.

Batch norms are folded into the convolutions before them, and a nearest-neighbour doubling
followed by a 3x3 convolution becomes four 2x2 convolutions on the small map, 2.25 times less
work. Both are exact up to rounding. The decoder alone may run in bfloat16, where the processor
has it: pictures lose a little, coordinates never pass there.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from motionstudio.models.fomm import Generator
from motionstudio.models.fomm_layers import ConvBlock, ResBlock

LARGEST, MEAN = 0.03, 2e-3
"""How far a preview may be from the picture, of intensities in [0, 1]."""

_M = TypeVar("_M", bound=nn.Module)


def quickened(network: _M) -> _M:
    """A copy of a FOMM network, or of a part of it, in evaluation mode, that does the same faster.

    It computes what the original does; it cannot be trained and has other names of tensors.
    """
    copy = deepcopy(network).eval().requires_grad_(False)
    _swap(copy)
    return copy.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


class RoughDecoder(nn.Module):
    """``Generator.decode`` in bfloat16.

    Args:
        generator: quickened.
    """

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        blocks = [*generator.bottleneck, *generator.up_blocks, generator.final]
        self.blocks = deepcopy(nn.Sequential(*blocks)).to(torch.bfloat16)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) float32 in [0, 1] of features (B, F, h, w) float32."""
        x = features.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
        return torch.sigmoid(self.blocks(x).float())


class FoldedConv(nn.Module):
    """Convolution and norm in one, ReLU, and halving where the block halves."""

    def __init__(self, block: ConvBlock) -> None:
        super().__init__()
        self.conv = folded(block.conv, block.norm)
        self.halves = block.resize == 0.5

    def forward(self, x: Tensor) -> Tensor:
        """(B, out, H, W), or half of it."""
        found: Tensor = self.conv(x).relu_()
        return F.avg_pool2d(found, 2) if self.halves else found


class FoldedResBlock(nn.Module):
    """A residual block whose second norm went into its first convolution."""

    scale: Tensor
    shift: Tensor

    def __init__(self, block: ResBlock) -> None:
        super().__init__()
        scale, shift = _affine(block.norm1)
        # The first norm stands behind the skip, so it can only become one multiply-add.
        self.register_buffer("scale", scale[:, None, None])
        self.register_buffer("shift", shift[:, None, None])
        self.conv1 = folded(block.conv1, block.norm2)
        self.conv2 = _copied(block.conv2)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        inner = torch.addcmul(self.shift, x, self.scale).relu_()
        change: Tensor = self.conv2(self.conv1(inner).relu_())
        return change.add_(x)


class PhaseUp(nn.Module):
    """Nearest doubling, 3x3 convolution, norm and ReLU, one phase of the output at a time."""

    weight: Tensor
    bias: Tensor

    def __init__(self, block: ConvBlock) -> None:
        super().__init__()
        conv = folded(block.conv, block.norm)
        rows = _phases(conv.weight.detach(), 2)
        both = [_phases(row, 3) for row in rows]
        self.register_buffer("weight", torch.stack([torch.stack(pair) for pair in both]))
        assert conv.bias is not None
        self.register_buffer("bias", conv.bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """(B, out, 2H, 2W)."""
        batch, _, height, width = x.shape
        out = torch.empty(
            (batch, self.weight.shape[2], 2 * height, 2 * width),
            dtype=x.dtype,
            device=x.device,
            memory_format=torch.channels_last,
        )
        padded = F.pad(x, (1, 1, 1, 1))
        for a in (0, 1):
            for b in (0, 1):
                part = padded[:, :, a : a + height + 1, b : b + width + 1]
                out[:, :, a::2, b::2] = F.conv2d(part, self.weight[a, b], self.bias)
        return out.relu_()


def _swap(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, ConvBlock):
            quick = PhaseUp(child) if child.resize == 2 else FoldedConv(child)
            setattr(module, name, quick)
        elif isinstance(child, ResBlock):
            setattr(module, name, FoldedResBlock(child))
        else:
            _swap(child)


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """A copy of ``conv`` that does what ``norm`` did after it."""
    scale, shift = _affine(norm)
    made = _copied(conv)
    assert conv.bias is not None
    made.weight = nn.Parameter(conv.weight.detach() * scale[:, None, None, None])
    made.bias = nn.Parameter(conv.bias.detach() * scale + shift)
    return made


def checked_rough(generator: Generator, features: Tensor) -> RoughDecoder | None:
    """A bfloat16 decoder that stays near this quickened generator on these features, or None.

    None as well where the processor would only emulate it.
    """
    if features.device.type != "cpu" or not bfloat16_pays():
        return None
    rough = RoughDecoder(generator)
    difference = (rough(features) - generator.decode(features)).abs()
    near = float(difference.max()) <= LARGEST and float(difference.mean()) <= MEAN
    return rough if near else None


def bfloat16_pays() -> bool:
    """Whether this processor multiplies bfloat16 itself; elsewhere it is emulated and slower."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _affine(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    scale = norm.weight.detach() / torch.sqrt(variance + norm.eps)
    return scale, norm.bias.detach() - mean * scale


def _copied(conv: nn.Conv2d) -> nn.Conv2d:
    padding = int(conv.padding[0])
    made = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size[0], padding=padding)
    made.load_state_dict(conv.state_dict())
    return made


def _phases(weight: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """The two kernels of length 2 that a kernel of length 3 is on a doubled line.

    Even outputs see the pixel before and their own twice, odd ones their own twice and the next.
    """
    first, second, third = weight.unbind(axis)
    even = torch.stack([first, second + third], axis)
    odd = torch.stack([first + second, third], axis)
    return even, odd
