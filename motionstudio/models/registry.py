"""Which systems there are, and which checkpoints are at hand."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import checkpoint_folders
from motionstudio.models.base import ModelCard, ModelFactory, MotionModel
from motionstudio.models.checkpoint import CARD, read_card, read_weights

logger = logging.getLogger(__name__)

ENTRY_POINTS = "motionstudio.models"
_SPARE_NUMBERS = 1 << 26

_SYSTEMS = {
    "genlmm": "motionstudio.models.genlmm_model:create",
    "fomm": "motionstudio.models.fomm_model:create",
    "draw": "motionstudio.models.draw_model:create",
    "vae": "motionstudio.models.vae_model:create",
    "inbetween": "motionstudio.models.vae_model:create",
    "stae": "motionstudio.models.stae_model:create",
    "recomposing": "motionstudio.models.recomposing_model:create",
    "vpn": "motionstudio.models.vpn_model:create",
    "visual_dynamics": "motionstudio.models.visual_dynamics_model:create",
}


def list_models() -> list[ModelCard]:
    """Cards of all readable checkpoints, by name; the first folder that has a name wins."""
    cards: dict[str, ModelCard] = {}
    for parent in checkpoint_folders():
        for path in sorted(parent.glob(f"*/{CARD}")):
            try:
                card = read_card(path.parent)
            except MotionStudioError as error:
                # One damaged folder must not take the others along; loading it says why.
                logger.warning("%s", error)
                continue
            cards.setdefault(card.name, card)
    return sorted(cards.values(), key=lambda card: card.name)


def find_checkpoint(name: str | Path) -> Path:
    """The folder of a checkpoint given by name or path.

    Raises:
        MotionStudioError: there is none; the message lists those there are.
    """
    path = Path(name)
    if (path / CARD).exists():
        return path
    for card in list_models():
        if card.name == str(name) and card.path is not None:
            return card.path
    known = ", ".join(card.name for card in list_models()) or "none"
    raise MotionStudioError(f"There is no checkpoint {name}.", f"At hand: {known}.")


def load_model(name: str | Path, device: str = "cpu") -> MotionModel:
    """Load a checkpoint by name or path onto ``device``.

    Raises:
        MotionStudioError: it is missing, damaged, or of a system that is not installed.
    """
    folder = find_checkpoint(name)
    card = read_card(folder)
    weights, digest = read_weights(folder)
    if card.hash and card.hash != digest:
        raise MotionStudioError(
            f"The weights of {card.name} are not those that its card describes.",
            "Copy or train them again.",
        )
    model = _made(_factory(card.system), card.model_copy(update={"hash": digest}), weights)
    if device != "cpu":
        model.to(device)
    return model


def _made(
    factory: ModelFactory, card: ModelCard, weights: Mapping[str, NDArray[Any]]
) -> MotionModel:
    """The model of a card and its weights, which come from files that may be damaged.

    Raises:
        MotionStudioError: they do not describe a network together.
    """
    from motionstudio.models.build_limit import BuildLimit  # needs torch: after the window is up

    # Its parameters, and as much again for buffers and what is only used while it is built.
    most = 2 * sum(array.size for array in weights.values()) + _SPARE_NUMBERS
    try:
        with BuildLimit(most):
            return factory(card, weights)
    except (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError) as error:
        # Whatever a layer says of sizes that make no network.
        reason = str(error).splitlines()[0][:120].rstrip(".:")
        raise MotionStudioError(
            f"The card of {card.name} does not describe a network that its weights fit: {reason}.",
            "Copy or train the checkpoint again.",
        ) from error


def _factory(system: str) -> ModelFactory:
    """The factory of a system: ours, or one that a package offers as an entry point."""
    if system in _SYSTEMS:
        module, _, name = _SYSTEMS[system].partition(":")
        factory: ModelFactory = getattr(import_module(module), name)
        return factory
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == system:
            offered: ModelFactory = point.load()
            return offered
    raise MotionStudioError(
        f"The checkpoint needs the system {system}, which is not installed.",
        f"At hand: {', '.join(sorted(_SYSTEMS))}.",
    )
