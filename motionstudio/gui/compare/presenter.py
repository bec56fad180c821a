"""The active clip -> several models at once -> the window of the comparison."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from motionstudio.core.inbetween import straightness
from motionstudio.core.motion import RowKind
from motionstudio.document.subject import Subject
from motionstudio.document.subject_transform import subject_transform
from motionstudio.engine.model_requests import RIVALS, ModelShown, ModelsRequest
from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Response
from motionstudio.gui.presenters.media_store import MediaFacts
from motionstudio.gui.presenters.resolve import encode_request
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability, ModelCard

if TYPE_CHECKING:
    from motionstudio.gui.compare.window import CompareWindow

_SIDE = 160
_SETTLED_MS = 300
_MOST = 6
"""Models that are checked by themselves."""


class ComparePresenter(QObject):
    """Opens the window for the active subject; asks the engine when other models are checked.

    Args:
        session: shared parts.
        window: parent of the window.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._parent = session, window
        self.window: CompareWindow | None = None
        self._subject: Subject | None = None
        self._asked = -1
        self._shown: dict[str, ModelShown] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._timer.timeout.connect(self._ask)
        session.engine.responseReady.connect(self._on_response)
        session.media.factsReady.connect(self._on_facts)

    def why_not(self) -> str:
        """Why nothing can be compared; empty when it can."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if subject.held or len(subject.clip) < 2:
            return "A single picture has no frames to compare with."
        return ""

    def open(self) -> None:
        """Show the window for the active clip as it is now."""
        subject = self._session.active
        if subject is None or self.why_not():
            return
        self._subject = subject
        window = self.window = self.window or self._make()
        window.setWindowTitle(f"Compare models: {subject.name}")
        window.set_models(self._models(subject), self._first(subject))
        window.show()
        window.raise_()
        self._ask()

    def close(self) -> None:
        """Close the window and ask no more."""
        self._timer.stop()
        self._session.engine.cancel(Lane.EXPLORE, topic=ModelsRequest.topic)
        if self.window is not None:
            self.window.closed.disconnect(self._on_closed)
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def _make(self) -> CompareWindow:
        # Its plot takes a quarter of a second to import: only those who compare wait.
        from motionstudio.gui.compare.window import CompareWindow

        window = CompareWindow(self._parent)
        window.chosenChanged.connect(self._timer.start)
        window.closed.connect(self._on_closed)
        return window

    def _on_closed(self) -> None:
        self._timer.stop()
        self._subject = None
        self._ask_no_more()

    def _ask_no_more(self) -> None:
        self._asked = -1
        self._shown = {}
        self._session.engine.cancel(Lane.EXPLORE, topic=ModelsRequest.topic)

    def _models(self, subject: Subject) -> list[tuple[str, str, str]]:
        catalogue = self._session.catalogue.cards
        cards = [catalogue[name] for name in sorted(catalogue, key=_naturally)]
        models = [(card.name, f"{card.name} · {card.size} px", _why_not(card)) for card in cards]
        why = "" if not subject.kept.all() else "Only dropped frames are filled in by it."
        return models + [(name, f"{name}, no model", why) for name in RIVALS]

    def _first(self, subject: Subject) -> list[str]:
        cards = self._session.catalogue.cards
        own = cards.get(subject.model)
        alike = [
            card.name
            for card in cards.values()
            if own is not None and card.channels == own.channels and not _why_not(card)
        ]
        alike.sort(key=lambda name: (name != subject.model, cards[name].system != own.system
                                     if own is not None else False))  # fmt: skip
        rivals = [] if subject.kept.all() else list(RIVALS)
        if own is not None and own.family and Capability.INBETWEEN in own.capabilities:
            # What differs within a family of checkpoints is the one thing to be compared.
            kin = [name for name in alike if cards[name].family == own.family]
            if len(kin) > 1:
                return kin[:_MOST] + rivals
        return alike[:_MOST] + rivals

    def _ask(self) -> None:
        window, subject = self.window, self._subject
        if window is None or subject is None:
            return
        facts = self._session.media.facts(subject)
        names = window.chosen()
        models = [name for name in names if name not in RIVALS]
        # What was asked about other models may not arrive in the new tiles.
        self._ask_no_more()
        window.begin(names, subject.kept, subject.clip.fps)
        window.words.setText(_advice(subject) if models else "Check at least one model.")
        self._show_curves()
        if facts is None or not models:
            return  # Where they are being read, ``_on_facts`` follows.
        request = self._request(subject, facts, models, tuple(set(names) & set(RIVALS)))
        self._asked = request.id
        self._session.engine.post(request)

    def _request(
        self, subject: Subject, facts: MediaFacts, models: list[str], rivals: tuple[str, ...]
    ) -> ModelsRequest:
        cards = self._session.catalogue.cards
        revision = self._session.project.revision
        return ModelsRequest(
            subject=subject.id,
            revision=revision,
            model="",
            encodings=tuple(
                encode_request(
                    replace(subject, model=name, track=None, encoded_with=None),
                    facts,
                    cards[name],
                    revision,
                )
                for name in models
            ),
            source=facts.reference,
            shown=subject_transform(subject, _SIDE, facts.range),
            rivals=rivals,
        )

    def _on_facts(self, subject_id: str) -> None:
        if self._subject is not None and subject_id == self._subject.id and not self._shown:
            self._ask()

    def _on_response(self, response: Response) -> None:
        window, subject = self.window, self._subject
        if not isinstance(response, ModelShown) or window is None or subject is None:
            return
        if response.ticket.id != self._asked:
            return
        if response.failure:
            window.show_film(response.name, response.pictures, response.failure)
            return
        self._shown[response.name] = response
        if len(self._shown) == 1 or response.truth.shape[-1] == 3:
            window.show_film("truth", response.truth, f"{len(response.truth)} frames")
        window.show_film(response.name, response.pictures, _words(response, subject.kept))
        self._show_curves()

    def _show_curves(self) -> None:
        window = self.window
        if window is not None:
            window.show_errors({name: one.errors for name, one in self._shown.items()})
            rows = {n: one.rows for n, one in self._shown.items() if one.rows is not None}
            window.paths.set_rows(rows, window.looks)


def _why_not(card: ModelCard) -> str:
    if card.rows is not RowKind.FRAME:
        return f"The rows of {card.name} are no frames, so that they cannot stand beside others."
    needed = Capability.ENCODE | Capability.DECODE
    return "" if needed in card.capabilities else f"{card.name} cannot make frames again."


def _advice(subject: Subject) -> str:
    dropped = int((~subject.kept).sum())
    if dropped:
        return f"{dropped} of {len(subject.kept)} frames are dropped and filled in."
    return "Drop frames in the studio to see how each model fills them in."


def _naturally(name: str) -> list[tuple[int, str]]:
    """Sorts numbers in names by their size: a5 before a10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _words(one: ModelShown, kept: NDArray[np.bool_]) -> str:
    lines = []
    if not kept.all():
        lines.append(f"RMSE dropped {_mean(one.errors[~kept]):.3f}")
    if one.rows is not None:
        lines.append(f"RMSE kept {_mean(one.errors[kept]):.3f}")
        lines.append(f"straightness {straightness(one.rows):.2f}")
    return "\n".join(lines)


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean())
