"""The tool that drags the picture: handles on its material, or the keypoints of the model."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from motionstudio.document.change import Change
from motionstudio.document.view import ViewState
from motionstudio.gui.presenters.handles import HandlesPresenter
from motionstudio.gui.presenters.keypoints import KeypointsPresenter
from motionstudio.gui.presenters.session import Session

_STAYS = "Keypoints belong to the model: they are always there, and every one holds its place."
_NONE = "This model has no keypoints: pick points of the picture and drag them."


class DragTool(QObject):
    """One tool for people; what is in the hand depends on what the model can do.

    Signals:
        changed: marks, tool or what can be done are different.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        handles: HandlesPresenter,
        keypoints: KeypointsPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.handles, self.keypoints = handles, keypoints
        self._wanted = False
        handles.changed.connect(self.changed)
        keypoints.changed.connect(self.changed)
        session.view.changed.connect(self._on_view)
        session.project.changed.connect(self._on_change)

    @property
    def has_keypoints(self) -> bool:
        """Whether the model's keypoints are what is dragged."""
        return bool(self.keypoints.groups)

    @property
    def on(self) -> bool:
        """Whether the tool is in the hand."""
        return self.handles.tool or self.keypoints.tool

    def toggle(self) -> None:
        """Pick up the tool, or put it away."""
        self._wanted = not self.on
        self._set(self._wanted)

    def put_away(self) -> None:
        """Put the tool away: another one takes the mouse."""
        self._wanted = False
        for each in (self.handles, self.keypoints):
            if each.tool:
                each.set_tool(False)

    def why_not(self) -> str:
        """Why the picture cannot be dragged; empty where it can."""
        return self.keypoints.why_not() if self.has_keypoints else self.handles.why_not()

    def why_no_keypoint(self) -> str:
        """Why nothing can be done to selected keypoints."""
        return self.keypoints.why_none() if self.has_keypoints else self._no_keypoints()

    def why_no_keypoints(self) -> str:
        """Why keypoints cannot be selected."""
        return self.keypoints.why_not() if self.has_keypoints else self._no_keypoints()

    def why_no_handle(self) -> str:
        """Why nothing can be done to the selected point of the material."""
        return _STAYS if self.has_keypoints else self.handles.why_no_handle()

    def why_no_new_handle(self) -> str:
        """Why no point of the material can be picked."""
        return _STAYS if self.has_keypoints else self.handles.why_not()

    def why_no_next(self) -> str:
        """Why there is no next point."""
        return self.keypoints.why_not() if self.has_keypoints else self.handles.why_no_handle()

    def select_next(self) -> None:
        """Select the next keypoint, or the next point of the material."""
        if self.has_keypoints:
            self.keypoints.select_next()
        else:
            self.handles.select_next()

    @property
    def spread(self) -> float:
        """How many frames to either side follow."""
        return self.keypoints.spread if self.has_keypoints else self.handles.spread

    def set_spread(self, rows: float) -> None:
        """How many frames to either side follow."""
        if self.has_keypoints:
            self.keypoints.set_spread(rows)
        else:
            self.handles.set_spread(rows)

    def cancel(self) -> bool:
        """Take the drag under way back; tells whether there was one."""
        return self.handles.cancel() or self.keypoints.cancel()

    def _no_keypoints(self) -> str:
        return self.handles.why_not() or _NONE

    def _set(self, on: bool) -> None:
        if self.has_keypoints:
            self.keypoints.set_tool(on)
        else:
            self.handles.set_tool(on)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._follow()

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"model", "encoding", "subjects"}:
            self._follow()

    def _follow(self) -> None:
        """Keep the tool in the hand where another clip has the other kind of points."""
        other = self.handles if self.has_keypoints else self.keypoints
        if other.tool:
            other.set_tool(False)
        fits = not self.why_not() and not self._session.project.in_transaction
        if self._wanted and not self.on and fits:
            self._set(True)
