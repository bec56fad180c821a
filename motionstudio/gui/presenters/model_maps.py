"""Maps of the model over the viewports: asked for when one is looked at, for the frame shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core import memory_maps
from motionstudio.core.dynamics_maps import SHEETS
from motionstudio.core.keypoint_maps import veil_of
from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.document.viewports import MAPS, MapName
from motionstudio.engine.overlay_requests import MapsRequest
from motionstudio.engine.overlay_responses import MapsReady
from motionstudio.engine.responses import Cancelled, Failed, Response
from motionstudio.gui.items.layers import Content, Veil
from motionstudio.gui.items.map_names import map_legend, map_title
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import ModelCard

_UNKNOWN = "The motion of this clip is not known yet."
Box = tuple[float, float, float, float]
_KINDS = {"subjects", "latent", "encoding", "model", "framing", "reference", "media"}


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """Maps that are at hand: of which subject and frame, and where the model saw it."""

    subject: str
    frame: int
    transform: Transform
    maps: Mapping[str, Float]
    truth: Mapping[str, Float]


class ModelMapsPresenter(QObject):
    """What viewports want -> ``MapsRequest``, one at a time -> veils over their pictures.

    A map stays until the next frame's is there: blinking would say less than a frame of delay.

    Signals:
        changed: another map is chosen, or other maps can be.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pictures: PicturesPresenter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid, self._pictures = session, grid, pictures
        self._asked: tuple[int, str, int, Transform] | None = None
        self._made: _Made | None = None
        self._outdated = True
        grid.mapChanged.connect(self._on_map)
        grid.activated.connect(lambda _place: self.changed.emit())
        grid.contentChanged.connect(lambda _place, _content: self._later())
        pictures.pictureChanged.connect(self._ask)
        session.media.frameReady.connect(self._on_frame)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.engine.responseReady.connect(self._on_response)
        self.refresh()

    @property
    def chosen(self) -> MapName:
        """The map over the viewport that was clicked last, or empty."""
        return self._session.view.state.viewports.maps[self._grid.active]

    @property
    def opacity(self) -> float:
        """Of all maps."""
        return self._session.view.state.viewports.map_opacity

    def why_not(self, name: str = "") -> str:
        """Why there is no such map (empty: no map at all), one sentence; empty where there is."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        card = self._session.card(subject)
        if card is None or not card.overlays:
            return f"{_title(card)} has no maps to lay over its pictures."
        if name and name not in card.overlays:
            return f"{_title(card)} has no {map_title(name).lower()}."
        return "" if subject.track is not None and subject.has_motion else _UNKNOWN

    def shows(self, name: MapName) -> bool:
        """Whether this map lies over the viewport that was clicked last."""
        return self.chosen == name

    def toggle(self, name: MapName) -> None:
        """Lay a map over the viewport that was clicked last; again: take it off."""
        self.choose("" if self.chosen == name else name)

    def choose(self, name: str) -> None:
        """Lay a map over the viewport that was clicked last; empty: none."""
        self._on_map(self._grid.active, name)

    def set_opacity(self, opacity: float) -> None:
        """Show maps more or less clearly."""
        settings = self._session.view.state.viewports
        bounded = min(max(opacity, 0.05), 1.0)
        self._session.view.update(viewports=replace(settings, map_opacity=bounded))

    def refresh(self) -> None:
        """Show which maps are chosen and can be, and the maps at hand."""
        maps = self._session.view.state.viewports.maps
        for viewport, name in zip(self._grid.viewports, maps, strict=True):
            viewport.menu.set_map(name)
        for name in MAPS:
            reason = self.why_not(name)
            for viewport in self._grid.viewports:
                viewport.menu.set_map_available(name, reason)
        self._show()
        self.changed.emit()

    def _on_map(self, place: int, name: str) -> None:
        settings = self._session.view.state.viewports
        maps = tuple(
            _named(name) if place == number else known for number, known in enumerate(settings.maps)
        )
        self._session.view.update(viewports=replace(settings, maps=maps))

    def _wanted(self) -> tuple[tuple[str, ...], bool]:
        """Maps that are looked at over generated pictures, and whether over true frames too."""
        names: set[str] = set()
        truth = False
        for viewport, name in zip(
            self._grid.viewports, self._session.view.state.viewports.maps, strict=True
        ):
            if not name or viewport not in self._grid.shown or viewport.content.on_reference:
                continue
            if viewport.content is Content.SOURCE and name == "heat maps":
                truth = True
            else:
                names.add(name)
        return tuple(name for name in MAPS if name in names), truth

    def _ask(self) -> None:
        """Ask for what is looked at and not at hand; one question is under way at a time."""
        subject = self._session.active
        names, truth = self._wanted()
        if subject is None or self._asked is not None or not (names or truth) or self.why_not():
            return
        here, made = (subject.id, self._session.playhead), self._made
        if made is not None and not self._outdated and (made.subject, made.frame) == here:
            lacks_truth = truth and "heat maps" not in made.truth
            if not lacks_truth and all(name in made.maps for name in names):
                return
        request = self._request(subject, names, truth=truth)
        if request is not None:
            self._asked = (request.id, *here, request.transform)
            self._outdated = False
            self._session.engine.post(request)

    def _request(
        self, subject: Subject, names: tuple[str, ...], *, truth: bool
    ) -> MapsRequest | None:
        session = self._session
        card, facts = session.card(subject), session.media.facts(subject)
        if card is None or facts is None or subject.track is None:
            return None
        known = tuple(name for name in names if name in card.overlays)
        frame: NDArray[Any] | None = None
        if truth:
            frame = session.media.frame(subject, session.playhead)
        if not known and frame is None:
            return None
        transform = transform_of(subject, facts, card)
        if frame is not None and facts.reference.frame.dtype != np.uint8:
            # The true frame comes as it is shown: its range is used up.
            frame = frame.astype(np.float32) / 255
            frame = frame * (facts.range[1] - facts.range[0]) + facts.range[0]
        return MapsRequest(
            subject=subject.id,
            revision=session.project.revision,
            model=subject.model,
            motion=subject.track.motion(),
            source=facts.reference,
            transform=transform,
            row=int(rows_of_frames(subject.track.base)[session.playhead]),
            names=known,
            truth=frame,
        )

    def _on_response(self, response: Response) -> None:
        asked = self._asked
        if asked is None or response.id != asked[0]:
            return
        if isinstance(response, MapsReady):
            self._asked = None
            if asked[1] == self._session.view.state.active:
                self._made = _Made(asked[1], asked[2], asked[3], response.maps, response.truth)
                self._show()
            self._ask()
        elif isinstance(response, Failed | Cancelled):
            self._asked = None
            if isinstance(response, Cancelled):
                self._outdated = True
                self._later()

    def _show(self) -> None:
        """Lay what is at hand over the viewports that want it."""
        made, settings = self._made, self._session.view.state.viewports
        veils: dict[tuple[str, bool], Veil | None] = {}
        for viewport, name in zip(self._grid.viewports, settings.maps, strict=True):
            for true in (True, False):
                key = (name, true)
                if key not in veils:
                    veils[key] = self._veil(made, name, true=true)
            viewport.set_inputs(source_veil=veils[name, True], generated_veil=veils[name, False])

    def _veil(self, made: _Made | None, name: str, *, true: bool) -> Veil | None:
        if made is None or not name or self.why_not(name):
            return None
        maps = made.truth if true and name == "heat maps" else made.maps
        rows, columns = made.transform.frame_size
        picture = veil_of(name, maps, columns / rows)
        if picture is None:
            return None
        # A contact sheet lies nowhere in particular: it takes the room of the whole picture.
        sheet = name == "sparse motions" or name in (*SHEETS, *memory_maps.SHEETS)
        y, x, height, width = (0, 0, rows, columns) if sheet else made.transform.crop
        box = (float(x), float(y), float(width), float(height))
        return Veil(
            picture if sheet else _content_of(picture, made.transform),
            _fitted(box, picture) if sheet else box,
            0.0 if sheet else made.transform.angle,
            self.opacity,
            map_title(name),
            map_legend(name),
        )

    def _later(self) -> None:
        """The viewports learn of it in this very turn, some of them after us."""
        QTimer.singleShot(0, self, self._ask)

    def _on_frame(self, subject_id: str, frame: int) -> None:
        if subject_id == self._session.view.state.active and frame == self._session.playhead:
            self._ask()

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if active is not None and change.subject_id not in (None, active.id):
            return
        if change.kinds & _KINDS:
            self._outdated = True
            if change.kinds & {"framing", "model", "media", "subjects"}:
                self._made = None
            if change.kinds - {"latent"}:
                self.refresh()
            self._ask()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._made, self._outdated = None, True
            self.refresh()
        maps = (new.viewports.maps, new.viewports.map_opacity)
        if maps != (old.viewports.maps, old.viewports.map_opacity):
            self.refresh()
        shown = (new.active, new.playhead, new.layout, new.contents, new.viewports.maps)
        if shown != (old.active, old.playhead, old.layout, old.contents, old.viewports.maps):
            self._later()


def _content_of(picture: NDArray[np.uint8], transform: Transform) -> NDArray[np.uint8]:
    """The part of a map over the model's square in which the picture lies, without padding."""
    rows, columns = picture.shape[:2]
    top, left, height, width = transform.content
    tall, wide = transform.model_size
    first, last = round(top * rows / tall), round((top + height) * rows / tall)
    start, stop = round(left * columns / wide), round((left + width) * columns / wide)
    return picture[first : max(last, first + 1), start : max(stop, start + 1)]


def _fitted(box: Box, picture: NDArray[np.uint8]) -> Box:
    """The largest part of a box that has the shape of a picture, in its middle."""
    x, y, width, height = box
    scale = min(width / picture.shape[1], height / picture.shape[0])
    wide, tall = scale * picture.shape[1], scale * picture.shape[0]
    return x + (width - wide) / 2, y + (height - tall) / 2, wide, tall


def _named(name: str) -> MapName:
    return next((known for known in MAPS if known == name), "")


def _title(card: ModelCard | None) -> str:
    return "This model" if card is None else card.title
