"""What FOMM minimises: perceptual reconstruction and equivariance of keypoints.

Siarohin et al. 2019, section 3.4. Weights are those of the paper unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.exact import exact
from motionstudio.models.fomm import FOMM, Keypoints
from motionstudio.models.fomm_discriminator import Discriminator, adversary_terms
from motionstudio.models.fomm_features import PerceptualLoss
from motionstudio.models.fomm_geometry import coordinate_grid, in_pixels, inverse_2x2
from motionstudio.models.fomm_parts import KnownParts, part_terms
from motionstudio.models.genlmm_objective import field_error


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

    @exact
    def __call__(self, points: Tensor) -> Tensor:
        """(B, n, 2) transformed."""
        moved = points @ self.theta[:, :, :2].mT + self.theta[:, None, :, 2]
        distance = (points[:, :, None] - self.control).abs().sum(-1)
        bend = distance.square() * torch.log(distance + 1e-6)
        found: Tensor = moved + torch.einsum("bnc,bc->bn", bend, self.weights)[..., None]
        return found

    @exact
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


@exact
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


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the terms; those of the paper are 10, and 1 or 0 for the adversarial one.

    ``field`` is not in the paper: it weighs the end-point error of the dense motion, in pixels,
    where the true displacement is known, for generated subjects with thin limbs. Nor are
    ``parts``, ``matrices``, ``masks`` and ``occlusion``, see ``fomm_parts``.
    """

    perceptual: float = 10.0
    value: float = 10.0
    jacobian: float = 10.0
    field: float = 0.0
    adversarial: float = 0.0
    feature_matching: float = 10.0
    parts: float = 0.0
    matrices: float = 0.0
    masks: float = 0.0
    occlusion: float = 0.0


class Outcome(NamedTuple):
    """One evaluation of the generator's objective.

    Attributes:
        loss: what is minimised. ``terms``: its parts before their weights, for people.
        made: (B, C, H, W), the driving pictures as made from the sources.
        points: (B, K, 2), keypoints of the driving pictures.
    """

    loss: Tensor
    terms: dict[str, Tensor]
    made: Tensor
    points: Tensor


@dataclass(frozen=True, slots=True)
class Judges:
    """What pictures are judged by.

    Attributes:
        perceptual: compares made with true pictures.
        weights: of all terms.
        discriminator: is to be taken in, or None.
    """

    perceptual: PerceptualLoss
    weights: LossWeights = field(default_factory=LossWeights)
    discriminator: Discriminator | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of generated pairs, which the paper does without.

    Attributes:
        field: (B, 2, h, h) backward displacement from driving to source in pixels of the
            pictures, NaN where unknown, or None.
        parts: poses of known parts, or None.
    """

    field: Tensor | None = None
    parts: KnownParts | None = None


def objective(
    network: FOMM,
    judges: Judges,
    source: Tensor,
    driving: Tensor,
    transform: ThinPlate,
    truth: Truth | None = None,
    generator_alone: bool = False,
) -> Outcome:
    """The generator's loss of (B, C, H, W) pairs of frames of the same clip.

    With ``generator_alone`` the detector learns nothing, and equivariance is not looked at.
    """
    truth, weights = truth or Truth(), judges.weights
    with torch.set_grad_enabled(not generator_alone):
        both = network.kp_detector(torch.cat([source, driving]))
    start, goal = _halves(both)
    made, motion = network.generator(source, start, goal)
    terms = {"perceptual": judges.perceptual(made, driving)}
    if not generator_alone:
        moved = network.kp_detector(transform.warp(driving, network.config.align_corners))
        terms["value"], terms["jacobian"] = equivariance(goal, moved, transform)
    if judges.discriminator is not None:
        terms |= adversary_terms(judges.discriminator, made, driving, goal.value)
    if truth.field is not None and weights.field:
        terms["field"] = field_error(in_pixels(motion.deformation, source.shape[-1]), truth.field)
    if truth.parts is not None:
        terms |= part_terms(both, motion, truth.parts)
    loss = torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()
    said = {name: term.detach() for name, term in terms.items()}
    said["l1"] = (made - driving).abs().mean().detach()
    return Outcome(loss, said, made, goal.value)


def _halves(points: Keypoints) -> tuple[Keypoints, Keypoints]:
    values = points.value.chunk(2)
    matrices = (None, None) if points.jacobian is None else points.jacobian.chunk(2)
    return Keypoints(values[0], matrices[0]), Keypoints(values[1], matrices[1])
