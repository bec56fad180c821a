"""FOMM: keypoints with local affine motions, dense motion, occlusion-aware generator.

Siarohin, Lathuiliere, Tulyakov, Ricci, Sebe: First Order Motion Model for Image Animation,
NeurIPS 2019. Names of modules are those of the official checkpoints, so that they load strictly.

Pictures are (B, C, H, W) float in [0, 1]. Coordinates are (x, y), x to the right, y down, with
-1 and +1 on the centres of the first and the last pixel. Maps are backward: from a position in
the driving picture to one in the source.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from motionstudio.models.exact import exact
from motionstudio.models.fomm_geometry import (
    coordinate_grid,
    gaussian_maps,
    inverse_2x2,
    resized,
    sample,
)
from motionstudio.models.fomm_layers import ConvBlock, Downsample, Hourglass, ResBlock


@dataclass(frozen=True, slots=True)
class FOMMConfig:
    """Shape of a FOMM checkpoint; the defaults are vox-256.

    Attributes:
        num_kp: K. ``channels``: C. ``jacobian``: whether keypoints carry a 2x2 matrix.
        single_jacobian_map: one map of matrices shared by all keypoints (mgif).
        temperature: of the softmax over positions. ``kp_pad``: padding of the 7x7 heads.
        kp_expansion, kp_features, kp_blocks, kp_scale: hourglass of the detector and the size
            it works at.
        expansion, features, down_blocks, bottleneck_blocks: of the generator.
        occlusion: whether the dense motion network predicts an occlusion map.
        motion_expansion, motion_features, motion_blocks, motion_scale: hourglass of the dense
            motion and the size it works at.
        kp_variance: of the Gaussians around keypoints, squared coordinates.
        size: side of the pictures it was trained on.
        align_corners: of the sampler, a property of the weights: True for the published files,
            which torch 1.0 trained; False where torch >= 1.3 trained on with unchanged code.
    """

    num_kp: int = 10
    channels: int = 3
    jacobian: bool = True
    single_jacobian_map: bool = False
    temperature: float = 0.1
    kp_pad: int = 0
    kp_expansion: int = 32
    kp_features: int = 1024
    kp_blocks: int = 5
    kp_scale: float = 0.25
    expansion: int = 64
    features: int = 512
    down_blocks: int = 2
    bottleneck_blocks: int = 6
    occlusion: bool = True
    motion_expansion: int = 64
    motion_features: int = 1024
    motion_blocks: int = 5
    motion_scale: float = 0.25
    kp_variance: float = 0.01
    size: int = 256
    align_corners: bool = True

    @property
    def multiple(self) -> int:
        """Sides of pictures must be multiples of this."""
        detector = round((1 << self.kp_blocks) / self.kp_scale)
        motion = round((1 << self.motion_blocks) / self.motion_scale)
        return max(detector, motion, 1 << self.down_blocks)


class Keypoints(NamedTuple):
    """Keypoints of B pictures.

    Attributes:
        value: (B, K, 2) coordinates in [-1, 1].
        jacobian: (B, K, 2, 2), how the neighbourhood is deformed, or None.
    """

    value: Tensor
    jacobian: Tensor | None


class DenseMotion(NamedTuple):
    """What the dense motion network finds.

    Attributes:
        mask: (B, K + 1, h, w), the share of every motion; motion 0 is the background.
        sparse_motion: (B, K + 1, h, w, 2), the motion of every keypoint alone.
        sparse_deformed: (B, K + 1, C, h, w), the source moved by each.
        deformation: (B, h, w, 2), backward.
        occlusion: (B, 1, h, w) in [0, 1], 0 where nothing of the source can be seen, or None.
    """

    mask: Tensor
    sparse_motion: Tensor
    sparse_deformed: Tensor
    deformation: Tensor
    occlusion: Tensor | None


class KeypointDetector(nn.Module):
    """Keypoints as the means of softmaxed maps, matrices as means under the same maps."""

    def __init__(self, config: FOMMConfig) -> None:
        super().__init__()
        self.config = config
        self.predictor = Hourglass(
            config.kp_expansion, config.channels, config.kp_blocks, config.kp_features
        )
        self.kp = nn.Conv2d(self.predictor.out, config.num_kp, 7, padding=config.kp_pad)
        self.jacobian: nn.Conv2d | None = None
        if config.jacobian:
            maps = 1 if config.single_jacobian_map else config.num_kp
            self.jacobian = nn.Conv2d(self.predictor.out, 4 * maps, 7, padding=config.kp_pad)
            nn.init.zeros_(self.jacobian.weight)
            identity = torch.tensor([1.0, 0.0, 0.0, 1.0]).repeat(maps)
            self.jacobian.bias = nn.Parameter(identity)
        if config.kp_scale != 1:
            self.down = Downsample(config.channels, config.kp_scale)

    def features(self, picture: Tensor) -> Tensor:
        """(B, F, h, w), what both heads look at."""
        small = self.down(picture) if self.config.kp_scale != 1 else picture
        found: Tensor = self.predictor(small)
        return found

    @exact
    def heat_maps(self, features: Tensor) -> Tensor:
        """(B, K, h - 6, w - 6), each sums to 1."""
        logits = self.kp(features)
        flat = torch.softmax(logits.flatten(2) / self.config.temperature, -1)
        return flat.view_as(logits)

    def forward(self, picture: Tensor) -> Keypoints:
        """Keypoints of (B, C, H, W) pictures."""
        return self._read(self.features(picture))

    @exact
    def _read(self, features: Tensor) -> Keypoints:
        heat = self.heat_maps(features)
        grid = coordinate_grid(heat.shape[-2], heat.shape[-1], heat)
        value = torch.einsum("bkhw,hwc->bkc", heat, grid)
        if self.jacobian is None:
            return Keypoints(value, None)
        batch, count, height, width = heat.shape
        maps = self.jacobian(features).view(batch, -1, 4, height, width)
        matrices = torch.einsum("bkhw,bkchw->bkc", heat, maps.expand(-1, count, -1, -1, -1))
        return Keypoints(value, matrices.view(batch, count, 2, 2))


class DenseMotionNetwork(nn.Module):
    """From keypoints of two pictures to one backward motion of every pixel."""

    def __init__(self, config: FOMMConfig) -> None:
        super().__init__()
        self.config = config
        channels = (config.num_kp + 1) * (config.channels + 1)
        self.hourglass = Hourglass(
            config.motion_expansion, channels, config.motion_blocks, config.motion_features
        )
        self.mask = nn.Conv2d(self.hourglass.out, config.num_kp + 1, 7, padding=3)
        self.occlusion = (
            nn.Conv2d(self.hourglass.out, 1, 7, padding=3) if config.occlusion else None
        )
        if config.motion_scale != 1:
            self.down = Downsample(config.channels, config.motion_scale)

    def small(self, source: Tensor) -> Tensor:
        """(B, C, h, w): the source at the size this network works at."""
        return self.down(source) if self.config.motion_scale != 1 else source

    def forward(self, small: Tensor, source: Keypoints, driving: Keypoints) -> DenseMotion:
        """Dense motion; the ``small`` source and its keypoints may have B = 1."""
        height, width = small.shape[-2:]
        variance, count = self.config.kp_variance, len(driving.value)
        heat = gaussian_maps(driving.value, height, width, variance)
        heat = heat - gaussian_maps(source.value, height, width, variance)
        heat = F.pad(heat, (0, 0, 0, 0, 1, 0))[:, :, None]
        motions = sparse_motions(source, driving, height, width)
        copies = small[:, None].expand(count, motions.shape[1], -1, -1, -1)
        moved = sample(copies.flatten(0, 1), motions.flatten(0, 1), self.config.align_corners)
        moved = moved.view(count, -1, *moved.shape[1:])
        features = self.hourglass(torch.cat([heat, moved], 2).flatten(1, 2))
        mask = torch.softmax(self.mask(features), 1)
        deformation = _blended(mask, motions)
        occlusion = None if self.occlusion is None else torch.sigmoid(self.occlusion(features))
        return DenseMotion(mask, motions, moved, deformation, occlusion)


@exact
def _blended(mask: Tensor, motions: Tensor) -> Tensor:
    return torch.einsum("bkhw,bkhwc->bhwc", mask, motions)


@exact
def sparse_motions(source: Keypoints, driving: Keypoints, height: int, width: int) -> Tensor:
    """(B, K + 1, H, W, 2): background, then ``p_S + J_S J_D^-1 (z - p_D)`` (paper, eq. 4, 5)."""
    grid = coordinate_grid(height, width, driving.value)
    offset = grid - driving.value[:, :, None, None]
    if source.jacobian is not None and driving.jacobian is not None:
        matrix = source.jacobian @ inverse_2x2(driving.jacobian)
        offset = torch.einsum("bkij,bkhwj->bkhwi", matrix, offset)
    moved = offset + source.value[:, :, None, None]
    return torch.cat([grid.expand(len(moved), 1, -1, -1, -1), moved], 1)


class Generator(nn.Module):
    """Encodes the source, moves its features, hides what is occluded, and decodes."""

    def __init__(self, config: FOMMConfig) -> None:
        super().__init__()
        self.config = config
        widths = [
            min(config.features, config.expansion * 2**i) for i in range(config.down_blocks + 1)
        ]
        pairs = list(pairwise(widths))
        self.dense_motion_network = DenseMotionNetwork(config)
        self.first = ConvBlock(config.channels, config.expansion, 7)
        self.down_blocks = nn.ModuleList(ConvBlock(a, b, resize=0.5) for a, b in pairs)
        self.up_blocks = nn.ModuleList(ConvBlock(b, a, resize=2) for a, b in reversed(pairs))
        self.bottleneck = nn.Sequential(
            OrderedDict((f"r{i}", ResBlock(widths[-1])) for i in range(config.bottleneck_blocks))
        )
        self.final = nn.Conv2d(config.expansion, config.channels, 7, padding=3)

    def encode(self, source: Tensor) -> Tensor:
        """(B, F, h, w): features of the source, the same for every driving frame."""
        features: Tensor = self.first(source)
        for block in self.down_blocks:
            features = block(features)
        return features

    def moved(self, features: Tensor, motion: DenseMotion) -> Tensor:
        """Features of the source (B = 1 or that of ``motion``) moved, and hidden where occluded."""
        height, width = features.shape[-2:]
        grid = resized(motion.deformation.permute(0, 3, 1, 2), height, width).permute(0, 2, 3, 1)
        features = features.expand(len(grid), -1, -1, -1)
        features = sample(features, grid, self.config.align_corners)
        if motion.occlusion is None:
            return features
        return features * resized(motion.occlusion, height, width)

    def decode(self, features: Tensor) -> Tensor:
        """(B, C, H, W) in [0, 1]."""
        features = self.bottleneck(features)
        for block in self.up_blocks:
            features = block(features)
        return torch.sigmoid(self.final(features))

    def forward(
        self, picture: Tensor, source: Keypoints, driving: Keypoints
    ) -> tuple[Tensor, DenseMotion]:
        """The source moved from its keypoints to the driving ones, and by what."""
        small = self.dense_motion_network.small(picture)
        motion = self.dense_motion_network(small, source, driving)
        return self.decode(self.moved(self.encode(picture), motion)), motion


class FOMM(nn.Module):
    """Both networks of a checkpoint, under the names of the official files."""

    def __init__(self, config: FOMMConfig) -> None:
        super().__init__()
        self.config = config
        self.kp_detector = KeypointDetector(config)
        self.generator = Generator(config)
