"""The command that lets another checkpoint have a subject."""

from __future__ import annotations

from motionstudio.core.motion import RowKind
from motionstudio.document.change import Command
from motionstudio.document.commands import SetModel
from motionstudio.document.glimpse_commands import FoldStill, UnfoldStill
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import is_still
from motionstudio.models.base import ModelCard


def model_command(subject: Subject, before: ModelCard | None, card: ModelCard) -> Command:
    """What makes ``card`` the model of ``subject``.

    A single picture unfolds into the glimpses of a model that draws in them, and folds again for
    any other model.

    Args:
        subject: whose model changes.
        before: the card of its present model, or None where that is not at hand.
        card: of the new one.
    """
    still = is_still(subject)
    if still and card.glimpses > 1 and subject.model != card.name:
        return UnfoldStill(subject.id, card.name, card.glimpses, card.dim_names)
    track = subject.track
    known = track is not None and track.base.rows is RowKind.GLIMPSE
    drawn = known or (before is not None and before.glimpses > 1)
    if subject.held and drawn and not card.glimpses:
        return FoldStill(subject.id, card.name, card.dim_names)
    return SetModel(subject.id, card.name, card.dim_names)
