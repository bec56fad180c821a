"""Pictures that are drawn in glimpses: windows over them, other strokes, and blends of two."""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from motionstudio.core.glimpses import (
    morph,
    redrawn,
    window_outline,
)
from motionstudio.core.held import hold
from motionstudio.core.latent_track import LatentTrack
from motionstudio.document.change import Change
from motionstudio.document.commands import AddSubjects, EditLatent
from motionstudio.document.glimpse_commands import is_drawn, still_of, unfolded
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.responses import FrameReady
from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.panes.overlays import Overlays
from motionstudio.gui.presenters.marks import Marks
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

_WHO = "glimpses"
_LOOKS, _DRAWS = ("read_window", "#6cb6ff"), ("write_window", "#ff7b6b")
_BROADEST = 4.0
_SECONDS = 0.1

NO_DRAWING = "Choose a model that draws in glimpses, then make the drawing of a picture."
NOT_DRAWN = "This works on the drawing of one picture: Model, Glimpses, Draw this frame."
NO_PARTNER = "Make the drawing of another picture with the same model first."


class GlimpsePresenter(QObject):
    """Drawings: where they look, and what can be done with their glimpses.

    Signals:
        changed: what can be done may be different now.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        pictures: PicturesPresenter,
        marks: Marks,
        pane: Overlays,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pictures, self._marks, self._pane = session, pictures, marks, pane
        pictures.pictureChanged.connect(self._show)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)
        self._show()

    def why_not_open(self) -> str:
        """Why the frame at the playhead cannot be drawn in glimpses; empty where it can."""
        subject = self._session.active
        card = self._session.card(subject)
        if subject is None:
            return "Open a clip first."
        if card is None or card.glimpses < 2:
            return f"The model {subject.model or '(none)'} does not draw in glimpses."
        return "This is the drawing of its picture already." if is_drawing(subject) else ""

    def open(self) -> None:
        """Make the drawing of the frame at the playhead, as a subject of its own."""
        subject, session = self._session.active, self._session
        card = session.card(subject)
        if subject is None or card is None or self.why_not_open():
            return
        still = still_of(subject, session.playhead, uuid.uuid4().hex)
        made = unfolded(still, card.name, card.glimpses, card.dim_names)
        made = replace(made, name=f"{still.name}, drawn")
        session.push(AddSubjects((made,)))
        session.show(made.id)

    def why_not_redraw(self) -> str:
        """Why no glimpse can be drawn anew; empty where it can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        return "" if is_drawn(subject) else NOT_DRAWN

    def redraw(self, seed: int, spread: float = 1.0) -> None:
        """Draw the glimpses from the playhead on anew from the prior, as one step."""
        subject, start = self._session.active, self._session.playhead
        if subject is None or subject.track is None or not is_drawn(subject):
            return
        base = subject.track.base.mean
        rows = tuple(range(start, len(base)))
        block = redrawn(base, start, seed, spread) - base[start:]
        dims = tuple(range(base.shape[1]))
        last = len(base) - 1
        which = f"glimpse {start}" if start == last else f"glimpses {start}-{last}"
        command = EditLatent(subject.id, rows, dims, block, "Resample")
        self._session.push(command, f"Resample {which} with seed {seed}")

    def why_not_morph(self) -> str:
        """Why there is nothing to morph into; empty where there is."""
        return self.why_not_redraw() or ("" if self.partners() else NO_PARTNER)

    def partners(self) -> tuple[Subject, ...]:
        """Other drawings by the same model."""
        active = self._session.active
        if active is None or not is_drawn(active):
            return ()
        return tuple(
            subject
            for subject in self._session.project.subjects
            if subject.id != active.id
            and is_drawn(subject)
            and subject.model == active.model
            and len(subject.clip) == len(active.clip)
        )

    def morph(self, other_id: str, count: int) -> None:
        """Make a clip of ``count`` pictures that leads from the active drawing to another."""
        active, other = self._session.active, self._session.find(other_id)
        if active is None or other is None or self.why_not_morph():
            return
        made = _morphed(active, other, count)
        self._session.push(AddSubjects((made,)))
        self._session.show(made.id)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.changed.emit()
        if new.active != old.active or new.viewports.windows != old.viewports.windows:
            self._show()

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"subjects", "model", "encoding"}:
            self.changed.emit()
            self._show()

    def _show(self) -> None:
        ready, subject = self._pictures.shown, self._session.active
        card = self._session.card(subject)
        glimpses = card is not None and card.glimpses > 0
        looks = ready is not None and _LOOKS[0] in ready.overlays
        reason = "" if looks else "It draws without windows." if glimpses else NO_DRAWING
        self._pane.set_windows_reason(reason if ready is not None or not glimpses else "")
        on = self._session.view.state.viewports.windows
        strokes = (
            () if subject is None or ready is None or not on else self._strokes(subject, ready)
        )
        self._marks.set(_WHO, generated=strokes)

    def _strokes(self, subject: Subject, ready: FrameReady) -> tuple[Stroke, ...]:
        card, facts = self._session.card(subject), self._session.media.facts(subject)
        if card is None or facts is None:
            return ()
        transform = transform_of(subject, facts, card)
        made = []
        for (name, hue), words in zip((_LOOKS, _DRAWS), ("looks here", "draws here"), strict=True):
            place = ready.overlays.get(name)
            if place is not None:
                values = np.asarray(place, np.float64)
                corners = transform.points_to_native(window_outline(values))
                width = 1.0 + min(float(values[3]), _BROADEST) / 2
                made.append(Stroke(corners, hue, width, name=words))
        return tuple(made)


def is_drawing(subject: Subject) -> bool:
    """Whether a subject is a drawing, made already or on its way."""
    return subject.held and (subject.track is None or is_drawn(subject))


def _morphed(first: Subject, last: Subject, count: int) -> Subject:
    """A held still whose every frame is a picture between two drawings."""
    assert first.track is not None
    assert last.track is not None
    start, end = first.track.motion(), last.track.motion()
    each = len(start.mean)
    times = np.arange(count, dtype=np.float64) * _SECONDS
    base = replace(
        start,
        mean=morph(start.mean, end.mean, count),
        std=None,
        kept=np.ones(count, np.bool_),
        times=times,
        row_times=np.repeat(np.stack([times, times], 1), each, 0),
        filled=np.zeros(count * each, np.bool_),
    )
    made = replace(
        first,
        id=uuid.uuid4().hex,
        name=f"{first.name} to {last.name}",
        clip=hold(first.clip, times),
        kept=np.ones(count, np.bool_),
        track=LatentTrack.unedited(base),
        notes=(),
    )
    return replace(made, encoded_with=made.encoding_key)
