"""What is measured of Video Pixel Networks: nats, leaks, kept layers, frames that do not belong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionstudio.core.clip import FLOOR
from motionstudio.core.motion import Float
from motionstudio.datasets import Sample, make
from motionstudio.models.vpn import VPN
from motionstudio.models.vpn_model import VPNModel
from motionstudio.models.vpn_sampling import Cached, Naive, TellerOf, draw

HELD_OUT = 20_000_000
"""Number of the first sequence that is measured: none was trained or validated on."""
SEED = 1


def sequences(count: int, size: int = 16, **params: object) -> list[Sample]:
    """``count`` stepping digits of 7 frames that no checkpoint was trained on."""
    settings = {"size": size, "frames": 7, "height": 7, "frames_only": True, **params}
    return [make("stepping", settings, SEED, HELD_OUT + index) for index in range(count)]


def floor_of(sample: Sample) -> float:
    """Mean nats of a frame after the first that chance alone decides."""
    return float(sample.factors[1:, sample.factor_names.index(FLOOR)].mean())


def nats_of(model: VPNModel, sample: Sample) -> float:
    """Mean nats of a frame after the first."""
    with torch.no_grad():
        nats = model.network.nats(torch.from_numpy(sample.frames)[None])
    return float(nats[0, 1:].sum((1, 2, 3)).mean())


def histogram_nats(known: Sequence[Sample], levels: int, sample: Sample) -> float:
    """The same of independent pixels that follow the histogram of ``known``."""
    shown = np.rint(np.stack([one.frames for one in known]) * (levels - 1)).astype(int)
    share = np.bincount(shown.ravel(), minlength=levels) / shown.size
    told = np.rint(sample.frames[1:] * (levels - 1)).astype(int)
    return float(-np.log(share)[told].sum() / len(told))


def largest_leak(network: VPN, picture: Float, places: int, seed: int = 0) -> float:
    """The most that odds of a value change when itself or a later one does; 0: nothing leaks.

    Args:
        network: in double precision.
        picture: (C, S, S) in [0, 1].
        places: how many values are changed.
        seed: of the choice of values and of what was remembered before.
    """
    config, rng = network.config, np.random.default_rng(seed)
    shown = torch.from_numpy(np.asarray(picture, np.float64))[None]
    outputs = torch.from_numpy(rng.standard_normal((1, config.width, config.size, config.size)))
    order = torch.arange(picture.size).view(config.size, config.size, config.channels)
    order = order.permute(2, 0, 1)
    worst = 0.0
    with torch.no_grad():
        before = network.logits(outputs, shown)[0]
        for number in rng.choice(picture.size, min(places, picture.size), replace=False):
            other = torch.where(order == number, 1 - shown + 0.1, shown)
            change = (network.logits(outputs, other)[0] - before).abs().amax(1)
            worst = max(worst, float(change[order <= number].max()))
    return worst


@dataclass(frozen=True, slots=True)
class Speed:
    """Drawing one frame with kept layers against the whole decoder for each value.

    Attributes:
        cached, naive: processor seconds of one frame.
        equal: whether both drew the same levels.
        apart: largest difference of the log odds.
    """

    cached: float
    naive: float
    equal: bool
    apart: float

    @property
    def ratio(self) -> float:
        """How many times faster the kept layers are."""
        return self.naive / self.cached


@torch.no_grad()
def drawing_speed(network: VPN, size: int = 32, seed: int = 0) -> Speed:
    """Draw one frame of ``size`` x ``size`` both ways with the weights of ``network``."""
    large = VPN(replace(network.config, size=size))
    large.load_state_dict(network.state_dict())
    large = large.float().cpu().eval()
    generator = torch.Generator().manual_seed(seed)
    shape = (1, large.config.channels, size, size)
    chance = torch.rand(shape, generator=generator)
    outputs = 0.1 * torch.randn(1, large.config.width, size, size, generator=generator)
    (kept, quick), (whole, slow) = (
        _drawn(large, outputs, chance, teller) for teller in (Cached, Naive)
    )
    apart = _apart(large, outputs, whole)
    return Speed(quick, slow, bool(torch.equal(kept, whole)), apart)


def _drawn(network: VPN, outputs: Tensor, chance: Tensor, teller: TellerOf) -> tuple[Tensor, float]:
    pictures = torch.zeros_like(chance)
    start = time.process_time()
    draw(
        teller(network, outputs), pictures, chance, 1.0, network.config.levels, lambda _i, _j: None
    )
    return pictures, time.process_time() - start


def _apart(network: VPN, outputs: Tensor, picture: Tensor) -> float:
    """Largest difference of the odds of all values of one picture, kept layers or not."""
    kept, whole = Cached(network, outputs), network.logits(outputs, picture)
    side, worst = network.config.size, 0.0
    for row in range(side):
        for column in range(side):
            for colour in range(network.config.channels):
                told = kept.at(picture, row, column, colour)
                there = whole[:, colour, :, row, column]
                worst = max(worst, float((told - there).abs().max()))
    return worst


def finds_the_foreign(model: VPNModel, sample: Sample, foreign: int) -> bool:
    """Whether the frame without which the sequence is likeliest is the one that does not belong."""
    saved = model.score(sample.frames).saved
    return saved is not None and int(np.argmax(saved)) == foreign


def pixels_off(before: Float, after: Float, levels: int) -> int:
    """Pixels of (C, S, S) ``after`` that differ from the nearest step of ``before``."""
    one, other = (np.rint(p * (levels - 1)).astype(int) for p in (before, after))
    steps = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    return min(int((_moved(one, dx, dy) != other).any(0).sum()) for dx, dy in steps)


def _moved(picture: NDArray[np.int64], dx: int, dy: int) -> NDArray[np.int64]:
    padded = np.pad(picture, ((0, 0), (1, 1), (1, 1)))
    size = picture.shape[1]
    return padded[:, 1 - dy : 1 - dy + size, 1 - dx : 1 - dx + size]
