"""From an official FOMM file to a checkpoint of ours: configuration, sampler check, card."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

from motionstudio.core.bounded_text import bounded_text
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.fomm import FOMM
from motionstudio.models.fomm_files import read_official
from motionstudio.models.fomm_model import card_of

# Of two samplers the published one is taken unless the other is better by more than this share:
# with the wrong one the error grows by a quarter at 64 pixels, less at 256.
_CLEARLY = 0.97


@dataclass(frozen=True, slots=True)
class SamplerCheck:
    """Mean absolute error of pictures made from themselves, with corners aligned and not."""

    aligned: float
    unaligned: float

    @property
    def align_corners(self) -> bool:
        """The sampler that fits the weights better; the published one in doubt."""
        return self.unaligned >= _CLEARLY * self.aligned


def import_official(
    path: Path,
    folder: Path,
    name: str,
    pictures: Float,
    params: Path | None = None,
    size: int = 256,
) -> tuple[ModelCard, SamplerCheck]:
    """Read an official file and write it as a checkpoint.

    Args:
        path: ``.pth.tar`` or ``.safetensors``.
        folder: of the checkpoint, made if absent.
        name: of the checkpoint.
        pictures: (n, C, S, S) in [0, 1], S a multiple of what the configuration needs: what
            the sampler is checked on.
        params: the official YAML file, or None: shapes tell all but the temperature.
        size: side of the pictures that the file was trained on, pixels.

    Returns:
        The card, and the errors that decided on the sampler.

    Raises:
        MotionStudioError: a file does not fit, or says what this version cannot do.
    """
    network = read_official(path, None if params is None else read_params(params))
    check = check_sampler(network, pictures)
    config = replace(network.config, align_corners=check.align_corners, size=size)
    if size % config.multiple:
        raise MotionStudioError(
            f"The size {size} does not suit {path.name}.",
            f"Its halvings need a multiple of {config.multiple}.",
        )
    weights: dict[str, NDArray[np.generic]] = {
        key: value.contiguous().numpy() for key, value in network.state_dict().items()
    }
    card = card_of(
        name,
        config,
        title=f"FOMM, imported from {path.name}",
        data=f"imported from {path.name}",
        licence="The authors state no licence for their weights: yours to clear.",
    )
    new = not folder.exists()
    try:
        return write_checkpoint(folder, card, weights), check
    except OSError as error:
        if new:
            shutil.rmtree(folder, ignore_errors=True)
        raise MotionStudioError(
            f"The checkpoint {name} could not be written: {error.strerror or error}.",
            "Make room, or choose another folder.",
        ) from error


def read_params(path: Path) -> Mapping[str, Any]:
    """The ``model_params`` of an official YAML file.

    Raises:
        MotionStudioError: it cannot be read, is no YAML, or has no such block.
    """
    try:
        plain = yaml.safe_load(bounded_text(path))
    except OSError as error:
        raise MotionStudioError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise MotionStudioError(f"{path.name} is no valid YAML.") from error
    params = plain.get("model_params") if isinstance(plain, dict) else None
    if not isinstance(params, dict):
        raise MotionStudioError(
            f"{path.name} has no block model_params.", "Give the YAML file that belongs to it."
        )
    return params


@torch.no_grad()
def check_sampler(network: FOMM, pictures: Float) -> SamplerCheck:
    """Make every picture from itself under both samplers and compare.

    The identity flow is the identity only with the sampler that the weights were trained with.
    """
    batch = torch.from_numpy(np.ascontiguousarray(pictures))
    errors = []
    for aligned in (True, False):
        other = FOMM(replace(network.config, align_corners=aligned)).eval()
        other.load_state_dict(network.state_dict())
        points = other.kp_detector(batch)
        made, _ = other.generator(batch, points, points)
        errors.append(float((made - batch).abs().mean()))
    return SamplerCheck(*errors)
