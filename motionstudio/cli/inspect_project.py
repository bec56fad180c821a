"""``motionstudio inspect PROJECT.motion``: what a project holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motionstudio.document.subject import Subject


def project_record(path: Path) -> dict[str, object]:
    """What a project holds, for people and as JSON.

    Raises:
        MotionStudioError: it is no project, or damaged.
    """
    from motionstudio.document.content_hash import content_hash
    from motionstudio.document.project_file import read_manifest, read_project

    manifest = read_manifest(path)
    opened = read_project(path)
    state = opened.state
    record: dict[str, object] = {
        "kind": "project",
        "format": manifest["version"],
        "bytes": path.stat().st_size,
        "content": content_hash(state),
        "directions": [direction.name for direction in state.directions],
        "active": None if opened.view is None else opened.view.active,
        "unknown": sorted(key for held in state.unknown.values() for key in held),
    }
    for number, subject in enumerate(state.subjects):
        record[f"subject_{number}"] = _subject(subject, path.parent)
    return record


def _subject(subject: Subject, folder: Path) -> dict[str, object]:
    from motionstudio.core.kept import dropped_frames
    from motionstudio.document.media_places import relative_path

    media, track = subject.media, subject.track
    place = "in the project" if media.embedded else relative_path(media.path, folder.absolute())
    edited = 0 if track is None else int(track.edited.sum())
    return {
        "name": subject.name,
        "id": subject.id,
        "frames": len(subject.clip),
        "size": f"{subject.clip.size[1]} x {subject.clip.size[0]}",
        "media": subject.media_problem or place,
        "model": subject.model,
        "weights": "" if track is None else track.base.model_hash,
        "at_hand": _at_hand(subject.model),
        "encoded": track is not None and not subject.needs_encoding,
        "dropped": list(dropped_frames(subject.kept)),
        "edited_values": edited,
        "named": [name for name in subject.dim_names if name],
        "reference": subject.reference,
    }


def _at_hand(model: str) -> bool:
    from motionstudio.models.registry import list_models

    return any(card.name == model for card in list_models())
