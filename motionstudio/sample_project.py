"""The sample project that comes with the program: ``python -m motionstudio.sample_project [FILE]``.

Two subjects made by the program's own generators, one motion with an edited, named dimension and
two dropped frames, and a still that waits for a motion to be dragged onto it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from motionstudio.api import render
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.locations import resources_dir
from motionstudio.core.motion import Float
from motionstudio.core.picture import as_shown, intensity_range
from motionstudio.core.warp import jacobian_determinant
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import EditLatent, Rename, RenameDimension, SetKept
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.document.project import Project
from motionstudio.document.project_file import write_project
from motionstudio.document.relink_commands import CollectMedia
from motionstudio.document.subject import Subject
from motionstudio.document.subject_transform import subject_transform
from motionstudio.document.view import Selection, ViewState
from motionstudio.engine.requests import EncodeRequest
from motionstudio.engine.responses import Encoded
from motionstudio.engine.sync import SyncEngine
from motionstudio.io import read_clip
from motionstudio.io.thumbnail import png_thumbnail
from motionstudio.models.base import Capability
from motionstudio.models.registry import load_model

MODEL = "heart"
DROPPED = (9, 15)
BEATING, STILL = "beating", "still"
NAMED = "contraction"
_VENTRICLE = 1
_TRIED = 8
_STRENGTH, _WIDTH = 1.8, 3.0
"""Standard deviations of a dimension over time, and frames."""


def sample_state() -> ProjectState:
    """The document; the model runs on the CPU or whatever is there.

    Raises:
        MotionStudioError: the samples or the model are not there.
    """
    folder = resources_dir() / "samples"
    beating = subject_from_clip(read_clip(folder / "heart_a.npz"), OpenSettings(), MODEL, BEATING)
    still = subject_from_clip(
        read_clip(folder / "heart_b.npz"), OpenSettings(stop=1, cyclic=False), MODEL, STILL
    )
    project = Project(ProjectState((beating, replace(still, notes=()))))
    project.push(Rename(BEATING, "Beating heart"))
    project.push(Rename(STILL, "Still heart"))
    project.push(SetKept(BEATING, DROPPED, False))
    _encode(project)
    _edit(project)
    project.push(CollectMedia())
    return project.state


def write_sample(path: Path) -> Path:
    """Write the sample project.

    Raises:
        MotionStudioError: the samples or the model are not there, or the place cannot be
            written to.
    """
    state = sample_state()
    dim = state.subject(BEATING).dim_names.index(NAMED)
    view = ViewState(active=BEATING, playhead=8, selection=Selection((8,), (dim,)))
    write_project(state, path, view=view, thumbnails={s.id: _png(s) for s in state.subjects})
    return path


def _encode(project: Project) -> None:
    subject = project.subject(BEATING)
    card = load_model(MODEL).card
    cyclic = subject.cyclic and Capability.CYCLIC in card.capabilities
    request = EncodeRequest(
        subject=subject.id,
        revision=0,
        model=MODEL,
        clip_key="sample",
        clip=subject.clip,
        transform=subject_transform(subject, card.size, intensity_range(subject.clip)),
        kept=subject.kept,
        reference=subject.reference,
        cyclic=cyclic,
        period=subject.clip.period if cyclic else None,
    )
    motion = SyncEngine().ask(request, Encoded).motion
    project.set_encoding(BEATING, motion, subject.kept)


def _edit(project: Project) -> int:
    """Make the contraction stronger; the dimension that does so gets its name."""
    subject = project.subject(BEATING)
    track = subject.track
    if track is None:
        raise ValueError("the sample could not be encoded")
    dim = _contracting(subject, track)
    block = _bump(track, dim)[:, [dim]]
    project.push(EditLatent(BEATING, tuple(range(len(block))), (dim,), block))
    project.push(RenameDimension(BEATING, dim, NAMED))
    return dim


def _contracting(subject: Subject, track: LatentTrack) -> int:
    """The dimension, of those that move most, that makes the left ventricle smallest."""
    busiest = np.argsort(-track.base.mean.std(0), kind="stable")[:_TRIED]
    areas = [_area(subject, replace(track, offset=_bump(track, int(d)))) for d in busiest]
    return int(busiest[int(np.argmin(areas))])


def _bump(track: LatentTrack, dim: int) -> Float:
    """(R, D) offsets that make one dimension stronger around its peak."""
    values = track.base.mean[:, dim]
    peak = int(np.abs(values).argmax())
    offset = np.zeros_like(track.base.mean)
    shape = np.exp(-0.5 * ((np.arange(len(values)) - peak) / _WIDTH) ** 2)
    offset[:, dim] = shape * np.sign(values[peak]) * _STRENGTH * values.std()
    return offset


def _area(subject: Subject, track: LatentTrack) -> float:
    """Mean local change of area inside the left ventricle at its smallest."""
    labels = subject.clip.masks
    if labels is None:
        raise ValueError("the sample clip has no labels")
    inside = labels == _VENTRICLE
    frame = int(inside.sum((1, 2)).argmin())
    rendered = render(load_model(MODEL), track.motion(), subject.clip, inverse=True)
    if rendered.inverse is None:
        raise ValueError("the model of the sample gives no inverse")
    change = jacobian_determinant(rendered.inverse[frame])
    return float(change[inside[subject.reference]].mean())


def _png(subject: Subject) -> bytes:
    frame = np.asarray(subject.clip.frames[subject.reference])
    return png_thumbnail(as_shown(frame, intensity_range(subject.clip)))


def main(arguments: list[str]) -> int:
    """Write the file that is named, else the program's own; returns 0."""
    path = Path(arguments[0]) if arguments else resources_dir() / "samples" / "first_steps.motion"
    write_sample(path)
    sys.stdout.write(f"{path} {path.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
