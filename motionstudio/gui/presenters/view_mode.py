"""Models that see motion without drawing pictures: what cannot be done with them, and why."""

from __future__ import annotations

from motionstudio.document.carry_commands import CarryMotion
from motionstudio.document.change import Command
from motionstudio.document.commands import EditLatent, ReplaceMotion
from motionstudio.document.latent_commands import PutTrack, SetKeys, SetMuted, SetValues
from motionstudio.document.motion_commands import ScaleMotion
from motionstudio.document.transfer_commands import AnimateStill, TransferMotion
from motionstudio.models.base import Capability, ModelCard

_EDITS = (
    AnimateStill, CarryMotion, EditLatent, PutTrack, ReplaceMotion, ScaleMotion, SetKeys, SetMuted,
    SetValues, TransferMotion,
)  # fmt: skip


def why_no_pictures(card: ModelCard | None) -> str:
    """Why there is no generated picture, one sentence; empty where the model makes some.

    A checkpoint that is not at hand is no reason: others say that it is missing.
    """
    if card is None or Capability.DECODE in card.capabilities:
        return ""
    if Capability.PREDICT in card.capabilities:
        return "This model draws futures only, no picture of a frame that is there."
    return "This model sees motion but draws no pictures."


def why_no_edit(card: ModelCard | None) -> str:
    """Why the matrix is there to be read only, one sentence; empty where it can be edited."""
    if card is None or Capability.EDIT in card.capabilities:
        return ""
    if why_no_pictures(card):
        return (
            f"The numbers of {card.name} are for reading: no picture is drawn from them, so an "
            "edit would change nothing."
        )
    return f"The numbers of {card.name} are for reading; the model takes no edits."


def is_edit(command: Command) -> bool:
    """Whether a command changes the motion that a picture is drawn from."""
    return isinstance(command, _EDITS)
