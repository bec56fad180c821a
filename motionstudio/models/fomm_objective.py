"""What FOMM minimises: perceptual reconstruction and equivariance of keypoints.

Siarohin et al. 2019, section 3.4. Weights are those of the paper unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from motionstudio.models.fomm import (
    FOMM,
    Downsample,
    Keypoints,
    coordinate_grid,
    in_pixels,
    inverse_2x2,
)
from motionstudio.models.genlmm_objective import field_error

Features = Callable[[Tensor], list[Tensor]]
"""Maps (B, C, H, W) pictures to layers of features; what *perceptual* means."""

PYRAMID = (1.0, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class ThinPlate:
    """A random smooth transform of the plane: affine plus thin plates, one for each picture.

    ``T(p) = A p + b + sum_i c_i U(|x - x_i| + |y - y_i|)`` with ``U(d) = d^2 log(d + 1e-6)``,
    the same scalar for x and y, as the reference implementation has it.

    Attributes:
        theta: (B, 2, 3), A and b.
        control: (n, 2), points of a regular grid on [-1, 1]^2. ``weights``: (B, n).
    """

    theta: Tensor
    control: Tensor
    weights: Tensor

    @classmethod
    def random(
        cls,
        batch: int,
        generator: torch.Generator,
        *,
        affine: float = 0.05,
        plate: float = 0.005,
        points: int = 5,
    ) -> ThinPlate:
        """Normal noise of these standard deviations about the identity."""
        noise = torch.randn(batch, 2, 3, generator=generator) * affine
        control = coordinate_grid(points, points, noise).view(-1, 2)
        weights = torch.randn(batch, points * points, generator=generator) * plate
        return cls(noise + torch.eye(2, 3), control, weights)

    def to(self, device: torch.device) -> ThinPlate:
        """The same on another device."""
        return ThinPlate(self.theta.to(device), self.control.to(device), self.weights.to(device))

    def __call__(self, points: Tensor) -> Tensor:
        """(B, n, 2) transformed."""
        moved = points @ self.theta[:, :, :2].mT + self.theta[:, None, :, 2]
        distance = (points[:, :, None] - self.control).abs().sum(-1)
        bend = distance.square() * torch.log(distance + 1e-6)
        found: Tensor = moved + torch.einsum("bnc,bc->bn", bend, self.weights)[..., None]
        return found

    def jacobian(self, points: Tensor) -> Tensor:
        """(B, n, 2, 2): derivative at ``points``."""
        offset = points[:, :, None] - self.control
        distance = offset.abs().sum(-1)
        slope = 2 * distance * torch.log(distance + 1e-6) + distance.square() / (distance + 1e-6)
        gradient = torch.einsum("bnc,bncj,bc->bnj", slope, offset.sign(), self.weights)
        return self.theta[:, None, :, :2] + gradient[:, :, None]

    def warp(self, pictures: Tensor, align_corners: bool = True) -> Tensor:
        """(B, C, H, W): the output at z shows the picture at T(z), reflected outside."""
        height, width = pictures.shape[-2:]
        grid = coordinate_grid(height, width, pictures).view(1, -1, 2).expand(len(pictures), -1, -1)
        where = self(grid).view(-1, height, width, 2)
        warped: Tensor = F.grid_sample(
            pictures, where, mode="bilinear", padding_mode="reflection", align_corners=align_corners
        )
        return warped


def equivariance(
    driving: Keypoints, moved: Keypoints, transform: ThinPlate
) -> tuple[Tensor, Tensor]:
    """How far keypoints and matrices of a transformed picture are from the transformed ones.

    The matrix term compares ``J_D^-1 T'(p') J'`` with the identity, which shrinking all matrices
    does not satisfy (paper, eq. 12). It is 0 without matrices.
    """
    value = (driving.value - transform(moved.value)).abs().mean()
    if driving.jacobian is None or moved.jacobian is None:
        return value, value.new_zeros(())
    product = inverse_2x2(driving.jacobian) @ transform.jacobian(moved.value) @ moved.jacobian
    identity = torch.eye(2, device=product.device)
    return value, (identity - product).abs().mean()


class RandomFeatures(nn.Module):
    """Features of a fixed random network: pluggable where VGG weights are not at hand.

    Random filters tell edges and textures apart at several sizes; what they miss is meaning,
    which small pictures of figures hardly have.

    Args:
        channels: of the pictures. ``seed``: equal seeds give equal features.
    """

    def __init__(
        self, channels: int, seed: int = 0, widths: tuple[int, ...] = (24, 48, 64)
    ) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        layers = []
        for width in widths:
            layer = nn.Conv2d(channels, width, 3, padding=1)
            scale = (2 / (9 * channels)) ** 0.5
            # Filters that sum to zero answer to structure, not to brightness.
            weight = torch.randn(layer.weight.shape, generator=generator)
            weight = weight - 0.8 * weight.mean((1, 2, 3), keepdim=True)
            layer.weight = nn.Parameter(weight * scale, requires_grad=False)
            layer.bias = nn.Parameter(torch.zeros(width), requires_grad=False)
            layers.append(layer)
            channels = width
        self.layers = nn.ModuleList(layers)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """One map for each layer, each half the size of the one before."""
        found, x = [], (pictures - 0.5) * 4
        for number, layer in enumerate(self.layers):
            x = F.relu(layer(F.avg_pool2d(x, 2) if number else x))
            found.append(x)
        return found


class PerceptualLoss(nn.Module):
    """Mean absolute difference of features at several sizes of the picture, and of the pixels.

    Args:
        features: the feature network. ``channels``: of the pictures.
        pixels: weight of the plain difference, which random features need beside them.
    """

    def __init__(self, features: Features, channels: int, pixels: float = 1.0) -> None:
        super().__init__()
        self.features = features
        self.pixels = pixels
        self.downs = nn.ModuleList(
            nn.Identity() if scale == 1 else Downsample(channels, scale) for scale in PYRAMID
        )

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """A scalar; the target gives no gradient."""
        total = prediction.new_zeros(())
        for down in self.downs:
            small, goal = down(prediction), down(target).detach()
            total = total + self.pixels * (small - goal).abs().mean()
            for a, b in zip(self.features(small), self.features(goal), strict=True):
                total = total + (a - b.detach()).abs().mean()
        return total


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the terms; those of the paper are all 10.

    ``field`` is not in the paper: it weighs the end-point error of the dense motion, in pixels,
    where the true displacement is known, for generated subjects with thin limbs.
    """

    perceptual: float = 10.0
    value: float = 10.0
    jacobian: float = 10.0
    field: float = 0.0


