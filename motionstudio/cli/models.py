"""``motionstudio models``: which checkpoints are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.cli.options import AsJson
from motionstudio.cli.output import say, show_json, show_table

if TYPE_CHECKING:
    from motionstudio.models.base import ModelCard


def models(as_json: AsJson = False) -> None:
    """List the models at hand: what they take, how they were trained, what they can do.

    Looked for in the folders of MOTIONSTUDIO_CHECKPOINTS, among your own, and among those that
    come with the program. --json prints the whole cards.
    """
    from motionstudio.models.registry import list_models

    cards = list_models()
    if as_json:
        show_json([card_record(card) for card in cards])
        return
    if not cards:
        say("There are no models at hand; motionstudio train makes one from a recipe.")
        return
    head = ("NAME", "PICTURES", "DIMS", "STEPS", "HASH", "TITLE")
    show_table(head, [_row(card) for card in cards])


def card_record(card: ModelCard) -> dict[str, object]:
    """The card as plain values for JSON, with the path of its folder."""
    path = str(card.path) if card.path is not None else None
    return {**card.model_dump(mode="json", exclude={"path"}), "path": path}


def pictures_text(card: ModelCard) -> str:
    """What the network sees, for people."""
    return f"{card.size} x {card.size} {'grey' if card.channels == 1 else 'RGB'}"


def _row(card: ModelCard) -> tuple[str, ...]:
    steps = f"{card.steps:,}" if card.steps else "-"
    return card.name, pictures_text(card), str(card.dims), steps, card.hash or "-", card.title
