"""Recomposing sequences: a CNN looks at pairs of frames, an LSTM composes what it saw.

Jaegle, Phillips, Ippolito and Daniilidis, "Understanding image motion with group
representations" (1612.00472, 2016; ICLR 2018). A sequence of pairs becomes one vector; sequences
that begin and end with the same frames are to give the same one, however they went there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class RecomposingConfig:
    """Sizes of the network.

    Attributes:
        size, channels: of the square pictures that it sees, C of 1 or 3.
        widths: filters of the convolutions; each but the first halves the picture.
        features: numbers that a pair of frames becomes.
        dims: D, size of the LSTM's hidden state, which is the embedding.
    """

    size: int = 32
    channels: int = 1
    widths: tuple[int, ...] = (24, 32, 48, 64)
    features: int = 64
    dims: int = 128

    def __post_init__(self) -> None:
        if not self.widths or min(self.widths) < 1:
            raise ValueError(f"recomposing: expected widths of at least 1, got {self.widths}")
        if self.size % 2 ** (len(self.widths) - 1):
            raise ValueError(
                f"recomposing: {len(self.widths)} convolutions need a size that halves "
                f"{len(self.widths) - 1} times, got {self.size}"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, S, S) of a picture."""
        return (self.channels, self.size, self.size)


class Recomposing(nn.Module):
    """The network; ``pairs`` and ``compose`` are its two halves.

    Args:
        config: sizes.
    """

    def __init__(self, config: RecomposingConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        before = 2 * config.channels
        for place, width in enumerate(config.widths):
            stride = 1 if place == 0 else 2
            layers += [
                nn.Conv2d(before, width, 3, stride, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            before = width
        side = config.size // 2 ** (len(config.widths) - 1)
        self.look = nn.Sequential(*layers)
        self.tell = nn.Linear(before * side * side, config.features)
        self.steps = nn.LSTM(config.features, config.dims, batch_first=True)
        # What sequences that come back to where they began have in common, found after training.
        self.register_buffer("identity", torch.zeros(config.dims))
        self.identity: Tensor

    def pairs(self, first: Tensor, second: Tensor) -> Tensor:
        """Features (N, F) of pairs of pictures (N, C, S, S) each, in [0, 1]."""
        both = torch.cat([first, second], 1) - 0.5
        seen: Tensor = self.tell(self.look(both).flatten(1))
        return seen

    def compose(self, features: Tensor) -> Tensor:
        """Every prefix of sequences of pairs: (N, L, F) features become (N, L, D)."""
        states: Tensor = self.steps(features)[0]
        return states


def unit(vectors: Tensor) -> Tensor:
    """The same directions, one long."""
    return F.normalize(vectors, dim=-1, eps=1e-8)
