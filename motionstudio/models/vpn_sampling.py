"""Frames drawn pixel by pixel from a Video Pixel Network, exactly.

What a layer makes at a pixel depends on pixels before it only, so it never changes once those
are drawn: ``Cached`` keeps it, and a new pixel costs each layer one position instead of all.
``Naive`` runs the whole decoder for each value; both draw the same levels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from motionstudio.models.vpn import VPN, Block, MaskedConv, MultiplicativeUnit, gated


class Teller(Protocol):
    """Tells how likely the levels of one value of N frames are."""

    def at(self, pictures: Tensor, row: int, column: int, colour: int) -> Tensor:
        """(N, L) log odds; of ``pictures`` (N, C, S, S) only what is drawn already counts."""
        ...


TellerOf = Callable[[VPN, Tensor], Teller]
"""Makes a teller of a network and of its memory's output (N, width, S, S) before the frame."""


class Naive:
    """The whole decoder, again for every value.

    Args:
        network: what is drawn from.
        outputs: (N, width, S, S) of the memory before the frame.
    """

    def __init__(self, network: VPN, outputs: Tensor) -> None:
        self._network, self._outputs = network, outputs

    def at(self, pictures: Tensor, row: int, column: int, colour: int) -> Tensor:
        """See ``Teller``."""
        return self._network.logits(self._outputs, pictures)[:, colour, :, row, column]


class Whole:
    """For the baseline, whose pixels do not depend on each other: one pass for a frame."""

    def __init__(self, network: VPN, outputs: Tensor) -> None:
        nothing = outputs.new_zeros(len(outputs), network.config.channels, *outputs.shape[2:])
        self._logits = network.logits(outputs, nothing)

    def at(self, pictures: Tensor, row: int, column: int, colour: int) -> Tensor:
        """See ``Teller``."""
        return self._logits[:, colour, :, row, column]


class Cached:
    """Keeps what each layer made at the pixels before; see ``Naive`` for the arguments."""

    def __init__(self, network: VPN, outputs: Tensor) -> None:
        if network.seen is None:
            raise ValueError("Cached: expected a network with dependencies inside a frame")
        self._config = network.config
        self._context = network.context(outputs).permute(0, 2, 3, 1).contiguous()
        count, side = len(outputs), self._config.size
        self._seen = _Place(network.seen, outputs.new_zeros(count, side, side, 0))
        shape = outputs.new_zeros(count, side, side, 0)
        self._blocks = [
            _CachedBlock(block, shape) for block in network.decoder if isinstance(block, Block)
        ]
        self._tell = _flat(network.tell)

    def at(self, pictures: Tensor, row: int, column: int, colour: int) -> Tensor:
        """See ``Teller``; pixels are asked for in the order in which they are drawn."""
        if colour == 0:
            self._seen.keep_before(pictures, row, column)
        self._seen.keep(pictures[:, :, row, column], row, column)
        h = self._context[:, row, column] + self._seen.told(row, column)
        for block in self._blocks:
            h = block.at(h, row, column)
        told = torch.addmm(self._tell[1], h, self._tell[0])
        levels = self._config.levels
        return told[:, colour * levels : (colour + 1) * levels]


class _Place:
    """A masked convolution at one pixel after another, with the inputs that it was given."""

    def __init__(self, conv: MaskedConv, like: Tensor) -> None:
        self._reach = conv.kernel_size[1] // 2
        weight = (conv.weight * conv.mask).permute(2, 3, 1, 0)
        above, centre = weight[:-1], weight[-1, : self._reach + 1]
        self._weight = torch.cat([above.flatten(0, 2), centre.flatten(0, 1)]).contiguous()
        assert conv.bias is not None
        self._bias = conv.bias
        count, side = like.shape[:2]
        wide = side + 2 * self._reach
        self._kept = like.new_zeros(count, side + self._reach, wide, conv.in_channels)

    def keep(self, values: Tensor, row: int, column: int) -> None:
        """Remember the input (N, C) at a pixel."""
        self._kept[:, row + self._reach, column + self._reach] = values

    def keep_before(self, pictures: Tensor, row: int, column: int) -> None:
        """Remember the pixel of (N, C, S, S) that was drawn last."""
        row, column = (row, column - 1) if column else (row - 1, pictures.shape[3] - 1)
        if row >= 0:
            self.keep(pictures[:, :, row, column], row, column)

    def told(self, row: int, column: int) -> Tensor:
        """(N, out) of the convolution at a pixel."""
        reach, kept = self._reach, self._kept
        above = kept[:, row : row + reach, column : column + 2 * reach + 1]
        beside = kept[:, row + reach, column : column + reach + 1]
        seen = torch.cat([above.flatten(1), beside.flatten(1)], 1)
        return torch.addmm(self._bias, seen, self._weight)


class _CachedBlock:
    """A residual multiplicative block at one pixel after another."""

    def __init__(self, block: Block, like: Tensor) -> None:
        self._narrow, self._widen = _flat(block.narrow), _flat(block.widen)
        self._units = [_Place(_masked(unit), like) for unit in (block.first, block.second)]

    def at(self, h: Tensor, row: int, column: int) -> Tensor:
        """(N, width) to the same."""
        made = torch.addmm(self._narrow[1], h, self._narrow[0])
        for unit in self._units:
            unit.keep(made, row, column)
            made = gated(unit.told(row, column), made, 1)
        return h + torch.addmm(self._widen[1], made, self._widen[0])


def _masked(unit: MultiplicativeUnit) -> MaskedConv:
    if not isinstance(unit.conv, MaskedConv):
        raise TypeError("Cached: expected masked convolutions in the decoder")
    return unit.conv


def _flat(conv: torch.nn.Module) -> tuple[Tensor, Tensor]:
    """Weight (in, out) and bias of a masked 1 x 1 convolution."""
    if not isinstance(conv, MaskedConv) or conv.bias is None:
        raise TypeError("Cached: expected masked convolutions in the decoder")
    return (conv.weight * conv.mask)[:, :, 0, 0].T.contiguous(), conv.bias


def teller_of(network: VPN, outputs: Tensor) -> Teller:
    """The fastest exact teller of a network."""
    if network.config.within_frame:
        return Cached(network, outputs)
    return Whole(network, outputs)


def draw(
    teller: Teller,
    pictures: Tensor,
    chance: Tensor,
    temperature: float,
    levels: int,
    watch: Callable[[int, int], None],
) -> None:
    """Draw all values of ``pictures`` in place, row by row.

    Args:
        teller: how likely levels are.
        pictures: (N, C, S, S), overwritten by levels in [0, 1].
        chance: (N, C, S, S) uniform in [0, 1): the same chance draws the same levels.
        temperature: of the odds; 0 takes the likeliest level.
        levels: L.
        watch: called with row and column of each pixel that is drawn; may raise.
    """
    _, colours, rows, columns = pictures.shape
    for row in range(rows):
        for column in range(columns):
            for colour in range(colours):
                told = teller.at(pictures, row, column, colour)
                level = chosen(told, chance[:, colour, row, column], temperature)
                pictures[:, colour, row, column] = level.to(pictures.dtype) / (levels - 1)
            watch(row, column)


def chosen(told: Tensor, chance: Tensor, temperature: float) -> Tensor:
    """(N,) levels that uniform ``chance`` (N,) draws from log odds (N, L)."""
    if temperature <= 0:
        return told.argmax(1)
    reached = torch.softmax(told / temperature, 1).cumsum(1)
    return (chance[:, None] >= reached[:, :-1]).sum(1)