def objective(
    network: FOMM,
    perceptual: PerceptualLoss,
    source: Tensor,
    driving: Tensor,
    transform: ThinPlate,
    weights: LossWeights,
    known: Tensor | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The generator's loss of (B, C, H, W) pairs of frames of the same clip, and its terms.

    ``known`` (B, 2, h, h) is the true backward displacement from driving to source in pixels of
    the pictures, NaN where unknown.
    """
    both = network.kp_detector(torch.cat([source, driving]))
    start, goal = _halves(both)
    prediction, motion = network.generator(source, start, goal)
    moved = network.kp_detector(transform.warp(driving, network.config.align_corners))
    value, jacobian = equivariance(goal, moved, transform)
    fit = perceptual(prediction, driving)
    loss = weights.perceptual * fit + weights.value * value + weights.jacobian * jacobian
    terms = {"perceptual": fit, "value": value, "jacobian": jacobian}
    if known is not None and weights.field:
        terms["field"] = field_error(in_pixels(motion.deformation, source.shape[-1]), known)
        loss = loss + weights.field * terms["field"]
    terms["l1"] = (prediction - driving).abs().mean()
    return loss, {name: term.detach() for name, term in terms.items()}


def _halves(points: Keypoints) -> tuple[Keypoints, Keypoints]:
    values = points.value.chunk(2)
    matrices = (None, None) if points.jacobian is None else points.jacobian.chunk(2)
    return Keypoints(values[0], matrices[0]), Keypoints(values[1], matrices[1])
