"""From a subject to requests for its fields: pure functions."""

from __future__ import annotations

from dataclasses import fields

from motionstudio.document.subject import Subject
from motionstudio.engine.requests import DecodeRequest, Lane
from motionstudio.gui.presenters.resolve import decode_request
from motionstudio.gui.presenters.session import Session

_OWN = {"id", "lane", "inverse"}


def final_request(
    session: Session, subject: Subject, frames: tuple[int, ...] = (), *, inverse: bool = True
) -> DecodeRequest | None:
    """The request for final pictures of a subject as it is now; None while there is no motion.

    Args:
        session: shared parts.
        subject: whose.
        frames: which frames.
        inverse: whether the inverse comes along where the model can make it.
    """
    card, facts = session.card(subject), session.media.facts(subject)
    if card is None or facts is None:
        return None
    made = decode_request(
        subject, facts, card, session.project.revision, lane=Lane.ANALYSIS, frames=frames
    )
    if made is None or inverse:
        return made
    return _as(DecodeRequest, made, inverse=False)


def as_kind(kind: type[DecodeRequest], request: DecodeRequest) -> DecodeRequest:
    """The same question as a request of another kind, with an id of its own."""
    return _as(kind, request, inverse=request.inverse)


def _as(kind: type[DecodeRequest], request: DecodeRequest, *, inverse: bool) -> DecodeRequest:
    same = {f.name: getattr(request, f.name) for f in fields(DecodeRequest) if f.name not in _OWN}
    return kind(**same, lane=Lane.ANALYSIS, inverse=inverse)
