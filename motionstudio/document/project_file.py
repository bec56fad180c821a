"""``name.motion``: a project on disk. See docs/projects.md for the format."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.held import unheld
from motionstudio.core.locations import user_cache_dir
from motionstudio.document.change import ProjectState
from motionstudio.document.label_places import LabelsIn, LabelsOut, with_label_files
from motionstudio.document.media_places import (
    MediaShelf,
    member_of,
    opener,
    place_of,
    relative_path,
)
from motionstudio.document.plain import Plain
from motionstudio.document.project_zip import ProjectWriter, reading_project
from motionstudio.document.schema import (
    from_plain,
    parse_manifest,
    to_plain,
    view_from_plain,
    with_media,
)
from motionstudio.document.subject import MediaRef, Subject
from motionstudio.document.view import ViewState
from motionstudio.io.atomic import Tick, advance, always, whole_file
from motionstudio.io.fingerprint import Fingerprints, files_below, fingerprint


@dataclass(frozen=True, slots=True, eq=False)
class OpenedProject:
    """What a project file holds.

    Attributes:
        state: the document; subjects whose media are missing say so in ``media_problem``.
        view: what people looked at, or None.
        thumbnails: PNG files by the id of their subject.
    """

    state: ProjectState
    view: ViewState | None = None
    thumbnails: Mapping[str, bytes] = field(default_factory=dict)


def default_shelf() -> Path:
    """Where copies of the media that projects carry lie for this user."""
    return user_cache_dir() / "media"


def write_project(
    state: ProjectState,
    path: Path,
    *,
    view: ViewState | None = None,
    thumbnails: Mapping[str, bytes] | None = None,
    fingerprints: Fingerprints | None = None,
    tick: Tick = always,
) -> None:
    """Write a project; the file appears whole or not at all.

    Args:
        state: the document.
        path: by convention ends in .motion; media are named from its folder.
        view: what people look at, or None to leave it out.
        thumbnails: PNG files by the id of their subject.
        fingerprints: remembers the hashes of files that did not change.
        tick: told the fraction done; answers False to cancel.

    Raises:
        MotionStudioError: the place cannot be written to, or media that the project is to carry
            are gone.
        Cancelled: the tick answered False.
    """
    hashes, folder = fingerprints or Fingerprints(), Path(os.path.abspath(path)).parent
    with tempfile.TemporaryDirectory(prefix="motionstudio-") as made:
        carried: dict[str, Path] = {}
        subjects = []
        for number, subject in enumerate(state.subjects):
            subjects.append(_placed(subject, folder, hashes, carried, Path(made)))
            advance(tick, 0.5 * (number + 1) / len(state.subjects))
        labels = LabelsOut(state, folder, hashes, carried)
        seen = None if view is None else with_label_files(view, labels.stored)
        manifest, arrays = to_plain(replace(state, subjects=tuple(subjects)), seen)
        with whole_file(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            writer = ProjectWriter(archive)
            writer.manifest(manifest)
            writer.arrays(arrays)
            known = {subject.id for subject in state.subjects}
            for subject_id, png in sorted((thumbnails or {}).items()):
                if subject_id in known:
                    writer.thumbnail(subject_id, png)
            for number, (name, source) in enumerate(sorted(carried.items())):
                _carry(writer, name, source)
                advance(tick, 0.5 + 0.5 * (number + 1) / len(carried))


def read_project(path: Path, *, shelf: Path | None = None) -> OpenedProject:
    """Read a project; subjects whose media are missing are there without their pixels.

    Args:
        path: what ``write_project`` wrote.
        shelf: folder for copies of the media that it carries; None: this user's cache.

    Raises:
        MotionStudioError: it is no project, damaged, unsafe, or of a newer version.
    """
    folder = Path(os.path.abspath(path)).parent
    copies = MediaShelf(shelf or default_shelf())
    with reading_project(path) as archive, _named(path):
        manifest = parse_manifest(archive.manifest())
        held: dict[str, Path | None] = {}

        def place(media: MediaRef) -> Path | None:
            found = copies.place(archive, media) if media.embedded else place_of(media.path, folder)
            held[media.path] = found
            return found

        state = from_plain(manifest, archive.arrays(), opener(folder, place))
        subjects = tuple(_opened(subject, held, folder) for subject in state.subjects)
        view = view_from_plain(manifest)
        if view is not None:
            view = with_label_files(view, LabelsIn(archive, copies, folder).place)
        return OpenedProject(replace(state, subjects=subjects), view, archive.thumbnails())


def read_manifest(path: Path) -> Plain:
    """The manifest alone, checked: what ``inspect`` tells.

    Raises:
        MotionStudioError: it is no project, damaged, unsafe, or of a newer version.
    """
    with reading_project(path) as archive, _named(path):
        return parse_manifest(archive.manifest())


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let what is said about a manifest name the file."""
    try:
        yield
    except MotionStudioError as error:
        if path.name in error.message:
            raise
        text = f"{path.name} cannot be opened. {error.message}"
        if error.message.startswith("The project"):
            text = error.message.replace("The project", f"The project {path.name}", 1)
        elif error.message.startswith("The file"):
            text = error.message.replace("The file", path.name, 1)
        raise MotionStudioError(text, error.hint) from error


def _opened(subject: Subject, held: Mapping[str, Path | None], folder: Path) -> Subject:
    """The subject of a file with the paths of this machine."""

    def here(media: MediaRef) -> MediaRef:
        found = held.get(media.path)
        if found is None and not media.embedded and media.path:
            found = place_of(media.path, folder)
        return media if found is None else replace(media, path=str(found))

    return with_media(subject, here(subject.media), here)


def _placed(
    subject: Subject, folder: Path, hashes: Fingerprints, carried: dict[str, Path], made: Path
) -> Subject:
    """The subject as the file names it; what the file is to carry goes into ``carried``."""

    def from_here(media: MediaRef) -> MediaRef:
        return replace(media, path=relative_path(media.path, folder)) if media.path else media

    media, source = subject.media, Path(subject.media.path)
    if not media.path:
        source, media = _written(subject, made), MediaRef()
        digest = fingerprint(source)
    elif os.path.exists(source):
        digest = hashes.of(source)
    elif media.embedded and not subject.media_problem:
        raise MotionStudioError(
            f"{source.name} is gone, so the project cannot carry it.",
            "Find it with File › Find missing media, or remove its subject.",
        )
    else:
        return subject if media.embedded else with_media(subject, from_here(media), from_here)
    if media.path and not media.embedded:
        return with_media(subject, replace(from_here(media), sha256=digest), from_here)
    name = member_of(digest, source.name)
    carried[name] = source
    stored = replace(media, path=name, sha256=digest, embedded=True)
    return with_media(subject, stored, from_here)


def _written(subject: Subject, folder: Path) -> Path:
    """Frames that were made in the program, as a file."""
    # Codecs are slow to import, and the window is up before any is needed.
    from motionstudio.io.exports import write_clip

    clip: Clip = subject.clip
    target = folder / f"{len(list(folder.iterdir()))}" / "frames.npz"
    target.parent.mkdir()
    one = unheld(clip.frames)
    if one is not clip.frames:
        clip = replace(clip, frames=one, times=clip.times[:1], masks=None, mask_valid=None,
                       cyclic=None, period=None)  # fmt: skip
    write_clip(clip, target)
    return target


def _carry(writer: ProjectWriter, name: str, source: Path) -> None:
    if os.path.isdir(source):
        for path in files_below(source):
            writer.media(f"{name}/{path.relative_to(source).as_posix()}", path)
    else:
        writer.media(name, source)
