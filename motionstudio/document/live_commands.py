"""What was driven live becomes part of the document: on a subject, or on a new one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip_view import frame_range
from motionstudio.core.held import hold
from motionstudio.core.kept import all_kept
from motionstudio.core.live_drive import Recording
from motionstudio.core.motion import Float
from motionstudio.document.change import Command, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand, put_fields
from motionstudio.document.commands import AddSubjects
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import AnimateStill, TransferMotion, is_still

DRIVER = "live"
"""Whose motion it is, for people."""


@dataclass(frozen=True, slots=True, eq=False)
class ForgetCarried(SmallCommand):
    """A motion that comes from elsewhere is not the one any more that was carried over.

    Attributes:
        subject_id: whose.
    """

    subject_id: str

    @property
    def label(self) -> str:
        """``Forget what was carried over``."""
        return "Forget what was carried over"

    def apply(self, state: ProjectState) -> Outcome:
        """Forget; raises ValueError where there is no such subject."""
        return put_fields(state, self.subject_id, {"carried": None}, "carried", self.label)


def onto_subject(
    subject: Subject, recording: Recording, fps: float, model_hash: str
) -> tuple[Command, ...]:
    """Commands that let ``subject`` itself do what was recorded; one step together.

    A still is animated for as long as the recording is, at ``fps``. The frames of a clip do what
    was recorded at their times; beyond the recording they stay at its end.
    """
    forget: tuple[Command, ...] = () if subject.carried is None else (ForgetCarried(subject.id),)
    if is_still(subject):
        motion = recording.motion(fps, subject.model, model_hash)
        return (*forget, AnimateStill(subject.id, motion, 0, DRIVER))
    return (*forget, TransferMotion(subject.id, rows_for(subject, recording), DRIVER))


def onto_new(
    subject: Subject, recording: Recording, fps: float, model_hash: str, taken: set[str]
) -> tuple[Subject, tuple[Command, ...]]:
    """A still of ``subject``'s reference frame and the commands that add and animate it.

    Args:
        subject: whose picture was driven.
        recording: what was recorded.
        fps: frames per second of the new subject.
        model_hash: of the weights that were in use.
        taken: names that are in use.
    """
    still = still_of(subject, new_name(f"{subject.name} {DRIVER}", taken))
    motion = recording.motion(fps, subject.model, model_hash)
    return still, (AddSubjects((still,)), AnimateStill(still.id, motion, 0, DRIVER))


def still_of(subject: Subject, name: str) -> Subject:
    """A new subject of the reference frame alone, framed as ``subject`` is, without a motion."""
    clip, media, frame = subject.clip, subject.media, subject.reference
    if subject.held:
        # The frames are one picture already, and the media say which.
        clip = hold(clip, np.zeros(1))
    else:
        at = media.start + frame * media.stride
        media = replace(media, start=at, stop=at + 1, stride=1)
        clip = frame_range(clip, frame, frame + 1)
    return Subject(
        id=uuid.uuid4().hex,
        name=name,
        clip=clip,
        media=media,
        framing=subject.framing,
        kept=all_kept(1),
        model=subject.model,
        dim_names=subject.dim_names,
    )


def rows_for(subject: Subject, recording: Recording) -> Float:
    """(T, D): what was recorded at the times of the subject's frames, at rest in its reference."""
    times: NDArray[np.float64] = subject.clip.times - subject.clip.times[0]
    rows = recording.at(times)
    rows[subject.reference] = 0
    return rows


def new_name(wanted: str, taken: set[str]) -> str:
    """``wanted``, with a number after it where the name is in use."""
    if wanted not in taken:
        return wanted
    return next(name for i in range(2, 10_000) if (name := f"{wanted} {i}") not in taken)
