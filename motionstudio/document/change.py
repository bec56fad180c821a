"""What passes between commands, history and listeners: states, outcomes and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, get_args

from motionstudio.document.direction import Direction
from motionstudio.document.subject import Subject

Kind = Literal[
    "subjects", "kept", "latent", "encoding", "model", "framing", "name", "reference", "cyclic",
    "directions", "media", "carried", "rendering",
]  # fmt: skip
"""What a change is about; ``encoding`` is another encoded motion under the edits, or none."""

ALL_KINDS: frozenset[Kind] = frozenset(get_args(Kind))

MergeKey = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What listeners are told after the document has changed.

    Attributes:
        subject_id: the subject concerned, or None when it is the list or several of them.
        kinds: what it is about.
        frames: frames concerned, increasing, or None for all.
        label: what was done, for people, e.g. ``Drop frames 4, 8``; empty for derived changes.
        undo: True when it came from undo, redo or going to a step: the view follows it.
    """

    subject_id: str | None
    kinds: frozenset[Kind]
    frames: tuple[int, ...] | None
    label: str
    undo: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ProjectState:
    """The whole document as one immutable value.

    Attributes:
        subjects: in the order of the library; ids are unique.
        directions: named ways to go in latent space, in the order in which they were saved.
        unknown: what a newer program wrote into the file, to be written again: by the place of
            an object in the manifest, its unknown keys.
    """

    subjects: tuple[Subject, ...] = ()
    directions: tuple[Direction, ...] = ()
    unknown: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict, metadata={"stored": False}
    )

    def __post_init__(self) -> None:
        ids = [subject.id for subject in self.subjects]
        if len(set(ids)) != len(ids):
            raise ValueError(f"ProjectState: expected unique subject ids, got {ids}")

    def find(self, subject_id: str) -> Subject | None:
        """The subject with this id, or None."""
        for subject in self.subjects:
            if subject.id == subject_id:
                return subject
        return None

    def subject(self, subject_id: str) -> Subject:
        """The subject with this id.

        Raises:
            ValueError: there is none.
        """
        found = self.find(subject_id)
        if found is None:
            have = [s.id for s in self.subjects]
            raise ValueError(f"no subject '{subject_id}' in the project; it has {have}")
        return found

    def with_subject(self, subject: Subject) -> ProjectState:
        """The state in which ``subject`` replaces the one with its id."""
        self.subject(subject.id)
        return replace(
            self, subjects=tuple(subject if s.id == subject.id else s for s in self.subjects)
        )


class Edit(Protocol):
    """A pure step from one state to the next: a command, or the inverse of one."""

    @property
    def nbytes(self) -> int:
        """Bytes that keeping this edit in the history costs."""

    def apply(self, state: ProjectState) -> Outcome:
        """The next state, and the edit that leads back from it."""

    def covers(self, other: Edit) -> bool:
        """Whether ``self``, applied after ``other``, overwrites all that ``other`` wrote."""


class Command(Edit, Protocol):
    """An edit that people ask for."""

    @property
    def label(self) -> str:
        """What it does, for people: ``Drop frames 4, 8``."""

    @property
    def merge_key(self) -> MergeKey | None:
        """Commands in quick succession with equal keys become one step; None: never."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What applying an edit gives.

    Attributes:
        state: the next state.
        inverse: applied to it, gives the state before, bit for bit.
        change: what listeners are told; its ``kinds`` are empty when nothing changed.
    """

    state: ProjectState
    inverse: Edit
    change: Change
