"""From a subject of the document to requests for the engine: pure functions."""

from __future__ import annotations

from dataclasses import replace

from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture import Transform
from motionstudio.document.change import Change
from motionstudio.document.glimpse_commands import still_of
from motionstudio.document.subject import Subject
from motionstudio.document.subject_transform import subject_transform
from motionstudio.engine.requests import (
    CompareRequest,
    DecodeRequest,
    EncodeRequest,
    Lane,
    RefineRequest,
    Scale,
)
from motionstudio.gui.presenters.media_store import MediaFacts
from motionstudio.models.base import Capability, ModelCard


def transform_of(subject: Subject, facts: MediaFacts, card: ModelCard) -> Transform:
    """How the frames of a subject become the pictures of its model."""
    return subject_transform(subject, card.size, facts.range)


def encode_request(
    subject: Subject, facts: MediaFacts, card: ModelCard, revision: int
) -> EncodeRequest:
    """Encode the subject as it is now; of a picture that is drawn in glimpses, that picture."""
    if card.glimpses and subject.held:
        subject = still_of(subject, 0, subject.id)
    return EncodeRequest(
        subject=subject.id,
        revision=revision,
        model=subject.model,
        clip_key=clip_key_of(subject, facts),
        clip=subject.clip,
        transform=transform_of(subject, facts, card),
        kept=subject.kept,
        reference=subject.reference,
        cyclic=is_cyclic(subject, card),
        period=subject.clip.period if is_cyclic(subject, card) else None,
        refined=refined_before(subject),
    )


def decode_request(
    subject: Subject,
    facts: MediaFacts,
    card: ModelCard,
    revision: int,
    *,
    lane: Lane,
    frames: tuple[int, ...],
    scale: Scale = Scale.FULL,
    motion: Motion | None = None,
) -> DecodeRequest | None:
    """Make pictures of ``frames`` with their fields; None while there is no fitting motion.

    ``motion`` stands in for the subject's own, as with more rows between its rows; ``frames``
    are then its rows.
    """
    if subject.track is None or not subject.has_motion:
        return None
    return DecodeRequest(
        lane=lane,
        subject=subject.id,
        revision=revision,
        model=subject.model,
        motion=subject.track.motion() if motion is None else motion,
        source=facts.reference,
        transform=transform_of(subject, facts, card),
        frames=frames,
        scale=scale,
        inverse=Capability.INVERSE in card.capabilities,
        rendering=subject.rendering,
    )


def compare_request(
    subject: Subject,
    facts: MediaFacts,
    card: ModelCard,
    revision: int,
    frames: tuple[int, ...],
) -> CompareRequest | None:
    """Hold generated frames against the true ones; None while there is no fitting motion."""
    if subject.track is None or not subject.has_motion:
        return None
    return CompareRequest(
        subject=subject.id,
        revision=revision,
        model=subject.model,
        motion=subject.track.motion(),
        source=facts.reference,
        transform=transform_of(subject, facts, card),
        clip=subject.clip,
        frames=frames,
        rendering=subject.rendering,
    )


def refine_request(
    subject: Subject,
    facts: MediaFacts,
    card: ModelCard,
    revision: int,
    steps: int,
    frames: tuple[int, ...] | None = None,
) -> RefineRequest | None:
    """Fit what was encoded to the kept frames, edits aside; None without a fitting motion.

    ``frames`` are those to fit, the first one first; None: all that are kept.
    """
    if subject.track is None or not subject.has_motion:
        return None
    return RefineRequest(
        subject=subject.id,
        revision=revision,
        model=subject.model,
        motion=replace(subject.track.base, kept=subject.kept),
        clip_key=facts.clip_key,
        clip=subject.clip,
        transform=transform_of(subject, facts, card),
        reference=subject.reference,
        steps=steps,
        frames=frames,
    )


def frames_of_change(change: Change, subject: Subject | None) -> tuple[int, ...] | None:
    """Frames whose pictures a change concerns; None: all.

    Where rows are no frames one row may decide many pictures, as flows that are composed do.
    """
    track = None if subject is None else subject.track
    if change.kinds != {"latent"} or track is None or track.base.rows is not RowKind.FRAME:
        return None
    return change.frames


def clip_key_of(subject: Subject, facts: MediaFacts) -> str:
    """Names the content of the frames; a still that is held has as many as its motion."""
    return f"{facts.clip_key}|held {len(subject.clip)}" if subject.held else facts.clip_key


def refined_before(subject: Subject) -> Motion | None:
    """What refining may have found for frames of this very clip, before some were dropped."""
    track, made, now = subject.track, subject.encoded_with, subject.encoding_key
    if track is None or made is None or not track.base.state:
        return None
    return track.base if replace(made, kept=now.kept) == now else None


def is_cyclic(subject: Subject, card: ModelCard) -> bool:
    """Whether the model is told that the sequence closes on itself."""
    return subject.cyclic and Capability.CYCLIC in card.capabilities
