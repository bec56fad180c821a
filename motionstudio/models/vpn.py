"""Video Pixel Networks after Kalchbrenner et al. 2016: the exact likelihood of a sequence.

Frames are encoded one by one without losing resolution, a convolutional LSTM carries what was
seen through time, and a masked decoder tells each pixel's levels from all frames before, the
pixels above and to the left, and, in colour, red before green before blue.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class VPNConfig:
    """Sizes of a network.

    Attributes:
        size: side of the square picture; ``channels`` 1 or 3.
        levels: values that a pixel of a channel can have; 256 in the paper.
        width: channels of a residual block, 2 c; even, and width / 2 a multiple of ``channels``.
        dilations: of the encoder's blocks, one each.
        decoder: number of the decoder's blocks.
        within_frame: whether a pixel is told from others of its frame; False: the baseline.
        floor: mean entropy, in nats, of a frame of the training sequences given those before.
    """

    size: int = 16
    channels: int = 1
    levels: int = 4
    width: int = 32
    dilations: tuple[int, ...] = (1, 2, 4)
    decoder: int = 4
    within_frame: bool = True
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise ValueError(f"channels must be 1 or 3, not {self.channels}")
        if self.width % (2 * self.channels):
            raise ValueError(f"width must be a multiple of {2 * self.channels}, not {self.width}")
        if not 2 <= self.levels <= 256:
            raise ValueError(f"levels must be 2 to 256, not {self.levels}")
        if self.size < 4 or self.decoder < 1 or not self.dilations:
            raise ValueError("size must be 4 or more, and encoder and decoder need a block each")


PAPER = VPNConfig(64, 1, 256, 256, (1, 2, 4, 8, 1, 2, 4, 8), 12)
"""The sizes of the paper, far beyond a processor."""


class MaskedConv(nn.Conv2d):
    """A convolution that sees rows above and what is to the left, and at the centre by colour.

    Channels are dealt out to the colours in equal runs, inside each of ``parts`` equal parts of
    the outputs. At the centre an output sees inputs of earlier colours, and with ``own`` (mask
    B) of its own colour too.
    """

    mask: Tensor

    def __init__(
        self, into: int, out: int, side: int, colours: int, *, own: bool, parts: int = 1
    ) -> None:
        middle = side // 2
        # Rows below the centre are never seen, so the kernel has none.
        super().__init__(into, out, (middle + 1, side), padding=middle)
        mask = torch.ones(out, into, middle + 1, side)
        mask[:, :, middle, middle + 1 :] = 0
        seen = torch.arange(into) * colours // into
        asks = (torch.arange(out) % (out // parts)) * colours // (out // parts)
        before = seen[None] <= asks[:, None] if own else seen[None] < asks[:, None]
        mask[:, :, middle, middle] = before.float()
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, into, H, W) to (N, out, H, W)."""
        made = F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)
        return made[:, :, : x.shape[2]]


