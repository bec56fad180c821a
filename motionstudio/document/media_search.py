"""Looks for media that are not where a project names them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.media_places import read_media
from motionstudio.document.subject import MediaRef, Subject
from motionstudio.io.atomic import Tick, advance, always
from motionstudio.io.fingerprint import Fingerprints

_MOST_PLACES = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class FoundMedia:
    """A file for a subject.

    Attributes:
        subject_id: whose.
        media: where the frames are, as they are to be used. ``clip``: those frames.
        same: whether it is the very file that was there before.
    """

    subject_id: str
    media: MediaRef
    clip: Clip
    same: bool


def media_at(subject: Subject, path: Path, hashes: Fingerprints | None = None) -> FoundMedia:
    """A file or folder that somebody chose for a subject.

    Raises:
        MotionStudioError: it cannot be read, or its frames do not fit the subject.
    """
    digest = (hashes or Fingerprints()).of(path)
    known = subject.media.sha256
    media = replace(subject.media, path=str(path), sha256=digest)
    clip = read_media(media, as_stored=subject.clip.channels == 3)
    wanted, found = (1 if subject.held else len(subject.clip)), len(clip)
    if found != wanted and not (subject.held and found):
        raise MotionStudioError(
            f"{path.name} gives {found} frames, but {subject.name} has {wanted}.",
            "Choose the file that the project was made with.",
        )
    return FoundMedia(subject.id, media, clip, same=not known or digest == known)


def search_folder(
    subjects: Sequence[Subject], folder: Path, tick: Tick = always
) -> tuple[FoundMedia, ...]:
    """The media of these subjects in a folder or below, by name and content.

    A file of the right name counts when its content is what it was; one of another name when
    its content and suffix are.

    Args:
        subjects: whose media are missing.
        folder: to look in.
        tick: told the fraction done, of unknown speed; answers False to cancel.

    Raises:
        Cancelled: the tick answered False.
        MotionStudioError: the folder cannot be looked through.
    """
    hashes, found = Fingerprints(), []
    places = _places(folder, tick)
    for number, subject in enumerate(subjects):
        path = _find(subject.media, places, hashes, tick)
        if path is not None:
            try:
                found.append(media_at(subject, path, hashes))
            except MotionStudioError:
                continue  # It has the name but cannot be read: as good as not found.
        advance(tick, (number + 1) / len(subjects))
    return tuple(found)


def _find(media: MediaRef, places: list[Path], hashes: Fingerprints, tick: Tick) -> Path | None:
    name = Path(media.path).name
    suffix = Path(name).suffix.lower()
    named = [path for path in places if path.name == name]
    if not media.sha256:
        return named[0] if named else None
    like = [path for path in places if path.suffix.lower() == suffix and path not in set(named)]
    for path in (*named, *like):
        advance(tick, 0.0)
        try:
            if hashes.of(path) == media.sha256:
                return path
        except MotionStudioError:
            continue
    return None


def _places(folder: Path, tick: Tick) -> list[Path]:
    """Files and folders below, in a fixed order; the folder itself comes first."""
    places = [folder]
    for place, folders, names in os.walk(folder):
        advance(tick, 0.0)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        places += [Path(place, name) for name in (*folders, *sorted(names))]
        if len(places) > _MOST_PLACES:
            raise MotionStudioError(
                f"{folder.name} holds more than {_MOST_PLACES:,} files.",
                "Choose a smaller folder.",
            )
    return places
