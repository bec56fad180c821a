"""Pictures of what a subject would look like: the playhead's frame, or running by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import Planned
from motionstudio.document.view import ViewState
from motionstudio.engine.requests import DecodeRequest, Lane, Scale
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session

_BEAT_MS = 60
# Pixels up to which a ghost is painted at full size at once.
_SHARP = 512 * 512


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """What the target would look like.

    Attributes:
        target: id of the subject.
        words: what a drop does.
        picture: (h, w, C) uint8, or None while it is being made.
        allowed: False where a drop does nothing; ``words`` say why.
    """

    target: str
    words: str
    picture: NDArray[np.uint8] | None = None
    allowed: bool = True


class GhostPictures(QObject):
    """Asks for one picture after the other while it runs.

    Args:
        session: shared parts.
        planned: what would happen, and to whom, or None while that is not known.
        parent: Qt parent.

    Signals:
        made: (h, w, C) uint8.
    """

    made = Signal(object)

    def __init__(
        self,
        session: Session,
        planned: Callable[[], tuple[Subject, Planned] | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._planned = session, planned
        self._asked: tuple[int, int] | None = None
        self._shown = -1
        self._beat = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._on_beat)
        session.engine.responseReady.connect(self._on_response)
        session.view.changed.connect(self._on_view)
        session.media.factsReady.connect(self._on_facts)

    def reset(self) -> None:
        """Another drop is considered."""
        self._asked, self._shown, self._beat = None, -1, 0

    def start(self) -> None:
        """Run."""
        self._timer.start()
        self.request()

    def stop(self) -> None:
        """Ask for nothing any more; what is under way is not delivered."""
        self._timer.stop()
        self.reset()

    def request(self) -> None:
        """Ask for the next picture unless one is under way or nothing would change."""
        if self._asked is not None:
            return
        found = self._planned()
        if found is None:
            return
        target, planned = found
        card, facts = self._session.card(target), self._session.media.facts(target)
        frame = self._frame(target, len(planned.motion.mean))
        if card is None or facts is None or frame == self._shown:
            return
        area = target.clip.size[0] * target.clip.size[1]
        request = DecodeRequest(
            lane=Lane.PREVIEW,
            # Not the subject's own id: nobody may take the ghost for its picture.
            subject=f"ghost of {target.id}",
            revision=self._session.project.revision,
            model=target.model,
            motion=planned.motion,
            source=facts.reference,
            transform=transform_of(target, facts, card),
            frames=(frame,),
            scale=Scale.FULL if area <= _SHARP else Scale.AUTO,
        )
        self._asked = (request.id, frame)
        self._session.engine.post(request)

    def _frame(self, target: Subject, count: int) -> int:
        """The playhead's frame; where that shows rest, or nothing, the ghost runs by itself."""
        view = self._session.view.state
        here = self._session.playhead
        moves = view.playing or here != target.reference
        shown = target.id == view.active and len(target.clip) > 1
        return here if shown and moves and here < count else self._beat % count

    def _on_beat(self) -> None:
        self._beat += 1
        self.request()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.playhead != old.playhead:
            self._again()

    def _on_facts(self, _subject_id: str) -> None:
        self._again()

    def _again(self) -> None:
        if self._timer.isActive():
            self.request()

    def _on_response(self, response: Response) -> None:
        if self._asked is None or response.id != self._asked[0]:
            return
        if isinstance(response, FrameReady):
            self._shown = self._asked[1]
            self.made.emit(response.picture)
        else:
            self._asked = None
