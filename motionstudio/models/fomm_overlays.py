"""What FOMM finds on its way to a picture, as maps that can be laid over it.

Maps come at the size that the dense motion network works at, which is all they hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from motionstudio.core.motion import OverlayName
from motionstudio.models.fomm import FOMM, DenseMotion, KeypointDetector, Keypoints
from motionstudio.models.fomm_geometry import resized, sample

OVERLAYS: tuple[OverlayName, ...] = (
    "heat maps", "sparse motions", "masks", "occlusion", "deformed",
)  # fmt: skip
"""Names of all maps; ``occlusion`` only where the configuration has it."""


def names_of(*, occlusion: bool) -> tuple[OverlayName, ...]:
    """The maps of a configuration."""
    return tuple(name for name in OVERLAYS if occlusion or name != "occlusion")


def overlays_of(
    network: FOMM,
    picture: Tensor,
    source: Keypoints,
    driving: Keypoints,
    names: Sequence[str],
    frame: Tensor | None,
) -> dict[str, Tensor]:
    """Maps by name for one picture; only what is asked for is computed.

    Args:
        network: in evaluation mode.
        picture: (1, C, S, S), the source.
        source: its keypoints.
        driving: keypoints of the picture that is made.
        names: some of ``OVERLAYS``.
        frame: (1, C, S, S) in which heat maps are looked for; None: the picture that is made.

    Returns:
        ``heat maps`` (K, h, w), each 1 at its peak; ``sparse motions`` (K + 1, C, h, w), the
        source moved by the background's and each keypoint's own motion; ``masks`` (K + 1, h, w);
        ``occlusion`` (1, h, w), 1 where the source can be seen; ``deformed`` (C, S, S), the source
        moved by the dense motion.
    """
    generator, side = network.generator, picture.shape[-1]
    small = generator.dense_motion_network.small(picture)
    motion: DenseMotion = generator.dense_motion_network(small, source, driving)
    found: dict[str, Tensor] = {}
    if "masks" in names or "sparse motions" in names:
        found["masks"] = motion.mask[0]
    if "sparse motions" in names:
        found["sparse motions"] = motion.sparse_deformed[0]
    if "occlusion" in names and motion.occlusion is not None:
        found["occlusion"] = motion.occlusion[0]
    if "deformed" in names:
        grid = resized(motion.deformation.permute(0, 3, 1, 2), side, side).permute(0, 2, 3, 1)
        found["deformed"] = sample(picture, grid, network.config.align_corners)[0]
    if "heat maps" in names:
        if frame is None:
            frame = generator.decode(generator.moved(generator.encode(picture), motion))
        size = (motion.mask.shape[-2], motion.mask.shape[-1])
        found["heat maps"] = heat_maps(network.kp_detector, frame, size)
    return found


def heat_maps(detector: KeypointDetector, frame: Tensor, size: tuple[int, int]) -> Tensor:
    """(K, h, w) where the detector sees each keypoint in (1, C, S, S), 1 at the peak.

    Its own maps end a few pixels inside the picture, but their first and last values stand for
    the picture's first and last pixels: so are keypoints counted, and so the maps are enlarged.
    """
    heat = detector.heat_maps(detector.features(frame))
    spread = F.interpolate(heat, size=size, mode="bilinear", align_corners=True)[0]
    peaks = spread.flatten(1).amax(1).clamp(min=1e-12)
    scaled: Tensor = spread / peaks[:, None, None]
    return scaled
