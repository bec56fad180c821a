"""The container of a project file: a zip whose members are known, bounded and never executed.

Only the manifest is compressed. Everything else is stored as it is, so that no small file can
unpack into a large one, and media can be copied out in pieces.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from motionstudio.core.bounded_text import refuse_endless
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.io.problems import plain_reason

MANIFEST = "manifest.json"
LATENTS = "latents.safetensors"
THUMBNAILS = "thumbnails/"
MEDIA = "media/"
SUFFIX = ".motion"

MAX_MEMBERS = 200_000
MAX_MANIFEST = 64 << 20
MAX_LATENTS = 1 << 30
MAX_THUMBNAIL = 4 << 20

_MAGIC = b"PK\x03\x04"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip: equal projects have equal bytes
_BLOCK = 1 << 20
_LINK = 0o120000
_HINT = "Open another version of it: File › Autosave versions, or a backup."


def is_project(path: Path) -> bool:
    """Whether a path is named like a project file."""
    return path.suffix.lower() == SUFFIX


class ProjectArchive:
    """The members of a project file, checked before the first one is read.

    Args:
        archive: open for reading.
        path: for sentences.

    Raises:
        MotionStudioError: a member is too large, compressed, misnamed or there twice.
    """

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive, self._path = archive, path
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise self._refused(f"it holds {len(members):,} parts")
        self.members = {member.filename: member for member in members}
        if len(self.members) != len(members):
            raise self._refused("it holds two parts of the same name")
        for member in members:
            self._check(member)

    def manifest(self) -> object:
        """The manifest as JSON gives it."""
        member = self._member(MANIFEST)
        with self._archive.open(member) as stream:
            # Not all that it unpacks into, where that is more than it says.
            text = stream.read(member.file_size).decode("utf-8", "surrogatepass")
        return json.loads(text, parse_constant=_no_number)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, read-only."""
        found: dict[str, NDArray[Any]] = load(self._archive.read(self._member(LATENTS)))
        for values in found.values():
            values.flags.writeable = False
        return found

    def thumbnails(self) -> dict[str, bytes]:
        """PNG files by the id of their subject."""
        return {
            name.removeprefix(THUMBNAILS).removesuffix(".png"): self._archive.read(member)
            for name, member in self.members.items()
            if name.startswith(THUMBNAILS) and name.endswith(".png")
        }

    def below(self, folder: str) -> list[str]:
        """Names of the members in a folder, which ends in ``/``, and below it."""
        return sorted(name for name in self.members if name.startswith(folder))

    def copy(self, name: str, target: Path) -> None:
        """Write a member to a file, in pieces."""
        with self._archive.open(self._member(name)) as source, target.open("wb") as stream:
            while block := source.read(_BLOCK):
                stream.write(block)

    def _member(self, name: str) -> zipfile.ZipInfo:
        found = self.members.get(name)
        if found is None:
            raise MotionStudioError(f"{self._path.name} lacks its part {name}.", _HINT)
        return found

    def _check(self, member: zipfile.ZipInfo) -> None:
        name = member.filename
        if _leads_elsewhere(member):
            raise self._refused(f"its part '{name[:80]}' would lie outside the project")
        if member.flag_bits & 1:
            raise self._refused(f"its part {name} is encrypted")
        limit = _limit(name)
        if limit is not None and member.file_size > limit:
            raise self._refused(f"its part {name} takes {member.file_size / 2**20:,.0f} MiB")
        read = limit is not None or name.startswith(MEDIA)
        if name != MANIFEST and read and member.compress_type != zipfile.ZIP_STORED:
            raise self._refused(f"its part {name} is compressed, which no project is")
        if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
            raise self._refused(f"the size of its part {name} is stated wrongly")

    def _refused(self, reason: str) -> MotionStudioError:
        return MotionStudioError(f"{self._path.name} is damaged or unsafe: {reason}.", _HINT)


class ProjectWriter:
    """Writes the members of a project file.

    Args:
        archive: open for writing.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._written: set[str] = set()

    def manifest(self, plain: object) -> None:
        """Write the manifest."""
        text = json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False)
        self._write(MANIFEST, text.encode("utf-8", "surrogatepass"), zipfile.ZIP_DEFLATED)

    def arrays(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Write the arrays."""
        self._write(LATENTS, save({k: np.ascontiguousarray(v) for k, v in arrays.items()}))

    def thumbnail(self, subject_id: str, png: bytes) -> None:
        """Write the small picture of a subject."""
        self._write(f"{THUMBNAILS}{subject_id}.png", png)

    def media(self, name: str, source: Path) -> None:
        """Copy a file into the project, in pieces; one that is there already is left alone."""
        if name in self._written:
            return
        self._written.add(name)
        member = _info(name)
        if _leads_elsewhere(member):
            raise MotionStudioError(
                f"A project cannot carry a file called {source.name!r}.", "Give it another name."
            )
        size = source.stat().st_size
        with (
            source.open("rb") as stream,
            self._archive.open(member, "w", force_zip64=size > 2**31 - 1) as target,
        ):
            while block := stream.read(_BLOCK):
                target.write(block)

    def _write(self, name: str, content: bytes, how: int = zipfile.ZIP_STORED) -> None:
        member = _info(name)
        member.compress_type = how
        self._archive.writestr(member, content)


@contextmanager
def reading_project(path: Path) -> Iterator[ProjectArchive]:
    """The members of a project file.

    Raises:
        MotionStudioError: one sentence for whatever is wrong with it.
    """
    refuse_endless(path)
    try:
        with path.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                raise MotionStudioError(
                    f"{path.name} is no MotionStudio project.", "Choose a .motion file."
                )
        with zipfile.ZipFile(path) as archive:
            yield ProjectArchive(archive, path)
    except (MotionStudioError, Cancelled):
        raise
    except Exception as error:
        raise MotionStudioError(
            f"{path.name} could not be opened: {_reason(error)}.", _HINT
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, SafetensorError):
        return "its numbers are damaged or cut off"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "its manifest is no readable text"
    if isinstance(error, zipfile.BadZipFile):
        return "it is damaged or cut off"
    return plain_reason(error)


def _limit(name: str) -> int | None:
    """Most bytes of a member; None for media, which are only ever copied."""
    if name == MANIFEST:
        return MAX_MANIFEST
    if name == LATENTS:
        return MAX_LATENTS
    return MAX_THUMBNAIL if name.startswith(THUMBNAILS) else None


def _leads_elsewhere(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename
    windows = PureWindowsPath(name)
    is_link = (member.external_attr >> 16) & 0o170000 == _LINK
    odd = "\\" in name or "\0" in name or any(ord(letter) < 32 for letter in name)
    outside = name.startswith("/") or bool(windows.drive) or ".." in PurePosixPath(name).parts
    return is_link or odd or outside


def _no_number(text: str) -> float:
    raise MotionStudioError(f"The project's manifest holds {text} where a number belongs.", _HINT)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info
