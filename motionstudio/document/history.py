"""The linear history of a document: steps that can be undone and redone, bounded by memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from psygnal import Signal

from motionstudio.document.change import Edit, MergeKey

Replay = Callable[[Sequence[Edit], str], tuple[tuple[Edit, ...], Callable[[], None]]]
"""Applies edits in the given order. Returns their inverses, in the order to undo them, and what
tells listeners, to be called once the history is up to date."""

MERGE_WINDOW = 0.6
LIMIT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One entry of the history.

    Attributes:
        label: for people, e.g. ``Drop frames 4, 8``.
        edits: to apply in order when the step is crossed.
        merge_key: steps with equal keys in quick succession merge; None: never.
    """

    label: str
    edits: tuple[Edit, ...]
    merge_key: MergeKey | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that the step holds."""
        return sum(edit.nbytes for edit in self.edits)


def with_inverse(edits: tuple[Edit, ...], inverse: Edit) -> tuple[Edit, ...]:
    """``edits`` undo what happened so far; the same once ``inverse`` has to be undone before them.

    A drag of a hundred moves keeps one block: where the last undo overwrites everything that the
    new one would restore, the new one is not needed.
    """
    if edits and edits[0].covers(inverse):
        return edits
    return (inverse, *edits)


class History:
    """Undo and redo of one project.

    Signals:
        changed: after any change of the steps, the position or the clean mark.

    Args:
        replay: applies edits to the document.
        now: seconds of a monotonic clock.
        limit_bytes: oldest steps are forgotten beyond this; the newest one never is.
    """

    changed = Signal()

    def __init__(
        self,
        replay: Replay,
        *,
        now: Callable[[], float] = time.monotonic,
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        self._replay = replay
        self._now = now
        self._limit = limit_bytes
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._clean: int | None = 0
        self._saving: int | None = None
        self._last_push = float("-inf")
        self._open = False

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo and no gesture is under way."""
        return bool(self._done) and not self._open

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo and no gesture is under way."""
        return bool(self._undone) and not self._open

    @property
    def undo_label(self) -> str:
        """What undo would take back, or empty."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, or empty."""
        return self._undone[-1].label if self._undone else ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Labels of all steps, done and undone, oldest first."""
        return tuple(step.label for step in (*self._done, *reversed(self._undone)))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Bytes that each of ``steps`` holds."""
        return tuple(step.nbytes for step in (*self._done, *reversed(self._undone)))

    @property
    def limit(self) -> int:
        """Bytes beyond which the oldest steps are forgotten."""
        return self._limit

    def set_limit(self, limit_bytes: int) -> None:
        """Another limit; steps beyond it are forgotten at once."""
        self._limit = limit_bytes
        before = len(self._done), len(self._undone)
        self._trim()
        if before != (len(self._done), len(self._undone)):
            self.changed.emit()

    @property
    def position(self) -> int:
        """How many of ``steps`` are done."""
        return len(self._done)

    @property
    def nbytes(self) -> int:
        """Bytes that all steps hold."""
        return sum(step.nbytes for step in (*self._done, *self._undone))

    @property
    def clean(self) -> bool:
        """Whether the document is as it was at the last ``mark_clean``."""
        return self._clean == len(self._done) and not self._open

    def mark_clean(self) -> None:
        """The document has just been saved."""
        self._clean = len(self._done)
        self.changed.emit()

    def begin_save(self) -> None:
        """The document as it is now is being written, while people go on."""
        # The middle of a gesture is no step: nothing leads back to what is written then.
        self._saving = None if self._open else len(self._done)

    def end_save(self, *, written: bool) -> None:
        """Writing is over; where it worked, the document is clean as it was at its beginning."""
        if written:
            self._clean = self._saving
        self._saving = None
        self.changed.emit()

    def reset(self, *, clean: bool = True) -> None:
        """Forget all steps: another document begins."""
        self._done.clear()
        self._undone.clear()
        self._clean, self._saving, self._open = (0 if clean else None), None, False
        self._last_push = float("-inf")
        self.changed.emit()

    def undo(self) -> bool:
        """Take the last step back; False when there is none or a gesture is under way."""
        return self._cross(self._done, self._undone) if self.can_undo else False

    def redo(self) -> bool:
        """Do the next step again; False when there is none or a gesture is under way."""
        return self._cross(self._undone, self._done) if self.can_redo else False

    def go_to(self, position: int) -> None:
        """Undo or redo until ``position`` steps are done.

        Raises:
            ValueError: a position outside [0, number of steps].
        """
        total = len(self._done) + len(self._undone)
        if not 0 <= position <= total:
            raise ValueError(f"go_to: expected a position in [0, {total}], got {position}")
        while self.position > position and self.undo():
            pass
        while self.position < position and self.redo():
            pass

    def record(self, step: Step) -> None:
        """Add a step that has just been done; what was undone is forgotten.

        It joins the step before where both carry the same merge key and less than 0.6 s passed.
        """
        if self._clean is not None and self._clean > len(self._done):
            self._clean = None
        if self._saving is not None and self._saving > len(self._done):
            self._saving = None
        joins = self._joins(step)
        self._undone.clear()
        if joins:
            last = self._done[-1]
            edits = last.edits
            for inverse in reversed(step.edits):
                edits = with_inverse(edits, inverse)
            self._done[-1] = replace(last, label=step.label, edits=edits)
        else:
            self._done.append(step)
        self._last_push = self._now()
        self._trim()
        self.changed.emit()

    def set_open(self, is_open: bool) -> None:
        """Say whether a gesture is under way; nothing can be undone meanwhile."""
        if self._open != is_open:
            self._open = is_open
            self.changed.emit()

    def _joins(self, step: Step) -> bool:
        return (
            bool(self._done)
            and not self._undone
            and step.merge_key is not None
            and step.merge_key == self._done[-1].merge_key
            and len(self._done) not in (self._clean, self._saving)
            and self._now() - self._last_push <= MERGE_WINDOW
        )

    def _cross(self, origin: list[Step], target: list[Step]) -> bool:
        step = origin[-1]
        inverses, announce = self._replay(step.edits, step.label)
        origin.pop()
        target.append(replace(step, edits=inverses))
        self._last_push = float("-inf")
        self._trim()
        announce()
        self.changed.emit()
        return True

    def _trim(self) -> None:
        excess = self.nbytes - self._limit
        while excess > 0 and len(self._done) > 1:
            excess -= self._done.pop(0).nbytes
            self._clean, self._saving = _before(self._clean), _before(self._saving)
        while excess > 0 and len(self._undone) > 1:
            excess -= self._undone.pop(0).nbytes


def _before(position: int | None) -> int | None:
    """A mark once the oldest step is forgotten; None where it was there."""
    return position - 1 if position else None
