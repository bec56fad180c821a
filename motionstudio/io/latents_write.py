"""The latent motion matrix as arrays with named dimensions: NPZ and safetensors."""

from __future__ import annotations

import json
from collections.abc import Sequence as Items
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind, plain_dim_name
from motionstudio.io.atomic import whole_file
from motionstudio.io.motion_file import motion_arrays
from motionstudio.io.problems import reading
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


def load_latents_safetensors(path: str | Path) -> tuple[Motion, tuple[str, ...]]:
    """Read what ``write_latents_safetensors`` wrote: the motion and the dimensions' names.

    Raises:
        MotionStudioError: it is no such file, or damaged.
    """
    path = Path(path)
    try:
        with reading(path), safe_open(path, framework="numpy") as file:
            header: dict[str, str] = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return _motion(header, arrays), tuple(json.loads(header["dim_names"]))
    except (KeyError, ValueError, SafetensorError) as error:
        raise MotionStudioError(
            f"{path.name} is no motion matrix, or damaged: {error}.",
            "Choose a .safetensors file that MotionStudio exported.",
        ) from error


def _motion(header: dict[str, str], arrays: dict[str, NDArray[Any]]) -> Motion:
    return Motion(
        mean=arrays["mean"],
        std=arrays.get("std"),
        kept=arrays["kept"],
        times=arrays["times"],
        rows=RowKind(header["rows"]),
        row_times=arrays["row_times"],
        filled=arrays["filled"],
        cyclic=header["cyclic"] == "True",
        model=header["model"],
        model_hash=header["model_hash"],
        state={n.removeprefix(_STATE): a for n, a in arrays.items() if n.startswith(_STATE)},
    )


def _named(motion: Motion, names: Items[str] | None) -> list[str]:
    given = list(names) if names else [plain_dim_name(d) for d in range(motion.dims)]
    if len(given) != motion.dims:
        raise ValueError(f"expected {motion.dims} names of dimensions, got {len(given)}")
    return given
