"""Small decoded pictures for whoever shows some: asked for by need, kept, the urgent ones first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from motionstudio.core.motion import Float, RowKind
from motionstudio.document.subject import Subject
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import Lane, ThumbnailRequest
from motionstudio.engine.responses import Cancelled, Done, Failed, Response, Thumbnail
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_pictures

Image = NDArray[np.uint8]
Purpose = Literal["hover", "strip", "near", "grid"]

_ORDER: tuple[Purpose, ...] = ("hover", "strip", "near", "grid")
_SIDE = 128
_LIMIT = 64 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """A picture that somebody wants: latent values (D,) on the picture of a subject."""

    subject: Subject
    row: Float


class SmallPictures(QObject):
    """Asks the engine for small pictures, one request at a time, and keeps what came.

    Each purpose has one list of wishes; a new list replaces the one before. What is under the
    pointer goes before strips, these before the grid; a request for less urgent ones is broken
    off and taken up again later, and nothing is decoded twice.

    Signals:
        ready: purpose, place in its list, picture (h, w, C) uint8.
    """

    ready = Signal(str, int, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wishes: dict[Purpose, list[tuple[str, Wish]]] = {}
        self._kept: OrderedDict[str, Image] = OrderedDict()
        self._bytes = 0
        self._asked: tuple[int, Purpose, list[str]] | None = None
        self._stopped = False
        session.engine.responseReady.connect(self._on_response)

    def why_not(self, subject: Subject | None) -> str:
        """Why rows cannot be decoded on the picture of a subject; empty where they can."""
        card = self._session.card(subject)
        if subject is None or subject.track is None or not subject.has_motion:
            return "There is no motion to decode yet."
        if card is None:
            return f"The model {subject.model} is not at hand."
        if reason := why_no_pictures(card):
            return reason
        if subject.track.base.rows is not RowKind.FRAME:
            return f"A row of {card.title} is no picture by itself."
        return ""

    def want(self, purpose: Purpose, wishes: Sequence[Wish]) -> list[Image | None]:
        """Pictures of ``wishes`` as far as they are at hand; the others follow by ``ready``."""
        named = [(self._key(wish), wish) for wish in wishes]
        self._wishes[purpose] = [(key, wish) for key, wish in named if key]
        found = [self._get(key) for key, _ in named]
        self._next()
        return found

    def at_hand(self, purpose: Purpose) -> bool:
        """Whether all pictures that a purpose wants are there."""
        wishes = self._wishes.get(purpose)
        return bool(wishes) and all(key in self._kept for key, _ in wishes or [])

    def drop(self, purpose: Purpose) -> None:
        """Nobody wants these any more."""
        if self._wishes.pop(purpose, None) and self._asked and self._asked[1] == purpose:
            self._session.engine.cancel(Lane.EXPLORE, topic=ThumbnailRequest.topic)

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._stopped = True
        self._wishes.clear()

    def _key(self, wish: Wish) -> str:
        subject = wish.subject
        facts, card = self._session.media.facts(subject), self._session.card(subject)
        if facts is None or card is None or subject.track is None:
            return ""
        transform = transform_of(subject, facts, card)
        state = id(subject.track.base.state) if subject.track.base.state else 0
        made = subject.track.base.model_hash
        row = content_key(np.asarray(wish.row, np.float32))
        return f"{made}|{facts.reference.key}|{hash(transform)}|{state}|{row}"

    def _get(self, key: str) -> Image | None:
        picture = self._kept.get(key)
        if picture is not None:
            self._kept.move_to_end(key)
        return picture

    def _next(self) -> None:
        """Ask for the most urgent pictures that are missing, unless that is under way."""
        if self._stopped:
            return
        for purpose in _ORDER:
            missing = [(k, w) for k, w in self._wishes.get(purpose, []) if k not in self._kept]
            if not missing:
                continue
            first = missing[0][1].subject
            group = [(k, w) for k, w in missing if w.subject.id == first.id]
            keys = [key for key, _ in group]
            if self._asked is not None and self._asked[1:] == (purpose, keys):
                return
            request = self._request(first, [wish.row for _, wish in group])
            if request is not None:
                self._asked = (request.id, purpose, keys)
                self._session.engine.post(request)
            return

    def _request(self, subject: Subject, rows: list[Float]) -> ThumbnailRequest | None:
        facts, card = self._session.media.facts(subject), self._session.card(subject)
        if facts is None or card is None or subject.track is None:
            return None
        return ThumbnailRequest(
            subject=subject.id,
            revision=self._session.project.revision,
            model=subject.model,
            rows=np.stack(rows).astype(np.float32),
            source=facts.reference,
            transform=transform_of(subject, facts, card),
            side=_SIDE,
            model_hash=subject.track.base.model_hash,
            state=subject.track.base.state,
        )

    def _on_response(self, response: Response) -> None:
        if self._asked is None or response.id != self._asked[0]:
            return
        _, purpose, keys = self._asked
        if isinstance(response, Thumbnail):
            self._keep(keys[response.index], response.picture)
        elif isinstance(response, Done | Cancelled):
            self._asked = None
            self._next()
        elif isinstance(response, Failed):
            # The same would fail again: whoever wants it anew has to ask anew.
            self._asked = None
            self._wishes.pop(purpose, None)
            self._next()

    def _keep(self, key: str, picture: Image) -> None:
        self._kept[key] = picture
        self._bytes += picture.nbytes
        while self._bytes > _LIMIT and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        for purpose, wishes in list(self._wishes.items()):
            for place, (wanted, _) in enumerate(wishes):
                if wanted == key:
                    self.ready.emit(purpose, place, picture)
