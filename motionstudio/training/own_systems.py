"""What each system makes of people's own clips: one line for each, read by the dialog."""

from __future__ import annotations

from dataclasses import dataclass

from motionstudio.models.base import ModelCard


@dataclass(frozen=True, slots=True)
class OwnClips:
    """How models of one system are trained on clips.

    Attributes:
        name: of the system, for people.
        step: picture sizes of new weights are multiples of this.
        augments: whether pictures are turned, zoomed and shifted at random.
        stills: whether it learns from single pictures too.
        pictures: whether it makes frames again, so that one can see and measure how well.
        why_not: why it cannot be trained on clips; empty where it can.
    """

    name: str
    step: int = 1
    augments: bool = False
    stills: bool = False
    pictures: bool = True
    why_not: str = ""


SYSTEMS: dict[str, OwnClips] = {
    "genlmm": OwnClips("GenLMM", 32, augments=True),
    "fomm": OwnClips("FOMM", 16, augments=True),
    "vae": OwnClips("VAE", 8, stills=True),
    "inbetween": OwnClips("In-betweening VAE", 8),
    "draw": OwnClips("DRAW", 4, augments=True, stills=True),
    "visual_dynamics": OwnClips("Visual Dynamics", 32, augments=True),
    "stae": OwnClips("Spatio-temporal autoencoder", 16),
    "recomposing": OwnClips("Recomposing sequences", 16, pictures=False),
    "vpn": OwnClips(
        "Video Pixel Network",
        why_not="it learns from sequences that are made anew for every step, not from clips.",
    ),
}

_SIZES = (28, 32, 48, 64, 96, 128, 192, 256)


def known(system: str) -> OwnClips:
    """What is known of a system by its key."""
    unknown = OwnClips(system, why_not="models of this kind are trained by their recipes only.")
    return SYSTEMS.get(system, unknown)


def sizes(card: ModelCard) -> tuple[int, ...]:
    """Picture sizes that new weights after ``card`` may have, its own among them."""
    step = known(card.system).step
    return tuple(sorted({card.size, *(size for size in _SIZES if size % step == 0)}))
