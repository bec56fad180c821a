"""Spatio-temporal video autoencoder with differentiable memory (Patraucean, Handa, Cipolla 2015).

A convolutional LSTM remembers what it has seen; a small head turns its memory into the dense flow
from the frame that comes next back to the frame at hand; that flow bends the frame into a
prediction. Everything is learned from the error of the next frame. Layer sizes and the untied first
step follow the authors' released code (github viorik/ConvLSTM), reduced to small pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from motionstudio.models.warp import resize_field, warp

WARPS = ("pixels", "features")
GATES = ("input", "forget", "output")


@dataclass(frozen=True, slots=True)
class STAEConfig:
    """Sizes of the networks, and what is bent.

    Attributes:
        channels, size: of the square picture (C, S, S); S is a multiple of 8.
        dims: D, components of the pooled memory that people edit.
        features: channels of the encoder's output. ``memory``: channels of the memory.
        kernel, memory_kernel, flow_kernel: sides of the filters, odd.
        reach: the longest flow per axis, in pixels of the memory's grid, half those of the picture.
        spread: how far, in pixels of a picture of 32, the flow of textured places fills plain ones
            when frames are made, see ``stae_flow.filled``; 0: the flow as the network gives it.
        warp: ``pixels``: the upsampled flow bends the frame itself. ``features``: the flow bends
            the encoder's features, which a decoder turns into the frame, as in the paper.
    """

    channels: int = 1
    size: int = 32
    dims: int = 16
    features: int = 16
    memory: int = 32
    kernel: int = 5
    memory_kernel: int = 3
    flow_kernel: int = 7
    reach: float = 8.0
    spread: float = 3.0
    warp: str = "pixels"

    def __post_init__(self) -> None:
        if self.warp not in WARPS:
            raise ValueError(f"STAEConfig: expected warp of {WARPS}, got {self.warp!r}")
        if self.size % 8 or self.size < 8:
            raise ValueError(f"STAEConfig: expected a size that 8 divides, got {self.size}")
        sides = (self.kernel, self.memory_kernel, self.flow_kernel)
        if any(side % 2 == 0 for side in sides):
            raise ValueError(f"STAEConfig: expected odd filters, got {sides}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, S, S)."""
        return self.channels, self.size, self.size

    @property
    def grid(self) -> int:
        """Side of the memory's grid."""
        return self.size // 2

    @property
    def pooled(self) -> int:
        """Side of the pooled memory: averages over 4 x 4 of its places."""
        return self.grid // 4


@dataclass(frozen=True, slots=True)
class Memory:
    """What the network remembers, (N, M, g, g) each: ``hidden`` is what the flow is read from."""

    hidden: Tensor
    cell: Tensor


@dataclass(frozen=True, slots=True)
class Step:
    """One frame taken in.

    Attributes:
        memory: afterwards.
        gates: (N, 3) mean opening of the gates ``GATES``, in [0, 1]; the first step has no
            forget gate, which counts as 0.
    """

    memory: Memory
    gates: Tensor


