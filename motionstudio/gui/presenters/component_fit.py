"""The principal components that plot, sliders and presets share: found in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import ORIGIN, Float
from motionstudio.core.projection import (
    FitOptions,
    Projection,
    dimensions,
    fit,
    fit_distribution,
    used_rows,
)
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.presenters.session import Session
from motionstudio.models.space_file import read_space, row_distribution

_KINDS = {"subjects", "latent", "encoding", "model", "reference"}
_ALONE = ("active", "rows", "dimensions")


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """What a fit was made from, to tell whether it is still that.

    Attributes:
        model: name of the checkpoint.
        options: of the fit.
        tracks: of the subjects that took part, by id.
        rows: selected rows of the active subject, where only these count.
    """

    model: str
    options: FitOptions
    tracks: dict[str, LatentTrack]
    rows: tuple[int, ...] = ()

    def same_subjects(self, other: Members) -> bool:
        """Whether the same encodings and options are concerned, edits and selection aside."""
        if (self.model, self.options) != (other.model, other.options):
            return False
        if self.options.scope == "dataset":
            return True
        mine, theirs = self.tracks, other.tracks
        return mine.keys() == theirs.keys() and all(
            mine[key].base is theirs[key].base and mine[key].reference == theirs[key].reference
            for key in mine
        )

    def same_values(self, other: Members) -> bool:
        """Whether nothing was edited either, and the same frames are selected."""
        if self.options.scope in ("dataset", "dimensions"):
            return True
        edited = any(self.tracks[key] is not other.tracks.get(key) for key in self.tracks)
        return not edited and self.rows == other.rows


class ComponentFit(QObject):
    """Fits while somebody looks, again when subjects, encodings or options change.

    Edits and another selection do not turn the axes under the hand: ``stale`` says so, and
    ``recompute`` takes them in.

    Signals:
        changed: ``projection`` is another one, or None.
        staleChanged: ``stale`` is another sentence.
    """

    changed = Signal()
    staleChanged = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._options = FitOptions()
        self._projection: Projection | None = None
        self._made: Members | None = None
        self._asked: Members | None = None
        self._viewers: set[str] = set()
        self._stale = self._problem = ""
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def projection(self) -> Projection | None:
        """The components of the active subject's latent space, or None while there are none."""
        active, made = self._session.active, self._made
        if self._projection is None or made is None or active is None or active.track is None:
            return None
        fits = made.model == active.model and len(self._projection.axes.mean) == (
            active.track.base.dims
        )
        return self._projection if fits else None

    @property
    def options(self) -> FitOptions:
        """What people set."""
        return self._options

    @property
    def stale(self) -> str:
        """What changed that the fit does not contain yet, one sentence, or empty."""
        return self._stale

    @property
    def problem(self) -> str:
        """Why there are no components, one sentence, or empty."""
        return self._problem

    @property
    def members(self) -> Members | None:
        """What the components were made from."""
        return self._made

    def peers(self) -> tuple[Subject, ...]:
        """Subjects whose motions lie in the space of the active one, in the library's order."""
        active = self._session.active
        if active is None or active.track is None:
            return ()
        base = active.track.base
        return tuple(
            s
            for s in self._session.project.subjects
            if s.track is not None
            and s.model == active.model
            and s.track.base.dims == base.dims
            and s.track.base.model_hash == base.model_hash
        )

    def rows_of(self, subject: Subject) -> Float:
        """(R, D) rows of a peer, comparable with those of the active subject.

        Where the axes are the dimensions themselves, every subject starts from a latent of its own.
        """
        projection, track = self.projection, subject.track
        assert track is not None  # peers have one
        if projection is None or not projection.plain:
            return track.values
        away = origin_of(track) + projection.axes.mean.astype(np.float32)
        return np.asarray(track.values + away, np.float32)

    @property
    def absolute(self) -> bool:
        """Whether the active subject's motion says what latent its reference has."""
        active = self._session.active
        track = None if active is None else active.track
        return track is not None and ORIGIN in track.base.state

    def others(self) -> int:
        """How many subjects of other models are open."""
        active = self._session.active
        if active is None:
            return 0
        return sum(s.model != active.model for s in self._session.project.subjects)

    def set_viewer(self, name: str, looks: bool) -> None:
        """Somebody begins or ceases to look."""
        (self._viewers.add if looks else self._viewers.discard)(name)
        self.refresh()

    def set_options(self, options: FitOptions) -> None:
        """Fit with other options."""
        if options != self._options:
            self._options = options
            self.refresh()

    def why_not(self, scope: str) -> str:
        """Why a scope cannot be chosen; empty where it can."""
        active = self._session.active
        if scope == "rows" and len(self._session.selection.rows) < 2:
            return "Select at least two frames in the matrix or in the plot first."
        card = self._session.card(active)
        if scope == "dataset" and (card is None or card.path is None):
            return "This checkpoint does not say what motions it was trained on."
        return ""

    def recompute(self) -> None:
        """Fit again on what is there now."""
        self.refresh(again=True)

    def refresh(self, *, again: bool = False) -> None:
        """Fit again if somebody looks and the fit is of something else, or in any case.

        The components that are there stay until the new ones come.
        """
        if not self._viewers or self._session.project.in_transaction:
            return
        wanted = self._members()
        if wanted is None:
            self._asked = None
            self._set(None, None, "")
            return
        if not again and self._made is not None and self._made.same_subjects(wanted):
            self._set_stale(self._difference(self._made, wanted))
            return
        asked = self._asked
        if asked is not None and asked.same_subjects(wanted) and asked.same_values(wanted):
            return
        self._asked = wanted
        self._session.media.submit(self._work(wanted), lambda result: self._take(wanted, result))

    def _members(self) -> Members | None:
        active = self._session.active
        if active is None or active.track is None:
            return None
        options, rows = self._options, tuple[int, ...]()
        chosen = (active,) if options.scope in _ALONE else self.peers()
        if options.scope == "rows":
            rows = self._session.selection.rows
        tracks = {s.id: s.track for s in chosen if s.track is not None}
        return Members(active.model, options, tracks, rows)

    def _work(self, members: Members) -> Callable[[], Projection | str]:
        card = self._session.card(self._session.active)
        folder = None if card is None else card.path
        return lambda: computed(members, folder)

    def _take(self, members: Members, result: object) -> None:
        if members is not self._asked:
            return
        self._asked = None
        if isinstance(result, Projection):
            self._set(result, members, "")
            self.refresh()
        else:
            self._set(None, members, str(result))

    def _set(self, projection: Projection | None, made: Members | None, problem: str) -> None:
        same = self._projection is projection and self._problem == problem
        self._projection, self._made, self._problem = projection, made, problem
        self._set_stale("")
        if not same:
            self.changed.emit()

    def _set_stale(self, stale: str) -> None:
        if stale != self._stale:
            self._stale = stale
            self.staleChanged.emit()

    def _difference(self, made: Members, wanted: Members) -> str:
        if made.same_values(wanted):
            return ""
        if made.rows != wanted.rows:
            return "Other frames are selected than those the components were fitted on."
        return "Values were edited since the components were fitted."

    def _on_change(self, change: Change) -> None:
        if change.kinds & _KINDS and not self._session.project.in_transaction:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if (new.active, new.selection) != (old.active, old.selection):
            self.refresh()


