"""FOMM's patch discriminator and the adversarial terms: least squares and matched features.

Siarohin et al. 2019, section 3.4, as the official checkpoints have it: convolutions 4 x 4
without padding, so that every number of the map judges one patch. Names of modules are those of
the official files. The game is that of least squares (LSGAN): real is 1, made is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import spectral_norm

from motionstudio.models.fomm_geometry import gaussian_maps
from motionstudio.models.fomm_layers import Downsample

_SLOPE = 0.2
_VARIANCE = 0.01


@dataclass(frozen=True, slots=True)
class DiscriminatorConfig:
    """Shape of the discriminator; the defaults are vox-adv.

    Attributes:
        scales: sizes of the picture that are judged, 1 for the picture itself.
        expansion: half the channels of the first block; each block doubles them up to
            ``features``. ``blocks``: how many.
        spectral_norm: convolutions divided by their largest singular value.
        keypoints: whether it sees a Gaussian around every keypoint beside the picture.
    """

    scales: tuple[float, ...] = (1.0,)
    expansion: int = 32
    features: int = 512
    blocks: int = 4
    spectral_norm: bool = False
    keypoints: bool = True

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> DiscriminatorConfig:
        """The configuration that ``values`` name.

        Raises:
            KeyError: a name that no field has; its argument is the name.
        """
        known = {item.name for item in fields(cls)}
        for name in values:
            if name not in known:
                raise KeyError(name)
        plain: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
        }
        return cls(**plain)


class Verdict(NamedTuple):
    """What the discriminator says of B pictures at one scale.

    Attributes:
        features: one (B, C, h, w) for each block. ``patches``: (B, 1, h, w), 1 is real.
    """

    features: list[Tensor]
    patches: Tensor


class _Block(nn.Module):
    def __init__(self, channels: int, out: int, *, norm: bool, pool: bool, spectral: bool) -> None:
        super().__init__()
        self.conv = _conv(channels, out, 4, spectral)
        self.norm = nn.InstanceNorm2d(out, affine=True) if norm else None
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = F.leaky_relu(x if self.norm is None else self.norm(x), _SLOPE)
        return F.avg_pool2d(x, 2) if self.pool else x


class PatchDiscriminator(nn.Module):
    """Judges patches of pictures of one size.

    Args:
        config: its shape. ``channels``: of what it sees, maps of keypoints included.
    """

    def __init__(self, config: DiscriminatorConfig, channels: int) -> None:
        super().__init__()
        widths = [
            min(config.features, config.expansion * 2**i) for i in range(1, config.blocks + 1)
        ]
        ins = [channels, *widths[:-1]]
        last = config.blocks - 1
        self.down_blocks = nn.ModuleList(
            _Block(a, b, norm=i > 0, pool=i < last, spectral=config.spectral_norm)
            for i, (a, b) in enumerate(zip(ins, widths, strict=True))
        )
        self.conv = _conv(widths[-1], 1, 1, config.spectral_norm)

    def forward(self, x: Tensor) -> Verdict:
        """Features of every block, and the map of patches."""
        found = []
        for block in self.down_blocks:
            x = block(x)
            found.append(x)
        return Verdict(found, self.conv(x))


class Discriminator(nn.Module):
    """One patch discriminator for every scale.

    Args:
        config: its shape. ``channels``: of the pictures. ``num_kp``: of the keypoints it sees.
    """

    def __init__(self, config: DiscriminatorConfig, channels: int, num_kp: int) -> None:
        super().__init__()
        self.config = config
        seen = channels + (num_kp if config.keypoints else 0)
        names = [str(scale if scale % 1 else int(scale)) for scale in config.scales]
        self.discs = nn.ModuleDict(
            {name.replace(".", "-"): PatchDiscriminator(config, seen) for name in names}
        )
        self._downs = nn.ModuleList(
            nn.Identity() if scale == 1 else Downsample(channels, scale) for scale in config.scales
        )

    def forward(self, pictures: Tensor, keypoints: Tensor) -> list[Verdict]:
        """Verdicts of (B, C, H, W) pictures, seen with their (B, K, 2) keypoints."""
        found = []
        for disc, down in zip(self.discs.values(), self._downs, strict=True):
            x = down(pictures)
            if self.config.keypoints:
                height, width = x.shape[-2:]
                x = torch.cat([x, gaussian_maps(keypoints, height, width, _VARIANCE)], 1)
            found.append(disc(x))
        return found


def adversary_terms(
    discriminator: Discriminator, made: Tensor, real: Tensor, keypoints: Tensor
) -> dict[str, Tensor]:
    """What the generator wants: to be taken for real, with the features of the real.

    Keypoints are those of the driving pictures and get no gradient from here.
    """
    points = keypoints.detach()
    found = discriminator(made, points)
    with torch.no_grad():
        goal = discriminator(real, points)
    game = [(1 - verdict.patches).square().mean() for verdict in found]
    matched = [
        (a - b).abs().mean()
        for one, other in zip(found, goal, strict=True)
        for a, b in zip(one.features, other.features, strict=True)
    ]
    return {"adversarial": _sum(game), "feature_matching": _sum(matched)}


def discriminator_loss(
    discriminator: Discriminator, made: Tensor, real: Tensor, keypoints: Tensor
) -> Tensor:
    """What the discriminator wants: to call the real 1 and the made 0; only it gets gradients."""
    points = keypoints.detach()
    judged = zip(discriminator(real, points), discriminator(made.detach(), points), strict=True)
    return _sum([((1 - a.patches).square() + b.patches.square()).mean() for a, b in judged])


def _sum(terms: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(terms)).sum()


def _conv(channels: int, out: int, kernel: int, spectral: bool) -> nn.Module:
    conv = nn.Conv2d(channels, out, kernel)
    # The older of torch's two, whose state dict is that of the official files.
    return spectral_norm(conv) if spectral else conv
