"""Keypoints and masks compared with the known parts of generated subjects.

Not in the paper, whose keypoints are found without labels. Limbs of two or three pixels give
the unsupervised objective too little to hold on to at 64 x 64, see ``docs/decisions/089``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.exact import exact
from motionstudio.models.fomm import DenseMotion, Keypoints
from motionstudio.models.fomm_geometry import inverse_2x2


@dataclass(frozen=True, slots=True)
class KnownParts:
    """Poses of n parts in pairs of pictures; NaN for pictures whose parts are unknown.

    Attributes:
        value: (2 B, n, 2) centres in [-1, 1], sources first, then driving pictures.
        jacobian: (2 B, n, 2, 2): axes; only ratios between pictures of one subject matter.
        labels: (B, S, S) long, part that each pixel of the driving picture shows: 0 the
            background, k + 1 part k, -1 unknown.
        shown: (B, S, S) long, whether the source shows what each of these pixels shows: 1, 0, and
            -1 unknown.
    """

    value: Tensor
    jacobian: Tensor
    labels: Tensor
    shown: Tensor

    @property
    def seen(self) -> Tensor:
        """(2 B,) bool: pictures whose parts are known."""
        return self.value.isfinite().all(2).all(1)

    def part(self, share: slice) -> KnownParts:
        """Those of some pairs."""
        pairs = len(self.labels)
        value, jacobian = (
            torch.cat([known[:pairs][share], known[pairs:][share]])
            for known in (self.value, self.jacobian)
        )
        return KnownParts(value, jacobian, self.labels[share], self.shown[share])

    def to(self, device: torch.device) -> KnownParts:
        """The same on another device."""
        return replace(
            self,
            value=self.value.to(device),
            jacobian=self.jacobian.to(device),
            labels=self.labels.to(device),
            shown=self.shown.to(device),
        )


def part_terms(points: Keypoints, motion: DenseMotion, known: KnownParts) -> dict[str, Tensor]:
    """Distances from the known parts, each 0 where no picture of the batch has them.

    Args:
        points: of sources and driving pictures (2 B, K, ...), K >= n; further keypoints are free.
        motion: of the B driving pictures.
        known: the poses they are compared with.

    Returns:
        ``parts``: mean absolute difference of centres. ``matrices``: of ``J_known^-1 J`` from the
        identity. ``masks``: cross entropy of the masks, half of it of the background.
        ``occlusion``: of the occlusion map with what the source shows.
    """
    seen = known.seen
    found = Keypoints(
        points.value[seen], points.jacobian[seen] if points.jacobian is not None else None
    )
    terms = pose_terms(found, known)
    labels = F.interpolate(known.labels[:, None].float(), size=motion.mask.shape[-2:])
    chances = torch.log(motion.mask.clamp_min(1e-6))
    cross = F.nll_loss(chances, labels[:, 0].long().clamp_min(0), reduction="none")[:, None]
    # Limbs fill few pixels: the subject counts as much as the background.
    terms["masks"] = 0.5 * (_mean(cross[labels == 0]) + _mean(cross[labels > 0]))
    if motion.occlusion is not None:
        terms["occlusion"] = _occlusion_term(motion.occlusion, known.shown)
    return terms


@exact
def _occlusion_term(occlusion: Tensor, known: Tensor) -> Tensor:
    shown = F.interpolate(known[:, None].float(), size=occlusion.shape[-2:])
    cross = F.binary_cross_entropy(occlusion, shown.clamp_min(0), reduction="none")
    # Not balanced: what is hidden is rare, and features are multiplied by these very numbers.
    return _mean(cross[shown >= 0])


@exact
def pose_terms(points: Keypoints, known: KnownParts) -> dict[str, Tensor]:
    """``parts`` and ``matrices`` of keypoints of those pictures alone that ``known.seen`` names."""
    seen, count = known.seen, known.value.shape[1]
    terms = {"parts": _mean(points.value[:, :count] - known.value[seen])}
    if points.jacobian is not None:
        product = inverse_2x2(known.jacobian[seen]) @ points.jacobian[:, :count]
        terms["matrices"] = _mean(product - torch.eye(2, device=product.device))
    return terms


def _mean(difference: Tensor) -> Tensor:
    return difference.abs().sum() / max(difference.numel(), 1)
