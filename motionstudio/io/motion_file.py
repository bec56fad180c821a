"""motion.npz: a latent motion matrix on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.bounded_text import refuse_endless
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind
from motionstudio.io.atomic import whole_file
from motionstudio.io.npy_header import member_headers
from motionstudio.io.problems import reading

FORMAT_VERSION = 1
TEMPLATE_SUFFIXES = (".safetensors", ".json")
"""Of motion files that say more than the arrays: see ``io.template_file``."""
_STATE = "state/"
_OWN = "motion_"
_OF_BOTH = ("times", "cyclic")
"""Names that pictures in the same file have as well, see :func:`beside_pictures`."""
_NEEDED = ("mean", "kept", "times", "filled", "rows", "row_times")


def save_motion(motion: Motion, path: str | Path) -> Path:
    """Write ``motion`` as plain arrays; the file appears whole or not at all.

    ``.safetensors`` and ``.json`` make a motion template (``io.template_file``), any other
    suffix an .npz.

    Args:
        motion: what to save.
        path: written under exactly this name.

    Returns:
        The path written.

    Raises:
        MotionStudioError: the place cannot be written to.
    """
    path = Path(path)
    if path.suffix.lower() in TEMPLATE_SUFFIXES:
        from motionstudio.io.template_file import Template, save_template

        return save_template(Template.of(motion, path.stem), path)
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **motion_arrays(motion))
    return path


def motion_arrays(motion: Motion) -> dict[str, Any]:
    """The arrays of a saved motion by their names in the file."""
    arrays: dict[str, Any] = {
        "motion_format": np.int64(FORMAT_VERSION),
        "mean": motion.mean,
        "kept": motion.kept,
        "times": motion.times,
        "filled": motion.filled,
        "rows": np.str_(motion.rows.value),
        "row_times": motion.row_times,
        "cyclic": np.bool_(motion.cyclic),
        "model": np.str_(motion.model),
        "model_hash": np.str_(motion.model_hash),
    }
    if motion.std is not None:
        arrays["std"] = motion.std
    return arrays | {_STATE + name: np.asarray(value) for name, value in motion.state.items()}


def beside_pictures(motion: Motion, times: NDArray[np.float64]) -> dict[str, Any]:
    """The arrays of a motion in a file that also holds pictures of it.

    Args:
        motion: the whole motion.
        times: (n,) seconds of the pictures, which may be a part of the motion; the motion's own
            times and cycle then stand beside theirs.
    """
    arrays = motion_arrays(motion)
    if not np.array_equal(times, motion.times):
        for name in _OF_BOTH:
            arrays[_OWN + name] = arrays.pop(name)
    return arrays


def load_motion(path: str | Path) -> Motion:
    """Read what :func:`save_motion`, or an export of a motion, wrote.

    Raises:
        MotionStudioError: it is no motion file, is damaged, or comes from a later version.
    """
    path = Path(path)
    if path.suffix.lower() in TEMPLATE_SUFFIXES:
        from motionstudio.io.template_file import load_template

        return load_template(path).motion
    refuse_endless(path)
    with reading(path):
        headers = member_headers(path)
        missing = [name for name in _NEEDED if name not in headers]
        if missing:
            raise MotionStudioError(
                f"{path.name} is no saved motion: it has no {missing[0]}.",
                "Open a motion.npz written by encode or by the export of latents.",
            )
        with np.load(path, allow_pickle=False) as archive:
            held = {name: archive[name] for name in headers}
        held |= {name: held[_OWN + name] for name in _OF_BOTH if _OWN + name in held}
        return motion_from(path, held)


def _check_version(path: Path, held: Mapping[str, Any]) -> None:
    version = int(held.get("motion_format", np.int64(FORMAT_VERSION)))
    if version > FORMAT_VERSION:
        raise MotionStudioError(
            f"{path.name} was saved by a later version (format {version}).",
            "Update the program.",
        )


def motion_from(path: Path, held: Mapping[str, Any]) -> Motion:
    """The motion that arrays by name hold, as ``motion_arrays`` names them.

    Raises:
        MotionStudioError: they do not fit together, or come from a later version.
    """
    _check_version(path, held)
    std = held.get("std")
    mean = np.asarray(held["mean"], dtype=np.float32)
    times = np.asarray(held["times"], dtype=np.float64)
    row_times = np.asarray(held["row_times"], dtype=np.float64)
    if mean.ndim != 2 or row_times.shape != (len(mean), 2) or not np.isfinite(mean).all():
        raise MotionStudioError(
            f"{path.name} is damaged: its mean {mean.shape} and row_times {row_times.shape} "
            "do not fit, or values are not finite."
        )
    return Motion(
        mean=mean,
        std=None if std is None else np.asarray(std, dtype=np.float32),
        kept=np.asarray(held["kept"], dtype=np.bool_),
        times=times,
        rows=RowKind(str(held["rows"])),
        row_times=row_times,
        filled=np.asarray(held["filled"], dtype=np.bool_),
        cyclic=bool(held.get("cyclic", np.bool_(False))),
        model=str(held.get("model", "")),
        model_hash=str(held.get("model_hash", "")),
        state={k.removeprefix(_STATE): v for k, v in held.items() if k.startswith(_STATE)},
    )
