"""Recording: rows are remembered while they come, and kept as frames of a subject."""

from __future__ import annotations

from functools import partial

from motionstudio.core.live_drive import LONGEST, LiveDrive, Recording
from motionstudio.document.subject import Subject
from motionstudio.gui.live.choices import LiveChoices
from motionstudio.gui.live.controls import LiveControls
from motionstudio.gui.live.keeping import keep
from motionstudio.gui.presenters.session import Session


class Taking:
    """The Record button of a live window.

    Args:
        session: shared parts.
        drive: remembers rows.
        controls: shows how much there is.
    """

    def __init__(self, session: Session, drive: LiveDrive, controls: LiveControls) -> None:
        self._session, self._drive, self._controls = session, drive, controls

    @property
    def on(self) -> bool:
        """Whether rows are remembered."""
        return self._drive.recording

    @property
    def full(self) -> bool:
        """Whether as much is remembered as can be."""
        return self._drive.recorded_seconds >= LONGEST

    def begin(self) -> None:
        """Remember from now on."""
        self._drive.record()
        self.show()

    def show(self) -> None:
        """Say how much there is."""
        words = f"{self._drive.recorded_seconds:.1f} s" if self.on else ""
        self._controls.set_recording(on=self.on, words=words)

    def discard(self) -> None:
        """Forget what was remembered."""
        self._drive.recorded()
        self.show()

    def finish(self, subject: Subject | None, choices: LiveChoices, hash: str) -> None:
        """Put it into the document, after a gesture that is under way; say what came of it."""
        if not self.on:
            return
        recording = self._drive.recorded()
        self.show()
        if recording is None or subject is None:
            self._session.notices.say("Nothing was recorded: too few pictures came.")
            return
        self._session.after_gesture(partial(self._keep, subject.id, recording, choices, hash))

    def _keep(self, subject_id: str, recording: Recording, choices: LiveChoices, hash: str) -> None:
        subject = self._session.find(subject_id)
        if subject is None:
            self._session.notices.say("The subject is gone, and what was recorded with it.")
            return
        words = keep(
            self._session, subject, recording, target=choices.target, fps=choices.fps, hash=hash
        )
        self._session.notices.say(words, "Undo takes it back.")
