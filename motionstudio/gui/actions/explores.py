"""Components, directions and statistics: what the menus offer about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_PLOT, _WAYS = "View/Projection", "Latent/Directions"

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("projection.manifold", "Decoded plane of two dimensions", _PLOT, "Show 20 x 20 "
               "decoded pictures over the latent plane, with the path of the clip on them", (),
               "tiles"),
    ActionSpec("projection.recompute", "Recompute components", _PLOT, "Fit the components again "
               "on the motions as they are now", (), "components"),
    ActionSpec("projection.export_points", "Export points and parameters…", _PLOT, "Write the "
               "points of all subjects and everything it takes to compute them again", (),
               "export", separated=True),
    ActionSpec("projection.export_plot", "Export plot…", _PLOT, "Write the plot as a picture or "
               "a drawing", ()),
    ActionSpec("statistics.export", "Export statistics…", _PLOT, "Write variance, divergence and "
               "correlations of each dimension as a table", ()),
    ActionSpec("statistics.odd", "Which frame does not belong?", "Model", "Go to the frame without "
               "which the model finds the clip likeliest", (), "",
               separated=True),
    ActionSpec("direction.save_edit", "Save the edit as a direction", _WAYS, "Keep the edit of "
               "the selected frames, or of this one, as a named direction", (), "direction"),
    ActionSpec("direction.save_difference", "Save a difference as a direction", _WAYS, "Keep the "
               "way from one frame or block of frames to another as a named direction", ()),
    ActionSpec("direction.import", "Import directions…", _WAYS, "Take directions of a file into "
               "the project", (), separated=True),
    ActionSpec("direction.export", "Export directions…", _WAYS, "Write all directions into a "
               "file", ()),
)  # fmt: skip


class ExploreActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._explore = window.presenters.explore
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        explore = self._explore
        ways, export = explore.directions, explore.projection_export
        return {
            "projection.manifold": Behaviour(
                explore.manifold.open, lambda: self._can.no_motion() or explore.manifold.why_not()
            ),
            "statistics.odd": Behaviour(
                explore.likelihood.go_to_odd,
                lambda: self._can.no_clip() or explore.likelihood.why_not_odd(),
            ),
            "projection.recompute": Behaviour(explore.projection.recompute, self._nothing_new),
            "projection.export_points": Behaviour(export.ask_points, export.why_no_points),
            "projection.export_plot": Behaviour(export.ask_plot, export.why_no_plot),
            "statistics.export": Behaviour(
                explore.statistics.ask_export, explore.statistics.why_no_table
            ),
            "direction.save_edit": Behaviour(lambda: ways.save("edit"), ways.why_no_edit),
            "direction.save_difference": Behaviour(
                lambda: ways.save("frames"), self._no_difference
            ),
            "direction.import": Behaviour(ways.ask_import),
            "direction.export": Behaviour(ways.ask_export, ways.why_no_export),
        }

    def _nothing_new(self) -> str:
        if reason := self._can.no_motion():
            return reason
        fit, maps = self._explore.fit, self._explore.maps
        if fit.stale or maps.stale or maps.problem:
            return ""
        return "The components contain everything already."

    def _no_difference(self) -> str:
        return self._can.no_motion() or self._explore.directions.why_no_difference()
