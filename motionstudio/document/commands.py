"""Everything that people can do to a project: the only way to change one.

A command is a frozen value. ``apply`` is pure: it gives the next state and the edit that leads
back. Labels count frames from 0, as the window does, so that frame 0 is the usual reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.kept import describe_frames, dropped_frames, with_frames
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float, Motion, plain_dim_name
from motionstudio.document.change import MergeKey, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand, put_fields
from motionstudio.document.restore import PutBlock, PutSubjects
from motionstudio.document.subject import Framing, Subject


@dataclass(frozen=True, slots=True, eq=False)
class AddSubjects(SmallCommand):
    """Put subjects at the end of the library.

    Attributes:
        subjects: with ids that the project does not have yet.
    """

    subjects: tuple[Subject, ...]

    @property
    def label(self) -> str:
        """``Add heart`` or ``Add 3 subjects``."""
        one = len(self.subjects) == 1
        return f"Add {self.subjects[0].name}" if one else f"Add {len(self.subjects)} subjects"

    def apply(self, state: ProjectState) -> Outcome:
        """Append; raises ValueError where an id is taken."""
        first = len(state.subjects)
        added = tuple((first + i, subject) for i, subject in enumerate(self.subjects))
        return PutSubjects((), added, self.label).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class RemoveSubject(SmallCommand):
    """Take a subject out of the project.

    Attributes:
        subject_id: whose.
    """

    subject_id: str

    @property
    def label(self) -> str:
        """``Remove subject``; the history shows its name."""
        return "Remove subject"

    def apply(self, state: ProjectState) -> Outcome:
        """Remove; raises ValueError where there is no such subject."""
        label = f"Remove {state.subject(self.subject_id).name}"
        return PutSubjects((self.subject_id,), (), label).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class Rename(SmallCommand):
    """Give a subject another name.

    Attributes:
        subject_id: whose.
        name: for people.
    """

    subject_id: str
    name: str

    @property
    def label(self) -> str:
        """``Rename to beating heart``."""
        return f"Rename to {self.name}"

    @property
    def merge_key(self) -> MergeKey | None:
        """Typing is one step."""
        return ("name", self.subject_id)

    def apply(self, state: ProjectState) -> Outcome:
        """Rename."""
        return put_fields(state, self.subject_id, {"name": self.name}, "name", self.label)


@dataclass(frozen=True, slots=True, eq=False)
class RenameDimension(SmallCommand):
    """Give a latent dimension a name of its own.

    Attributes:
        subject_id: whose.
        dim: index in [0, D).
        name: for people; empty gives the plain name back.
    """

    subject_id: str
    dim: int
    name: str

    @property
    def label(self) -> str:
        """``Name z3 contraction``."""
        return f"Name {plain_dim_name(self.dim)} {self.name}"

    @property
    def merge_key(self) -> MergeKey | None:
        """Typing is one step."""
        return ("dimension", self.subject_id, self.dim)

    def apply(self, state: ProjectState) -> Outcome:
        """Rename; raises ValueError for a negative index."""
        if self.dim < 0:
            raise ValueError(f"RenameDimension: expected dim >= 0, got {self.dim}")
        subject = state.subject(self.subject_id)
        count = max(self.dim + 1, len(subject.dim_names))
        names = [subject.dim_name(d) for d in range(count)]
        names[self.dim] = self.name or plain_dim_name(self.dim)
        return put_fields(state, self.subject_id, {"dim_names": tuple(names)}, "name", self.label)


@dataclass(frozen=True, slots=True, eq=False)
class SetKept(SmallCommand):
    """Drop frames, or restore them. The reference frame stays kept.

    Attributes:
        subject_id: whose.
        frames: indices in [0, T).
        kept: False drops, True restores.
    """

    subject_id: str
    frames: tuple[int, ...]
    kept: bool

    @property
    def label(self) -> str:
        """``Drop frames 4, 8`` or ``Restore frame 4``."""
        return _kept_label(self.frames, self.kept)

    def apply(self, state: ProjectState) -> Outcome:
        """Drop or restore; raises ValueError for a frame outside the sequence."""
        subject = state.subject(self.subject_id)
        mask = with_frames(subject.kept, self.frames, self.kept, reference=subject.reference)
        return SetKeptMask(self.subject_id, mask).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class SetKeptMask(SmallCommand):
    """Set which frames are kept all at once (every second, a range, a pattern).

    Attributes:
        subject_id: whose.
        mask: (T,) bool, False where dropped; the reference must be kept.
        name: label for people, or empty: made from the frames.
    """

    subject_id: str
    mask: NDArray[np.bool_]
    name: str = ""

    @property
    def label(self) -> str:
        """``name``, or the dropped frames."""
        return self.name or _kept_label(dropped_frames(self.mask), False)

    def apply(self, state: ProjectState) -> Outcome:
        """Set the mask; raises ValueError for a wrong shape or a dropped reference."""
        subject = state.subject(self.subject_id)
        if self.mask.shape != subject.kept.shape:
            raise ValueError(
                f"SetKeptMask: expected mask of shape {subject.kept.shape}, got {self.mask.shape}"
            )
        changed = np.flatnonzero(self.mask != subject.kept)
        frames = tuple(int(t) for t in changed)
        ways = {bool(self.mask[t]) for t in frames}
        label = _kept_label(frames, ways.pop()) if len(ways) == 1 else "Drop and restore frames"
        mask = self.mask.copy()
        mask.flags.writeable = False
        return put_fields(state, subject.id, {"kept": mask}, "kept", self.name or label, frames)


@dataclass(frozen=True, slots=True, eq=False)
class EditLatent(SmallCommand):
    """Set the offsets of a block of latent cells.

    Attributes:
        subject_id: whose.
        rows, dims: the cells ``rows`` x ``dims``.
        offsets: (len(rows), len(dims)) float32, finite: new offsets from the encoded values, not
            increments. The locked row of the reference stays zero.
        verb: first word of the label: Edit, Smooth, Reset, ...
    """

    subject_id: str
    rows: tuple[int, ...]
    dims: tuple[int, ...]
    offsets: Float
    verb: str = "Edit"

    @property
    def label(self) -> str:
        """``Edit z3 at frames 5-9``; the history uses the subject's own names of dimensions."""
        dims = ", ".join(plain_dim_name(d) for d in self.dims)
        return f"{self.verb} {dims} at rows {describe_frames(self.rows)}"

    @property
    def merge_key(self) -> MergeKey | None:
        """Wheel ticks and key repeats on the same cells are one step."""
        return ("latent", self.subject_id, self.rows, self.dims, self.verb)

    def apply(self, state: ProjectState) -> Outcome:
        """Set the cells; raises ValueError before the first encoding or for wrong shapes."""
        put = PutBlock(self.subject_id, self.rows, self.dims, self.offsets, self.verb)
        return put.apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class ReplaceMotion(SmallCommand):
    """Put another motion under the edits: the result of refining, sampling or transporting.

    Unlike an encoding, which is derived, this is a step that can be undone.

    Attributes:
        subject_id: whose.
        motion: of the shape (R, D) of the present one, or any where ``keep_edit`` is False.
        name: label for people.
        keep_edit: whether the offsets stay on top.
    """

    subject_id: str
    motion: Motion
    name: str = "Refine motion"
    keep_edit: bool = True

    @property
    def label(self) -> str:
        """``name``."""
        return self.name

    def apply(self, state: ProjectState) -> Outcome:
        """Replace; raises ValueError where the offsets do not fit the motion."""
        subject = state.subject(self.subject_id)
        if self.keep_edit and subject.track is not None:
            track = subject.track.rebased(self.motion)
        else:
            track = LatentTrack.unedited(self.motion, subject.reference)
        values: dict[str, object] = {"track": track, "encoded_with": subject.encoding_key}
        return put_fields(state, subject.id, values, "encoding", self.name)


