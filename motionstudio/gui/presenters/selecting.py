"""Selecting cells of the matrix by what they are."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from motionstudio.document.view import Selection
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.presenters.latent_words import dropped_rows
from motionstudio.gui.presenters.session import Session


class Selecting:
    """Selections are frames times dimensions; where dimensions are selected, they stay.

    Args:
        session: shared parts.
        matrix: shows the selection.
    """

    def __init__(self, session: Session, matrix: LatentMatrix) -> None:
        self._session, self._matrix = session, matrix

    def everything(self) -> None:
        """Select the whole matrix."""
        rows, dims = self._shape()
        self._choose(range(rows), range(dims))

    def nothing(self) -> None:
        """Select nothing."""
        self._choose((), ())

    def edited(self) -> None:
        """Select the frames and dimensions that hold an edited value."""
        subject = self._session.active
        if subject is not None and subject.track is not None:
            marks = subject.track.edited
            self._tell(np.flatnonzero(marks.any(1)), np.flatnonzero(marks.any(0)), "edited value")

    def keyed(self) -> None:
        """Select the frames and dimensions that hold a key."""
        subject = self._session.active
        if subject is not None and subject.track is not None:
            keys = subject.track.keys
            self._tell(keys.frames, keys.dims, "key")

    def filled(self) -> None:
        """Select the frames that the model filled in."""
        subject = self._session.active
        if subject is not None and subject.track is not None:
            rows = np.flatnonzero(subject.track.base.filled)
            self._tell(rows, self._dims(), "filled-in frame")

    def kept(self) -> None:
        """Select the frames that the model saw."""
        subject = self._session.active
        if subject is not None and subject.track is not None:
            self._tell(np.flatnonzero(~dropped_rows(subject)), self._dims(), "kept frame")

    def invert(self) -> None:
        """Select the other frames; where all frames are selected, the other dimensions."""
        rows, dims = self._shape()
        chosen = self._session.selection
        if len(chosen.rows) < rows:
            others = set(range(rows)) - set(chosen.rows)
            self._choose(sorted(others), chosen.dims or range(dims))
        elif len(chosen.dims) < dims:
            self._choose(range(rows), sorted(set(range(dims)) - set(chosen.dims)))
        else:
            self.nothing()

    def _dims(self) -> Iterable[int]:
        return self._session.selection.dims or range(self._shape()[1])

    def _shape(self) -> tuple[int, int]:
        subject = self._session.active
        if subject is None or subject.track is None:
            return 0, 0
        rows, dims = subject.track.offset.shape
        return int(rows), int(dims)

    def _tell(self, rows: Iterable[int], dims: Iterable[int], what: str) -> None:
        found = tuple(int(row) for row in rows)
        if found:
            self._choose(found, (int(dim) for dim in dims))
        else:
            self._session.notices.say(f"There is no {what} to select.")

    def _choose(self, rows: Iterable[int], dims: Iterable[int]) -> None:
        self._matrix.set_selection(rows, dims)
        chosen = self._matrix.view.chosen
        self._session.view.update(selection=Selection(chosen.rows, chosen.dims))
