"""Finding the media of subjects again: another place for the frames, what was decided stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from motionstudio.core.clip import Clip
from motionstudio.document.change import Change, Kind, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.restore import PutFields
from motionstudio.document.schema import as_held, with_media
from motionstudio.document.subject import MediaRef


@dataclass(frozen=True, slots=True, eq=False)
class RelinkMedia(SmallCommand):
    """Take the frames of a subject from another file.

    Attributes:
        subject_id: whose.
        media: where the frames are, as they are to be used.
        clip: the frames in use; of a still that is held, the one picture.
        same: the file is the one that the motion was encoded from, so the encoding stays.
    """

    subject_id: str
    media: MediaRef
    clip: Clip
    same: bool

    @property
    def label(self) -> str:
        """``Find media of heart``; the history shows the name."""
        return "Find media"

    def apply(self, state: ProjectState) -> Outcome:
        """Relink; raises ValueError where the clip has another number of frames."""
        subject = state.subject(self.subject_id)
        clip = as_held(subject, self.clip) if subject.held else self.clip
        moved = replace(subject, media=self.media)
        if self.same:
            moved = with_media(subject, self.media)
        values = {"media": self.media, "clip": clip, "encoded_with": moved.encoded_with}
        label = f"Find media of {subject.name}"
        # For listeners it is another clip: whatever was read from the old one is of no use.
        kinds: frozenset[Kind] = frozenset({"media", "subjects"})
        return PutFields(subject.id, values, kinds, None, label).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class CollectMedia(SmallCommand):
    """Let the project file carry the media of all its subjects, or only name them again.

    Attributes:
        embedded: True: carry.
    """

    embedded: bool = True

    @property
    def label(self) -> str:
        """``Collect media into the project``."""
        return "Collect media into the project" if self.embedded else "Leave media outside"

    def apply(self, state: ProjectState) -> Outcome:
        """Set for every subject that has a file."""
        return PutMediaFlags(
            tuple(
                (s.id, replace(s.media, embedded=self.embedded))
                for s in state.subjects
                if s.media.path
            ),
            self.label,
        ).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class PutMediaFlags(SmallCommand):
    """Media references of several subjects set at once, for a file that stays the same.

    Attributes:
        media: subject id and its media reference.
        label: for people.
    """

    media: tuple[tuple[str, MediaRef], ...]
    label: str = ""

    def apply(self, state: ProjectState) -> Outcome:
        """Set; the inverse sets what was there."""
        before = tuple((id, state.subject(id).media) for id, _ in self.media)
        kinds: frozenset[Kind] = frozenset({"media"}) if before != self.media else frozenset()
        after = state
        for id, media in self.media:
            after = after.with_subject(replace(state.subject(id), media=media))
        change = Change(None, kinds, None, self.label)
        return Outcome(after, PutMediaFlags(before, self.label), change)
