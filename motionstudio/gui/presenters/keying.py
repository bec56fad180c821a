"""Keys: gestures in the curves and actions of the menu become keys of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject

from motionstudio.core.keys import Easing, Key, Keys, moved, with_value, without
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.picture_rows import rows_words
from motionstudio.document.latent_commands import PutTrack, SetKeys
from motionstudio.document.subject import Subject
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.presenters.latent import LatentPresenter
from motionstudio.gui.presenters.session import Session

Place = tuple[int, int]

_VERBS = {
    Easing.AUTO: "Smooth",
    Easing.LINEAR: "Make straight the",
    Easing.HOLD: "Hold",
    Easing.EASE_IN: "Ease in",
    Easing.EASE_OUT: "Ease out",
    Easing.EASE_IN_OUT: "Ease in and out",
}


class KeyPresenter(QObject):
    """Adds, removes, moves and shapes keys; a key belongs to one dimension and one frame."""

    def __init__(
        self,
        session: Session,
        curves: LatentCurves,
        latent: LatentPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._curves, self._latent = session, curves, latent
        curves.keyAdded.connect(self.add_at)
        curves.keysMoved.connect(self._move)
        curves.keysRemoved.connect(self._remove)
        curves.keyBent.connect(self._bend)

    @property
    def targets(self) -> tuple[Place, ...]:
        """The keys that actions are about, as (dim, frame).

        Those selected in the curves; else those in the selected cells; else, of the dimensions
        that are shown, the ones whose segment the current frame lies in.
        """
        track = self._track()
        if track is None:
            return ()
        if self._curves.view.picked:
            return tuple(sorted(self._curves.view.picked))
        chosen = self._session.selection
        rows = frozenset(chosen.rows)
        inside = [(d, k.frame) for d in chosen.dims for k in track.keys.of(d) if k.frame in rows]
        if inside:
            return tuple(inside)
        found = []
        for dim in self.dims:
            before = [k for k in track.keys.of(dim) if k.frame <= self._latent.row]
            found += [(dim, before[-1].frame)] if before else []
        return tuple(found)

    @property
    def dims(self) -> tuple[int, ...]:
        """The dimensions that keys are added to: the selected ones, else those of the curves."""
        return self._session.selection.dims or self._curves.view.dims

    def add(self) -> None:
        """Add a key with the present value at the current frame of the selected dimensions."""
        subject, track = self._session.active, self._track()
        if subject is None or track is None:
            return
        frame = self._latent.row
        if frame == track.locked_row:
            self._session.notices.say(
                f"Frame {frame} is the reference: its motion is always zero, so it has no keys."
            )
            return
        values = track.values
        fresh = {d: with_value(track.keys.of(d), frame, float(values[frame, d])) for d in self.dims}
        where = rows_words(track.base, [frame])
        self._push(subject, fresh, f"Key {self._names(subject, fresh)} at {where}")

    def add_at(self, row: int, dim: int, value: float) -> None:
        """Add a key of this value, or move the one that is there."""
        subject, track = self._session.active, self._track()
        if subject is not None and track is not None and row != track.locked_row:
            fresh = {dim: with_value(track.keys.of(dim), row, value)}
            where = rows_words(track.base, [row])
            self._push(subject, fresh, f"Key {subject.dim_name(dim)} at {where}")

    def remove(self) -> None:
        """Remove the keys that are selected, or those at the current frame."""
        here = self._latent.row
        places = self.targets
        if not self._curves.view.picked and self._session.selection.is_empty:
            places = tuple(place for place in places if place[1] == here)
        self._remove(places)

    def remove_all(self) -> None:
        """Remove every key of the selected dimensions, of all dimensions without a selection."""
        subject, track = self._session.active, self._track()
        if subject is None or track is None:
            return
        dims = self._session.selection.dims or track.keys.dims
        keyed = [dim for dim in dims if track.keys.of(dim)]
        fresh: dict[int, Keys] = dict.fromkeys(keyed, ())
        self._push(subject, fresh, f"Remove all keys of {self._names(subject, fresh)}")

    def ease(self, easing: Easing) -> None:
        """Give the segments after these keys another shape."""
        self._reshape(lambda key: replace(key, easing=easing), f"{_VERBS[easing]} keys")

    def straighten(self) -> None:
        """Take the bend out of the segments after these keys."""
        self._reshape(lambda key: replace(key, tension=0.0), "Straighten keys")

    def _segments(self, track: LatentTrack) -> tuple[Place, ...]:
        """The keys of ``targets`` that a segment follows; else those before the current frame."""

        def begins(place: Place) -> bool:
            return place[1] < track.keys.of(place[0])[-1].frame

        chosen = tuple(place for place in self.targets if begins(place))
        if chosen or self._curves.view.picked:
            return chosen
        before = [(d, k.frame) for d in self.dims for k in track.keys.of(d)
                  if k.frame <= self._latent.row]  # fmt: skip
        return tuple(place for place in dict(before).items() if begins(place))

    def _reshape(self, shape: Callable[[Key], Key], verb: str) -> None:
        subject, track = self._session.active, self._track()
        if subject is None or track is None:
            return
        fresh: dict[int, Keys] = {}
        places = self._segments(track)
        if not places:
            self._session.notices.say("No segment follows these keys: they are the last ones.")
            return
        for dim, frames in _by_dim(places).items():
            keys = track.keys.of(dim)
            fresh[dim] = tuple(shape(key) if key.frame in frames else key for key in keys)
        frames_named = {frame for _, frame in places}
        self._push(subject, fresh, f"{verb} at {rows_words(track.base, sorted(frames_named))}")

    def _move(self, places: Iterable[Place], by: int, up: float) -> None:
        track, subject = self._latent.before, self._latent.gesture_subject
        if track is None or subject is None:
            return
        last, fresh = len(track.offset) - 1, {}
        for dim, frames in _by_dim(places).items():
            shifted = moved(track.keys.of(dim), frames, by, up, last)
            locked = () if track.locked_row is None else (track.locked_row,)
            fresh[dim] = without(shifted, locked)
        label = f"Move keys of {self._names(subject, fresh)}"
        after = track.with_keys(fresh)
        self._latent.change(PutTrack(subject.id, after, tuple(sorted(fresh)), label), label)

    def _bend(self, dim: int, frame: int, tension: float) -> None:
        track, subject = self._latent.before, self._latent.gesture_subject
        if track is None or subject is None:
            return
        keys = tuple(
            replace(key, tension=tension) if key.frame == frame else key
            for key in track.keys.of(dim)
        )
        label = f"Bend {subject.dim_name(dim)} after {rows_words(track.base, [frame])}"
        self._latent.change(SetKeys(subject.id, ((dim, keys),), label), label)

    def _remove(self, places: Iterable[Place]) -> None:
        subject, track = self._session.active, self._track()
        if subject is None or track is None:
            return
        chosen = _by_dim(places)
        fresh = {dim: without(track.keys.of(dim), frames) for dim, frames in chosen.items()}
        frames_named = {frame for frames in chosen.values() for frame in frames}
        if frames_named:
            where = rows_words(track.base, sorted(frames_named))
            self._push(subject, fresh, f"Remove keys at {where}")

    def _push(self, subject: Subject, keys: dict[int, Keys], label: str) -> None:
        if keys:
            self._session.push(SetKeys(subject.id, tuple(keys.items()), label), label)

    def _track(self) -> LatentTrack | None:
        subject = self._session.active
        return None if subject is None else subject.track

    def _names(self, subject: Subject, dims: Iterable[int]) -> str:
        named = [subject.dim_name(dim) for dim in dims]
        return ", ".join(named) if len(named) <= 3 else f"{len(named)} dimensions"


def _by_dim(places: Iterable[Place]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for dim, frame in places:
        found.setdefault(dim, set()).add(frame)
    return found
