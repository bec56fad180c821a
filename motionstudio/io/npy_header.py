"""Shapes and types of saved arrays, read from their headers alone."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.io.limits import check_bytes

Header = tuple[tuple[int, ...], np.dtype[Any]]

_HEADER_LIMIT = 10_000
_MEMBER_LIMIT = 4096


def npy_header(stream: IO[bytes]) -> Header:
    """Shape and type of the array in ``stream``, which stands at its start.

    Raises:
        ValueError: the header is not that of a saved array.
    """
    shape, _, dtype = ordered_header(stream)
    return shape, dtype


def ordered_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether the first axis runs fastest, and type; the numbers follow in ``stream``.

    Raises:
        ValueError: the header is not that of a saved array.
    """
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        read = np.lib.format.read_array_header_1_0
    elif version == (2, 0):
        read = np.lib.format.read_array_header_2_0
    else:
        raise ValueError(f"its array format {version[0]}.{version[1]} is unknown")
    shape, columns_first, dtype = read(stream, max_header_size=_HEADER_LIMIT)
    if any(side < 0 for side in shape):
        raise ValueError("its array has a negative length")
    return shape, columns_first, dtype


def member_headers(path: Path) -> dict[str, Header]:
    """Name (without .npy), shape and type of each array in an archive, nothing unpacked.

    Args:
        path: an .npz file.

    Returns:
        Only members that are saved arrays without Python objects.

    Raises:
        MotionStudioError: the members would take more memory than allowed once unpacked, or
            there are too many of them.
    """
    headers: dict[str, Header] = {}
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > _MEMBER_LIMIT:
            raise MotionStudioError(
                f"{path.name} holds {len(members):,} parts; the limit is {_MEMBER_LIMIT:,}."
            )
        check_bytes(path, sum(member.file_size for member in members))
        for member in members:
            if not member.filename.endswith(".npy"):
                continue
            with archive.open(member) as stream:
                shape, dtype = npy_header(stream)
            if not dtype.hasobject:
                headers[member.filename.removesuffix(".npy")] = (shape, dtype)
    return headers
