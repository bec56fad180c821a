"""Which checkpoints there are, and which of them suits a clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from motionstudio.core.clip import Clip
from motionstudio.models.base import Capability, ModelCard

_BY_CHANNELS = {1: "heart", 3: "figures"}


def _installed() -> Sequence[ModelCard]:
    from motionstudio.models.registry import list_models  # reads files: after the window is up

    return list_models()


class Catalogue:
    """The cards of all checkpoints, read when first needed.

    Args:
        find: lists the cards; None: those that are installed.
    """

    def __init__(self, find: Callable[[], Sequence[ModelCard]] | None = None) -> None:
        self._find = find or _installed
        self._cards: dict[str, ModelCard] | None = None

    @property
    def cards(self) -> dict[str, ModelCard]:
        """Cards by name.

        Raises:
            MotionStudioError: a checkpoint's card is damaged.
        """
        if self._cards is None:
            self._cards = {card.name: card for card in self._find()}
        return self._cards

    def card(self, name: str) -> ModelCard | None:
        """The card of a checkpoint, or None where it is not at hand."""
        return self.cards.get(name)

    def dim_names(self, name: str) -> tuple[str, ...]:
        """What a checkpoint calls its dimensions; empty where it does not name them."""
        card = self.card(name)
        return () if card is None else card.dim_names

    def default_for(self, channels: int) -> str:
        """The checkpoint that a clip of 1 or 3 channels starts with; empty where there is none."""
        cards = self.cards
        preferred = _BY_CHANNELS.get(channels, "")
        if preferred in cards:
            return preferred
        fitting = [name for name, card in cards.items() if card.channels == channels]
        return next(iter([*fitting, *cards]), "")

    def suited(self, clip: Clip) -> str:
        """The checkpoint that a clip starts with: the one it names, else by its channels."""
        named = clip.provenance.get("model", "")
        return named if named in self.cards else self.default_for(clip.channels)

    def preload(self) -> None:
        """Read the cards now; may be called in a background thread.

        Raises:
            MotionStudioError: a checkpoint's card is damaged.
        """
        self._cards = {card.name: card for card in self._find()}


def missing_reason(card: ModelCard | None, capability: Capability, what: str) -> str:
    """Why ``what`` cannot be done with this model, one plain sentence; empty where it can."""
    if card is None:
        return f"{what} needs a model, and none is at hand."
    if capability is Capability.SAMPLE and card.glimpses:
        return f"The model {card.name} draws in glimpses: Model, Glimpses, Resample from here."
    if capability in card.capabilities:
        return ""
    return f"The model {card.name} cannot do this: {what} needs {capability_text(capability)}."


def capability_text(capability: Capability) -> str:
    """A capability in plain words."""
    name = str(capability.name).lower()
    return {
        "refine": "a model that can be fitted to frames",
        "sample": "a model that can draw new motions",
        "inverse": "a model that also gives the inverse displacement",
        "displacement": "a model that gives a displacement field",
        "cyclic": "a model that knows closed cycles",
        "edit": "an editable latent motion",
        "compose": "a model that composes motions, such as motion_search",
        "inbetween": "a model that fills in dropped frames",
        "framewise": "a model that finds the motion of each frame by itself",
        "keypoints": "a model with keypoints",
        "predict": "a model that continues sequences",
        "handles": "a model that can be solved for points of the picture",
    }.get(name, name)
