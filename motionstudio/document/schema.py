"""A project as plain data: what a project file holds, without the frames themselves.

The manifest is JSON-ready and names arrays by key; the arrays stand beside it, ready for a
safetensors file. What is stored follows the types: every field of ``ProjectState``, ``Subject``,
``ViewState`` and of what they hold is written and read by ``document.plain``. **A new field needs
a default, so that older files still open, and nothing else.** Where the meaning of what is stored
changes, raise ``VERSION`` and add the way from the version before to ``MIGRATIONS``.

Media are named, not embedded: whoever reads a project brings a function that opens them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.held import hold
from motionstudio.core.motion import RowKind
from motionstudio.document.change import ProjectState
from motionstudio.document.missing import ClipFacts
from motionstudio.document.plain import Arrays, Plain, PlainError, PlainReader, PlainWriter
from motionstudio.document.subject import MediaRef, Subject
from motionstudio.document.view import ViewState
from motionstudio.document.view_check import is_usable

FORMAT = "motionstudio project"
VERSION = 1
Migration = Callable[[Plain], Plain]
MIGRATIONS: Mapping[int, Migration] = MappingProxyType({})
"""By version: what makes a manifest of that version one of the next."""

OpenMedia = Callable[[MediaRef, ClipFacts], Clip]
"""Opens the frames in use of a media reference: range, stride and rate already applied. Where
they cannot be read it gives ``ClipFacts.without_frames``."""

_BACKUP = "Open another version of it: File › Autosave versions, or a backup."
_CLIP, _VIEW = "clip", "view"
_ID = re.compile(r"[\w-]{1,80}")  # it names members of the file


def to_plain(state: ProjectState, view: ViewState | None = None) -> tuple[Plain, Arrays]:
    """The manifest of a project and its arrays by key.

    Args:
        state: the document.
        view: what people look at; playing is not stored.

    Returns:
        The manifest, JSON-ready, and the arrays, named after their place in it, as
        ``subjects/<id>/track/offset``.
    """
    writer = PlainWriter(state.unknown)
    subjects = [_subject_plain(writer, subject) for subject in state.subjects]
    plain: Plain = {"format": FORMAT, "version": VERSION, "subjects": subjects}
    plain |= writer.object(state, "", skipped=("subjects",))
    if view is not None:
        plain[_VIEW] = writer.object(replace(view, playing=False), _VIEW)
    return plain, writer.arrays


def parse_manifest(data: object, migrations: Mapping[int, Migration] = MIGRATIONS) -> Plain:
    """Check that plain data are a manifest, and bring it to the present version.

    Raises:
        MotionStudioError: it is no manifest, or one of a newer version.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise MotionStudioError("The file is no MotionStudio project.", "Choose a .motion file.")
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _damaged(PlainError("version", "a version number was expected"))
    if version > VERSION:
        raise MotionStudioError(
            f"The project was saved by a newer version of MotionStudio (format {version}, "
            f"this one reads up to {VERSION}).",
            "Update MotionStudio to open it.",
        )
    for old in range(version, VERSION):
        data = {**migrations[old](data), "version": old + 1}
    return data


def from_plain(
    manifest: Plain, arrays: Mapping[str, NDArray[Any]], open_media: OpenMedia
) -> ProjectState:
    """The project that ``to_plain`` was given, bit for bit.

    Args:
        manifest: as checked by ``parse_manifest``.
        arrays: by key, as ``to_plain`` names them.
        open_media: opens the frames of each subject.

    Raises:
        MotionStudioError: something is missing or does not fit, in one sentence.
    """
    reader = PlainReader(arrays)
    held = manifest.get("subjects")
    try:
        if not isinstance(held, list):
            raise PlainError("subjects", "a list was expected")
        subjects = tuple(_subject(reader, plain, open_media) for plain in held)
        extra = {k: v for k, v in manifest.items() if k not in ("format", "version", _VIEW)}
        fields = reader.object(ProjectState, extra, "", skipped=("subjects",))
        return ProjectState(subjects=subjects, unknown=reader.unknown, **fields)
    except PlainError as error:
        raise _damaged(error) from error
    except ValueError as error:
        raise _damaged(PlainError("subjects", str(error))) from error


