"""Motion templates: a motion in a file, ready to move pictures without the clip it came from.

One file, ``.safetensors`` (small, exact) or ``.json`` (readable anywhere), with the arrays of a
saved motion, the names of its dimensions, its reference and its period; never a pickle, and
nothing about the clip's file. A ``.npz`` that ``motionstudio encode`` wrote serves as well, and so
does the motion matrix of an export: both lack only the reference, which then is the first row at
rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from motionstudio.core.bounded_text import refuse_endless
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind, plain_dim_name
from motionstudio.io.atomic import whole_file
from motionstudio.io.limits import check_bytes
from motionstudio.io.motion_file import (
    TEMPLATE_SUFFIXES,
    load_motion,
    motion_arrays,
    motion_from,
    save_motion,
)
from motionstudio.io.npy_header import member_headers
from motionstudio.io.problems import reading

KIND = "motionstudio motion template"
_TEXTS = ("rows", "cyclic", "model", "model_hash", "motion_format")
_LENGTH = 8
_HEADER_LIMIT = 1 << 24
_HEAD = 512
_OTHER = "Choose a motion that was exported here, or by motionstudio encode."


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A motion that stands by itself.

    Attributes:
        name: for people.
        motion: row t for frame t; what it needs beside the rows is in its ``state``.
        reference: the row that is at rest.
        period: seconds of the closed cycle, where the times do not tell, or None.
        names: D names of the dimensions.
    """

    name: str
    motion: Motion
    reference: int = 0
    period: float | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.reference < len(self.motion.mean):
            raise ValueError(
                f"Template: expected reference in [0, {len(self.motion.mean)}), "
                f"got {self.reference}"
            )

    @classmethod
    def of(cls, motion: Motion, name: str) -> Self:
        """A template of a motion whose first row at rest is its reference."""
        at_rest = np.flatnonzero(~motion.mean.any(axis=1))
        return cls(name, motion, int(at_rest[0]) if at_rest.size else 0)


def save_template(template: Template, path: str | Path) -> Path:
    """Write a template; the suffix decides how, the file appears whole or not at all.

    Raises:
        MotionStudioError: the place cannot be written to, or the suffix is another one.
    """
    path = Path(path)
    arrays = motion_arrays(template.motion)
    header = {"kind": KIND} | {name: str(np.asarray(arrays.pop(name))) for name in _TEXTS}
    header |= _facts(template)
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    match path.suffix.lower():
        case ".safetensors":
            with whole_file(path) as temporary:
                # Not save_file: what it writes only its owner may read.
                temporary.write_bytes(save(tensors, metadata=header))
        case ".json":
            plain = {name: _plain(array) for name, array in tensors.items()}
            text = json.dumps({**header, "arrays": plain}, allow_nan=False)
            with whole_file(path) as temporary:
                temporary.write_text(text + "\n", encoding="utf-8")
        case ".npz":
            save_motion(template.motion, path)
        case _:
            raise MotionStudioError(
                f"A motion template cannot be written as {path.name}.",
                "Give it a name that ends in .safetensors or .json.",
            )
    return path


def load_template(path: str | Path) -> Template:
    """Read a template, or the motion matrix of an export.

    Raises:
        MotionStudioError: it is none, is damaged, or comes from a later version.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in TEMPLATE_SUFFIXES:
        return Template.of(load_motion(path), path.stem)
    refuse_endless(path)
    try:
        with reading(path):
            header, arrays = (_read_json if suffix == ".json" else _read_safetensors)(path)
        texts = {name: header[name] for name in _TEXTS if name in header}
        texts["cyclic"] = header.get("cyclic") == "True"
        motion = motion_from(path, {**arrays, **texts})
        return _template(path, motion, header)
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise MotionStudioError(
            f"{path.name} is no motion template, or damaged: {error}.", _OTHER
        ) from error


def is_template(path: Path) -> bool:
    """Whether a file is a motion and not a clip, by its first bytes; False where it is unreadable.

    Archives with pictures beside a motion are clips.
    """
    suffix = path.suffix.lower()
    try:
        refuse_endless(path)
        if suffix == ".safetensors":
            return "mean" in _safetensors_header(path)
        if suffix == ".json":
            with path.open("rb") as stream:
                return KIND.encode() in stream.read(_HEAD)
        if suffix == ".npz":
            names = member_headers(path)
            return "mean" in names and "row_times" in names and "frames" not in names
    except Exception:  # noqa: BLE001 - whatever is wrong with it is said when it is opened
        return False
    return False


def _facts(template: Template) -> dict[str, str]:
    names = template.names or tuple(plain_dim_name(d) for d in range(template.motion.dims))
    return {
        "name": template.name,
        "reference": str(template.reference),
        "period": "" if template.period is None else repr(template.period),
        "dim_names": json.dumps(names),
    }


def _template(path: Path, motion: Motion, header: Mapping[str, Any]) -> Template:
    name, names = str(header.get("name") or path.stem), tuple(json.loads(header["dim_names"]))
    if motion.rows is not RowKind.FRAME:
        return Template(name, motion, 0, None, names)
    if "reference" not in header:
        plain = Template.of(motion, name)
        return Template(name, motion, plain.reference, None, names)
    period = float(header["period"]) if header.get("period") else None
    return Template(name, motion, int(header["reference"]), period, names)


def _plain(array: Any) -> dict[str, Any]:
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": array.tolist()}


def _read_json(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    check_bytes(path, path.stat().st_size)
    held = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(held, dict) or held.get("kind") != KIND:
        raise MotionStudioError(f"{path.name} is no motion template.", _OTHER)
    arrays = {
        name: np.asarray(one["values"], one["dtype"]).reshape(one["shape"])
        for name, one in held.pop("arrays").items()
    }
    return held, arrays


def _read_safetensors(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with safe_open(path, framework="numpy") as file:
        header: dict[str, str] = file.metadata() or {}
        if "mean" not in file.keys() or "dim_names" not in header:  # noqa: SIM118
            raise MotionStudioError(f"{path.name} is no motion template.", _OTHER)
        return header, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def _safetensors_header(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH), "little")
        found = json.loads(stream.read(min(length, _HEADER_LIMIT)))
    return found if isinstance(found, dict) else {}
