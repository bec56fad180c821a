"""``motionstudio render PROJECT.motion``: what the window would export, without the window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from motionstudio.cli import export_flags as flags
from motionstudio.cli.output import progress, say, show
from motionstudio.core.errors import MotionStudioError

if TYPE_CHECKING:
    from motionstudio.document.change import ProjectState
    from motionstudio.document.subject import Subject
    from motionstudio.engine.responses import FrameReady
    from motionstudio.engine.sync import SyncEngine
    from motionstudio.export import ExportOptions

_RENDERING = 0.8
_ODD = re.compile(r"[^\w.+-]+")


def is_project(path: Path) -> bool:
    """Whether a path is named like a project; loads nothing."""
    return path.suffix.lower() == ".motion"


def render_project(
    path: Path,
    out: Path,
    wanted: flags.ExportFlags,
    *,
    subject: str | None = None,
    size: str = "native",
    device: str | None = None,
) -> None:
    """Render the subjects of a project, or one of them, as they were saved.

    Args:
        path: the project.
        out: file or folder; of several subjects each gets its name added.
        wanted: kind and look of what is written.
        subject: name or id of the only one to render.
        size: ``native`` or ``model``.
        device: as ``ready_device`` takes it.

    Raises:
        MotionStudioError: the project, its media or its model cannot be used.
    """
    from motionstudio.document.project_file import read_project

    if size not in ("native", "model"):
        raise MotionStudioError(
            "A project is rendered in its native or the model's size.", "Use --scale for others."
        )
    state = read_project(path).state
    chosen = _chosen(state, path, subject)
    engine = _engine(device)
    for one in chosen:
        target = out if len(chosen) == 1 else _named(out, one)
        with progress(f"rendering {one.name}") as tick:
            options = flags.options_of(wanted, target, native=size == "native")
            _render(engine, state, one, options, tick)
        show(str(target))


def _chosen(state: ProjectState, path: Path, name: str | None) -> Sequence[Subject]:
    if name is not None:
        found = [s for s in state.subjects if name in (s.name, s.id)]
        if len(found) != 1:
            have = ", ".join(s.name for s in state.subjects) or "none"
            reason = "is not in" if not found else "is the name of several subjects of"
            raise MotionStudioError(f"{name} {reason} {path.name}.", f"Subjects: {have}.")
        if problem := _problem(found[0]):
            raise MotionStudioError(problem)
        return found
    problems = {s.name: problem for s in state.subjects if (problem := _problem(s))}
    ready = [s for s in state.subjects if not _problem(s)]
    for problem in problems.values():
        say(problem)
    if not ready:
        raise MotionStudioError(f"{path.name} has nothing to render.")
    return ready


def _problem(subject: Subject) -> str:
    """Why a subject cannot be rendered, or empty."""
    if subject.media_problem:
        return subject.media_problem
    if not subject.has_motion:
        return f"{subject.name} has no motion in the project."
    return ""


def _engine(device: str | None) -> SyncEngine:
    from motionstudio.cli.computing import ready_device
    from motionstudio.engine.gallery import Gallery
    from motionstudio.engine.runner import Runner
    from motionstudio.engine.sync import SyncEngine
    from motionstudio.models.device import DeviceChoice

    choice = DeviceChoice(ready_device(device), "as named")
    return SyncEngine(Runner(device=choice, gallery=Gallery(0)))


def _render(
    engine: SyncEngine,
    state: ProjectState,
    subject: Subject,
    options: ExportOptions,
    tick: Callable[[float], bool],
) -> None:
    import numpy as np

    from motionstudio.core.picture import intensity_range
    from motionstudio.document.content_hash import content_hash
    from motionstudio.document.subject_transform import subject_transform
    from motionstudio.engine.gather import gather
    from motionstudio.engine.keys import content_key
    from motionstudio.engine.requests import Picture
    from motionstudio.export import write_export
    from motionstudio.export.of_subject import export_of
    from motionstudio.models.checkpoint import read_card
    from motionstudio.models.registry import find_checkpoint

    card = read_card(find_checkpoint(subject.model))
    frame = np.ascontiguousarray(subject.clip.frames[subject.reference])
    made = export_of(
        subject,
        card,
        Picture(content_key(frame), frame),
        subject_transform(subject, card.size, intensity_range(subject.clip)),
        options,
        project_hash=content_hash(state),
        subjects=state.subjects,
    )
    _say_why_silent(state, subject, options)
    rendered = None
    if made.request is not None:
        positions = made.export.positions
        times = made.export.motion.times[positions.start : positions.stop]
        frames = _watched(engine.frames_of(made.request), len(positions), tick)
        rendered = gather(frames, times - times[0])
    write_export(made.export, rendered, lambda done: tick(_RENDERING + (1 - _RENDERING) * done))


def _say_why_silent(state: ProjectState, subject: Subject, options: ExportOptions) -> None:
    """Where sound was wanted and a film could hold it, why there is none."""
    from motionstudio.export.driver import WITH_SOUND, driver_of, why_silent

    if options.sound and options.kind in WITH_SOUND:
        reason = why_silent(subject, driver_of(subject, state.subjects), options)
        if reason:
            say(f"Without sound: {reason}")


def _watched(
    frames: Iterator[FrameReady], count: int, tick: Callable[[float], bool]
) -> Iterator[FrameReady]:
    for number, ready in enumerate(frames, start=1):
        tick(_RENDERING * number / count)
        yield ready


def _named(out: Path, subject: Subject) -> Path:
    """``film.mp4`` -> ``film-heart.mp4``."""
    name = _ODD.sub("_", subject.name).strip("_.") or subject.id
    suffix = ".nii.gz" if out.name.lower().endswith(".nii.gz") else out.suffix
    return out.with_name(f"{out.name.removesuffix(suffix)}-{name}{suffix}")
