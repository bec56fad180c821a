"""One gesture on the latent matrix: a transaction, live values, one undo step or none."""

from __future__ import annotations

from collections.abc import Sequence

from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float
from motionstudio.document.commands import EditLatent
from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit


class LatentGesture:
    """Changes rows of one subject as fast as pictures of it can be made.

    Args:
        session: shared parts.
        gate: holds changes back while a picture is being made.
    """

    def __init__(self, session: Session, gate: EditGate) -> None:
        self._session, self._gate = session, gate
        self._before: LatentTrack | None = None
        self._subject_id = ""
        self._label = ""

    @property
    def before(self) -> LatentTrack | None:
        """The track when the gesture began, or None while there is none."""
        return self._before

    @property
    def subject(self) -> Subject | None:
        """Whose gesture it is, or None."""
        return self._session.find(self._subject_id) if self._before is not None else None

    def begin(self, subject: Subject, label: str) -> bool:
        """Open the transaction; False where another gesture is under way or nothing is encoded."""
        if subject.track is None or self._session.project.in_transaction:
            return False
        if reason := why_no_edit(self._session.card(subject)):
            self._session.notices.say(reason)
            return False
        self._before, self._subject_id, self._label = subject.track, subject.id, label
        self._session.project.begin(label)
        return True

    def put(self, rows: Sequence[int], offsets: Float) -> None:
        """Give rows new offsets (len(rows), D) now or soon."""
        if self._before is None:
            return
        dims = tuple(range(self._before.base.dims))
        command = EditLatent(self._subject_id, tuple(rows), dims, offsets)
        self._gate.submit(lambda: self._session.push(command))

    def finish(self) -> None:
        """Close the transaction as one step."""
        if self._before is not None:
            self._gate.flush()
            self._before = None
            self._session.project.commit(self._label)

    def cancel(self) -> bool:
        """Close the transaction and put everything back; False where there is none."""
        if self._before is None:
            return False
        self._gate.discard()
        self._before = None
        self._session.project.rollback()
        return True