def view_from_plain(manifest: Plain) -> ViewState | None:
    """The view that was stored, or None where there is none that can be read.

    A view is a convenience: one that is damaged must not keep a project closed.
    """
    data = manifest.get(_VIEW)
    if data is None:
        return None
    try:
        found = PlainReader({}).value(data, ViewState, _VIEW)
    except PlainError:
        return None
    return found if isinstance(found, ViewState) and is_usable(found) else None


def as_held(subject: Subject, still: Clip) -> Clip:
    """A still read anew, held as ``subject`` holds it."""
    clip = subject.clip
    return hold(still, clip.times, cyclic=bool(clip.cyclic), period=clip.period)


def with_media(
    subject: Subject, media: MediaRef, other: Callable[[MediaRef], MediaRef] = lambda media: media
) -> Subject:
    """The subject whose frames are found at ``media``; what was encoded from them stays valid.

    Args:
        subject: whose frames have moved.
        media: where they are now.
        other: where the media of an encoding are now that is of another part or file.
    """
    moved = replace(subject, media=media)
    key = subject.encoded_with
    if key is None:
        return moved
    same = key.media == subject.encoding_key.media
    return replace(
        moved,
        encoded_with=replace(key, media=moved.encoding_key.media if same else other(key.media)),
    )


def _subject_plain(writer: PlainWriter, subject: Subject) -> Plain:
    place = f"subjects/{subject.id}"
    facts = writer.object(ClipFacts.of(subject.clip), f"{place}/{_CLIP}")
    made = writer.object(subject, place, skipped=(_CLIP,))
    return {"id": made.pop("id"), "name": made.pop("name"), _CLIP: facts} | made


def _subject(reader: PlainReader, plain: object, open_media: OpenMedia) -> Subject:
    named = plain.get("id") if isinstance(plain, dict) else None
    if not isinstance(plain, dict) or not isinstance(named, str) or not _ID.fullmatch(named):
        raise PlainError("subjects", "a subject without an id was found")
    place = f"subjects/{named}"
    fields = reader.object(Subject, plain, place, skipped=(_CLIP,))
    facts: ClipFacts = reader.value(plain.get(_CLIP), ClipFacts, f"{place}/{_CLIP}")
    try:
        # Before any file is opened: what the project itself says must fit together.
        blank = facts.without_frames("The file was not looked for.")
        made = Subject(clip=blank, **fields)
        _check(made)
    except (ValueError, TypeError, IndexError) as error:
        if isinstance(error, PlainError):
            raise
        raise PlainError(place, f"{fields.get('name')}: {error}") from error
    if made.held:
        one = replace(facts, times=facts.times[:1])
        still = open_media(made.media, one)
        return replace(made, clip=as_held(made, still))
    return replace(made, clip=open_media(made.media, facts))


def _check(subject: Subject) -> None:
    track = subject.track
    if track is None:
        return
    base, count = track.base, len(subject.clip)
    if base.rows is RowKind.FRAME and len(base.mean) != count:
        raise ValueError(f"its matrix has {len(base.mean)} rows for {count} frames")
    if base.row_times.shape != (len(base.mean), 2):
        raise ValueError(f"its row times have the shape {base.row_times.shape}")
    for values in (base.mean, track.offset):
        if not np.isfinite(values).all():
            raise ValueError("its matrix holds values that are not finite")


def _damaged(error: PlainError) -> MotionStudioError:
    place = error.place or "the whole"
    return MotionStudioError(
        f"The project's manifest is damaged at '{place}': {str(error).rstrip('.')}.", _BACKUP
    )
