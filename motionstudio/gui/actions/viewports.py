"""The View menu, second part: comparing pictures, seeing motion, drawing into viewports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.document.view import ViewState
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.figure_commands import FigureCommands
from motionstudio.gui.held_key import HeldKey
from motionstudio.gui.items.layers import Content
from motionstudio.models.base import Capability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("view.layout_1_3", "One large viewport and three small", "View/Viewports",
               "Show one large picture and three small ones", ("4",), "layout-1-3"),
    ActionSpec("view.wipe", "Wipe", "View/Compare", "Put a divider into the viewport that was "
               "clicked last: the source frame on its other side", ("W",), "wipe"),
    ActionSpec("view.flicker", "Flicker to the source", "View/Compare", "While the key is held "
               "down, every viewport shows the source frame", ("F",), "flicker", checkable=True),
    ActionSpec("view.onion", "Onion skin", "View/Compare", "Show neighbouring frames as ghosts; "
               "the pane Overlays has the options", ("Q",), "onion", checkable=True),
    ActionSpec("view.magnitude", "Magnitude", "View/Motion", "Show how far the material moves",
               (), "magnitude"),
    ActionSpec("view.jacobian", "Jacobian", "View/Motion", "Show where material expands, "
               "contracts and folds", (), "jacobian"),
    ActionSpec("view.streamlines", "Streamlines", "View/Motion", "Show the direction of the "
               "motion as lines", (), "streamlines"),
    ActionSpec("view.labels", "Label outlines", "View/Overlays", "Show the outlines of labels, "
               "carried along by the motion", (), checkable=True),
    ActionSpec("view.load_labels", "Load labels…", "View/Overlays", "Use the labels of a file "
               "for this clip", (), "open"),
    ActionSpec("view.draw_label", "Draw a label", "View/Overlays", "Click the corners of a region; "
               "a click on the first corner closes it, and the motion carries it along", (),
               checkable=True),
    ActionSpec("view.clear_label", "Take the drawn label away", "View/Overlays", "Go back to the "
               "labels of the file", (), "remove"),
    ActionSpec("view.trails", "Trails of points", "View/Overlays", "Show the paths of tracked "
               "points", (), checkable=True),
    ActionSpec("view.place_points", "Place points", "View/Overlays", "Click in a viewport to "
               "track material; click a mark to take it away", ("T",), "trail", checkable=True),
    ActionSpec("view.linked", "Linked viewports", "View/Viewports", "Zoom and pan all viewports "
               "together", (), "link", checkable=True),
    ActionSpec("view.cross_hair", "Cross-hair", "View/Viewports", "Mark the place under the "
               "pointer in every viewport", (), checkable=True),
    ActionSpec("view.smooth", "Smooth between pixels", "View/Viewports", "Blend pixels, or show "
               "them as squares", (), checkable=True),
)  # fmt: skip

_HOW_TO_DRAW = "Click the corners of a region; a click on the first corner closes it"


class ViewportActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)
        self.figures = FigureCommands(window)
        self._held = HeldKey(window)
        self._held.released.connect(self._end_flicker)
        window.session.view.changed.connect(self._on_view)
        window.presenters.overlays.trails.placingChanged.connect(self._show_placing)
        window.presenters.overlays.drawing.drawingChanged.connect(self._show_drawing)
        window.presenters.shaping.drag.changed.connect(self._on_handles)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        clip = self._can.no_clip
        on = self._window.presenters.overlays
        put, show = on.arrangement.toggle, on.arrangement.show_content
        return {
            "view.layout_1_3": Behaviour(lambda: on.arrangement.set_layout("1+3")),
            "view.wipe": Behaviour(on.arrangement.toggle_wipe, clip),
            "view.flicker": Behaviour(self.flicker, clip),
            "view.onion": Behaviour(on.arrangement.toggle_onion, clip),
            "view.magnitude": Behaviour(
                lambda: show(Content.MAGNITUDE),
                lambda: self._can.no_field(Capability.DISPLACEMENT, "Magnitude"),
            ),
            "view.jacobian": Behaviour(lambda: show(Content.JACOBIAN), self.no_inverse),
            "view.streamlines": Behaviour(lambda: show(Content.STREAMLINES), self.no_inverse),
            "view.labels": Behaviour(lambda: put("labels"), self.no_labels),
            "view.load_labels": Behaviour(self.figures.load_labels, clip),
            "view.draw_label": Behaviour(self.toggle_drawing, self.nothing_carried),
            "view.clear_label": Behaviour(on.drawing.clear, self.nothing_drawn),
            "view.trails": Behaviour(lambda: put("trails"), self.no_points),
            "view.place_points": Behaviour(self.toggle_placing, self.nothing_carried),
            "view.linked": Behaviour(lambda: put("linked")),
            "view.cross_hair": Behaviour(lambda: put("cross_hair")),
            "view.smooth": Behaviour(lambda: put("smooth")),
            "file.export_figure": Behaviour(self.figures.export_figure, clip),
            "file.screenshot": Behaviour(self.figures.screenshot),
        }

    def no_inverse(self) -> str:
        """The model must say where material goes."""
        return self._can.no_field(Capability.INVERSE, "This view")

    def nothing_carried(self) -> str:
        """There must be a motion that carries material along."""
        return self._can.no_motion() or self._can.no_field(Capability.INVERSE, "Tracking")

    def no_labels(self) -> str:
        """There must be labels."""
        if reason := self._can.no_clip():
            return reason
        none = self._window.presenters.overlays.regions.labels is None
        return "This clip has no labels: load some first." if none else ""

    def no_points(self) -> str:
        """There must be tracked points."""
        if reason := self._can.no_clip():
            return reason
        points = self._window.presenters.overlays.trails.points
        return "" if points else "Place points first: View › Overlays › Place points."

    def nothing_drawn(self) -> str:
        """There must be a drawn label."""
        active = self._window.session.active
        settings = self._window.session.view.state.viewports
        drawn = active is not None and settings.drawn_of(active.id)
        return "" if drawn else "No label was drawn for this clip."

    def flicker(self) -> None:
        """Show source frames until the key comes up; from the menu: until chosen again."""
        action = self._window.actions_["view.flicker"]
        held = self._held.watch(action.shortcuts())
        on = held or not self._flickers()
        self._window.bench.viewports.set_flicker(on)
        action.setChecked(on)

    def toggle_placing(self) -> None:
        """Let clicks place points, or not."""
        trails = self._window.presenters.overlays.trails
        trails.set_placing(not trails.placing)
        self._leave_handles(trails.placing)

    def toggle_drawing(self) -> None:
        """Begin to draw a label, or give it up."""
        drawing = self._window.presenters.overlays.drawing
        drawing.set_drawing(not drawing.drawing)
        self._leave_handles(drawing.drawing)
        if drawing.drawing:
            self._window.status.set_read_out(_HOW_TO_DRAW)

    def _leave_handles(self, on: bool) -> None:
        """Clicks belong to one tool at a time."""
        if on:
            self._window.presenters.shaping.drag.put_away()
            self._window.presenters.picture.cropping.set_tool(False)

    def _on_handles(self) -> None:
        overlays = self._window.presenters.overlays
        if self._window.presenters.shaping.drag.on:
            overlays.trails.set_placing(False)
            overlays.drawing.set_drawing(False)
            self._window.presenters.picture.cropping.set_tool(False)

    def show_state(self) -> None:
        """Tick what is on."""
        settings = self._window.session.view.state.viewports
        for name in ("labels", "trails", "linked", "cross_hair", "smooth"):
            self._window.actions_[f"view.{name}"].setChecked(getattr(settings, name))
        self._window.actions_["view.onion"].setChecked(settings.onion.on)

    def _flickers(self) -> bool:
        return any("source" in v.canvas.badges for v in self._window.bench.viewports.shown)

    def _end_flicker(self) -> None:
        self._window.bench.viewports.set_flicker(False)
        self._window.actions_["view.flicker"].setChecked(False)

    def _show_placing(self, on: bool) -> None:
        self._window.actions_["view.place_points"].setChecked(on)

    def _show_drawing(self, on: bool) -> None:
        self._window.actions_["view.draw_label"].setChecked(on)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.viewports != old.viewports:
            self.show_state()
