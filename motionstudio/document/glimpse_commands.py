"""Commands about pictures that are drawn in glimpses: a still unfolds into its drawing, and back.

A drawing is a held still: as many frames as glimpses, each the same true picture, while what is
generated is the canvas after each glimpse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.clip import Clip
from motionstudio.core.clip_view import frame_range
from motionstudio.core.glimpses import drawing_times
from motionstudio.core.held import hold, unheld
from motionstudio.core.motion import RowKind
from motionstudio.document.change import Kind, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.restore import PutFields
from motionstudio.document.subject import Subject

_FIELDS = (
    "clip", "kept", "reference", "cyclic", "held", "model", "dim_names", "track", "encoded_with",
    "carried",
)  # fmt: skip
_KINDS: frozenset[Kind] = frozenset({"subjects", "model", "encoding", "latent"})


@dataclass(frozen=True, slots=True, eq=False)
class UnfoldStill(SmallCommand):
    """Let a model draw a single picture: the timeline becomes its glimpses.

    Attributes:
        subject_id: a subject of one frame, or one that is held.
        model: name of a checkpoint whose rows are glimpses.
        glimpses: how many it takes for a picture, at least 2.
        dim_names: names of its dimensions, or empty.
    """

    subject_id: str
    model: str
    glimpses: int
    dim_names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``Use model digits_draw``."""
        return f"Use model {self.model}"

    def apply(self, state: ProjectState) -> Outcome:
        """Unfold; raises ValueError where frames were observed."""
        subject = state.subject(self.subject_id)
        if not (subject.held or len(subject.clip) == 1):
            raise ValueError(f"UnfoldStill: '{subject.id}' has {len(subject.clip)} true frames")
        return _put(unfolded(subject, self.model, self.glimpses, self.dim_names), self.label, state)


@dataclass(frozen=True, slots=True, eq=False)
class FoldStill(SmallCommand):
    """Let another model have a held picture: it is a single picture again.

    Attributes:
        subject_id: a subject that is held.
        model: name of a checkpoint whose rows are no glimpses.
        dim_names: names of its dimensions, or empty.
    """

    subject_id: str
    model: str
    dim_names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``Use model heart``."""
        return f"Use model {self.model}"

    def apply(self, state: ProjectState) -> Outcome:
        """Fold; raises ValueError for a subject that is not held."""
        subject = state.subject(self.subject_id)
        if not subject.held:
            raise ValueError(f"FoldStill: '{subject.id}' is not held")
        clip = replace(
            subject.clip, frames=unheld(subject.clip.frames), times=subject.clip.times[:1] * 0
        )
        return _put(_with(subject, clip, False, self.model, self.dim_names), self.label, state)


def unfolded(
    subject: Subject, model: str, glimpses: int, dim_names: tuple[str, ...] = ()
) -> Subject:
    """The subject with its first picture held for the glimpses that ``model`` draws it in."""
    clip = hold(subject.clip, drawing_times(glimpses))
    return _with(subject, clip, True, model, dim_names)


def still_of(subject: Subject, frame: int, new_id: str) -> Subject:
    """A subject of its own made of one frame, framed as before.

    Raises:
        ValueError: there is no such frame.
    """
    if subject.held:
        frame = 0
    media, clip = subject.media, subject.clip
    if subject.held:
        one = replace(clip, frames=unheld(clip.frames), times=clip.times[:1] * 0)
    else:
        one = frame_range(clip, frame, frame + 1)
    first = media.start + frame * media.stride
    alone = replace(media, start=first, stop=first + 1, stride=1)
    name = subject.name if subject.held else f"{subject.name}, frame {frame}"
    return Subject(
        id=new_id,
        name=name,
        clip=one,
        media=alone,
        framing=subject.framing,
        kept=np.ones(1, np.bool_),
        model=subject.model,
        dim_names=subject.dim_names,
    )


def is_drawn(subject: Subject) -> bool:
    """Whether the subject is a drawing that was made: one glimpse for each frame."""
    track = subject.track
    return (
        subject.held
        and track is not None
        and track.base.rows is RowKind.GLIMPSE
        and len(track.offset) == len(subject.clip)
    )


def _with(
    subject: Subject, clip: Clip, held: bool, model: str, dim_names: tuple[str, ...]
) -> Subject:
    return replace(
        subject,
        clip=clip,
        kept=np.ones(len(clip), np.bool_),
        reference=0,
        cyclic=False,
        held=held,
        model=model,
        dim_names=dim_names,
        track=None,
        encoded_with=None,
        carried=None,
    )


def _put(after: Subject, label: str, state: ProjectState) -> Outcome:
    values = {name: getattr(after, name) for name in _FIELDS}
    # The number of frames changes: whoever lists subjects looks anew.
    return PutFields(after.id, values, _KINDS, None, label).apply(state)
