"""The command that lets another checkpoint have a subject."""

from __future__ import annotations

from motionstudio.core.motion import RowKind
from motionstudio.document.change import Command
from motionstudio.document.commands import SetModel
from motionstudio.document.glimpse_commands import FoldStill, UnfoldStill
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import is_still
from motionstudio.gui.notifications import Notice
from motionstudio.models.base import ModelCard


def model_command(subject: Subject, before: ModelCard | None, card: ModelCard) -> Command:
    """What makes ``card`` the model of ``subject``.

    A single picture unfolds into the glimpses of a model that draws in them. One that was animated
    is a single picture again: what moved it are numbers of the former model, and it has no motion
    of its own that another one could find.

    Args:
        subject: whose model changes.
        before: the card of its present model, or None where that is not at hand.
        card: of the new one.
    """
    still = is_still(subject)
    if still and card.glimpses > 1 and subject.model != card.name:
        return UnfoldStill(subject.id, card.name, card.glimpses, card.dim_names)
    known = subject.track is not None and subject.track.base.rows is RowKind.GLIMPSE
    drawn = known or (before is not None and before.glimpses > 1)
    changed = drawn or subject.model != card.name
    if subject.held and changed and not card.glimpses:
        return FoldStill(subject.id, card.name, card.dim_names)
    return SetModel(subject.id, card.name, card.dim_names)


def lost_motion(subject: Subject, card: ModelCard) -> Notice | None:
    """What to say of an animated picture that ``card`` makes a still again; None elsewhere."""
    track = subject.track
    if not subject.held or track is None or subject.model == card.name or card.glimpses:
        return None
    if track.base.rows is RowKind.GLIMPSE:
        return None
    return Notice(
        f"{subject.name} is a single picture again: {subject.model} had found its motion.",
        f"Drag a motion onto it for {card.name} to move it, or take the step back.",
        actions=("edit.undo",),
    )
