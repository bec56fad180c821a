"""Where the media of a project lie: beside it by relative path, or inside it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.missing import ClipFacts
from motionstudio.document.opening import frames_in_use
from motionstudio.document.project_zip import MEDIA, ProjectArchive
from motionstudio.document.subject import MediaRef
from motionstudio.io.atomic import whole_file, whole_folder
from motionstudio.io.fingerprint import fingerprint
from motionstudio.io.problems import plain_reason

_HEX = frozenset("0123456789abcdef")
_DIGITS = 64
_ODD = re.compile(r"[^\w. ()+-]")


def relative_path(path: str, folder: Path) -> str:
    """How a file is named in a project that lies in ``folder``: from there, with slashes.

    On another drive there is no way from there, and the whole path is kept.
    """
    try:
        return Path(os.path.relpath(os.path.abspath(path), folder)).as_posix()
    except ValueError:
        return Path(os.path.abspath(path)).as_posix()


def place_of(stored: str, folder: Path) -> Path | None:
    """The file that a project in ``folder`` names; None where it may not name it.

    A project from elsewhere must not reach for files by their whole path; only media on another
    drive are named so.
    """
    windows = PureWindowsPath(stored)
    if PurePosixPath(stored).is_absolute() or windows.drive or windows.root:
        other = os.name == "nt" and len(windows.drive) == 2
        return Path(stored) if other and windows.drive != folder.drive else None
    return Path(os.path.normpath(folder / stored))


def member_of(sha256: str, name: str) -> str:
    """The name under which a project carries a file or folder called ``name``."""
    return f"{MEDIA}{sha256}/{_ODD.sub('_', name) or 'clip'}"


class MediaShelf:
    """Copies of the media that projects carry, made when they are opened.

    Args:
        folder: where the copies lie, by the hash of their content; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, archive: ProjectArchive, media: MediaRef) -> Path:
        """The copy of what a project carries, made now unless it is there already.

        Raises:
            MotionStudioError: the project lacks it, or it is not what its name says.
        """
        name = PurePosixPath(media.path)
        digest = name.parts[1] if len(name.parts) == 3 else ""
        if f"{name.parts[0]}/" != MEDIA or len(digest) != _DIGITS or not set(digest) <= _HEX:
            raise MotionStudioError(f"The project names '{media.path}' as a part, which is none.")
        target = self._folder / digest / name.name
        inside = archive.below(f"{media.path}/")
        if not inside and media.path not in archive.members:
            raise MotionStudioError(f"The project does not hold its part {name.name}.")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            self._copy_all(archive, media.path, inside, target, digest)
        return target

    def _copy_all(
        self, archive: ProjectArchive, name: str, inside: list[str], target: Path, digest: str
    ) -> None:
        if not inside:
            with whole_file(target) as temporary:
                archive.copy(name, temporary)
                self._verify(temporary, digest)
            return
        with whole_folder(target) as temporary:
            for member in inside:
                place = temporary / member.removeprefix(f"{name}/")
                place.parent.mkdir(parents=True, exist_ok=True)
                archive.copy(member, place)
            self._verify(temporary, digest)

    def _verify(self, path: Path, digest: str) -> None:
        if fingerprint(path) != digest:
            raise MotionStudioError(f"The copy of {path.name} in the project is damaged.")


def read_media(media: MediaRef, *, as_stored: bool = False) -> Clip:
    """The frames in use of a file that is there.

    Args:
        media: which file and frames.
        as_stored: three channels stay three also where all are alike, as programs before this
            one read them.

    Raises:
        MotionStudioError: it cannot be read, or has fewer frames than the project uses.
    """
    from motionstudio.io import read_clip

    path = Path(media.path)
    chosen = media.slice_index
    clip = read_clip(path, slice_index=chosen, strip=media.strip, as_stored=as_stored)
    try:
        return frames_in_use(clip, media)
    except ValueError as error:
        raise MotionStudioError(
            f"{path.name} has {len(clip)} frames now, too few for the part that the project uses."
        ) from error


def opener(
    folder: Path, place: Callable[[MediaRef], Path | None]
) -> Callable[[MediaRef, ClipFacts], Clip]:
    """What opens the media of a project in ``folder``, or tells why they are missing.

    Args:
        folder: of the project file.
        place: where a media reference, as opened, leads; None: nowhere it may lead.
    """

    def open_media(media: MediaRef, facts: ClipFacts) -> Clip:
        try:
            return _opened(media, facts, place(media))
        except MotionStudioError as error:
            return facts.without_frames(error.message)
        except OSError as error:
            return facts.without_frames(f"{facts.name} cannot be read: {plain_reason(error)}.")

    return open_media


def _opened(media: MediaRef, facts: ClipFacts, path: Path | None) -> Clip:
    name = PureWindowsPath(media.path).name or facts.name
    if path is None:
        raise MotionStudioError(f"The project names {name} by a path that it may not use.")
    if not path.exists():
        raise MotionStudioError(f"{name} is not where it was when the project was saved.")
    clip = read_media(replace(media, path=str(path)), as_stored=facts.channels == 3)
    count, (height, width) = len(facts.times), facts.size
    if len(clip) != count:
        raise MotionStudioError(
            f"{name} had {count} frames when the project was saved, but gives {len(clip)} now."
        )
    if clip.size != facts.size:
        raise MotionStudioError(
            f"{name} had pictures of {width} x {height} pixels when the project was saved; "
            f"now it has {clip.size[1]} x {clip.size[0]}."
        )
    if clip.channels != facts.channels:
        was, now = ("grey" if one.channels == 1 else "in colour" for one in (facts, clip))
        raise MotionStudioError(f"{name} was {was} when the project was saved, and is {now} now.")
    return facts.on(clip)
