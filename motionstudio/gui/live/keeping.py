"""What was recorded live goes into the document as one undo step."""

from __future__ import annotations

from motionstudio.core.counting import counted
from motionstudio.core.live_drive import Recording
from motionstudio.document.live_commands import onto_new, onto_subject
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import is_still
from motionstudio.gui.presenters.session import Session


def targets(subject: Subject | None) -> tuple[tuple[str, str], ...]:
    """Where a recording of this source may go, as (key, words)."""
    new = ("new", "A new subject")
    if subject is None or (subject.track is None and not is_still(subject)):
        return (new,)
    if is_still(subject):
        return (new, ("this", f"{subject.name}"))
    return (new, ("this", f"{subject.name}, its {counted(len(subject.clip), 'frame')}"))


def keep(
    session: Session, subject: Subject, recording: Recording, *, target: str, fps: float, hash: str
) -> str:
    """Put a recording into the document; returns what to tell people."""
    into = subject
    if target == "this" and len(targets(subject)) > 1:
        commands = onto_subject(subject, recording, fps, hash)
    else:
        taken = {s.name for s in session.project.subjects}
        into, commands = onto_new(subject, recording, fps, hash, taken)
    with session.reported():
        with session.project.transaction(f"Record {subject.name} live"):
            for command in commands:
                session.project.push(command)
        session.show(into.id)
    made = session.find(into.id)
    count = 0 if made is None else len(made.clip)
    return f"Recorded {recording.seconds:.1f} s: {into.name} has {counted(count, 'frame')} of it."
