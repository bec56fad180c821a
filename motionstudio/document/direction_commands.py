"""Save, rename and delete the directions of a project."""

from __future__ import annotations

from dataclasses import dataclass, replace

from motionstudio.document.change import Change, Edit, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.direction import Direction

_BYTES_EACH = 8


@dataclass(frozen=True, slots=True, eq=False)
class PutDirections:
    """The list of directions set to a given one.

    Attributes:
        directions: in the order in which people see them.
        label: for people.
    """

    directions: tuple[Direction, ...]
    label: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of the numbers that are kept alive."""
        return 64 + sum(_BYTES_EACH * len(d.vector) for d in self.directions)

    def apply(self, state: ProjectState) -> Outcome:
        """Set the list; the inverse sets it to what it was."""
        same = state.directions == self.directions
        change = Change(None, frozenset() if same else frozenset({"directions"}), None, self.label)
        if same:
            return Outcome(state, self, change)
        inverse = PutDirections(state.directions, self.label)
        return Outcome(replace(state, directions=self.directions), inverse, change)

    def covers(self, other: Edit) -> bool:
        """Any other change of the list: the whole list is set."""
        return isinstance(other, PutDirections)


@dataclass(frozen=True, slots=True, eq=False)
class SaveDirection(SmallCommand):
    """Keep a direction in the project; one of the same name and model is replaced.

    Attributes:
        direction: what to keep.
    """

    direction: Direction

    @property
    def label(self) -> str:
        """``Save direction smile``."""
        return f"Save direction {self.direction.name}"

    def apply(self, state: ProjectState) -> Outcome:
        """Replace the one of this name and model, else append."""
        new = self.direction
        names = [(d.name, d.model) for d in state.directions]
        if (new.name, new.model) in names:
            place = names.index((new.name, new.model))
            kept = (*state.directions[:place], new, *state.directions[place + 1 :])
        else:
            kept = (*state.directions, new)
        return PutDirections(kept, self.label).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class RenameDirection(SmallCommand):
    """Give a direction another name.

    Attributes:
        place: index in the project's list.
        name: for people, not empty.
    """

    place: int
    name: str

    @property
    def label(self) -> str:
        """``Rename direction to smile``."""
        return f"Rename direction to {self.name}"

    def apply(self, state: ProjectState) -> Outcome:
        """Rename; raises ValueError for a place that is not there or a name that is taken."""
        old = _at(state, self.place)
        taken = [d for i, d in enumerate(state.directions) if i != self.place]
        if any((d.name, d.model) == (self.name, old.model) for d in taken):
            raise ValueError(f"RenameDirection: the name '{self.name}' is taken")
        directions = list(state.directions)
        directions[self.place] = replace(old, name=self.name)
        return PutDirections(tuple(directions), self.label).apply(state)


@dataclass(frozen=True, slots=True, eq=False)
class RemoveDirection(SmallCommand):
    """Take a direction out of the project.

    Attributes:
        place: index in the project's list.
    """

    place: int

    @property
    def label(self) -> str:
        """``Delete direction``; the history shows its name."""
        return "Delete direction"

    def apply(self, state: ProjectState) -> Outcome:
        """Remove; raises ValueError for a place that is not there."""
        label = f"Delete direction {_at(state, self.place).name}"
        kept = tuple(d for i, d in enumerate(state.directions) if i != self.place)
        return PutDirections(kept, label).apply(state)


def _at(state: ProjectState, place: int) -> Direction:
    if not 0 <= place < len(state.directions):
        raise ValueError(f"expected a direction in [0, {len(state.directions)}), got {place}")
    return state.directions[place]
