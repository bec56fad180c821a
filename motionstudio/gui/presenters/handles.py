"""Dragging the picture: handles on the material, solved for row by row while the hand moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.motion import Float, Motion, RowKind
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.fit_requests import SolveRequest
from motionstudio.engine.fit_responses import Solved
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.handle_gesture import Gesture
from motionstudio.gui.presenters.handle_set import HandleSet, Place, material_at, places_in
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability

SPREAD, MOST_SPREAD = 2.0, 20.0
PRIOR = 0.05
"""Model pixels squared that one standard deviation of learned motions costs."""

# Two Gauss-Newton steps take 23 ms on one core at 128 pixels: a picture for every move.
_STEPS = 2
_ROUNDS = 6
_LITTLE = 0.02  # pixels
_WHAT = "Dragging the picture"
_OTHER_ROWS = "Dragging needs a motion with one row for each frame."


class HandlesPresenter(QObject):
    """Gestures on pictures -> ``SolveRequest`` -> ``EditLatent``, one transaction a drag.

    One question is under way at a time; when it is answered the next goes out, with the newest
    place of the hand and the last solution to start from.

    Signals:
        changed: handles, tool or what can be done are different.
    """

    changed = Signal()

    def __init__(
        self, session: Session, pictures: PicturesPresenter, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._pictures = session, pictures
        self._sets: dict[str, HandleSet] = {}
        self._take_over(session.view.state)
        self._gesture: Gesture | None = None
        self.tool = False
        self.spread = SPREAD
        self.prior = PRIOR
        pictures.pictureChanged.connect(self.changed)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.engine.responseReady.connect(self._on_response)

    @property
    def handles(self) -> HandleSet:
        """Those of the active subject."""
        active = self._session.view.state.active or ""
        return self._sets.setdefault(active, HandleSet())

    @property
    def dragging(self) -> bool:
        """Whether a gesture is under way or its last answer is awaited."""
        return self._gesture is not None

    def why_not(self) -> str:
        """Why the picture cannot be dragged; empty where it can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        card = self._session.card(subject)
        if reason := missing_reason(card, Capability.HANDLES, _WHAT):
            return reason
        if subject.track is None or not subject.has_motion:
            return "The motion of this clip is not known yet."
        return "" if subject.track.base.rows is RowKind.FRAME else _OTHER_ROWS

    def why_no_handle(self) -> str:
        """Why no handle can be pinned, removed or left out; empty where one is selected."""
        if reason := self.why_not():
            return reason
        chosen = 0 <= self.handles.selected < len(self.handles.handles)
        return "" if chosen else "Pick a point of the picture first."

    def set_tool(self, on: bool) -> None:
        """Pick up the tool, or put it away."""
        if on and (reason := self.why_not()):
            self._session.notices.say(reason)
            on = False
        if on:
            self._session.view.update(playing=False)
        self.tool = on
        self.changed.emit()

    def set_spread(self, rows: float) -> None:
        """How many frames to either side follow: the width of a Gaussian, 0 for none."""
        self.spread = min(max(rows, 0.0), MOST_SPREAD)
        self.changed.emit()
        if self._gesture is not None and self._gesture.values is not None:
            self._put(self._gesture, self._gesture.values)

    def set_prior(self, weight: float) -> None:
        """How strongly learned motions hold the row back."""
        self.prior = max(weight, 0.0)
        self.changed.emit()

    def press(self, x: float, y: float, index: int, pin: bool) -> None:
        """Take hold of a handle, or of a point of the picture (index -1)."""
        shown, subject = self._pictures.shown, self._session.active
        if self._gesture is not None or subject is None or shown is None:
            return
        grip = (0.0, 0.0)
        if index < 0:
            index = self._pick((x, y), pin)
            if index < 0:
                return
        else:
            grip = self._grip(index, (x, y))
        self.handles.selected = index
        self._remember()
        self.changed.emit()
        if not pin:
            self._begin(index, grip)

    def move(self, x: float, y: float) -> None:
        """The hand is here now."""
        gesture = self._gesture
        if gesture is None or gesture.released:
            return
        gesture.wanted = (x + gesture.grip[0], y + gesture.grip[1])
        gesture.rounds = 0
        self._ask(gesture)

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected handle's target by pixels; ``release`` ends the gesture."""
        chosen, places = self.handles.selected, self.places()
        if self.why_no_handle() or places is None:
            return
        if self._gesture is None:
            self._begin(chosen, (0.0, 0.0))
        gesture = self._gesture
        if gesture is None or gesture.released:
            return
        handle = self.handles.handles[chosen]
        before = gesture.wanted or handle.targets.get(gesture.frame)
        start = before or (float(places[chosen][0]), float(places[chosen][1]))
        self.move(start[0] + dx, start[1] + dy)

    def release(self) -> None:
        """The hand let go: one undo step once the last place is solved for."""
        gesture = self._gesture
        if gesture is not None:
            gesture.released = True
            self._go_on(gesture, settled=True)

    def cancel(self) -> bool:
        """Take the drag under way back; tells whether there was one."""
        gesture = self._gesture
        if gesture is None:
            return False
        self._gesture = None
        self.handles.forget_targets()
        self._session.project.rollback()
        self.changed.emit()
        return True

    def add_in_middle(self) -> None:
        """Put a handle on the middle of the picture: the way without a mouse."""
        subject = self._session.active
        if subject is None or self.why_not():
            return
        height, width = subject.clip.size
        self.set_tool(True)
        self._pick(((width - 1) / 2, (height - 1) / 2), pin=False)
        self._remember()
        self.changed.emit()

    def select_next(self) -> None:
        """Select the next handle."""
        count = len(self.handles.handles)
        if count:
            self.handles.selected = (self.handles.selected + 1) % count
            self.changed.emit()

    def toggle_pin(self, index: int = -1) -> None:
        """Pin a handle (-1: the selected one) to its place, or let it go."""
        index = self.handles.selected if index < 0 else index
        if 0 <= index < len(self.handles.handles) and self._gesture is None:
            handle = self.handles.handles[index]
            handle.pinned = not handle.pinned
            handle.targets.clear()
            handle.left.clear()
            self.handles.selected = index
            self._remember()
            self.changed.emit()

    def remove(self) -> None:
        """Take the selected handle away; the motion stays."""
        if not self.why_no_handle() and self._gesture is None:
            self.handles.remove(self.handles.selected)
            self._remember()
            self.changed.emit()

    def clear(self) -> None:
        """Take all handles of the subject away; the motion stays."""
        if self._gesture is None:
            self._sets.pop(self._session.view.state.active or "", None)
            self._remember()
            self.changed.emit()

    def places(self) -> NDArray[np.float64] | None:
        """(n, 2) where the handles lie in the picture shown; None where that is not known."""
        shown, subject = self._pictures.shown, self._session.active
        if shown is None or subject is None or shown.inverse is None:
            return None
        points = [handle.point for handle in self.handles.handles]
        return places_in(shown, points, subject.clip.size).reshape(-1, 2)

    def _grip(self, index: int, pointer: Place) -> Place:
        """From the pointer to a handle, so that taking hold of it moves nothing."""
        places = self.places()
        if places is None:
            return 0.0, 0.0
        return float(places[index][0]) - pointer[0], float(places[index][1]) - pointer[1]

    def _pick(self, place: Place, pin: bool) -> int:
        """Put a handle on the material at a place of the picture; its index, or -1."""
        shown, subject = self._pictures.shown, self._session.active
        if shown is None or subject is None or shown.displacement is None or self.why_not():
            return -1
        point = material_at(shown, place, subject.clip.size)
        if not self._is_seen(subject, point):
            self._session.notices.say(
                "The model does not see this part of the picture, so it cannot move.",
                "Pick a point inside the crop, or change the crop in the clip settings.",
            )
            return -1
        return self.handles.add(point, pinned=pin)

    def _is_seen(self, subject: Subject, point: Place) -> bool:
        card, facts = self._session.card(subject), self._session.media.facts(subject)
        if card is None or facts is None:
            return False
        transform = transform_of(subject, facts, card)
        x, y = transform.points_to_model(np.asarray([point]))[0]
        top, left, rows, columns = transform.content
        return bool(left - 0.5 <= x <= left + columns - 0.5 and top - 0.5 <= y <= top + rows - 0.5)

    def _begin(self, index: int, grip: Place) -> None:
        session, subject = self._session, self._session.active
        if subject is None or subject.track is None or session.project.in_transaction:
            return
        frame = session.playhead
        if frame == subject.track.locked_row:
            session.notices.say(
                f"Frame {frame} is the picture itself and cannot move.",
                "Go to another frame and drag the point there.",
            )
            return
        session.view.update(playing=False)
        track = subject.track
        self._gesture = Gesture(subject.id, frame, index, track, track.motion(), grip)
        session.project.begin("Drag the picture")

    def _ask(self, gesture: Gesture) -> None:
        subject = self._session.find(gesture.subject_id)
        if gesture.asked is not None or gesture.wanted is None or subject is None:
            return
        request = self._request(gesture, subject, gesture.wanted)
        if request is not None:
            gesture.asked, gesture.asked_for = request.id, gesture.wanted
            gesture.rounds += 1
            self._session.engine.post(request)

    def _request(self, gesture: Gesture, subject: Subject, wanted: Place) -> SolveRequest | None:
        card, facts = self._session.card(subject), self._session.media.facts(subject)
        if card is None or facts is None or gesture.before.base is not _base(subject):
            return None
        self.handles.handles[gesture.index].targets[gesture.frame] = wanted
        points, targets = gesture.goals(self.handles, self.places())
        muted = gesture.before.muted
        free = tuple(d for d in range(gesture.before.base.dims) if d not in muted)
        return SolveRequest(
            subject=subject.id,
            revision=self._session.project.revision,
            model=subject.model,
            motion=gesture.motion,
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            row=gesture.frame,
            points=np.asarray(points),
            targets=np.asarray(targets),
            weights=np.ones(len(points)),
            start=gesture.values,
            dims=free if muted else None,
            steps=_STEPS,
            prior_weight=self.prior,
            reference=subject.reference,
        )

    def _on_response(self, response: Response) -> None:
        gesture = self._gesture
        if gesture is None or response.id != gesture.asked:
            return
        if isinstance(response, Solved):
            gesture.asked, gesture.values = None, response.values
            # Less than this in one answer is not worth another one.
            gained = gesture.gained(self.handles, response) if gesture.rounds > 1 else _LITTLE
            settled = response.steps < _STEPS or gesture.rounds >= _ROUNDS or gained < _LITTLE
            gesture.note(self.handles, response, settled=settled)
            self._put(gesture, response.values)
            self._go_on(gesture, settled=settled)
        elif isinstance(response, Failed | Cancelled):
            gesture.asked = None
            self._finish(gesture)

    def _go_on(self, gesture: Gesture, *, settled: bool) -> None:
        """Ask again while there is something to gain; end when the hand is gone."""
        if gesture.asked is not None:
            return
        moved_on = gesture.wanted != gesture.asked_for
        if gesture.wanted is not None and (moved_on or not settled):
            self._ask(gesture)
        if gesture.asked is None and gesture.released:
            self._finish(gesture)

    def _put(self, gesture: Gesture, values: Float) -> None:
        self._session.push(gesture.edit(values, self.spread))
        self.changed.emit()

    def _finish(self, gesture: Gesture) -> None:
        self._gesture = None
        self._session.project.commit(gesture.label(self.handles))
        self.changed.emit()

    def _on_change(self, change: Change) -> None:
        if self._gesture is None and change.kinds & {"latent", "encoding", "model", "framing"}:
            for subject_id, handles in self._sets.items():
                if change.subject_id in (None, subject_id):
                    handles.forget_targets()
        if "subjects" in change.kinds:
            known = {subject.id for subject in self._session.project.subjects}
            self._sets = {key: value for key, value in self._sets.items() if key in known}
        moved = change.kinds & {"framing", "reference"} and change.subject_id is not None
        if moved and self._gesture is None:
            # The material was that of another picture.
            self._sets.pop(change.subject_id or "", None)
        self._remember()
        self.changed.emit()

    def _remember(self) -> None:
        """Let the view, which is saved with a project, have the handles as they are."""
        kept = tuple((key, one.pins) for key, one in self._sets.items() if one.handles)
        settings = self._session.view.state.viewports
        if kept != settings.handles:
            self._session.view.update(viewports=replace(settings, handles=kept))

    def _take_over(self, view: ViewState) -> None:
        """Have the handles of a view that was not made here: that of another project."""
        for key in [key for key in self._sets if key not in dict(view.viewports.handles)]:
            del self._sets[key]
        for key, pins in view.viewports.handles:
            if key not in self._sets or self._sets[key].pins != pins:
                self._sets[key] = HandleSet.of(pins)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.viewports.handles != old.viewports.handles:
            self._take_over(new)
        if new.active != old.active:
            self.cancel()
            if self.tool and self.why_not():
                self.tool = False
        if (new.active, new.playhead) != (old.active, old.playhead):
            self.changed.emit()


def _base(subject: Subject) -> Motion | None:
    return None if subject.track is None else subject.track.base
