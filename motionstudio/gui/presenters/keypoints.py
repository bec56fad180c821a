"""Keypoints in the picture: dragged, turned, zoomed and sheared, with the picture following."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.dim_groups import DimGroup
from motionstudio.core.keypoint_pose import Pose, Pull, pose_of, size_of, turn_of
from motionstudio.core.motion import Float, RowKind
from motionstudio.core.picture import Transform
from motionstudio.document.change import Change
from motionstudio.document.latent_commands import ResetCells
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.gui.items.keypoint_mark import GROUP, KeypointMark, Part
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.grouping import groups_of
from motionstudio.gui.presenters.handles import MOST_SPREAD
from motionstudio.gui.presenters.keypoint_geometry import (
    arms_of,
    pixels_of,
    turning_of,
    words_of,
)
from motionstudio.gui.presenters.keypoint_hold import Hold
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability, ModelCard

Choose = Callable[[tuple[int, ...], tuple[int, ...]], None]
"""Selects rows and dimensions of the matrix."""

_TURN_STEP, _SIZE_STEP = np.radians(2.0), 1.02
_WHAT = "Dragging the picture"
_BODY = "#ffffff"


class KeypointsPresenter(QObject):
    """Gestures on keypoints -> rows in closed form -> ``PutTrack``, one transaction a gesture.

    A keypoint is selected while all of its dimensions are: the matrix and the picture share one
    selection. Marks follow the hand at once, the document as fast as pictures can be made.

    Args:
        session, pictures, gate: of the window.
        choose: selects cells of the matrix.

    Signals:
        changed: marks, tool or what can be done are different.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        pictures: PicturesPresenter,
        gate: EditGate,
        choose: Choose,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pictures, self._gate = session, pictures, gate
        self._choose = choose
        self._hold: Hold | None = None
        self._known_card: ModelCard | None = None
        self._groups: tuple[DimGroup, ...] = ()
        self.tool = False
        self.spread = 0.0
        pictures.pictureChanged.connect(self.changed)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def dragging(self) -> bool:
        """Whether a gesture is under way."""
        return self._hold is not None

    @property
    def groups(self) -> tuple[DimGroup, ...]:
        """The keypoints of the active subject's model; none where it has none."""
        card = self._session.card(self._session.active)
        if card is None or Capability.KEYPOINTS not in card.capabilities:
            return ()
        if card is not self._known_card:
            self._known_card, self._groups = card, groups_of(card)
        return self._groups

    @property
    def selected(self) -> tuple[int, ...]:
        """Keypoints of which all dimensions are selected."""
        chosen = set(self._session.selection.dims)
        return tuple(k for k, group in enumerate(self.groups) if chosen.issuperset(group.dims))

    def why_not(self) -> str:
        """Why keypoints cannot be dragged; empty where they can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if reason := missing_reason(self._session.card(subject), Capability.KEYPOINTS, _WHAT):
            return reason
        if subject.track is None or not subject.has_motion:
            return "The motion of this clip is not known yet."
        ours = subject.track.base.rows is RowKind.FRAME and self.groups
        return "" if ours else "The keypoints of this model are not known."

    def why_none(self) -> str:
        """Why nothing can be done to the selected keypoints; empty where some are."""
        return self.why_not() or ("" if self.selected else "Select keypoints of the picture first.")

    def set_tool(self, on: bool) -> None:
        """Pick up the tool, or put it away."""
        if on and (reason := self.why_not()):
            self._session.notices.say(reason)
            on = False
        if on:
            self._session.view.update(playing=False)
        else:
            self.cancel()
        self.tool = on
        self.changed.emit()

    def set_spread(self, rows: float) -> None:
        """How many frames to either side follow: the width of a Gaussian, 0 for none."""
        self.spread = min(max(rows, 0.0), MOST_SPREAD)
        if self._hold is not None and self._hold.opened:
            self._put(self._hold)
        self.changed.emit()

    def press(self, index: int, part: Part, only_select: bool) -> None:
        """Take hold of a keypoint, of one of its axes, or of all that are selected (``GROUP``)."""
        if self._hold is not None or self.why_not():
            return
        if only_select:
            self.select({index} ^ set(self.selected))
            return
        if index != GROUP and index not in self.selected:
            self.select({index})
        self._take(self.selected, None if index == GROUP else index, part)

    def move(self, dx: float, dy: float) -> None:
        """The hand went this far since the press, pixels of the picture."""
        if (hold := self._ready()) is not None:
            hold.shift(self._in_square(dx, dy))
            self._put(hold)

    def pull(self, dx: float, dy: float, turn: bool, size: bool) -> None:
        """The tip of the axis in the hand went this far, in units of an axis at rest."""
        if (hold := self._ready()) is not None:
            how = Pull.TURN if turn else Pull.SIZE if size else Pull.FREE
            if hold.pull(np.linalg.solve(self._turning(), np.array([dx, dy])), how):
                self._put(hold)

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected keypoints by pixels; ``release`` ends the gesture."""
        if (hold := self._by_keys()) is not None:
            hold.keyed[:2] += (dx, dy)
            hold.shift(self._in_square(*hold.keyed[:2]))
            self._put(hold)

    def turn(self, turns: float, sizes: float) -> None:
        """Turn and zoom what is selected by steps; several as one body."""
        if (hold := self._by_keys()) is not None and hold.before.axes is not None:
            hold.keyed[2:] += (turns, sizes)
            angle, size = hold.keyed[2] * _TURN_STEP, _SIZE_STEP ** hold.keyed[3]
            sine, cosine = np.sin(angle), np.cos(angle)
            hold.verb = "Turn and zoom"
            hold.change(size * np.array([[cosine, -sine], [sine, cosine]]))
            self._put(hold)

    def release(self) -> None:
        """The hand let go: one undo step, or none where nothing moved."""
        hold, self._hold = self._hold, None
        if hold is not None and hold.opened:
            self._gate.flush()
            self._session.project.commit(hold.label)
        self.changed.emit()

    def cancel(self) -> bool:
        """Take the gesture under way back; tells whether there was one."""
        hold, self._hold = self._hold, None
        if hold is None:
            return False
        if hold.opened:
            self._gate.discard()
            self._session.project.rollback()
        self.changed.emit()
        return True

    def select(self, which: Iterable[int]) -> None:
        """Select these keypoints, in all frames: their dimensions in the matrix."""
        subject, groups = self._session.active, self.groups
        if subject is None or subject.track is None:
            return
        dims = tuple(sorted({dim for k in which for dim in groups[k].dims}))
        rows = tuple(range(len(subject.track.offset))) if dims else ()
        self._choose(rows, dims)
        self.changed.emit()

    def pick(self, which: tuple[int, ...], add: bool) -> None:
        """Select what lies in a box, alone or beside what is selected."""
        if self.groups:
            self.select(set(which) | (set(self.selected) if add else set()))

    def select_all(self) -> None:
        """Select every keypoint, with the tool in the hand."""
        if not self.tool:
            self.set_tool(True)
        self.select(range(len(self.groups)))

    def select_next(self) -> None:
        """Select the keypoint after the last selected one."""
        count = len(self.groups)
        if count:
            self.select({(max(self.selected, default=-1) + 1) % count})

    def reset(self) -> None:
        """Put the selected keypoints of this frame back to what was encoded."""
        subject, groups = self._session.active, self.groups
        if subject is None or self._hold is not None or self.why_none():
            return
        which, frame = self.selected, self._session.playhead
        names = ", ".join(groups[k].name for k in which[:4]) + (", …" if len(which) > 4 else "")
        dims = tuple(sorted(dim for k in which for dim in groups[k].dims))
        label = f"Reset {names}, frame {frame}"
        self._session.push(ResetCells(subject.id, (frame,), dims), label)

    def marks(self) -> tuple[KeypointMark, ...]:
        """The keypoints of the picture on screen, and what takes several of them as one body."""
        known = self._known()
        if known is None:
            return ()
        pose, rest, transform = known
        chosen, groups = self.selected, self.groups
        places = transform.points_to_native(pixels_of(pose.places, transform))
        moved = places - transform.points_to_native(pixels_of(rest, transform))
        turning = turning_of(transform)
        marks = [
            KeypointMark(
                k, (float(places[k][0]), float(places[k][1])),
                arms_of(turning, None if pose.axes is None else pose.axes[k]),
                group.colour, group.name, words_of(moved[k], pose, k), k in chosen,
            )
            for k, group in enumerate(groups)
        ]  # fmt: skip
        if len(chosen) > 1:
            marks.append(self._body(pose, chosen, transform))
        return tuple(marks)

    def _body(self, pose: Pose, chosen: tuple[int, ...], transform: Transform) -> KeypointMark:
        """The mark in the middle of what is selected."""
        hold, turning = self._hold, turning_of(transform)
        x, y = transform.points_to_native(pixels_of(pose.centre(chosen)[np.newaxis], transform))[0]
        axes = np.eye(2)
        if hold is not None and hold.grip is None and pose.axes is not None:
            before, k = hold.before.axes, hold.which[0]
            if before is not None:
                axes = pose.axes[k] @ np.linalg.pinv(before[k])
        arms = arms_of(turning, None if pose.axes is None else axes)
        words = f"turned {turn_of(axes):+.0f}°, size × {size_of(axes):.2f}".replace("-", "−")
        name = f"{len(chosen)} keypoints as one"
        return KeypointMark(GROUP, (float(x), float(y)), arms, _BODY, name, words, True)

    def _known(self) -> tuple[Pose, NDArray[np.float64], Transform] | None:
        """Pose, rest and framing of the picture on screen; None where it has no keypoints."""
        subject, shown, hold = self._session.active, self._pictures.shown, self._hold
        transform = self._transform(subject)
        if subject is None or subject.track is None or shown is None or transform is None:
            return None
        rest = self._rest()
        if rest is None or self._session.view.state.part:
            return None
        if hold is not None:
            return hold.pose, rest.astype(np.float64), transform
        if shown.frame >= len(subject.track.offset):
            return None
        row = subject.track.motion().mean[shown.frame]
        pose = pose_of(row, rest, [group.dims for group in self.groups])
        return pose, rest.astype(np.float64), transform

    def _rest(self) -> Float | None:
        shown, subject = self._pictures.shown, self._session.active
        if shown is None or subject is None or shown.subject != subject.id:
            return None
        rest = shown.overlays.get("rest")
        fits = rest is not None and rest.shape == (len(self.groups), 2) and len(self.groups)
        return np.asarray(rest, np.float32) if fits else None

    def _transform(self, subject: Subject | None) -> Transform | None:
        card = self._session.card(subject)
        facts = None if subject is None else self._session.media.facts(subject)
        if subject is None or card is None or facts is None or not subject.has_motion:
            return None
        return transform_of(subject, facts, card)

    def _take(self, which: tuple[int, ...], grip: int | None, part: Part) -> None:
        subject, rest = self._session.active, self._rest()
        if subject is None or subject.track is None or rest is None or not which:
            return
        if self._session.project.in_transaction:
            return
        self._session.view.update(playing=False)
        groups, frame = self.groups, self._session.playhead
        dims = tuple(group.dims for group in groups)
        names = tuple(group.name for group in groups)
        self._hold = Hold(
            subject.id, frame, subject.track, rest, dims, names, which, grip, part
        )  # fmt: skip

    def _by_keys(self) -> Hold | None:
        """The gesture of the keys; it begins with the first of them."""
        if self._hold is None and not self.why_none():
            chosen = self.selected
            self._take(chosen, chosen[0] if len(chosen) == 1 else None, Part.DISC)
        return self._ready()

    def _ready(self) -> Hold | None:
        """The gesture under way, its transaction open; None where this frame cannot move."""
        hold = self._hold
        if hold is None or hold.opened:
            return hold
        if hold.frame == hold.track.locked_row:
            self._hold = None
            self._session.notices.say(
                f"Frame {hold.frame} is the picture itself and cannot move.",
                "Go to another frame and drag the keypoints there.",
            )
            return None
        self._session.project.begin("Drag keypoints")
        hold.opened = True
        return hold

    def _put(self, hold: Hold) -> None:
        self._gate.submit(lambda: self._session.push(hold.edit(self.spread)))
        self.changed.emit()

    def _in_square(self, dx: float, dy: float) -> NDArray[np.float64]:
        """A way in pixels of the picture in units of the model's square."""
        transform = self._transform(self._session.active)
        if transform is None:
            return np.zeros(2)
        there = transform.points_to_model(np.array([[dx, dy], [0.0, 0.0]]))
        height, width = transform.model_size
        return np.asarray((there[0] - there[1]) * 2 / (width - 1, height - 1), np.float64)

    def _turning(self) -> NDArray[np.float64]:
        transform = self._transform(self._session.active)
        return np.eye(2) if transform is None else turning_of(transform)

    def _on_change(self, change: Change) -> None:
        if self._hold is None:
            if self.tool and change.kinds & {"subjects", "model"} and self.why_not():
                self.tool = False
            self.changed.emit()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.cancel()
            if self.tool and self.why_not():
                self.tool = False
        told = (new.active, new.playhead, new.part, new.selection)
        if told != (old.active, old.playhead, old.part, old.selection):
            self.changed.emit()


def selecting(session: Session, show: Callable[[Iterable[int], Iterable[int]], None]) -> Choose:
    """Selects cells in the view and shows them in the matrix."""

    def choose(rows: tuple[int, ...], dims: tuple[int, ...]) -> None:
        show(rows, dims)
        session.view.update(selection=Selection(rows, dims))

    return choose
