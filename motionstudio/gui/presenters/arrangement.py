"""How the viewports are arranged and what they show: view state <-> viewport grid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer

from motionstudio.core.display import round_up
from motionstudio.document.view import ViewState
from motionstudio.document.viewports import CONTENTS, ViewportSettings
from motionstudio.gui.items.layers import Content
from motionstudio.gui.panes.overlays import Overlays
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.trails import TrailsPresenter
from motionstudio.models.base import Capability

_SMALLEST_SCALE, _SCALES = 1.0, (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
# What may come up by itself; others take time to make and are shown when they are asked for.
_PLAIN = (Content.SOURCE, Content.GENERATED, Content.GRID, Content.DIFFERENCE, Content.ARROWS,
          Content.MAGNITUDE, Content.JACOBIAN, Content.STREAMLINES)  # fmt: skip
_SHOWN = {"1": (1,), "1|2": (0, 1), "2x2": (0, 1, 2, 3), "1+3": (1, 0, 2, 3)}


class ArrangementPresenter(QObject):
    """Layout, contents, wipes and the settings of overlays; the view state is the truth."""

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pane: Overlays,
        trails: TrailsPresenter,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid, self._pane, self._trails = session, grid, pane, trails
        self._before: dict[int, Content] = {}
        self._divider = QTimer(self)
        self._divider.setSingleShot(True)
        self._divider.setInterval(120)
        self._divider.timeout.connect(self._keep_divider)
        self._share = 0.5
        self._pictures, self._needed = pictures, _SMALLEST_SCALE
        pictures.pictureChanged.connect(self._grow_scale)
        grid.contentChanged.connect(self._on_content)
        grid.wipeChanged.connect(self._on_wipe)
        grid.dividerMoved.connect(self._on_divider)
        grid.smoothChanged.connect(self._on_smooth)
        pane.settingChanged.connect(self._on_setting)
        pane.onionChanged.connect(self._on_onion)
        pane.placingToggled.connect(trails.set_placing)
        pane.clearRequested.connect(trails.clear)
        trails.placingChanged.connect(self._show_points)
        trails.changed.connect(self._show_points)
        session.view.changed.connect(self._on_view)
        self.refresh()

    def refresh(self) -> None:
        """Show what the view state says."""
        state = self._session.view.state
        self._grid.set_contents(tuple(Content(c) for c in state.contents))
        self._show_settings(state.viewports)
        if self._grid.layout_name != state.layout:
            self._grid.set_layout(state.layout)
        self._show_points()

    def stop(self) -> None:
        """Keep where a divider stands, if it was just moved."""
        if self._divider.isActive():
            self._divider.stop()
            self._keep_divider()

    def set_layout(self, layout: str) -> None:
        """Another arrangement; a viewport that comes up shows nothing that another shows."""
        state = self._session.view.state
        contents = without_repeats(tuple(Content(c) for c in state.contents), _SHOWN[layout])
        self._session.view.update(layout=layout, contents=tuple(c.value for c in contents))

    def show_content(self, content: Content) -> None:
        """Show a content in the active viewport; again: what was there before."""
        place = self._place_of(content)
        current = self._grid.contents[place]
        if current is content:
            back = self._before.get(place, Content.GENERATED)
            new = Content.GENERATED if back is content else back
        else:
            self._before[place], new = current, content
        self._put(place, new)

    def toggle_wipe(self) -> None:
        """A divider in the active viewport, its other side the source frame; again: none."""
        place = self._grid.active
        wipes = self._session.view.state.viewports.wipes
        if wipes[place] is not None:
            self._on_wipe(place, "")
        else:
            plain = self._grid.contents[place] is Content.SOURCE
            self._on_wipe(place, (Content.GENERATED if plain else Content.SOURCE).value)

    def toggle(self, name: str) -> None:
        """Turn a setting of the viewports on or off."""
        self._on_setting(name, not getattr(self._session.view.state.viewports, name))

    def toggle_onion(self) -> None:
        """Turn the onion skin on or off."""
        self._on_onion("on", not self._session.view.state.viewports.onion.on)

    def _place_of(self, content: Content) -> int:
        """Where a content is shown already, else the active viewport."""
        places = _SHOWN[self._grid.layout_name]
        active = self._grid.active
        if self._grid.contents[active] is content:
            return active
        return next((p for p in places if self._grid.contents[p] is content), active)

    def _put(self, place: int, content: Content) -> None:
        contents = list(self._session.view.state.contents)
        contents[place] = content.value
        self._session.view.update(contents=tuple(contents))

    def _on_content(self, place: int, content: str) -> None:
        self._put(place, Content(content))

    def _on_wipe(self, place: int, content: str) -> None:
        wipes = list(self._session.view.state.viewports.wipes)
        wipes[place] = content if content in CONTENTS else None
        self._on_setting("wipes", tuple(wipes))

    def _on_divider(self, share: float) -> None:
        """Kept once the hand rests: pictures are not made anew while it moves."""
        self._share = share
        self._divider.start()

    def _keep_divider(self) -> None:
        self._on_setting("divider", self._share)

    def _on_smooth(self, on: bool) -> None:
        self._on_setting("smooth", on)

    def _on_setting(self, name: str, value: Any) -> None:
        settings = self._session.view.state.viewports
        self._session.view.update(viewports=replace(settings, **{name: value}))

    def _on_onion(self, name: str, value: Any) -> None:
        onion = replace(self._session.view.state.viewports.onion, **{name: value})
        self._on_setting("onion", onion)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if (new.layout, new.contents, new.viewports) != (old.layout, old.contents, old.viewports):
            self.refresh()
        if new.active != old.active:
            self._needed = _SMALLEST_SCALE
            self._show_settings(new.viewports)
            self._show_points()

    def _show_settings(self, settings: ViewportSettings) -> None:
        grid = self._grid
        wipes = tuple(None if w is None else Content(w) for w in settings.wipes)
        grid.set_wipes(wipes, settings.divider)
        grid.set_linked(settings.linked)
        grid.cross_hair.set_on(settings.cross_hair)
        grid.set_smooth(settings.smooth)
        grid.set_inputs(
            density=settings.density,
            arrow_scale=settings.arrow_scale,
        )
        self._show_scale(settings)
        self._pane.set_settings(settings)

    def _show_scale(self, settings: ViewportSettings) -> None:
        self._grid.set_inputs(magnitude_limit=settings.magnitude_limit or self._needed)

    def _grow_scale(self) -> None:
        """Without a scale of its own, the top of magnitudes is the largest that was seen."""
        shown, subject = self._pictures.shown, self._session.active
        field = None if shown is None else (shown.inverse, shown.displacement)
        material = None if field is None else next((f for f in field if f is not None), None)
        if subject is None or material is None or shown is None or shown.preview:
            return
        peak = float(np.sqrt(np.max(np.sum(material[:, ::4, ::4] ** 2, axis=0))))
        if peak > self._needed:
            self._needed = round_up(peak, _SCALES)
            self._show_scale(self._session.view.state.viewports)

    def _show_points(self, _what: object = None) -> None:
        subject = self._session.active
        reason = "Open a clip first."
        if subject is not None:
            reason = "" if subject.track is not None else "The motion of this clip is not known."
            card = self._session.card(subject)
            reason = reason or missing_reason(card, Capability.INVERSE, "Tracking")
        self._pane.set_points(len(self._trails.points))
        self._pane.set_placing(self._trails.placing, reason)


def without_repeats(contents: tuple[Content, ...], places: tuple[int, ...]) -> tuple[Content, ...]:
    """Contents in which the viewports at ``places`` all differ, the first ones as they were."""
    made, seen = list(contents), set()
    for place in places:
        if made[place] in seen:
            free = (c for c in _PLAIN if c not in seen and c not in made)
            made[place] = next(free, made[place])
        seen.add(made[place])
    return tuple(made)
