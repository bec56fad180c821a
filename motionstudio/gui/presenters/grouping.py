"""Groups of dimensions, as a model's card names them, in matrix, curves and sliders."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.core.dim_groups import DimGroup, fitting
from motionstudio.core.keypoint_maps import keypoint_colours
from motionstudio.document.change import Change
from motionstudio.document.view import Selection, ViewState
from motionstudio.gui.panes.latent_curves import LatentCurves
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.panes.latent_sliders import LatentSliders
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability, ModelCard


def groups_of(card: ModelCard | None) -> tuple[DimGroup, ...]:
    """The groups of a model's dimensions; keypoints have the colours that they have in pictures."""
    if card is None or not card.groups:
        return ()
    colours: list[str] = []
    if Capability.KEYPOINTS in card.capabilities:
        told = keypoint_colours(len(card.groups)).tolist()
        colours = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in told]
    return fitting(card.groups, card.dims, colours)


class GroupPresenter(QObject):
    """Card and view state -> heads of groups, and what is done to them back.

    Args:
        session: shared parts.
        matrix, curves, sliders: show the groups.
    """

    def __init__(
        self,
        session: Session,
        matrix: LatentMatrix,
        curves: LatentCurves,
        sliders: LatentSliders,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._matrix, self._curves, self._sliders = matrix, curves, sliders
        for pane in (matrix, sliders):
            pane.groupToggled.connect(self.toggle)
        matrix.allGroupsToggled.connect(self.toggle_all)
        sliders.groupPicked.connect(self._pick)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        self.refresh()

    @property
    def groups(self) -> tuple[DimGroup, ...]:
        """The groups of the active subject's dimensions."""
        subject = self._session.active
        known = subject is not None and subject.track is not None
        return groups_of(self._session.card(subject)) if known else ()

    def why_not(self) -> str:
        """Why there are no groups; empty where there are."""
        if self._session.active is None:
            return "Open a clip first."
        return "" if self.groups else "The dimensions of this model are not grouped."

    def toggle(self, name: str) -> None:
        """Open a group, or close it."""
        opened = set(self._session.view.state.open_groups) ^ {name}
        self._session.view.update(open_groups=tuple(sorted(opened)))

    def toggle_all(self) -> None:
        """Open every group; close them where all are open."""
        names = {group.name for group in self.groups}
        opened = set(self._session.view.state.open_groups)
        opened = opened - names if names <= opened else opened | names
        self._session.view.update(open_groups=tuple(sorted(opened)))

    def refresh(self) -> None:
        """Show the groups of the active subject."""
        groups, opened = self.groups, frozenset(self._session.view.state.open_groups)
        self._sliders.set_groups(groups, opened)
        self._curves.set_groups(groups)
        self._matrix.set_groups(groups, opened)

    def _pick(self, dims: tuple[int, ...]) -> None:
        subject = self._session.active
        if subject is not None and subject.track is not None:
            rows = tuple(range(len(subject.track.offset)))
            self._matrix.set_selection(rows, dims)
            self._session.view.update(selection=Selection(rows, tuple(sorted(dims))))

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"subjects", "encoding", "model", "name"}:
            self.refresh()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if (new.active, new.open_groups) != (old.active, old.open_groups):
            self.refresh()
