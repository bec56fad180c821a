"""Which subjects can be driven, and what a live loop must know of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from motionstudio.core.picture import Transform, as_shown
from motionstudio.document.subject import Subject
from motionstudio.gui.live.gallery import Choice
from motionstudio.gui.live.loop import LiveSource
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.resolve import transform_of
from motionstudio.gui.presenters.session import Session
from motionstudio.io.capture import LONGEST
from motionstudio.models.base import Capability

_SMALL = 96


def why_not(session: Session, subject: Subject) -> str:
    """Why a subject cannot be driven, one sentence; empty when it can."""
    if subject.media_problem:
        return subject.media_problem
    return missing_reason(session.card(subject), Capability.FRAMEWISE, "Drive live")


def why_none(session: Session) -> str:
    """Why nothing can be driven: what is said of the active subject; empty when one can."""
    subjects = session.project.subjects
    if not subjects:
        return "Open a clip or a picture first."
    if any(not why_not(session, subject) for subject in subjects):
        return ""
    return why_not(session, session.active or subjects[0])


def choices(session: Session) -> tuple[Choice, ...]:
    """All subjects for the gallery; those not looked at since a project was opened are read."""
    for each in session.project.subjects:
        session.media.facts(each)
    return tuple(
        Choice(s.id, s.name, picture_of(session, s, _SMALL), why_not(session, s))
        for s in session.project.subjects
    )


def picture_of(
    session: Session, subject: Subject, longest: int = LONGEST
) -> NDArray[np.uint8] | None:
    """The picture that is animated, pixels left out where it is large; None while it is read."""
    facts = session.media.known(subject)
    if facts is None:
        return None
    frame = facts.reference.frame
    step = max(1, -(-max(frame.shape[:2]) // longest))
    return as_shown(np.ascontiguousarray(frame[::step, ::step]), facts.range)


def first_choice(session: Session, wanted: str) -> str:
    """``wanted`` where it can be driven, else the active subject, else the first that can."""
    can = [s.id for s in session.project.subjects if not why_not(session, s)]
    for subject_id in (wanted, session.view.state.active or ""):
        if subject_id in can:
            return subject_id
    return next(iter(can), "")


def stepped(ids: Sequence[str], chosen: str, step: int) -> str:
    """The id ``step`` places on, around the end."""
    if not ids:
        return ""
    return ids[(ids.index(chosen) + step) % len(ids)] if chosen in ids else ids[0]


def live_source(session: Session, subject: Subject) -> LiveSource | None:
    """What the loop needs; None while the picture is being read."""
    card, facts = session.card(subject), session.media.facts(subject)
    if card is None or facts is None:
        return None
    transform = transform_of(subject, facts, card)
    return LiveSource(
        subject.id, session.project.revision, subject.model, facts.reference, transform,
        result_size(transform.frame_size),
    )  # fmt: skip


def result_size(size: tuple[int, int], longest: int = LONGEST) -> tuple[int, int]:
    """(H, W) of the results: the picture's own, but no side longer than ``longest``."""
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def place_of_square(transform: Transform) -> QRectF:
    """The model's whole square, padding included, as shares of the picture."""
    height, width = transform.frame_size
    y, x, _, _ = transform.crop
    top, left, _, _ = transform.content
    across, down = transform.scale
    rows, columns = transform.model_size
    return QRectF(
        (x - left / across) / width, (y - top / down) / height,
        columns / across / width, rows / down / height,
    )  # fmt: skip