class MultiplicativeUnit(nn.Module):
    """``g1 tanh(g2 h + g3 u)`` with three gates and an update, each a convolution of ``h``."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, h: Tensor) -> Tensor:
        """(N, c, H, W) to the same."""
        return gated(self.conv(h), h, 1)


def gated(told: Tensor, h: Tensor, axis: int) -> Tensor:
    """What a unit makes of its four convolutions ``told``, joined along ``axis``."""
    count = h.shape[axis]
    gates, update = torch.split(told, [3 * count, count], axis)
    first, second, third = torch.sigmoid(gates).chunk(3, axis)
    return first * torch.tanh(second * h + third * torch.tanh(update))


class Block(nn.Module):
    """A residual multiplicative block: 1 x 1 to half the width, two units, 1 x 1 back, added."""

    def __init__(self, width: int, *, dilation: int = 1, masked_for: int = 0) -> None:
        super().__init__()
        half, colours = width // 2, masked_for
        self.narrow = _conv(width, half, 1, 1, colours)
        self.first = MultiplicativeUnit(_conv(half, 4 * half, 3, dilation, colours, parts=4))
        self.second = MultiplicativeUnit(_conv(half, 4 * half, 3, dilation, colours, parts=4))
        self.widen = _conv(half, width, 1, 1, colours)

    def forward(self, h: Tensor) -> Tensor:
        """(N, width, H, W) to the same."""
        made: Tensor = self.widen(self.second(self.first(self.narrow(h))))
        return h + made


def _conv(into: int, out: int, side: int, dilation: int, colours: int, parts: int = 1) -> nn.Conv2d:
    """A plain convolution, or one with mask B where ``colours`` is not 0."""
    if colours:
        return MaskedConv(into, out, side, colours, own=True, parts=parts)
    return nn.Conv2d(into, out, side, padding=dilation * (side // 2), dilation=dilation)


Memory = tuple[Tensor, Tensor]
"""Output and cell of the LSTM, (N, width, S, S) each."""


class ConvLSTM(nn.Module):
    """A convolutional LSTM that keeps the resolution; forgetting begins at 1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.seen = nn.Conv2d(width, 4 * width, 3, padding=1)
        self.kept = nn.Conv2d(width, 4 * width, 3, padding=1, bias=False)
        assert self.seen.bias is not None
        with torch.no_grad():
            self.seen.bias[:width] = 1

    def forward(self, gates: Tensor, memory: Memory) -> Memory:
        """The next memory; ``gates`` is what ``seen`` makes of a frame's features."""
        output, cell = memory
        forget, take, give, update = (gates + self.kept(output)).chunk(4, 1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(take) * torch.tanh(update)
        return torch.sigmoid(give) * torch.tanh(cell), cell


class VPN(nn.Module):
    """The whole network; pictures are (N, C, S, S) levels in [0, 1]."""

    def __init__(self, config: VPNConfig) -> None:
        super().__init__()
        self.config = config
        width, colours = config.width, config.channels
        self.encoder = nn.Sequential(
            nn.Conv2d(colours, width, 3, padding=1),
            *(Block(width, dilation=rate) for rate in config.dilations),
        )
        self.memory = ConvLSTM(width)
        self.context = nn.Conv2d(width, width, 1)
        masked = colours if config.within_frame else 0
        # The pixels of the frame itself enter here and nowhere else: without the centre.
        self.seen = MaskedConv(colours, width, 7, colours, own=False) if masked else None
        self.decoder = nn.Sequential(
            *(Block(width, masked_for=masked) for _ in range(config.decoder))
        )
        self.tell = _conv(width, colours * config.levels, 1, 1, masked)

    def begin(self, count: int) -> Memory:
        """The memory of ``count`` sequences of which nothing was seen."""
        side, like = self.config.size, self.context.weight
        nothing = like.new_zeros(count, self.config.width, side, side)
        return nothing, nothing

    def watch(self, pictures: Tensor, memory: Memory) -> list[Memory]:
        """The memory after each of (N, T, C, S, S) frames."""
        count, steps = pictures.shape[:2]
        gates = self.memory.seen(self.encoder(pictures.flatten(0, 1)))
        each = gates.view(count, steps, *gates.shape[1:])
        found = []
        for step in range(steps):
            memory = self.memory(each[:, step], memory)
            found.append(memory)
        return found

    def logits(self, outputs: Tensor, pictures: Tensor) -> Tensor:
        """(N, C, L, S, S) log odds of each level.

        Args:
            outputs: (N, width, S, S) of the memory before the frames.
            pictures: (N, C, S, S), the frames themselves; a pixel's odds depend on those above
                and to the left of it alone, and on none in the baseline.
        """
        h = self.context(outputs)
        if self.seen is not None:
            h = h + self.seen(pictures)
        told: Tensor = self.tell(self.decoder(h))
        config = self.config
        return told.view(len(told), config.channels, config.levels, config.size, config.size)

    def nats(self, pictures: Tensor) -> Tensor:
        """(N, T, C, S, S) negative log likelihood of each value of (N, T, C, S, S) frames."""
        count, steps = pictures.shape[:2]
        start = self.begin(count)
        seen = self.watch(pictures[:, :-1], start) if steps > 1 else []
        outputs = torch.stack([start[0], *(output for output, _ in seen)], 1)
        told = self.logits(outputs.flatten(0, 1), pictures.flatten(0, 1)).float()
        targets = self.levels(pictures).flatten(0, 1)
        cost = F.cross_entropy(told.transpose(1, 2), targets, reduction="none")
        return cost.view(count, steps, *cost.shape[1:])

    def levels(self, pictures: Tensor) -> Tensor:
        """Pictures in [0, 1] as whole levels, int64."""
        return torch.round(pictures * (self.config.levels - 1)).long()

    def quantised(self, pictures: Tensor) -> Tensor:
        """Pictures in [0, 1] with whole levels only."""
        return torch.round(pictures * (self.config.levels - 1)) / (self.config.levels - 1)
