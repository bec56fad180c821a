"""What the model sees of the picture, how its pictures are put back, and its maps over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from motionstudio.document.viewports import MAPS, MapName
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.items.map_names import map_title

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MAP_ACTIONS: dict[MapName, str] = {name: f"view.map_{name.replace(' ', '_')}" for name in MAPS}

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("crop.box", "Crop box", "Frames/Crop", "Drag the box of what the model sees on the "
               "pictures; what lies outside stays as it is", ("Shift+C",), "crop", checkable=True),
    ActionSpec("crop.square", "Square", "Frames/Crop", "A square fills the model's picture; any "
               "other box is padded, never squeezed", (), checkable=True),
    ActionSpec("crop.around", "Crop around the motion", "Frames/Crop", "Find what moves in this "
               "clip and leave room around it", ()),
    ActionSpec("crop.whole", "Use the whole picture", "Frames/Crop", "Take the crop away", (),
               "reset"),
    ActionSpec("view.field_render", "Render with the motion field", "View/Motion", "Move the "
               "source itself at full resolution instead of showing what the generator draws",
               (), checkable=True, separated=True),
    *(ActionSpec(action, map_title(name), "View/Maps of the model",
                 "Lay this map over the viewport that was clicked last; again: take it off", (),
                 checkable=True) for name, action in _MAP_ACTIONS.items()),
)  # fmt: skip


class PictureActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._parts = window.presenters.picture
        self._parts.cropping.changed.connect(self._on_crop)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        crop, maps, rendering = self._parts.cropping, self._parts.maps, self._parts.rendering
        found = {
            "crop.box": Behaviour(self.toggle_box, crop.why_not, lambda: crop.tool),
            "crop.square": Behaviour(
                lambda: crop.set_square(not crop.square), crop.why_not, lambda: crop.square
            ),
            "crop.around": Behaviour(crop.around_motion, crop.why_no_motion),
            "crop.whole": Behaviour(crop.reset, crop.why_no_reset),
            "view.field_render": Behaviour(
                rendering.toggle_field, rendering.why_not, lambda: rendering.moves_source
            ),
        }
        for name, action in _MAP_ACTIONS.items():
            found[action] = Behaviour(
                partial(maps.toggle, name), partial(maps.why_not, name), partial(maps.shows, name)
            )
        return found

    def toggle_box(self) -> None:
        """Show the crop box, or take it off."""
        crop = self._parts.cropping
        crop.set_tool(not crop.tool)

    def _on_crop(self) -> None:
        """Clicks belong to one tool at a time."""
        if not self._parts.cropping.tool:
            return
        others = self._window.presenters
        if others.shaping.drag.on:
            others.shaping.drag.put_away()
        if others.overlays.trails.placing:
            others.overlays.trails.set_placing(False)
        if others.overlays.drawing.drawing:
            others.overlays.drawing.set_drawing(False)
