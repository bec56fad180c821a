"""The pane Motion beside its sliders: handles, draws and the refinement under way."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.core.draws import draws_text
from motionstudio.document.change import Change
from motionstudio.gui.items.handle_layer import HandleMark
from motionstudio.gui.panes.motion_tools import MotionTools
from motionstudio.gui.presenters.drag_tool import DragTool
from motionstudio.gui.presenters.fitting import FittingPresenter, Progressed
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.tasks import TaskPresenter


class MotionToolsPresenter(QObject):
    """Handles and fitting <-> pane."""

    def __init__(
        self,
        session: Session,
        tools: MotionTools,
        drag: DragTool,
        fitting: FittingPresenter,
        tasks: TaskPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._tools = session, tools
        self._drag, self._handles = drag, drag.handles
        self._fitting, self._tasks = fitting, tasks
        tools.spreadChanged.connect(drag.set_spread)
        tools.priorChanged.connect(drag.handles.set_prior)
        drag.changed.connect(self._show_handles)
        fitting.started.connect(self._begin)
        fitting.progressed.connect(self._progress)
        fitting.ended.connect(self._end)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._show_drawn)
        self._show_handles()
        self._show_drawn()

    def draw(self) -> None:
        """Draw a motion with the pane's settings; the next press draws another."""
        tools = self._tools
        self._fitting.sample(
            mode=str(tools.mode.currentData()),
            temperature=tools.temperature.value,
            seed=tools.seed.value(),
        )
        tools.seed.setValue(tools.seed.value() + 1)

    def _show_handles(self) -> None:
        handles, tools = self._handles, self._tools
        tools.set_spread(self._drag.spread)
        tools.set_prior(handles.prior)
        tools.set_keypoints(self._drag.has_keypoints)
        if self._drag.has_keypoints:
            tools.set_handles(self._keypoint_words(), warn=False)
            return
        marks = handles.handles.handles
        frame = self._session.playhead
        if not marks:
            words = handles.why_not() or (
                "Click a point of the picture and drag it." if handles.tool else
                "Pick points of the picture and drag them where they should be."
            )  # fmt: skip
            tools.set_handles(words, warn=False)
            return
        pinned = sum(one.pinned for one in marks)
        words = f"{len(marks)} point{'s' if len(marks) > 1 else ''}"
        if pinned:
            words += f", {pinned} pinned"
        left = [one.left[frame] for one in marks if frame in one.left]
        short = any(mark.short for mark in self._marks(frame))
        if left:
            words += f" · farthest {max(left):.1f} px from its target"
        if short:
            words += ": the model cannot come nearer"
        tools.set_handles(words, warn=short)

    def _keypoint_words(self) -> str:
        keypoints = self._drag.keypoints
        if reason := keypoints.why_not():
            return reason
        if not keypoints.tool:
            return "Drag the keypoints of the model, and pull their axes."
        chosen, groups = keypoints.selected, keypoints.groups
        if len(chosen) == 1:
            return f"{groups[chosen[0]].name}: drag its disc, or pull an axis."
        if chosen:
            return (
                f"{len(chosen)} of {len(groups)} keypoints: they move together, and the square "
                "in their middle turns and zooms all as one."
            )
        return f"{len(groups)} keypoints: drag a disc; its axes turn and zoom (dot), or shear."

    def _marks(self, frame: int) -> tuple[HandleMark, ...]:
        places = self._handles.places()
        return () if places is None else self._handles.handles.marks(frame, places)

    def _show_drawn(self, _new: object = None, _old: object = None) -> None:
        subject = self._session.active
        drawn = "" if subject is None or not subject.draws else draws_text(subject.draws)
        self._tools.set_drawn(f"Drawn last: {drawn}" if drawn else "")

    def _begin(self, text: str) -> None:
        if text.startswith("Refining"):
            self._tools.plot.clear()
            self._tools.set_refining("Looking at the frames …")

    def _progress(self, where: Progressed) -> None:
        if not self._tools.plot.values:
            self._tools.plot.add(where.error_before, 0.0)
        self._tools.plot.add(where.error, where.fraction)
        left = "" if where.seconds_left is None else f" · {_seconds(where.seconds_left)} left"
        falling = f"{where.error_before:.2f} → {where.error:.2f} grey levels"
        self._tools.set_refining(f"{falling} · {100 * where.fraction:.0f} %{left}")
        self._tasks.progress("fit", where.fraction, f"Refining: {falling}")

    def _end(self) -> None:
        values = self._tools.plot.values
        if values:
            self._tools.set_refining(f"{values[0]:.2f} → {values[-1]:.2f} grey levels")
        else:
            self._tools.set_refining("")

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"name", "subjects"}:
            self._show_drawn()


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