def computed(members: Members, folder: Path | None) -> Projection | str:
    """Components of what ``members`` names, or why there are none; for any thread.

    Raises:
        MotionStudioError: the checkpoint cannot be read.
    """
    if members.options.scope == "dataset":
        space = None if folder is None else read_space(folder)
        if space is None:
            return "This checkpoint does not say what motions it was trained on."
        return fit_distribution(*row_distribution(space), members.options)
    if members.options.scope == "dimensions":
        (track,) = members.tracks.values()
        return dimensions(origin_of(track), members.options)
    rows = gathered(members)
    if len(rows) < 2:
        return "Components need at least two frames."
    return fit(rows, members.options)


def origin_of(track: LatentTrack) -> Float:
    """(D,) the latent that rows are relative to; zeros where they are relative to none."""
    known = track.base.state.get(ORIGIN)
    if known is None or known.shape != (1, track.base.dims):
        return np.zeros(track.base.dims, np.float32)
    return np.asarray(known[0], np.float32)


def gathered(members: Members) -> Float:
    """(n, D) the rows that take part."""
    options = members.options
    parts = []
    for track in members.tracks.values():
        values = track.values
        chosen = members.rows if options.scope == "rows" else None
        rows = used_rows(
            len(values), track.locked_row, with_reference=options.reference, chosen=chosen
        )
        parts.append(values[rows[rows < len(values)]])
    return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
