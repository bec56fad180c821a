"""The document: one value, changed only by commands, with its history and one signal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion
from motionstudio.document.change import ALL_KINDS, Change, Command, Edit, Kind, ProjectState
from motionstudio.document.history import LIMIT_BYTES, History, Step, with_inverse
from motionstudio.document.subject import EncodingKey, Subject


@dataclass(frozen=True, slots=True, eq=False)
class _Transaction:
    label: str
    edits: tuple[Edit, ...] = ()


class Project:
    """Subjects and what people decided about them.

    Signals:
        changed: a ``Change``, after the state, the revision and the history are up to date.

    Args:
        state: to start from.
        now: seconds of a monotonic clock, for merging quick repeats into one step.
        limit_bytes: bound of the history's memory.
    """

    changed = Signal(Change)

    def __init__(
        self,
        state: ProjectState | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        self._state = state or ProjectState()
        self._revision = 0
        self._transaction: _Transaction | None = None
        self._history = History(self._replay, now=now, limit_bytes=limit_bytes)
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """The file that the document lives in, or None before it was first saved."""
        return self._path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._path = path

    def load(self, state: ProjectState, path: Path | None = None, *, clean: bool = True) -> None:
        """Go over to another document: no history, no changes, every listener told of all kinds.

        Args:
            state: the other document.
            path: the file that it lives in, or None.
            clean: whether that file holds all of it.

        Raises:
            RuntimeError: a gesture is under way.
        """
        if self._transaction is not None:
            raise RuntimeError(f"load: the transaction '{self._transaction.label}' is still open")
        self._state, self._path = state, path
        self._revision += 1
        self._history.reset(clean=clean)
        self.changed.emit(Change(None, ALL_KINDS, None, ""))

    @property
    def state(self) -> ProjectState:
        """The document as one immutable value."""
        return self._state

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """All subjects in the order of the library."""
        return self._state.subjects

    @property
    def revision(self) -> int:
        """Grows with every change, undo and new encoding; never returns to an older number."""
        return self._revision

    @property
    def history(self) -> History:
        """Undo and redo."""
        return self._history

    @property
    def in_transaction(self) -> bool:
        """Whether a gesture is under way."""
        return self._transaction is not None

    def subject(self, subject_id: str) -> Subject:
        """The subject with this id; raises ValueError where there is none."""
        return self._state.subject(subject_id)

    def push(self, command: Command) -> None:
        """Do a command. One that changes nothing leaves no step, revision or signal.

        Raises:
            ValueError: the command does not fit the document, which then stays as it is.
        """
        outcome = command.apply(self._state)
        if not outcome.change.kinds:
            return
        self._state = outcome.state
        self._revision += 1
        label = outcome.change.label or command.label
        if self._transaction is None:
            self._history.record(Step(label, (outcome.inverse,), command.merge_key))
        else:
            edits = with_inverse(self._transaction.edits, outcome.inverse)
            self._transaction = replace(self._transaction, edits=edits)
        self.changed.emit(replace(outcome.change, label=label))

    def begin(self, label: str) -> None:
        """Open a transaction: all commands until ``commit`` are one step named ``label``.

        Raises:
            RuntimeError: one is open already.
        """
        if self._transaction is not None:
            raise RuntimeError(
                f"begin('{label}'): the transaction '{self._transaction.label}' is still open"
            )
        self._transaction = _Transaction(label)
        self._history.set_open(True)

    def commit(self, label: str = "") -> None:
        """Close the transaction as one step, or as none when nothing changed.

        Args:
            label: replaces the one given to ``begin``, now that the gesture is known.

        Raises:
            RuntimeError: none is open.
        """
        done = self._close("commit")
        if done.edits:
            self._history.record(Step(label or done.label, done.edits))

    def rollback(self) -> None:
        """Close the transaction and put everything back as it was at ``begin``.

        Raises:
            RuntimeError: none is open.
        """
        done = self._close("rollback")
        if done.edits:
            _, change = self._apply_all(done.edits)
            self.changed.emit(change)

    @contextmanager
    def transaction(self, label: str) -> Iterator[None]:
        """``begin`` and ``commit`` around a block; ``rollback`` where it raises."""
        self.begin(label)
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def set_encoding(
        self,
        subject_id: str,
        motion: Motion,
        kept: NDArray[np.bool_],
        key: EncodingKey | None = None,
    ) -> bool:
        """Take over what the model made of a subject: derived, no step in the history.

        Edits stay on top. An encoding that the subject has outgrown is ignored.

        Args:
            subject_id: whose.
            motion: (R, D), row t for frame t where rows are frames.
            kept: (T,) bool, the mask that was encoded.
            key: ``Subject.encoding_key`` when the encoding was asked for. Without it only
                ``kept`` and the model's name are compared.

        Returns:
            Whether it was taken over.

        Raises:
            ValueError: the model is the same but its matrix has another shape.
        """
        subject = self._state.find(subject_id)
        if subject is None or not _fits(subject, motion, kept, key):
            return False
        if subject.track is None:
            track = LatentTrack.unedited(motion, subject.reference)
        else:
            track = subject.track.rebased(motion)
        encoded = replace(subject, track=track, encoded_with=subject.encoding_key)
        self._state = self._state.with_subject(encoded)
        self._revision += 1
        self.changed.emit(Change(subject_id, frozenset({"encoding"}), None, ""))
        return True

    def _close(self, verb: str) -> _Transaction:
        if self._transaction is None:
            raise RuntimeError(f"{verb}: no transaction is open")
        done, self._transaction = self._transaction, None
        self._history.set_open(False)
        return done

    def _replay(
        self, edits: Sequence[Edit], label: str
    ) -> tuple[tuple[Edit, ...], Callable[[], None]]:
        inverses, change = self._apply_all(edits)
        change = replace(change, label=label, undo=True)
        return inverses, lambda: self.changed.emit(change)

    def _apply_all(self, edits: Sequence[Edit]) -> tuple[tuple[Edit, ...], Change]:
        state = self._state
        changes: list[Change] = []
        inverses: tuple[Edit, ...] = ()
        for edit in edits:
            outcome = edit.apply(state)
            state = outcome.state
            inverses = (outcome.inverse, *inverses)
            changes.append(outcome.change)
        self._state = state
        self._revision += 1
        return inverses, _joined(changes)


def _fits(
    subject: Subject, motion: Motion, kept: NDArray[np.bool_], key: EncodingKey | None
) -> bool:
    if key is not None and key != subject.encoding_key:
        return False
    same_model = not (motion.model and subject.model) or motion.model == subject.model
    return same_model and np.array_equal(kept, subject.kept)


def _joined(changes: Sequence[Change]) -> Change:
    ids = {change.subject_id for change in changes}
    kinds: frozenset[Kind] = frozenset().union(*(change.kinds for change in changes))
    frames: set[int] | None = set()
    for change in changes:
        frames = None if frames is None or change.frames is None else frames | set(change.frames)
    return Change(
        subject_id=ids.pop() if len(ids) == 1 else None,
        kinds=kinds,
        frames=None if frames is None else tuple(sorted(frames)),
        label="",
    )
