"""A project as plain data: what a project file will hold, without the frames themselves.

The manifest is JSON-ready and names arrays by key; the arrays stand beside it, ready for a
safetensors file. Media are named, not embedded: whoever reads a project brings a function that
opens them. Fields that a newer program wrote are carried by the models (``extra="allow"``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture import Box, Fit
from motionstudio.document.change import ProjectState
from motionstudio.document.direction import Direction
from motionstudio.document.direction_file import DirectionPlain
from motionstudio.document.subject import EncodingKey, Framing, MediaRef, Subject

VERSION = 1
Arrays = dict[str, NDArray[Any]]
OpenMedia = Callable[[MediaRef], Clip]
"""Opens the frames in use of a media reference: range, stride and rate already applied."""


class _Plain(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class MediaPlain(_Plain):
    """``MediaRef`` as plain data."""

    path: str = ""
    slice_index: int | None = None
    start: int = 0
    stop: int | None = None
    stride: int = 1
    fps: float | None = None
    sha256: str = ""


class FramingPlain(_Plain):
    """``Framing`` as plain data."""

    mode: Fit = "letterbox"
    crop: Box | None = None


class SettingsPlain(_Plain):
    """``EncodingKey`` as plain data; ``dropped`` names the frames that were not kept."""

    media: MediaPlain
    framing: FramingPlain
    reference: int
    cyclic: bool
    model: str
    dropped: tuple[int, ...]


class TrackPlain(_Plain):
    """``LatentTrack`` as plain data; its arrays are stored under ``<subject id>/<name>``."""

    rows: RowKind
    cyclic: bool
    model: str
    model_hash: str
    has_std: bool
    state: tuple[str, ...] = ()
    encoded_with: SettingsPlain | None = None


class SubjectPlain(_Plain):
    """``Subject`` as plain data."""

    id: str
    name: str
    media: MediaPlain
    framing: FramingPlain
    count: int
    dropped: tuple[int, ...] = ()
    reference: int = 0
    cyclic: bool = False
    model: str = ""
    dim_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    track: TrackPlain | None = None


class ProjectPlain(_Plain):
    """A whole project as plain data."""

    version: int = VERSION
    subjects: tuple[SubjectPlain, ...] = ()
    directions: tuple[DirectionPlain, ...] = ()


def to_plain(state: ProjectState) -> tuple[ProjectPlain, Arrays]:
    """The manifest of a project and its arrays by key.

    Returns:
        The manifest, whose ``model_dump(mode="json")`` is JSON-ready, and float and bool arrays
        named ``<subject id>/mean``, ``/std``, ``/offset``, ``/kept``, ``/times``,
        ``/row_times``, ``/filled`` and ``/state/<name>``.
    """
    arrays: Arrays = {}
    subjects = []
    for subject in state.subjects:
        subjects.append(_subject_plain(subject))
        if subject.track is not None:
            arrays |= _track_arrays(subject.id, subject.track)
    directions = tuple(DirectionPlain.of(d) for d in state.directions)
    return ProjectPlain(subjects=tuple(subjects), directions=directions), arrays


def from_plain(
    manifest: ProjectPlain, arrays: Mapping[str, NDArray[Any]], open_media: OpenMedia
) -> ProjectState:
    """The project that ``to_plain`` was given, bit for bit.

    Args:
        manifest: as parsed by ``parse_manifest``.
        arrays: by key, as ``to_plain`` names them.
        open_media: opens the frames of each subject.

    Raises:
        MotionStudioError: an array is missing, or the media have another number of frames.
    """
    subjects = tuple(_subject(s, arrays, open_media) for s in manifest.subjects)
    return ProjectState(subjects, tuple(_direction(d) for d in manifest.directions))


def parse_manifest(data: object) -> ProjectPlain:
    """Check plain data that was read from a file.

    Raises:
        MotionStudioError: it is no manifest, or one of a newer version.
    """
    version = data.get("version") if isinstance(data, Mapping) else None
    if isinstance(version, int) and version > VERSION:
        raise MotionStudioError(
            f"The project was saved by a newer version of MotionStudio (format {version}, "
            f"this one reads up to {VERSION}).",
            "Update MotionStudio to open it.",
        )
    try:
        return ProjectPlain.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise MotionStudioError(
            f"The project's manifest is damaged at '{place}': {first['msg']}.",
            "Open a backup of the project.",
        ) from error


def _subject_plain(subject: Subject) -> SubjectPlain:
    track = subject.track
    return SubjectPlain(
        id=subject.id,
        name=subject.name,
        media=_media_plain(subject.media),
        framing=_framing_plain(subject.framing),
        count=len(subject.clip),
        dropped=_dropped(subject.kept),
        reference=subject.reference,
        cyclic=subject.cyclic,
        model=subject.model,
        dim_names=subject.dim_names,
        notes=subject.notes,
        track=None if track is None else _track_plain(track, subject.encoded_with),
    )


def _track_plain(track: LatentTrack, key: EncodingKey | None) -> TrackPlain:
    base = track.base
    return TrackPlain(
        rows=base.rows,
        cyclic=base.cyclic,
        model=base.model,
        model_hash=base.model_hash,
        has_std=base.std is not None,
        state=tuple(base.state),
        encoded_with=None if key is None else _key_plain(key),
    )


def _track_arrays(prefix: str, track: LatentTrack) -> Arrays:
    base = track.base
    arrays: Arrays = {
        f"{prefix}/mean": base.mean,
        f"{prefix}/offset": track.offset,
        f"{prefix}/kept": base.kept,
        f"{prefix}/times": base.times,
        f"{prefix}/row_times": base.row_times,
        f"{prefix}/filled": base.filled,
    }
    if base.std is not None:
        arrays[f"{prefix}/std"] = base.std
    return arrays | {f"{prefix}/state/{name}": value for name, value in base.state.items()}


def _subject(
    plain: SubjectPlain, arrays: Mapping[str, NDArray[Any]], open_media: OpenMedia
) -> Subject:
    media = _media(plain.media)
    clip = open_media(media)
    if len(clip) != plain.count:
        raise MotionStudioError(
            f"'{plain.name}' had {plain.count} frames when the project was saved, but "
            f"'{media.path}' gives {len(clip)} now.",
            "Choose the file that the project was made with.",
        )
    try:
        return _rebuilt(plain, clip, media, arrays)
    except (ValueError, IndexError) as error:
        raise MotionStudioError(
            f"What the project holds about '{plain.name}' is damaged: {error}.",
            "Open a backup of the project.",
        ) from error


def _rebuilt(
    plain: SubjectPlain, clip: Clip, media: MediaRef, arrays: Mapping[str, NDArray[Any]]
) -> Subject:
    track = plain.track
    key = None if track is None else track.encoded_with
    return Subject(
        id=plain.id,
        name=plain.name,
        clip=clip,
        media=media,
        framing=_framing(plain.framing),
        kept=_kept(plain.dropped, plain.count),
        reference=plain.reference,
        cyclic=plain.cyclic,
        model=plain.model,
        track=None if track is None else _track(plain, track, arrays),
        encoded_with=None if key is None else _key(key, plain.count),
        dim_names=plain.dim_names,
        notes=plain.notes,
    )


def _track(
    subject: SubjectPlain, plain: TrackPlain, arrays: Mapping[str, NDArray[Any]]
) -> LatentTrack:
    def stored(name: str) -> NDArray[Any]:
        found = arrays.get(f"{subject.id}/{name}")
        if found is None:
            raise MotionStudioError(
                f"The project lacks the values '{name}' of '{subject.name}'.",
                "Open a backup of the project.",
            )
        return found

    base = Motion(
        mean=stored("mean"),
        std=stored("std") if plain.has_std else None,
        kept=stored("kept"),
        times=stored("times"),
        rows=plain.rows,
        row_times=stored("row_times"),
        filled=stored("filled"),
        cyclic=plain.cyclic,
        model=plain.model,
        model_hash=plain.model_hash,
        state={name: stored(f"state/{name}") for name in plain.state},
    )
    return LatentTrack(base, stored("offset"), subject.reference)


def _media_plain(media: MediaRef) -> MediaPlain:
    return MediaPlain(
        path=media.path,
        slice_index=media.slice_index,
        start=media.start,
        stop=media.stop,
        stride=media.stride,
        fps=media.fps,
        sha256=media.sha256,
    )


def _media(plain: MediaPlain) -> MediaRef:
    return MediaRef(
        plain.path,
        plain.slice_index,
        plain.start,
        plain.stop,
        plain.stride,
        plain.fps,
        plain.sha256,
    )


def _framing_plain(framing: Framing) -> FramingPlain:
    return FramingPlain(mode=framing.mode, crop=framing.crop)


def _framing(plain: FramingPlain) -> Framing:
    return Framing(plain.mode, plain.crop)


def _key_plain(key: EncodingKey) -> SettingsPlain:
    return SettingsPlain(
        media=_media_plain(key.media),
        framing=_framing_plain(key.framing),
        reference=key.reference,
        cyclic=key.cyclic,
        model=key.model,
        dropped=_dropped(np.frombuffer(key.kept, np.bool_)),
    )


def _key(plain: SettingsPlain, count: int) -> EncodingKey:
    return EncodingKey(
        media=_media(plain.media),
        framing=_framing(plain.framing),
        reference=plain.reference,
        cyclic=plain.cyclic,
        model=plain.model,
        kept=_kept(plain.dropped, count).tobytes(),
    )


def _dropped(kept: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(t) for t in np.flatnonzero(~kept))


def _kept(dropped: tuple[int, ...], count: int) -> NDArray[np.bool_]:
    kept = np.ones(count, np.bool_)
    kept[list(dropped)] = False
    return kept


def _direction(plain: DirectionPlain) -> Direction:
    try:
        return plain.direction()
    except ValueError as error:
        raise MotionStudioError(
            f"The project's direction '{plain.name}' is damaged: {error}.",
            "Open a backup of the project.",
        ) from error