class STAE(nn.Module):
    """Encoder, memory, flow head and, for features, decoder.

    Args:
        config: sizes.
    """

    def __init__(self, config: STAEConfig) -> None:
        super().__init__()
        self.config = config
        wide, pad = config.memory, config.memory_kernel // 2
        self.encoder = nn.Conv2d(
            config.channels, config.features, config.kernel, padding=config.kernel // 2
        )
        kernel = config.memory_kernel
        # No bias on the recurrent side, as released; the first step has weights of its own.
        self.from_input = nn.Conv2d(config.features, 4 * wide, kernel, padding=pad)
        self.from_memory = nn.Conv2d(wide, 4 * wide, kernel, padding=pad, bias=False)
        self.from_first = nn.Conv2d(config.features, 3 * wide, kernel, padding=pad)
        side = config.flow_kernel
        self.flow_head = nn.Sequential(
            nn.Conv2d(wide, 2, side, padding=side // 2),
            nn.Conv2d(2, 2, side, padding=side // 2),
            nn.Conv2d(2, 2, 1),
        )
        self.decoder = (
            nn.Conv2d(config.features, config.channels, config.kernel, padding=config.kernel // 2)
            if config.warp == "features"
            else None
        )
        self._begin()

    def _begin(self) -> None:
        for layer in (self.from_input, self.from_memory, self.from_first):
            nn.init.uniform_(layer.weight, -0.08, 0.08)
        for biased in (self.from_input, self.from_first):
            assert biased.bias is not None
            nn.init.zeros_(biased.bias)
        assert self.from_input.bias is not None
        with torch.no_grad():  # To remember is the better beginning (Jozefowicz et al. 2015).
            self.from_input.bias[self.config.memory : 2 * self.config.memory] = 1.0
        last = self.flow_head[-1]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def features(self, frames: Tensor) -> Tensor:
        """(N, F, g, g) of frames (N, C, S, S)."""
        return F.max_pool2d(torch.tanh(self.encoder(frames)), 2)

    def step(self, features: Tensor, memory: Memory | None) -> Step:
        """Take in one frame; ``memory`` is None for the first."""
        wide = self.config.memory
        if memory is None:
            parts = self.from_first(features)
            opened, shown = torch.sigmoid(parts[:, :wide]), torch.sigmoid(parts[:, wide : 2 * wide])
            cell = opened * torch.tanh(parts[:, 2 * wide :])
            kept = torch.zeros_like(opened)
        else:
            parts = self.from_input(features) + self.from_memory(memory.hidden)
            opened, kept, shown = torch.sigmoid(parts[:, : 3 * wide]).chunk(3, 1)
            cell = kept * memory.cell + opened * torch.tanh(parts[:, 3 * wide :])
        means = torch.stack([gate.mean((1, 2, 3)) for gate in (opened, kept, shown)], 1)
        return Step(Memory(shown * torch.tanh(cell), cell), means)

    def flow(self, hidden: Tensor) -> Tensor:
        """(N, 2, g, g) backward flow from the next frame, pixels of the memory's grid."""
        reach = self.config.reach
        found: Tensor = self.flow_head(hidden)
        return found.clamp(-reach, reach)

    def displacement(self, flow: Tensor) -> Tensor:
        """``flow`` as (N, 2, S, S) in pixels of the picture."""
        return resize_field(flow, self.config.size, self.config.size)

    def bent(self, frames: Tensor, features: Tensor, flow: Tensor) -> Tensor:
        """(N, C, S, S) what comes next: ``frames``, or their ``features``, moved by ``flow``."""
        if self.decoder is None:
            return warp(frames, self.displacement(flow))
        moved = F.interpolate(warp(features, flow), scale_factor=2, mode="nearest")
        made: Tensor = self.decoder(moved)
        return made

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Predictions (B, T-1, C, S, S) of frames 1 to T-1 and flows (B, T-1, 2, g, g).

        Args:
            frames: (B, T, C, S, S), of which the last is not looked at.
        """
        memory: Memory | None = None
        made, flows = [], []
        for t in range(frames.shape[1] - 1):
            features = self.features(frames[:, t])
            memory = self.step(features, memory).memory
            flow = self.flow(memory.hidden)
            made.append(self.bent(frames[:, t], features, flow))
            flows.append(flow)
        return torch.stack(made, 1), torch.stack(flows, 1)


def pool_memory(hidden: Tensor) -> Tensor:
    """(N, M * p * p) means over 4 x 4 places of (N, M, g, g)."""
    return F.avg_pool2d(hidden, 4).flatten(1)


def spread_memory(pooled: Tensor, config: STAEConfig) -> Tensor:
    """(N, M, g, g) whose pooled memory is (N, M * p * p): every place its mean."""
    side = config.pooled
    small = pooled.view(len(pooled), config.memory, side, side)
    return F.interpolate(small, scale_factor=4, mode="nearest")
