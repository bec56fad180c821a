"""What changes a motion as a whole: dragging the picture, drawing, refining in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.items.layers import Content
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.models.base import Capability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("handle.tool", "Drag the picture", "Motion/Drag the picture", "Pick points of the "
               "picture, or the keypoints of the model, and drag them; the motion of this frame "
               "follows", ("H",), "drag",
               checkable=True),
    ActionSpec("handle.add", "Pick the middle", "Motion/Drag the picture", "Put a point on the "
               "middle of the picture; arrow keys drag it", ("Shift+H",), "add"),
    ActionSpec("handle.next", "Next point", "Motion/Drag the picture", "Select the next point",
               ("Ctrl+H",)),
    ActionSpec("handle.pin", "Pin or let go", "Motion/Drag the picture", "Pin the selected point "
               "to its place while others are dragged, or let it go", ("P",), "pin"),
    ActionSpec("handle.remove", "Remove point", "Motion/Drag the picture", "Take the selected "
               "point away; the motion stays", (), "remove"),
    ActionSpec("handle.clear", "Remove all points", "Motion/Drag the picture", "Take all points "
               "away; the motion stays", (), "close"),
    ActionSpec("keypoint.all", "Select all keypoints", "Motion/Drag the picture", "Take the tool "
               "and select every keypoint: they move, turn and zoom as one", ("Ctrl+Shift+H",),
               separated=True),
    ActionSpec("keypoint.reset", "Reset keypoints", "Motion/Drag the picture", "Put the selected "
               "keypoints of this frame back to what was encoded", (), "reset"),
    ActionSpec("view.uncertainty", "Uncertainty", "View", "Show how far pictures differ over "
               "samples of the posterior", ("U",), "uncertainty"),
    ActionSpec("model.draw", "New motion", "Model", "Draw a new motion with the settings of the "
               "pane Motion", ("Ctrl+Alt+N",), "dice"),
    ActionSpec("model.variations", "Variations…", "Model", "Draw a sheet of small moving pictures "
               "to choose a motion from", ("Ctrl+Shift+V",), "sheet"),
    ActionSpec("model.refine_selected", "Refine selected frames", "Model", "Fit only the selected "
               "frames, or this one", ("Ctrl+Shift+R",), "model", separated=True),
    ActionSpec("model.refine_keep", "Keep what refining reached", "Model", "Take over what the "
               "cancelled refinement had found", ()),
)  # fmt: skip


HOW_TO_DRAG = (
    "Click a point of the generated picture and drag it · Shift-click pins a point · Del removes it"
)
HOW_TO_PULL = "Drag a disc to move that part · its axes turn, zoom and shear · Shift adds another"


class ShapingActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        shaping, fitting = self._window.presenters.shaping, self._window.presenters.fitting
        handles, drag = shaping.handles, shaping.drag
        return {
            "handle.tool": Behaviour(self.toggle_tool, drag.why_not, lambda: drag.on),
            "handle.add": Behaviour(self.add, drag.why_no_new_handle),
            "handle.next": Behaviour(drag.select_next, drag.why_no_next),
            "handle.pin": Behaviour(handles.toggle_pin, drag.why_no_handle),
            "handle.remove": Behaviour(handles.remove, drag.why_no_handle),
            "handle.clear": Behaviour(handles.clear, self.no_handles),
            "keypoint.all": Behaviour(self.all_keypoints, drag.why_no_keypoints),
            "keypoint.reset": Behaviour(shaping.keypoints.reset, drag.why_no_keypoint),
            "view.uncertainty": Behaviour(
                lambda: self._window.behaviours.views.show_content(Content.UNCERTAINTY),
                shaping.uncertainty.why_not,
            ),
            "model.draw": Behaviour(shaping.motion_tools.draw, self.no_drawing),
            "model.variations": Behaviour(shaping.variations.open, self.no_drawing),
            "model.refine_selected": Behaviour(
                self.refine_selected, lambda: self._can.needs(Capability.REFINE, "Refine")
            ),
            "model.refine_keep": Behaviour(fitting.keep_reached, fitting.why_not_keep),
        }

    def toggle_tool(self) -> None:
        """Pick up the tool that drags the picture and say how, or put it away."""
        drag = self._window.presenters.shaping.drag
        drag.toggle()
        how = HOW_TO_PULL if drag.has_keypoints else HOW_TO_DRAG
        self._window.status.set_read_out(how if drag.on else "")

    def add(self) -> None:
        """Put a handle on the middle of the picture, and the keyboard onto the picture."""
        self._window.presenters.shaping.handles.add_in_middle()
        self._window.bench.viewports.shown[-1].canvas.setFocus()

    def all_keypoints(self) -> None:
        """Select every keypoint, and put the keyboard onto the picture."""
        self._window.presenters.shaping.keypoints.select_all()
        self._window.bench.viewports.shown[-1].canvas.setFocus()

    def no_handles(self) -> str:
        """There must be handles."""
        shaping = self._window.presenters.shaping
        handles = shaping.handles
        if shaping.drag.has_keypoints:
            return shaping.drag.why_no_handle()
        return handles.why_not() or ("" if handles.handles.handles else "There are no points.")

    def no_drawing(self) -> str:
        """The model must be able to draw motions; a single picture will do."""
        session = self._window.session
        subject = session.active
        if subject is None:
            return self._can.no_clip()
        if self._window.presenters.fitting.running:
            return "Wait for the running task, or cancel it."
        if len(subject.clip) > 1 and (reason := self._can.no_motion()):
            return reason
        return missing_reason(session.card(subject), Capability.SAMPLE, "New motion")

    def refine_selected(self) -> None:
        """Fit the selected frames; without a selection the one on screen."""
        session = self._window.session
        frames = session.selection.rows or (session.playhead,)
        self._window.presenters.fitting.refine(frames)
