"""The latent motion matrix as arrays with named dimensions: NPZ and safetensors."""

from __future__ import annotations

import json
from collections.abc import Sequence as Items
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from motionstudio.core.motion import Motion, plain_dim_name
from motionstudio.io.atomic import whole_file
from motionstudio.io.motion_file import motion_arrays
from motionstudio.io.provenance import Provenance

_STATE = "state/"
_TEXTS = ("rows", "cyclic", "model", "model_hash", "motion_format")


def write_latents_npz(
    motion: Motion,
    path: str | Path,
    *,
    names: Items[str] | None = None,
    edited: NDArray[np.bool_] | None = None,
    provenance: Provenance | None = None,
) -> Path:
    """Write what ``load_motion`` reads, with names, edited rows and how it came about.

    Args:
        motion: the matrix.
        path: .npz file.
        names: D names of the dimensions; None: z0, z1, ...
        edited: (R,) bool; None: left out.
        provenance: goes in as JSON; None: left out.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to.
        ValueError: ``names`` does not fit the matrix.
    """
    path = Path(path)
    arrays = motion_arrays(motion) | {"dim_names": np.array(_named(motion, names))}
    if edited is not None:
        arrays["edited"] = np.asarray(edited, np.bool_)
    if provenance is not None:
        arrays["provenance"] = np.str_(json.dumps(provenance.entries()))
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
    return path


def write_latents_safetensors(
    motion: Motion,
    path: str | Path,
    *,
    names: Items[str] | None = None,
    edited: NDArray[np.bool_] | None = None,
    provenance: Provenance | None = None,
) -> Path:
    """As ``write_latents_npz``; names and facts stand in the file's header as text.

    Raises:
        MotionStudioError: the place cannot be written to.
        ValueError: ``names`` does not fit the matrix.
    """
    path = Path(path)
    arrays = motion_arrays(motion)
    header = {name: str(np.asarray(arrays.pop(name))) for name in _TEXTS}
    header["dim_names"] = json.dumps(_named(motion, names))
    header |= {} if provenance is None else provenance.entries()
    if edited is not None:
        arrays["edited"] = np.asarray(edited, np.bool_)
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with whole_file(path) as temporary:
        # Not save_file: what it writes only its owner may read.
        temporary.write_bytes(save(tensors, metadata=header))
    return path


def _named(motion: Motion, names: Items[str] | None) -> list[str]:
    given = list(names) if names else [plain_dim_name(d) for d in range(motion.dims)]
    if len(given) != motion.dims:
        raise ValueError(f"expected {motion.dims} names of dimensions, got {len(given)}")
    return given
