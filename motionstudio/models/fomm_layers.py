"""Layers of FOMM under the names of the official checkpoints: blocks, hourglass, downsampling."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvBlock(nn.Module):
    """Convolution, batch norm, ReLU; ``resize`` 2 doubles the size before, 0.5 halves it after."""

    def __init__(self, channels: int, out: int, kernel: int = 3, resize: float = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, kernel, padding=kernel // 2)
        self.norm = nn.BatchNorm2d(out)
        self.resize = resize

    def forward(self, x: Tensor) -> Tensor:
        """(B, out, H resize, W resize)."""
        if self.resize == 2:
            x = F.interpolate(x, scale_factor=2.0)
        x = F.relu(self.norm(self.conv(x)))
        halved: Tensor = F.avg_pool2d(x, 2) if self.resize == 0.5 else x
        return halved


class ResBlock(nn.Module):
    """``x + conv(relu(norm(conv(relu(norm(x))))))``, channels kept."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        inner = self.conv1(F.relu(self.norm1(x)))
        change: Tensor = self.conv2(F.relu(self.norm2(inner)))
        return x + change


class _Encoder(nn.Module):
    def __init__(self, channels: int, widths: list[int]) -> None:
        super().__init__()
        ins = [channels, *widths[1:-1]]
        self.down_blocks = nn.ModuleList(
            ConvBlock(a, b, resize=0.5) for a, b in zip(ins, widths[1:], strict=True)
        )


class _Decoder(nn.Module):
    def __init__(self, widths: list[int]) -> None:
        super().__init__()
        ins = [widths[-1], *(2 * w for w in widths[-2:0:-1])]
        self.up_blocks = nn.ModuleList(
            ConvBlock(a, b, resize=2) for a, b in zip(ins, widths[-2::-1], strict=True)
        )


class Hourglass(nn.Module):
    """Halves n times and comes back, joining what it kept on the way; last the raw input.

    Args:
        expansion: features after the first halving are twice this, then doubled each time.
        channels: of the input. ``blocks``: n. ``most``: bound of the features.
    """

    def __init__(self, expansion: int, channels: int, blocks: int, most: int) -> None:
        super().__init__()
        widths = [min(most, expansion * 2**i) for i in range(blocks + 1)]
        self.encoder = _Encoder(channels, widths)
        self.decoder = _Decoder(widths)
        self.out = widths[0] + channels

    def forward(self, x: Tensor) -> Tensor:
        """(B, out, H, W)."""
        kept = [x]
        for block in self.encoder.down_blocks:
            kept.append(block(kept[-1]))
        x = kept.pop()
        for block in self.decoder.up_blocks:
            x = torch.cat([block(x), kept.pop()], 1)
        return x


class Downsample(nn.Module):
    """Gaussian blur, then every n-th pixel from the first on; the kernel is in the state dict."""

    weight: Tensor

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.stride = round(1 / scale)
        sigma = (1 / scale - 1) / 2
        size = 2 * round(4 * sigma) + 1
        x = torch.arange(size, dtype=torch.float32) - (size - 1) / 2
        line = torch.exp(-0.5 * (x / sigma) ** 2)
        kernel = torch.outer(line, line)
        kernel = kernel / kernel.sum()
        self.register_buffer("weight", kernel.expand(channels, 1, size, size).clone())

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, ceil(H scale), ceil(W scale))."""
        pad = self.weight.shape[-1] // 2
        return F.conv2d(x, self.weight, stride=self.stride, padding=pad, groups=x.shape[1])