@dataclass(frozen=True, slots=True, eq=False)
class SetReference(SmallCommand):
    """Choose the frame that all motion is relative to; it is kept, and its own edit vanishes.

    Attributes:
        subject_id: whose.
        frame: index in [0, T).
    """

    subject_id: str
    frame: int

    @property
    def label(self) -> str:
        """``Make frame 3 the reference``."""
        return f"Make frame {self.frame} the reference"

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError for a frame outside the sequence."""
        subject = state.subject(self.subject_id)
        if self.frame == subject.reference:
            return put_fields(state, subject.id, {}, "reference", self.label)
        kept = with_frames(subject.kept, (self.frame,), True, reference=self.frame)
        track = subject.track
        values: dict[str, object] = {"reference": self.frame}
        if not subject.kept[self.frame]:
            values["kept"] = kept
        if track is not None:
            values["track"] = replace(track, reference=self.frame)
        return put_fields(state, subject.id, values, "reference", self.label)


@dataclass(frozen=True, slots=True, eq=False)
class SetCyclic(SmallCommand):
    """Say whether the sequence is one closed period.

    Attributes:
        subject_id: whose.
        cyclic: True for one closed period.
    """

    subject_id: str
    cyclic: bool

    @property
    def label(self) -> str:
        """``Treat as a closed cycle`` or ``Treat as an open sequence``."""
        return "Treat as a closed cycle" if self.cyclic else "Treat as an open sequence"

    def apply(self, state: ProjectState) -> Outcome:
        """Set."""
        return put_fields(state, self.subject_id, {"cyclic": self.cyclic}, "cyclic", self.label)


@dataclass(frozen=True, slots=True, eq=False)
class SetModel(SmallCommand):
    """Choose the checkpoint. Edits belong to a model's own latent space and go with the old one.

    Attributes:
        subject_id: whose.
        model: name of the checkpoint.
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
        """Set; the track is gone until the new model has encoded, and comes back with undo."""
        subject = state.subject(self.subject_id)
        if self.model == subject.model:
            return put_fields(state, subject.id, {"dim_names": self.dim_names}, "name", self.label)
        values: dict[str, object] = {
            "model": self.model,
            "dim_names": self.dim_names,
            "track": None,
        }
        return put_fields(state, subject.id, values, "model", self.label)


@dataclass(frozen=True, slots=True, eq=False)
class SetFraming(SmallCommand):
    """Choose how pictures are brought to the model's square.

    Attributes:
        subject_id: whose.
        framing: crop or letterbox.
    """

    subject_id: str
    framing: Framing

    @property
    def label(self) -> str:
        """``Crop`` or ``Letterbox``."""
        return "Crop" if self.framing.mode == "crop" else "Letterbox"

    @property
    def merge_key(self) -> MergeKey | None:
        """Nudging the crop is one step."""
        return ("framing", self.subject_id)

    def apply(self, state: ProjectState) -> Outcome:
        """Set."""
        return put_fields(state, self.subject_id, {"framing": self.framing}, "framing", self.label)


def _kept_label(frames: tuple[int, ...], kept: bool) -> str:
    text = describe_frames(frames)
    what = f"frame {text}" if len(frames) == 1 else f"frames {text}"
    if text.count(",") >= 6:
        what = f"{len(frames)} frames"
    return f"{'Restore' if kept else 'Drop'} {what}".rstrip()
